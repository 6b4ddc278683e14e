package model

import (
	"slices"
	"testing"
	"time"
)

// story folds events, a second apart.
type story struct {
	t   *testing.T
	s   State
	now time.Time
}

func newStory(t *testing.T) *story {
	return &story{t: t, s: State{Phase: "ten"}, now: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)}
}

// do folds an event and returns when it was.
func (y *story) do(e Event) time.Time {
	y.now = y.now.Add(time.Second)
	y.s = Apply(y.s, Record{Seq: y.s.Seq + 1, At: y.now, By: Actor{Name: "ana"}, Event: e})
	return y.now
}

func down(id PlanID) Plan {
	return Plan{ID: id, Kind: PlanRollback, Rollback: "down", Steps: []Step{
		{Kind: StepSet, Changes: []Change{{Flag: "real", From: BoolValue(true), To: BoolValue(false)}}},
		{Kind: StepRun, Action: "restart"},
		{Kind: StepVerify, Verify: &Verify{Kind: VerifyFlag, Flag: "real", Is: BoolValue(false)}},
	}}
}

// TestBreachIsTheFirstNoGoWithoutAGo: whatever the gate says in between, and
// whichever of headline and guard came first.
func TestBreachIsTheFirstNoGoWithoutAGo(t *testing.T) {
	noGo := GateChanged{To: NoGo, Breach: "errors: 7% is above 5%"}
	for _, c := range []struct {
		name  string
		tale  []Event
		first int // of the event that is T0; -1: none
	}{
		{"nothing", []Event{GateChanged{To: GO}, GateChanged{To: Hold}}, -1},
		{"a check failed", []Event{GateChanged{To: NoGo}}, -1},
		{"the source went down", []Event{GateChanged{To: GO}, noGo, GateChanged{To: Unknown}}, 1},
		{"and came back", []Event{noGo, GateChanged{To: Unknown}, noGo}, 0},
		{"soaking in between", []Event{noGo, GateChanged{To: Hold}, noGo}, 0},
		{"GO in between", []Event{noGo, GateChanged{To: GO}, noGo}, 2},
		{"GO since", []Event{noGo, GateChanged{To: GO}}, -1},
		{"the guard first", []Event{GuardTripped{Metric: "errors", Reason: "7%"}, noGo}, 0},
		{"the guard later", []Event{noGo, GuardTripped{Metric: "errors", Reason: "7%"}}, 0},
		{"the guard stood down", []Event{GuardTripped{Metric: "errors"}, GuardCleared{Metric: "errors", State: Collecting}}, 0},
		{"a metric after a check", []Event{GateChanged{To: NoGo}, noGo}, 1},
	} {
		y, want := newStory(t), time.Time{}
		for i, e := range c.tale {
			if at := y.do(e); i == c.first {
				want = at
			}
		}
		if got := y.s.Breach.Since; !got.Equal(want) {
			t.Errorf("%s: the breach began at %s, wanted %s", c.name, got, want)
		}
	}
}

// TestOnlyAGoEndsABreach: a rollback that was verified, or confirmed, in the middle of one
// does not, nor does the attempt that begins with it. What went wrong before the
// first phase is none of the rollout's.
func TestOnlyAGoEndsABreach(t *testing.T) {
	noGo := GateChanged{To: NoGo, Breach: "errors: 7% is above 5%"}
	armed, fired := PlanArmed{Plan: down("a")}, PlanFired{Plan: "a", Breach: time.Unix(1, 0)}
	for _, c := range []struct {
		name  string
		tale  []Event
		first int // of the event that is T0; -1: none
	}{
		{"a verified step down", []Event{noGo, armed, fired, PlanEnded{Plan: "a", Outcome: Verified}, noGo}, 0},
		{"and back a phase", []Event{noGo, armed, fired, PlanEnded{Plan: "a", Outcome: Verified}, PhaseLeft{From: "ten", To: "five", Plan: "a"}, noGo}, 0},
		{"confirmed later", []Event{noGo, armed, fired, PlanEnded{Plan: "a", Outcome: Inferred}, Confirmed{Plan: "a", How: ByPerson}, noGo}, 0},
		{"GO after it", []Event{noGo, armed, fired, PlanEnded{Plan: "a", Outcome: Verified}, GateChanged{To: GO}, noGo}, 5},
		{"another phase, against the gate", []Event{noGo, PhaseEntered{Phase: "all", Attempt: 1, Override: "why"}, noGo}, 0},
		{"out, and in again", []Event{noGo, PhaseLeft{From: "ten"}, noGo, PhaseEntered{Phase: "ten", Attempt: 2}, noGo}, 4},
		{"out, and in again, all well", []Event{noGo, PhaseLeft{From: "ten"}, PhaseEntered{Phase: "ten", Attempt: 2}}, -1},
	} {
		y, want := newStory(t), time.Time{}
		for i, e := range c.tale {
			if at := y.do(e); i == c.first {
				want = at
			}
		}
		if got := y.s.Breach.Since; !got.Equal(want) {
			t.Errorf("%s: the breach began at %s, wanted %s", c.name, got, want)
		}
	}
}

// TestPlannedStepDownIsNoIncident: no clock runs for one that answers to nothing; it
// is open all the same until it is confirmed, and one that fails begins an incident.
func TestPlannedStepDownIsNoIncident(t *testing.T) {
	for _, c := range []struct {
		name           string
		change         func(*Plan, *PlanFired)
		outcome        Outcome
		clock          bool // while it runs
		incident, open bool // after its end
	}{
		{"planned", func(*Plan, *PlanFired) {}, Verified, false, false, false},
		{"planned, inferred", func(*Plan, *PlanFired) {}, Inferred, false, false, true},
		{"planned, cancelled", func(*Plan, *PlanFired) {}, Cancelled, false, false, true},
		{"planned, failed", func(*Plan, *PlanFired) {}, Unverified, false, true, true},
		{"a breach", func(_ *Plan, f *PlanFired) { f.Breach = time.Unix(1, 0) }, Verified, true, false, false},
		{"a breach, inferred", func(_ *Plan, f *PlanFired) { f.Breach = time.Unix(1, 0) }, Inferred, true, true, true},
		{"the emergency", func(p *Plan, _ *PlanFired) { p.Emergency = true }, Partial, true, true, true},
		{"a drill", func(p *Plan, _ *PlanFired) { p.Drill = RehearseReal }, Failed, false, false, false},
	} {
		y := newStory(t)
		plan, fired := down("a"), PlanFired{Plan: "a"}
		c.change(&plan, &fired)
		y.do(PlanArmed{Plan: plan})
		y.do(fired)
		if got := y.s.Incident.Open(); got != c.clock {
			t.Errorf("%s: the clock runs: %v", c.name, got)
		}
		if plan.Drill == "" && y.s.RollbackOpen() == nil {
			t.Errorf("%s: no rollback runs", c.name)
		}
		y.do(PlanEnded{Plan: "a", Outcome: c.outcome})
		if got := y.s.Incident.Open(); got != c.incident {
			t.Errorf("%s: an incident: %v", c.name, got)
		}
		if got := y.s.RollbackOpen() != nil; got != c.open {
			t.Errorf("%s: open: %v", c.name, got)
		}
		was := y.s
		y.do(Confirmed{Plan: "a", How: ByPerson, Reason: "looked"})
		if y.s.RollbackOpen() != nil || y.s.Incident.Open() {
			t.Errorf("%s: open after it was confirmed", c.name)
		}
		y.s = was
		y.do(PhaseEntered{Phase: "ten", Attempt: 2})
		if y.s.RollbackOpen() != nil || y.s.Incident.Open() {
			t.Errorf("%s: open after people went on", c.name)
		}
	}
}

// TestContainedIsWhenTheChangeIsInEffect: not when it was written, nor while the
// service still answers the old value.
func TestContainedIsWhenTheChangeIsInEffect(t *testing.T) {
	set, ran := StepEnded{Plan: "a", Step: 0, Outcome: StepDone}, StepEnded{Plan: "a", Step: 1, Outcome: StepDone}
	says := func(v bool) Event { return FlagObserved{Flag: "real", Value: BoolValue(v), Effective: true} }
	for _, c := range []struct {
		name string
		tale []Event
		at   int // of the event that is T2; -1: none
	}{
		{"written only", []Event{set}, -1},
		{"restarted, never read back", []Event{set, ran}, 1},
		{"restarted, and the old value", []Event{says(true), set, ran}, -1},
		{"read back", []Event{says(true), set, ran, says(false)}, 3},
		{"read back before the restart was seen", []Event{says(true), set, says(false), ran}, 2},
		{"the restart failed", []Event{set, StepEnded{Plan: "a", Step: 1, Outcome: StepFailed}}, -1},
		{"verified", []Event{says(true), set, ran, PlanEnded{Plan: "a", Outcome: Verified}}, 3},
	} {
		y, want := newStory(t), time.Time{}
		y.do(PlanArmed{Plan: down("a")})
		y.do(PlanFired{Plan: "a", Breach: y.now})
		for i, e := range c.tale {
			if at := y.do(e); i == c.at {
				want = at
			}
		}
		if got := y.s.Plan.ContainedAt; !got.Equal(want) || !y.s.Incident.Contained.Equal(want) {
			t.Errorf("%s: contained at %s, incident %s, wanted %s", c.name, got, y.s.Incident.Contained, want)
		}
	}
}

// TestContainedIsAsDeepAsItWent: a level that was not enough contained nothing,
// and one that was spared changes nothing of it.
func TestContainedIsAsDeepAsItWent(t *testing.T) {
	tenants := func(from, to string) []Change {
		return []Change{{Flag: "tenants", From: ListValue(from), To: ListValue(to)}}
	}
	ladder := Plan{ID: "a", Kind: PlanRollback, Rollback: "down", Steps: []Step{
		{Kind: StepSet, Level: 1, Changes: tenants("all", "half")},
		{Kind: StepHold, Level: 1},
		{Kind: StepSet, Level: 2, Changes: tenants("half", "none")},
	}}
	says := func(v string) Event { return FlagObserved{Flag: "tenants", Value: ListValue(v), Effective: true} }
	intend := func(n int) Event { return StepIntended{Plan: "a", Step: n, Try: 1} }
	end := func(n int, o Outcome) Event { return StepEnded{Plan: "a", Step: n, Outcome: o} }
	first := []Event{intend(0), says("half"), end(0, StepDone)}
	second := append(slices.Clone(first), end(1, StepUnseen), intend(2))
	for _, c := range []struct {
		name string
		tale []Event
		at   int
	}{
		{"the first level", first, 2},
		{"it was enough", append(slices.Clone(first), end(1, StepEnough), end(2, StepSpared)), 2},
		{"it was not", second, -1},
		{"the second level", append(slices.Clone(second), says("none"), end(2, StepDone)), 6},
		{"which was set already", append(slices.Clone(first), end(1, StepUnseen), says("none"), end(2, StepAlready)), 5},
	} {
		y, want := newStory(t), time.Time{}
		y.do(PlanArmed{Plan: ladder})
		y.do(PlanFired{Plan: "a", Breach: y.now})
		for i, e := range c.tale {
			if at := y.do(e); i == c.at {
				want = at
			}
		}
		if got := y.s.Plan.ContainedAt; !got.Equal(want) || !y.s.Incident.Contained.Equal(want) {
			t.Errorf("%s: contained at %s, incident %s, wanted %s", c.name, got, y.s.Incident.Contained, want)
		}
	}
}

// TestReadBackAnswersOnlyWhatItCan: flags that are read back say nothing of a
// metric, nor of a flag that nobody can ask for.
func TestReadBackAnswersOnlyWhatItCan(t *testing.T) {
	flag := Flag{ID: "real", Type: Bool, Apply: []ActionID{"restart"}, Effective: true}
	good := map[FlagID]FlagState{"real": {Stored: BoolValue(false), Effective: BoolValue(false)}}
	for _, c := range []struct {
		name   string
		change func(*PlanState, *Flag, FlagState) FlagState
		want   bool
	}{
		{"all read back", func(_ *PlanState, _ *Flag, f FlagState) FlagState { return f }, true},
		{"the old value", func(_ *PlanState, _ *Flag, f FlagState) FlagState { f.Effective = BoolValue(true); return f }, false},
		{"inferred", func(_ *PlanState, _ *Flag, f FlagState) FlagState { f.Inferred = true; return f }, false},
		{"no answer by now", func(_ *PlanState, _ *Flag, f FlagState) FlagState { f.EffectErr = "refused"; return f }, false},
		{"its store flipped", func(_ *PlanState, _ *Flag, f FlagState) FlagState { f.Stored = BoolValue(true); return f }, false},
		{"nobody can ask", func(_ *PlanState, s *Flag, f FlagState) FlagState { s.Effective = false; return f }, false},
		{"a metric keeps it open", func(p *PlanState, _ *Flag, f FlagState) FlagState {
			p.Plan.Steps[2].Verify = &Verify{Kind: VerifyMetric}
			return f
		}, false},
		{"it was not set", func(p *PlanState, _ *Flag, f FlagState) FlagState {
			p.Outcome, p.Steps[0].Outcome = Partial, StepFailed
			return f
		}, false},
	} {
		spec := flag
		p := &PlanState{Plan: down("a"), Status: Ended, Outcome: Unverified, Steps: []StepState{{Outcome: StepDone}, {Outcome: StepUnseen}, {Outcome: StepUnseen}}}
		s := State{LastDown: p, Flags: map[FlagID]FlagState{"real": c.change(p, &spec, good["real"])}}
		if got := s.ReadBack(&Rollout{Flags: []Flag{spec}}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
