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
		sinceEver = "warning query: histogram_quantile over the buckets since the process started, not of late: put rate(…[5m]) around them"
		byLe      = "warning query: histogram_quantile without sum by (le): several instances answer several values, and other sums drop the buckets' bounds"
		perSecond = "warning query: events per second, not a share of them, but the unit is ratio: divide by the rate of all events"
		number    = "warning query: a number of events, not a share of them, but the unit is ratio: divide by all events"
		below     = "warning query: events per second, not a share of them, but held against less than 1: divide by the rate of all events and set unit = \"ratio\", or say unit = \"per_second\" if that is meant"
		noCount   = "warning query: is NaN without traffic, and nothing tells how much there was: give count, such as sum(increase(ALL_total[5m])), and min_count"
		absent    = "warning query: the numerator does not exist before the first failure: write (… or vector(0)) around it, and around nothing else"
		absentSum = "warning query: the denominator adds failures, which do not exist before the first one, and then there is no value at all: write (… or vector(0)) around them"
		several   = "warning query: one value for each instance and label, where one is needed: put sum(…) around both sides"
		aRange    = "a range of values where one is needed: put rate() or another function around it"
	)
	tests := map[string]struct {
		query, count string
		total        string
		unit         model.Unit
		role         string
		target       *model.Target
		zero         bool   // on_empty
		want         string // the findings, one a line
	}{
		"fine":       {query: "a", want: ok},
		"no PromQL":  {query: "sum(", want: "error query: not PromQL: 1:5: parse error: unclosed left parenthesis"},
		"both wrong": {query: "a[5m]", count: "b[5m]", want: "error query: " + aRange + "\nerror count: " + aRange},
		"quantile":   {query: "histogram_quantile(0.95, sum by (le) (rate(a_bucket[5m])))", want: ok},
		"quantile, no rate": {
			query: "histogram_quantile(0.95, sum by (le) (a_bucket))", want: sinceEver,
		},
		"quantile, no le":      {query: "histogram_quantile(0.95, sum by (x) (rate(a_bucket[5m])))", want: byLe},
		"quantile, no sum":     {query: "histogram_quantile(0.95, rate(a_bucket[5m]))", want: byLe},
		"quantile, without":    {query: "histogram_quantile(0.95, sum without (instance) (rate(a_bucket[5m])))", want: ok},
		"quantile, without le": {query: "histogram_quantile(0.95, sum without (le) (rate(a_bucket[5m])))", want: byLe},
		"quantile, native":     {query: "histogram_quantile(0.95, sum(rate(a[5m])))", want: ok},
		"rate as ratio":        {query: "sum(rate(a[5m]))", unit: model.Ratio, want: perSecond},
		"increase as ratio":    {query: "sum(increase(a[5m]))", unit: model.Ratio, want: number},
		"seconds as ratio":     {query: "sum(rate(process_cpu_seconds_total[5m]))", unit: model.Ratio, want: ok},
		"rate below 1":         {query: "rate(failures_total[5m])", role: "error", target: target("<", .01), want: below},
		"rate above 1":         {query: "rate(failures_total[5m])", role: "error", target: target("<", 5), want: ok},
		"rate, no target":      {query: "rate(failures_total[5m])", role: "error", want: ok},
		"rate said to be one":  {query: "rate(failures_total[5m])", role: "error", unit: model.PerSec, target: target("<", .01), want: ok},
		"rate of traffic":      {query: "sum(rate(a[5m]))", role: "traffic", target: target(">", .1), want: ok},
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
		"failures or nothing": {
			query: "sum(rate(failures_total[5m])) / sum(rate(b[5m]))", count: "b", unit: model.Ratio, role: "error", zero: true, want: ok,
		},
		"failures counted": {
			query: "sum(rate(failures_total[5m])) / sum(rate(b[5m]))", total: "b", unit: model.Ratio, role: "error", zero: true, want: ok,
		},
		"no unit": {
			query: "sum(rate(failures_total[5m])) / sum(rate(b[5m]))", role: "error", target: target("<", .01), want: noCount + "\n" + absent,
		},
		"both at once": {
			query: "sum(rate(failures_total[5m])) / sum(rate(b[5m]))", unit: model.Ratio, want: noCount + "\n" + absent,
		},
		"success of all": {
			query: "sum(rate(ok[5m])) / (sum(rate(ok[5m])) + sum(rate(failures_total[5m])))", count: "b", unit: model.Ratio, want: absentSum,
		},
		"success of all, or zero": {
			query: "sum(rate(ok[5m])) / (sum(rate(ok[5m])) + (sum(rate(failures_total[5m])) or vector(0)))", count: "b", unit: model.Ratio, want: ok,
		},
		"bare": {query: "rate(a[5m]) / (rate(b[5m]))", count: "b", unit: model.Ratio, want: several},
		"bare, of one instance": {
			query: `rate(a{instance="x"}[5m]) / rate(b{instance="x"}[5m])`, count: "b", unit: model.Ratio, want: ok,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := Lint(config.MetricPart{
				Metric: model.Metric{Unit: test.unit, Role: test.role, Target: test.target, EmptyZero: test.zero},
				Table:  config.NewTable(map[string]any{"query": test.query, "count": test.count, "total": test.total, "bad": map[bool]string{true: "failures_total"}[test.total != ""]}),
			})
			var got []string
			for _, f := range found {
				kind := "error "
				if f.Warning {
					kind = "warning "
				}
				got = append(got, kind+f.Key+": "+f.Message)
			}
			if text := strings.Join(got, "\n"); text != test.want {
				t.Errorf("got\n%s\nwant\n%s", text, test.want)
			}
		})
	}
}

func target(op string, value float64) *model.Target { return &model.Target{Op: op, Value: value} }
