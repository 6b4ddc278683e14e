package model

import "slices"

// PlanSigned returns the signature of the plan as a whole under the name id. It counts only for
// the config that was signed.
func (s *State) PlanSigned(r *Rollout, id CheckID) (CheckState, bool) {
	sig, ok := s.SignOff[id]
	return sig, ok && sig.Config == r.ConfigHash
}

// PlanUnsigned returns what is to be signed of the plan before its first phase, and is not;
// none once a phase was entered.
func (s *State) PlanUnsigned(r *Rollout) []Check {
	var out []Check
	for _, c := range r.SignOff {
		if _, signed := s.PlanSigned(r, c.ID); !signed && s.Phase == "" {
			out = append(out, c)
		}
	}
	return out
}

// PlanCheck returns the signature of the plan, or the approval of a phase, called id, or nil.
func (r *Rollout) PlanCheck(id CheckID) *Check {
	if c := find(r.SignOff, func(c *Check) bool { return c.ID == id }); c != nil || !id.IsApproval() {
		return c
	}
	for i := range r.Phases {
		all := r.Phases[i].Approvals()
		if c := find(all, func(c *Check) bool { return c.ID == id }); c != nil {
			return c
		}
	}
	return nil
}

// JudgedChecks returns the checks that count where the rollout stands: before the first phase
// the plan's own signatures, those of the phase that is judged, and the approvals of the next.
func (r *Rollout) JudgedChecks(s *State) []Check {
	phase := r.JudgedPhase(s.Phase)
	if phase == nil {
		return nil
	}
	var plan []Check
	if s.Phase == "" {
		plan = append(plan, r.SignOff...)
	}
	approvals := r.Upward(s).Approvals()
	if len(plan)+len(approvals) == 0 {
		return phase.Checks
	}
	return slices.Concat(plan, phase.Checks, approvals)
}

// Result returns what is known of a check of JudgedChecks.
func (s *State) Result(r *Rollout, c *Check) (CheckState, bool) {
	if c.Kind == CheckPlan {
		return s.PlanSigned(r, c.ID)
	}
	result, known := s.Checks[c.ID]
	return result, known
}

// applyPlanSigned folds a signature of the plan, or that it was taken back. Once a phase was
// entered it stands as it is; the approval of a phase, until that is entered.
func applyPlanSigned(s State, id CheckID, sig CheckState) State {
	if s.Phase == "" || id.IsApproval() {
		s.SignOff = with(s.SignOff, id, sig)
	}
	return s
}
