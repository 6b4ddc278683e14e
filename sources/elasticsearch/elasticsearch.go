// Package elasticsearch reads metrics from Elasticsearch or OpenSearch: how many documents
// of the last minutes match a query.
//
// None that match is zero only where others are there: without any document of that time
// nothing shows that they still arrive, so there is no data. The sample's age is that of the
// newest document. An answer of some shards only is trouble, never a smaller number.
//
// A source runs one goroutine a metric, see package poll. Answers past 8 MiB or nested too
// deep are trouble, never cut.
package elasticsearch

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gonogo/internal/httpclient"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// keys are those of an Elasticsearch.
type keys struct {
	URL   string `toml:"url" secret:"may" required:"true" help:"where it is, such as http://127.0.0.1:9200"`
	Index string `toml:"index" required:"true" help:"the index, data stream or pattern to search, such as logs-shop-*"`
	Time  string `toml:"time" default:"@timestamp" help:"the documents' field with their time"`
	httpclient.Keys
}

// metricKeys are those of a metric from it.
type metricKeys struct {
	Query string        `toml:"query" required:"true" help:"which documents are counted, as Lucene's query syntax has it, such as level:error AND service:shop"`
	Of    string        `toml:"of" help:"of which others: the value is the share, from 0 to 1, and none of them is no data" otherwise:"the value is their number"`
	Over  time.Duration `toml:"over" default:"5m" least:"10s" help:"how far back"`
}

// Kind returns the kind "elasticsearch".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:        "counts documents in Elasticsearch or OpenSearch",
		Keys:       config.KeysOf[keys](),
		MetricKeys: config.KeysOf[metricKeys](),
		LintSource: lintSource,
		Lint:       lint,
		Facts: func(m config.MetricPart) config.Facts {
			k := config.Into[metricKeys](m.Table, "")
			return config.Facts{Window: k.Over, CountWindow: k.Over, Counts: true}
		},
		Describe: describe,
		Build:    build,
	}
}

func lintSource(p config.Part) []config.Finding {
	k := config.Into[keys](p.Table, p.Dir)
	if strings.ContainsAny(k.Index, "/?#\\ ") {
		return []config.Finding{{Key: "index", Message: "not the name of an index: expected something like logs-shop-*"}}
	}
	return nil
}

func lint(m config.MetricPart) []config.Finding {
	k := config.Into[metricKeys](m.Table, "")
	if m.Table.Has("of") && strings.TrimSpace(k.Of) == "" {
		return []config.Finding{{Key: "of", Message: `is empty: expected a query, such as "*"`}}
	}
	return nil
}

func describe(m config.MetricPart) string {
	k := config.Into[metricKeys](m.Table, "")
	text := k.Query
	if k.Of != "" {
		text += " of " + k.Of
	}
	return model.Inert(text + " over " + model.FormatDuration(k.Over))
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
	at := *base.JoinPath(url.PathEscape(k.Index), "_search")
	at.Fragment = ""
	s := &source{client: client, index: k.Index, url: at.String(), metrics: part.Metrics, asks: map[model.MetricID]ask{}}
	for _, m := range part.Metrics {
		s.asks[m.Metric.ID] = ask{config.Into[metricKeys](m.Table, part.Dir), k.Time}
	}
	return s, nil
}

type source struct {
	client     *httpclient.Client
	index, url string
	metrics    []config.MetricPart
	asks       map[model.MetricID]ask
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	defer s.client.Close()
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			asked := time.Now()
			body, now, err := s.search(ctx, s.asks[m.Metric.ID])
			if err != nil {
				return model.Reading{}, err
			}
			if now.IsZero() {
				now = asked
			}
			return s.asks[m.Metric.ID].read(body, asked, now)
		},
	}.Run(ctx, out)
}
