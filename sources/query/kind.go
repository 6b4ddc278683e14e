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
	}
}

// Describe returns the query as it is sent.
func Describe(m config.MetricPart) string { return m.Table.String("query") }

// ParseAll parses the queries of metrics.
func ParseAll(metrics []config.MetricPart) (map[model.MetricID]*Query, error) {
	all := make(map[model.MetricID]*Query, len(metrics))
	for _, m := range metrics {
		q, err := Parse(m.Table.String("query"), m.Table.String("count"))
		if err != nil {
			return nil, fmt.Errorf("metric %q: %w", m.Metric.ID, err)
		}
		all[m.Metric.ID] = q
	}
	return all, nil
}
