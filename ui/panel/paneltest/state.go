package paneltest

import (
	"time"

	"gonogo/model"
)

func person(name string) model.Actor {
	return model.Actor{Name: name, Host: "bastion", Via: "cockpit"}
}

func state(o Options, r *model.Rollout) model.State {
	now := Now()
	s := model.State{Seq: 42, At: now.Add(-time.Minute), ConfigHash: "c0ffee"}
	off, on := model.BoolValue(false), model.BoolValue(true)
	s.Flags = map[model.FlagID]model.FlagState{
		"real":    {Stored: off, StoredAt: now.Add(-time.Hour), Effective: off, EffectiveAt: now.Add(-time.Hour)},
		"tenants": {Stored: model.ListValue("acme", "umbrella"), Effective: model.ListValue("acme", "umbrella")},
		"cache":   {Stored: on, Effective: on, Inferred: true},
	}
	if o.Condition == NotStarted {
		return s
	}
	s.Attempts = []model.Attempt{
		{Phase: "staging", N: 1, Entered: now.Add(-118 * time.Hour), Left: now.Add(-92 * time.Hour), By: person("ana"), Soak: 25 * time.Hour},
		{Phase: "internal", N: 1, Entered: now.Add(-92 * time.Hour), Left: now.Add(-44 * time.Hour), By: person("ana"), Soak: 48 * time.Hour},
		{Phase: "p10", N: 1, Entered: now.Add(-44 * time.Hour), By: person("ops"), Soak: 43 * time.Hour},
	}
	s.Phase, s.Headline = "p10", model.Hold
	s.Flags["real"] = model.FlagState{Stored: on, Effective: on, Want: on}
	s.Checks = map[model.CheckID]model.CheckState{"e2e": {By: person("ci"), At: now.Add(-72 * time.Minute)}, "leak": {By: person("ana"), At: now.Add(-20 * time.Minute), Note: "checked the logs"}}
	s.Marks = []model.Mark{{At: now.Add(-12 * time.Minute), Text: "⚑ tenants"}, {At: now.Add(-4 * time.Minute), Text: "↻ restart"}}
	switch o.Condition {
	case Go, Drifted, HeldGo:
		s.Attempts[2].Soak = 73 * time.Hour
		s.Checks["complaints"] = model.CheckState{By: person("ana"), At: now.Add(-time.Minute)}
	case Again:
		first := s.Attempts[2]
		first.Entered, first.Left, first.Back, first.Soak = now.Add(-220*time.Hour), now.Add(-200*time.Hour), true, 19*time.Hour
		s.Attempts[2].N, s.Attempts[2].Entered, s.Attempts[2].Override = 2, now.Add(-125*time.Hour), "the flaky probe is known"
		s.Attempts[0].Entered, s.Attempts[0].Left = now.Add(-320*time.Hour), now.Add(-290*time.Hour)
		s.Attempts[1].Entered, s.Attempts[1].Left = now.Add(-290*time.Hour), now.Add(-220*time.Hour)
		s.Attempts = []model.Attempt{s.Attempts[0], s.Attempts[1], first, s.Attempts[2]}
	case Checked:
		s.Checks = checkStates()
	case GuardArmed, GuardVetoed:
		s.Guard = model.GuardState{Metric: "error", Reason: "6.68% is above 5% (alert) for 4m", Since: now.Add(-22 * time.Second)}
		if o.Condition == GuardVetoed {
			s.Guard.Veto, s.Guard.VetoBy, s.Guard.VetoNote = now.Add(12*time.Minute), person("ana"), "a load test, ends 14:30"
		}
	case NoGo, Armed:
		s.Flags["tenants"] = model.FlagState{Stored: model.ListValue("acme", "umbrella", "initech"), Effective: model.ListValue("acme", "umbrella"), Want: model.ListValue("acme", "umbrella")}
	case Running:
		s.Flags["real"] = model.FlagState{Stored: off, Effective: on, Want: off, Pending: true}
	case Verified:
		s.Flags["real"] = model.FlagState{Stored: off, Effective: off, Want: off}
		s.Attempts[2].Left, s.Attempts[2].Back = now.Add(-2*time.Second), true
		s.Phase, s.Checks = "", nil
	case Partial:
		s.Flags["real"] = model.FlagState{Stored: off, Effective: on, Want: off}
	}
	standOff(o.Condition, &s)
	return s
}

func verdict(o Options, r *model.Rollout, s *model.Snapshot) model.Verdict {
	phase := r.JudgedPhase(s.State.Phase)
	v := model.Verdict{Phase: phase.ID, Worst: model.Pass, Healthy: !o.Condition.upset() && s.State.Phase != ""}
	for _, id := range phase.Gate {
		v.Lines = append(v.Lines, s.Lines[id])
	}
	for i := range phase.Checks {
		c := &phase.Checks[i]
		if l, ok := automatic(c, s); ok {
			v.Lines = append(v.Lines, l)
			continue
		}
		l := model.Line{Check: c.ID, Title: c.Text, State: model.Manual, Reason: "needs sign-off: space, or gonogo sign " + string(c.ID)}
		if sig, ok := s.State.Checks[c.ID]; ok {
			l.State, l.Reason, l.SampleAt = model.Pass, "signed by "+sig.By.Name, sig.At
		}
		v.Lines = append(v.Lines, l)
	}
	if phase.Soak > 0 {
		l := model.Line{Title: "Soak", State: model.Soaking}
		if a := s.State.Attempt(); a != nil {
			l.Held = a.Soak + 30*time.Second
		}
		l.Reason = model.FormatDuration(l.Held) + " of " + model.FormatDuration(phase.Soak)
		if l.Held >= phase.Soak {
			l.State = model.Pass
		}
		v.Lines = append(v.Lines, l)
	}
	for _, l := range v.Lines {
		if l.State == model.Pass {
			v.Passed++
			continue
		}
		reason := l.Title + ": " + l.Reason
		if l.State.Severity() > v.Worst.Severity() {
			v.Worst = l.State
			v.Reasons = append([]string{reason}, v.Reasons...)
		} else {
			v.Reasons = append(v.Reasons, reason)
		}
	}
	v.Headline = v.Worst.Headline()
	return v
}

func tail(o Options) []model.Record {
	now := Now()
	records := []model.Record{
		{At: now.Add(-50 * time.Hour), By: model.Actor{Name: "gonogo", Via: "engine"}, Event: model.EngineStarted{PID: 4711, Host: "bastion", Version: "test"}},
	}
	if o.Condition != NotStarted {
		records = append(records,
			model.Record{At: now.Add(-44 * time.Hour), By: person("ops"), Event: model.PhaseEntered{Phase: "p10", Attempt: 1}},
			model.Record{At: now.Add(-20 * time.Minute), By: person("ana"), Event: model.CheckSigned{Phase: "p10", Attempt: 1, Check: "leak", Note: "checked the logs"}},
			model.Record{At: now.Add(-5 * time.Minute), By: model.Actor{Name: "gonogo"}, Event: model.Progress{Phase: "p10", Attempt: 1, Soak: 43 * time.Hour}})
	}
	if o.Condition.upset() || o.Condition == Verified {
		records = append(records, model.Record{At: now.Add(-4 * time.Minute), By: model.Actor{Name: "gonogo"},
			Event: model.GateChanged{Phase: "p10", From: model.Hold, To: model.NoGo, Reasons: []string{"Error rate: alert for 4m", "Success rate: outside its target for 4m"}}})
	}
	for i := range records {
		records[i].Seq = uint64(i + 1)
	}
	return records
}

func plan(o Options, r *model.Rollout) *model.PlanState {
	now := Now()
	p := &model.PlanState{Status: model.Armed, By: person("ops"), ArmedAt: now.Add(-2 * time.Second), ArmedSeq: 40, FireAt: now.Add(3 * time.Second)}
	off, on := model.BoolValue(false), model.BoolValue(true)
	p.Plan = model.Plan{
		ID: "plan-1", Kind: model.PlanRollback, Title: "Real retrieval off", From: "p10", Rollback: "quick", Emergency: true, Leaves: true,
		Budget: 2 * time.Minute, Headline: model.NoGo, Warnings: []string{"an empty tenants means everyone"},
		Steps: []model.Step{
			{N: 0, Stage: model.StageContain, Kind: model.StepSet, Title: "real: true → false", Changes: []model.Change{{Flag: "real", From: on, To: off}}, Timeout: 10 * time.Second},
			{N: 1, Stage: model.StageContain, Kind: model.StepSet, Title: "cache: true → true", Changes: []model.Change{{Flag: "cache", From: on, To: on}}, Timeout: 10 * time.Second, After: []model.FlagID{"real"}},
			{N: 2, Stage: model.StageApply, Kind: model.StepRun, Title: "Restart vecsec", Action: "restart", Preview: r.Actions[0].Preview, Timeout: 90 * time.Second},
			{N: 3, Stage: model.StageVerify, Kind: model.StepVerify, Title: "real is false in the running service", Timeout: time.Minute},
			{N: 4, Stage: model.StageVerify, Kind: model.StepVerify, Title: "Error rate < 1%", Timeout: time.Minute},
		},
	}.Seal()
	p.Steps = make([]model.StepState, len(p.Plan.Steps))
	fired := now.Add(-12 * time.Second)
	run := func(from, to int, outcome model.Outcome) {
		p.FireAt, p.FiredAt, p.FiredBy = time.Time{}, fired, person("ops")
		for i := from; i < to; i++ {
			at := fired.Add(time.Duration(i) * 2 * time.Second)
			p.Steps[i] = model.StepState{Tries: 1, Started: at, Ended: at.Add(1800 * time.Millisecond), Outcome: outcome}
		}
	}
	switch o.Condition {
	case Armed:
	case GuardArmed, GuardVetoed:
		p.Plan.Guard, p.Plan.Reason = true, "error FAIL: 6.68% is above 5% (alert) for 4m"
		p.By = model.Actor{Name: "guard", Host: "bastion", Via: model.ViaGuard}
		p.ArmedAt, p.FireAt = now.Add(-22*time.Second), now.Add(38*time.Second)
		if o.Condition == GuardVetoed {
			p.Status, p.Outcome, p.Note, p.EndedAt = model.Vetoed, model.Cancelled, "a load test, ends 14:30", now.Add(-10*time.Second)
		}
		p.Plan = p.Plan.Seal()
	case Running:
		run(0, 2, model.StepDone)
		p.Status, p.ContainedAt = model.Running, fired.Add(3800*time.Millisecond)
		p.Steps[1].Outcome = model.StepAlready
		p.Steps[2] = model.StepState{Tries: 1, Started: fired.Add(4 * time.Second)}
	case Verified:
		run(0, 5, model.StepDone)
		p.Status, p.Outcome, p.Summary = model.Ended, model.Verified, "all of 5 steps were seen"
		p.ContainedAt, p.VerifiedAt, p.EndedAt = fired.Add(4*time.Second), fired.Add(10*time.Second), fired.Add(10*time.Second)
	case Partial:
		run(0, 2, model.StepDone)
		run(2, 3, model.StepFailed)
		run(3, 5, model.StepSkipped)
		p.Status, p.Outcome, p.Summary = model.Ended, model.Partial, "the restart did not happen"
		p.Steps[2].Detail, p.Steps[2].Output = "exit status 1", "Job for vecsec.service failed.\nSee systemctl status."
		p.ContainedAt, p.EndedAt = fired.Add(4*time.Second), fired.Add(10*time.Second)
	default:
		return nil
	}
	return p
}
