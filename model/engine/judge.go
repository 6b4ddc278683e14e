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
	keeper   *gate.Keeper
	at       time.Time // of the last judgement, with its monotonic part
	soak     time.Duration
	attempt  attemptKey // whose soak and streaks these are
	verdict  model.Verdict
	recorded time.Time               // of the last Progress
	credited bool                    // soak was credited since
	entered  time.Time               // when this attempt, or the engine, began: the gate's first word waits a little
	unread   func() []model.FlagID   // the flags that this engine has not observed yet
	waits    []model.Line            // what else the next phase waits for
	waitsAt  time.Time               // when that was found out
	known    map[model.MetricID]bool // those of which this engine has found out how they stand
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
func (j *judge) restore(r *model.Rollout, s *model.State) (err error) {
	if j.keeper, err = gate.NewKeeper(r); err != nil {
		return err
	}
	j.keeper.Restore(s)
	j.known = map[model.MetricID]bool{}
	j.attempt, j.soak = keyOf(s)
	j.verdict = model.Verdict{Headline: model.Unknown, Worst: model.NoData, Reasons: []string{"no answer yet"}}
	return nil
}

// line returns metric id's line as it was judged last.
func (j *judge) line(id model.MetricID) model.Line {
	j.mu.Lock()
	defer j.mu.Unlock()
	line, _ := j.keeper.Line(id)
	return line
}

// knows reports whether this engine has found out how metric id stands: one that begins anew neither
// takes a breach for over nor tells of it again before that.
func (j *judge) knows(id model.MetricID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, is := j.keeper.Lines()[id]
	return !is || j.known[id] // of one that the config has no more, nothing will be found out
}

// learn notes of which metrics it is found out how they stand; j.mu is held.
func (j *judge) learn(r *model.Rollout, readings map[model.MetricID]model.Reading) {
	for i := range r.Metrics {
		id := r.Metrics[i].ID
		if j.known[id] {
			continue
		}
		line, _ := j.keeper.Line(id)
		_, answered := readings[id]
		if line.State != "" && line.State != model.Collecting && (line.State != model.NoData || answered) {
			j.known[id] = true
		}
	}
}

// lastWord reports whether the newest readings of metric id still speak against it, as
// far as its events are counted; without, what its line says is all that is known.
func (j *judge) lastWord(id model.MetricID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	confirms, asked := j.keeper.LastWord(id)
	return confirms || !asked
}

// failingParts returns the parts of metric id that fail while its others do not, see
// gate.Keeper.
func (j *judge) failingParts(id model.MetricID) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.keeper.FailingParts(id)
}

func (j *judge) latest() (map[model.MetricID]model.Line, time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.keeper.Lines(), j.soak
}

// verdictOf returns the verdict of state, which may be newer than the last
// look: what happened since, such as a rollback that fired, is in it at once.
func (j *judge) verdictOf(r *model.Rollout, state *model.State, now time.Time) model.Verdict {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.at.IsZero() {
		return j.verdict // nothing was judged yet
	}
	key, soak := keyOf(state)
	if key == j.attempt {
		soak = j.soak
	}
	return gate.Decide(r, j.read(state), j.keeper.Line, soak, now, j.verdict, j.waits...)
}

// read returns state without what it knows of flags that this engine has not
// observed yet: what the journal says of them is old news.
func (j *judge) read(state *model.State) *model.State {
	if j.unread == nil {
		return state
	}
	unread := j.unread()
	if len(unread) == 0 {
		return state
	}
	s := *state
	s.Flags = maps.Clone(s.Flags)
	for _, id := range unread {
		if f, ok := s.Flags[id]; ok {
			f.Stored, f.Effective = model.Value{}, model.Value{}
			s.Flags[id] = f
		}
	}
	return &s
}

// judgement is what one look at everything came to.
type judgement struct {
	verdict model.Verdict
	settled bool // the verdict is worth telling: everything had time to answer
	turned  bool // a line changed its state, or the soak stopped
	seen    map[model.MetricID]model.Reading
}

// look judges every metric and the gate, and credits dt, the time observed
// since the last look.
func (j *judge) look(r *model.Rollout, state *model.State, readings map[model.MetricID]model.Reading, now time.Time, dt time.Duration) judgement {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out judgement
	if key, soak := keyOf(state); key != j.attempt {
		j.attempt, j.soak = key, soak
		j.keeper.Begin(state)
		j.entered, j.credited = now, false
	}
	if j.entered.IsZero() {
		j.entered = now
	}
	for id, reading := range readings {
		j.keeper.Read(id, reading)
	}
	was := j.verdict
	looked := j.keeper.Look(state, j.read(state), was, j.soak, now, dt, j.waits...)
	j.verdict, j.soak, j.credited = looked.Verdict, looked.Soak, j.credited || looked.Credited
	out.verdict, out.turned = j.verdict, looked.Turned
	out.settled = now.Sub(j.entered) > 10*time.Second || allAnswered(j.verdict, readings)
	out.turned = out.turned || was.Healthy && !j.verdict.Healthy || turned(&was, &j.verdict)
	out.seen = j.computed(r)
	j.learn(r, readings)
	return out
}

// computed returns the readings of the metrics that are computed of others.
func (j *judge) computed(r *model.Rollout) map[model.MetricID]model.Reading {
	var out map[model.MetricID]model.Reading
	for i := range r.Metrics {
		m := &r.Metrics[i]
		if m.Expr == "" {
			continue
		}
		if reading, ok := j.keeper.Reading(m.ID); ok {
			if out == nil {
				out = map[model.MetricID]model.Reading{}
			}
			out[m.ID] = reading
		}
	}
	return out
}

// turned reports whether a line has another state than in the verdict before.
func turned(was, is *model.Verdict) bool {
	switch {
	case was.Phase != is.Phase:
		return false // there is nothing to compare
	case len(was.Lines) != len(is.Lines):
		return true // a line came or went
	}
	for i := range is.Lines {
		if was.Lines[i].State != is.Lines[i].State {
			return true
		}
	}
	return false
}

// judgeNow looks at everything, journals what follows from it, and lets the guard see it.
func (e *Engine) judgeNow() {
	now := e.o.Now()
	dt, jump := e.judge.elapsed(now)
	if jump != 0 { // before anything is judged by the new wall clock
		e.ledger.RecordAnyway(e.o.Actor, "", model.ClockJumped{By: jump})
	}
	state := e.ledger.State()
	e.takeReadings(&state)
	e.waits(&state, now)
	out := e.judge.look(e.o.Rollout, &state, e.meters.All(), now, dt)
	for id, reading := range out.seen {
		e.meters.Computed(id, reading)
	}
	changed := (out.verdict.Headline != state.Headline || breachBegins(&out.verdict, &state)) && out.settled
	e.credit(out.turned || changed, false)
	if changed {
		is := model.GateChanged{
			Phase: out.verdict.Phase, From: state.Headline, To: out.verdict.Headline, Reasons: out.verdict.Reasons, Breach: failingLine(&out.verdict),
		}
		if is.To == model.GO {
			is.Proofs = out.verdict.Proofs()
		}
		_ = e.ledger.Record(e.o.Actor, "", is)
	}
	e.guard.look()
	e.watches.look()
	e.escalations.look()
	e.reports.look()
}

// waits finds out, once a second, what else the next phase waits for.
func (e *Engine) waits(state *model.State, now time.Time) {
	j := &e.judge
	if since := now.Sub(j.waitsAt); since >= 0 && since < time.Second {
		return
	}
	lines := unready(e.o.Rollout, state, e.meters, j, now)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waits, j.waitsAt = lines, now
}

// elapsed returns the observed time since the last judgement, on the monotonic
// clock, 0 after a gap that nobody observed; and by how much the wall clock
// jumped meanwhile, 0 for less than two seconds.
func (j *judge) elapsed(now time.Time) (dt, jump time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
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

func allAnswered(v model.Verdict, readings map[model.MetricID]model.Reading) bool {
	for _, l := range v.Lines {
		if l.Flag != "" && l.State == model.NoData {
			return false
		}
		if l.Metric != "" && l.State != model.Unread {
			if _, ok := readings[l.Metric]; !ok {
				return false
			}
		}
	}
	return true
}

// credit journals the time served: soak that was credited, and streaks that
// changed by enough. It does so each minute, or now; all streaks at the end.
func (e *Engine) credit(now, all bool) {
	j := &e.judge
	j.mu.Lock()
	at := j.at
	var p model.Progress
	due := now || all || at.Sub(j.recorded) >= progressEvery
	if due {
		p = model.Progress{Phase: j.attempt.phase, Attempt: j.attempt.n, Soak: j.soak, Streaks: j.keeper.Streaks(all)}
		due = j.credited || len(p.Streaks) > 0
		j.recorded, j.credited = at, false
	}
	j.mu.Unlock()
	if due {
		_ = e.ledger.Record(e.o.Actor, "", p)
	}
}
