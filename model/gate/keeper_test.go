package gate

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// keeper returns one of a rollout with metrics, and plays with it.
type player struct {
	t     testing.TB
	k     *Keeper
	state model.State
	now   time.Time
}

func play(t testing.TB, metrics ...model.Metric) *player {
	t.Helper()
	k, err := NewKeeper(&model.Rollout{Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	return &player{t: t, k: k, now: t0}
}

// wait lets d pass and judges at its end.
func (p *player) wait(d time.Duration) map[model.MetricID]model.Line {
	p.now = p.now.Add(d)
	p.k.Judge(&p.state, p.now, d)
	return p.k.Lines()
}

func (p *player) read(id model.MetricID, r model.Reading) {
	if r.At.IsZero() {
		r.At = p.now
	}
	p.k.Read(id, r)
}

func (p *player) want(line model.Line, state model.MetricState, reason string) {
	p.t.Helper()
	if line.State != state || !strings.Contains(line.Reason, reason) {
		p.t.Errorf("%s is %s (%s), want %s (%s)", line.Metric, line.State, line.Reason, state, reason)
	}
}

func TestSettling(t *testing.T) {
	m := *errorMetric(t)
	m.Settle, m.For = 5*time.Minute, 30*time.Second
	p := play(t, m)
	good := model.Reading{Value: 0.001}
	p.read("error", good)
	p.wait(time.Second)
	p.want(p.wait(time.Minute)["error"], model.Pass, "")

	p.state.Changed = model.ServiceChange{Seq: 1, At: p.now, What: "real is true"}
	p.read("error", good)
	line := p.wait(time.Minute)["error"]
	p.want(line, model.Collecting, "settling for 4m more: its window holds data from before real is true")
	if !line.Thin || line.Settling != 4*time.Minute || line.MoreTime != 4*time.Minute || !line.HasValue {
		t.Errorf("settling: %+v", line)
	}
	p.read("error", model.Reading{Value: 0.9}) // far beyond the alert, but mixed
	p.want(p.wait(time.Minute)["error"], model.Collecting, "settling")
	p.read("error", model.Reading{Err: fmt.Errorf("refused")})
	p.want(p.wait(time.Second)["error"], model.Down, "refused")
	p.wait(2*time.Minute + 58*time.Second)
	p.read("error", good)
	p.want(p.wait(0)["error"], model.Collecting, "settling for 1s more")
	p.want(p.wait(time.Second)["error"], model.Collecting, "held 1s of 30s") // which begins only now
	p.want(p.wait(29 * time.Second)["error"], model.Pass, "")
}

// TestClockThatIsSet: the moment of the last change moves along with the wall
// clock, and that forgets neither what held nor what was counted.
func TestClockThatIsSet(t *testing.T) {
	m := *errorMetric(t)
	m.For, m.Counted, m.Recent = time.Minute, true, 15*time.Minute
	p := play(t, m)
	p.state.Changed = model.ServiceChange{Seq: 7, At: p.now, What: "real is true"}
	for i := range 8 {
		p.wait(15 * time.Second)
		p.read("error", model.Reading{Value: 0.001, Total: float64(30 * i), Counted: true})
	}
	p.want(p.wait(0)["error"], model.Pass, "")
	counted := p.wait(0)["error"].Test.Go
	p.state.Changed.At = p.state.Changed.At.Add(-3 * time.Hour)
	line := p.wait(time.Second)["error"]
	p.want(line, model.Pass, "")
	if line.Test.Go != counted || line.Held < time.Minute {
		t.Errorf("after the clock was set: %+v, held %v; before it was %+v", line.Test.Go, line.Held, counted)
	}
}

// TestCountingBeginsAfterAChange: events that may be from before do not count.
func TestCountingBeginsAfterAChange(t *testing.T) {
	m := *errorMetric(t)
	m.Counted, m.Recent = true, 15*time.Minute
	p := play(t, m)
	count := func(bad, total float64, age time.Duration) {
		p.read("error", model.Reading{Value: 0.001, Bad: bad, Total: total, Counted: true, SampleAt: p.now.Add(-age)})
	}
	seen := func() evidence.Counts { return p.wait(0)["error"].Test.Go.Counts }
	count(0, 0, 0)
	seen()
	p.wait(15 * time.Second)
	count(1, 40, 0)
	if got := seen(); got.Total != 40 || got.Bad != 1 {
		t.Errorf("counted %+v, want 1 of 40", got)
	}
	if got := seen(); got.Total != 40 {
		t.Errorf("one reading was counted twice: %+v", got)
	}
	p.state.Changed = model.ServiceChange{Seq: 1, At: p.now.Add(time.Second), What: "real is true"}
	p.wait(15 * time.Second)
	count(5, 50, 20*time.Second) // an old sample
	if got := seen(); got != (evidence.Counts{}) {
		t.Errorf("after the change: %+v", got)
	}
	p.wait(15 * time.Second)
	count(9, 60, time.Second) // the first from after it: counting begins here
	if got := seen(); got != (evidence.Counts{}) {
		t.Errorf("what came before the first sample after the change was counted: %+v", got)
	}
	p.wait(15 * time.Second)
	count(9, 90, time.Second)
	if got := seen(); got.Total != 30 || got.Bad != 0 {
		t.Errorf("counted %+v, want 0 of 30", got)
	}
	p.wait(15 * time.Second)
	count(0, 10, time.Second) // the source began anew
	if got := seen(); got.Total != 40 {
		t.Errorf("counted %+v, want 0 of 40", got)
	}
	p.wait(15 * time.Second)
	count(0, 40, time.Second)
	line := p.wait(0)["error"]
	if line.State != model.Collecting || line.MoreOf != model.CleanEvents || line.More != 3 || math.Abs(line.Rate-2) > 1.4 || line.MoreTime <= 0 {
		t.Errorf("got %+v", line)
	}
}

// TestCountsWithoutAValueBeginAfterAChangeToo: where the value is empty after a restart, or is of younger
// samples than the counts, these are from before the change all the same.
func TestCountsWithoutAValueBeginAfterAChangeToo(t *testing.T) {
	for _, err := range []error{nil, model.ErrEmpty} {
		m := *errorMetric(t)
		m.Counted, m.Recent = true, 15*time.Minute
		p := play(t, m)
		p.state.Changed = model.ServiceChange{Seq: 1, At: p.now, What: "real is true"}
		count := func(bad, total float64, age time.Duration) evidence.Counts {
			p.wait(5 * time.Second)
			p.read("error", model.Reading{Value: 0.001, Bad: bad, Total: total, Counted: true, CountedAt: p.now.Add(-age), Err: err})
			return p.wait(0)["error"].Test.Go.Counts
		}
		count(0, 0, 6*time.Second)
		if got := count(29, 100, time.Second); got != (evidence.Counts{}) {
			t.Errorf("%v: what came before the first sample after the change was counted: %+v", err, got)
		}
		if got := count(29, 200, time.Second); got.Total != 100 || got.Bad != 0 {
			t.Errorf("%v: counted %+v, want 0 of 100", err, got)
		}
	}
}

func TestComputedMetric(t *testing.T) {
	pg, es := *errorMetric(t), *errorMetric(t)
	pg.ID, es.ID, pg.Unit, es.Unit = "pg", "es", model.Count, model.Count
	pg.Target, pg.Alert, es.Target, es.Alert = nil, nil, nil, nil
	lag := model.Metric{ID: "lag", Expr: "abs(pg - es) / pg", Unit: model.Ratio, Target: target(t, "< 0.1%", model.Ratio), StaleAfter: 2 * time.Minute}
	p := play(t, pg, es, lag)
	p.want(p.wait(0)["lag"], model.NoData, "no answer yet")
	p.read("pg", model.Reading{Value: 1000})
	p.want(p.wait(0)["lag"], model.NoData, "no answer yet")
	p.read("es", model.Reading{Value: 990, SampleAt: p.now.Add(-time.Minute)})
	line := p.wait(0)["lag"]
	p.want(line, model.Warn, "1% is above 0.1%")
	if !line.SampleAt.Equal(p.now.Add(-time.Minute)) {
		t.Errorf("as old as %v", line.SampleAt)
	}
	p.wait(time.Second)
	p.read("es", model.Reading{Value: 1000})
	p.want(p.wait(0)["lag"], model.Pass, "0% is below 0.1%")
	p.wait(time.Second)
	p.read("pg", model.Reading{Value: 0})
	p.want(p.wait(0)["lag"], model.NoTraffic, "nothing to divide by")
	for name, c := range map[string]struct {
		r     model.Reading
		state model.MetricState
	}{
		"down": {model.Reading{Err: fmt.Errorf("refused")}, model.Down}, "no data": {model.Reading{Err: model.ErrEmpty}, model.NoData},
		"several": {model.Reading{Err: model.ErrAmbiguous}, model.Ambiguous}, "NaN": {model.Reading{Value: math.NaN()}, model.NoData},
	} {
		t.Run(name, func(t *testing.T) {
			p.wait(time.Second)
			p.read("pg", c.r)
			line := p.wait(0)["lag"]
			if line.State != c.state || !strings.HasPrefix(line.Reason, "pg is "+string(c.state)+": ") {
				t.Errorf("got %s (%s), want %s", line.State, line.Reason, c.state)
			}
		})
	}
	p.wait(time.Second)
	p.read("pg", model.Reading{Value: 1000})
	p.want(p.wait(0)["lag"], model.Pass, "")
	if line := p.wait(3 * time.Minute)["lag"]; line.State != model.Stale {
		t.Errorf("three minutes later: %s", line.State)
	}
}

func TestBaseline(t *testing.T) {
	m := *errorMetric(t)
	m.Target, m.Alert = target(t, "<= 110% of baseline", m.Unit), target(t, "+5pp of baseline", m.Unit)
	m.Alert.Op = ">"
	p := play(t, m)
	p.read("error", model.Reading{Value: 0.012})
	p.want(p.wait(0)["error"], model.NoData, "none is frozen: gonogo baseline freeze")
	p.state.Baselines = map[model.MetricID]model.Baseline{"error": {Value: 0.01}}
	p.want(p.wait(0)["error"], model.Warn, "1.2% is above 1.1% (<= 110% of baseline)")
	p.state.Baselines = map[model.MetricID]model.Baseline{"error": {Value: 0.02}}
	p.want(p.wait(0)["error"], model.Pass, "1.2% is below 2.2%")
	p.read("error", model.Reading{Value: 0.08, At: p.now.Add(time.Second)})
	p.want(p.wait(time.Second)["error"], model.Fail, "8% is above 7%")
}

// TestRestartForgetsNothing: at any second of an hour with everything in it, a
// Keeper that knows only what was journaled until then says the same.
func TestRestartForgetsNothing(t *testing.T) {
	errors, latency := *errorMetric(t), *errorMetric(t)
	errors.For, errors.AlertFor, errors.Settle = 10*time.Minute, 2*time.Minute, 5*time.Minute
	latency.ID, latency.Counted, latency.Alpha, latency.Beta, latency.AlertFor = "shop", true, .01, .05, time.Minute
	r := &model.Rollout{Metrics: []model.Metric{errors, latency}, Phases: []model.Phase{{ID: "ten", Gate: []model.MetricID{"error", "shop"}, Soak: 20 * time.Minute}}}
	k, err := NewKeeper(r)
	if err != nil {
		t.Fatal(err)
	}
	state := model.State{Phase: "ten", Attempts: []model.Attempt{{Phase: "ten", N: 1, Entered: t0}}}
	record := func(at time.Time, e model.Event) {
		state = model.Apply(state, model.Record{Seq: state.Seq + 1, At: at, Event: e})
	}
	var verdict model.Verdict
	var soak time.Duration
	recorded := t0
	bad, total := 0.0, 0.0
	states := map[model.MetricState]bool{}
	for second := 1; second <= 3600; second++ {
		now := t0.Add(time.Duration(second) * time.Second)
		if second == 2000 {
			record(now, model.FlagObserved{Flag: "real", Value: model.BoolValue(false), Effective: true})
			record(now, model.FlagObserved{Flag: "real", Value: model.BoolValue(true), Effective: true})
		}
		value := 0.002
		switch {
		case second > 900 && second < 1100, second > 2600 && second < 2650, second > 3000 && second < 3200:
			value = 0.2
		}
		total += 3
		if value > 0.1 && second%2 == 0 {
			bad++
		}
		reading := model.Reading{At: now, Value: value}
		if second > 3300 && second < 3360 {
			reading = model.Reading{At: now, Err: fmt.Errorf("refused")}
		}
		counting := model.Reading{At: now, Value: value, Bad: bad, Total: total, Counted: true}
		k.Read("error", reading)
		k.Read("shop", counting)
		if verdict.Healthy {
			soak += time.Second
		}
		was := verdict
		turned := k.Judge(&state, now, time.Second)
		verdict = Decide(r, &state, k.Line, soak, now, was)
		for i := range verdict.Lines {
			states[verdict.Lines[i].State] = true
			turned = turned || len(was.Lines) > i && was.Lines[i].State != verdict.Lines[i].State
		}
		if turned || now.Sub(recorded) >= time.Minute {
			record(now, model.Progress{Phase: "ten", Attempt: 1, Soak: soak, Streaks: k.Streaks(false)})
			recorded = now
		}

		// Another engine, which knows the journal and asks the sources anew.
		other, err := NewKeeper(r)
		if err != nil {
			t.Fatal(err)
		}
		again := state
		other.Restore(&again)
		other.Judge(&again, now, 0)
		if v := Decide(r, &again, other.Line, again.Attempt().Soak, now, model.Verdict{}); v.Headline != model.Unknown {
			t.Fatalf("second %d: before the first answers it says %s", second, v.Headline)
		}
		other.Read("error", reading)
		other.Read("shop", model.Reading{At: now, Value: value, Counted: true})
		other.Judge(&again, now, 0)
		v := Decide(r, &again, other.Line, again.Attempt().Soak, now, model.Verdict{})
		for i := range verdict.Lines {
			if a, b := &verdict.Lines[i], &v.Lines[i]; a.State != b.State {
				t.Fatalf("second %d: %s was %s (%s), and after a restart %s (%s)", second, a.Title, a.State, a.Reason, b.State, b.Reason)
			}
		}
		if v.Headline != verdict.Headline {
			t.Fatalf("second %d: %s, and after a restart %s", second, verdict.Headline, v.Headline)
		}
	}
	for _, s := range []model.MetricState{model.Pass, model.Collecting, model.Warn, model.Fail, model.Down, model.Soaking} {
		if !states[s] {
			t.Errorf("the hour never came to %s: it shows too little", s)
		}
	}
}

// manyMetrics is a rollout of n metrics of all kinds, all in one gate.
func manyMetrics(t testing.TB, n int) *model.Rollout {
	r := &model.Rollout{Phases: []model.Phase{{ID: "all"}}}
	for i := range n {
		m := *errorMetric(t)
		m.ID = model.MetricID(fmt.Sprintf("m%d", i))
		m.Title, m.StaleAfter, m.For = string(m.ID), 1000*time.Hour, time.Minute
		switch i % 5 {
		case 1:
			m.Target = target(t, "<= 1.2 * m0", m.Unit)
		case 2:
			m.Counted, m.Recent = true, 15*time.Minute
		case 3:
			m.Expr, m.Alert = "max(m0, 0)", nil
		}
		r.Metrics = append(r.Metrics, m)
		r.Phases[0].Gate = append(r.Phases[0].Gate, m.ID)
	}
	return r
}

func newManyKeeper(t testing.TB, n int) (*Keeper, *model.Rollout) {
	r := manyMetrics(t, n)
	k, err := NewKeeper(r)
	if err != nil {
		t.Fatal(err)
	}
	readMany(k, r, t0)
	return k, r
}

func readMany(k *Keeper, r *model.Rollout, at time.Time) {
	for i := range r.Metrics {
		if r.Metrics[i].Expr == "" {
			k.Read(r.Metrics[i].ID, model.Reading{At: at, Value: 0.001 * float64(1+i%30), Counted: true, Count: 500, HasCount: true})
		}
	}
}

// TestUnchangedLinesCostNothing: an unchanged line is neither written nor allocated again.
func TestUnchangedLinesCostNothing(t *testing.T) {
	allocations := func(n int) float64 {
		k, r := newManyKeeper(t, n)
		state := &model.State{Phase: "all"}
		now := t0
		var v model.Verdict
		judge := func() {
			now = now.Add(time.Second)
			k.Judge(state, now, time.Second)
			v = Decide(r, state, k.Line, 0, now, v)
		}
		for range 70 { // until `for` is served
			judge()
		}
		return testing.AllocsPerRun(100, judge)
	}
	few, many := allocations(50), allocations(500)
	t.Logf("%v allocations for 50 metrics, %v for 500", few, many)
	if many > few+5 {
		t.Errorf("%v allocations for 500 unchanged metrics, %v for 50", many, few)
	}
}

// BenchmarkKeeper judges 500 metrics and their gate: nothing new, or every reading new.
// BenchmarkCounted judges 500 metrics that all count events, each with a new reading.
func BenchmarkCounted(b *testing.B) {
	r := &model.Rollout{Phases: []model.Phase{{ID: "all"}}}
	for i := range 500 {
		m := countedMetric(b, "< 1%", "> 5%")
		m.ID = model.MetricID(fmt.Sprintf("m%d", i))
		r.Metrics = append(r.Metrics, m)
		r.Phases[0].Gate = append(r.Phases[0].Gate, m.ID)
	}
	k, err := NewKeeper(r)
	if err != nil {
		b.Fatal(err)
	}
	state, now, total := &model.State{Phase: "all"}, t0, 0.0
	var v model.Verdict
	b.ReportAllocs()
	for b.Loop() {
		now, total = now.Add(time.Second), total+100
		for i := range r.Metrics {
			k.Read(r.Metrics[i].ID, model.Reading{At: now, Value: .002, Counted: true, Bad: math.Floor(total * .002), Total: total})
		}
		k.Judge(state, now, time.Second)
		v = Decide(r, state, k.Line, 0, now, v)
	}
}

func BenchmarkKeeper(b *testing.B) {
	for name, fresh := range map[string]bool{"unchanged": false, "all new": true} {
		b.Run(name, func(b *testing.B) {
			k, r := newManyKeeper(b, 500)
			state := &model.State{Phase: "all"}
			now := t0
			var v model.Verdict
			b.ReportAllocs()
			for b.Loop() {
				now = now.Add(time.Second)
				if fresh {
					readMany(k, r, now)
				}
				k.Judge(state, now, time.Second)
				v = Decide(r, state, k.Line, 0, now, v)
			}
		})
	}
}
