package plan

import (
	"time"

	"gonogo/model"
)

// lastLooks is how often what has fallen is looked at when the time is up: one
// answer that was late is no fall.
const lastLooks = 3

// steady has everything that was confirmed looked at again, all together, until
// it has stood for the plan's Steady after the last effect; at least once. What does not
// stand then is in doubt.
func (w *work) steady() (Do, bool) {
	last := &w.f.Last
	if !w.down || last.Over || !w.allWell() {
		return Do{}, false
	}
	look := Do{Begin: []Job{{Kind: JobStand, Steps: standing(w.p)}}}
	if last.Began.IsZero() {
		return look, true
	}
	if do, more := w.setAgain(); more {
		return do, true
	}
	if last.Late > 0 && (len(last.Fallen) == 0 || last.Late >= lastLooks) {
		return w.fall(), true
	}
	next := last.Ended.Add(Poll)
	if until := w.steadyUntil(); last.Late == 0 && until.Before(next) {
		next = until
	}
	if w.f.Now.Before(next) {
		return Do{Wait: next}, true
	}
	return look, true
}

// SteadyOver reports whether a last look that begins now is late: what stands
// has stood long enough.
func SteadyOver(p *model.PlanState, f *Facts) bool {
	w := &work{masters: masters{p, f}}
	return !w.f.Now.Before(w.steadyUntil())
}

// steadyUntil returns when what stands has stood long enough. It is counted from
// the first last look, so that a wall clock that is set changes nothing.
func (w *work) steadyUntil() time.Time {
	began := w.f.Last.Began
	if began.IsZero() {
		began = w.f.Now
	}
	until := began.Add(min(LastEffect(w.p).Add(w.p.Plan.Steady).Sub(began), w.p.Plan.Steady))
	if most := w.f.Ends.Add(-Poll); !w.f.Ends.IsZero() && most.Before(until) {
		until = most // a look is worth more than the rest of the wait
	}
	return until
}

// fall ends what did not stand in the last look, anew.
func (w *work) fall(doubts ...string) Do {
	do := Do{Over: true, Doubts: doubts}
	for n := range w.p.Plan.Steps {
		why := w.f.Last.Fallen[n]
		switch {
		case why == "":
		case w.p.Plan.Steps[n].Kind == model.StepSet:
			do.Doubts = append(do.Doubts, why)
		default:
			do.End = append(do.End, End{n, model.StepUnseen, why})
		}
	}
	return do
}

// setAgain has flags that flipped back in their stores set once more, each once.
// The end is not VERIFIED then: something else writes them.
func (w *work) setAgain() (Do, bool) {
	for n, st := range w.p.Plan.Steps {
		_, flipped := w.f.Last.Flipped[n]
		if !flipped || st.Kind != model.StepSet || w.f.Last.Again[st.Changes[0].Flag] {
			continue
		}
		why, looks := w.mustWait(n, nil, 0)
		if len(looks) > 0 {
			var do Do
			w.look(&do, looks)
			return do, true
		}
		if why == "" {
			return Do{Begin: []Job{{Kind: JobSetAgain, Steps: []int{n}}}}, true
		}
	}
	return Do{}, false
}

// allWell reports whether every step ended well, or, of an action, unseen: else
// the end is told already.
func (w *work) allWell() bool {
	for n, st := range w.p.Steps {
		if !st.Outcome.OK() && (w.p.Plan.Steps[n].Kind != model.StepRun || st.Outcome != model.StepUnseen) {
			return false
		}
	}
	return true
}

// LastEffect returns when the last step of p that changed something had ended; zero: none did.
func LastEffect(p *model.PlanState) time.Time {
	var last time.Time
	for i, st := range p.Steps {
		if k := p.Plan.Steps[i].Kind; (k == model.StepSet || k == model.StepRun) && st.Outcome != model.StepAlready && st.Outcome != model.StepSpared && st.Ended.After(last) {
			last = st.Ended
		}
	}
	return last
}

// standing returns the steps whose effect must stand in the end.
func standing(p *model.PlanState) []int {
	var out []int
	for n, st := range p.Plan.Steps {
		o := p.Steps[n].Outcome
		switch {
		case !o.OK() || o == model.StepSpared:
		case st.Kind == model.StepRun,
			st.Kind == model.StepVerify && (st.Verify.Kind != model.VerifyFlag || lastFor(p, n, st.Verify.Flag)),
			st.Kind == model.StepSet && lastFor(p, n, st.Changes[0].Flag):
			out = append(out, n)
		}
	}
	return out
}

// lastFor reports whether no step after n that was not spared sets flag id: what a
// level set before is no longer meant to stand.
func lastFor(p *model.PlanState, n int, id model.FlagID) bool {
	for i := n + 1; i < len(p.Plan.Steps); i++ {
		st := p.Plan.Steps[i]
		if st.Kind == model.StepSet && st.Changes[0].Flag == id && p.Steps[i].Outcome != model.StepSpared {
			return false
		}
	}
	return true
}
