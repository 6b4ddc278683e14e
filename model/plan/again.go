package plan

import (
	"fmt"
	"maps"
	"strconv"

	"gonogo/model"
)

// reenters reports whether entering next goes up level by level: the phase has levels for that, and
// was entered before.
func reenters(s *model.State, next *model.Phase, back bool) bool {
	return !back && len(next.Again) > 0 && s.LastAttempt(next.ID) != nil
}

// againSteps returns the steps by which a phase that was entered before is entered again: those of
// its levels that let in more than what stands, and then settings, which are all that the phase
// sets. Each level sets that, too, but for what it says otherwise.
func againSteps(r *model.Rollout, s *model.State, next *model.Phase, settings []model.Setting) ([]model.Step, error) {
	at := *s // the state as each level finds it
	at.Flags = maps.Clone(s.Flags)
	if at.Flags == nil {
		at.Flags = map[model.FlagID]model.FlagState{}
	}
	var steps []model.Step
	level := 0
	add := func(sets []model.Setting, run []model.ActionID, wait *model.Level) {
		level++
		more := append(containSteps(r, &at, sets, false), runSteps(r, sets, run)...)
		for _, set := range sets {
			more = append(more, verifyStep(r, model.Verify{Kind: model.VerifyFlag, Flag: set.Flag, Is: set.Value, Within: verifyWithin}))
			f := at.Flags[set.Flag]
			f.Stored = set.Value
			at.Flags[set.Flag] = f
		}
		if wait != nil && wait.Wait > 0 {
			more = append(more, climbStep(wait))
		}
		for i := range more {
			more[i].Level = level
		}
		steps = append(steps, more...)
	}
	for i := range next.Again {
		l := &next.Again[i]
		sets, err := concrete(r, &at, over(settings, l.Set), false, nil)
		if err != nil {
			return nil, err
		}
		if rises(r, &at, sets) {
			add(sets, l.Run, l)
		}
	}
	last, err := concrete(r, &at, settings, false, nil)
	if err != nil {
		return nil, err
	}
	if level == 0 {
		return forwardSteps(r, s, last, false), nil
	}
	add(last, nil, nil)
	return steps, nil
}

// over returns settings, with what own says in place of theirs.
func over(settings, own []model.Setting) []model.Setting {
	out := append([]model.Setting(nil), settings...)
	for _, set := range own {
		found := false
		for i := range out {
			if out[i].Flag == set.Flag {
				out[i], found = set, true
			}
		}
		if !found {
			out = append(out, set)
		}
	}
	return out
}

// rises reports whether one of the settings lets in more than what stands in s.
func rises(r *model.Rollout, s *model.State, sets []model.Setting) bool {
	for _, set := range sets {
		f := r.Flag(set.Flag)
		if f == nil {
			continue
		}
		from := s.Flags[f.ID].Stored
		if f.Type == model.Number {
			was, err := strconv.ParseFloat(from.Text, 64)
			is, err2 := strconv.ParseFloat(set.Value.Text, 64)
			if err != nil || err2 != nil || is > was {
				return true
			}
			continue
		}
		if !from.Equal(set.Value) && widens(f, from, set.Value) {
			return true
		}
	}
	return false
}

func climbStep(l *model.Level) model.Step {
	title := "wait " + model.FormatDuration(l.Wait)
	if len(l.Until) > 0 {
		title += "; go on up if on target: " + joined(l.Until)
	}
	return model.Step{Stage: model.StageHold, Kind: model.StepHold, Title: title, Until: l.Until, Timeout: l.Wait}
}

// climbs reports whether a way up may go on past a level: everything of it is in effect, and what
// it waited for is on target.
func (w *work) climbs(level int) bool {
	for n, st := range w.p.Plan.Steps {
		if st.Level == level && st.Kind == model.StepHold && !w.p.Steps[n].Outcome.OK() {
			return false
		}
	}
	return w.levelSeen(level)
}

// stopsAt ends a way up at a level, with what was not begun.
func (w *work) stopsAt(level int) Do {
	if w.busy() {
		return Do{}
	}
	if do, more := w.endRest(fmt.Sprintf("the way up stopped at level %d", level)); more {
		return do
	}
	return w.finish()
}
