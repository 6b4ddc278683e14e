package httpclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	promconfig "github.com/prometheus/common/config"

	"gonogo/internal/secret"
	"gonogo/model"
)

const (
	dialTimeout  = 10 * time.Second
	maxRedirects = 3
)

// Options are what a kind decides about its clients.
type Options struct {
	Timeout     time.Duration // of one Call, its answer included; 0: only the context's
	Once        bool          // no connection is kept: between two calls the service may be restarted
	Environment bool          // the environment's proxy counts where the settings name none
	ShallowJSON bool          // answers are JSON, and model.ErrDeep where they are nested too deep: for a library that decodes them
}

// Client speaks HTTP as its settings say, and knows its secrets. It is safe for
// concurrent use.
type Client struct {
	http    http.Client
	options Options
	secrets secret.Set
}

// New returns a client with the settings s. It reads the files and variables that
// secrets are in; what s holds that is relative is so to dir. Its errors begin with the key.
func New(s Settings, dir string, o Options) (*Client, error) {
	c := &Client{options: o}
	settings, err := c.configure(s, dir, o.Environment)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	how := []promconfig.HTTPClientOption{promconfig.WithDialContextFunc(dialer.DialContext)}
	if o.Once {
		how = append(how, promconfig.WithKeepAlivesDisabled())
	}
	next, err := promconfig.NewRoundTripperFromConfig(settings, "gonogo", how...)
	if err != nil {
		return nil, errors.New(c.Mask(err.Error()))
	}
	headers, err := c.headers(s, dir)
	if err != nil {
		return nil, err
	}
	c.http.Transport = &bounded{next: next, headers: headers, shallow: o.ShallowJSON}
	c.http.CheckRedirect = checkRedirect
	if !s.Follow {
		c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return c, nil
}

// HTTP returns the client for a library that wants one. What it returns and what
// its bodies fail with may hold secrets: use Error.
func (c *Client) HTTP() *http.Client { return &c.http }

// Close closes the connections that are kept.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// EachMask calls do with the secrets that are taken out of what servers say.
func (c *Client) EachMask(do func(*secret.Set)) { do(&c.secrets) }

// Mask returns text without the secrets of c, in whatever common encoding.
func (c *Client) Mask(text string) string { return c.secrets.Mask(text) }

// Error returns err without the URL that net/http puts in front, and without secrets.
func (c *Client) Error(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return c.secrets.Error(err)
}

// URL returns the http or https URL that text, which may be env:NAME or file:PATH,
// stands for. Its password is a secret, and where text is a reference, its path and query are.
func (c *Client) URL(text, dir string) (*url.URL, error) {
	written, err := c.secrets.Resolve(text, dir)
	if err != nil {
		return nil, err
	}
	u, err := parseURL(written)
	if err != nil {
		return nil, err
	}
	if password, ok := u.User.Password(); ok {
		c.secrets.Add(password, u.User.Username()+":"+password)
	}
	if secret.IsReference(text) {
		c.secrets.Add(secretParts(u)...)
	}
	return u, nil
}

// HideQuery makes the values in u's query secrets, those of 8 bytes or more: for a URL
// that is shown nowhere.
func (c *Client) HideQuery(u *url.URL) { c.secrets.AddURL(u) }

// parseURL parses an http or https URL. Its errors do not quote text, which may hold
// a password.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("not a URL: expected http://HOST or https://HOST")
	}
	return u, nil
}

// secretParts returns what a server may repeat of a secret URL. A short part of the
// path is a word, most likely, and only hidden with the others.
func secretParts(u *url.URL) []string {
	var out []string
	if len(u.Path) > 1 {
		out = append(out, u.RequestURI(), u.Path)
	}
	for _, values := range u.Query() {
		out = append(out, values...)
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if len(part) >= 16 {
			out = append(out, part)
		}
	}
	return out
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

// ended returns the error of the context that ended a call, bare but for the words
// "timed out"; nil where none did.
func ended(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("timed out: %w", context.DeadlineExceeded)
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	return nil
}
