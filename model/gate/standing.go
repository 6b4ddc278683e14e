package gate

import (
	"fmt"
	"time"

	"gonogo/model"
)

// standing returns the lines of what stands against going on beside the gate
// of the phase: a rollback, a partial way down, a hold, and each flag of the
// phases that were entered that is not seen to be as they set it. What is as it
// should be has no line. It rests on the state alone.
func standing(r *model.Rollout, s *model.State) []model.Line {
	out := rollbackLines(s)
	if s.Damaged != "" {
		out = append(out, model.Line{Title: "Journal", State: model.NoData, Reason: model.Inert(s.Damaged) + ", so nobody knows where the rollout stands: see gonogo log --verify"})
	}
	if b := s.Below; b != nil {
		out = append(out, model.Line{Title: "Below the phase", State: model.Below, SampleAt: b.At, Reason: model.Inert(b.Text) + ": advance enters it again"})
	}
	for _, set := range model.EnteredFlags(r, s) {
		if line := flagLine(r.Flag(set.Flag), s, set.Value); line.State != model.Pass {
			out = append(out, line)
		}
	}
	if s.Held {
		out = append(out, model.Line{Title: "Held", State: model.Held, Reason: "by " + model.Inert(s.HeldBy.Name) + ": " + model.Inert(s.HeldReason)})
	}
	return out
}

// rollbackLines says that a rollback runs, or that one ended and is not confirmed.
func rollbackLines(s *model.State) []model.Line {
	for _, p := range []*model.PlanState{s.Plan, s.Preempted} {
		if p != nil && p.Status == model.Running && p.Plan.Kind == model.PlanRollback {
			return []model.Line{{Title: "Rollback", State: model.RollingBack, Reason: model.Inert(p.Plan.Title) + " runs" + at(p)}}
		}
	}
	p := s.RollbackOpen()
	if p == nil {
		return nil
	}
	line := model.Line{Title: "Rollback", State: model.NotSafe, Reason: model.Inert(p.Plan.Title) + " is not confirmed"}
	if p.Outcome != "" {
		line.Reason = fmt.Sprintf("%s ended %s%s", model.Inert(p.Plan.Title), p.Outcome, notConfirmed(p))
	}
	line.Reason += ": roll back again, or see gonogo rollback --last"
	return []model.Line{line}
}

// at names the step that a plan is at.
func at(p *model.PlanState) string {
	next := ""
	for i, st := range p.Steps {
		switch {
		case st.Outcome != "" || i >= len(p.Plan.Steps):
		case st.Tries > 0:
			return ", now " + model.Inert(p.Plan.Steps[i].Title)
		case next == "":
			next = ", next " + model.Inert(p.Plan.Steps[i].Title)
		}
	}
	return next
}

// notConfirmed names the first step of a plan that did not end well.
func notConfirmed(p *model.PlanState) string {
	for i, st := range p.Steps {
		if i < len(p.Plan.Steps) && !st.Outcome.OK() {
			return ", not confirmed: " + model.Inert(p.Plan.Steps[i].Title)
		}
	}
	return ""
}

// flagLine says whether flag f is as the phases entered set it, and in effect.
func flagLine(f *model.Flag, s *model.State, want model.Value) model.Line {
	st := s.Flags[f.ID]
	line := model.Line{Flag: f.ID, Title: "Flag " + model.Inert(string(f.ID)), State: model.Pass, Target: inShort(want)}
	plan := setting(s, f.ID)
	switch {
	case plan != nil:
		line.State, line.Reason = model.Collecting, model.Inert(plan.Plan.Title)+" changes it now"
	case st.StoredErr != "":
		line.State, line.Reason = model.Down, "cannot be read: "+model.Inert(st.StoredErr)
	case st.Stored.IsZero():
		line.State, line.Reason = model.NoData, "not read yet"
	case !st.Stored.Equal(want) && st.Stored.Equal(st.Want):
		line.State = model.Drift
		line.Reason = fmt.Sprintf("set to %s, the phase set %s: set it back, or enter the phase again", st.Stored.Brief(), want.Brief())
	case !st.Stored.Equal(want):
		line.State = model.Drift
		line.Reason = fmt.Sprintf("is %s, gonogo set %s: set it back, or roll back", st.Stored.Brief(), want.Brief())
	case st.EffectErr != "":
		line.State, line.Reason = model.Down, "the service does not say what it uses: "+model.Inert(st.EffectErr)
	case st.Effective.IsZero() && f.Effective:
		line.State, line.Reason = model.NoData, "the service was not asked yet"
	case st.Effective.IsZero() && len(f.Apply) > 0 && st.Pending:
		line.State, line.Reason = model.NoData, "stored, running value not checked yet"
	case !st.Effective.IsZero() && !st.Effective.Equal(want):
		line.State = model.Drift
		line.Reason = fmt.Sprintf("not in effect: the service uses %s, stored is %s", st.Effective.Brief(), st.Stored.Brief())
	}
	return line
}

// inShort is a flag's value where there is little room: of a longer list how
// many it holds.
func inShort(v model.Value) string {
	if v.Type == model.List && len(v.Items) > 2 {
		return fmt.Sprintf("%d items", len(v.Items))
	}
	return v.String()
}

// setting returns the plan that runs and changes flag id, or nil.
func setting(s *model.State, id model.FlagID) *model.PlanState {
	p := s.ActivePlan()
	if p == nil || p.Status != model.Running || p.Plan.Kind == model.PlanDrill {
		return nil
	}
	for _, step := range p.Plan.Steps {
		for _, c := range step.Changes {
			if c.Flag == id {
				return p
			}
		}
	}
	return nil
}

// Changing reports whether a plan changes the service now, or was a rollback
// that was not seen to have worked: the soak stands still.
func Changing(s *model.State) bool {
	p := s.Plan
	switch {
	case p == nil || p.Status == model.Armed || p.Status == model.Vetoed:
		return s.Preempted != nil
	case p.Status == model.Running:
		return p.Plan.Kind != model.PlanDrill
	}
	return p.Plan.Kind == model.PlanRollback && p.Outcome != model.Verified && (p.Plan.Drill != "" || s.RollbackOpen() != nil)
}

// notes is what is said beside the lines: that the phase was entered against
// its gate, and that somebody vetoed the guard.
func notes(s *model.State, now time.Time) []string {
	var out []string
	if a := s.Attempt(); a != nil && a.Override != "" {
		out = append(out, "entered against the gate by "+model.Inert(a.By.Name)+": "+model.Inert(a.Override))
	}
	if g := &s.Guard; g.Vetoed(now) {
		out = append(out, "guard vetoed by "+model.Inert(g.VetoBy.Name)+": "+model.Inert(g.VetoNote))
	}
	return out
}

// entered says of a check that waits for a person that nobody can sign it yet,
// where its phase is not entered.
func entered(s *model.State, line model.Line) model.Line {
	if s.Attempt() == nil && line.State == model.Manual && (s.Phase == "" || s.Below != nil) {
		line.Reason = "waits until the phase is entered"
	}
	return line
}
