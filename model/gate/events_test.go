package gate

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// countedMetric is errorMetric with its counters, and without an alert where none is named.
func countedMetric(t testing.TB, want, alert string) model.Metric {
	m := *errorMetric(t)
	m.Counted, m.Recent, m.Window = true, 15*time.Minute, 5*time.Minute
	m.Target, m.Alert = target(t, want, model.Ratio), nil
	if alert != "" {
		m.Alert = target(t, alert, model.Ratio)
	}
	return m
}

// counter feeds a player with events, 15 s after 15 s.
type counter struct {
	*player
	bad, total map[model.MetricID]float64
}

func counts(t testing.TB, metrics ...model.Metric) *counter {
	c := &counter{play(t, metrics...), map[model.MetricID]float64{}, map[model.MetricID]float64{}}
	for _, m := range metrics {
		c.add(m.ID, 0, 0)
	}
	c.wait(0)
	return c
}

func (c *counter) add(id model.MetricID, bad, total float64) {
	c.bad[id], c.total[id] = c.bad[id]+bad, c.total[id]+total
	c.read(id, model.Reading{Value: .5, Bad: c.bad[id], Total: c.total[id], Counted: true})
}

// looks adds the same events n times.
func (c *counter) looks(n int, bad, total float64) model.Line {
	var line model.Line
	for range n {
		c.now = c.now.Add(15 * time.Second)
		c.add("error", bad, total)
		c.k.Judge(&c.state, c.now, 15*time.Second)
		line, _ = c.k.Line("error")
	}
	return line
}

// TestEventsDecideAlone: whatever the window shows (here 50%, all the time), the
// events say PASS, WARN by the target and FAIL by the alert; and a failure is over when
// that is proved, not when the value is better.
func TestEventsDecideAlone(t *testing.T) {
	c := counts(t, countedMetric(t, "< 1%", "> 5%"))
	c.want(c.looks(1, 0, 40), model.Collecting, "0 of 40 events bad prove nothing yet")
	c.want(c.looks(4, 0, 40), model.Pass, "confirmed below 5% by 80 events, 0% bad")
	c.want(c.looks(40, 1, 40), model.Warn, "")
	if line := c.looks(1, 0, 40); line.Test.Fail.Proved || line.Test.Warn == nil {
		t.Errorf("2.5%% is no failure by an alert of 5%%: %+v", line.Test)
	}
	c.want(c.looks(20, 12, 40), model.Fail, "confirmed above 5%")
	c.want(c.looks(1, 0, 40), model.Fail, "")
	line := c.looks(4, 0, 40)
	if line.State == model.Fail || line.State == model.Pass {
		t.Errorf("the failure is over, and nothing good proved since: %s, %s", line.State, line.Reason)
	}
	c.want(c.looks(150, 0, 40), model.Pass, "confirmed below 5%")
}

// TestNoAlertFailsByTheTarget: what GO needs is then also what fails.
func TestNoAlertFailsByTheTarget(t *testing.T) {
	c := counts(t, countedMetric(t, "> 99%", ""))
	c.want(c.looks(20, 0, 100), model.Pass, "confirmed above 98% by")
	c.want(c.looks(20, 10, 100), model.Fail, "confirmed below 99%")
}

// TestDoubtLiftsByItself: the last minutes alone may warn, and forget.
func TestDoubtLiftsByItself(t *testing.T) {
	c := counts(t, countedMetric(t, "< 1%", "> 20%"))
	c.want(c.looks(3, 2, 40), model.Warn, "6 of 120 events bad in the last 15m speak against < 1%")
	c.want(c.looks(61, 0, 40), model.Pass, "")
}

// TestAnOldProofDoesNotStandForEver: without a single event it is no traffic.
func TestAnOldProofDoesNotStandForEver(t *testing.T) {
	c := counts(t, countedMetric(t, "< 1%", "> 5%"))
	c.want(c.looks(10, 0, 40), model.Pass, "")
	c.want(c.looks(10, 0, 0), model.Pass, "")
	c.want(c.looks(10, 0, 0), model.NoTraffic, "no event was counted for 5m")
	c.want(c.looks(1, 0, 40), model.Pass, "")
}

// TestBlamedForNothingThatItsControlHasToo: both drift, and neither is to blame; only
// one does, and it is.
func TestBlamedForNothingThatItsControlHasToo(t *testing.T) {
	old := countedMetric(t, "< 50%", "")
	old.ID = "old"
	m := countedMetric(t, "<= 120% of control", "> 200% of control")
	m.Control = "old"
	both := func(c *counter, n int, bad, total, oldBad, oldTotal float64) model.Line {
		var line model.Line
		for range n {
			c.bad["old"], c.total["old"] = c.bad["old"]+oldBad, c.total["old"]+oldTotal
			c.now = c.now.Add(15 * time.Second)
			c.read("old", model.Reading{Value: .1, Bad: c.bad["old"], Total: c.total["old"], Counted: true})
			c.add("error", bad, total)
			c.k.Judge(&c.state, c.now, 15*time.Second)
			line, _ = c.k.Line("error")
		}
		return line
	}
	c := counts(t, old, m)
	c.want(both(c, 40, 8, 40, 72, 360), model.Pass, "confirmed below 200% of old by")
	c = counts(t, old, m)
	c.want(both(c, 40, 8, 40, 18, 360), model.Fail, "confirmed above 200% of old")
}

// TestARestartForgetsNoProof: what is journaled and read back is where the tests were, and a
// change of the service spends no alpha twice.
func TestARestartForgetsNoProof(t *testing.T) {
	m := countedMetric(t, "< 1%", "> 5%")
	c := counts(t, m)
	c.want(c.looks(20, 12, 40), model.Fail, "")
	text, err := json.Marshal(c.k.Streaks(true))
	if err != nil {
		t.Fatal(err)
	}
	after := play(t, m)
	if err := json.Unmarshal(text, &after.state.Streaks); err != nil {
		t.Fatal(err)
	}
	after.k.Restore(&after.state)
	after.now = c.now
	after.read("error", model.Reading{Counted: true})
	line := after.wait(time.Second)["error"]
	after.want(line, model.Fail, "confirmed above 5%")
	if was, _ := c.k.Line("error"); line.Test.Fail != was.Test.Fail {
		t.Errorf("read back %+v, was %+v", line.Test.Fail, was.Test.Fail)
	}
	after.state.Changed = model.ServiceChange{Seq: 9, At: after.now, What: "real is false"}
	line = after.wait(time.Second)["error"]
	after.want(line, model.Collecting, "no event is counted yet")
	spent := after.k.Streaks(true)["error"].Counted.Fail.Spending
	if spent.Spent < .5 || line.Test.Fail.Proved {
		t.Errorf("after a change %+v is spent, %+v", spent, line.Test.Fail)
	}
}

// TestTheGuardsLastWord: only what counted in the last moments speaks.
func TestTheGuardsLastWord(t *testing.T) {
	m := countedMetric(t, "< 1%", "> 5%")
	k, err := NewKeeper(&model.Rollout{Metrics: []model.Metric{m}, Guard: &model.Guard{On: []model.MetricID{"error"}, Countdown: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{&player{t: t, k: k, now: t0}, map[model.MetricID]float64{}, map[model.MetricID]float64{}}
	c.add("error", 0, 0)
	c.wait(0)
	says := func(want bool) {
		t.Helper()
		if got, asked := k.LastWord("error"); got != want || !asked {
			t.Errorf("confirms %v, asked %v; want %v", got, asked, want)
		}
	}
	says(false)
	c.want(c.looks(4, 20, 40), model.Fail, "")
	says(true)
	c.want(c.looks(1, 0, 10), model.Fail, "") // a spike is over, and its failure not yet
	c.looks(2, 0, 10)
	says(false)
	if _, asked := k.LastWord("nobody"); asked {
		t.Error("a metric that is not there was asked")
	}
}

// TestAlphaIsDividedAmongTheGuarded: those with an alpha of their own, and those that no
// guard has, take nothing from the others.
func TestAlphaIsDividedAmongTheGuarded(t *testing.T) {
	r := &model.Rollout{Evidence: model.EvidenceSpec{Alpha: .04, Beta: .1}, Guard: &model.Guard{On: []model.MetricID{"a", "b", "own", "plain"}}}
	for _, id := range []model.MetricID{"a", "b", "own", "free"} {
		m := countedMetric(t, "< 1%", "> 5%")
		m.ID = id
		if id == "own" {
			m.Alpha, m.Beta = .2, .3
		}
		r.Metrics = append(r.Metrics, m)
	}
	r.Metrics = append(r.Metrics, model.Metric{ID: "plain"})
	for id, want := range map[model.MetricID][2]float64{"a": {.02, .1}, "b": {.02, .1}, "own": {.2, .3}, "free": {.04, .1}} {
		tests, err := TestsOf(r, r.Metric(id), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]float64{tests.alpha, tests.beta}; got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}

// TestWhatCannotBeCounted is said with what to do instead.
func TestWhatCannotBeCounted(t *testing.T) {
	for _, c := range []struct{ target, alert, want string }{
		{"< 1%", "> 5%", ""},
		{"> 99%", "< 95%", ""},
		{"< 1%", "", ""},
		{"== 0%", "> 1%", ""},
		{"<= 120% of control", "> 200% of control", ""},
		{"== 0%", "", "proved by none"},
		{"< 1%", "< 5%", "other side"},
		{"< 5%", "> 1%", "more bad events than the target"},
		{"< 1%", "> 200% of control", "both be"},
		{"<= 110% of baseline", "", `decide = "window"`},
		{"<= +5pp of control", "", `decide = "window"`},
		{">= 120% of control", "", "at most so many times"},
		{"!= 1%", "", "no bound"},
		{"< 90%", "", "66.6%"},
		{"< 100%", "", "below 100%"},
	} {
		m := countedMetric(t, c.target, c.alert)
		err := Countable(&m)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s %s: %v", c.target, c.alert, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s %s: %v, want %q", c.target, c.alert, err, c.want)
		}
	}
}

// withControl plays a metric beside its control, which counts so much each 15 s.
func withControl(t *testing.T) (*counter, func(n int, bad, total, oldBad, oldTotal float64) model.Line) {
	old := countedMetric(t, "< 50%", "")
	old.ID = "old"
	m := countedMetric(t, "<= 120% of control", "> 200% of control")
	m.Control = "old"
	c := counts(t, old, m)
	return c, func(n int, bad, total, oldBad, oldTotal float64) (line model.Line) {
		for range n {
			c.bad["old"], c.total["old"] = c.bad["old"]+oldBad, c.total["old"]+oldTotal
			c.now = c.now.Add(15 * time.Second)
			c.read("old", model.Reading{At: c.now, Value: .1, Bad: c.bad["old"], Total: c.total["old"], Counted: true})
			c.add("error", bad, total)
			c.k.Judge(&c.state, c.now, 15*time.Second)
			line, _ = c.k.Line("error")
		}
		return line
	}
}

// TestAControlThatIsGoneProvesNothing: what was proved beside it stands no more, the line
// says why, and it lifts when the control counts again.
func TestAControlThatIsGoneProvesNothing(t *testing.T) {
	c, both := withControl(t)
	c.want(both(20, 1, 100, 9, 900), model.Pass, "")
	line := both(21, 1, 100, 0, 0)
	if c.want(line, model.NoTraffic, "its control old counts nothing any more"); !strings.Contains(line.Reason, "nothing fails") {
		t.Error("that it fails no more is not said")
	}
	c.want(both(2, 1, 100, 9, 900), model.Pass, "")
	old, _ := c.k.Reading("old")
	c.now = c.now.Add(20 * time.Minute)
	c.add("error", 1, 100)
	c.k.Judge(&c.state, c.now, 15*time.Second)
	line, _ = c.k.Line("error")
	if c.want(line, model.NoTraffic, "its control old"); !old.At.Before(c.now) {
		t.Error("the control was read")
	}
}

// TestASwappedControlIsSaid: where the old version is much worse than the new one, the line asks.
func TestASwappedControlIsSaid(t *testing.T) {
	c, both := withControl(t)
	line := both(20, 1, 100, 270, 900)
	c.want(line, model.Pass, "the control is much worse: are the two swapped?")
	c, both = withControl(t)
	if line = both(20, 1, 100, 9, 900); strings.Contains(line.Reason, "swapped") {
		t.Errorf("they are alike: %s", line.Reason)
	}
	c.want(line, model.Pass, "")
}

// TestLowTrafficTellsTheTime: at one event in ten seconds the line knows how long it takes.
func TestLowTrafficTellsTheTime(t *testing.T) {
	c := counts(t, countedMetric(t, "< 1%", "> 5%"))
	var line model.Line
	for i := range 20 {
		line = c.looks(1, 0, float64(1+i%2))
	}
	if c.want(line, model.Collecting, "more ("); line.Rate < .08 || line.Rate > .12 {
		t.Errorf("%v a second: %s", line.Rate, line.Reason)
	}
	if got := line.MoreTime.Minutes(); got < 5 || got > 12 {
		t.Errorf("%v to go: %s", line.MoreTime, line.Reason)
	}
}

// TestWhatEndedOrIsOldProvesNothing: where a series has ended, or the last answer is old,
// events that were counted before do not stand for it, also where the answer has trouble besides.
func TestWhatEndedOrIsOldProvesNothing(t *testing.T) {
	for _, err := range []error{nil, model.ErrEmpty, model.ErrNoSeries} {
		c := counts(t, countedMetric(t, "< 1%", "> 5%"))
		c.want(c.looks(5, 0, 40), model.Pass, "")
		c.now = c.now.Add(15 * time.Second)
		c.read("error", model.Reading{Total: 240, Counted: true, Traffic: model.TrafficFlows, Ended: true, Err: err})
		c.k.Judge(&c.state, c.now, 15*time.Second)
		if line, _ := c.k.Line("error"); line.State == model.Pass {
			t.Errorf("ended, %v: %s, %s", err, line.State, line.Reason)
		}
		for _, old := range []model.Reading{{At: c.now.Add(-3 * time.Minute)}, {At: c.now, SampleAt: c.now.Add(-3 * time.Minute)}} {
			old.Total, old.Counted, old.Traffic, old.Err = 240, true, model.TrafficFlows, err
			c.read("error", old)
			c.k.Judge(&c.state, c.now, 15*time.Second)
			if line, _ := c.k.Line("error"); line.State == model.Pass {
				t.Errorf("old, %v: %s, %s", err, line.State, line.Reason)
			}
		}
	}
}
