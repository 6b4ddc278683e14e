package query

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model"
)

func TestSelectors(t *testing.T) {
	tests := map[string]struct {
		query string
		want  string // selector=need, with its offset and @ where it has one
	}{
		"plain":             {"a", "a=0"},
		"range":             {`sum(rate(a{x="1",y!="2"}[5m]))`, `a{x="1",y!="2"}=0`},
		"twice":             {"a / (a + b)", "a=0 b=0"},
		"strictest need":    {"(a or vector(0)) / (a + b)", "a=0 b=0"},
		"or constant":       {"(sum(a) or vector(0)) / b", "a=2 b=0"},
		"or on() constant":  {"sum(a) or on() vector(0)", "a=2"},
		"or absent":         {"a or absent(a) * 0", "a=2"},
		"or another":        {"a or b", "a=1 b=1"},
		"or in or":          {"(a or b) or vector(0)", "a=2 b=2"},
		"unless":            {"a unless b", "a=0 b=2"},
		"and":               {"a and b", "a=0 b=0"},
		"absent":            {"absent(a)", "a=2"},
		"absent_over_time":  {"absent_over_time(a[5m])", "a=2"},
		"none":              {"vector(1) + time()", ""},
		"offset":            {"a offset 1h", "a offset 1h=0"},
		"negative offset":   {"a offset -1h", "a offset -1h=0"},
		"at":                {"a @ 100", "a @ 100.000=0"},
		"at end":            {"a @ end()", "a=0"},
		"subquery":          {"max_over_time(rate(a[5m])[1h:1m])", "a=0"},
		"subquery offset":   {"max_over_time((a offset 1m)[1h:1m] offset 1h)", "a offset 1h1m=0"},
		"subquery at":       {"max_over_time((a offset 1m)[1h:1m] @ 100 offset 1h)", "a @ 100.000 offset 1h1m=0"},
		"at in subquery":    {"max_over_time((a @ 100)[1h:1m] offset 1h)", "a @ 100.000=0"},
		"name only matcher": {`{__name__=~"a.*"}`, `{__name__=~"a.*"}=0`},
		"odd name":          {`{"a.b"}`, `{__name__="a.b"}=0`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			expr, err := parse(test.query)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range selectors(expr) {
				got = append(got, fmt.Sprintf("%s=%d", s.text, s.need))
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct{ query, count, want string }{
		"no PromQL":   {"sum(", "", "query: not PromQL: 1:5: parse error: unclosed left parenthesis"},
		"empty":       {"", "", "query: not PromQL: unknown position: parse error: no expression found in input"},
		"range":       {"a[5m]", "", "query: a range of values where one is needed: put rate() or another function around it"},
		"string":      {`"a"`, "", "query: a string where a number is needed"},
		"bad count":   {"a", "a[5m]", "count: a range of values where one is needed: put rate() or another function around it"},
		"count typos": {"a", "sum(b", "count: not PromQL: 1:6: parse error: unclosed left parenthesis"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse(test.query, test.count); err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestCountingRefuses(t *testing.T) {
	tests := map[string]struct{ bad, total, want string }{
		"neither":    {"", "", ""},
		"both":       {"a", `sum by (instance) (b{x="1"})`, ""},
		"bad only":   {"a", "", "total needs either bad or good beside it, and they need total"},
		"total only": {"", "a", "total needs either bad or good beside it, and they need total"},
		"no PromQL":  {"a(", "b", "bad: not PromQL: 1:3: parse error: unclosed left parenthesis"},
		"range":      {"a", "b[5m]", "total: a range of values where one is needed: put rate() or another function around it"},
		"scalar":     {"a", "scalar(b)", "total: a scalar where a counter is needed, with a series for each instance"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := Parse("a", "")
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if _, err := q.Counting(Counters{Bad: test.bad, Total: test.total}); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// answers is a Backend that gives one answer to each of its questions in turn.
type answers struct {
	asked []string
	give  []prom.Value
}

func (a *answers) Instant(_ context.Context, expr string, _ time.Time) (prom.Value, error) {
	a.asked = append(a.asked, expr)
	if len(a.give) < len(a.asked) {
		return nil, errors.New("asked too often")
	}
	return a.give[len(a.asked)-1], nil
}

func (a *answers) Range(context.Context, string, time.Time, time.Time, time.Duration) (prom.Matrix, error) {
	return nil, errors.New("not here")
}

// at is when the answers were evaluated.
const at = prom.Time(1_000_000_000)

func one(v float64) prom.Value {
	return prom.Vector{{Value: prom.SampleValue(v), Timestamp: at}}
}

// tags is the answer to a combined question: by tag, how many seconds ago; "count" as it is.
func tags(values map[string]float64) prom.Value {
	v := prom.Vector{}
	for name, f := range values {
		if name != tagCount {
			f = float64(at)/1000 - f
		}
		v = append(v, &prom.Sample{Metric: prom.Metric{tag: prom.LabelValue(name)}, Value: prom.SampleValue(f), Timestamp: at})
	}
	return v
}

func TestAge(t *testing.T) {
	tests := map[string]struct {
		query string
		ages  map[string]float64
		want  time.Duration // below 0: a series ended so long ago
	}{
		"one":                   {"a", map[string]float64{"0": 7.25}, 7250 * time.Millisecond},
		"oldest":                {"a / b", map[string]float64{"0": 7, "1": 90}, 90 * time.Second},
		"missing":               {"a / b", map[string]float64{"0": 7}, -16 * time.Second},
		"optional missing":      {"(a or vector(0)) / b", map[string]float64{"1": 7}, 7 * time.Second},
		"optional old":          {"(a or vector(0)) / b", map[string]float64{"0": 200, "1": 7}, 200 * time.Second},
		"one alternative":       {"a or b", map[string]float64{"1": 7}, 7 * time.Second},
		"no alternative":        {"a or b", nil, -16 * time.Second},
		"offset":                {"a offset 1m", map[string]float64{"0": 67}, 7 * time.Second},
		"at":                    {"a @ 999940", map[string]float64{"0": 67}, 7 * time.Second},
		"from the future":       {"a", map[string]float64{"0": -7}, 0},
		"optional with absence": {"a unless b", map[string]float64{"0": 3}, 3 * time.Second},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := Parse(test.query, "")
			if err != nil {
				t.Fatal(err)
			}
			b := &answers{give: []prom.Value{one(1), tags(test.ages), tags(map[string]float64{"0": 16, "1": 16})}}
			r, err := q.Begin().Ask(context.Background(), b, model.Metric{})
			if err != nil {
				t.Fatal(err)
			}
			if age := r.At.Sub(r.SampleAt); age != max(test.want, -test.want) {
				t.Errorf("age %v, want %v", age, test.want)
			}
			want := 2
			if test.want < 0 {
				want = 3
			}
			if r.Ended != (test.want < 0) {
				t.Errorf("ended is %v", r.Ended)
			}
			if len(b.asked) != want {
				t.Errorf("asked %d questions, want %d: %q", len(b.asked), want, b.asked)
			}
		})
	}
}

// TestGoneIsStaleAsLongAsItIs: a series without a current sample has ended, its
// age is that of its last sample, and an hour where no sample is found.
func TestGoneIsStaleAsLongAsItIs(t *testing.T) {
	q, err := Parse("a", "")
	if err != nil {
		t.Fatal(err)
	}
	for want, last := range map[time.Duration]prom.Value{16 * time.Second: tags(map[string]float64{"0": 16}), recent: prom.Vector{}} {
		r, err := q.Begin().Ask(context.Background(), &answers{give: []prom.Value{one(1), tags(nil), last}}, model.Metric{StaleAfter: 30 * 24 * time.Hour})
		if age := r.At.Sub(r.SampleAt); err != nil || !r.Ended || age != want {
			t.Errorf("ended %v, age %v (%v), want %v", r.Ended, age, err, want)
		}
	}
}

func TestAskedTwiceAtMost(t *testing.T) {
	q, err := Parse("a / b", "sum(c)")
	if err != nil {
		t.Fatal(err)
	}
	if q, err = q.Counting(Counters{Bad: "bad_total # bad", Total: "all_total"}); err != nil {
		t.Fatal(err)
	}
	s := q.Begin()
	for round, want := range []float64{0, 2} {
		beside := append(tags(map[string]float64{"0": 1, "1": 2, "count": 40}).(prom.Vector),
			counted("bad", "x", 1+want), counted("total", "x", 10+3*want), counted("total", "y", 7))
		b := &answers{give: []prom.Value{one(0.5), beside}}
		r, err := s.Ask(context.Background(), b, model.Metric{})
		if err != nil || r.Value != 0.5 || r.Count != 40 || !r.HasCount || r.At.Sub(r.SampleAt) != 2*time.Second {
			t.Errorf("round %d: got %+v, %v", round, r, err)
		}
		if !r.Counted || r.Bad != want || r.Total != 3*want {
			t.Errorf("round %d: counted %v/%v (%v), want %v/%v", round, r.Bad, r.Total, r.Counted, want, 3*want)
		}
		for _, asked := range b.asked {
			if _, err := parse(asked); err != nil {
				t.Errorf("asked what does not parse: %s: %v", asked, err)
			}
		}
	}
}

// TestCountsAreAsOldAsTheirOldestSample: also where the value is empty, and while the counter is away.
func TestCountsAreAsOldAsTheirOldestSample(t *testing.T) {
	q, err := Parse("failures / b", "")
	if err != nil {
		t.Fatal(err)
	}
	if q, err = q.Counting(Counters{Bad: "failures", Total: "b{new=\"1\"}"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(q.beside, `min(timestamp(b{new="1"}))`) {
		t.Errorf("asks %s", q.beside)
	}
	s := q.Begin()
	start := time.Now()
	s.now = func() time.Time { return start }
	for _, c := range []struct {
		name string
		give []prom.Value
		age  time.Duration
	}{
		{"nothing was ever there that could count", []prom.Value{prom.Vector{}, tags(map[string]float64{"1": 1})}, 0},
		{"an empty value", []prom.Value{prom.Vector{}, append(tags(map[string]float64{"1": 1, "counted0": 7}).(prom.Vector), counted("total", "x", 3))}, 7 * time.Second},
		{"the counter is away", []prom.Value{prom.Vector{}, tags(map[string]float64{"1": 1})}, 7 * time.Second},
		{"a value of younger samples", []prom.Value{one(1), append(tags(map[string]float64{"0": 1, "1": 1, "counted0": 12}).(prom.Vector), counted("total", "x", 3))}, 12 * time.Second},
	} {
		if r, err := s.Ask(context.Background(), &answers{give: c.give}, model.Metric{}); start.Sub(r.CountedAt) != c.age {
			t.Errorf("%s: the counts are %v old, want %v (%v)", c.name, start.Sub(r.CountedAt), c.age, err)
		}
	}
}

// counted is a series of a counter in a combined answer.
func counted(name, instance string, v float64) *prom.Sample {
	return &prom.Sample{Metric: prom.Metric{tag: prom.LabelValue(name), "instance": prom.LabelValue(instance)}, Value: prom.SampleValue(v), Timestamp: at}
}

// TestEmptyIsCounted: where the value is empty, which on_empty may make zero,
// the number of events is known all the same, from no more questions.
func TestEmptyIsCounted(t *testing.T) {
	q, err := Parse("failures / b", "sum(b)")
	if err != nil {
		t.Fatal(err)
	}
	if q, err = q.Counting(Counters{Bad: "failures", Total: "b"}); err != nil {
		t.Fatal(err)
	}
	s := q.Begin()
	ask := func(give ...prom.Value) model.Reading {
		t.Helper()
		r, err := s.Ask(context.Background(), &answers{give: give}, model.Metric{})
		r.Err = err
		return r
	}
	empty := prom.Vector{}
	if r := ask(empty, prom.Vector{counted("count", "", 40), counted("total", "x", 10)}); !errors.Is(r.Err, model.ErrNoSeries) || r.Count != 40 || !r.Counted || r.Total != 0 {
		t.Errorf("first: got %+v", r)
	}
	if r := ask(empty, prom.Vector{counted("total", "x", 15)}); !errors.Is(r.Err, model.ErrNoSeries) || !r.HasCount || r.Count != 0 || r.Total != 5 {
		t.Errorf("second: got %+v", r)
	}
	if r := ask(one(0.1), prom.Vector{counted("bad", "x", 1), counted("total", "x", 20)}); r.Err != nil || r.Bad != 1 || r.Total != 10 {
		t.Errorf("the first failure: got %+v", r)
	}
	if r := ask(empty); !errors.Is(r.Err, model.ErrEmpty) || r.HasCount || r.Counted {
		t.Errorf("without a second answer: got %+v", r)
	}
	if r := ask(empty, prom.Vector{counted("count", "x", 1), counted("count", "y", 1)}); !errors.Is(r.Err, model.ErrAmbiguous) {
		t.Errorf("ambiguous count: got %+v", r)
	}
	if r := ask(one(0.1), prom.Vector{counted("bad", "x", 2), counted("bad", "y", 900), counted("total", "x", 21), counted("total", "y", 9000)}); r.Err != nil || r.Bad != 2 || r.Total != 11 {
		t.Errorf("born after a miss: got %+v", r)
	}
}

func TestEmptyIsExplained(t *testing.T) {
	tests := map[string]struct {
		query string
		found map[string]float64
		want  error
	}{
		"nothing matches":        {"sum(a)", nil, model.ErrNoSeries},
		"all match":              {"a > 5", map[string]float64{"0": 1}, model.ErrEmpty},
		"one of two":             {"a / b", map[string]float64{"0": 1}, model.ErrNoSeries},
		"only the optional left": {"b / (a or vector(0)) > 1", map[string]float64{"0": 1}, model.ErrEmpty},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := Parse(test.query, "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = q.Begin().Ask(context.Background(), &answers{give: []prom.Value{prom.Vector{}, tags(test.found)}}, model.Metric{})
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// FuzzParse: whatever parses, what is asked besides it parses too, and is tagged by selector.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a", `sum(rate(a{x=~"5.."}[5m])) or vector(0)`, "a offset 1h @ end()", "max_over_time(a[1h:1m] @ 3)", "scalar(a) # b", `{"ö.b"}`,
	} {
		f.Add(seed, "sum(c)", "a_total", "b_total # c")
	}
	f.Fuzz(func(t *testing.T, text, count, bad, total string) {
		q, err := Parse(text, count)
		if err != nil {
			return
		}
		if c, err := q.Counting(Counters{Bad: bad, Total: total}); err == nil {
			q = c
		}
		for _, asked := range []string{q.extras, q.presence(), q.traffic()} {
			if asked == "" {
				continue
			}
			expr, err := parser.NewParser(parser.Options{}).ParseExpr(asked)
			if err != nil {
				t.Fatalf("%q leads to %q: %v", text, asked, err)
			}
			if expr.Type() != parser.ValueTypeVector {
				t.Fatalf("%q leads to a %s", text, expr.Type())
			}
		}
	})
}
