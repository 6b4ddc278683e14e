package http

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/config"
)

// Switch is a flag behind an HTTP API.
type Switch struct {
	Reader
	kind                       model.ValueType
	setURL, setMethod, setBody string
}

func buildSwitch(p config.Part, f model.Flag) (model.Switch, error) {
	c, err := newClient(p)
	if err != nil {
		return nil, err
	}
	s := &Switch{
		Reader: Reader{client: c, path: p.Table.String("json")}, kind: f.Type,
		setMethod: or(p.Table.String("set_method"), "PUT"), setBody: or(p.Table.String("set_body"), "{value}"),
	}
	if !strings.Contains(s.setBody, "{value}") {
		return nil, errors.New("set_body: expected {value} where the value goes")
	}
	if s.url, err = c.address(p, "url"); err != nil {
		return nil, err
	}
	s.setURL = s.url
	if p.Table.Has("set_url") {
		s.setURL, err = c.address(p, "set_url")
	}
	return s, err
}

// Observe asks for the value. Unset is what a null means, and, where the whole
// answer is the value, the status 404; with json that may as well be a wrong address.
func (s *Switch) Observe(ctx context.Context) (model.Value, error) {
	text, err := s.Read(ctx)
	var status *statusError
	switch {
	case errors.Is(err, errNull), s.path == "" && errors.As(err, &status) && status.code == 404:
		return model.Value{Type: model.Unset}, nil
	case err != nil:
		return model.Value{}, err
	}
	if s.path == "" {
		text = unquoted(text)
	}
	return model.ParseValue(s.kind, text)
}

// unquoted returns what a whole answer says that is itself a JSON text or list.
func unquoted(text string) string {
	if strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "[") {
		if v, err := valueAt([]byte(text), "@this"); err == nil {
			return v
		}
	}
	return text
}

// lookFor is how long Set looks before it sends: a server whose answers hang
// must not use up the time that the change has.
const lookFor = time.Second

// Set sends v, as JSON in its place in the body, unless the server says it
// already. The server's word that it took it is believed here; Observe tells.
func (s *Switch) Set(ctx context.Context, v model.Value) error {
	if v.Type != s.kind {
		return fmt.Errorf("%s is no %s", v, s.kind)
	}
	value, err := asJSON(v)
	if err != nil {
		return err
	}
	look, done := context.WithTimeout(ctx, lookFor)
	now, unread := s.Observe(look)
	done()
	if unread == nil && now.Equal(v) {
		return nil
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
		for _, item := range v.Items {
			if item == "" || strings.Contains(item, ",") || strings.TrimSpace(item) != item {
				return "", fmt.Errorf("the item %q would be read back as another: no commas, no blanks around it", model.Inert(item))
			}
		}
	}
	b, err := json.Marshal(what)
	if err != nil {
		return "", fmt.Errorf("%s: %w", v, err)
	}
	return string(b), nil
}
