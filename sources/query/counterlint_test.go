package query

import (
	"strings"
	"testing"

	"gonogo/model/config"
)

func TestLintCounters(t *testing.T) {
	const (
		asIs    = "expected the counter as it is, found "
		hides   = "() hides the restart of one instance"
		noRange = "error total: a range of values where one is needed"
	)
	tests := map[string]struct {
		bad, total string
		good, by   string
		variant    string
		want       string // the findings, one a line, each by its beginning
	}{
		"none":              {},
		"good":              {good: `a_bucket{le="0.25"}`, total: "a_count", by: "tenant"},
		"good and bad":      {bad: "a", good: "b", total: "c", want: "error good: it stands beside bad"},
		"good only":         {good: "a", want: "error good: expected `total` beside it"},
		"good rate":         {good: "rate(a[5m])", total: "b", want: "error good: " + asIs + "rate()"},
		"every bucket":      {good: "a_bucket", total: "a_count", want: "error good: it counts every bucket"},
		"buckets by regexp": {good: `a_bucket{le=~"0.*"}`, total: "a_count", want: "error good: it counts every bucket"},
		"by alone":          {by: "tenant", want: "error by: expected `bad` (or `good`) and `total` beside it"},
		"by dropped":        {by: "tenant", bad: "sum by (instance) (a)", total: "sum without (tenant) (b)", want: "error bad: sum() drops the label tenant\nerror total: sum() drops the label tenant"},
		"variant":           {variant: `a_total{v="new"}`, total: "a_total"},
		"variant alone":     {variant: "a", want: "error variant: expected `total` beside it"},
		"variant and bad":   {variant: "a", bad: "b", total: "c", want: "error variant: it stands beside bad or good"},
		"variant by":        {variant: "a", by: "tenant", total: "c", want: "error by: a share that is asked is one of all events"},
		"by kept":           {by: "tenant", bad: "sum by (instance, tenant) (a)", total: "sum without (x) (b)"},
		"fine":              {bad: `a_total{code=~"5.."}`, total: "a_total"},
		"names":             {bad: `{__name__=~"a_total|b_total"}`, total: "c_total"},
		"weighted":          {bad: "a_total * 2", total: "c_total - 1"},
		"or":                {bad: "a_total or b_total", total: "c_total", want: "warning bad: leaves out what has the same labels"},
		"or zero":           {bad: "a_total or vector(0)", total: "c_total"},
		"sum of two":        {bad: "a_total", total: "c_total + d_total", want: "warning total: counts nothing where one of the two"},
		"set operators":     {bad: "a_total and on (pod) b", total: "a_total unless on (pod) b"},
		"bad only":          {bad: "a", want: "error bad: expected `total` beside it"},
		"total only":        {total: "a", want: "error total: expected `bad` beside it"},
		"no PromQL":         {bad: "sum(", total: "a", want: "error bad: not PromQL: 1:5"},
		"scalar":            {bad: "a", total: "scalar(b)", want: "error total: a scalar where a counter is needed"},
		"literal":           {bad: "a", total: "5", want: "error total: a scalar where a counter is needed"},
		"no counter":        {bad: "vector(0)", total: "b", want: "error bad: no counter is in it"},
		"matrix":            {bad: "a", total: "b[5m]", want: noRange},
		"rate":              {bad: "rate(a[5m])", total: "b", want: "error bad: " + asIs + "rate()"},
		"sum of increase":   {bad: "sum(increase(a[5m]))", total: "sum(b)", want: "error bad: " + asIs + "increase()\nwarning total: sum" + hides},
		"irate":             {bad: "a", total: "irate(b[5m])", want: "error total: " + asIs + "irate()"},
		"delta":             {bad: "a", total: "delta(b[5m])", want: "error total: " + asIs + "delta()"},
		"deriv":             {bad: "a", total: "deriv(b[5m])", want: "error total: " + asIs + "deriv()"},
		"over time":         {bad: "a", total: "last_over_time(b[5m])", want: "error total: " + asIs + "last_over_time()"},
		"another range":     {bad: "a", total: "changes(b[5m])", want: "error total: " + asIs + "a range"},
		"subquery":          {bad: "a", total: "resets(b[5m:1m])", want: "error total: " + asIs + "a range"},
		"sum":               {bad: "sum(a)", total: "b", want: "warning bad: sum" + hides},
		"sum by code":       {bad: "a", total: "sum by (code) (b)", want: "warning total: sum" + hides},
		"sum by instance":   {bad: "a", total: "sum by (instance, code) (b)"},
		"max by pod":        {bad: "a", total: "max by (pod) (b)"},
		"sum without code":  {bad: "a", total: "sum without (code) (b)"},
		"without instance":  {bad: "a", total: "sum without (instance) (b)", want: "warning total: sum" + hides},
		"difference":        {bad: "all_total - ok_total", total: "all_total", want: "warning bad: a difference of counters is none"},
		"both are mistaken": {bad: "rate(a[5m])", total: "sum(b)", want: "error bad: " + asIs + "rate()\nwarning total: sum" + hides},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found := Lint(config.MetricPart{Table: config.NewTable(map[string]any{"query": "a", "bad": test.bad, "good": test.good, "total": test.total, "by": test.by, "variant": test.variant})})
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
