package query

import (
	"testing"
	"time"

	"gonogo/model/config"
)

func TestFacts(t *testing.T) {
	const h, m = time.Hour, time.Minute
	tests := map[string]struct {
		query, count string
		want         config.Facts
	}{
		"instant":              {query: "a"},
		"literal":              {query: "4", want: config.Facts{Silent: true}},
		"vector":               {query: "vector(0)", want: config.Facts{Silent: true}},
		"clock":                {query: "time() - a"},
		"range":                {query: "sum(rate(a[5m]))", want: config.Facts{Window: 5 * m}},
		"longest":              {query: "rate(a[5m]) / rate(b[10m])", want: config.Facts{Window: 10 * m}},
		"argument":             {query: "histogram_quantile(0.9, sum by (le) (rate(a[7m])))", want: config.Facts{Window: 7 * m}},
		"parameter":            {query: "topk(scalar(max_over_time(a[2h])), b)", want: config.Facts{Window: 2 * h}},
		"count":                {query: "a", count: "sum(increase(b[1h]))", want: config.Facts{CountWindow: h}},
		"both":                 {query: "rate(a[5m])", count: "increase(b[1h])", want: config.Facts{Window: 5 * m, CountWindow: h}},
		"subquery":             {query: "max_over_time(a[1h:1m])", want: config.Facts{Window: h}},
		"nested":               {query: "max_over_time(rate(a[5m])[1h:])", want: config.Facts{Window: h + 5*m}},
		"nested twice":         {query: "min_over_time(max_over_time(rate(a[5m])[1h:])[2h:])", want: config.Facts{Window: 3*h + 5*m}},
		"nested beside":        {query: "max_over_time((rate(a[5m]) + b)[1h:]) + rate(c[2h])", want: config.Facts{Window: 2 * h}},
		"offset":               {query: "a offset 10m", want: config.Facts{Window: 10 * m}},
		"range with offset":    {query: "rate(a[5m] offset 10m)", want: config.Facts{Window: 15 * m}},
		"subquery offset":      {query: "max_over_time(rate(a[5m] offset 1m)[1h:] offset 2m)", want: config.Facts{Window: h + 8*m}},
		"negative offset":      {query: "rate(a[5m] offset -2m)", want: config.Facts{Window: 3 * m}},
		"future":               {query: "rate(a[5m] offset -1h)"},
		"at":                   {query: "rate(a[5m] @ 100 offset 1m)", want: config.Facts{Window: 6 * m}},
		"at end":               {query: "max_over_time(rate(a[5m] @ end())[1h:])", want: config.Facts{Window: 5 * m}},
		"subquery at":          {query: "max_over_time(max_over_time(rate(a[5m])[1h:] @ 100)[2h:])", want: config.Facts{Window: h + 5*m}},
		"comment":              {query: "rate(a[5m]) # [9h]", want: config.Facts{Window: 5 * m}},
		"or constant":          {query: "sum(rate(a[5m])) or vector(0)", want: config.Facts{Window: 5 * m, Silent: true}},
		"or constant inside":   {query: "(sum(a) or vector(0)) / sum(b)"},
		"or constant twice":    {query: "(sum(a) or vector(0)) / (sum(b) or vector(1))", want: config.Facts{Silent: true}},
		"absent":               {query: "absent(a)", want: config.Facts{Silent: true}},
		"constant unless":      {query: "vector(1) unless a", want: config.Facts{Silent: true}},
		"unless":               {query: "a unless b"},
		"scalar":               {query: "scalar(a)"},
		"silent count":         {query: "a", count: "sum(b) or vector(0)"},
		"query does not parse": {query: "sum(", count: "rate(a[5m])", want: config.Facts{CountWindow: 5 * m}},
		"count does not parse": {query: "rate(a[5m])", count: "sum(", want: config.Facts{Window: 5 * m}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Facts(config.MetricPart{Table: config.NewTable(map[string]any{"query": test.query, "count": test.count})})
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
