// Package loki reads metrics from Grafana Loki: what a metric query of LogQL answers.
//
// No line is an empty answer there, not zero. It is taken for zero only where the metric
// says on_empty = "zero", and its count, asked beside it, shows that lines still arrive.
// Loki does not tell how old its newest line is: a value may be as old as the query's range.
//
// A source runs one goroutine a metric, see package poll. Answers past 8 MiB or nested too
// deep are trouble, never cut.
package loki

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// keys are those of a Loki.
type keys struct {
	URL    string `toml:"url" secret:"may" required:"true" help:"where Loki is, such as http://127.0.0.1:3100"`
	Tenant string `toml:"tenant" help:"what X-Scope-OrgID is set to" otherwise:"nothing, as for a Loki without tenants"`
	httpclient.Keys
}

// metricKeys are those of a metric from it.
type metricKeys struct {
	Query string `toml:"query" required:"true" help:"a metric query of LogQL that answers one number, such as sum(count_over_time({app=\"shop\"} |= \"error\" [5m]))"`
	Count string `toml:"count" help:"likewise, of how many lines there are: shows that they arrive"`
}

// Kind returns the kind "loki".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:        "asks Grafana Loki, in LogQL",
		Keys:       config.KeysOf[keys](),
		MetricKeys: config.KeysOf[metricKeys](),
		Lint:       lint,
		Facts:      facts,
		Describe:   func(m config.MetricPart) string { return model.Inert(config.Into[metricKeys](m.Table, "").Query) },
		Build:      build,
	}
}

func lint(m config.MetricPart) []config.Finding {
	k := config.Into[metricKeys](m.Table, "")
	var found []config.Finding
	for key, text := range map[string]string{"query": k.Query, "count": k.Count} {
		if text != "" && strings.HasPrefix(strings.TrimSpace(text), "{") {
			found = append(found, config.Finding{Key: key, Message: "answers lines, not a number: expected a metric query, such as sum(count_over_time({app=\"shop\"} |= \"error\" [5m]))"})
		}
	}
	return found
}

// ranges are the ranges of a query. One that stands in a text is taken for one, too: it
// can only make the metric settle for longer.
var ranges = regexp.MustCompile(`\[\s*([0-9][0-9a-z]*)\s*\]`)

func longest(text string) time.Duration {
	var most time.Duration
	for _, m := range ranges.FindAllStringSubmatch(text, -1) {
		if d, err := prom.ParseDuration(m[1]); err == nil {
			most = max(most, time.Duration(d))
		}
	}
	return most
}

func facts(m config.MetricPart) config.Facts {
	k := config.Into[metricKeys](m.Table, "")
	return config.Facts{Window: longest(k.Query), CountWindow: longest(k.Count), Counts: k.Count != "", Silent: strings.Contains(k.Query, "vector(")}
}

func build(part config.SourcePart) (model.Source, error) {
	k := config.Into[keys](part.Table, part.Dir)
	client, err := httpclient.New(k.HTTP, part.Dir, httpclient.Options{})
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	base, err := client.URL(k.URL, part.Dir)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	client.HideQuery(base)
	s := &source{client: client, base: base, metrics: part.Metrics, asks: map[model.MetricID]metricKeys{}}
	if k.Tenant != "" {
		s.header = map[string]string{"X-Scope-OrgID": k.Tenant}
	}
	for _, m := range part.Metrics {
		s.asks[m.Metric.ID] = config.Into[metricKeys](m.Table, part.Dir)
	}
	return s, nil
}

type source struct {
	client  *httpclient.Client
	base    *url.URL
	header  map[string]string
	metrics []config.MetricPart
	asks    map[model.MetricID]metricKeys
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	defer s.client.Close()
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			return s.ask(ctx, s.asks[m.Metric.ID])
		},
	}.Run(ctx, out)
}

// ask asks at one moment for the value and the count.
func (s *source) ask(ctx context.Context, k metricKeys) (model.Reading, error) {
	r := model.Reading{At: time.Now()}
	value, failed := s.one(ctx, "query", k.Query, r.At)
	if failed != nil && !errors.Is(failed, model.ErrEmpty) {
		return model.Reading{}, failed
	}
	r.Value = value
	if k.Count == "" {
		return r, failed
	}
	count, err := s.one(ctx, "count", k.Count, r.At)
	switch {
	case errors.Is(err, model.ErrEmpty):
		count = 0
	case err != nil:
		return model.Reading{}, err
	}
	r.Count, r.HasCount, r.Traffic = count, true, model.TrafficNone
	if count > 0 {
		r.Traffic = model.TrafficFlows
	}
	return r, failed
}

// one returns the number that a query answers at a moment.
func (s *source) one(ctx context.Context, key, text string, at time.Time) (float64, error) {
	u := s.base.JoinPath("loki/api/v1/query")
	q := u.Query()
	q.Set("query", text)
	q.Set("time", strconv.FormatInt(at.UnixNano(), 10))
	u.RawQuery, u.Fragment = q.Encode(), ""
	got, err := s.client.Call(ctx, httpclient.Request{Method: "GET", URL: u.String(), Header: s.header})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", key, err)
	}
	v, err := s.number(got)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", key, err)
	}
	return v, nil
}

// number returns the number of an answer, which is of one series.
func (s *source) number(got httpclient.Answer) (float64, error) {
	if !got.OK(0) {
		return 0, s.refusal(got)
	}
	if err := model.Shallow(got.Body); err != nil {
		return 0, fmt.Errorf("the answer is %w", err)
	}
	body := gjson.ParseBytes(got.Body)
	if !gjson.ValidBytes(got.Body) || body.Get("status").String() != "success" {
		return 0, errors.New("no answer of Loki: is url right?")
	}
	for _, warning := range body.Get("warnings").Array() {
		return 0, fmt.Errorf("%w: %s", model.ErrPartial, poll.Cut(s.client.Mask(warning.String()), 200))
	}
	data := body.Get("data")
	switch kind := data.Get("resultType").String(); kind {
	case "scalar":
		return parse(data.Get("result.1"))
	case "vector":
	default:
		return 0, fmt.Errorf("it answers %s, not one number: expected a metric query, such as sum(count_over_time({app=\"shop\"} [5m]))", poll.Cut(s.client.Mask(kind), 40))
	}
	series := data.Get("result").Array()
	switch len(series) {
	case 0:
		return 0, fmt.Errorf("%w: no line is there", model.ErrEmpty)
	case 1:
		return parse(series[0].Get("value.1"))
	}
	return 0, fmt.Errorf("%w: %d, so sum them or choose one", model.ErrAmbiguous, len(series))
}

func parse(value gjson.Result) (float64, error) {
	v, err := strconv.ParseFloat(value.String(), 64)
	if err != nil || value.Type != gjson.String {
		return 0, errors.New("answers no number")
	}
	return v, nil
}

// refusal says why a query was refused, and what to do about it. Loki says why in plain text.
func (s *source) refusal(got httpclient.Answer) error {
	said := strings.Join(strings.Fields(s.client.Mask(string(got.Body))), " ")
	if said = poll.Cut(said, 200); said != "" && !strings.HasPrefix(said, "<") {
		said = ": " + said
	} else {
		said = ""
	}
	switch got.Status {
	case 401, 403:
		return fmt.Errorf("HTTP %d%s: set tenant, or basic_auth or authorization in the source's http table", got.Status, said)
	case 404:
		return errors.New("HTTP 404, not Loki: is url right?")
	case 429:
		return fmt.Errorf("HTTP 429%s: it is too busy: ask less often (every), or over a shorter range", said)
	}
	return fmt.Errorf("HTTP %d%s", got.Status, said)
}
