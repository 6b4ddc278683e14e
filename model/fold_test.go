package model

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyEvent draws an event of a small world: two phases, three flags, two plans, a
// metric, two checks. Nothing keeps its order sensible: a journal may be of an older
// gonogo, or of a config that has changed since.
func anyEvent(rt *rapid.T) Event {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(rt, name) }
	flag := FlagID(pick("flag", "real", "tenants", "gone"))
	plan := PlanID(pick("plan", "a", "b", "nobody knows"))
	phase := PhaseID(pick("phase", "ten", "all", "gone"))
	check := CheckID(pick("check", "logs", "suite"))
	attempt := rapid.IntRange(0, 3).Draw(rt, "attempt")
	step := rapid.IntRange(-1, 4).Draw(rt, "step")
	value := rapid.SampledFrom([]Value{BoolValue(true), BoolValue(false), ListValue("t1", "t2"), ListValue(), {Type: Unset}}).Draw(rt, "value")
	outcome := rapid.SampledFrom([]Outcome{
		StepDone, StepAlready, StepFailed, StepUnsure, StepUnseen, StepSkipped, StepSpared, StepHuman, StepEnough,
		Verified, Inferred, Unverified, Partial, Failed, Cancelled, Fenced, NeedsHuman, Ready, "of a newer gonogo",
	}).Draw(rt, "outcome")
	at := time.Unix(1e9+int64(rapid.IntRange(0, 1000).Draw(rt, "at")), 0).UTC()
	return rapid.SampledFrom([]Event{
		EngineStarted{PID: 7, ConfigHash: "c"}, EngineStopped{PID: 7}, ConfigAdopted{Hash: "d", Previous: "c"},
		PhaseEntered{Phase: phase, Attempt: attempt}, PhaseLeft{From: phase, To: "ten", Plan: plan},
		HoldChanged{Held: attempt > 1, Reason: "lunch"},
		Progress{Phase: phase, Attempt: attempt, Soak: time.Minute, Streaks: map[MetricID]Streak{"error": {Target: time.Minute}}},
		GateChanged{Phase: phase, From: GO, To: NoGo, Breach: "error: 7% is above 5%"}, GateChanged{Phase: phase, To: GO},
		FlagObserved{Flag: flag, Value: value}, FlagObserved{Flag: flag, Value: value, Effective: true}, FlagObserved{Flag: flag, Err: "refused"},
		CheckSigned{Phase: phase, Attempt: attempt, Check: check, Note: "looked"}, CheckUnsigned{Phase: phase, Attempt: attempt, Check: check},
		CheckBegan{Phase: phase, Attempt: attempt, Check: check}, CheckEnded{Phase: phase, Attempt: attempt, Check: check, OK: attempt > 1},
		BaselineFrozen{Metric: "error", Value: 0.01, Window: time.Hour, Points: 240},
		MetricRead{Metric: "crash", Value: Float(attempt), Unit: Unit(pick("unit", "", "ratio")), Note: "looked"},
		GuardTripped{Metric: "error", Reason: "7%", Mode: GuardArmed}, GuardCleared{Metric: "error", State: Pass},
		PlanArmed{Plan: anyPlan(rt, plan)}, PlanVetoed{Plan: plan, Reason: "a blip", Until: at}, PlanFired{Plan: plan, How: "enter", Breach: at}, PlanJoined{Plan: plan},
		StepIntended{Plan: plan, Step: step, Try: attempt}, StepEnded{Plan: plan, Step: step, Outcome: outcome, Detail: "looked"},
		EvidenceMarked{Plan: plan, Step: step, Mark: "m"}, PlanEnded{Plan: plan, Outcome: outcome, Doubts: []string{"a doubt"}},
		Confirmed{Plan: plan, How: ByPerson, Reason: "seen"}, StillConfirmed{Plan: plan}, NotConfirmed{Plan: plan, Reason: "gone"},
		Recovered{Plan: plan, Breach: at, Fired: at, Verified: at}, Notified{Action: "team", Plan: plan, Title: "began", Err: "timed out"},
		ClockJumped{By: time.Hour}, Unaudited{Count: attempt},
	}).Draw(rt, "event")
}

func anyPlan(rt *rapid.T, id PlanID) Plan {
	kind := rapid.SampledFrom([]PlanKind{PlanEnter, PlanFlip, PlanRollback, PlanDrill}).Draw(rt, "kind")
	level := rapid.IntRange(0, 1).Draw(rt, "levels")
	return Plan{
		ID: id, Kind: kind, Phase: "ten", From: "all", Rollback: "off", Leaves: kind == PlanRollback, Guard: rapid.Bool().Draw(rt, "guard"), Budget: time.Minute,
		Steps: []Step{
			{Kind: StepSet, Level: level, Changes: []Change{{Flag: "real", From: BoolValue(true), To: BoolValue(false)}}},
			{Kind: StepRun, Level: level, Action: "restart"},
			{Kind: StepSet, Level: 2 * level, Changes: []Change{{Flag: "tenants", From: ListValue("t1", "t2"), To: ListValue()}}},
			{Kind: StepVerify, Verify: &Verify{Kind: VerifyFlag, Flag: "real", Is: BoolValue(false)}},
		},
	}
}

func anyRecords(rt *rapid.T) []Record {
	out := make([]Record, rapid.IntRange(1, 60).Draw(rt, "records"))
	at := time.Unix(1e9, 0).UTC()
	for i := range out {
		at = at.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "later")) * time.Second)
		by := Actor{Name: rapid.SampledFrom([]string{"ana", "guard"}).Draw(rt, "by"), Via: rapid.SampledFrom([]string{"command", ViaGuard, ViaEngine}).Draw(rt, "via")}
		out[i] = Record{Seq: uint64(i) + 1, At: at, By: by, Event: anyEvent(rt)}
	}
	return out
}

func written(rt *rapid.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		rt.Fatal(err)
	}
	return string(b)
}

// TestApplyLeavesTheStateItWasGiven: viewers hold old states while new ones are folded.
func TestApplyLeavesTheStateItWasGiven(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var states []State
		var texts []string
		s := State{}
		for _, r := range anyRecords(rt) {
			states, texts = append(states, s), append(texts, written(rt, s))
			s = Apply(s, r)
		}
		for i := range states {
			if got := written(rt, states[i]); got != texts[i] {
				rt.Fatalf("the state before record %d was changed:\n%s\n%s", i+1, texts[i], got)
			}
		}
	})
}

// TestApplyIsAFunction: the same records give the same state, in whatever process.
func TestApplyIsAFunction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var a, b State
		for _, r := range anyRecords(rt) {
			a, b = Apply(a, r), Apply(b, r)
		}
		if !reflect.DeepEqual(a, b) {
			rt.Fatalf("%s\n%s", written(rt, a), written(rt, b))
		}
	})
}

// TestAJournaledRecordFoldsAsItWas: what an engine that takes over reads back leads to
// what the one before had.
func TestAJournaledRecordFoldsAsItWas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var a, b State
		for _, r := range anyRecords(rt) {
			var back Record
			if err := json.Unmarshal([]byte(written(rt, r)), &back); err != nil {
				rt.Fatalf("%s: %v", EventName(r.Event), err)
			}
			a, b = Apply(a, r), Apply(b, back)
		}
		if x, y := written(rt, a), written(rt, b); x != y {
			rt.Fatalf("%s\n%s", x, y)
		}
	})
}

// TestAFoldedStateIsSound: whatever was journaled, a plan has a state for each of its
// steps, only one is on the screen, an ended one has an end, and what a verified rollback left is closed.
func TestAFoldedStateIsSound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var s State
		for _, r := range anyRecords(rt) {
			s = Apply(s, r)
			for _, p := range []*PlanState{s.Plan, s.Preempted, s.LastDown} {
				switch {
				case p == nil:
				case len(p.Steps) != len(p.Plan.Steps):
					rt.Fatalf("%d states of %d steps", len(p.Steps), len(p.Plan.Steps))
				case p.Status == Ended && (p.EndedAt.IsZero() || p.Outcome == ""):
					rt.Fatalf("it has ended, at %s, %q", p.EndedAt, p.Outcome)
				case p.Status == Armed && !p.EndedAt.IsZero():
					rt.Fatalf("it is armed and has ended")
				}
			}
			if s.Plan != nil && s.Plan == s.Preempted {
				rt.Fatal("one plan takes its own place")
			}
			if p := s.RollbackOpen(); p != nil && p.Outcome == Verified {
				rt.Fatal("a verified rollback waits to be confirmed")
			}
		}
	})
}
