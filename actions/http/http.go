package http

import (
	"context"
	"encoding/json"
	"fmt"
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
			config.Key{Name: "http", Type: config.SecretText, Required: true, Help: "GET answers the value"},
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
	line := model.Inert(a.method + " " + a.secrets.String(a.url))
	return model.Preview{Title: line, Lines: []string{line}}
}

// Do makes the call; log gets what it answers. The error says the status, or
// why there was none; it wraps context.DeadlineExceeded after a timeout.
func (a *Action) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	body, err := a.call(ctx, a.method, a.url, a.body)
	if err == nil && log != nil {
		_, err = io.WriteString(log, a.secrets.String(string(body[:min(len(body), maxShown)])))
	}
	return err
}

// Reader is a value that a service answers.
type Reader struct {
	*client
	url, path string
}

func buildReader(p config.Part) (model.Reader, error) {
	c, err := newClient(p)
	if err != nil {
		return nil, err
	}
	r := &Reader{client: c, path: p.Table.String("json")}
	if r.url, err = c.address(p, "http"); err != nil {
		return nil, err
	}
	return r, nil
}

// Read asks the service.
func (r *Reader) Read(ctx context.Context) (string, error) {
	body, err := r.call(ctx, "GET", r.url, "")
	if err != nil {
		return "", err
	}
	return valueAt(body, r.path)
}

// Switch is a flag behind an HTTP API.
type Switch struct {
	Reader
	typ                        model.ValueType
	setURL, setMethod, setBody string
}

func buildSwitch(p config.Part, f model.Flag) (model.Switch, error) {
	c, err := newClient(p)
	if err != nil {
		return nil, err
	}
	s := &Switch{
		Reader: Reader{client: c, path: p.Table.String("json")}, typ: f.Type,
		setMethod: or(p.Table.String("set_method"), "PUT"), setBody: or(p.Table.String("set_body"), "{value}"),
	}
	if s.url, err = c.address(p, "url"); err != nil {
		return nil, err
	}
	s.setURL = s.url
	if p.Table.Has("set_url") {
		if s.setURL, err = c.address(p, "set_url"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Observe asks for the value.
func (s *Switch) Observe(ctx context.Context) (model.Value, error) {
	text, err := s.Read(ctx)
	if err != nil {
		return model.Value{}, err
	}
	return model.ParseValue(s.typ, text)
}

// Set sends v, as JSON in its place in the body.
func (s *Switch) Set(ctx context.Context, v model.Value) error {
	value, err := asJSON(v)
	if err != nil {
		return fmt.Errorf("value %s: %w", v, err)
	}
	_, err = s.call(ctx, s.setMethod, s.setURL, strings.ReplaceAll(s.setBody, "{value}", value))
	return err
}

// asJSON writes v as JSON: true, 12, "text", ["a","b"].
func asJSON(v model.Value) (string, error) {
	var what any = v.Text
	switch v.Type {
	case model.Bool:
		what = v.Text == "true"
	case model.Number:
		what = json.Number(v.Text)
	case model.List:
		what = append([]string{}, v.Items...)
	}
	b, err := json.Marshal(what)
	return string(b), err
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
