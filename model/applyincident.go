package model

import "time"

// gateChanged folds a headline. A NO-GO that rests on a metric begins a breach, and
// only a GO ends it: a source that is lost meanwhile tells nothing, and a step down
// that was verified is not the end of what goes wrong.
func gateChanged(s State, r Record, e GateChanged) State {
	if e.To != s.Headline {
		s.HeadlineSince = r.At
	}
	s.Headline = e.To
	switch {
	case e.To == GO:
		s.Breach = Breach{}
	case e.Breach != "":
		s = breached(s, r.At, e.Breach)
	}
	return s
}

// breached notes since when something was seen to go wrong, unless it is noted already.
func breached(s State, at time.Time, why string) State {
	if s.Breach.Since.IsZero() {
		s.Breach = Breach{Since: at, Why: why}
	}
	return s
}

// beginIncident starts the clock at a rollback that fires because something is
// wrong: it answers to a breach, or is the emergency's or the guard's. It goes on where it
// runs since an earlier one. A planned way down, and a drill, are none.
func beginIncident(s State, r Record, e PlanFired) State {
	p := s.Plan
	if p == nil || p.Plan.ID != e.Plan || p.Plan.Kind != PlanRollback || p.Plan.Drill != "" {
		return s
	}
	if e.Breach.IsZero() && !p.Plan.Emergency && !p.Plan.Guard && !s.Incident.Open() {
		return s
	}
	i := Incident{Breach: e.Breach, Why: e.Why, Fired: r.At}
	if s.Incident.Open() {
		i = *s.Incident
	}
	i.Plan, i.Outcome = e.Plan, ""
	s.Incident = &i
	return s
}

// endIncident folds the end of a rollback into the incident. One that failed,
// though nothing was wrong when it was fired, begins an incident.
func endIncident(s State, r Record, e PlanEnded) State {
	p := s.PlanOf(e.Plan)
	if p == nil || p.Plan.Kind != PlanRollback || p.Plan.Drill != "" || p.FiredAt.IsZero() {
		return s
	}
	about := s.Incident != nil && s.Incident.Plan == e.Plan
	if failed := e.Outcome != Verified && e.Outcome != Inferred && e.Outcome != Cancelled; failed && !about && !s.Incident.Open() {
		s.Incident = &Incident{Fired: p.FiredAt, Plan: e.Plan}
	}
	return onIncident(s, e.Plan, func(i *Incident) {
		i.Outcome = e.Outcome
		if i.Contained.IsZero() {
			i.Contained = p.ContainedAt
		}
		if e.Outcome == Verified {
			i.Verified = r.At
		}
	})
}

// onIncident returns s with a changed copy of its incident, if that is open and
// about plan id.
func onIncident(s State, id PlanID, change func(*Incident)) State {
	if !s.Incident.Open() || s.Incident.Plan != id {
		return s
	}
	i := *s.Incident
	change(&i)
	s.Incident = &i
	return s
}

// containIfSeen notes T2 of the plans that run, once what they set is in effect.
func containIfSeen(s State, at time.Time) State {
	for _, p := range []*PlanState{s.Plan, s.Preempted} {
		if p == nil || p.Status != Running || !p.ContainedAt.IsZero() || p.Plan.Kind == PlanDrill || !s.inEffect(p) {
			continue
		}
		id := p.Plan.ID
		s = onPlan(s, id, func(p *PlanState) { p.ContainedAt = at })
		s = onIncident(s, id, func(i *Incident) {
			if i.Contained.IsZero() {
				i.Contained = at
			}
		})
	}
	return s
}

// inEffect reports whether what p sets, of a way down in several levels what
// its first level does, is in effect: read back from the running service, or, where that
// was not asked, stored, and every restart was seen to have happened.
func (s *State) inEffect(p *PlanState) bool {
	restarted, sets := true, false
	for i, st := range p.Plan.Steps {
		if st.Kind == StepRun && st.Level <= 1 && !p.Steps[i].Outcome.OK() {
			restarted = false
		}
	}
	for i, st := range p.Plan.Steps {
		if st.Kind != StepSet || st.Level > 1 {
			continue
		}
		sets = true
		if !p.Steps[i].Outcome.OK() {
			return false
		}
		for _, c := range st.Changes {
			switch f := s.Flags[c.Flag]; {
			case !f.Effective.IsZero() && !f.Inferred && f.Effective.Equal(c.To):
			case !f.Effective.IsZero() && !f.Inferred, !restarted:
				return false
			}
		}
	}
	return sets || restarted && len(p.Plan.Steps) > 0
}
