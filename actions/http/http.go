package http

import (
	"context"
	"errors"
	"io"
	"strings"

	"gonogo/model"
	"gonogo/model/config"
)

// Kind returns the kind "http".
func Kind() config.ActionKind {
	keys := func(more ...config.Key) []config.Key { return append(more, commonKeys()...) }
	return config.ActionKind{
		Doc: "an HTTP call",
		Keys: keys(
			config.Key{Name: "url", Type: config.SecretText, Required: true, Help: "what to call"},
			config.Key{Name: "method", Type: config.String, Help: "default POST"},
			config.Key{Name: "body", Type: config.String, Help: "what to send"},
		),
		Build: buildAction,
		SwitchKeys: keys(
			config.Key{Name: "url", Type: config.SecretText, Required: true, Help: "GET answers the flag's value"},
			config.Key{Name: "json", Type: config.String, Help: "where it is in the answer, a gjson path; default: all of it"},
			config.Key{Name: "set_url", Type: config.SecretText, Help: "what sets it; default: url"},
			config.Key{Name: "set_method", Type: config.String, Help: "default PUT"},
			config.Key{Name: "set_body", Type: config.String, Help: `what to send, {value} standing for the value as JSON; default {value}`},
		),
		BuildSwitch: buildSwitch,
		ReaderKeys: keys(
			config.Key{Name: "http", Type: config.SecretList, Required: true, Help: "GET answers the value; a list: of every instance"},
			config.Key{Name: "path", Type: config.String, Help: "joined to the URL; default: nothing"},
			config.Key{Name: "method", Type: config.String, OneOf: []string{"GET", "HEAD", "POST", "PUT"}, Help: "default: GET"},
			config.Key{Name: "body", Type: config.String, Help: "what to send; default: nothing"},
			config.Key{Name: "json", Type: config.String, Help: "where it is in the answer, a gjson path; default: all of it"},
		),
		BuildReader: buildReader,
	}
}

// Action is a call that does something.
type Action struct {
	*client
	method, url, body string
}

func buildAction(p config.Part) (model.Action, error) {
	c, err := newClient(p)
	if err != nil {
		return nil, err
	}
	a := &Action{client: c, method: or(p.Table.String("method"), "POST"), body: p.Table.String("body")}
	if a.url, err = c.address(p, "url"); err != nil {
		return nil, err
	}
	return a, nil
}

// Preview shows method and URL. args play no part.
func (a *Action) Preview(model.Args) model.Preview {
	line := model.Inert(a.method + " " + a.secrets.Mask(a.url))
	return model.Preview{Title: line, Lines: []string{line}}
}

// Do makes the call; log gets what it answers, well or not. A log that fails
// changes nothing: the call was made. The error says the status, or why there
// was none; it wraps context.DeadlineExceeded after a timeout.
func (a *Action) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	body, err := a.call(ctx, a.method, a.url, a.body)
	if log != nil {
		text := a.secrets.Mask(string(body)) // before it is cut: half a secret is not found
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
	addresses := p.Table.Strings("http")
	if len(addresses) == 0 {
		return nil, errors.New("http: it is empty: expected a URL")
	}
	var all []*Reader
	for _, address := range addresses {
		r, err := newReader(p, address)
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
func newReader(p config.Part, address string) (*Reader, error) {
	c, err := newClient(p)
	if err != nil {
		return nil, err
	}
	r := &Reader{client: c, method: or(p.Table.String("method"), "GET"), body: p.Table.String("body"), path: p.Table.String("json")}
	if r.url, err = c.resolve("http", address, p.Dir); err != nil {
		return nil, err
	}
	if more := p.Table.String("path"); more != "" {
		r.url = strings.TrimRight(r.url, "/") + "/" + strings.TrimLeft(more, "/")
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

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
