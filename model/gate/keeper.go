package gate

import (
	"fmt"
	"time"

	"gonogo/model"
)

// Keeper judges all metrics of a rollout again and again. It keeps streaks,
// counts and the last lines between two judgements, and makes words and
// allocates only where a line changed. It must be used by one goroutine at a time.
type Keeper struct {
	rollout *model.Rollout
	index   map[model.MetricID]int
	items   []item
	lines   map[model.MetricID]model.Line // as Lines returned them; nil: a line changed since
	now     time.Time
	change  model.ServiceChange
	base    map[model.MetricID]model.Baseline
	flags   map[model.FlagID]model.FlagState
	values  Values
}

// item is one metric between two judgements.
type item struct {
	m        *model.Metric
	ev       events
	expr     *Expr
	reading  model.Reading
	have     bool
	streak   model.Streak
	recorded model.Streak // as Streaks returned it last
	line     model.Line
	found    finding
	spoken   bool // line has the words of found
	count    counting
	settling time.Duration
	input    *inputError // of an expression that had no value last
}

// NewKeeper returns a Keeper that has judged nothing yet. The error is that of
// a metric whose test or expression cannot be made.
func NewKeeper(r *model.Rollout) (*Keeper, error) {
	k := &Keeper{rollout: r, index: make(map[model.MetricID]int, len(r.Metrics)), items: make([]item, len(r.Metrics))}
	for i := range r.Metrics {
		m := &r.Metrics[i]
		k.index[m.ID] = i
		k.items[i] = item{m: m}
		if err := k.attempt(&k.items[i], &model.State{}); err != nil {
			return nil, fmt.Errorf("metric %q: %w", m.ID, err)
		}
	}
	for i := range k.items {
		it := &k.items[i]
		if it.m.Expr == "" {
			continue
		}
		var err error
		if it.expr, err = CompileExpr(it.m.Expr, k.unit); err != nil {
			return nil, fmt.Errorf("metric %q: %w", it.m.ID, err)
		}
	}
	k.values = k.value
	return k, nil
}

func (k *Keeper) unit(id model.MetricID) (model.Unit, bool) {
	i, ok := k.index[id]
	if !ok || k.rollout.Metrics[i].Expr != "" {
		return "", false
	}
	return k.rollout.Metrics[i].Unit, true
}

// Restore takes over what s knows from before this Keeper was made.
func (k *Keeper) Restore(s *model.State) {
	k.Begin(s)
	k.change = s.Changed
}

// Begin starts a new attempt: it takes over the streaks that s knows, and
// forgets all others.
func (k *Keeper) Begin(s *model.State) {
	for i := range k.items {
		it := &k.items[i]
		it.streak = s.Streaks[it.m.ID]
		_ = k.attempt(it, s) // which worked when the Keeper was made
		it.recorded, it.ev.journaledLast = it.streak, it.streak.Counted
	}
}

// Read takes the newest reading of metric id, which must not be an expression.
func (k *Keeper) Read(id model.MetricID, r model.Reading) {
	if i, ok := k.index[id]; ok {
		k.items[i].reading, k.items[i].have = r, true
	}
}

// Judge judges every metric at now, elapsed after the judgement before. It
// reports whether a line's state changed in a way that Streaks should be
// recorded for.
func (k *Keeper) Judge(s *model.State, now time.Time, elapsed time.Duration) (turned bool) {
	k.now, k.base, k.flags = now, s.Baselines, s.Flags
	same := s.Changed.Seq == k.change.Seq
	k.change = s.Changed
	if !same {
		for i := range k.items {
			it := &k.items[i]
			it.streak = model.Streak{Counted: it.streak.Counted, Parts: it.streak.Parts}
			it.count.rebase()
			it.ev.afresh(it.streak.Counted.At)
		}
	}
	for i := range k.items {
		it := &k.items[i]
		it.settling = 0
		if !s.Changed.At.IsZero() {
			it.settling = max(0, s.Changed.At.Add(it.m.Settle).Sub(now))
			it.settling = min(it.settling, it.m.Settle)
		}
	}
	k.countAll()
	for i := range k.items {
		it := &k.items[i]
		if it.expr != nil {
			k.compute(it)
		}
		before := it.line
		k.judge(it, elapsed)
		if it.line != before {
			k.lines = nil
		}
		lasting := it.m.For > 0 || it.m.AlertFor > 0 || it.ev.tests != nil || it.ev.match != nil
		if lasting && before.State != it.line.State {
			turned = true
		}
	}
	return turned
}

// Line returns metric id's line; false for one that was never judged.
func (k *Keeper) Line(id model.MetricID) (model.Line, bool) {
	i, ok := k.index[id]
	if !ok || !k.items[i].spoken {
		return model.Line{}, false
	}
	return k.items[i].line, true
}

// Lines returns all lines; nobody may change them.
func (k *Keeper) Lines() map[model.MetricID]model.Line {
	if k.lines == nil {
		k.lines = make(map[model.MetricID]model.Line, len(k.items))
		for i := range k.items {
			k.lines[k.items[i].m.ID] = k.items[i].line
		}
	}
	return k.lines
}

func (k *Keeper) judge(it *item, elapsed time.Duration) {
	var found *matched
	if it.ev.match != nil {
		found = k.matching(it, elapsed)
	}
	in := Input{
		Reading: it.reading, Have: it.have, Values: k.values, Prev: it.streak, Now: k.now, Elapsed: elapsed,
		Settling: it.settling, Change: k.change.What, Changed: k.change.Seq,
		Rate: it.count.rate(it.m), Growth: it.count.growth,
	}
	if in.Matched = found; found != nil && !it.m.Waits {
		in.Settling = 0
	}
	if ev := &it.ev; ev.tests != nil {
		at := it.streak.Counted.At + max(elapsed, 0)
		ev.took(at)
		if !it.m.Waits {
			in.Settling = 0 // counting begins at the change
		}
		in.Tests, in.New, in.Recent, in.Quiet = ev.tests, ev.new, &ev.recent, at-ev.grew >= quietFor(it.m)
		in.Of = ev.count()
		if ev.parts != nil {
			ev.parts.change(at, k.change.Seq)
			ev.parts.look(at, ev.fresh, k.countdown())
			in.Parts = ev.parts.found(ev.recent.Sum)
		}
		in.Rate = ev.rate(it.m, at-it.streak.Counted.Fail.Since, in.Rate)
		in.Blind = k.blind(it)
		in.Gone = ev.gone(it.m, &it.reading, k.now, k.change.At)
	}
	f, streak := weigh(it.m, &in)
	if !it.spoken {
		it.line = model.Line{Metric: it.m.ID, Title: title(it.m), Unit: it.m.Unit}
	}
	complete(&it.line, it.m, &in, &f, streak)
	if !it.spoken || f != it.found {
		it.line.Reason = f.words(it.m, &in)
	}
	if it.ev.tests != nil {
		streak.Counted.Recent = it.ev.recent.Sum
		if it.line.Test == nil || f != it.found || it.ev.fresh && k.now.Sub(it.ev.told) >= tellEvery {
			it.ev.told = k.now
			in.Sees = it.ev.foresee(in.traffic())
			it.line.Test = in.report(&streak)
			if it.ev.parts != nil {
				it.ev.parts.report(it.line.Test, it.m.By)
			}
		}
	}
	it.found, it.streak, it.spoken = f, streak, true
}

// value is the Keeper's Values.
func (k *Keeper) value(self, of model.MetricID) (float64, bool) {
	if of == model.OfBaseline {
		b, ok := k.base[self]
		return float64(b.Value), ok
	}
	if i, ok := k.index[self]; ok && of == model.OfControl {
		of = k.items[i].m.Control
	}
	i, ok := k.index[of]
	if !ok {
		return 0, false
	}
	it := &k.items[i]
	if it.settling > 0 {
		return 0, false
	}
	v, state, _, _ := assess(it.m, &it.reading, it.have, k.now)
	return v, state == model.Pass
}

// Reading returns the newest reading of metric id, also of an expression.
func (k *Keeper) Reading(id model.MetricID) (model.Reading, bool) {
	i, ok := k.index[id]
	if !ok {
		return model.Reading{}, false
	}
	return k.items[i].reading, k.items[i].have
}

// compute gives an expression its reading: as old as the oldest of its inputs.
func (k *Keeper) compute(it *item) {
	var r model.Reading
	var blamed *item
	var worst model.MetricState
	for _, id := range it.expr.Inputs {
		in := &k.items[k.index[id]]
		if !in.have && in.m.Read == nil {
			it.have = false
			return
		}
		_, state, why, _ := assess(in.m, &in.reading, in.have, k.now)
		if in.settling > 0 && (why == usable || why == fewEvents) {
			state = model.Collecting
		}
		if in.have {
			r.At, r.SampleAt = oldest(r.At, in.reading.At), oldest(r.SampleAt, sampledAt(&in.reading))
		}
		if state != model.Pass && (blamed == nil || worst == model.Unread && state != worst) { // what is unread hides no worse trouble
			blamed, worst = in, state
		}
	}
	if blamed != nil {
		r.Err = it.blame(blamed.m.ID, worst, blamed.line.Reason)
	}
	if r.At.IsZero() { // nobody has read any of them
		if r.At = k.now; it.have && it.reading.Err == r.Err { //nolint:errorlint // the very same, which blame returns
			r.At = it.reading.At
		}
	}
	it.have = true
	if r.Err == nil {
		if it.reading.Err == nil && it.reading.At.Equal(r.At) && it.reading.SampleAt.Equal(r.SampleAt) && !k.moved(it) {
			return
		}
		r.Value, r.Err = it.expr.Eval(func(id model.MetricID) float64 { return k.items[k.index[id]].number() })
	}
	it.reading = r
}

// oldest returns the earlier of two times, of which a zero one is none.
func oldest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// number is the value of a reading that is usable.
func (it *item) number() float64 {
	if it.reading.Err != nil {
		return 0 // on_empty = "zero"
	}
	return it.reading.Value
}

// moved reports whether an input is newer than the expression's value.
func (k *Keeper) moved(it *item) bool {
	for _, id := range it.expr.Inputs {
		if k.items[k.index[id]].reading.At.After(it.reading.At) {
			return true
		}
	}
	return false
}

// blame returns the error of an input without a value, the same as before where nothing changed.
func (it *item) blame(id model.MetricID, state model.MetricState, reason string) error {
	if it.input == nil || it.input.input != id || it.input.state != state || it.input.reason != reason {
		it.input = &inputError{input: id, state: state, reason: reason}
	}
	return it.input
}

// Streaks returns those that changed since they were last returned, or
// restored. One that only went on holding, longer than anything asks for, is
// left out until it has grown by a quarter, unless all are wanted.
func (k *Keeper) Streaks(all bool) map[model.MetricID]model.Streak {
	out := map[model.MetricID]model.Streak{}
	for i := range k.items {
		it := &k.items[i]
		if it.streak != it.recorded && (all || it.worth() || k.due(it)) {
			if it.ev.parts != nil {
				it.streak.Parts = it.ev.parts.counted()
			}
			out[it.m.ID], it.recorded = it.streak, it.streak
			it.ev.journaled, it.ev.journaledLast = k.now, it.streak.Counted
		}
	}
	return out
}

// worth reports whether the streak differs by enough from what was returned last.
func (it *item) worth() bool {
	was, is := it.recorded, it.streak
	if was.Alert != is.Alert || is.Target < was.Target || was.Target <= it.m.For {
		return true
	}
	return is.Target-was.Target > was.Target/4
}
