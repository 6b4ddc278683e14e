package httpclient

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Request is what a Call asks.
type Request struct {
	Method string
	URL    string
	Body   string
	Header map[string]string // what the settings say wins
	// StatusOnly says that the answer's body is not read, however long.
	StatusOnly bool
}

// Answer is what a server answered.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte    // nil with StatusOnly
	Date        time.Time // the server's own time, to the second; zero where it does not say
}

// OK reports whether the status is the wanted one; 0: any of 200 to 299.
func (a Answer) OK(wanted int) bool {
	if wanted != 0 {
		return a.Status == wanted
	}
	return a.Status/100 == 2
}

// Call makes one request, and reads the answer, whatever its status. Its errors hold
// no secret and no URL; they may hold what a server said, and are not inert. They wrap
// the context's error where that ended it, and ErrTooLarge.
func (c *Client) Call(ctx context.Context, r Request) (Answer, error) {
	if c.options.Timeout > 0 {
		var done context.CancelFunc
		ctx, done = context.WithTimeout(ctx, c.options.Timeout)
		defer done()
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		return Answer{}, c.Error(err)
	}
	for name, value := range r.Header {
		req.Header.Set(name, value)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Answer{}, c.failed(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	a := Answer{Status: resp.StatusCode, ContentType: resp.Header.Get("Content-Type")}
	a.Date, _ = http.ParseTime(resp.Header.Get("Date")) // not every server has it
	if r.StatusOnly {
		return a, nil
	}
	if a.Body, err = io.ReadAll(resp.Body); err != nil {
		return a, fmt.Errorf("read: %w", c.failed(err))
	}
	return a, nil
}

// failed returns why a call did not come to its end.
func (c *Client) failed(err error) error {
	if over := ended(err); over != nil {
		return over
	}
	return c.Error(err)
}
