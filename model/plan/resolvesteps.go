package plan

import (
	"cmp"
	"fmt"
	"slices"

	"gonogo/model"
)

// containSteps returns one set step a flag, ordered so that nothing in between
// is more open than the start: what narrows goes first, what widens waits for
// its masters to be off, where the plan turns them off, and goes before them, where it turns them on. The executor writes those of one file at once.
func containSteps(r *model.Rollout, s *model.State, settings []model.Setting, down bool) []model.Step {
	var narrow, widen []model.Step
	for _, set := range settings {
		f := r.Flag(set.Flag)
		if f == nil {
			continue
		}
		from := s.Flags[f.ID].Stored
		st := model.Step{
			Stage: model.StageContain, Kind: model.StepSet, Timeout: model.SetTimeout,
			Changes: []model.Change{{Flag: f.ID, From: from, To: set.Value}}, Everyone: cmp.Or(f.Everyone(from), f.Everyone(set.Value)),
		}
		st.Title = fmt.Sprintf("%s: %s", f.ID, st.Change(st.Changes[0]))
		if widens(f, from, set.Value) {
			st.After = offMasters(f, settings)
			if down && len(st.After) == 0 && f.Opens(set.Value) {
				st.After = f.Needs // whoever switches them off: never under a master that is on
			}
			widen = append(widen, st)
		} else {
			narrow = append(narrow, st)
		}
	}
	// A master opens only once what hangs on it is in place.
	slices.SortStableFunc(widen, func(a, b model.Step) int {
		return depth(r, b.Changes[0].Flag) - depth(r, a.Changes[0].Flag)
	})
	for i := range widen {
		widen[i].Wave = 1
		if i > 0 {
			widen[i].Wave = widen[i-1].Wave
			if depth(r, widen[i].Changes[0].Flag) < depth(r, widen[i-1].Changes[0].Flag) {
				widen[i].Wave++
			}
		}
	}
	return append(narrow, widen...)
}

// depth returns how many masters stand above flag id, one above the other.
func depth(r *model.Rollout, id model.FlagID) int {
	f := r.Flag(id)
	if f == nil {
		return 0
	}
	deepest := 0
	for _, need := range f.Needs {
		deepest = max(deepest, 1+depth(r, need))
	}
	return deepest
}

// widens reports whether going from one value to the other may let more
// traffic in: a switch turned on, a list that gains items, or loses its last
// where empty means everyone.
func widens(f *model.Flag, from, to model.Value) bool {
	switch f.Type {
	case model.Bool:
		return to.Equal(model.BoolValue(true))
	case model.List:
		if from.IsZero() {
			return true // not observed: who is on it now cannot be told
		}
		if len(to.Items) == 0 {
			return f.Empty == "everyone"
		}
		if len(from.Items) == 0 {
			return f.Empty != "everyone"
		}
		for _, item := range to.Items {
			if !slices.Contains(from.Items, item) {
				return true
			}
		}
		return false
	}
	return true
}

// offMasters returns the masters of f that the same plan turns off.
func offMasters(f *model.Flag, settings []model.Setting) []model.FlagID {
	var out []model.FlagID
	for _, need := range f.Needs {
		if model.ValueFor(settings, need, model.Value{}).Equal(model.BoolValue(false)) {
			out = append(out, need)
		}
	}
	return out
}

// runSteps returns what must run after the settings: what their flags apply
// by, then what the rollback lists, each once.
func runSteps(r *model.Rollout, settings []model.Setting, also []model.ActionID) []model.Step {
	var ids []model.ActionID
	add := func(more []model.ActionID) {
		for _, id := range more {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, set := range settings {
		if f := r.Flag(set.Flag); f != nil {
			add(f.Apply)
		}
	}
	add(also)
	var out []model.Step
	for _, id := range ids {
		if a := r.Action(id); a != nil {
			out = append(out, model.Step{
				Stage: model.StageApply, Kind: model.StepRun, Title: a.Title, Action: id,
				Preview: a.Preview, Idempotent: a.Idempotent, Timeout: a.Timeout,
			})
		}
	}
	return out
}

func verifyStep(r *model.Rollout, v model.Verify) model.Step {
	if v.Title == "" {
		switch v.Kind {
		case model.VerifyFlag:
			v.Title = fmt.Sprintf("%s is %s", v.Flag, v.Is.Brief())
			if f := r.Flag(v.Flag); f != nil && f.Effective {
				v.Title += " in the running service"
			}
		case model.VerifyMetric:
			v.Title = fmt.Sprintf("%s %s", v.Metric, v.Target.Text)
		}
	}
	return model.Step{Stage: model.StageVerify, Kind: model.StepVerify, Title: v.Title, Verify: &v, Timeout: v.Within}
}
