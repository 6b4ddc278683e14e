package http

import (
	"cmp"
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
	k := config.Into[switchKeys](p.Table, p.Dir)
	if !strings.Contains(k.SetBody, "{value}") {
		return nil, errors.New("set_body: expected {value} where the value goes")
	}
	c, err := newClient(k.settings(), k.wanted, p.Dir)
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	s := &Switch{Reader: Reader{client: c, method: "GET", path: k.JSON}, kind: f.Type, setMethod: cmp.Or(k.SetMethod, "PUT"), setBody: k.SetBody}
	u, err := c.address("url", k.URL, p.Dir)
	if err != nil {
		return nil, err
	}
	s.url, s.setURL = u.String(), u.String()
	if k.SetURL == nil {
		return s, nil
	}
	if u, err = c.address("set_url", *k.SetURL, p.Dir); err != nil {
		return nil, err
	}
	s.setURL = u.String()
	return s, nil
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
