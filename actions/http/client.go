package http

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gonogo/internal/httpclient"
	"gonogo/model"
)

const (
	callTimeout = 10 * time.Second
	maxShown    = 64 << 10
)

// wanted is the key that says which answers are good.
type wanted struct {
	Status float64 `toml:"status" help:"the status that is wanted" otherwise:"200 to 299"`
}

// client makes one part's calls. Its EachMask calls with the secrets that are taken
// out of what a server says.
type client struct {
	*httpclient.Client
	status int // wanted; 0: any of 200 to 299
}

// newClient makes a client that keeps no connection: between two calls the service may
// be restarted.
func newClient(s httpclient.Settings, w wanted, dir string) (*client, error) {
	c, err := httpclient.New(s, dir, httpclient.Options{Timeout: callTimeout, Once: true, Environment: true})
	if err != nil {
		return nil, err
	}
	return &client{c, int(w.Status)}, nil
}

// address returns the URL that the key's text, or where a secret is, stands for.
func (c *client) address(key, text, dir string) (*url.URL, error) {
	u, err := c.URL(text, dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return u, nil
}

// call makes one request and returns the body of its answer, also with the
// error that its status is not the wanted one.
func (c *client) call(ctx context.Context, method, address, body string) ([]byte, error) {
	r := httpclient.Request{Method: method, URL: address, Body: body}
	if body != "" {
		r.Header = map[string]string{"Content-Type": "application/json"}
	}
	a, err := c.Call(ctx, r)
	switch {
	case err != nil:
		return nil, c.inert(err)
	case !a.OK(c.status):
		return a.Body, &statusError{a.Status, c.excerpt(a.Body)}
	}
	return a.Body, nil
}

// statusError is an answer with another status than was wanted.
type statusError struct {
	code int
	said string // the answer's first line, for people
}

func (e *statusError) Error() string { return fmt.Sprintf("HTTP %d%s", e.code, e.said) }

// excerpt returns the first line of an answer, to show in an error.
func (c *client) excerpt(data []byte) string {
	text := c.Mask(string(data[:min(len(data), maxShown)])) // before it is cut: half a secret is not found
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line = model.Inert(strings.TrimSpace(line)); line == "" {
		return ""
	}
	if r := []rune(line); len(r) > 120 {
		line = string(r[:120]) + "…"
	}
	return ": " + line
}

// inert returns err with its text inert and without secrets. Of what it wraps only a
// context's error stays.
func (c *client) inert(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return errors.New(model.Inert(c.Mask(err.Error())))
}
