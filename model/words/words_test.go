package words

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

func at() time.Time { return time.Date(2026, 11, 24, 14, 22, 7, 0, time.UTC) }

func TestDescribe(t *testing.T) {
	tests := []struct {
		name  string
		event model.Event
		want  string
	}{
		{"engine started", model.EngineStarted{PID: 7, Host: "bastion", Version: "1.0"}, "engine 1.0 started as pid 7 on bastion"},
		{"engine stopped", model.EngineStopped{PID: 7, Reason: "quit"}, "engine of pid 7 stopped: quit"},
		{"config", model.ConfigAdopted{Hash: "0123456789abcdef"}, "config 0123456789ab taken"},
		{"config again", model.ConfigAdopted{Hash: "b", Previous: "a"}, "config b taken in place of a"},
		{"intent", model.IntentTaken{Intent: model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(true), Reason: "go"}}, "asked: set real to true: go"},
		{"entered", model.PhaseEntered{Phase: "p10", Attempt: 1}, "entered p10"},
		{"entered against the gate", model.PhaseEntered{Phase: "p10", Attempt: 2, Override: "known flake", Headline: model.NoGo}, "entered p10, attempt 2, against a gate at NO-GO: known flake"},
		{"left", model.PhaseLeft{From: "p10"}, "phase p10 rolled back to before the first phase"},
		{"held", model.HoldChanged{Held: true, Reason: "deploy"}, "held: no phase may be entered: deploy"},
		{"resumed", model.HoldChanged{}, "hold ended"},
		{"progress", model.Progress{Phase: "p10", Soak: time.Hour}, "soaked 1h in p10"},
		{"gate", model.GateChanged{From: model.GO, To: model.NoGo, Reasons: []string{"errors 1.4%", "p95"}}, "gate GO → NO-GO: errors 1.4% (+1)"},
		{"gate by events", model.GateChanged{From: model.Hold, To: model.GO, Proofs: []model.Proven{{Metric: "error", Says: "confirmed below 5% by 80 events, 0% bad"}, {}}},
			"gate HOLD → GO: error confirmed below 5% by 80 events, 0% bad (+1)"},
		{"first gate", model.GateChanged{To: model.GO}, "gate GO"},
		{"flag stored", model.FlagObserved{Flag: "real", Value: model.BoolValue(true)}, "flag real stored: true"},
		{"flag in effect", model.FlagObserved{Flag: "real", Value: model.BoolValue(true), Effective: true, Inferred: true}, "flag real in effect (inferred): true"},
		{"flag unseen", model.FlagObserved{Flag: "real", Err: "no such file"}, "flag real stored: cannot be seen: no such file"},
		{"signed", model.CheckSigned{Check: "e2e", Note: "green"}, "signed e2e: green"},
		{"unsigned", model.CheckUnsigned{Check: "e2e"}, "took back the signature of e2e"},
		{"check began", model.CheckBegan{Check: "e2e"}, "check e2e runs"},
		{"check passed", model.CheckEnded{Check: "e2e", OK: true, Detail: "suite ended well", Took: 41 * time.Second}, "check e2e passed after 41s: suite ended well"},
		{"check failed", model.CheckEnded{Check: "e2e", Detail: "exit status 1"}, "check e2e FAILED: exit status 1"},
		{"baseline", model.BaselineFrozen{Metric: "p95", Value: 1.83333, Window: 30 * time.Minute, Points: 120, Why: "before p10"},
			"baseline of p95 frozen at 1.833, the mean of 120 readings over 30m: before p10"},
		{"read", model.MetricRead{Metric: "crash", Value: .003, Unit: model.Ratio, Note: "both stores"}, "crash read as 0.3%: both stores"},
		{"guard tripped", model.GuardTripped{Metric: "errors", Reason: "7% is above 5% (alert)", Mode: model.GuardArmed}, "guard tripped by errors: 7% is above 5% (alert)"},
		{"guard only says so", model.GuardTripped{Metric: "errors", Mode: model.GuardNotify}, "guard tripped by errors, which it only says"},
		{"guard cleared", model.GuardCleared{Metric: "errors", Now: "errors is PASS, not FAIL any more"}, "guard cleared: errors is PASS, not FAIL any more"},
		{"guard cleared without a word", model.GuardCleared{Metric: "errors"}, "guard cleared: errors is not in FAIL any more"},
		{"armed by the guard", model.PlanArmed{Plan: model.Plan{Title: "Off", Guard: true, Reason: "errors FAIL: 7%"}, FireAt: at()},
			`guard armed "Off", 0 steps, fires by itself at 14:22:07Z: errors FAIL: 7%`},
		{"armed with baselines", model.PlanArmed{Plan: model.Plan{Title: "Up", Freeze: []model.MetricID{"p95"}}}, `armed "Up", 0 steps, freezes 1 baseline`},
		{"vetoed the guard", model.PlanVetoed{Reason: "a known flake", Until: at()}, "vetoed: nothing was done, the guard is held back until 14:22:07Z: a known flake"},
		{"armed", model.PlanArmed{Plan: model.Plan{Title: "Off", Steps: make([]model.Step, 1)}, FireAt: at()}, `armed "Off", 1 step, fires by itself at 14:22:07Z`},
		{"armed against the gate", model.PlanArmed{Plan: model.Plan{Title: "Up", Override: true, Reason: "demo"}}, `armed "Up", 0 steps, against the gate: demo`},
		{"vetoed", model.PlanVetoed{Reason: "not yet"}, "cancelled: nothing was done: not yet"},
		{"guard stood down", model.GuardCleared{Metric: "errors", State: model.Collecting, Now: "errors is COLLECTING, not FAIL any more"}, "guard stands down: errors is COLLECTING; whether the breach is over is not known"},
		{"confirmed by a person", model.Confirmed{How: model.ByPerson, Reason: "looked"}, "the last rollback is confirmed by a person: looked"},
		{"confirmed by itself", model.Confirmed{How: model.ByReadBack}, "the last rollback is confirmed: every flag was read back"},
		{"confirmed by a look", model.Confirmed{How: model.ByVerify}, "the last rollback is confirmed: every verify holds"},
		{"not confirmed", model.NotConfirmed{Reason: "real is true"}, "looked at the last rollback again: not confirmed: real is true"},
		{"fired", model.PlanFired{How: "countdown"}, "fired (countdown)"},
		{"fired at a breach", model.PlanFired{How: "enter", Breach: at(), Why: "errors FAIL"}, "fired (enter), the breach began at 14:22:07Z: errors FAIL"},
		{"evidence", model.EvidenceMarked{Step: 3, Mark: "120"}, "evidence of step 4: only what comes after now counts"},
		{"no evidence", model.EvidenceMarked{Step: 3, Err: "no such file"}, "evidence of step 4: what is old could not be asked: no such file"},
		{"recovered", model.Recovered{Breach: at(), Fired: at().Add(time.Minute), Contained: at().Add(61 * time.Second), Verified: at().Add(90 * time.Second)},
			"rolled back: contained 1.0s, verified 30s after it was fired, 1m 30s after the breach"},
		{"recovered without a breach", model.Recovered{Fired: at(), Verified: at().Add(50 * time.Millisecond)}, "rolled back: verified 50ms after it was fired"},
		{"told", model.Notified{Action: "team", Title: "the team"}, "told: the team"},
		{"could not tell", model.Notified{Action: "team", Err: "timed out"}, "could not tell team: timed out"},
		{"armed a drill", model.PlanArmed{Plan: model.Plan{Title: "Off", Kind: model.PlanDrill, Drill: model.RehearseDry}}, `DRY DRILL: armed "Off", 0 steps`},
		{"armed a real drill", model.PlanArmed{Plan: model.Plan{Title: "Off", Kind: model.PlanRollback, Drill: model.RehearseReal}}, `REAL DRILL: armed "Off", 0 steps`},
		{"drill ended", model.PlanEnded{Outcome: model.Ready}, "drill ended READY, nothing was changed"},
		{"spared", model.StepEnded{Step: 4, Outcome: model.StepSpared}, "step 5 not needed"},
		{"asked for one flag", model.IntentTaken{Intent: model.Intent{Kind: model.ArmRollback, Flag: "real"}}, "asked: take real back to its safe value"},
		{"asked for some out", model.IntentTaken{Intent: model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"a", "b"}}}, "asked: rollback some, out: a and b"},
		{"asked for a drill", model.IntentTaken{Intent: model.Intent{Kind: model.ArmDrill, Rollback: "off"}}, "asked: rehearse off"},
		{"joined", model.PlanJoined{}, "joined the rollback that runs"},
		{"step begins", model.StepIntended{Step: 0, Try: 1}, "step 1 begins"},
		{"step again", model.StepIntended{Step: 2, Try: 2}, "step 3 begins, try 2"},
		{"step ended", model.StepEnded{Step: 1, Outcome: model.StepFailed, Detail: "exit status 1"}, "step 2 FAILED: exit status 1"},
		{"plan ended", model.PlanEnded{Outcome: model.Verified, Summary: "all seen"}, "plan ended VERIFIED: all seen"},
		{"clock", model.ClockJumped{By: -time.Hour}, "the clock jumped by -1h"},
		{"unaudited", model.Unaudited{Count: 3, Reason: "disk full"}, "UNAUDITED: 3 facts could not be journaled: disk full"},
		{"nothing", nil, "nothing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Describe(model.Record{Event: tt.event}); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func FuzzDescribeIsInert(f *testing.F) {
	f.Add("\x1b[2J\n\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range []model.Event{
			model.PlanEnded{Outcome: model.Outcome(text), Summary: text}, model.FlagObserved{Flag: model.FlagID(text), Err: text},
			model.IntentTaken{Intent: model.Intent{Kind: model.IntentKind(text), Reason: text}}, model.EngineStarted{Host: text, Version: text},
			model.StepEnded{Outcome: model.Outcome(text), Detail: text}, model.CheckEnded{Check: model.CheckID(text), Detail: text},
			model.BaselineFrozen{Metric: model.MetricID(text), Why: text}, model.GuardTripped{Metric: model.MetricID(text), Reason: text},
			model.MetricRead{Metric: model.MetricID(text), Unit: model.Unit(text), Note: text},
			model.Notified{Title: text, Err: text}, model.EvidenceMarked{Err: text}, model.PlanFired{How: text, Breach: at(), Why: text},
			model.GuardCleared{Now: text}, model.PlanVetoed{Reason: text, Until: at()},
		} {
			got := Describe(model.Record{Event: e})
			if got != model.Inert(got) || strings.ContainsAny(got, "\n\r\x1b") {
				t.Errorf("%T: %q is not inert", e, got)
			}
		}
		if in := Intent(model.Intent{Kind: model.Adopt, Reason: text}); in != model.Inert(in) {
			t.Errorf("%q is not inert", in)
		}
	})
}

func TestIntent(t *testing.T) {
	tests := []struct {
		in   model.Intent
		want string
	}{
		{model.Intent{Kind: model.RunCheck, Check: "e2e"}, "run check e2e"},
		{model.Intent{Kind: model.Freeze}, "freeze every baseline"},
		{model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"p95"}, Reason: "new hardware"}, "freeze the baseline of p95: new hardware"},
		{model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"a", "b", "c"}}, "freeze the baseline of a, b and c"},
		{model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"crash"}, Value: model.Value{Type: model.Text, Text: "0.3%"}, Reason: "both"}, "read crash as 0.3%: both"},
		{model.Intent{Kind: model.Veto, Reason: "flake"}, "veto the plan: flake"},
	}
	for _, tt := range tests {
		if got := Intent(tt.in); got != tt.want {
			t.Errorf("got  %q\nwant %q", got, tt.want)
		}
	}
}

// No event is said by its type's name only.
func TestEveryEventHasWords(t *testing.T) {
	for _, e := range []model.Event{
		model.EngineStarted{}, model.EngineStopped{}, model.ConfigAdopted{}, model.IntentTaken{}, model.PhaseEntered{}, model.PhaseLeft{},
		model.HoldChanged{}, model.Progress{}, model.GateChanged{}, model.FlagObserved{}, model.CheckSigned{}, model.CheckUnsigned{},
		model.CheckBegan{}, model.CheckEnded{}, model.BaselineFrozen{}, model.MetricRead{}, model.GuardTripped{}, model.GuardCleared{}, model.PlanArmed{},
		model.PlanVetoed{}, model.PlanFired{}, model.PlanJoined{}, model.StepIntended{}, model.StepEnded{}, model.PlanEnded{},
		model.ClockJumped{}, model.Unaudited{}, model.Confirmed{}, model.NotConfirmed{},
	} {
		if got := Describe(model.Record{Event: e}); strings.Contains(got, model.EventName(e)) {
			t.Errorf("%T is said as %q", e, got)
		}
	}
}

func TestOutcomesHaveWords(t *testing.T) {
	for _, o := range []model.Outcome{model.Verified, model.Unverified, model.Partial, model.Failed, model.Cancelled, model.Fenced, model.Refused, model.NeedsHuman} {
		if Meaning(o) == "" {
			t.Errorf("%s has no meaning", o)
		}
		if Outcome(o) != string(o) {
			t.Errorf("%s is called %s", o, Outcome(o))
		}
	}
	if Outcome(model.StepUnsure) == Outcome(model.StepFailed) {
		t.Error("a step that may have happened reads as failed")
	}
}

func TestAge(t *testing.T) {
	tests := map[time.Duration]string{-time.Second: "0s", 0: "0s", 1500 * time.Millisecond: "1s", 119 * time.Second: "119s", 2 * time.Minute: "2m",
		119 * time.Minute: "119m", 2 * time.Hour: "2h", 47 * time.Hour: "47h", 72 * time.Hour: "3d"}
	for d, want := range tests {
		if got := Age(d); got != want {
			t.Errorf("Age(%s) = %q, want %q", d, got, want)
		}
	}
}
