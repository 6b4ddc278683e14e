package model

import (
	"fmt"
	"slices"
)

// containSteps returns one set step a flag, ordered so that nothing in between
// is more open than the start: what narrows goes first, what widens waits for
// its masters to be off, where the plan turns them off, and goes before them, where it turns them on. The executor writes those of one file at once.
func containSteps(r *Rollout, s *State, settings []Setting, down bool) []Step {
	var narrow, widen []Step
	for _, set := range settings {
		f := r.Flag(set.Flag)
		if f == nil {
			continue
		}
		from := s.Flags[f.ID].Stored
		st := Step{
			Stage: StageContain, Kind: StepSet, Timeout: SetTimeout,
			Changes: []Change{{f.ID, from, set.Value}}, Everyone: everyone(f, from, set.Value),
		}
		st.Title = fmt.Sprintf("%s: %s", f.ID, st.Change(st.Changes[0]))
		if widens(f, from, set.Value) {
			st.After = offMasters(f, settings)
			if down && len(st.After) == 0 && opens(f, set.Value) {
				st.After = f.Needs // whoever switches them off: never under a master that is on
			}
			widen = append(widen, st)
		} else {
			narrow = append(narrow, st)
		}
	}
	// A master opens only once what hangs on it is in place.
	slices.SortStableFunc(widen, func(a, b Step) int {
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
func depth(r *Rollout, id FlagID) int {
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

// opens reports whether the value lets everyone in.
func opens(f *Flag, v Value) bool {
	return f.Type == List && f.Empty == "everyone" && len(v.Items) == 0
}

// widens reports whether going from one value to the other may let more
// traffic in: a switch turned on, a list that gains items, or loses its last
// where empty means everyone.
func widens(f *Flag, from, to Value) bool {
	switch f.Type {
	case Bool:
		return to.Equal(BoolValue(true))
	case List:
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
func offMasters(f *Flag, settings []Setting) []FlagID {
	var out []FlagID
	for _, need := range f.Needs {
		if valueFor(settings, need, Value{}).Equal(BoolValue(false)) {
			out = append(out, need)
		}
	}
	return out
}

// runSteps returns what must run after the settings: what their flags apply
// by, then what the rollback lists, each once.
func runSteps(r *Rollout, settings []Setting, also []ActionID) []Step {
	var ids []ActionID
	add := func(more []ActionID) {
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
	var out []Step
	for _, id := range ids {
		if a := r.Action(id); a != nil {
			out = append(out, Step{
				Stage: StageApply, Kind: StepRun, Title: a.Title, Action: id,
				Preview: a.Preview, Idempotent: a.Idempotent, Timeout: a.Timeout,
			})
		}
	}
	return out
}

func verifyStep(r *Rollout, v Verify) Step {
	if v.Title == "" {
		switch v.Kind {
		case VerifyFlag:
			v.Title = fmt.Sprintf("%s is %s", v.Flag, v.Is.Brief())
			if f := r.Flag(v.Flag); f != nil && f.Effective {
				v.Title += " in the running service"
			}
		case VerifyMetric:
			v.Title = fmt.Sprintf("%s %s", v.Metric, v.Target.Text)
		}
	}
	return Step{Stage: StageVerify, Kind: StepVerify, Title: v.Title, Verify: &v, Timeout: v.Within}
}
