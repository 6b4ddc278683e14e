package http

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gonogo/internal/secret"
	"gonogo/model"
	"gonogo/model/config"
)

const (
	callTimeout = 10 * time.Second
	maxBody     = 8 << 20 // bytes of an answer
	maxShown    = 64 << 10
)

// client makes one part's calls.
type client struct {
	http    http.Client
	headers http.Header
	status  int // wanted; 0: any of 200 to 299
	secrets secret.Set
}

// EachMask calls do with the secrets that are taken out of what a server says.
func (c *client) EachMask(do func(*secret.Set)) { do(&c.secrets) }

func commonKeys() []config.Key {
	return []config.Key{
		{Name: "headers", Type: config.StringMap, Help: "request headers; secrets as env:NAME or file:PATH"},
		{Name: "status", Type: config.Number, Help: "the status that is wanted; default: 200 to 299"},
	}
}

func newClient(p config.Part) (*client, error) {
	c := &client{headers: http.Header{}, status: int(p.Table.Number("status"))}
	headers, err := c.secrets.ResolveMap(p.Table.StringMap("headers"), p.Dir)
	if err != nil {
		return nil, fmt.Errorf("headers: %w", err)
	}
	for name, v := range headers {
		c.headers.Set(name, v)
	}
	// No connection is kept: between two calls the service may be restarted.
	c.http = http.Client{Transport: &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment}, CheckRedirect: sameHost}
	return c, nil
}

// sameHost refuses redirects that would carry headers to another host, or that
// would ask for something where something was to be done.
func sameHost(next *http.Request, via []*http.Request) error {
	switch {
	case len(via) >= 3:
		return errors.New("more than 3 redirects")
	case next.URL.Host != via[0].URL.Host || next.URL.Scheme != via[0].URL.Scheme:
		return fmt.Errorf("it redirects to another host, %s: name that in the config if it is right", model.Inert(next.URL.Host))
	case next.Method != via[0].Method:
		return fmt.Errorf("it redirects in a way that would make a %s of the %s: name the final address in the config", next.Method, via[0].Method)
	}
	return nil
}

// address returns the URL that key stands for, checked.
func (c *client) address(p config.Part, key string) (string, error) {
	return c.resolve(key, p.Table.String(key), p.Dir)
}

// resolve returns the URL that written, a text or where a secret is, stands for.
func (c *client) resolve(key, written, dir string) (string, error) {
	text, err := c.secrets.Resolve(written, dir)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: it is no URL", key) // the parser's error would show it whole
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("%s: expected a URL that begins with http:// or https://", key)
	}
	if password, ok := u.User.Password(); ok {
		c.secrets.Add(password)
	}
	if secret.IsReference(written) {
		c.secrets.Add(secretParts(u)...)
	}
	return text, nil
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

// call makes one request and returns the body of its answer, also with the
// error that its status is not the wanted one.
func (c *client) call(ctx context.Context, method, address, body string) ([]byte, error) {
	ctx, done := context.WithTimeout(ctx, callTimeout)
	defer done()
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return nil, c.inert(err)
	}
	req.Header = c.headers.Clone()
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	res, err := c.http.Do(req)
	if err != nil {
		var of *url.Error
		if errors.As(err, &of) {
			err = of.Err // without the URL, which may hold a secret
		}
		return nil, c.inert(err)
	}
	defer func() { _ = res.Body.Close() }() // it was read, or is of no interest
	data, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, c.inert(fmt.Errorf("answer: %w", err))
	case len(data) > maxBody:
		return nil, errors.New("answer larger than 8 MiB")
	case !c.wanted(res.StatusCode):
		return data, &statusError{res.StatusCode, c.excerpt(data)}
	}
	return data, nil
}

// statusError is an answer with another status than was wanted.
type statusError struct {
	code int
	said string // the answer's first line, for people
}

func (e *statusError) Error() string { return fmt.Sprintf("HTTP %d%s", e.code, e.said) }

func (c *client) wanted(status int) bool {
	if c.status != 0 {
		return status == c.status
	}
	return status >= 200 && status < 300
}

// excerpt returns the first line of an answer, to show in an error.
func (c *client) excerpt(data []byte) string {
	line, _, _ := strings.Cut(strings.TrimSpace(string(data)), "\n")
	if line = model.Inert(c.secrets.Mask(strings.TrimSpace(line))); line == "" {
		return ""
	}
	if r := []rune(line); len(r) > 120 {
		line = string(r[:120]) + "…"
	}
	return ": " + line
}

// inert returns err with its text inert and without secrets; what it wraps stays.
func (c *client) inert(err error) error {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("timed out: %w", context.DeadlineExceeded)
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	return errors.New(model.Inert(c.secrets.Mask(err.Error())))
}
