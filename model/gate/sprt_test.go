package gate

import (
	"math"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"pgregory.net/rapid"
)

// TestSPRTReference compares with the plan of the NIST/SEMATECH e-Handbook,
// 6.2.3.2: p0 = .01, p1 = .10, α = .05, β = .10 accepts at or below
// −0.939 + 0.0397 n bad ones and rejects at or above 1.205 + 0.0397 n.
func TestSPRTReference(t *testing.T) {
	s := SPRT{P0: .01, P1: .10, Alpha: .05, Beta: .10}
	accept, reject := s.Bounds()
	perBad, perGood := s.LLR(1, 1), s.LLR(0, 1)
	for name, c := range map[string]struct{ got, want, within float64 }{
		"accept at": {accept / (perBad - perGood), -0.939, 0.0005},
		"reject at": {reject / (perBad - perGood), 1.205, 0.0005},
		"slope":     {-perGood / (perBad - perGood), 0.0397, 0.00005},
	} {
		if math.Abs(c.got-c.want) > c.within {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
	// The handbook's table: of the first 26 items at least 3 bad reject, and none accept before 24.
	for n, want := range map[float64]model.Decision{23: model.Undecided, 24: model.Accepted} {
		if got := s.Decide(model.Evidence{Total: n}); got != want {
			t.Errorf("%v clean: %q, want %q", n, got, want)
		}
	}
}

func TestSPRTCounts(t *testing.T) {
	tests := []struct {
		p0, p1        float64
		clean, badRow float64
	}{{.01, .05, 73, 3}, {.05, .10, 56, 7}}
	for _, tt := range tests {
		s := SPRT{P0: tt.p0, P1: tt.p1, Alpha: .01, Beta: .05}
		for _, c := range []struct {
			e    model.Evidence
			want model.Decision
		}{
			{model.Evidence{Total: tt.clean - 1}, model.Undecided}, {model.Evidence{Total: tt.clean}, model.Accepted},
			{model.Evidence{Bad: tt.badRow - 1, Total: tt.badRow - 1}, model.Undecided}, {model.Evidence{Bad: tt.badRow, Total: tt.badRow}, model.Rejected},
			{model.Evidence{}, model.Undecided},
		} {
			if got := s.Decide(c.e); got != c.want {
				t.Errorf("%v/%v after %v bad of %v: %q, want %q", tt.p0, tt.p1, c.e.Bad, c.e.Total, got, c.want)
			}
		}
		if n, of := s.Need(model.Evidence{}, 0); n != tt.clean || of != model.CleanEvents {
			t.Errorf("%v/%v needs %v %s events, want %v clean", tt.p0, tt.p1, n, of, tt.clean)
		}
	}
}

// TestNeedLeadsToAcceptance: as many events as Need says accept.
func TestNeedLeadsToAcceptance(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := SPRT{P0: .01, P1: .05, Alpha: .01, Beta: .05}
		e := model.Evidence{Total: float64(rapid.IntRange(0, 300).Draw(rt, "total"))}
		e.Bad = float64(rapid.IntRange(0, int(e.Total)/20).Draw(rt, "bad"))
		if s.Decide(e) != model.Undecided {
			rt.Skip("decided")
		}
		share := rapid.SampledFrom([]float64{0, .001, .01, .02, .05, .5}).Draw(rt, "share")
		n, of := s.Need(e, share)
		more := model.Evidence{Bad: e.Bad, Total: e.Total + n}
		if of == model.SuchEvents {
			more.Bad += n * share
		}
		if d := s.Decide(more); d != model.Accepted {
			rt.Fatalf("after %v %s events: %q", n, of, d)
		}
	})
}

// TestErrorRates: of many services that are just good, or just poor, the test
// is wrong about no more than it promises, though it looks after each event.
func TestErrorRates(t *testing.T) {
	s := SPRT{P0: .05, P1: .10, Alpha: .01, Beta: .05}
	seed := uint64(7)
	random := func() float64 { // xorshift: the same figures in each run
		seed ^= seed << 13
		seed ^= seed >> 7
		seed ^= seed << 17
		return float64(seed>>11) / (1 << 53)
	}
	share := func(p float64, wrong model.Decision) float64 {
		const services = 5000
		n := 0
		for range services {
			var e model.Evidence
			for s.Decide(e) == model.Undecided {
				e.Total++
				if random() < p {
					e.Bad++
				}
			}
			if s.Decide(e) == wrong {
				n++
			}
		}
		return float64(n) / services
	}
	if got := share(s.P0, model.Rejected); got > s.Alpha*1.5 {
		t.Errorf("rejects %.2f%% of good services, promised %.0f%%", got*100, s.Alpha*100)
	}
	if got := share(s.P1, model.Accepted); got > s.Beta*1.3 {
		t.Errorf("accepts %.2f%% of poor services, promised %.0f%%", got*100, s.Beta*100)
	}
}

func TestAdvance(t *testing.T) {
	s := SPRT{P0: .01, P1: .05, Alpha: .01, Beta: .05}
	e := Advance(s, model.Evidence{}, 0, 40)
	if e != (model.Evidence{Total: 40}) {
		t.Errorf("got %+v", e)
	}
	e = Advance(s, e, 0, 40)
	if e != (model.Evidence{Decided: model.Accepted}) {
		t.Errorf("got %+v, want an acceptance and a new test", e)
	}
	e = Advance(s, e, 2, 2)
	if e != (model.Evidence{Decided: model.Accepted, Bad: 2, Total: 2}) {
		t.Errorf("got %+v: a decision stands until the next", e)
	}
	e = Advance(s, e, 5, 2) // more bad than all is as bad as can be
	if e != (model.Evidence{Decided: model.Rejected}) {
		t.Errorf("got %+v", e)
	}
	if got := Advance(s, e, 0, 0); got != e {
		t.Errorf("nothing new: got %+v", got)
	}
}

func TestTestOf(t *testing.T) {
	metric := func(unit model.Unit, target, alert string) *model.Metric {
		m := &model.Metric{Unit: unit, Counted: true, Alpha: .01, Beta: .05}
		for text, into := range map[string]**model.Target{target: &m.Target, alert: &m.Alert} {
			if text != "" {
				parsed, err := ParseTarget(text, unit)
				if err != nil {
					t.Fatal(err)
				}
				*into = &parsed
			}
		}
		return m
	}
	tests := []struct {
		name string
		m    *model.Metric
		want SPRT
		err  string
	}{
		{"errors", metric(model.Ratio, "< 1%", "> 5%"), SPRT{.01, .05, .01, .05}, ""},
		{"success", metric(model.Ratio, ">= 75%", "< 50%"), SPRT{.25, .5, .01, .05}, ""},
		{"no alert", metric(model.Ratio, "< 1%", ""), SPRT{}, "need a band"},
		{"the wrong way round", metric(model.Ratio, "< 5%", "> 1%"), SPRT{}, "found < 5% and > 1%"},
		{"one way", metric(model.Ratio, "< 5%", "< 1%"), SPRT{}, "need a band"},
		{"no room", metric(model.Ratio, "<= 0", "> 5%"), SPRT{}, "found <= 0 and > 5%"},
		{"relative", metric(model.Ratio, "<= 110% of baseline", "> 5%"), SPRT{}, "neither of them relative"},
		{"seconds", metric(model.Seconds, "< 1s", "> 5s"), SPRT{}, `unit = "ratio"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := TestOf(tt.m)
			if tt.err == "" && (err != nil || got != Test(tt.want)) || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	if got, err := TestOf(&model.Metric{}); got != nil || err != nil {
		t.Errorf("a metric that counts nothing: %v, %v", got, err)
	}
}

// TestJudgeCounted plays events through a metric that counts them.
func TestJudgeCounted(t *testing.T) {
	type step struct {
		value      float64
		bad, total float64
		settling   time.Duration
		want       model.MetricState
	}
	tests := map[string]struct {
		alertFor time.Duration
		steps    []step
	}{
		"clean events prove it": {0, []step{
			{0, 0, 30, 0, model.Collecting}, {0, 0, 40, 0, model.Collecting}, {0, 0, 3, 0, model.Pass},
		}},
		"a passing window proves nothing": {0, []step{{0.001, 0, 72, 0, model.Collecting}}},
		"few events in a bad window":      {0, []step{{1, 1, 1, 0, model.Warn}, {1, 1, 1, 0, model.Warn}, {1, 1, 1, 0, model.Fail}}},
		"a decision stands":               {0, []step{{0, 0, 73, 0, model.Pass}, {0, 0, 0, 0, model.Pass}, {0, 0, 10, 0, model.Pass}}},
		"a good window after a rejection": {0, []step{
			{.5, 3, 3, 0, model.Fail}, {.005, 0, 10, 0, model.Collecting}, {.005, 0, 63, 0, model.Pass},
		}},
		"outside the target after an acceptance": {0, []step{{0, 0, 73, 0, model.Pass}, {.02, 1, 30, 0, model.Warn}}},
		"alert_for":                              {30 * time.Second, []step{{.5, 3, 3, 0, model.Warn}, {.5, 0, 0, 0, model.Fail}}},
		"settling passes nothing":                {0, []step{{0, 0, 73, time.Minute, model.Collecting}, {0, 0, 0, 0, model.Pass}}},
		"settling does not hide a FAIL":          {0, []step{{.5, 3, 3, time.Minute, model.Fail}}},
		"settling over a mixed window":           {0, []step{{.5, 1, 3, time.Minute, model.Collecting}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := errorMetric(t)
			m.Counted, m.Alpha, m.Beta, m.AlertFor = true, .01, .05, tt.alertFor
			test, err := TestOf(m)
			if err != nil {
				t.Fatal(err)
			}
			var streak model.Streak
			for i, s := range tt.steps {
				var line model.Line
				line, streak = Judge(m, Input{
					Reading: model.Reading{At: t0, Value: s.value}, Have: true, Prev: streak, Now: t0, Elapsed: 15 * time.Second,
					Settling: s.settling, Change: "real is true", Test: test, Bad: s.bad, Total: s.total, Rate: 2,
				})
				if line.State != s.want {
					t.Errorf("step %d: %s (%s), want %s", i+1, line.State, line.Reason, s.want)
				}
				if line.Test == nil || line.Test.Evidence != streak.Evidence {
					t.Errorf("step %d: the line tells %+v, the streak %+v", i+1, line.Test, streak.Evidence)
				}
			}
		})
	}
}
