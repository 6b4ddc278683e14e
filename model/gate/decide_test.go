package gate

import (
	"math"
	"slices"
	"testing"
	"time"

	"gonogo/model"

	"pgregory.net/rapid"
)

// rollout has two phases: one with a gate of two metrics, a check and a soak,
// and one that asks for nothing.
func rollout(t testing.TB) *model.Rollout {
	a, b := *errorMetric(t), *errorMetric(t)
	b.ID, b.Title, b.MinCount, b.For = "p95", "Latency", 100, time.Minute
	return &model.Rollout{
		Metrics: []model.Metric{a, b},
		Phases: []model.Phase{
			{
				ID: "ten", Gate: []model.MetricID{"error", "p95"}, Soak: time.Hour,
				Checks: []model.Check{{ID: "logs", Text: "Logs look right"}},
			},
			{ID: "free"},
		},
	}
}

// in looks lines up in a table.
func in(lines map[model.MetricID]model.Line) Lookup {
	return func(id model.MetricID) (model.Line, bool) { line, ok := lines[id]; return line, ok }
}

func TestDecide(t *testing.T) {
	enough := func(s model.MetricState) model.Line {
		return model.Line{Title: "Latency", Metric: "p95", State: s, Reason: "because", Count: 200, HasCount: true}
	}
	good := model.Line{Title: "Errors", Metric: "error", State: model.Pass, Reason: "fine"}
	with := func(l model.Line, s model.MetricState) model.Line { l.State = s; return l }
	signed := map[model.CheckID]model.CheckState{"logs": {By: model.Actor{Name: "ada"}, Note: "all clear"}}
	tests := []struct {
		name     string
		phase    model.PhaseID
		lines    []model.Line
		checks   map[model.CheckID]model.CheckState
		soak     time.Duration
		headline model.Headline
		worst    model.MetricState
		passed   int
		healthy  bool
		reasons  []string
	}{
		{
			name: "all pass", phase: "ten", lines: []model.Line{good, enough(model.Pass)}, checks: signed, soak: time.Hour,
			headline: model.GO, worst: model.Pass, passed: 4, healthy: true,
		},
		{
			name: "nothing is asked", phase: "free", headline: model.GO, worst: model.Pass, healthy: true,
		},
		{
			name: "soaking", phase: "ten", lines: []model.Line{good, enough(model.Pass)}, checks: signed, soak: 59 * time.Minute,
			headline: model.Hold, worst: model.Soaking, passed: 3, healthy: true,
			reasons: []string{"Soak: 59m of 1h"},
		},
		{
			name: "not signed", phase: "ten", lines: []model.Line{good, enough(model.Pass)}, soak: time.Hour,
			headline: model.Hold, worst: model.Manual, passed: 3, healthy: true,
			reasons: []string{"Logs look right: needs sign-off: space, or gonogo sign logs"},
		},
		{
			name: "collecting for a while", phase: "ten", lines: []model.Line{good, enough(model.Collecting)}, checks: signed, soak: time.Hour,
			headline: model.Hold, worst: model.Collecting, passed: 3, healthy: true,
			reasons: []string{"Latency: because"},
		},
		{
			name: "collecting events", phase: "ten",
			lines:  []model.Line{good, {Title: "Latency", Metric: "p95", State: model.Collecting, Reason: "few", Count: 20, HasCount: true, Thin: true}},
			checks: signed, headline: model.Hold, worst: model.Collecting, passed: 2,
			reasons: []string{"Latency: few", "Soak: 0s of 1h, stands still until every metric is on target"},
		},
		{
			name: "worst first", phase: "ten", lines: []model.Line{with(good, model.Stale), enough(model.Warn)}, soak: time.Minute,
			headline: model.NoGo, worst: model.Warn,
			reasons: []string{
				"Latency: because", "Errors: fine",
				"Soak: 1m of 1h, stands still until every metric is on target", "Logs look right: needs sign-off: space, or gonogo sign logs",
			},
		},
		{
			name: "a metric that was never judged", phase: "ten", lines: []model.Line{good}, checks: signed, soak: time.Hour,
			headline: model.Unknown, worst: model.NoData, passed: 3, reasons: []string{"Latency: no answer yet"},
		},
		{
			name: "before the first phase", lines: []model.Line{good, enough(model.Pass)}, checks: signed, soak: 5 * time.Hour,
			headline: model.Hold, worst: model.Soaking, passed: 3,
			reasons: []string{"Soak: 0s of 1h, starts when the phase is entered"},
		},
		{
			name: "a phase that the config has no more", phase: "gone", lines: []model.Line{good, enough(model.Pass)}, checks: signed, soak: time.Hour,
			headline: model.Unknown, worst: model.NoData, reasons: []string{"Phase: the config has no phase gone any more: put it back, or roll back"},
		},
		{
			name: "a state that nobody knows", phase: "ten", lines: []model.Line{with(good, "LUCKY"), enough(model.Fail)}, checks: signed, soak: time.Hour,
			headline: model.Unknown, worst: "LUCKY", passed: 2, reasons: []string{"Errors: fine", "Latency: because"},
		},
	}
	for _, s := range []model.MetricState{model.NoTraffic, model.NoData, model.NoSeries, model.Stale, model.Ambiguous, model.Down, model.Warn, model.Fail} {
		tt := tests[0]
		tt.name, tt.lines, tt.passed, tt.healthy = string(s), []model.Line{good, enough(s)}, 3, false
		tt.headline, tt.worst, tt.reasons = s.Headline(), s, []string{"Latency: because"}
		tests = append(tests, tt)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines := map[model.MetricID]model.Line{}
			for _, l := range tt.lines {
				lines[l.Metric] = l
			}
			v := Decide(rollout(t), &model.State{Phase: tt.phase, Checks: tt.checks}, in(lines), tt.soak, t0, model.Verdict{})
			if v.Headline != tt.headline || v.Worst != tt.worst || v.Passed != tt.passed || v.Healthy != tt.healthy {
				t.Errorf("got %s by %s, %d passed, healthy %v", v.Headline, v.Worst, v.Passed, v.Healthy)
			}
			if !slices.Equal(v.Reasons, tt.reasons) {
				t.Errorf("got reasons %q\nwant %q", v.Reasons, tt.reasons)
			}
		})
	}
}

func TestDecideLines(t *testing.T) {
	signed := map[model.CheckID]model.CheckState{"logs": {By: model.Actor{Name: "ada"}, At: t0, Note: "all clear"}}
	v := Decide(rollout(t), &model.State{Phase: "ten", Checks: signed}, in(nil), 2*time.Hour, t0, model.Verdict{})
	var got []string
	for _, l := range v.Lines {
		got = append(got, l.Title+" "+string(l.State)+" "+l.Reason)
	}
	want := []string{
		"Errors NO-DATA no answer yet", "Latency NO-DATA no answer yet",
		"Logs look right PASS signed by ada: all clear", "Soak PASS soaked 1h",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	r := rollout(t)
	r.Phases[0].Gate = append(r.Phases[0].Gate, "ghost")
	if v := Decide(r, &model.State{Phase: "ten"}, in(nil), 0, t0, model.Verdict{}); v.Lines[2].Reason != "the config has no such metric" || v.Healthy {
		t.Errorf("a metric that is not there: got %+v", v.Lines[2])
	}
	if v := Decide(&model.Rollout{}, &model.State{}, in(nil), 0, t0, model.Verdict{}); v.Headline != model.Unknown {
		t.Errorf("no phases: got %s", v.Headline)
	}
}

// TestNeverGoWithoutEvidence: whatever the sources say, in whatever order, the
// gate is GO only at a moment when every metric has a fresh, finite, sufficient
// reading on the right side of its target, for as long as asked. Rather than
// ask Judge, the test says in its own words what that is.
func TestNeverGoWithoutEvidence(t *testing.T) {
	gos := 0
	rapid.Check(t, func(rt *rapid.T) {
		r := rollout(t)
		r.Phases[0].Soak, r.Phases[0].Checks = 0, nil
		state := &model.State{Phase: "ten"}
		readings := map[model.MetricID]model.Reading{}
		streaks := map[model.MetricID]model.Streak{}
		good := map[model.MetricID]time.Duration{}
		now := t0
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			dt := time.Duration(rapid.IntRange(0, 90).Draw(rt, "dt")) * time.Second
			now = now.Add(dt)
			for i := range r.Metrics {
				id := r.Metrics[i].ID
				if rapid.IntRange(0, 3).Draw(rt, "answers") > 0 {
					readings[id] = drawReading(rt, now)
				}
			}
			lines := map[model.MetricID]model.Line{}
			sound := true
			for i := range r.Metrics {
				m := &r.Metrics[i]
				reading, have := readings[m.ID]
				lines[m.ID], streaks[m.ID] = Judge(m, Input{Reading: reading, Have: have, Prev: streaks[m.ID], Now: now, Elapsed: dt})
				at := reading.SampleAt
				if at.IsZero() {
					at = reading.At
				}
				if have && reading.Err == nil && !reading.Ended && reading.Value < 0.01 && reading.Value > math.Inf(-1) &&
					now.Sub(at).Abs() <= m.StaleAfter && now.Sub(reading.At) <= m.StaleAfter &&
					(m.MinCount == 0 || reading.HasCount && reading.Count >= m.MinCount) {
					good[m.ID] += dt
				} else {
					good[m.ID], sound = 0, false
				}
				sound = sound && good[m.ID] >= m.For
			}
			v := Decide(r, state, in(lines), 0, now, model.Verdict{})
			if (v.Headline == model.GO) != sound {
				rt.Fatalf("the gate is %s (%q), and the evidence is sound: %v; readings %+v", v.Headline, v.Reasons, sound, readings)
			}
			if sound {
				gos++
			}
		}
	})
	if gos == 0 {
		t.Error("no sequence came to GO: the test shows nothing")
	}
}

func drawReading(rt *rapid.T, now time.Time) model.Reading {
	r := model.Reading{At: now.Add(-time.Duration(rapid.IntRange(0, 150).Draw(rt, "late")) * time.Second)}
	if rapid.Bool().Draw(rt, "has a sample time") {
		r.SampleAt = r.At.Add(time.Duration(rapid.IntRange(-150, 300).Draw(rt, "age")) * time.Second)
	}
	r.Value = rapid.SampledFrom([]float64{0, 0.001, 0.0099, 0.004, 0.01, 0.03, 0.06, -0.1, math.NaN(), math.Inf(1), math.Inf(-1)}).Draw(rt, "value")
	r.HasCount = rapid.IntRange(0, 9).Draw(rt, "counted") > 0
	r.Count = rapid.SampledFrom([]float64{200, 100, 99.5, 0, math.NaN(), 1e9}).Draw(rt, "count")
	r.Err = rapid.SampledFrom([]error{nil, nil, nil, nil, nil, model.ErrEmpty, model.ErrCollecting, model.ErrNoSeries, model.ErrAmbiguous}).Draw(rt, "error")
	r.Traffic = rapid.SampledFrom([]model.Traffic{model.TrafficUnknown, model.TrafficNone, model.TrafficFlows}).Draw(rt, "traffic")
	r.Ended = rapid.IntRange(0, 9).Draw(rt, "ended") == 0
	return r
}

func BenchmarkJudge(b *testing.B) {
	m := errorMetric(b)
	r := model.Reading{At: t0, Value: 0.004}
	b.ReportAllocs()
	for b.Loop() {
		Judge(m, Input{Reading: r, Have: true, Now: t0, Elapsed: time.Second})
	}
}

func BenchmarkDecide(b *testing.B) {
	r := rollout(b)
	lines := map[model.MetricID]model.Line{}
	for i := range r.Metrics {
		m := &r.Metrics[i]
		lines[m.ID], _ = Judge(m, Input{Reading: model.Reading{At: t0, Value: 0.02}, Have: true, Now: t0})
	}
	s := &model.State{Phase: "ten"}
	b.ReportAllocs()
	for b.Loop() {
		Decide(r, s, in(lines), time.Minute, t0, model.Verdict{})
	}
}
