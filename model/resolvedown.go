package model

import "slices"

func resolveRollback(r *Rollout, s *State, in Intent) (Plan, error) {
	b := r.EmergencyRollback()
	if in.Rollback != "" {
		b = r.Rollback(in.Rollback)
	}
	if b == nil {
		return Plan{}, refuse("there is no rollback %q", in.Rollback)
	}
	settings, err := rollbackSettings(r, s, b)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Kind: PlanRollback, Title: b.Title, Rollback: b.ID, Emergency: b.Emergency, Budget: b.Budget, Phase: s.Phase}
	p.Steps = append(containSteps(r, s, settings), runSteps(r, settings, b.Run)...)
	for _, v := range b.Verify {
		if v.Kind == VerifyFlag && v.Flag == "phase" {
			for _, set := range settings {
				one := v
				one.Flag, one.Is, one.Title = set.Flag, set.Value, ""
				p.Steps = append(p.Steps, verifyStep(r, one))
			}
			continue
		}
		if v.Kind == VerifyFlag && v.Is.IsZero() {
			v.Is = valueFor(settings, v.Flag, s.Flags[v.Flag].Stored)
		}
		p.Steps = append(p.Steps, verifyStep(r, v))
	}
	switch b.Scope {
	case ScopeSafe:
		p.Leaves, p.Phase = s.Phase != "", ""
	case ScopePhase:
		p.Leaves, p.Phase = true, before(r, s.Phase)
	}
	return p, nil
}

func before(r *Rollout, id PhaseID) PhaseID {
	if i := r.PhaseIndex(id); i > 0 {
		return r.Phases[i-1].ID
	}
	return ""
}

func valueFor(settings []Setting, id FlagID, otherwise Value) Value {
	for _, set := range settings {
		if set.Flag == id {
			return set.Value
		}
	}
	return otherwise
}

// rollbackSettings returns what rollback b sets, masters before what needs them.
func rollbackSettings(r *Rollout, s *State, b *Rollback) ([]Setting, error) {
	var out []Setting
	switch b.Scope {
	case ScopeSafe:
		for _, f := range r.Flags {
			if !f.SafeKeep {
				out = append(out, Setting{f.ID, f.Safe})
			}
		}
	case ScopePhase:
		p := r.Phase(s.Phase)
		if p == nil {
			return nil, refuse("no phase was entered, so %q has nothing to take back", b.ID)
		}
		out = phaseBack(r, p)
		if len(out) == 0 {
			return nil, refuse("phase %q sets no flag, so %q has nothing to take back", p.ID, b.ID)
		}
	default:
		out = slices.Clone(b.Set)
	}
	return out, nil
}

// phaseBack returns the flags of p with the value that the phases before it
// give them, or the safe one.
func phaseBack(r *Rollout, p *Phase) []Setting {
	earlier := map[FlagID]Value{}
	for _, q := range r.Phases[:r.PhaseIndex(p.ID)] {
		for _, set := range q.Flags {
			earlier[set.Flag] = set.Value
		}
	}
	var out []Setting
	for _, set := range p.Flags {
		if v, ok := earlier[set.Flag]; ok {
			out = append(out, Setting{set.Flag, v})
		} else if f := r.Flag(set.Flag); f != nil && !f.SafeKeep {
			out = append(out, Setting{f.ID, f.Safe})
		}
	}
	return out
}
