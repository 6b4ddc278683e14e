package ui

import (
	"maps"
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// someRollout is a small rollout with one of everything.
func someRollout() *model.Rollout {
	return &model.Rollout{
		ID: "demo", Title: "Real retrieval", Environment: model.Environment{Name: "production", Critical: true},
		Emergency: model.Emergency{Confirm: model.ConfirmCountdown, Countdown: 3 * time.Second},
		Metrics: []model.Metric{
			{ID: "errors", Title: "Errors", Role: "error", Source: "prom", Unit: model.Ratio, Every: time.Second, StaleAfter: time.Minute},
			{ID: "p95", Title: "p95", Role: "latency", Source: "prom", Unit: model.Seconds, Every: time.Second, StaleAfter: time.Minute},
			{ID: "success", Title: "Success", Role: "success", Source: "prom", Unit: model.Ratio, Every: time.Second, StaleAfter: time.Minute},
		},
		Flags: []model.Flag{
			{ID: "real", Title: "Real", Type: model.Bool, Safe: model.BoolValue(false)},
			{ID: "tenants", Title: "Tenants", Type: model.List, Safe: model.ListValue(), Empty: "everyone"},
			{ID: "ratio", Title: "Ratio", Type: model.Number, Safe: model.Value{Type: model.Number, Text: "0"}},
		},
		Phases: []model.Phase{
			{ID: "staging", Title: "Staging"},
			{ID: "internal", Title: "Internal", Soak: time.Hour, Flags: []model.Setting{{Flag: "real", Value: model.BoolValue(true)}}, Rollback: "phase", Gate: []model.MetricID{"errors"},
				Checks: []model.Check{{ID: "suite", Text: "End-to-end suite"}, {ID: "leak", Text: "No leakage"}}},
			{ID: "all", Title: "Everyone"},
		},
		Rollbacks: []model.Rollback{
			{ID: "off", Title: "Everything off", Emergency: true, Budget: time.Minute, Scope: model.ScopeSafe},
			{ID: "phase", Title: "This phase", Budget: time.Minute, Scope: model.ScopePhase},
		},
	}
}

// someSnapshot stands in the phase internal, with a gate that says NO-GO.
func someSnapshot() *model.Snapshot {
	now := time.Now()
	lines := []model.Line{
		{Metric: "success", Title: "Success", State: model.Pass, Value: 0.995, HasValue: true, Unit: model.Ratio, Target: "> 99%"},
		{Metric: "errors", Title: "Errors", State: model.Fail, Value: 0.014, HasValue: true, Unit: model.Ratio, Target: "< 1%", Reason: "FAIL for 4m"},
		{Check: "suite", Title: "End-to-end suite", State: model.Manual, Reason: "not signed"},
	}
	return &model.Snapshot{
		Seq: 41, At: now, Rollout: someRollout(),
		State: model.State{
			Seq: 41, Phase: "internal",
			Attempts: []model.Attempt{{Phase: "internal", N: 1, Entered: now.Add(-time.Hour)}},
			Flags: map[model.FlagID]model.FlagState{
				"real":    {Stored: model.BoolValue(true), Effective: model.BoolValue(true)},
				"tenants": {Stored: model.ListValue("acme", "globex")},
			},
		},
		Gate: model.Verdict{Phase: "internal", Headline: model.NoGo, Worst: model.Fail, Lines: lines, Passed: 1,
			Reasons: []string{"errors 1.4% < 1%"}},
		Lines: map[model.MetricID]model.Line{"errors": lines[1], "success": lines[0]},
		Tail:  []model.Record{{Seq: 41, At: now, Event: model.GateChanged{Phase: "internal", From: model.GO, To: model.NoGo}}},
	}
}

// next returns a copy of s one record later, changed by f.
func next(s *model.Snapshot, f func(*model.Snapshot)) *model.Snapshot {
	c := *s
	c.Seq++
	c.State.Seq++
	c.At = time.Now()
	c.Answers = slices.Clone(s.Answers)
	c.State.Checks = maps.Clone(s.State.Checks)
	if s.State.Plan != nil {
		p := *s.State.Plan
		p.Steps = slices.Clone(p.Steps)
		c.State.Plan = &p
	}
	f(&c)
	return &c
}

// armed returns s with a rollback armed that fires after d; 0: it waits for a person.
func armed(s *model.Snapshot, id model.PlanID, d time.Duration) *model.Snapshot {
	return next(s, func(c *model.Snapshot) {
		p := &model.PlanState{
			Plan: model.Plan{
				ID: id, Kind: model.PlanRollback, Title: "Everything off", Rollback: "off", Emergency: true, Budget: time.Minute,
				Steps: []model.Step{
					{N: 0, Stage: model.StageContain, Kind: model.StepSet, Title: "set real", Timeout: time.Second,
						Changes: []model.Change{{Flag: "real", From: model.BoolValue(true), To: model.BoolValue(false)}}},
					{N: 1, Stage: model.StageApply, Kind: model.StepRun, Title: "restart", Action: "restart", Timeout: time.Second},
				},
			}.Seal(),
			Status: model.Armed, By: model.Actor{Name: "bob", Host: "desk", Via: "cockpit"}, ArmedAt: time.Now(), ArmedSeq: c.Seq,
			Steps: make([]model.StepState, 2),
		}
		if d > 0 {
			p.FireAt = time.Now().Add(d)
		}
		c.State.Plan = p
	})
}

func running(s *model.Snapshot) *model.Snapshot {
	return next(s, func(c *model.Snapshot) {
		c.State.Plan.Status, c.State.Plan.FiredAt = model.Running, time.Now()
		c.State.Plan.Steps[0] = model.StepState{Tries: 1, Started: time.Now()}
	})
}

func over(s *model.Snapshot, o model.Outcome) *model.Snapshot {
	return next(s, func(c *model.Snapshot) {
		c.State.Plan.Status, c.State.Plan.EndedAt, c.State.Plan.Outcome = model.Ended, time.Now(), o
	})
}

func vetoed(s *model.Snapshot) *model.Snapshot {
	return next(s, func(c *model.Snapshot) {
		c.State.Plan.Status, c.State.Plan.Outcome = model.Vetoed, model.Cancelled
	})
}

func answer(s *model.Snapshot, id model.IntentID, err string) *model.Snapshot {
	return next(s, func(c *model.Snapshot) {
		c.Answers = append(c.Answers, model.Answer{Intent: id, At: time.Now(), Err: err, Refused: err != "", NeedsReason: strings.Contains(err, "needs a reason")})
	})
}

// guarded returns s with a guard, whose rollback of errors counts down for d.
func guarded(s *model.Snapshot, id model.PlanID, d time.Duration) *model.Snapshot {
	s = armed(s, id, d)
	r := *s.Rollout
	r.Guard = &model.Guard{Rollback: "off", On: []model.MetricID{"errors"}, Countdown: time.Minute, Veto: 15 * time.Minute, Mode: model.GuardArmed}
	s.Rollout = &r
	p := s.State.Plan
	p.Plan.Guard, p.Plan.Reason, p.Plan.Emergency = true, "errors FAIL: 7% is above 5% (alert)", r.Rollback(p.Plan.Rollback).Emergency
	p.By = model.Actor{Name: "guard", Via: model.ViaGuard}
	s.State.Guard = model.GuardState{Metric: "errors", Reason: "7% is above 5% (alert)", Since: time.Now()}
	return s
}

// checkKinds returns s with a check of each kind in the phase that it stands in.
func checkKinds(s *model.Snapshot, states map[model.CheckID]model.CheckState) *model.Snapshot {
	r := *s.Rollout
	r.Phases = slices.Clone(r.Phases)
	r.Phases[1].Checks = []model.Check{
		{ID: "suite", Text: "End-to-end suite", Kind: model.CheckRun, Action: "e2e", Every: time.Hour},
		{ID: "ready", Text: "Ready", Kind: model.CheckProbe, Probe: "ready"},
		{ID: "fast", Text: "Fast", Kind: model.CheckMetric, Metric: "p95"},
		{ID: "call", Text: "On call", Every: time.Hour},
	}
	c := *s
	c.Rollout, c.State.Checks = &r, states
	return &c
}

// byPeople returns s with these metrics read by people, who have read none.
func byPeople(s *model.Snapshot, ids ...model.MetricID) *model.Snapshot {
	r := *s.Rollout
	r.Metrics = slices.Clone(r.Metrics)
	c := *s
	c.Rollout, c.Lines = &r, maps.Clone(s.Lines)
	c.Gate.Lines = slices.Clone(s.Gate.Lines)
	for i := range r.Metrics {
		m := &r.Metrics[i]
		if !slices.Contains(ids, m.ID) {
			continue
		}
		m.Source, m.Read = "", &model.PeopleRead{From: "Crashlytics\x1b[2J", Link: "https://c.example", Every: 24 * time.Hour}
		line := model.Line{Metric: m.ID, Title: m.Title, State: model.Unread, Unit: m.Unit, Reason: "nobody has read it: R, or gonogo read " + string(m.ID) + " 0.3%"}
		c.Lines[m.ID] = line
		for k := range c.Gate.Lines {
			if c.Gate.Lines[k].Metric == m.ID {
				c.Gate.Lines[k] = line
			}
		}
	}
	return &c
}

// onBaseline returns s with these metrics resting on their baselines.
func onBaseline(s *model.Snapshot, ids ...model.MetricID) *model.Snapshot {
	r := *s.Rollout
	r.Metrics = slices.Clone(r.Metrics)
	for i := range r.Metrics {
		if m := &r.Metrics[i]; slices.Contains(ids, m.ID) {
			m.Target = &model.Target{Op: "<=", Value: 1.1, Of: model.OfBaseline, Text: "<= 110% of baseline"}
		}
	}
	c := *s
	c.Rollout = &r
	return &c
}
