package engine

import (
	"maps"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
)

// judge holds the last judgement and the time credited since the last Progress.
type judge struct {
	mu       sync.Mutex
	at       time.Time // of the last judgement, with its monotonic part
	streaks  map[model.MetricID]model.Streak
	soak     time.Duration
	attempt  attemptKey // whose soak and streaks these are
	verdict  model.Verdict
	lines    map[model.MetricID]model.Line
	recorded time.Time // of the last Progress
	credited bool      // something was credited since
	entered  time.Time // when this attempt, or the engine, began: the gate's first word waits a little
}

type attemptKey struct {
	phase model.PhaseID
	n     int
}

func keyOf(s *model.State) (attemptKey, time.Duration) {
	if a := s.Attempt(); a != nil {
		return attemptKey{a.Phase, a.N}, a.Soak
	}
	return attemptKey{}, 0
}

// restore takes over what the journal knows.
func (j *judge) restore(s *model.State) {
	j.attempt, j.soak = keyOf(s)
	j.streaks = maps.Clone(s.Streaks)
	if j.streaks == nil {
		j.streaks = map[model.MetricID]model.Streak{}
	}
	j.verdict = model.Verdict{Headline: model.Unknown, Worst: model.NoData, Reasons: []string{"no answer yet"}}
}

func (j *judge) latest() (model.Verdict, map[model.MetricID]model.Line, time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.verdict, j.lines, j.soak
}

// judgeNow judges every metric and the gate, credits the time since the last
// judgement, and journals what follows from it.
func (e *Engine) judgeNow() {
	now := e.o.Now()
	state := e.ledger.current()
	readings, _, _ := e.meters.copies()
	j := &e.judge
	j.mu.Lock()
	dt, jump := j.elapsed(now)
	if key, soak := keyOf(&state); key != j.attempt {
		j.attempt, j.soak, j.streaks = key, soak, map[model.MetricID]model.Streak{}
		j.entered, j.credited = now, false
	}
	if j.entered.IsZero() {
		j.entered = now
	}
	if j.verdict.Healthy && j.attempt.phase != "" && dt > 0 && soakMayRun(&state) {
		j.soak += dt
		j.credited = true
	}
	lines := make(map[model.MetricID]model.Line, len(e.o.Rollout.Metrics))
	values := freshValues(e.o.Rollout, readings, now)
	for i := range e.o.Rollout.Metrics {
		m := &e.o.Rollout.Metrics[i]
		r, have := readings[m.ID]
		line, streak := gate.Judge(m, r, have, values, j.streaks[m.ID], now, dt)
		lines[m.ID] = line
		j.streaks[m.ID] = streak
	}
	was := j.verdict
	j.lines = lines
	j.verdict = gate.Decide(e.o.Rollout, &state, lines, j.soak)
	settled := now.Sub(j.entered) > 10*time.Second || allAnswered(j.verdict, readings)
	verdict, stopped := j.verdict, was.Healthy && !j.verdict.Healthy
	j.mu.Unlock()

	if jump != 0 {
		_ = e.ledger.record(e.o.Actor, "", model.ClockJumped{By: jump})
	}
	changed := verdict.Headline != state.Headline && settled
	e.creditSoak(stopped || changed)
	if changed {
		_ = e.ledger.record(e.o.Actor, "", model.GateChanged{
			Phase: verdict.Phase, From: state.Headline, To: verdict.Headline, Reasons: verdict.Reasons,
		})
	}
}

// elapsed returns the observed time since the last judgement, on the monotonic
// clock, 0 after a gap that nobody observed; and by how much the wall clock
// jumped meanwhile, 0 for less than two seconds.
func (j *judge) elapsed(now time.Time) (dt, jump time.Duration) {
	last := j.at
	j.at = now
	if last.IsZero() {
		return 0, 0
	}
	dt = now.Sub(last)
	if jump = now.Round(0).Sub(last.Round(0)) - dt; jump.Abs() < 2*time.Second {
		jump = 0
	}
	if dt < 0 || dt > maxCredit {
		dt = 0
	}
	return dt, jump
}

// soakMayRun is false while a plan runs, and after a rollback that was not
// seen to have worked.
func soakMayRun(s *model.State) bool {
	p := s.Plan
	if p == nil || p.Status == model.Armed || p.Status == model.Vetoed {
		return true
	}
	return p.Status == model.Ended && (p.Plan.Kind != model.PlanRollback || p.Outcome == model.Verified)
}

// freshValues looks up other metrics' values for relations: never old or thin ones.
func freshValues(r *model.Rollout, readings map[model.MetricID]model.Reading, now time.Time) gate.Values {
	return func(id model.MetricID) (float64, bool) {
		m := r.Metric(id)
		if m == nil {
			return 0, false
		}
		got, have := readings[id]
		return gate.Usable(m, got, have, now)
	}
}

func allAnswered(v model.Verdict, readings map[model.MetricID]model.Reading) bool {
	for _, l := range v.Lines {
		if l.Metric != "" {
			if _, ok := readings[l.Metric]; !ok {
				return false
			}
		}
	}
	return true
}

// creditSoak journals the time served if some is new and a minute is over, or now is set.
func (e *Engine) creditSoak(now bool) {
	j := &e.judge
	j.mu.Lock()
	at := j.at
	due := j.credited && (now || at.Sub(j.recorded) >= progressEvery)
	p := model.Progress{Phase: j.attempt.phase, Attempt: j.attempt.n, Soak: j.soak}
	if due {
		p.Streaks = maps.Clone(j.streaks)
		j.recorded, j.credited = at, false
	}
	j.mu.Unlock()
	if due {
		_ = e.ledger.record(e.o.Actor, "", p)
	}
}
