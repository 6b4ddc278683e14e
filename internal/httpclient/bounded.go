package httpclient

import (
	"errors"
	"io"
	"net/http"

	"gonogo/model"
)

// MaxBody is the longest answer that is read, in bytes after decompression.
const MaxBody = 8 << 20

// ErrTooLarge is the error of reading past MaxBody.
var ErrTooLarge = errors.New("answer larger than 8 MiB")

const agent = "gonogo"

// bounded sets headers, and limits the answer's body.
type bounded struct {
	next    http.RoundTripper
	headers http.Header
	shallow bool // see Options.ShallowJSON
}

func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", agent)
	}
	for name, values := range b.headers {
		req.Header[name] = values
		if name == "Host" {
			req.Host = values[0]
		}
	}
	resp, err := b.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &limitedBody{ReadCloser: resp.Body, left: MaxBody}
	if b.shallow {
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
