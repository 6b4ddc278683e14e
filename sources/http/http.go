// Package http reads metrics from URLs that answer a number: a count, a flag,
// a health page.
//
// A source runs one goroutine a metric, see package poll. Nothing is written
// anywhere; an answer past 8 MiB is trouble, never cut.
package http

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
	"gonogo/sources/transport"
)

// Kind returns the kind "http".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc: "asks URLs that answer a number",
		Keys: []config.Key{
			{Name: "url", Type: config.SecretText, Required: true, Help: "what every metric's path is joined to"},
			{Name: "headers", Type: config.StringMap, Help: "headers to send; values may be env:NAME or file:PATH"},
			{Name: "http", Type: config.SubTable, Keys: transport.Keys(), Help: "credentials, TLS and proxy"},
		},
		MetricKeys: []config.Key{
			{Name: "path", Type: config.String, Help: "joined to the source's url (default nothing)"},
			{Name: "method", Type: config.String, OneOf: methods(), Help: "how to ask (default GET)"},
			{Name: "body", Type: config.String, Help: "what to send (default nothing)"},
			{Name: "json", Type: config.String, Help: "where the number is in the answer, such as hits.total or items.#; without it the value is 1 or 0 by the status"},
			{Name: "status", Type: config.Number, Help: "the HTTP status wanted (default any of 200 to 299)"},
		},
		Lint:     lint,
		Describe: describe,
		Build:    build,
	}
}

func methods() []string {
	return []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut}
}

func lint(m config.MetricPart) []config.Finding {
	var found []config.Finding
	if s := m.Table.Number("status"); m.Table.Has("status") && (s < 100 || s > 599 || s != float64(int(s))) {
		found = append(found, config.Finding{Key: "status", Message: "not an HTTP status: expected 100 to 599"})
	}
	if p := m.Table.String("path"); p != "" {
		if u, err := url.Parse(p); err != nil || u.Host != "" || u.Scheme != "" {
			found = append(found, config.Finding{Key: "path", Message: "not a path: expected something like /health?full=1"})
		}
	}
	if m.Table.Has("body") && (method(m.Table) == http.MethodGet || method(m.Table) == http.MethodHead) {
		found = append(found, config.Finding{Key: "body", Message: `is sent with GET: set method = "POST" if it should be read`, Warning: true})
	}
	return found
}

func method(t config.Table) string {
	if m := t.String("method"); m != "" {
		return m
	}
	return http.MethodGet
}

func describe(m config.MetricPart) string {
	text := method(m.Table) + " " + m.Table.String("path")
	if j := m.Table.String("json"); j != "" {
		text += " → " + j
	}
	return model.Inert(strings.TrimSpace(text))
}

func build(part config.SourcePart) (model.Source, error) {
	client, err := transport.New(part.Table.Table("http"), part.Dir)
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	base, err := client.URL(part.Table, "url", part.Dir)
	if err != nil {
		return nil, err
	}
	headers, err := client.Headers(part.Table, "headers", part.Dir)
	if err != nil {
		return nil, err
	}
	s := &source{client: client, headers: headers, metrics: part.Metrics, asks: map[model.MetricID]ask{}}
	for _, m := range part.Metrics {
		u, err := join(base, m.Table.String("path"))
		if err != nil {
			return nil, fmt.Errorf("metric %q: %w", m.Metric.ID, err)
		}
		s.asks[m.Metric.ID] = ask{
			url: u, method: method(m.Table), body: m.Table.String("body"),
			json: m.Table.String("json"), status: int(m.Table.Number("status")),
		}
	}
	return s, nil
}

// join returns base with path behind its own; a query of either is kept.
func join(base *url.URL, path string) (string, error) {
	p, err := url.Parse(path)
	if err != nil || p.Host != "" || p.Scheme != "" {
		return "", fmt.Errorf("path: not a path: expected something like /health?full=1")
	}
	u := *base
	if p.Path != "" {
		u = *base.JoinPath(p.EscapedPath())
	}
	if u.RawQuery != "" && p.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += p.RawQuery
	u.Fragment = ""
	return u.String(), nil
}

type source struct {
	client  *transport.Client
	headers http.Header
	metrics []config.MetricPart
	asks    map[model.MetricID]ask
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	defer s.client.CloseIdleConnections()
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			v, err := s.asks[m.Metric.ID].value(ctx, s.client, s.headers)
			return model.Reading{Value: v}, err
		},
	}.Run(ctx, out)
}

// maxPath is how long a path in JSON may be, in bytes: it is gone through by recursion.
const maxPath = 4096

// number returns the number at path in the JSON document: a number, a text
// that is one, or 1 and 0 for true and false.
func number(document []byte, path string) (float64, error) {
	if len(path) > maxPath {
		return 0, fmt.Errorf("the path is longer than %d bytes", maxPath)
	}
	if err := model.Shallow(document); err != nil {
		return 0, fmt.Errorf("the answer is %w", err)
	}
	if !gjson.ValidBytes(document) {
		return 0, fmt.Errorf("the answer is not JSON")
	}
	found := gjson.GetBytes(document, path)
	switch found.Type {
	case gjson.True:
		return 1, nil
	case gjson.False:
		return 0, nil
	case gjson.Number:
		return found.Num, nil
	case gjson.String:
		return parseNumber(found.Str)
	case gjson.Null:
		if found.Exists() {
			return 0, fmt.Errorf("%w: %s is null", model.ErrEmpty, model.Inert(path))
		}
		return 0, fmt.Errorf("%w: no %s in the answer", model.ErrEmpty, model.Inert(path))
	}
	return 0, fmt.Errorf("%s is no number but %s", model.Inert(path), poll.Cut(found.Raw, 40))
}
