package gate

import (
	"fmt"
	"math"
	"testing"
	"time"

	"gonogo/model"
)

// crashMetric is one that people read.
func crashMetric(t testing.TB) *model.Metric {
	m := errorMetric(t)
	m.ID, m.Title, m.StaleAfter, m.Every = "crash", "Crashes", 24*time.Hour, 24*time.Hour
	m.Read = &model.PeopleRead{From: "Crashlytics", Link: "https://c.example", Every: m.StaleAfter}
	return m
}

// TestWhatPeopleReadIsJudged: its states, and every word of why.
func TestWhatPeopleReadIsJudged(t *testing.T) {
	read := func(v float64, ago time.Duration) model.Reading {
		return model.Reading{At: t0.Add(-ago), SampleAt: t0.Add(-ago), Value: v, By: "vp"}
	}
	noted := read(.003, 3*time.Hour+59*time.Minute)
	noted.Note = "both\x1b[2J stores"
	before := read(.003, 2*time.Hour)
	before.Before = "real is true\n"
	hostile := read(.003, 0)
	hostile.By = "\x1b]0;x\a"
	const how = "R, or gonogo read crash 0.3%, from Crashlytics, https://c.example"
	for _, c := range []struct {
		name    string
		change  func(*model.Metric)
		r       model.Reading
		missing bool
		state   model.MetricState
		reason  string
	}{
		{name: "nobody has read it", missing: true, state: model.Unread, reason: "nobody has read it: " + how},
		{name: "nowhere in particular", change: func(m *model.Metric) { m.Read.From, m.Read.Link = "", "" }, missing: true, state: model.Unread, reason: "nobody has read it: R, or gonogo read crash 0.3%"},
		{name: "only a link", change: func(m *model.Metric) { m.Read.From, m.Unit = "", model.Seconds }, missing: true, state: model.Unread,
			reason: "nobody has read it: R, or gonogo read crash 250ms, from https://c.example"},
		{name: "on target", r: read(.003, 3*time.Hour), state: model.Pass, reason: "0.3% is below 1%, read by vp 3h ago"},
		{name: "a moment ago", r: read(.003, 59*time.Second), state: model.Pass, reason: "0.3% is below 1%, read by vp just now"},
		{name: "with a note", r: noted, state: model.Pass, reason: "0.3% is below 1%, read by vp 3h ago: both␛[2J stores"},
		{name: "off target", r: read(.02, time.Minute), state: model.Warn, reason: "2% is above 1%, read by vp 1m ago"},
		{name: "in alert", r: read(.06, time.Minute), state: model.Fail, reason: "6% is above 5% (alert), read by vp 1m ago"},
		{name: "of yesterday", r: read(.003, 25*time.Hour), state: model.Stale, reason: "read by vp 1d 1h ago, and counts for 1d: read it again, " + how},
		{name: "of days ago, in alert", r: read(.9, 72*time.Hour+time.Minute), state: model.Stale, reason: "read by vp 3d ago, and counts for 1d: read it again, " + how},
		{name: "of the future", r: read(.003, -25*time.Hour), state: model.Stale, reason: "read by vp 1d 1h in the future: do the clocks agree?"},
		{name: "before a change", r: before, state: model.Unread, reason: "0.3% was read by vp 2h ago, before real is true␊: read it again, " + how},
		{name: "NaN", r: read(math.NaN(), time.Minute), state: model.NoTraffic, reason: "the value is NaN: there was nothing to divide by, so wait for traffic, read by vp 1m ago"},
		{name: "by somebody hostile", r: hostile, state: model.Pass, reason: "0.3% is below 1%, read by ␛]0;x␇ just now"},
		{name: "no target", change: func(m *model.Metric) { m.Target, m.Alert = nil, nil }, r: read(.003, time.Minute), state: model.Pass, reason: "0.3%, nothing is asked of it, read by vp 1m ago"},
		{name: "no target, unread", change: func(m *model.Metric) { m.Target, m.Alert = nil, nil }, missing: true, state: model.Unread, reason: "nobody has read it: " + how},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := crashMetric(t)
			if c.change != nil {
				c.change(m)
			}
			line, _ := Judge(m, Input{Reading: c.r, Have: !c.missing, Now: t0, Elapsed: time.Second})
			if line.State != c.state || line.Reason != c.reason {
				t.Errorf("got  %s %q\nwant %s %q", line.State, line.Reason, c.state, c.reason)
			}
			if _, ok := Usable(m, c.r, !c.missing, t0); ok != (line.State == model.Pass || line.State == model.Warn || line.State == model.Fail) {
				t.Errorf("%s is usable: %v", line.State, ok)
			}
			if line.HasValue == c.missing {
				t.Errorf("it has a value: %v", line.HasValue)
			}
		})
	}
}

// TestUnreadHolds: HOLD, and the soak runs; what is worse goes first, and a check that follows it holds likewise.
func TestUnreadHolds(t *testing.T) {
	r := &model.Rollout{Metrics: []model.Metric{*crashMetric(t)}, Phases: []model.Phase{{ID: "ten", Gate: []model.MetricID{"crash"}, Soak: time.Hour, Checks: []model.Check{{ID: "word"}}}}}
	k, err := NewKeeper(r)
	if err != nil {
		t.Fatal(err)
	}
	s := &model.State{Phase: "ten", Attempts: []model.Attempt{{Phase: "ten", N: 1}}}
	k.Judge(s, t0, 0)
	v := Decide(r, s, k.Line, 0, t0, model.Verdict{})
	if v.Headline != model.Hold || v.Worst != model.Soaking || !v.Healthy {
		t.Errorf("%s, %s, healthy %v", v.Headline, v.Worst, v.Healthy)
	}
	v = Decide(r, s, k.Line, time.Hour, t0, model.Verdict{})
	if v.Headline != model.Hold || v.Worst != model.Unread {
		t.Errorf("after the soak: %s, %s", v.Headline, v.Worst)
	}
	r.Phases[0].Gate, r.Phases[0].Checks = nil, []model.Check{{ID: "follows", Kind: model.CheckMetric, Metric: "crash"}}
	if v = Decide(r, s, k.Line, time.Hour, t0, model.Verdict{}); v.Headline != model.Hold || v.Lines[0].State != model.Unread {
		t.Errorf("a check that follows it: %+v", v)
	}
	if v = Decide(r, &model.State{}, func(model.MetricID) (model.Line, bool) { return model.Line{}, false }, 0, t0, model.Verdict{}); v.Lines[0].State != model.Unread {
		t.Errorf("before it was judged: %+v", v.Lines[0])
	}
}

// TestComputedOfWhatPeopleRead: as unread as its input, never in place of worse trouble, and judged once it is read.
func TestComputedOfWhatPeopleRead(t *testing.T) {
	other := *errorMetric(t)
	twice := model.Metric{ID: "twice", Expr: "2 * crash", Unit: model.Ratio, Target: target(t, "< 1%", model.Ratio), StaleAfter: time.Hour}
	beside := model.Metric{ID: "beside", Expr: "crash + error", Unit: model.Ratio, Target: target(t, "< 1%", model.Ratio), StaleAfter: time.Hour}
	held := *errorMetric(t)
	held.ID, held.Target, held.Alert = "held", target(t, "< 2 * crash", model.Ratio), nil
	p := play(t, *crashMetric(t), other, twice, beside, held)
	p.read("error", model.Reading{Err: fmt.Errorf("refused")})
	p.read("held", model.Reading{Value: .001})
	lines := p.wait(time.Second)
	p.want(lines["twice"], model.Unread, "crash is UNREAD: nobody has read it")
	p.want(lines["beside"], model.Down, "error is DOWN: refused")
	p.want(lines["held"], model.NoData, "relative to crash, which has no usable value now")
	first, _ := p.k.Reading("twice")
	p.wait(time.Second)
	if again, _ := p.k.Reading("twice"); again != first || first.At.IsZero() {
		t.Errorf("nothing happened, and it has another reading: %+v, %+v", first, again)
	}
	p.read("crash", model.Reading{Value: .003, By: "vp"})
	p.read("error", model.Reading{Value: .001})
	lines = p.wait(time.Second)
	p.want(lines["twice"], model.Pass, "0.6% is below 1%")
	p.want(lines["beside"], model.Pass, "0.4% is below 1%")
	p.want(lines["held"], model.Pass, "0.1% is below 0.6%")
	p.read("crash", model.Reading{Value: .003, By: "vp", Before: "real is true"})
	lines = p.wait(time.Second)
	p.want(lines["twice"], model.Unread, "crash is UNREAD: 0.3% was read by vp just now, before real is true")
	p.want(lines["beside"], model.Unread, "crash is UNREAD")
	p.want(lines["held"], model.NoData, "relative to crash")
}

// TestTheGuardIsToldOfPeopleLast: what was measured goes first, in whatever order they are listed.
func TestTheGuardIsToldOfPeopleLast(t *testing.T) {
	twice := model.Metric{ID: "twice", Expr: "2 * crash", Inputs: []model.MetricID{"crash"}}
	r := &model.Rollout{
		Metrics: []model.Metric{*crashMetric(t), *errorMetric(t), twice}, Phases: []model.Phase{{ID: "ten"}},
		Guard: &model.Guard{On: []model.MetricID{"crash", "twice", "error"}},
	}
	for _, c := range []struct{ crash, twice, error, want model.MetricState }{
		{model.Pass, model.Pass, model.Pass, ""}, {model.Fail, model.Pass, model.Pass, "crash"}, {model.Fail, model.Fail, model.Warn, "crash"},
		{model.Fail, model.Fail, model.Fail, "error"}, {model.Unread, model.Fail, model.Pass, "twice"}, {model.Unread, model.Stale, model.Fail, "error"},
	} {
		lines := in(map[model.MetricID]model.Line{"crash": {State: c.crash}, "twice": {State: c.twice}, "error": {State: c.error}})
		if got := breach(r, &model.State{Phase: "ten"}, lines); string(got) != string(c.want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
