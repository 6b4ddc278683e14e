package model

import (
	"slices"
	"time"
)

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
// Where one goes before another, that is not before the other has ended: what a service says that
// is about to be restarted is no news.
func containIfSeen(s State, at time.Time) State {
	if p := s.Preempted; p != nil && p.Status == Running {
		return s
	}
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

// deepen forgets T2 as a way down goes on to another level, of which step n is
// the first to begin: the level before it was not enough.
func deepen(s State, id PlanID, n int) State {
	p, st := s.PlanOf(id), s.step(id, n)
	if st == nil || st.Level <= p.level() || !st.changes() {
		return s
	}
	was := p.ContainedAt
	s = onPlan(s, id, func(p *PlanState) { p.ContainedAt = time.Time{} })
	return onIncident(s, id, func(i *Incident) {
		if i.Contained.Equal(was) {
			i.Contained = time.Time{}
		}
	})
}

// level returns how deep p has gone: the highest level that has begun to change
// something, from 1.
func (p *PlanState) level() int {
	deepest := 1
	for n, st := range p.Plan.Steps {
		if begun := p.Steps[n]; st.changes() && (begun.Tries > 0 || begun.Outcome != "" && begun.Outcome != StepSpared && begun.Outcome != StepSkipped) {
			deepest = max(deepest, st.Level)
		}
	}
	return deepest
}

// changes reports whether the step changes something, rather than looks.
func (s *Step) changes() bool { return s.Kind == StepSet || s.Kind == StepRun }

// inEffect reports whether what p sets, of a way down in several levels what
// it does as far as it has gone, is in effect: read back from the running service, or, where that
// was not asked, stored, and every restart was seen to have happened.
func (s *State) inEffect(p *PlanState) bool {
	restarted, sets, level := true, false, p.level()
	for i, st := range p.Plan.Steps {
		if st.Kind == StepRun && st.Level <= level && !p.Steps[i].Outcome.OK() {
			restarted = false
		}
	}
	later := map[FlagID]bool{} // a deeper level sets it to something else
	for i, st := range slices.Backward(p.Plan.Steps) {
		if st.Kind != StepSet || st.Level > level {
			continue
		}
		sets = true
		for _, c := range st.Changes {
			if later[c.Flag] {
				continue
			}
			later[c.Flag] = true
			switch f := s.Flags[c.Flag]; {
			case !p.Steps[i].Outcome.OK():
				return false
			case !f.Effective.IsZero() && !f.Inferred && f.Effective.Equal(c.To):
			case !f.Effective.IsZero() && !f.Inferred, !restarted:
				return false
			}
		}
	}
	return sets || restarted && len(p.Plan.Steps) > 0
}
