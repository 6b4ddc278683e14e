// Package http reads metrics from URLs that answer a number: a count, a flag,
// a health page.
//
// A source runs one goroutine a metric, see package poll. Nothing is written
// anywhere; an answer past 8 MiB is trouble, never cut.
package http

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// keys are those of a source that asks URLs.
type keys struct {
	URL     string            `toml:"url" secret:"may" required:"true" help:"what every metric's path is joined to"`
	Headers map[string]string `toml:"headers" now:"http.headers" help:"headers to send; values may be env:NAME or file:PATH"`
	httpclient.Keys
}

// metricKeys are those of a metric that it asks for.
type metricKeys struct {
	Path   string  `toml:"path" help:"joined to the source's url" otherwise:"nothing"`
	Method string  `toml:"method" default:"GET" oneof:"GET,HEAD,POST,PUT" help:"how to ask"`
	Body   string  `toml:"body" help:"what to send" otherwise:"nothing"`
	JSON   string  `toml:"json" help:"where the number is in the answer, such as hits.total or items.#; without it the value is 1 or 0 by the status"`
	Status float64 `toml:"status" help:"the HTTP status wanted" otherwise:"any of 200 to 299"`
}

// Kind returns the kind "http".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:        "asks URLs that answer a number",
		Keys:       config.KeysOf[keys](),
		MetricKeys: config.KeysOf[metricKeys](),
		Lint:       lint,
		Describe:   describe,
		Build:      build,
	}
}

func lint(m config.MetricPart) []config.Finding {
	var found []config.Finding
	k := config.Into[metricKeys](m.Table, "")
	if s := k.Status; m.Table.Has("status") && (s < 100 || s > 599 || s != float64(int(s))) {
		found = append(found, config.Finding{Key: "status", Message: "not an HTTP status: expected 100 to 599"})
	}
	if p := k.Path; p != "" {
		if u, err := url.Parse(p); err != nil || u.Host != "" || u.Scheme != "" {
			found = append(found, config.Finding{Key: "path", Message: "not a path: expected something like /health?full=1"})
		}
	}
	if k.Body != "" && (k.Method == "GET" || k.Method == "HEAD") {
		found = append(found, config.Finding{Key: "body", Message: `is sent with GET: set method = "POST" if it should be read`, Warning: true})
	}
	return found
}

func describe(m config.MetricPart) string {
	k := config.Into[metricKeys](m.Table, "")
	text := k.Method + " " + k.Path
	if k.JSON != "" {
		text += " → " + k.JSON
	}
	return model.Inert(strings.TrimSpace(text))
}

func build(part config.SourcePart) (model.Source, error) {
	k := config.Into[keys](part.Table, part.Dir)
	client, err := httpclient.New(k.HTTP.WithHeaders(k.Headers), part.Dir, httpclient.Options{})
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	base, err := client.URL(k.URL, part.Dir)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	client.HideQuery(base)
	s := &source{client: client, metrics: part.Metrics, asks: map[model.MetricID]ask{}}
	for _, m := range part.Metrics {
		q := config.Into[metricKeys](m.Table, part.Dir)
		u, err := join(base, q.Path)
		if err != nil {
			return nil, fmt.Errorf("metric %q: %w", m.Metric.ID, err)
		}
		s.asks[m.Metric.ID] = ask{metricKeys: q, url: u}
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
	client  *httpclient.Client
	metrics []config.MetricPart
	asks    map[model.MetricID]ask
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	defer s.client.Close()
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			v, err := s.asks[m.Metric.ID].value(ctx, s.client)
			return model.Reading{Value: v}, err
		},
	}.Run(ctx, out)
}

// maxPath is how long a path in JSON may be, in bytes: it is gone through by recursion.
const maxPath = 4096

// number returns the number at path in the JSON document: a number, a text
// that is one, or 1 and 0 for true and false. What an error shows of it went through mask.
func number(document []byte, path string, mask func(string) string) (float64, error) {
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
		return parseNumber(found.Str, mask)
	case gjson.Null:
		if found.Exists() {
			return 0, fmt.Errorf("%w: %s is null", model.ErrEmpty, model.Inert(path))
		}
		return 0, fmt.Errorf("%w: no %s in the answer", model.ErrEmpty, model.Inert(path))
	}
	return 0, fmt.Errorf("%s is no number but %s", model.Inert(path), poll.Cut(mask(found.Raw), 40))
}
