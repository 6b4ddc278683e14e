package http

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
)

// keys are those of a call.
type keys struct {
	URL    string `toml:"url" secret:"may" required:"true" help:"what to call"`
	Method string `toml:"method" default:"POST" help:"how to call it"`
	Body   string `toml:"body" help:"what to send" otherwise:"nothing"`
	common
}

// switchKeys are those of a flag behind an API.
type switchKeys struct {
	URL       string  `toml:"url" secret:"may" required:"true" help:"GET answers the flag's value"`
	JSON      string  `toml:"json" help:"where it is in the answer, a gjson path" otherwise:"all of it"`
	SetURL    *string `toml:"set_url" secret:"may" help:"what sets it" otherwise:"url"`
	SetMethod string  `toml:"set_method" default:"PUT" help:"how to set it"`
	SetBody   string  `toml:"set_body" default:"{value}" help:"what to send, {value} standing for the value as JSON"`
	common
}

// common are the keys of calls and flags.
type common struct {
	httpclient.Keys
	Headers map[string]string `toml:"headers" now:"http.headers" help:"headers to send; values may be env:NAME or file:PATH"`
	wanted
}

func (c common) settings() httpclient.Settings { return c.HTTP.WithHeaders(c.Headers) }

// readerKeys are those of what is read: as http is the URL there, the keys of the
// table http stand beside it.
type readerKeys struct {
	HTTP   []string `toml:"http" secret:"may" required:"true" help:"GET answers the value; a list: of every instance"`
	Path   string   `toml:"path" help:"joined to the URL" otherwise:"nothing"`
	Method string   `toml:"method" default:"GET" oneof:"GET,HEAD,POST,PUT" help:"how to ask"`
	Body   string   `toml:"body" help:"what to send" otherwise:"nothing"`
	JSON   string   `toml:"json" help:"where it is in the answer, a gjson path" otherwise:"all of it"`
	wanted
	httpclient.Settings
}

// Kind returns the kind "http".
func Kind() config.ActionKind {
	return config.ActionKind{
		Doc:         "an HTTP call",
		Keys:        config.KeysOf[keys](),
		Build:       buildAction,
		SwitchKeys:  config.KeysOf[switchKeys](),
		BuildSwitch: buildSwitch,
		ReaderKeys:  config.KeysOf[readerKeys](),
		BuildReader: buildReader,
	}
}

// Action is a call that does something.
type Action struct {
	*client
	method, url, body string
}

func buildAction(p config.Part) (model.Action, error) {
	k := config.Into[keys](p.Table, p.Dir)
	c, err := newClient(k.settings(), k.wanted, p.Dir)
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	u, err := c.address("url", k.URL, p.Dir)
	if err != nil {
		return nil, err
	}
	return &Action{client: c, method: cmp.Or(k.Method, "POST"), body: k.Body, url: u.String()}, nil
}

// Preview shows method and URL. args play no part.
func (a *Action) Preview(model.Args) model.Preview {
	line := model.Inert(a.method + " " + a.Mask(a.url))
	return model.Preview{Title: line, Lines: []string{line}}
}

// Do makes the call; log gets what it answers, well or not. A log that fails
// changes nothing: the call was made. The error says the status, or why there
// was none; it wraps context.DeadlineExceeded after a timeout.
func (a *Action) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	body, err := a.call(ctx, a.method, a.url, a.body)
	if log != nil {
		text := a.Mask(string(body)) // before it is cut: half a secret is not found
		_, _ = io.WriteString(log, text[:min(len(text), maxShown)])
	}
	return err
}

// Reader is a value that a service answers.
type Reader struct {
	*client
	method, url, body, path string
}

func buildReader(p config.Part) (model.Reader, error) {
	k := config.Into[readerKeys](p.Table, p.Dir)
	if len(k.HTTP) == 0 {
		return nil, errors.New("http: it is empty: expected a URL")
	}
	var all []*Reader
	for _, address := range k.HTTP {
		r, err := newReader(k, address, p.Dir)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case p.Each:
		return newEach(all), nil
	}
	return newAgreed(all), nil
}

// newReader makes the reader of one instance.
func newReader(k readerKeys, address, dir string) (*Reader, error) {
	c, err := newClient(k.Settings, k.wanted, dir)
	if err != nil {
		return nil, err
	}
	u, err := c.address("http", address, dir)
	if err != nil {
		return nil, err
	}
	r := &Reader{client: c, method: k.Method, url: u.String(), body: k.Body, path: k.JSON}
	if k.Path != "" {
		r.url = strings.TrimRight(r.url, "/") + "/" + strings.TrimLeft(k.Path, "/")
	}
	return r, nil
}

// Read asks the service.
func (r *Reader) Read(ctx context.Context) (string, error) {
	body, err := r.call(ctx, r.method, r.url, r.body)
	if err != nil {
		return "", err
	}
	text, err := valueAt(body, r.path)
	if err != nil && !errors.Is(err, errNull) {
		err = r.inert(err) // it names keys of the answer
	}
	return text, err
}
