package gate

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestDecideKnowsTheFlags of the phases that were entered, and no others.
func TestDecideKnowsTheFlags(t *testing.T) {
	on, off := model.BoolValue(true), model.BoolValue(false)
	r := &model.Rollout{
		Flags: []model.Flag{{ID: "real", Type: model.Bool, Safe: off, Effective: true}, {ID: "silent", Type: model.Bool, Safe: off}, {ID: "later", Type: model.Bool, Safe: off}},
		Phases: []model.Phase{
			{ID: "zero"},
			{ID: "one", Flags: []model.Setting{{Flag: "real", Value: on}}},
			{ID: "two", Flags: []model.Setting{{Flag: "silent", Value: on}}},
			{ID: "three", Flags: []model.Setting{{Flag: "later", Value: on}}},
		},
	}
	fine := model.FlagState{Stored: on, Effective: on, Want: on}
	drifted := model.FlagState{Stored: off, Effective: on, Want: on}
	moves := func(kind model.PlanKind, status model.PlanStatus) *model.PlanState {
		return &model.PlanState{Status: status, Plan: model.Plan{Kind: kind, Title: "Set real", Steps: []model.Step{{Kind: model.StepSet, Changes: []model.Change{{Flag: "real", From: off, To: on}}}}}}
	}
	for _, c := range []struct {
		name     string
		phase    model.PhaseID
		real     model.FlagState
		plan     *model.PlanState
		headline model.Headline
		worst    model.MetricState
		reason   string
	}{
		{"as it was set", "two", fine, nil, model.GO, model.Pass, ""},
		{"inferred", "two", model.FlagState{Stored: on, Effective: on, Inferred: true}, nil, model.GO, model.Pass, ""},
		{"pending for ever", "two", model.FlagState{Stored: off, Effective: on, Want: on, Pending: true}, nil, model.NoGo, model.Drift, "Flag real: is false, gonogo set true"},
		{"drifted", "one", drifted, nil, model.NoGo, model.Drift, "Flag real: is false, gonogo set true"},
		{"of an earlier phase", "two", drifted, nil, model.NoGo, model.Drift, "Flag real: is false"},
		{"set by gonogo to something else", "two", model.FlagState{Stored: off, Effective: off, Want: off}, nil, model.NoGo, model.Drift, "Flag real: set to false, the phase set true"},
		{"no such key any more", "two", model.FlagState{Stored: model.Value{Type: model.Unset}, Effective: on, Want: on}, nil, model.NoGo, model.Drift, "Flag real: is (unset)"},
		{"not in effect", "two", model.FlagState{Stored: on, Effective: off, Want: on}, nil, model.NoGo, model.Drift, "Flag real: not in effect"},
		{"its store cannot be read", "two", model.FlagState{Stored: on, Effective: on, StoredErr: "gone"}, nil, model.Unknown, model.Down, "Flag real: cannot be read: gone"},
		{"the service does not say", "two", model.FlagState{Stored: on, Effective: on, EffectErr: "refused"}, nil, model.Unknown, model.Down, "Flag real: the service does not say"},
		{"not read yet", "two", model.FlagState{}, nil, model.Unknown, model.NoData, "Flag real: not read yet"},
		{"the service was not asked yet", "two", model.FlagState{Stored: on}, nil, model.Unknown, model.NoData, "Flag real: the service was not asked"},
		{"a change under way", "two", drifted, moves(model.PlanFlip, model.Running), model.Hold, model.Collecting, "Flag real: Set real changes it now"},
		{"one that waits", "two", drifted, moves(model.PlanFlip, model.Armed), model.NoGo, model.Drift, "Flag real: is false"},
		{"a drill changes nothing", "two", drifted, moves(model.PlanDrill, model.Running), model.NoGo, model.Drift, "Flag real: is false"},
		{"a rollback runs", "two", drifted, moves(model.PlanRollback, model.Running), model.GateRollingBack, model.RollingBack, "Rollback: Set real runs"},
		{"before its phase", "zero", drifted, nil, model.GO, model.Pass, ""},
		{"before the first", "", drifted, nil, model.GO, model.Pass, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := model.State{Phase: c.phase, Plan: c.plan, Flags: map[model.FlagID]model.FlagState{
				"real": c.real, "silent": {Stored: on}, "later": {Stored: off, StoredErr: "nobody asks"},
			}}
			v := Decide(r, &s, in(nil), 0, t0, model.Verdict{})
			if v.Headline != c.headline || v.Worst != c.worst {
				t.Errorf("%s by %s: %q", v.Headline, v.Worst, v.Reasons)
			}
			if c.reason == "" && len(v.Lines) > 0 || c.reason != "" && (len(v.Reasons) == 0 || !strings.HasPrefix(v.Reasons[0], c.reason)) {
				t.Errorf("reasons %q, wanted %q", v.Reasons, c.reason)
			}
			if v.Healthy != (c.worst == model.Pass && c.phase != "") {
				t.Errorf("healthy: %v", v.Healthy)
			}
		})
	}
}

// TestDecideKnowsPeople: a hold caps GO, a veto and an override are said beside it.
func TestDecideKnowsPeople(t *testing.T) {
	r := &model.Rollout{Phases: []model.Phase{{ID: "free"}}}
	s := model.State{Phase: "free", Attempts: []model.Attempt{{Phase: "free", N: 1, Override: "I must", By: model.Actor{Name: "ana"}}}}
	s.Guard = model.GuardState{Veto: t0.Add(time.Minute), VetoBy: model.Actor{Name: "bob"}, VetoNote: "a blip"}
	v := Decide(r, &s, in(nil), 0, t0, model.Verdict{})
	want := "entered against the gate by ana: I must|guard vetoed by bob: a blip"
	if got := strings.Join(v.Reasons, "|"); v.Headline != model.GO || got != want {
		t.Errorf("%s: %q, wanted %q", v.Headline, got, want)
	}
	v = Decide(r, &s, in(nil), 0, t0.Add(time.Minute), v)
	if len(v.Reasons) != 1 {
		t.Errorf("a veto that lapsed is still said: %q", v.Reasons)
	}
	s.Held, s.HeldBy, s.HeldReason = true, model.Actor{Name: "cid"}, "lunch"
	v = Decide(r, &s, in(nil), 0, t0, v)
	if v.Headline != model.Hold || v.Worst != model.Held || v.Reasons[0] != "Held: by cid: lunch" || !v.Healthy {
		t.Errorf("%s by %s, healthy %v: %q", v.Headline, v.Worst, v.Healthy, v.Reasons)
	}
	s.Incident = &model.Incident{Plan: "p"}
	s.LastDown = &model.PlanState{Plan: model.Plan{ID: "p", Title: "Off", Steps: []model.Step{{Title: "restart"}}}, Status: model.Ended, Outcome: model.Unverified, Steps: []model.StepState{{Outcome: model.StepUnseen}}}
	v = Decide(r, &s, in(nil), 0, t0, v)
	if v.Headline != model.GateNotSafe || !strings.HasPrefix(v.Reasons[0], "Rollback: Off ended UNVERIFIED, not confirmed: restart") || v.Healthy {
		t.Errorf("%s, healthy %v: %q", v.Headline, v.Healthy, v.Reasons)
	}
	s.LastDown.ConfirmedAt = t0
	if v = Decide(r, &s, in(nil), 0, t0, v); v.Headline != model.Hold {
		t.Errorf("confirmed, and it says %s", v.Headline)
	}
}

// TestWorstOf is the order in which one word is chosen for all lines.
func TestWorstOf(t *testing.T) {
	order := []model.MetricState{model.RollingBack, model.NotSafe, model.Drift, model.Fail, model.Warn, model.Down, model.Ambiguous, model.Stale,
		model.NoSeries, model.NoData, model.NoTraffic, model.Below, model.Collecting, model.Held, model.Soaking, model.Unread, model.Manual, model.Pass}
	for i := 1; i < len(order); i++ {
		if order[i-1].Severity() <= order[i].Severity() {
			t.Errorf("%s is no worse than %s", order[i-1], order[i])
		}
	}
}

// TestNeverGoOnAJournalThatIsDamaged: what came behind the damage may be a hold or a rollback.
func TestNeverGoOnAJournalThatIsDamaged(t *testing.T) {
	r := &model.Rollout{Phases: []model.Phase{{ID: "one"}}}
	s := &model.State{Phase: "one", Damaged: "the journal is damaged at line 3"}
	v := Decide(r, s, func(model.MetricID) (model.Line, bool) { return model.Line{}, false }, 0, time.Now(), model.Verdict{})
	if v.Headline != model.Unknown || len(v.Reasons) != 1 || !strings.Contains(v.Reasons[0], "damaged at line 3") {
		t.Errorf("%s, %q", v.Headline, v.Reasons)
	}
}
