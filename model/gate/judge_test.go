package gate

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

var t0 = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// target parses a target that is known to be right.
func target(t testing.TB, text string, unit model.Unit) *model.Target {
	t.Helper()
	got, err := ParseTarget(text, unit)
	if err != nil {
		t.Fatal(err)
	}
	return &got
}

// errorMetric is an error ratio with all that can be asked of one.
func errorMetric(t testing.TB) *model.Metric {
	return &model.Metric{
		ID: "error", Title: "Errors", Unit: model.Ratio,
		Target: target(t, "< 1%", model.Ratio), Alert: target(t, "> 5%", model.Ratio),
		StaleAfter: 2 * time.Minute, Every: 15 * time.Second,
	}
}

func TestJudgeStates(t *testing.T) {
	fresh := func(v float64) model.Reading { return model.Reading{At: t0, Value: v} }
	counted := func(v, n float64) model.Reading {
		return model.Reading{At: t0, Value: v, Count: n, HasCount: true}
	}
	trouble := func(err error) model.Reading { return model.Reading{At: t0, Value: 0.001, Err: err} }
	zero := func(m *model.Metric) { m.EmptyZero = true }
	flowing := func(r model.Reading) model.Reading { r.Traffic = model.TrafficFlows; return r }
	idle := func(r model.Reading) model.Reading { r.Traffic = model.TrafficNone; return r }
	ended := func(r model.Reading) model.Reading {
		r.Ended, r.SampleAt = true, t0.Add(-16*time.Second)
		return r
	}
	refused := func(m *model.Metric) { m.Refused = "nothing tells zero from nothing" }
	needs500 := func(m *model.Metric) { m.MinCount = 500 }
	notice := func(m *model.Metric) { m.Warn = target(t, "> 0.5%", m.Unit) }
	noTarget := func(m *model.Metric) { m.Target = nil }
	relative := func(m *model.Metric) { m.Target = target(t, "<= 1.2 * other", m.Unit) }
	seconds := func(m *model.Metric) {
		m.Unit, m.Target, m.Alert = model.Seconds, target(t, "< 3s", model.Seconds), nil
	}
	count := func(m *model.Metric) { m.Unit, m.Target, m.Alert = model.Count, target(t, "== 0", model.Count), nil }
	tests := []struct {
		name    string
		change  func(*model.Metric)
		r       model.Reading
		missing bool
		prev    model.Streak
		state   model.MetricState
		reason  string // part of it
	}{
		{name: "no answer yet", missing: true, r: fresh(0), state: model.NoData, reason: "no answer yet"},
		{name: "pass", r: fresh(0.004), state: model.Pass, reason: "0.4% is below 1%"},
		{name: "on the target", r: fresh(0.01), state: model.Warn, reason: "1% is exactly 1%, wants <"},
		{name: "warn", r: fresh(0.014), state: model.Warn, reason: "1.4% is above 1%"},
		{name: "warn by a hair", r: fresh(0.01000001), state: model.Warn, reason: "1.000001% is above 1%"},
		{name: "a notice", change: notice, r: fresh(0.007), state: model.Pass, reason: "0.7% is below 1%, and worth a look: > 0.5%"},
		{name: "nothing to notice", change: notice, r: fresh(0.005), state: model.Pass, reason: "0.5% is below 1%"},
		{name: "a notice says nothing of what is off target", change: notice, r: fresh(0.014), state: model.Warn, reason: "1.4% is above 1%"},
		{name: "on the alert", r: fresh(0.05), state: model.Warn, reason: "5% is above 1%"},
		{name: "fail", r: fresh(0.06), state: model.Fail, reason: "6% is above 5% (alert)"},
		{
			name: "alert not long enough", change: func(m *model.Metric) { m.AlertFor = 2 * time.Minute },
			r: fresh(0.06), prev: model.Streak{Alert: time.Minute}, state: model.Warn, reason: "(alert), FAIL in 45s",
		},
		{
			name: "alert long enough", change: func(m *model.Metric) { m.AlertFor = 2 * time.Minute },
			r: fresh(0.06), prev: model.Streak{Alert: 105 * time.Second}, state: model.Fail, reason: "(alert) for 2m",
		},
		{
			name: "target not long enough", change: func(m *model.Metric) { m.For = 10 * time.Minute },
			r: fresh(0.004), prev: model.Streak{Target: 3 * time.Minute}, state: model.Collecting, reason: "held 3m 15s of 10m",
		},
		{
			name: "target long enough", change: func(m *model.Metric) { m.For = 10 * time.Minute },
			r: fresh(0.004), prev: model.Streak{Target: 585 * time.Second}, state: model.Pass, reason: "0.4% is below 1%",
		},
		{name: "empty", r: trouble(fmt.Errorf("query: %w", model.ErrEmpty)), state: model.NoData, reason: `query: no data: wait for the first sample`},
		{
			name: "collecting", r: trouble(fmt.Errorf("%w, 2m of 5m so far", model.ErrCollecting)),
			state: model.Collecting, reason: "no data: collecting, 2m of 5m so far",
		},
		{
			name: "unwatched is never zero, and no waiting helps", change: zero, r: trouble(fmt.Errorf("%w: the watchdog is silent", model.ErrUnwatched)),
			state: model.NoData, reason: "no data, and that is not zero: the watchdog is silent",
		},
		{
			name: "what the value does not say", r: model.Reading{At: t0, Value: 0.02, Says: "1 fires, silenced by ann\x1b[2J"},
			state: model.Warn, reason: "2% is above 1%: 1 fires, silenced by ann␛[2J",
		},
		{name: "collecting is never zero", change: zero, r: trouble(model.ErrCollecting), state: model.Collecting, reason: "no data: collecting"},
		{name: "no series", r: trouble(model.ErrNoSeries), state: model.NoSeries, reason: "mistyped?"},
		{name: "empty is zero", change: zero, r: flowing(trouble(model.ErrEmpty)), state: model.Pass, reason: "0% is below 1%"},
		{name: "empty is never zero of nothing", change: zero, r: trouble(model.ErrEmpty), state: model.NoData, reason: "no data"},
		{name: "no series is never zero of nothing", change: zero, r: trouble(model.ErrNoSeries), state: model.NoSeries, reason: "no such series"},
		{name: "empty is never zero where nothing grows", change: zero, r: idle(trouble(model.ErrEmpty)), state: model.NoTraffic, reason: "no data"},
		{name: "what check refuses is never good", change: refused, r: fresh(0.001), state: model.NoData, reason: "0.1% proves nothing: nothing tells zero from nothing"},
		{name: "what check refuses is never zero", change: func(m *model.Metric) { zero(m); refused(m) }, r: flowing(trouble(model.ErrEmpty)), state: model.NoData, reason: "no data"},
		{name: "what check refuses may be bad", change: refused, r: fresh(0.06), state: model.Fail, reason: "6% is above 5%"},
		{name: "a series that ended is stale at once", r: ended(fresh(0.001)), state: model.Stale, reason: "has ended, last sample 16s ago"},
		{name: "no series is zero", change: zero, r: flowing(trouble(model.ErrNoSeries)), state: model.Pass, reason: "0% is below 1%"},
		{
			name: "empty is zero, but long ago", change: zero,
			r: flowing(model.Reading{At: t0.Add(-3 * time.Minute), Err: model.ErrEmpty}), state: model.Stale, reason: "3m ago",
		},
		{
			name: "zero on events that nobody counted", change: func(m *model.Metric) { zero(m); needs500(m) },
			r: flowing(trouble(model.ErrEmpty)), state: model.Collecting, reason: "number of events unknown, 500 needed",
		},
		{name: "several series", r: trouble(model.ErrAmbiguous), state: model.Ambiguous, reason: "aggregate"},
		{name: "several series are not zero", change: zero, r: trouble(model.ErrAmbiguous), state: model.Ambiguous, reason: "several series"},
		{name: "down", r: trouble(fmt.Errorf("connection refused")), state: model.Down, reason: "connection refused"},
		{name: "down is not zero", change: zero, r: trouble(fmt.Errorf("timed out")), state: model.Down, reason: "timed out"},
		{name: "error that would act on a terminal", r: trouble(fmt.Errorf("\x1b]0;x\a")), state: model.Down, reason: "␛]0;x␇"},
		{
			name: "old sample", r: model.Reading{At: t0, SampleAt: t0.Add(-3 * time.Minute), Value: 0.004},
			state: model.Stale, reason: "last sample 3m ago, stale after 2m",
		},
		{
			name: "sample of the last moment", r: model.Reading{At: t0, SampleAt: t0.Add(-2 * time.Minute), Value: 0.004},
			state: model.Pass,
		},
		{
			name: "old answer with a sample that claims to be new",
			r:    model.Reading{At: t0.Add(-3 * time.Minute), SampleAt: t0, Value: 0.004}, state: model.Stale, reason: "last answer 3m ago",
		},
		{
			name: "sample of the future", r: model.Reading{At: t0, SampleAt: t0.Add(3 * time.Minute), Value: 0.004},
			state: model.Stale, reason: "do the clocks agree?",
		},
		{
			name: "old and outside the alert", r: model.Reading{At: t0, SampleAt: t0.Add(-time.Hour), Value: 0.5},
			state: model.Stale, reason: "1h ago",
		},
		{name: "NaN ratio", r: fresh(math.NaN()), state: model.NoTraffic, reason: "NaN"},
		{name: "NaN latency", change: seconds, r: fresh(math.NaN()), state: model.NoTraffic, reason: "NaN"},
		{name: "NaN count", change: count, r: fresh(math.NaN()), state: model.NoData, reason: "NaN"},
		{name: "infinite", r: fresh(math.Inf(1)), state: model.NoTraffic, reason: "denominator"},
		{name: "minus infinite", r: fresh(math.Inf(-1)), state: model.NoTraffic, reason: "denominator"},
		{name: "too few events", change: needs500, r: counted(0.004, 412), state: model.Collecting, reason: "412 of 500 events, 88 more needed"},
		{name: "too few events to fail", change: needs500, r: counted(0.9, 412), state: model.Collecting, reason: "412 of 500 events"},
		{name: "enough events", change: needs500, r: counted(0.004, 500), state: model.Pass},
		{name: "events unknown", change: needs500, r: fresh(0.004), state: model.Collecting, reason: "number of events unknown"},
		{name: "events NaN", change: needs500, r: counted(0.004, math.NaN()), state: model.Collecting, reason: "number of events unknown"},
		{name: "no target", change: noTarget, r: fresh(0.04), state: model.Pass, reason: "nothing is asked of it"},
		{name: "no target, but an alert", change: noTarget, r: fresh(0.06), state: model.Fail, reason: "(alert)"},
		{name: "no target and old", change: noTarget, r: model.Reading{At: t0.Add(-time.Hour)}, state: model.Stale},
		{name: "relation", change: relative, r: fresh(0.024), state: model.Pass, reason: "2.4% is exactly 2.4% (<= 1.2 * other)"},
		{name: "relation fails", change: relative, r: fresh(0.03), state: model.Warn, reason: "3% is above 2.4% (<= 1.2 * other)"},
		{
			name: "relation to nothing", change: func(m *model.Metric) { m.Target = target(t, "< none", m.Unit) },
			r: fresh(0.004), state: model.NoData, reason: "relative to none, which has no usable value now",
		},
		{
			name: "alert measured, target unresolved", change: func(m *model.Metric) { m.Target = target(t, "< none", m.Unit) },
			r: fresh(0.06), state: model.Fail, reason: "6% is above 5% (alert)",
		},
		{
			name: "target holds, alert unresolved", change: func(m *model.Metric) { m.Alert = target(t, "> none", m.Unit) },
			r: fresh(0.004), state: model.NoData, reason: "the alert is relative to none",
		},
	}
	values := func(_, of model.MetricID) (float64, bool) { return 0.02, of == "other" }
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := errorMetric(t)
			if tt.change != nil {
				tt.change(m)
			}
			line, _ := Judge(m, Input{Reading: tt.r, Have: !tt.missing, Values: values, Prev: tt.prev, Now: t0, Elapsed: 15 * time.Second})
			if line.State != tt.state {
				t.Errorf("got %s (%s), want %s", line.State, line.Reason, tt.state)
			}
			if !strings.Contains(line.Reason, tt.reason) || line.Reason == "" {
				t.Errorf("got reason %q, want it to have %q", line.Reason, tt.reason)
			}
			if line.Metric != m.ID || line.Title != m.Title || line.Unit != m.Unit {
				t.Errorf("line is of %q, %q in %q", line.Metric, line.Title, line.Unit)
			}
		})
	}
}

func TestJudgeLine(t *testing.T) {
	m := errorMetric(t)
	m.Target, m.Alert = target(t, "<= 2 * other", m.Unit), target(t, "> 50%", m.Unit)
	values := func(_, _ model.MetricID) (float64, bool) { return 0.01, true }
	r := model.Reading{At: t0, SampleAt: t0.Add(-time.Second), Value: 0.015, Count: 80, HasCount: true}
	line, _ := Judge(m, Input{Reading: r, Have: true, Values: values, Prev: model.Streak{Target: time.Minute}, Now: t0, Elapsed: time.Second})
	line.Reason = ""
	want := model.Line{
		Metric: "error", Title: "Errors", State: model.Pass, Value: 0.015, HasValue: true, Unit: model.Ratio,
		Target: "<= 2 * other", Threshold: 0.02, HasTarget: true, Alert: "> 50%", AlertAt: 0.5, HasAlert: true,
		SampleAt: t0.Add(-time.Second), Held: 61 * time.Second, Count: 80, HasCount: true,
	}
	if line != want {
		t.Errorf("got  %+v\nwant %+v", line, want)
	}
	if v, ok := Usable(m, r, true, t0); v != 0.015 || !ok {
		t.Errorf("usable: got %v, %v", v, ok)
	}
	if _, ok := Usable(m, r, true, t0.Add(time.Hour)); ok {
		t.Error("a value of an hour ago is usable")
	}
	m.Title = ""
	if line, _ := Judge(m, Input{Now: t0}); line.Title != "error" || line.HasTarget || line.HasValue {
		t.Errorf("without title, reading and other metrics: got %+v", line)
	}
}

// TestJudgeStreaks plays readings one after the other, 15 seconds apart.
func TestJudgeStreaks(t *testing.T) {
	const dt = 15 * time.Second
	good := model.Reading{Value: 0.004, Count: 1000, HasCount: true}
	between := model.Reading{Value: 0.02, Count: 1000, HasCount: true}
	bad := model.Reading{Value: 0.06, Count: 1000, HasCount: true}
	down := model.Reading{Err: fmt.Errorf("refused")}
	thin := model.Reading{Value: 0.06, Count: 1, HasCount: true}
	tests := []struct {
		name     string
		readings []model.Reading
		want     []model.MetricState
		end      model.Streak
	}{
		{"target for 30s", []model.Reading{good, good, good}, []model.MetricState{model.Collecting, model.Pass, model.Pass}, model.Streak{Target: 3 * dt}},
		{"target starts anew after a miss", []model.Reading{good, between, good}, []model.MetricState{model.Collecting, model.Warn, model.Collecting}, model.Streak{Target: dt}},
		{"target starts anew after no data", []model.Reading{good, good, down, good}, []model.MetricState{model.Collecting, model.Pass, model.Down, model.Collecting}, model.Streak{Target: dt}},
		{"alert for 30s", []model.Reading{bad, bad}, []model.MetricState{model.Warn, model.Fail}, model.Streak{Alert: 2 * dt}},
		{"alert starts anew between target and alert", []model.Reading{bad, between, bad}, []model.MetricState{model.Warn, model.Warn, model.Warn}, model.Streak{Alert: dt}},
		{"alert waits for data", []model.Reading{bad, down, down, bad}, []model.MetricState{model.Warn, model.Down, model.Down, model.Fail}, model.Streak{Alert: 2 * dt}},
		{"alert waits for events", []model.Reading{bad, thin, bad}, []model.MetricState{model.Warn, model.Collecting, model.Fail}, model.Streak{Alert: 2 * dt}},
		{"fail ends at once", []model.Reading{bad, bad, between}, []model.MetricState{model.Warn, model.Fail, model.Warn}, model.Streak{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := errorMetric(t)
			m.For, m.AlertFor, m.MinCount = 30*time.Second, 30*time.Second, 100
			var streak model.Streak
			now := t0
			for i, r := range tt.readings {
				now = now.Add(dt)
				r.At = now
				var line model.Line
				line, streak = Judge(m, Input{Reading: r, Have: true, Prev: streak, Now: now, Elapsed: dt})
				if line.State != tt.want[i] {
					t.Errorf("reading %d: got %s (%s), want %s", i+1, line.State, line.Reason, tt.want[i])
				}
			}
			if streak != tt.end {
				t.Errorf("got %+v in the end, want %+v", streak, tt.end)
			}
		})
	}
	t.Run("time never runs backwards", func(t *testing.T) {
		prev := model.Streak{Target: time.Minute}
		if _, s := Judge(errorMetric(t), Input{Reading: model.Reading{At: t0}, Have: true, Prev: prev, Now: t0, Elapsed: -time.Second}); s != prev {
			t.Errorf("got %+v, want %+v", s, prev)
		}
	})
}
