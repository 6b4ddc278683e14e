package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"gonogo/model"
)

// hasLevels reports whether entering next goes up in levels: it has actions before or after, or
// levels by which it is entered again, and was entered before.
func hasLevels(s *model.State, next *model.Phase, back bool) bool {
	return !back && (len(next.Before)+len(next.After) > 0 || len(next.Again) > 0 && s.LastAttempt(next.ID) != nil)
}

// ascent builds the steps of a way up in several levels.
type ascent struct {
	r     *model.Rollout
	at    model.State // as each level finds it
	steps []model.Step
	level int
}

// run adds a level of actions before or after the flags.
func (a *ascent) run(stage model.Stage, ids []model.ActionID) {
	first := len(a.steps)
	a.add(nil, ids, nil)
	for i := range a.steps[first:] {
		a.steps[first+i].Stage = stage
	}
}

// add adds a level: what it sets and runs, that it is in effect, and then its wait.
func (a *ascent) add(sets []model.Setting, run []model.ActionID, wait *model.Level) {
	a.level++
	more := append(containSteps(a.r, &a.at, sets, false), runSteps(a.r, sets, run)...)
	for _, set := range sets {
		more = append(more, verifyStep(a.r, model.Verify{Kind: model.VerifyFlag, Flag: set.Flag, Is: set.Value, Within: verifyWithin}))
		f := a.at.Flags[set.Flag]
		f.Stored = set.Value
		a.at.Flags[set.Flag] = f
	}
	if wait != nil && wait.Wait > 0 {
		more = append(more, climbStep(wait))
	}
	for i := range more {
		more[i].Level = a.level
	}
	a.steps = append(a.steps, more...)
}

// inLevels returns the steps by which next is entered in levels: its actions before, and where it was
// entered before its levels that let in more than what stands, each of which sets what the phase
// sets, but for what it says otherwise; then settings, which are all that the phase
// sets; and its actions after. A level that is not done as it should ends the way up.
func inLevels(r *model.Rollout, s *model.State, next *model.Phase, settings []model.Setting) ([]model.Step, error) {
	a := &ascent{r: r, at: *s}
	a.at.Flags = maps.Clone(s.Flags)
	if a.at.Flags == nil {
		a.at.Flags = map[model.FlagID]model.FlagState{}
	}
	if len(next.Before) > 0 {
		a.run(model.StageBefore, next.Before)
	}
	for i := range next.Again {
		if s.LastAttempt(next.ID) == nil {
			break
		}
		l := &next.Again[i]
		sets, err := concrete(r, &a.at, over(settings, l.Set), false, nil)
		if err != nil {
			return nil, err
		}
		if rises(r, &a.at, sets) {
			a.add(sets, l.Run, l)
		}
	}
	last, err := concrete(r, &a.at, settings, false, nil)
	if err != nil {
		return nil, err
	}
	if a.level == 0 && len(next.After) == 0 {
		return forwardSteps(r, s, last, false), nil
	}
	if len(last) > 0 {
		a.add(last, nil, nil)
	}
	if len(next.After) > 0 {
		a.run(model.StageAfter, next.After)
	}
	return a.steps, nil
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

// upBudget is the time for entering next in levels: that of each, with its wait and its actions.
func upBudget(r *model.Rollout, s *model.State, next *model.Phase) time.Duration {
	out := model.ForwardBudget
	for _, id := range slices.Concat(next.Before, next.After) {
		if a := r.Action(id); a != nil {
			out += a.Timeout
		}
	}
	if s.LastAttempt(next.ID) != nil {
		for _, l := range next.Again {
			out += l.Wait + model.ForwardBudget
		}
	}
	return out
}
