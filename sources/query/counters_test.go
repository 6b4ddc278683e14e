package query

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	prom "github.com/prometheus/common/model"
)

// series makes a vector of "instance/code=value …", code being optional.
func series(t testing.TB, text string) prom.Vector {
	t.Helper()
	var v prom.Vector
	for _, field := range strings.Fields(text) {
		name, value, _ := strings.Cut(field, "=")
		var f float64
		if _, err := fmt.Sscan(value, &f); err != nil {
			t.Fatalf("%s: %v", field, err)
		}
		name, code, _ := strings.Cut(name, "/")
		v = append(v, &prom.Sample{Metric: prom.Metric{"instance": prom.LabelValue(name), "code": prom.LabelValue(code)}, Value: prom.SampleValue(f)})
	}
	return v
}

func TestCounters(t *testing.T) {
	type step struct {
		bad, total string
		after      time.Duration // since the step before; 0: 10 s
		server     time.Duration // by how much the backend's clock goes further than ours
		missed     bool          // a question before it was not answered
		want       string        // bad/total so far
	}
	tests := map[string][]step{
		"growth": {
			{bad: "a=1 b=2", total: "a=10 b=20", want: "0/0"},
			{bad: "a=1 b=3", total: "a=15 b=20", want: "1/5"},
			{bad: "a=1 b=3", total: "a=15 b=20", want: "1/5"},
			{bad: "a=2 b=4", total: "a=17 b=21", want: "3/8"},
		},
		"one instance is reset": {
			{bad: "a=8 b=2", total: "a=100 b=100", want: "0/0"},
			{bad: "a=1 b=3", total: "a=7 b=110", want: "2/17"},
		},
		"the first failure ever": {
			{total: "a=100", want: "0/0"},
			{bad: "a=1", total: "a=110", want: "1/10"},
		},
		"a new instance": {
			{bad: "a=5", total: "a=100", want: "0/0"},
			{bad: "a=5 b=2", total: "a=110 b=20", want: "2/30"},
		},
		"the first requests ever": {
			{want: "0/0"},
			{bad: "a=5", total: "a=100", want: "0/0"},
			{bad: "a=6", total: "a=110", want: "1/10"},
		},
		"total unknown before": {
			{bad: "a=5", want: "0/0"},
			{bad: "a=5 b=1", total: "a=100", want: "1/1"},
			{bad: "a=5 b=2", total: "a=110", want: "2/10"},
		},
		"born after a miss": {
			{total: "a=100", want: "0/0"},
			{bad: "a=9", total: "a=110 b=500", missed: true, want: "0/10"},
			{bad: "a=10", total: "a=111 b=501", want: "1/12"},
		},
		"born after a long time": {
			{total: "a=100", want: "0/0"},
			{bad: "a=9", total: "a=110", after: 3 * time.Minute, want: "0/10"},
		},
		"born after a sleep": {
			{total: "a=100", want: "0/0"},
			{bad: "a=9", total: "a=110", server: time.Hour, want: "0/10"},
		},
		"grown over a miss": {
			{bad: "a=1", total: "a=10", want: "0/0"},
			{bad: "a=2", total: "a=20", missed: true, after: time.Hour, want: "1/10"},
		},
		"scrape gap": {
			{bad: "a=1 b=1", total: "a=10 b=1000", want: "0/0"},
			{bad: "a=1", total: "a=11", want: "0/1"},
			{bad: "a=1", total: "a=12", after: 50 * time.Minute, want: "0/2"},
			{bad: "a=1 b=2", total: "a=13 b=1010", want: "1/13"},
		},
		"all away for a day": {
			{bad: "a=1", total: "a=1000", want: "0/0"},
			{want: "0/0"},
			{bad: "a=2", total: "a=1010", after: 24 * time.Hour, want: "1/10"},
		},
		"gap with a reset": {
			{bad: "a=5", total: "a=1000", want: "0/0"},
			{want: "0/0"},
			{bad: "a=1", total: "a=10", want: "1/10"},
		},
		"no failure yet after a restart": {
			{bad: "a=3 b=3", total: "a=100 b=100", want: "0/0"},
			{bad: "b=3", total: "a=10 b=100", want: "0/10"},
			{bad: "a=1 b=3", total: "a=20 b=100", want: "1/20"},
			{bad: "a=3 b=3", total: "a=30 b=100", want: "3/30"},
		},
		"no failure yet after a restart and a gap": {
			{bad: "a=3", total: "a/ok=100 a/no=3", want: "0/0"},
			{want: "0/0"},
			{total: "a/ok=5", want: "0/5"},
			{bad: "a=3", total: "a/ok=6 a/no=3", want: "3/9"},
		},
		"missing without a restart": {
			{bad: "a=3 b=9", total: "a=100 b=100", want: "0/0"},
			{bad: "a=3", total: "a=110 b=5", want: "0/15"},
			{total: "a=120 b=6", want: "0/26"},
			{bad: "a=4 b=1", total: "a=130 b=7", want: "2/37"},
		},
		"no counts": {
			{bad: "a=5", total: "a=100 b=7", want: "0/0"},
			{bad: "a=NaN c=+Inf", total: "a=110 b=-1", want: "0/10"},
			{bad: "a=6 c=1e300 d=-Inf", total: "a=111 b=8", want: "1/12"},
		},
		"total lags": {
			{bad: "a=0", total: "a=100", want: "0/0"},
			{bad: "a=3", total: "a=101", want: "3/3"},
			{bad: "a=3", total: "a=102", want: "3/3"},
			{bad: "a=4", total: "a=110", want: "4/10"},
		},
		"back a little": {
			{bad: "a=1", total: "a=100", want: "0/0"},
			{bad: "a=0", total: "a=99", server: -15 * time.Second, want: "0/0"},
			{bad: "a=2", total: "a=101", want: "1/1"},
		},
		"back a lot": {
			{bad: "a=1", total: "a=100", want: "0/0"},
			{bad: "a=0", total: "a=99", server: -time.Hour, want: "0/0"},
			{bad: "a=1", total: "a=102", want: "1/3"},
		},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			var c counters
			now, asked, ahead := time.Now(), 0, time.Duration(0)
			for i, s := range steps {
				if s.after == 0 {
					s.after = 10 * time.Second
				}
				now, ahead, asked = now.Add(s.after), ahead+s.server, asked+1
				if s.missed {
					asked++
				}
				answer := tally{asked: asked, at: now, bad: series(t, s.bad), total: series(t, s.total)}
				if s.bad+s.total != "" {
					answer.evaluated = prom.TimeFromUnix(now.Add(ahead).Unix())
				}
				c.take(answer, 15*time.Second)
				if got := fmt.Sprintf("%v/%v", c.sum.bad, c.sum.total); got != s.want {
					t.Fatalf("step %d: got %s, want %s", i, got, s.want)
				}
			}
		})
	}
}

// TestCountersLongEvery: births count where the metric is asked seldom.
func TestCountersLongEvery(t *testing.T) {
	var c counters
	now := time.Now()
	c.take(tally{asked: 1, at: now, total: series(t, "a=100")}, time.Hour)
	c.take(tally{asked: 2, at: now.Add(time.Hour), bad: series(t, "a=1"), total: series(t, "a=110")}, time.Hour)
	if c.sum.bad != 1 || c.sum.total != 10 {
		t.Errorf("got %v/%v, want 1/10", c.sum.bad, c.sum.total)
	}
}

// TestCountersRoom: series that come and go do not fill the memory, and those
// that stay are counted through.
func TestCountersRoom(t *testing.T) {
	var c counter
	now := time.Now()
	for round := range 50 {
		v := prom.Vector{{Metric: prom.Metric{"i": "stays"}, Value: prom.SampleValue(round)}}
		for i := range MaxSeries / 2 {
			v = append(v, &prom.Sample{Metric: prom.Metric{"i": prom.LabelValue(fmt.Sprint(round, i))}, Value: 1})
		}
		now = now.Add(time.Second)
		grown := 0.0
		c.take(v, now, true, nil, func(s seen) { grown += s.grew })
		if want := float64(1 + MaxSeries/2); round > 0 && grown != want {
			t.Fatalf("round %d: grew by %v, want %v", round, grown, want)
		}
		if len(c.series) > 4*MaxSeries {
			t.Fatalf("round %d: %d series remembered", round, len(c.series))
		}
	}
}

func TestCountersHistogram(t *testing.T) {
	var c counter
	c.take(prom.Vector{{Metric: prom.Metric{"a": "1"}, Histogram: &prom.SampleHistogram{}, Value: prom.SampleValue(math.NaN())}}, time.Now(), false, nil, func(seen) {})
	if c.found {
		t.Error("a histogram was taken for a count")
	}
}

func BenchmarkCounters(b *testing.B) {
	answer := func(grown float64) prom.Vector {
		v := make(prom.Vector, MaxSeries)
		for i := range v {
			v[i] = &prom.Sample{Value: prom.SampleValue(float64(i) + grown), Metric: prom.Metric{
				"__name__": "requests_total", "instance": prom.LabelValue(fmt.Sprint(i)), "job": "shop", "code": "200"}}
		}
		return v
	}
	var c counters
	answers := []prom.Vector{answer(0), answer(1)}
	now := time.Now()
	b.ReportAllocs()
	for n := range b.N {
		now = now.Add(time.Second)
		c.take(tally{asked: n + 1, at: now, bad: answers[n%2][:100], total: answers[n%2]}, time.Second)
	}
}
