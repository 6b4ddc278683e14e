package plan

import (
	"fmt"
	"time"

	"gonogo/model"
)

// Poll is the time between two looks at something that takes a while.
const Poll = 250 * time.Millisecond

// Next says what is to be done next in a plan that was fired, or that it is
// done. It decides by the plan's folded steps first, so that a process that takes
// the plan up in the middle gets the same remainder; Facts add what is under way
// and what was seen.
//
// A plan goes through contain → apply → verify, a rollback in several levels
// through that and a rest for each level. It goes on past a step that fails, and
// stops only where Facts.Stop says so or, on a way up, at a set step that failed.
// A way up in several levels goes no further than the first that is not in effect and on target.
// While a step of the plan that it went before still runs, it sets flags and nothing else.
func Next(p *model.PlanState, f *Facts) Do {
	w := &work{masters: masters{p, f}, down: p.Plan.Kind == model.PlanRollback}
	if why := f.Stop.Why(); why != "" {
		return w.stopped(why)
	}
	if p.Plan.Kind == model.PlanDrill {
		return w.peek()
	}
	last := w.lastLevel()
	for level := min(1, last); level <= last; level++ {
		if do, more := w.level(level); more {
			return do
		}
		if level > 0 && !w.down && !w.climbs(level) {
			return w.stopsAt(level)
		}
		if level > 0 && w.enough(level) {
			if do, more := w.spare(level); more {
				return do
			}
			break
		}
	}
	if last > 0 {
		if do, more := w.verify(0); more {
			return do
		}
	}
	return w.finish()
}

// work is a plan with its facts while Next looks at it.
type work struct {
	masters
	down bool
}

// stopped ends what was not begun, once what is under way has ended.
func (w *work) stopped(why string) Do {
	if w.busy() {
		return Do{}
	}
	if do, more := w.endRest(why); more {
		return do
	}
	if w.down && w.allWell() && !w.f.Last.Over {
		return w.fall(fmt.Sprintf("it was not seen to stand for %s", model.FormatDuration(w.p.Plan.Steady)))
	}
	return w.done()
}

// finish takes the last look at what was confirmed, and judges.
func (w *work) finish() Do {
	if w.busy() {
		return Do{}
	}
	if do, more := w.endRest("a step before it failed"); more {
		return do
	}
	if do, more := w.steady(); more {
		return do
	}
	return w.done()
}

// endRest skips every step that has not ended.
func (w *work) endRest(why string) (Do, bool) {
	var do Do
	for n, st := range w.p.Steps {
		if st.Outcome == "" {
			do.End = append(do.End, End{n, model.StepSkipped, why})
		}
	}
	return do, len(do.End) > 0
}

func (w *work) done() Do {
	v := judge(w.p, w.f)
	return Do{Done: &v}
}

// busy reports whether anything is under way here.
func (w *work) busy() bool {
	return len(w.f.Busy) > 0 || len(w.f.Looking) > 0 || w.f.Marking || w.f.Last.Busy
}

// peek takes the steps of a dry drill one after the other.
func (w *work) peek() Do {
	if w.busy() {
		return Do{}
	}
	for n, st := range w.p.Steps {
		if st.Outcome == "" {
			return Do{Begin: []Job{{Kind: JobPeek, Steps: []int{n}}}}
		}
	}
	return w.done()
}

// level does the steps of one level, in their stages. A way up ends at a set
// step that failed.
func (w *work) level(level int) (Do, bool) {
	for _, stage := range []func(int) (Do, bool){w.contain, w.await, w.apply, w.remark, w.containLate, w.verify, w.rest} {
		if do, more := stage(level); more {
			return do, true
		}
		if !w.down && !w.contained() {
			return Do{}, false
		}
	}
	return Do{}, false
}

// await holds up all but the flags while a step of the plan before this one still
// runs: two restarts at once would prove nothing, and a service that is about to be
// another says nothing of itself.
func (w *work) await(int) (Do, bool) { return Do{}, w.f.Before != "" }

// contained reports whether no set step failed. Those without an outcome wait for the restarts.
func (w *work) contained() bool {
	for n, st := range w.p.Plan.Steps {
		if o := w.p.Steps[n].Outcome; st.Kind == model.StepSet && o != "" && !o.OK() {
			return false
		}
	}
	return true
}

// todo returns the steps of a kind and level that have not ended.
func (w *work) todo(kind model.StepKind, level int) []int {
	var out []int
	for n, st := range w.p.Plan.Steps {
		if st.Kind == kind && st.Level == level && w.p.Steps[n].Outcome == "" {
			out = append(out, n)
		}
	}
	return out
}

func (w *work) isBusy(n int) bool {
	_, ok := w.f.Busy[n]
	return ok
}

func (w *work) lastLevel() int {
	last := 0
	for _, st := range w.p.Plan.Steps {
		last = max(last, st.Level)
	}
	return last
}

// flagOf returns the flag id, or one that nothing can be done with where the
// config has it no more: its steps fail, and the others go on.
func flagOf(r *model.Rollout, id model.FlagID) *model.Flag {
	if f := r.Flag(id); f != nil {
		return f
	}
	return &model.Flag{ID: id}
}

// verify sees, for all checks of the level at once, that what was done had its effect.
func (w *work) verify(level int) (Do, bool) {
	var do Do
	todo := w.todo(model.StepVerify, level)
	for _, n := range todo {
		if !w.isBusy(n) {
			do.Begin = append(do.Begin, Job{Kind: JobVerify, Level: level, Steps: []int{n}})
		}
	}
	return do, len(todo) > 0
}
