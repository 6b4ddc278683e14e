// Package prometheus reads metrics from a Prometheus server, or whatever
// speaks its HTTP API (Thanos, Mimir, VictoriaMetrics).
//
// What up to 50 metrics with the same interval ask is joined, see query.Joiner
// and package poll. Nothing is written
// anywhere; answers past 8 MiB or 10,000 series are trouble, never cut, and so
// is one that the server itself warns about, as Thanos does where a store did
// not answer.
package prometheus

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	prom "github.com/prometheus/common/model"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
	"gonogo/sources/query"
)

// keys are those of a Prometheus server.
type keys struct {
	URL string `toml:"url" secret:"may" required:"true" help:"where the server is, such as http://127.0.0.1:9090"`
	httpclient.Keys
}

// Kind returns the kind "prometheus".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:        "asks a Prometheus server, or one that speaks its API",
		Keys:       config.KeysOf[keys](),
		MetricKeys: config.KeysOf[query.Keys](),
		Lint:       query.Lint,
		Facts:      query.Facts,
		Describe:   query.Describe,
		Build:      build,
	}
}

func build(part config.SourcePart) (model.Source, error) {
	k := config.Into[keys](part.Table, part.Dir)
	client, err := httpclient.New(k.HTTP, part.Dir, httpclient.Options{ShallowJSON: true})
	if err != nil {
		return nil, fmt.Errorf("http: %w", err)
	}
	u, err := client.URL(k.URL, part.Dir)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	client.HideQuery(u)
	queries, err := query.ParseAll(part.Metrics)
	if err != nil {
		return nil, err
	}
	c, err := api.NewClient(api.Config{Address: u.String(), Client: client.HTTP()})
	if err != nil {
		return nil, fmt.Errorf("url: %w", client.Error(err))
	}
	return &source{client: client, server: server{api: v1.NewAPI(c), client: client}, queries: queries, metrics: part.Metrics}, nil
}

type source struct {
	client  *httpclient.Client
	server  server
	queries map[model.MetricID]*query.Query
	metrics []config.MetricPart
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	defer s.client.Close()
	sessions := query.Begin(s.queries)
	joiner := query.NewJoiner(s.server, poll.Width)
	defer joiner.Wait()
	return poll.Loop{
		Metrics: s.metrics,
		Batch:   query.MaxJoined,
		Past: func(ctx context.Context, m config.MetricPart, out model.Emitter) {
			s.queries[m.Metric.ID].History(ctx, s.server, m.Metric.ID, m.Metric.Every, out)
		},
		Round: func(asks int) (poll.Ask, func()) {
			round := joiner.Round(asks)
			return func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
				return sessions[m.Metric.ID].Ask(ctx, round, m.Metric)
			}, round.Leave
		},
	}.Run(ctx, out)
}

// server is the query.Backend over the server's API.
type server struct {
	api    v1.API
	client *httpclient.Client
}

func (s server) Instant(ctx context.Context, expr string, at time.Time) (prom.Value, error) {
	v, warnings, _, err := s.api.Query(ctx, expr, at)
	if err != nil {
		return nil, s.refused(err)
	}
	if err := s.doubt(warnings); err != nil {
		return nil, query.Refused{Err: err}
	}
	if v, ok := v.(prom.Vector); ok {
		if err := query.Bound(len(v)); err != nil {
			return nil, query.Refused{Err: err}
		}
	}
	return v, nil
}

// Rules implements query.Ruler.
func (s server) Rules(ctx context.Context) ([]query.Rule, error) {
	answer, err := s.api.Rules(ctx, nil)
	if err != nil {
		return nil, s.explain(err)
	}
	var out []query.Rule
	for _, group := range answer.Groups {
		for _, r := range group.Rules {
			a, ok := r.(v1.AlertingRule)
			if !ok {
				continue
			}
			rule := query.Rule{Name: a.Name, Labels: map[string]string{}, Evaluated: a.LastEvaluation, Trouble: s.client.Mask(a.LastError)}
			for name, value := range a.Labels {
				rule.Labels[string(name)] = string(value)
			}
			out = append(out, rule)
		}
	}
	return out, nil
}

func (s server) Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (prom.Matrix, error) {
	v, warnings, _, err := s.api.QueryRange(ctx, expr, v1.Range{Start: start, End: end, Step: step})
	if err != nil {
		return nil, s.explain(err)
	}
	if err := s.doubt(warnings); err != nil {
		return nil, err
	}
	m, ok := v.(prom.Matrix)
	if !ok {
		return nil, fmt.Errorf("no matrix in the answer")
	}
	return m, query.Bound(len(m))
}
