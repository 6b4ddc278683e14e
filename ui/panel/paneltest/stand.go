package paneltest

import (
	"slices"
	"time"

	"gonogo/model"
)

// stand puts before the gate's lines what stands against going on, as the
// engine's verdict does.
func stand(s *model.Snapshot) {
	var out []model.Line
	add := func(title string, state model.MetricState, reason string) {
		out = append(out, model.Line{Title: title, State: state, Reason: reason})
	}
	st := &s.State
	switch p := st.Plan; {
	case p != nil && p.Status == model.Running && p.Plan.Kind == model.PlanRollback:
		add("Rollback", model.RollingBack, p.Plan.Title+" runs")
	case st.Incident.Open() && p != nil:
		add("Rollback", model.NotSafe, p.Plan.Title+" ended "+string(p.Outcome)+": roll back again, or see gonogo rollback --last")
	}
	if st.Below != nil {
		add("Below the phase", model.Below, st.Below.Text+": advance enters it again")
	}
	if f := st.Flags["real"]; st.Phase != "" && f.Drift() {
		out = append(out, model.Line{Flag: "real", Title: "Flag real", State: model.Drift, Target: f.Want.String(),
			Reason: "is " + f.Stored.String() + ", gonogo set " + f.Want.String() + ": set it back, or roll back"})
	}
	if st.Held {
		add("Held", model.Held, "by "+st.HeldBy.Name+": "+st.HeldReason)
	}
	if len(out) > 0 {
		s.Gate.Lines = slices.Concat(out, s.Gate.Lines)
		s.Gate.Healthy = s.Gate.Healthy && out[0].State == model.Held
		s.Gate.Conclude(model.Verdict{})
	}
}

// standOff brings the state into one of the conditions in which the lines pass and
// the rollout does not stand where its phase says, or is held.
func standOff(c Condition, s *model.State) {
	now := Now()
	switch c {
	case Drifted:
		s.Flags["real"] = model.FlagState{Stored: model.BoolValue(false), Effective: model.BoolValue(true), Want: model.BoolValue(true)}
	case HeldGo:
		s.Held, s.HeldBy, s.HeldReason = true, person("ana"), "the vendor's maintenance, until 18:00"
	case Below:
		last := &s.Attempts[len(s.Attempts)-1]
		last.Left, last.Back = now.Add(-9*time.Minute), true
		s.Checks = nil
		s.Below = &model.BelowPhase{Phase: "p10", Plan: "plan-0", By: person("ops"), At: last.Left, Text: "tenants 15 → 3, below 10% of tenants"}
	}
}
