package model

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// flight is a short rollout as records.
func flight() []Record {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	plan := Plan{ID: "p", Kind: PlanRollback, Steps: []Step{
		{N: 0, Kind: StepSet, Changes: []Change{{"real", BoolValue(true), BoolValue(false)}}},
		{N: 1, Kind: StepRun, Action: "restart"},
	}}
	events := []Event{
		EngineStarted{PID: 7, ConfigHash: "c"},
		PhaseEntered{Phase: "ten", Attempt: 1},
		CheckSigned{Phase: "ten", Attempt: 1, Check: "leak"},
		CheckBegan{Phase: "ten", Attempt: 1, Check: "suite"},
		CheckEnded{Phase: "ten", Attempt: 1, Check: "suite", Detail: "exit status 1", Output: "1 failed"},
		CheckEnded{Phase: "ten", Attempt: 9, Check: "late", OK: true}, // of an attempt that is over
		BaselineFrozen{Metric: "error", Value: 0.01, Window: time.Hour, Points: 240},
		MetricRead{Metric: "crash", Value: 0.003, Unit: Ratio, Note: "looked"},
		GuardTripped{Metric: "error", Reason: "6% is above 5%", Mode: GuardArmed},
		PlanArmed{Plan: Plan{ID: "g", Kind: PlanRollback, Guard: true}},
		PlanVetoed{Plan: "g", Reason: "a blip", Until: time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)},
		ClockJumped{By: time.Hour},
		GuardCleared{Metric: "error"},
		Progress{Phase: "ten", Attempt: 1, Soak: time.Minute, Streaks: map[MetricID]Streak{"error": {Target: time.Minute}}},
		FlagObserved{Flag: "real", Value: BoolValue(true)},
		FlagObserved{Flag: "real", Value: BoolValue(true), Effective: true},
		HoldChanged{Held: true, Reason: "lunch"},
		HoldChanged{},
		PlanArmed{Plan: plan},
		PlanFired{Plan: "p", How: "enter"},
		StepIntended{Plan: "p", Step: 0, Try: 1},
		FlagObserved{Flag: "real", Value: BoolValue(false)},
		StepEnded{Plan: "p", Step: 0, Outcome: StepDone},
		StepIntended{Plan: "p", Step: 1, Try: 1, Before: "1@2"},
		StepEnded{Plan: "p", Step: 1, Outcome: StepDone},
		FlagObserved{Flag: "real", Value: BoolValue(false), Effective: true},
		PlanEnded{Plan: "p", Outcome: Verified},
		PhaseLeft{From: "ten", Plan: "p"},
		StepEnded{Plan: "nobody knows", Step: 9},
		GateChanged{Phase: "ten", To: NoGo},
		Unaudited{Count: 2},
		EngineStopped{PID: 7},
	}
	var out []Record
	for i, e := range events {
		out = append(out, Record{Seq: uint64(i) + 1, At: at.Add(time.Duration(i) * time.Second), By: Actor{Name: "ana"}, Event: e})
	}
	return out
}

func TestApply(t *testing.T) {
	var s State
	after := map[string]State{}
	for _, r := range flight() {
		s = Apply(s, r)
		after[EventName(r.Event)] = s
	}
	if f := after["StepIntended"].Flags["real"]; !f.Pending || !f.Want.Equal(BoolValue(false)) {
		t.Errorf("a flag that a step is about to set: %+v", f)
	}
	if f := s.Flags["real"]; f.Pending || f.Drift() || f.Unapplied() {
		t.Errorf("a flag whose effect was seen: %+v", f)
	}
	if s.Plan.ContainedAt.IsZero() || s.Plan.VerifiedAt.IsZero() || s.LastDown == nil || s.LastDown.Outcome != Verified {
		t.Errorf("the rollback's times: %+v", s.Plan)
	}
	if a := s.Attempts[0]; s.Phase != "" || !a.Back || a.Soak != time.Minute || s.Attempt() != nil {
		t.Errorf("the attempt that was rolled back: %+v", a)
	}
	if s.Engine != 0 || s.Unaudited != 2 || s.Headline != NoGo || s.Checks != nil {
		t.Errorf("state %+v", s)
	}
}

// TestApplyGate looks at what verdicts rest on.
func TestApplyGate(t *testing.T) {
	var s State
	after := map[string]State{}
	for _, r := range flight() {
		s = Apply(s, r)
		after[EventName(r.Event)] = s
	}
	if c := after["CheckEnded"].Checks; c["suite"].Note != "exit status 1" || !c["suite"].Failed || !c["suite"].Ran || len(c) != 2 {
		t.Errorf("checks %+v", c)
	}
	if b := s.Baselines["error"]; b.Value != 0.01 || b.Points != 240 || b.By.Name != "ana" || b.At.IsZero() {
		t.Errorf("baseline %+v", b)
	}
	if g := after["GuardTripped"].Guard; g.Metric != "error" || g.Since.IsZero() {
		t.Errorf("tripped guard %+v", g)
	}
	until := time.Date(2026, 1, 2, 5, 0, 0, 0, time.UTC) // an hour later, as the clock jumped
	if g := s.Guard; g.Metric != "" || !g.Vetoed(until.Add(-time.Second)) || g.Vetoed(until) || g.VetoNote != "a blip" {
		t.Errorf("vetoed guard %+v", g)
	}
	if before, now := after["CheckEnded"].Checks["leak"].At, after["ClockJumped"].Checks["leak"].At; now.Sub(before) != time.Hour {
		t.Errorf("a signature of %v is of %v after the jump", before, now)
	}
	if c := s.Changed; c.What != "real is false" {
		t.Errorf("changed %+v", c)
	}
	if len(after["Progress"].Streaks) != 1 || s.Streaks != nil {
		t.Errorf("streaks %+v, and after a change %+v", after["Progress"].Streaks, s.Streaks)
	}
	more := Apply(after["Progress"], Record{Event: Progress{Streaks: map[MetricID]Streak{"p95": {Alert: time.Second}}}})
	if len(more.Streaks) != 2 {
		t.Errorf("progress replaced what it did not mention: %+v", more.Streaks)
	}
}

// TestApplyChangesNothing folds twice from the same states: each must come out
// the same, whatever was folded from it in between.
func TestApplyChangesNothing(t *testing.T) {
	records := flight()
	states := []State{{}}
	var before []string
	for _, r := range records {
		s := states[len(states)-1]
		b, _ := json.Marshal(s)
		before = append(before, string(b))
		states = append(states, Apply(s, r))
	}
	for i, r := range records {
		if b, _ := json.Marshal(states[i]); string(b) != before[i] {
			t.Errorf("%s changed the state that it was applied to", EventName(r.Event))
		}
		if again := Apply(states[i], r); !reflect.DeepEqual(again, states[i+1]) {
			t.Errorf("%s comes out different the second time", EventName(r.Event))
		}
	}
}

func TestRecordsSurviveJSON(t *testing.T) {
	for _, r := range flight() {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back Record
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(r, back) {
			t.Errorf("%s: %+v became %+v", EventName(r.Event), r, back)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	records := flight()
	b.ReportAllocs()
	var s State
	i := 0
	for b.Loop() {
		if i%len(records) == 0 {
			s = State{}
		}
		s = Apply(s, records[i%len(records)])
		i++
	}
}

// TestASkippedStepSetNothing: after a way up that stopped, no flag has drifted from what was never set.
func TestASkippedStepSetNothing(t *testing.T) {
	plan := Plan{ID: "p", Kind: PlanEnter, Phase: "ten", Steps: []Step{{Kind: StepRun, Action: "migrate"}, {Kind: StepSet, Changes: []Change{{Flag: "on", To: BoolValue(true)}}}}}
	s := State{Flags: map[FlagID]FlagState{"on": {Stored: BoolValue(false), Want: BoolValue(false)}}}
	for i, ev := range []Event{
		PlanArmed{Plan: plan}, PlanFired{Plan: "p"}, StepIntended{Plan: "p", Try: 1}, StepEnded{Plan: "p", Outcome: StepFailed},
		StepEnded{Plan: "p", Step: 1, Outcome: StepSkipped}, PlanEnded{Plan: "p", Outcome: Failed},
	} {
		s = Apply(s, Record{Seq: uint64(i) + 1, At: time.Unix(int64(i), 0), Event: ev})
	}
	if f := s.Flags["on"]; f.Drift() || !f.Want.Equal(BoolValue(false)) {
		t.Errorf("want %s, stored %s", f.Want, f.Stored)
	}
}
