package plan

import (
	"fmt"
	"strconv"

	"gonogo/model"
)

// markBelow notes on each set step of a rollback or flip what it takes back of
// the phases that were entered, and warns of what that means.
func markBelow(r *model.Rollout, s *model.State, p *model.Plan) {
	phase := r.Phase(s.Phase)
	if phase == nil || p.Kind != model.PlanRollback && p.Kind != model.PlanFlip {
		return
	}
	entered := *s
	entered.Below = nil // measured against the phase, however far below it the rollout stands
	set := model.EnteredFlags(r, &entered)
	name := phase.Title
	if name == "" {
		name = string(phase.ID)
	}
	marked := false
	for i := range p.Steps {
		st := &p.Steps[i]
		if st.Kind != model.StepSet {
			continue
		}
		for _, c := range st.Changes {
			want := model.ValueFor(set, c.Flag, model.Value{})
			if f := r.Flag(c.Flag); f != nil && !want.IsZero() && isLess(f, want, c.To, p.Kind) {
				st.Below = fmt.Sprintf("%s %s, below %s", c.Flag, short(st, c), name)
				marked = true
			}
		}
	}
	if marked && !p.Leaves && s.Below == nil {
		p.Warnings = append(p.Warnings, fmt.Sprintf("the rollout then stands below %s: its soak and signatures end; going on enters it again", name))
	}
}

// markShort notes what a way back to a phase leaves at less than that phase
// wants, as a way back never widens, and warns of what that means.
func markShort(r *model.Rollout, s *model.State, p *model.Plan) {
	phase := r.Phase(p.Phase)
	if phase == nil || !p.Leaves || p.Kind != model.PlanRollback && p.Kind != model.PlanEnter {
		return
	}
	wants := model.PhaseSettings(r, s, phase.ID)
	ends := map[model.FlagID]int{} // the step that sets it last
	for n, st := range p.Steps {
		for _, c := range st.Changes {
			ends[c.Flag] = n
		}
	}
	for n, st := range p.Steps {
		for _, c := range st.Changes {
			if ends[c.Flag] != n {
				continue
			}
			f := r.Flag(c.Flag)
			want := model.ValueFor(wants, c.Flag, model.Value{})
			if f == nil || want.IsZero() {
				continue
			}
			full, err := concrete(r, s, []model.Setting{{Flag: c.Flag, Value: want}}, false, nil)
			if err == nil && !full[0].Value.Equal(c.To) {
				p.Short = append(p.Short, full[0])
			}
		}
	}
	if len(p.Short) > 0 {
		name := phase.Title
		if name == "" {
			name = string(phase.ID)
		}
		p.Warnings = append(p.Warnings, fmt.Sprintf("the rollout then stands below %s: %s; going on enters it again", name, p.Lacks()))
	}
}

// isLess reports whether the value takes back something of what a phase set: any
// other value in a rollback, unless it is a number that is still beyond, and of a flip one that does not let more in.
func isLess(f *model.Flag, set, to model.Value, kind model.PlanKind) bool {
	switch {
	case to.Equal(set), isBeyond(f, set, to):
		return false
	case kind == model.PlanRollback || to.Equal(f.Safe):
		return true
	case f.Type == model.Number:
		a, errA := strconv.ParseFloat(to.Text, 64)
		b, errB := strconv.ParseFloat(set.Text, 64)
		return errA == nil && errB == nil && a < b
	}
	return !widens(f, set, to)
}

// isBeyond reports whether to, a number, is farther from the safe value than what was set: a rollback from what
// was never entered may pass by such a one.
func isBeyond(f *model.Flag, set, to model.Value) bool {
	if f.Type != model.Number || f.SafeKeep {
		return false
	}
	safe, err := strconv.ParseFloat(f.Safe.Text, 64)
	want, err2 := strconv.ParseFloat(set.Text, 64)
	is, err3 := strconv.ParseFloat(to.Text, 64)
	if err != nil || err2 != nil || err3 != nil || want == safe {
		return false
	}
	if want > safe {
		return is > want
	}
	return is < want
}

// short is a change in a few words; of one that changes nothing what is there.
func short(s *model.Step, c model.Change) string {
	if c.From.Equal(c.To) {
		return s.HowMany(c.To)
	}
	return s.HowMany(c.From) + " → " + s.HowMany(c.To)
}
