package model

import (
	"maps"
	"slices"
)

// RollbackOpen returns the rollback that runs, or ended without having been
// confirmed, and after which no phase was entered; nil if there is none. While there is
// one the rollout is not safe, whether or not it is an incident.
func (s *State) RollbackOpen() *PlanState {
	p := s.LastDown
	switch {
	case p == nil, p.Status != Running && (p.Outcome == Verified || !p.ConfirmedAt.IsZero() || p.WentOn):
		return nil
	}
	return p
}

// ReadBack reports whether everything that the open rollback set is known by now
// to be as it set it, read back from the running service, and since then; and whether that
// answers all that was in doubt. A flag without a restart is in effect as soon as it is stored.
func (s *State) ReadBack(r *Rollout) bool {
	p := s.RollbackOpen()
	if p == nil || p.Status != Ended || p.Outcome != Inferred && p.Outcome != Unverified {
		return false
	}
	want := p.LastSet()
	for i, st := range p.Plan.Steps {
		if i < len(p.Steps) && p.Steps[i].Outcome.OK() {
			continue
		}
		if st.Kind != StepRun && (st.Kind != StepVerify || st.Verify.Kind != VerifyFlag) {
			return false // reading flags back says nothing about it
		}
		if st.Kind == StepVerify {
			want[st.Verify.Flag] = st.Verify.Is
		}
	}
	for id, to := range want {
		spec, f := r.Flag(id), s.Flags[id]
		switch {
		case spec == nil:
			return false
		case !f.Stored.Equal(to), f.StoredErr != "":
			return false
		case !spec.Effective && spec.EffectiveMetric == "" && len(spec.Apply) == 0:
		case !spec.Effective && spec.EffectiveMetric == "", f.Inferred, f.EffectErr != "", !f.Effective.Equal(to):
			return false
		}
	}
	return len(want) > 0
}

// LastSet returns what the plan's set steps that went through leave each flag at.
func (p *PlanState) LastSet() map[FlagID]Value {
	out := map[FlagID]Value{}
	for i, st := range p.Plan.Steps {
		if st.Kind != StepSet || i >= len(p.Steps) || p.Steps[i].Outcome != StepDone && p.Steps[i].Outcome != StepAlready {
			continue
		}
		for _, c := range st.Changes {
			out[c.Flag] = c.To
		}
	}
	return out
}

// Contradicts returns the first flag that is seen to have another value than the ended
// rollback p was to give it, in its store or read back from the running service, and
// that value; "" where none is. What cannot be seen contradicts nothing.
func (s *State) Contradicts(p *PlanState) (FlagID, Value) {
	want := map[FlagID]Value{}
	for i, st := range p.Plan.Steps {
		if st.Kind == StepSet && i < len(p.Steps) && p.Steps[i].Outcome != StepSpared {
			for _, c := range st.Changes {
				want[c.Flag] = c.To
			}
		}
		if st.Kind == StepVerify && st.Verify.Kind == VerifyFlag {
			want[st.Verify.Flag] = st.Verify.Is
		}
	}
	for _, id := range slices.Sorted(maps.Keys(want)) {
		f, to := s.Flags[id], want[id]
		switch {
		case !f.Stored.IsZero() && f.StoredErr == "" && !f.Stored.Equal(to):
			return id, f.Stored
		case !f.Effective.IsZero() && !f.Inferred && f.EffectErr == "" && !f.Effective.Equal(to):
			return id, f.Effective
		}
	}
	return "", Value{}
}

// applyConfirm folds what came of a rollback after its end.
func applyConfirm(s State, r Record) State {
	switch e := r.Event.(type) {
	case StillConfirmed:
		return onDown(s, e.Plan, func(p *PlanState) { p.LookedAt, p.LookedNote = r.At, "" })
	case NotConfirmed:
		return onDown(s, e.Plan, func(p *PlanState) { p.LookedAt, p.LookedNote = r.At, e.Reason })
	case Confirmed:
		s = onDown(s, e.Plan, func(p *PlanState) {
			p.ConfirmedAt, p.ConfirmedBy, p.Confirmed, p.ConfirmNote = r.At, r.By, e.How, e.Reason
			if p.ContainedAt.IsZero() {
				p.ContainedAt = r.At
			}
		})
		return onIncident(s, e.Plan, func(i *Incident) { i.Verified = r.At })
	}
	return s
}

// onDown returns s with a changed copy of its last rollback, if that is id.
func onDown(s State, id PlanID, change func(*PlanState)) State {
	if s.LastDown == nil || s.LastDown.Plan.ID != id {
		return s
	}
	p := *s.LastDown
	change(&p)
	s.LastDown = &p
	if s.Plan != nil && s.Plan.Plan.ID == id {
		s.Plan = &p
	}
	return s
}
