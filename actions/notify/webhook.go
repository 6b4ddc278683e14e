package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gonogo/internal/httpclient"
)

const maxKept = 64 << 10 // bytes of an answer that are shown

// speak gives t, a webhook, a client with the settings s, whose secrets are then t's as
// well. No connection is kept: there are hours between two messages.
func (t *target) speak(s httpclient.Settings, dir string) error {
	c, err := httpclient.New(s, dir, httpclient.Options{Once: true, Environment: true})
	if err != nil {
		return err
	}
	c.EachMask(t.secrets.Join)
	t.http = c
	return nil
}

// post posts m to a webhook, and returns what it answers, well or not.
func (t *target) post(ctx context.Context, m message) (string, error) {
	body, err := json.Marshal(map[string]string{"title": m.title, "text": m.text})
	if err != nil {
		return "", err
	}
	a, err := t.http.Call(ctx, httpclient.Request{
		Method: "POST", URL: t.raw, Body: string(body), Header: map[string]string{"Content-Type": "application/json"},
	})
	if a.Status == 0 {
		return "", err
	}
	text := t.mask(string(a.Body)) // before it is cut: half a secret is not found
	said := fmt.Sprintf("HTTP %d: %s", a.Status, strings.TrimSpace(text[:min(len(text), maxKept)]))
	switch {
	case err != nil:
		return said, err
	case !a.OK(0):
		line, _, _ := strings.Cut(said, "\n")
		return said, errors.New(strings.TrimSuffix(strings.TrimSpace(line), ":"))
	}
	return said, nil
}
