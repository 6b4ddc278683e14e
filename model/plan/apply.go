package plan

import (
	"slices"
	"time"

	"gonogo/model"
)

// apply runs the level's actions, one after the other: those that make changed
// flags live only where something changed, or where it is not certain.
func (w *work) apply(level int) (Do, bool) {
	todo := w.todo(model.StepRun, level)
	if len(todo) == 0 {
		return Do{}, false
	}
	n := todo[0]
	if w.isBusy(n) || w.f.Marking || slices.ContainsFunc(w.todo(model.StepSet, level), func(set int) bool { return w.isBusy(set) && w.awaits(n, set) }) {
		return Do{}, true
	}
	if do := w.mark(level, model.StepRun); len(do.Begin) > 0 {
		return do, true // the restart waits for what its witnesses say is old
	}
	needed, looks := w.needed(n)
	switch {
	case len(looks) > 0:
		var do Do
		w.look(&do, looks)
		return do, true
	case !needed:
		return Do{End: []End{{n, model.StepAlready, "nothing changed, and the running service uses these values"}}}, true
	}
	return Do{Begin: []Job{{Kind: JobRun, Level: level, Steps: []int{n}}}}, true
}

// needed reports whether step at must run: it makes a flag live that was
// set, or whose effective value is not certainly the right one, or it belongs to no flag.
// A drill runs it in any case. One that was begun may have happened: that is looked at first.
func (w *work) needed(at int) (bool, []Look) {
	if w.p.Plan.Drill != "" || w.p.Steps[at].Tries > 0 {
		return true, nil
	}
	id, applies := w.p.Plan.Steps[at].Action, false
	var looks []Look
	for n, step := range w.p.Plan.Steps {
		if step.Kind != model.StepSet || step.Level != w.p.Plan.Steps[at].Level {
			continue
		}
		f := w.flag(n)
		if !slices.Contains(f.Apply, id) {
			continue
		}
		applies = true
		if w.p.Steps[n].Outcome != model.StepAlready {
			return true, nil
		}
		to := step.Changes[0].To
		if !w.f.Reads[f.ID] {
			if !liveSince(w.f.Flags, f) || !w.f.Flags[f.ID].Effective.Equal(to) {
				return true, nil // what was concluded once is older than its store
			}
			continue
		}
		uses, need := w.seen(Look{Flag: f.ID, Running: true}, to, 0)
		switch {
		case need != nil:
			looks = append(looks, *need)
		case !uses:
			return true, nil
		}
	}
	return !applies, looks
}

// mark has each witness that is still to be asked say what is old, as the level's
// action begins: its restarts, or its flags where it restarts nothing. Where that was
// begun before, what was marked then stands.
func (w *work) mark(level int, action model.StepKind) Do {
	if w.acts(level) != action || w.begun(level, action) || w.f.Marked[level] {
		return Do{}
	}
	var of []int
	for n, st := range w.p.Plan.Steps {
		if w.byWitness(n) && w.p.Steps[n].Outcome == "" && st.Kind == model.StepVerify {
			of = append(of, n)
		}
	}
	if len(of) == 0 {
		return Do{}
	}
	return Do{Begin: []Job{{Kind: JobMark, Level: level, Steps: of}}}
}

// remark moves the marks to when the level took effect: what was left before
// proves nothing, and is no fault of what came after. Of a level that restarts nothing
// only what must not be there counts from then.
func (w *work) remark(level int) (Do, bool) {
	if w.f.Marking {
		return Do{}, true
	}
	restarts := w.acts(level) == model.StepRun
	took := !restarts && w.begun(level, model.StepSet)
	for n, st := range w.p.Plan.Steps {
		took = took || st.Kind == model.StepRun && st.Level == level && w.p.Steps[n].Outcome == model.StepDone
	}
	if !took || w.f.Remarked[level] {
		return Do{}, false
	}
	var of []int
	for n, st := range w.p.Plan.Steps {
		if w.byWitness(n) && w.p.Steps[n].Marked && w.p.Steps[n].Outcome == "" && (restarts || st.Verify.Silent) {
			of = append(of, n)
		}
	}
	if len(of) == 0 {
		return Do{}, false
	}
	return Do{Begin: []Job{{Kind: JobRemark, Level: level, Steps: of}}}, true
}

func (w *work) byWitness(n int) bool {
	st := w.p.Plan.Steps[n]
	return st.Kind == model.StepVerify && st.Verify.Kind == model.VerifySource
}

// acts returns the kind of step by which the level takes effect.
func (w *work) acts(level int) model.StepKind {
	for _, st := range w.p.Plan.Steps {
		if st.Level == level && st.Kind == model.StepRun {
			return model.StepRun
		}
	}
	return model.StepSet
}

// begun reports whether a step of a kind was begun in the level.
func (w *work) begun(level int, kind model.StepKind) bool {
	for n, st := range w.p.Plan.Steps {
		if st.Level == level && st.Kind == kind && w.p.Steps[n].Tries > 0 {
			return true
		}
	}
	return false
}

// ran reports whether the level's actions were come to.
func (w *work) ran(level int) bool {
	for n, st := range w.p.Plan.Steps {
		if st.Level == level && st.Kind == model.StepRun && (w.p.Steps[n].Tries > 0 || w.p.Steps[n].Outcome != "" || w.isBusy(n)) {
			return true
		}
	}
	return false
}

// Restarted reports whether everything that makes the flag live was seen to
// have happened in this plan, after the flag was set, or was not needed because
// the running service uses the value since before.
func Restarted(p *model.PlanState, flags map[model.FlagID]model.FlagState, f *model.Flag) bool {
	now := levelNow(p)
	var set time.Time // when the plan had changed it
	for n, step := range p.Plan.Steps {
		if step.Kind == model.StepSet && step.Changes[0].Flag == f.ID && p.Steps[n].Outcome == model.StepDone && step.Level <= now {
			set = p.Steps[n].Ended
		}
	}
	for _, id := range f.Apply {
		seen := false
		for n, step := range p.Plan.Steps {
			if step.Kind != model.StepRun || step.Action != id || step.Level > now {
				continue
			}
			switch p.Steps[n].Outcome {
			case model.StepDone:
				seen = set.IsZero() || !p.Steps[n].Started.Before(set)
			case model.StepAlready:
				seen = set.IsZero()
			default:
				seen = false
			}
		}
		if !seen && !liveSince(flags, f) {
			return false
		}
	}
	return true
}

// levelNow returns the level that is at work: the highest that anything was begun of.
func levelNow(p *model.PlanState) int {
	at := 0
	for n, st := range p.Plan.Steps {
		if p.Steps[n].Tries > 0 || p.Steps[n].Outcome != "" && p.Steps[n].Outcome != model.StepSpared {
			at = max(at, st.Level)
		}
	}
	return at
}

// liveSince reports whether what the flag's store holds was in effect before this plan.
func liveSince(flags map[model.FlagID]model.FlagState, f *model.Flag) bool {
	s := flags[f.ID]
	return !s.Pending && s.Effective.Equal(s.Stored) && !s.StoredAt.After(s.EffectiveAt)
}
