// Package transport makes the HTTP clients of sources. Such a client reads
// answers of 8 MiB at most, takes its credentials to no other host, and can
// strike its secrets out of a text.
//
// It starts no goroutine of its own; whoever has a client closes its idle
// connections in the end. It must not import a kind of source.
package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	promconfig "github.com/prometheus/common/config"

	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

// MaxBody is the longest answer that is read, in bytes after decompression.
const MaxBody = 8 << 20

// ErrTooLarge is the error of reading past MaxBody.
var ErrTooLarge = errors.New("answer larger than 8 MiB")

const maxRedirects = 3

// Client is an HTTP client that knows its secrets.
type Client struct {
	http.Client
	secrets secret.Set
}

// New returns a client with the settings of t, whose keys are Keys(); paths are
// relative to dir. It reads the files and variables that secrets are in.
func New(t config.Table, dir string) (*Client, error) {
	c := &Client{}
	settings, err := c.settings(t, dir)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	next, err := promconfig.NewRoundTripperFromConfig(settings, "gonogo",
		promconfig.WithDialContextFunc(dialer.DialContext), promconfig.WithUserAgent("gonogo"))
	if err != nil {
		return nil, errors.New(c.Redact(err.Error()))
	}
	headers, err := c.Headers(t, "headers", dir)
	if err != nil {
		return nil, err
	}
	c.Transport = &bounded{next: next, headers: headers}
	c.CheckRedirect = checkRedirect
	return c, nil
}

// AnswersJSON makes answers fail with model.ErrDeep where they are nested too
// deep: for a client whose library decodes them.
func (c *Client) AnswersJSON() {
	if b, ok := c.Transport.(*bounded); ok {
		b.json = true
	}
}

// Headers returns the table of headers below t's key, their secrets resolved.
func (c *Client) Headers(t config.Table, key, dir string) (http.Header, error) {
	h := http.Header{}
	for name, text := range t.StringMap(key) {
		v, err := c.secrets.Resolve(text, dir)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", key, name, err)
		}
		h.Set(name, v)
	}
	return h, nil
}

// Hide makes Redact strike out text.
func (c *Client) Hide(text string) { c.secrets.Add(text) }

// HideURL hides what a URL holds of secrets: its password, and its query.
func (c *Client) HideURL(u *url.URL) { c.secrets.AddURL(u) }

// Redact returns text with every secret of c struck out, in whatever common encoding.
func (c *Client) Redact(text string) string { return c.secrets.Mask(text) }

// Error returns err without the URL that net/http puts in front, and without secrets.
func (c *Client) Error(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return c.secrets.Error(err)
}

func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("redirected more than %d times", maxRedirects)
	case req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme:
		return fmt.Errorf("redirected to %s://%s, which is not followed: give that as the url if it is right",
			model.Inert(req.URL.Scheme), model.Inert(req.URL.Host))
	case req.Method != first.Method:
		return fmt.Errorf("redirected from %s to %s, which is not followed: give the final url", first.Method, req.Method)
	}
	return nil
}

// bounded sets headers, and limits the answer's body.
type bounded struct {
	next    http.RoundTripper
	headers http.Header
	json    bool // answers are JSON, see AnswersJSON
}

func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	if len(b.headers) > 0 {
		req = req.Clone(req.Context())
		for name, values := range b.headers {
			req.Header[name] = values
			if name == "Host" {
				req.Host = values[0]
			}
		}
	}
	resp, err := b.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{ReadCloser: resp.Body, left: MaxBody}
	if b.json {
		resp.Body = shallowBody{model.ShallowReader(resp.Body), resp.Body}
	}
	return resp, nil
}

// CloseIdleConnections lets http.Client close what the wrapped transport keeps open.
func (b *bounded) CloseIdleConnections() {
	if c, ok := b.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// shallowBody fails with model.ErrDeep instead of passing on JSON that is nested too deep.
type shallowBody struct {
	io.Reader
	io.Closer
}

// limitedBody fails with ErrTooLarge instead of going past its limit.
type limitedBody struct {
	io.ReadCloser
	left int64
}

func (l *limitedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	if int64(n) > l.left {
		return int(l.left), ErrTooLarge
	}
	l.left -= int64(n)
	return n, err
}
