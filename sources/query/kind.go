package query

import (
	"fmt"

	"gonogo/model"
	"gonogo/model/config"
)

// Keys are those of a metric that is asked in PromQL.
type Keys struct {
	Query   string `toml:"query" required:"true" help:"PromQL that answers one number"`
	Count   string `toml:"count" otherwise:"not known" help:"PromQL that answers how many events are behind the value"`
	Bad     string `toml:"bad" otherwise:"none" help:"the counter of bad events, without rate or sum, such as failures_total"`
	Good    string `toml:"good" otherwise:"none" help:"instead of bad, the counter of good events, such as a bucket of a histogram"`
	Variant string `toml:"variant" otherwise:"none" help:"instead of bad, the counter of the events that get the new variant; needs asked"`
	Total   string `toml:"total" otherwise:"none" help:"the counter of all events, likewise, such as requests_total"`
	By      string `toml:"by" otherwise:"none" help:"a label of the counters, such as tenant: each of its values is judged on its own, too"`
	Gone    string `toml:"gone" default:"block" oneof:"block,ignore" help:"block: a process that counted events and is gone holds the gate"`
}

func keysOf(m config.MetricPart) Keys { return config.Into[Keys](m.Table, "") }

// Describe returns the query as it is sent.
func Describe(m config.MetricPart) string { return keysOf(m).Query }

// ParseAll parses the queries of metrics.
func ParseAll(metrics []config.MetricPart) (map[model.MetricID]*Query, error) {
	all := make(map[model.MetricID]*Query, len(metrics))
	for _, m := range metrics {
		k := keysOf(m)
		q, err := Parse(k.Query, k.Count)
		if err == nil {
			q, err = q.Counting(Counters{Bad: k.Bad + k.Variant, Good: k.Good, Total: k.Total, By: k.By})
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
