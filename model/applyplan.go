package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// applyPlan folds the events of plans.
func applyPlan(s State, r Record) State {
	switch e := r.Event.(type) {
	case PlanArmed:
		if p := s.Plan; p != nil && p.Plan.ID == e.Plan.ID && p.Status == Armed {
			return onPlan(s, e.Plan.ID, func(p *PlanState) {
				p.Plan, p.ArmedAt, p.ArmedSeq, p.FireAt, p.Steps = e.Plan, r.At, r.Seq, e.FireAt, make([]StepState, len(e.Plan.Steps))
			})
		}
		if s.Plan != nil && s.Plan.Status == Running {
			s.Preempted = s.Plan
		}
		s.Plan = &PlanState{
			Plan: e.Plan, Status: Armed, By: r.By, ArmedAt: r.At, ArmedSeq: r.Seq, FireAt: e.FireAt,
			Steps: make([]StepState, len(e.Plan.Steps)),
		}
	case PlanVetoed:
		if !e.Until.IsZero() {
			s.Guard.Veto, s.Guard.VetoBy, s.Guard.VetoNote = e.Until, r.By, e.Reason
		}
		return onPlan(s, e.Plan, func(p *PlanState) {
			p.Status, p.EndedAt, p.Note, p.Outcome, p.StoppedBy = Vetoed, r.At, e.Reason, Cancelled, r.By
		})
	case EvidenceMarked:
		return onStep(s, e.Plan, e.Step, func(t *StepState) { t.Mark, t.Marked = e.Mark, e.Err == "" })
	case Notified:
		return onPlan(s, e.Plan, func(p *PlanState) {
			p.Notified = append(slices.Clone(p.Notified), Notice{e.Action, e.Title, e.Err})
		})
	case PlanFired:
		if s.Plan != nil && s.Plan.Plan.ID == e.Plan && s.Plan.Plan.Guard && len(s.Plan.Plan.Parts) == 0 {
			s.Guard.Spent = true
		}
		s = onPlan(s, e.Plan, func(p *PlanState) {
			p.Status, p.FiredAt, p.FiredBy = Running, r.At, r.By
		})
		return beginIncident(s, r, e)
	case ManualSigned:
		return applyManual(s, r, e)
	case PlanJoined:
		return onPlan(s, e.Plan, func(p *PlanState) { p.Joined = append(slices.Clone(p.Joined), r.By) })
	case StepIntended:
		return intendStep(deepen(s, e.Plan, e.Step), r, e)
	case StepEnded:
		if e.Outcome != StepSpared && e.Outcome != StepSkipped {
			s = deepen(s, e.Plan, e.Step)
		}
		return endStep(s, r, e)
	case PlanEnded:
		return endPlan(s, r, e)
	case Confirmed, NotConfirmed, StillConfirmed:
		return applyConfirm(s, r)
	}
	return s
}

// onPlan returns s with a changed copy of its plan, if that is id.
func onPlan(s State, id PlanID, change func(*PlanState)) State {
	was := s.PlanOf(id)
	if was == nil {
		return s
	}
	p := *was
	change(&p)
	newest := was == s.Plan
	if newest {
		s.Plan = &p
	} else if s.Preempted = &p; p.Status == Ended {
		s.Preempted = nil
	}
	if last := s.LastDown; p.Plan.Kind == PlanRollback && p.Plan.Drill == "" && !p.FiredAt.IsZero() && (newest || last == nil || last.Plan.ID == id) {
		s.LastDown = &p
	}
	return s
}

func onStep(s State, id PlanID, n int, change func(*StepState)) State {
	return onPlan(s, id, func(p *PlanState) {
		if n >= 0 && n < len(p.Steps) {
			p.Steps = slices.Clone(p.Steps)
			change(&p.Steps[n])
		}
	})
}

// intendStep also marks what the step is about to set as pending: only an
// observation ends that.
func intendStep(s State, r Record, e StepIntended) State {
	s = onStep(s, e.Plan, e.Step, func(t *StepState) {
		t.Tries, t.Before, t.Again = e.Try, e.Before, t.Again || t.Outcome != ""
		if t.Started.IsZero() {
			t.Started = r.At
		}
	})
	st := s.step(e.Plan, e.Step)
	if st == nil || s.PlanOf(e.Plan).Plan.Kind == PlanDrill {
		return s
	}
	for _, c := range st.Changes {
		f := s.Flags[c.Flag]
		f.Want = c.To
		f.Pending = !f.Stored.Equal(c.To) || !f.Effective.Equal(c.To)
		s.Flags = with(s.Flags, c.Flag, f)
	}
	return s
}

// wasEnough gives a hold that was journaled before there was StepEnough its
// outcome: then only the beginning of its detail told. Nothing else reads that text.
func wasEnough(st *Step, e StepEnded) StepEnded {
	if st != nil && st.Kind == StepHold && e.Outcome == StepDone && strings.HasPrefix(e.Detail, "enough: ") {
		e.Outcome = StepEnough
	}
	return e
}

func endStep(s State, r Record, e StepEnded) State {
	again := false // it was looked at once more, and has fallen
	e = wasEnough(s.step(e.Plan, e.Step), e)
	s = onStep(s, e.Plan, e.Step, func(t *StepState) {
		again = t.Outcome != ""
		t.Ended, t.Outcome, t.Detail, t.Output = r.At, e.Outcome, e.Detail, e.Output
		t.Seen = cmp.Or(e.Seen, t.Seen)
		if t.Started.IsZero() {
			t.Started = r.At
		}
	})
	st := s.step(e.Plan, e.Step)
	if st == nil || s.PlanOf(e.Plan).Plan.Kind == PlanDrill || e.Outcome == StepSpared {
		return s
	}
	switch {
	case st.Kind == StepSet:
		for _, c := range st.Changes {
			if f := s.Flags[c.Flag]; e.Outcome != StepSkipped && !s.overtaken(e.Plan, c.Flag) {
				f.Want = c.To
				s.Flags = with(s.Flags, c.Flag, f)
			}
			if e.Outcome == StepDone {
				s = mark(s, r.At, "⚑ "+string(c.Flag))
			}
		}
		if e.Outcome != StepAlready && e.Outcome != StepSkipped {
			s = changed(s, r, "set "+st.flags())
		}
	case st.Kind == StepRun && !again && e.Outcome != StepAlready && e.Outcome != StepSkipped:
		s = changed(mark(s, r.At, "↻ "+string(st.Action)), r, "ran "+string(st.Action))
	}
	if st.Below != "" && e.Outcome.moved() {
		s = fallBelow(s, r, e.Plan, st.Below)
	}
	return containIfSeen(s, r.At)
}

// overtaken reports whether plan id was preempted by one that has begun to set flag.
func (s *State) overtaken(id PlanID, flag FlagID) bool {
	if s.Preempted == nil || s.Preempted.Plan.ID != id || s.Plan.Status == Armed {
		return false
	}
	for n, st := range s.Plan.Plan.Steps {
		if begun := s.Plan.Steps[n]; st.Kind == StepSet && (begun.Tries > 0 || begun.Outcome != "") {
			for _, c := range st.Changes {
				if c.Flag == flag {
					return true
				}
			}
		}
	}
	return false
}

// flags names the flags that the step changes.
func (s *Step) flags() string {
	names := make([]string, len(s.Changes))
	for i, c := range s.Changes {
		names[i] = string(c.Flag)
	}
	return strings.Join(names, ", ")
}

// unseen forgets what the running service said of the flags of a plan that was
// preempted while it ran something, and of those of the plan that preempted it: the service may
// be another since. What it says from now on counts.
func unseen(s State, id PlanID) State {
	p := s.Preempted
	if p == nil || p.Plan.ID != id {
		return s
	}
	ran := false
	for n, st := range p.Plan.Steps {
		ran = ran || st.Kind == StepRun && p.Steps[n].Tries > 0
	}
	if !ran {
		return s
	}
	for _, steps := range [][]Step{p.Plan.Steps, s.Plan.Plan.Steps} {
		for _, st := range steps {
			for _, c := range st.Changes {
				f := s.Flags[c.Flag]
				f.Effective, f.EffectiveAt, f.Inferred = Value{}, time.Time{}, false
				s.Flags = with(s.Flags, c.Flag, f)
			}
		}
	}
	return s
}

func endPlan(s State, r Record, e PlanEnded) State {
	s = unseen(s, e.Plan)
	s = onPlan(s, e.Plan, func(p *PlanState) {
		p.Status, p.EndedAt, p.Outcome, p.Summary = Ended, r.At, e.Outcome, e.Summary
		p.Doubted = e.Doubts
		if e.Outcome == Verified {
			p.VerifiedAt = r.At
			if p.ContainedAt.IsZero() { // what was verified is in effect
				p.ContainedAt = r.At
			}
		}
	})
	if p := s.PlanOf(e.Plan); p != nil && p.Plan.Guard && !e.Outcome.Lands() {
		s.Guard.Spent = true // also where it took out only some: a person must look
	}
	s = endIncident(s, r, e)
	if p := s.PlanOf(e.Plan); p != nil && p.Plan.Drill != "" && !p.FiredAt.IsZero() {
		s.Drills = with(s.Drills, p.Plan.Rollback, Drill{
			At: r.At, By: p.FiredBy, How: p.Plan.Drill, Outcome: e.Outcome,
			Took: r.At.Sub(p.FiredAt), Budget: p.Plan.Budget, Plan: e.Plan,
		})
	}
	return s
}
