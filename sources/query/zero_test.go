package query

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	prom "github.com/prometheus/common/model"

	"gonogo/model"
	"gonogo/model/config"
)

// facts are what a backend tells besides a value, by tag; growth and count as they are, else seconds ago.
type facts map[string]float64

func (f facts) answer() prom.Value {
	out := tags(nil).(prom.Vector)
	for name, v := range f {
		one := tags(map[string]float64{name: v}).(prom.Vector)[0]
		if strings.HasPrefix(name, tagGrowth) {
			one.Value = prom.SampleValue(v)
		}
		out = append(out, one)
	}
	return out
}

// TestZeroStandsBesideGrowingTrafficOnly: where the numerator is not there, or
// a query makes a value up, zero is taken only while the denominator is there,
// current and growing. All targets dead is never zero.
func TestZeroStandsBesideGrowingTrafficOnly(t *testing.T) {
	alive := facts{"1": 3, "count": 40, "event0": 3, "growth0": 12}
	without := func(names ...string) facts {
		out := maps.Clone(alive)
		for _, name := range names {
			delete(out, name)
		}
		return out
	}
	with := func(name string, v float64) facts {
		out := maps.Clone(alive)
		out[name] = v
		return out
	}
	tests := map[string]struct {
		facts facts
		want  model.Traffic
	}{
		"alive":              {alive, model.TrafficFlows},
		"all targets dead":   {facts{}, model.TrafficUnknown},
		"a range outlives":   {without("event0"), model.TrafficUnknown},
		"old samples":        {with("event0", 200), model.TrafficUnknown},
		"frozen":             {with("growth0", 0), model.TrafficNone},
		"growth not known":   {without("growth0"), model.TrafficNone},
		"no events":          {with("count", 0), model.TrafficNone},
		"count not a number": {with("count", nan()), model.TrafficNone},
	}
	m := model.Metric{EmptyZero: true, StaleAfter: 2 * time.Minute}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := Parse("sum(rate(failures[5m])) / sum(rate(all[5m]))", "sum(increase(all[5m]))")
			if err != nil {
				t.Fatal(err)
			}
			r, err := q.Begin().Ask(context.Background(), &answers{give: []prom.Value{prom.Vector{}, test.facts.answer()}}, m)
			if r.Traffic != test.want || !errors.Is(err, model.ErrEmpty) && !errors.Is(err, model.ErrNoSeries) {
				t.Errorf("on_empty: traffic %v (%v), want %v", r.Traffic, err, test.want)
			}
			q, err = Parse("sum(rate(failures[5m])) or vector(0)", "sum(increase(all[5m]))")
			if err != nil {
				t.Fatal(err)
			}
			r, err = q.Begin().Ask(context.Background(), &answers{give: []prom.Value{one(0), test.facts.answer()}}, model.Metric{StaleAfter: 2 * time.Minute})
			if (err == nil) != (test.want == model.TrafficFlows) || err != nil && !errors.Is(err, model.ErrEmpty) {
				t.Errorf("or vector(0): traffic %v (%v), want %v", r.Traffic, err, test.want)
			}
		})
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

// TestNothingThereIsNoValue: what a query answers of its own making, with no
// series there and nothing counted, is no data.
func TestNothingThereIsNoValue(t *testing.T) {
	for _, text := range []string{"sum(a) or vector(0)", "absent(a)", "(sum(a) / sum(b)) or vector(0)", "1 - (a or vector(0))", "count(ALERTS) or vector(0)"} {
		q, err := Parse(text, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = q.Begin().Ask(context.Background(), &answers{give: []prom.Value{one(0), tags(nil)}}, model.Metric{})
		if !errors.Is(err, model.ErrEmpty) {
			t.Errorf("%s: got %v, want no data", text, err)
		}
		_, err = q.Begin().Ask(context.Background(), &answers{give: []prom.Value{one(0), tags(map[string]float64{"0": 3})}}, model.Metric{})
		if err != nil {
			t.Errorf("%s with its series there: %v", text, err)
		}
	}
}

// ruled is a backend that knows rules.
type ruled struct {
	answers
	rules []Rule
	err   error
}

func (r *ruled) Rules(context.Context) ([]Rule, error) { return r.rules, r.err }

// TestNoAlertCountsWhileItsRuleIsEvaluated: no alert is good news only where
// every rule that would fire is there and was evaluated; its age is theirs.
func TestNoAlertCountsWhileItsRuleIsEvaluated(t *testing.T) {
	rule := func(name string, age time.Duration, labels ...string) Rule {
		r := Rule{Name: name, Evaluated: at.Time().Add(-age), Labels: map[string]string{}}
		for i := 0; i < len(labels); i += 2 {
			r.Labels[labels[i]] = labels[i+1]
		}
		return r
	}
	const two = `count(ALERTS{alertstate="firing",alertname=~"Down|Slow"}) or vector(0)`
	tests := map[string]struct {
		query string
		rules []Rule
		err   error
		want  time.Duration
		fails string
	}{
		"both":            {two, []Rule{rule("Down", 5*time.Second), rule("Slow", 9*time.Second), rule("Other", time.Hour)}, nil, 9 * time.Second, ""},
		"one not there":   {two, []Rule{rule("Down", 5*time.Second)}, nil, 0, "no alerting rule Slow"},
		"none":            {two, nil, nil, 0, "no alerting rule Down"},
		"never evaluated": {two, []Rule{rule("Down", 5*time.Second), {Name: "Slow"}}, nil, 0, "rule Slow was never evaluated"},
		"in trouble":      {two, []Rule{rule("Down", 5*time.Second), {Name: "Slow", Evaluated: at.Time(), Trouble: "many-to-many"}}, nil, 0, "rule Slow fails: many-to-many"},
		"not told":        {two, nil, errors.New("HTTP 404"), 0, "rules: HTTP 404"},
		"by label":        {`count(ALERTS{severity="page"}) or vector(0)`, []Rule{rule("A", 4*time.Second, "severity", "page"), rule("B", time.Hour, "severity", "info")}, nil, 4 * time.Second, ""},
		"no such label":   {`count(ALERTS{severity="page"}) or vector(0)`, []Rule{rule("B", time.Second, "severity", "info")}, nil, 0, `no alerting rule for {severity="page"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := Parse(test.query, "")
			if err != nil {
				t.Fatal(err)
			}
			b := &ruled{answers{give: []prom.Value{one(0), tags(nil)}}, test.rules, test.err}
			r, err := q.Begin().Ask(context.Background(), b, model.Metric{})
			switch {
			case test.fails == "" && (err != nil || r.At.Sub(r.SampleAt) != test.want):
				t.Errorf("got %v old (%v), want %v", r.At.Sub(r.SampleAt), err, test.want)
			case test.fails != "" && (!errors.Is(err, model.ErrEmpty) || !strings.Contains(err.Error(), test.fails)):
				t.Errorf("got %v, want no data: %s", err, test.fails)
			}
		})
	}
}

// TestCheckRefusesZeroOfNothing: what would make zero of dead targets.
func TestCheckRefusesZeroOfNothing(t *testing.T) {
	small := target("<", .01)
	tests := map[string]struct {
		query, count string
		target       *model.Target
		refused      bool
	}{
		"numerator":            {`(sum(rate(f[5m])) or vector(0)) / sum(rate(t[5m]))`, "", small, false},
		"around a ratio":       {`sum(rate(f[5m])) / sum(rate(t[5m])) or vector(0)`, "", small, true},
		"ratio with a count":   {`sum(rate(f[5m])) / sum(rate(t[5m])) or vector(0)`, "sum(increase(t[5m]))", small, false},
		"count of no series":   {`sum(rate(f[5m])) or vector(0)`, "vector(100)", small, true},
		"count that is silent": {`sum(rate(f[5m])) or vector(0)`, "sum(increase(t[5m])) or vector(1)", small, true},
		"denominator":          {`sum(rate(f[5m])) / (sum(rate(t[5m])) or vector(1))`, "sum(increase(t[5m]))", small, true},
		"bare":                 {`sum(rate(f[5m])) or vector(0)`, "", small, true},
		"bare, with a count":   {`sum(rate(f[5m])) or vector(0)`, "sum(increase(t[5m]))", small, false},
		"bare, zero is bad":    {`sum(rate(ok[5m])) or vector(0)`, "", target(">", 0), false},
		"alerts":               {`count(ALERTS{alertname="A"}) or vector(0)`, "", target("==", 0), false},
		"alerts and others":    {`count(ALERTS{alertname="A"} or f) or vector(0)`, "", target("==", 0), true},
		"presence":             {`absent(up) or vector(0)`, "", target("==", 0), false},
		"constant":             {`vector(1)`, "", target("==", 0), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			values := map[string]any{"query": test.query}
			if test.count != "" {
				values["count"] = test.count
			}
			refused := false
			for _, f := range Lint(config.MetricPart{Metric: model.Metric{Unit: model.Ratio, Target: test.target}, Table: config.NewTable(values)}) {
				refused = refused || f.Refused
			}
			if refused != test.refused {
				t.Errorf("refused is %v", refused)
			}
		})
	}
}
