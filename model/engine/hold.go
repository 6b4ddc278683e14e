package engine

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
)

const holdPoll = time.Second

// hold rests after a level of a way down, and sees whether it was enough: at
// its end each metric of Until must have held, on fresh and sufficient evidence, three
// readings in a row. Where that is not seen the way goes on down.
func (r *run) hold(ctx context.Context, level int) {
	for _, n := range r.todo(model.StepHold, level) {
		if !r.levelSeen(level) {
			r.end(n, model.StepSkipped, "the level was not seen in effect, so resting on it shows nothing", "")
			continue
		}
		r.holdStep(ctx, n)
	}
}

// levelSeen reports whether everything of the level was done and seen.
func (r *run) levelSeen(level int) bool {
	states := r.steps()
	for n, st := range r.plan.Steps {
		unseen := st.Kind == model.StepRun && states[n].Outcome == model.StepUnseen // what it did, a verify tells
		if st.Level == level && st.Kind != model.StepHold && !states[n].Outcome.OK() && !unseen {
			return false
		}
	}
	return true
}

// holdStep rests until the hold is over, counted from its first begin, also
// where an engine before this one began it.
func (r *run) holdStep(ctx context.Context, n int) {
	step, was := r.plan.Steps[n], r.steps()[n]
	r.intend(n, max(1, was.Tries), "")
	if r.over(ctx) != nil {
		return
	}
	began := was.Started
	if began.IsZero() {
		began = r.e.o.Now()
	}
	streaks := make([]streak, len(step.Until))
	grace := time.Duration(0)
	for i, id := range step.Until {
		m := r.e.o.Rollout.Metric(id)
		if m == nil {
			m = &model.Metric{ID: id} // the config has it no more: it never holds
		}
		streaks[i] = streak{metric: m, since: began.Add(m.Settle), last: began}
		grace = max(grace, time.Duration(model.PassesNeeded)*m.Every+m.Timeout)
	}
	enough := r.e.o.Now().Add(grace) // gonogo may have been away for most of the hold
	for {
		left := step.Timeout - r.e.o.Now().Sub(began)
		good, what := r.lookStreaks(streaks)
		if left <= 0 && (good || looked(streaks) || r.e.o.Now().After(enough)) {
			r.endHold(n, good, what)
			return
		}
		r.x.say(n, fmt.Sprintf("%s left · %s", model.FormatDuration(max(0, left.Round(time.Second))), what))
		if !r.pause(ctx, min(max(left, holdPoll/20), holdPoll, step.Timeout/10+time.Millisecond)) {
			if why := r.over(ctx); why != nil {
				what = why.Error() + "; " + what
			}
			r.end(n, model.StepUnseen, what, "")
			return
		}
	}
}

// endHold says what came of a hold: only the last level must have been enough.
func (r *run) endHold(n int, good bool, what string) {
	more := false
	for _, st := range r.plan.Steps {
		more = more || st.Level > r.plan.Steps[n].Level
	}
	switch {
	case len(r.plan.Steps[n].Until) == 0:
		r.end(n, model.StepDone, "rested", "")
	case good:
		r.end(n, model.StepEnough, "enough: "+what, "")
	case more:
		r.end(n, model.StepDone, "not enough, going on down: "+what, "")
	default:
		r.end(n, model.StepUnseen, "not enough: "+what, "")
	}
}

// enough reports whether the way down ends with this level.
func (r *run) enough(level int) bool {
	states := r.steps()
	for n, st := range r.plan.Steps {
		if st.Level == level && st.Kind == model.StepHold && states[n].Outcome == model.StepEnough {
			return true
		}
	}
	return false
}

// spare ends the steps of the levels below the one that was enough.
func (r *run) spare(level int) {
	states := r.steps()
	for n, st := range r.plan.Steps {
		if st.Level > level && states[n].Outcome == "" {
			r.end(n, model.StepSpared, fmt.Sprintf("level %d was enough", level), "")
		}
	}
}

// levelNow returns the level that is at work: the highest that anything was begun of.
func (r *run) levelNow() int {
	at := 0
	states := r.steps()
	for n, st := range r.plan.Steps {
		if states[n].Tries > 0 || states[n].Outcome != "" && states[n].Outcome != model.StepSpared {
			at = max(at, st.Level)
		}
	}
	return at
}

// streak counts the readings in a row of one metric that hold.
type streak struct {
	metric *model.Metric
	since  time.Time // older samples say nothing
	last   time.Time // of the last reading that was looked at
	passes int
	looks  int
	what   string
}

// looked reports whether each has had enough readings to hold, had they been good.
func looked(all []streak) bool {
	for _, s := range all {
		if s.looks < model.PassesNeeded {
			return false
		}
	}
	return true
}

// lookStreaks takes each metric's newest reading and reports whether all have held long enough.
func (r *run) lookStreaks(all []streak) (bool, string) {
	good, texts := true, make([]string, len(all))
	for i := range all {
		s := &all[i]
		got, ok := r.e.meters.get(s.metric.ID)
		switch {
		case !ok || !got.At.After(s.last):
		case s.metric.Target == nil:
			s.what = "it has no target"
		default:
			s.last = got.At
			s.looks++
			holds, what := r.holds(s.metric, s.metric.Target, got, s.since)
			s.what = what
			if holds {
				s.passes++
			} else {
				s.passes = 0
			}
		}
		if s.what == "" {
			s.what = "no reading yet"
		}
		good = good && s.passes >= model.PassesNeeded
		texts[i] = fmt.Sprintf("%s %s (%d of %d)", s.metric.ID, s.what, min(s.passes, model.PassesNeeded), model.PassesNeeded)
	}
	return good, join(texts)
}
