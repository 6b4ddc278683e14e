package query

import (
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/config"
)

func TestLint(t *testing.T) {
	const (
		ok        = ""
		sinceEver = "warning query: histogram_quantile over the buckets since"
		byLe      = "warning query: histogram_quantile without sum by (le)"
		events    = "warning query: a number of events"
		noCount   = "warning query: is NaN without traffic"
		absent    = "warning query: the numerator does not exist"
	)
	tests := map[string]struct {
		query, count string
		unit         model.Unit
		role         string
		want         string // the findings, one a line, each by its beginning
	}{
		"fine":       {query: "a", want: ok},
		"no PromQL":  {query: "sum(", want: "error query: not PromQL: 1:5"},
		"both wrong": {query: "a[5m]", count: "b[5m]", want: "error query: a range\nerror count: a range"},
		"quantile":   {query: "histogram_quantile(0.95, sum by (le) (rate(a_bucket[5m])))", want: ok},
		"quantile, no rate": {
			query: "histogram_quantile(0.95, sum by (le) (a_bucket))", want: sinceEver,
		},
		"quantile, no le":      {query: "histogram_quantile(0.95, sum by (x) (rate(a_bucket[5m])))", want: byLe},
		"quantile, no sum":     {query: "histogram_quantile(0.95, rate(a_bucket[5m]))", want: byLe},
		"quantile, without":    {query: "histogram_quantile(0.95, sum without (instance) (rate(a_bucket[5m])))", want: ok},
		"quantile, without le": {query: "histogram_quantile(0.95, sum without (le) (rate(a_bucket[5m])))", want: byLe},
		"quantile, native":     {query: "histogram_quantile(0.95, sum(rate(a[5m])))", want: ok},
		"rate as ratio":        {query: "sum(rate(a[5m]))", unit: model.Ratio, want: events},
		"rate as such":         {query: "sum(rate(a[5m]))", unit: model.PerSec, want: ok},
		"recorded ratio":       {query: "job:a:ratio", unit: model.Ratio, want: ok},
		"average of ratios":    {query: "avg_over_time(probe_success[1h])", unit: model.Ratio, want: ok},
		"ratio":                {query: "sum(rate(a[5m])) / sum(rate(b[5m]))", count: "sum(increase(b[5m]))", unit: model.Ratio, want: ok},
		"ratio, no count":      {query: "sum(rate(a[5m])) / sum(rate(b[5m]))", unit: model.Ratio, want: noCount},
		"one minus ratio":      {query: "1 - sum(rate(a[5m])) / sum(rate(b[5m]))", unit: model.Ratio, want: noCount},
		"ratio of gauges":      {query: "a / b", unit: model.Ratio, want: ok},
		"failures": {
			query: "sum(rate(failures_total[5m])) / sum(rate(b[5m]))", count: "b", unit: model.Ratio, want: absent,
		},
		"failures by code": {
			query: `sum(rate(http_total{code=~"5.."}[5m])) / sum(rate(http_total[5m]))`, count: "b", unit: model.Ratio, want: absent,
		},
		"failures by role": {query: "sum(rate(a[5m])) / sum(rate(b[5m]))", count: "b", unit: model.Ratio, role: "error", want: absent},
		"failures or zero": {
			query: "(sum(rate(failures_total[5m])) or vector(0)) / sum(rate(b[5m]))", count: "b", unit: model.Ratio, role: "error", want: ok,
		},
		"both at once": {
			query: "sum(rate(failures_total[5m])) / sum(rate(b[5m]))", unit: model.Ratio, want: noCount + "\n" + absent,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := Lint(config.MetricPart{
				Metric: model.Metric{Unit: test.unit, Role: test.role},
				Table:  config.NewTable(map[string]any{"query": test.query, "count": test.count}),
			})
			var got []string
			for _, f := range found {
				kind := "error "
				if f.Warning {
					kind = "warning "
				}
				got = append(got, kind+f.Key+": "+f.Message)
			}
			var want []string
			if test.want != "" {
				want = strings.Split(test.want, "\n")
			}
			if len(got) != len(want) {
				t.Fatalf("got  %q\nwant %q", got, want)
			}
			for i := range want {
				if !strings.HasPrefix(got[i], want[i]) {
					t.Errorf("got  %s\nwant %s", got[i], want[i])
				}
			}
		})
	}
}
