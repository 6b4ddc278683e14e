package query

import (
	"fmt"

	"gonogo/model"
	"gonogo/model/config"
)

// Keys are the keys of a metric that is asked in PromQL.
func Keys() []config.Key {
	return []config.Key{
		{Name: "query", Type: config.String, Required: true, Help: "PromQL that answers one number"},
		{Name: "count", Type: config.String, Help: "PromQL that answers how many events are behind the value (default: not known)"},
		{Name: "bad", Type: config.String, Help: "the counter of bad events, without rate or sum, such as failures_total (default: none)"},
		{Name: "total", Type: config.String, Help: "the counter of all events, likewise, such as requests_total (default: none)"},
	}
}

// Describe returns the query as it is sent.
func Describe(m config.MetricPart) string { return m.Table.String("query") }

// ParseAll parses the queries of metrics.
func ParseAll(metrics []config.MetricPart) (map[model.MetricID]*Query, error) {
	all := make(map[model.MetricID]*Query, len(metrics))
	for _, m := range metrics {
		q, err := Parse(m.Table.String("query"), m.Table.String("count"))
		if err == nil {
			q, err = q.Counting(m.Table.String("bad"), m.Table.String("total"))
		}
		if err != nil {
			return nil, fmt.Errorf("metric %q: %w", m.Metric.ID, err)
		}
		all[m.Metric.ID] = q
	}
	return all, nil
}

// Begin returns a session of each query, for one Run of a source.
func Begin(queries map[model.MetricID]*Query) map[model.MetricID]*Session {
	all := make(map[model.MetricID]*Session, len(queries))
	for id, q := range queries {
		all[id] = q.Begin()
	}
	return all
}
