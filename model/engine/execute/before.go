package execute

import (
	"fmt"
	"time"

	"gonogo/model"
)

// clear makes way: the plan before this one is cancelled, and what it writes just now
// is waited for, no longer than a way down waits for a look at a flag. Where a step of it
// then still runs, such as a restart, it returns a channel that is closed when that has
// ended; else nil.
func (r *Run) clear() <-chan struct{} {
	if r.before == nil {
		return nil
	}
	r.before.Cancel()
	late := time.NewTimer(LookFirst)
	defer late.Stop()
	look := time.NewTicker(firstLook)
	defer look.Stop()
	for waiting := true; waiting; {
		select {
		case <-r.before.Ended():
			return nil
		case <-late.C:
			waiting = false
		case <-look.C:
			waiting = r.before.writing.Load() > 0
		}
	}
	r.facts.Before = r.before.plan.Title
	if n := r.firstAfterFlags(); n >= 0 {
		r.engine.Say(n, fmt.Sprintf("waits for %q, which is cancelled and still at %s", r.facts.Before, r.before.atStep()))
	}
	return r.before.Ended()
}

// alone notes that the plan before this one has ended: what was seen until now of the
// running service was its service.
func (r *Run) alone() {
	r.facts.Before = ""
	r.facts.Effects++
	if n := r.firstAfterFlags(); n >= 0 {
		r.engine.Say(n, "")
	}
}

// firstAfterFlags returns the first step that is more than to set a flag; -1: there is none.
func (r *Run) firstAfterFlags() int {
	for n, st := range r.plan.Steps {
		if st.Kind != model.StepSet {
			return n
		}
	}
	return -1
}

// atStep names the step that is under way, as far as the fold knows.
func (r *Run) atStep() string {
	p, _ := r.state()
	for n, st := range p.Steps {
		if st.Tries > 0 && st.Outcome == "" {
			return r.plan.Steps[n].Title
		}
	}
	return "its last step"
}
