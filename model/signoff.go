package model

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

// PlanCheck returns the signature of the plan called id that is asked for, or nil.
func (r *Rollout) PlanCheck(id CheckID) *Check {
	return find(r.SignOff, func(c *Check) bool { return c.ID == id })
}

// JudgedChecks returns the checks that count where the rollout stands: before the first phase
// the plan's own signatures, and those of the phase that is judged.
func (r *Rollout) JudgedChecks(s *State) []Check {
	phase := r.JudgedPhase(s.Phase)
	switch {
	case phase == nil:
		return nil
	case s.Phase == "" && len(r.SignOff) > 0:
		return append(append([]Check(nil), r.SignOff...), phase.Checks...)
	}
	return phase.Checks
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
// entered it stands as it is.
func applyPlanSigned(s State, id CheckID, sig CheckState) State {
	if s.Phase == "" {
		s.SignOff = with(s.SignOff, id, sig)
	}
	return s
}
