package paneltest

import (
	"fmt"
	"time"

	"gonogo/model"
)

// Tenants returns a list of n tenants.
func Tenants(n int) model.Value {
	v := model.Value{Type: model.List}
	for i := range n {
		v.Items = append(v.Items, fmt.Sprintf("tenant-%02d", i+1))
	}
	return v
}

// wayDown returns the plan of a condition that has a way down in several
// steps, an incident or a drill, and puts what belongs to it into s; nil for others.
func wayDown(o Options, s *model.Snapshot) *model.PlanState {
	switch o.Condition {
	case SteppedDown, Spared:
		return stepsDown(o, s)
	case OpenStill:
		p := plan(Options{Condition: Partial}, s.Rollout)
		p.Outcome, p.Summary = model.Unverified, "real is not confirmed in effect"
		p.Plan.Guard, p.Plan.Reason = true, "error FAIL: 6.68% is above 5% (alert) for 4m"
		p.Steps[2].Outcome, p.Steps[2].Detail, p.Steps[2].Output = model.StepDone, "", ""
		p.Steps[3].Outcome, p.Steps[3].Detail = model.StepUnseen, "the service still says true"
		p.Steps[4].Outcome = model.StepDone
		p.Notified = []model.Notice{{Action: "team", Title: "team"}, {Action: "page", Title: "pager", Err: "exit status 1"}}
		s.State.Incident = &model.Incident{Breach: Now().Add(-252 * time.Second), Why: "error FAIL: 6.68% is above 5% (alert)",
			Fired: p.FiredAt, Contained: p.ContainedAt, Plan: p.Plan.ID, Outcome: model.Unverified}
		return p
	case DrillArmed, DrillReal, DrillReady:
		return drilled(o, s)
	}
	return nil
}

func drilled(o Options, s *model.Snapshot) *model.PlanState {
	p := plan(Options{Condition: Armed}, s.Rollout)
	p.FireAt = time.Time{}
	p.Plan.Emergency, p.Plan.Leaves, p.Plan.Phase = false, false, p.Plan.From
	p.Plan.Kind, p.Plan.Drill = model.PlanDrill, model.RehearseDry
	switch o.Condition {
	case DrillReal:
		p.Plan.Kind, p.Plan.Drill = model.PlanRollback, model.RehearseReal
	case DrillReady:
		p = plan(Options{Condition: Verified}, s.Rollout)
		p.Plan.Emergency, p.Plan.Leaves, p.Plan.Phase = false, false, p.Plan.From
		p.Plan.Kind, p.Plan.Drill, p.Outcome = model.PlanDrill, model.RehearseDry, model.Ready
		p.Summary = "everything that the rollback would use was seen"
		p.ContainedAt, p.VerifiedAt = time.Time{}, time.Time{}
		s.State.Drills = map[model.RollbackID]model.Drill{"quick": {At: p.EndedAt, By: person("ops"), How: model.RehearseDry,
			Outcome: model.Ready, Took: 10 * time.Second, Budget: 2 * time.Minute, Plan: p.Plan.ID}}
	}
	p.Plan = p.Plan.Seal()
	return p
}

// stepsDown is a way down from 15 tenants to 7 and to 2.
func stepsDown(o Options, s *model.Snapshot) *model.PlanState {
	now := Now()
	fired := now.Add(-70 * time.Second)
	set := func(level, from, to int) model.Step {
		return model.Step{Stage: model.StageContain, Level: level, Kind: model.StepSet, Title: "set tenants", Timeout: 10 * time.Second,
			Changes: []model.Change{{Flag: "tenants", From: Tenants(from), To: Tenants(to)}}}
	}
	restart := func(level int) model.Step {
		return model.Step{Stage: model.StageApply, Level: level, Kind: model.StepRun, Title: "Restart vecsec", Action: "restart", Timeout: 90 * time.Second,
			Preview: "run systemctl restart vecsec"}
	}
	p := &model.PlanState{Status: model.Running, By: person("ops"), FiredBy: person("ops"), ArmedAt: fired.Add(-3 * time.Second), FiredAt: fired}
	p.Plan = model.Plan{
		ID: "down", Kind: model.PlanRollback, Title: "Fewer tenants", From: "p10", Phase: "p10", Rollback: "fewer", Budget: 15 * time.Minute,
		Steps: []model.Step{
			set(1, 15, 7), restart(1),
			{Stage: model.StageHold, Level: 1, Kind: model.StepHold, Title: "Hold and look", Timeout: 5 * time.Minute, Until: []model.MetricID{"error", "latency"}},
			set(2, 7, 2), restart(2),
			{Stage: model.StageVerify, Kind: model.StepVerify, Title: "Error rate < 1%", Timeout: time.Minute},
		},
	}
	for i := range p.Plan.Steps {
		p.Plan.Steps[i].N = i
	}
	p.Plan = p.Plan.Seal()
	p.Steps = make([]model.StepState, len(p.Plan.Steps))
	end := func(i int, from, to time.Duration, o model.Outcome) {
		p.Steps[i] = model.StepState{Tries: 1, Started: fired.Add(from), Ended: fired.Add(to), Outcome: o}
	}
	end(0, 0, 300*time.Millisecond, model.StepDone)
	end(1, time.Second, 9*time.Second, model.StepDone)
	p.Steps[2] = model.StepState{Tries: 1, Started: fired.Add(9 * time.Second)}
	p.Notified = []model.Notice{{Action: "team", Title: "team"}}
	s.State.Incident = &model.Incident{Breach: now.Add(-252 * time.Second), Why: "error FAIL: 6.68% is above 5% (alert)", Fired: fired, Plan: "down"}
	if o.Condition == Spared {
		end(2, 9*time.Second, 49*time.Second, model.StepDone)
		end(3, 49*time.Second, 49*time.Second, model.StepSpared)
		end(4, 49*time.Second, 49*time.Second, model.StepSpared)
		end(5, 50*time.Second, 60*time.Second, model.StepDone)
		p.Status, p.Outcome, p.EndedAt = model.Ended, model.Verified, fired.Add(time.Minute)
		p.ContainedAt, p.VerifiedAt = fired.Add(300*time.Millisecond), p.EndedAt
		s.State.Incident.Contained, s.State.Incident.Verified, s.State.Incident.Outcome = p.ContainedAt, p.VerifiedAt, p.Outcome
	}
	return p
}
