package model

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// many is a rollout of thirty tenants, half of them in the first phase.
func many() *Rollout {
	var all []string
	for _, a := range "abc" {
		for _, b := range "0123456789" {
			all = append(all, string(a)+string(b))
		}
	}
	return &Rollout{
		Flags: []Flag{
			{ID: "real", Type: Bool, Safe: BoolValue(false)},
			{ID: "tenants", Type: List, SafeKeep: true, Empty: "everyone", Needs: []FlagID{"real"}, Population: all},
			{ID: "percent", Type: Number, Safe: Value{Type: Number, Text: "0"}},
			{ID: "other", Type: Bool, Safe: BoolValue(false)},
		},
		Phases: []Phase{
			{ID: "half", Title: "Half", Flags: []Setting{{"real", BoolValue(true)}, {"tenants", Value{Type: Share, Text: "50"}}, {"percent", Value{Type: Number, Text: "50"}}}},
			{ID: "all", Title: "All", Flags: []Setting{{"tenants", ListValue()}}},
		},
		Rollbacks: []Rollback{
			{ID: "gradual", Title: "Fewer", Scope: ScopeSet, Set: []Setting{{"tenants", Value{Type: Share, Text: "10"}}}},
			{ID: "some", Title: "Some out", Scope: ScopeSet, Set: []Setting{{"tenants", Value{Type: Remove}}}},
			{ID: "quick", Title: "Off", Emergency: true, Scope: ScopeSafe},
		},
	}
}

// fold applies events, a second apart, to s.
func fold(s State, events ...Event) State {
	for _, e := range events {
		s = Apply(s, Record{Seq: s.Seq + 1, At: s.At.Add(time.Second), By: Actor{Name: "ana"}, Event: e})
	}
	return s
}

// run resolves a plan, and folds it with every step ending in how.
func run(t *testing.T, r *Rollout, s State, in Intent, how, ends Outcome) State {
	t.Helper()
	in.ID = IntentID("plan-" + string(rune('a'+s.Seq%26)))
	p, err := Resolve(r, &s, Verdict{Headline: GO}, in)
	if err != nil {
		t.Fatal(err)
	}
	s = fold(s, PlanArmed{Plan: p}, PlanFired{Plan: p.ID})
	for _, st := range p.Steps {
		s = fold(s, StepIntended{Plan: p.ID, Step: st.N, Try: 1}, StepEnded{Plan: p.ID, Step: st.N, Outcome: how})
		for _, c := range st.Changes {
			if how == StepDone {
				s = fold(s, FlagObserved{Flag: c.Flag, Value: c.To}, FlagObserved{Flag: c.Flag, Value: c.To, Effective: true})
			}
		}
	}
	s = fold(s, PlanEnded{Plan: p.ID, Outcome: ends})
	if p.Kind == PlanEnter && ends == Verified {
		s = fold(s, PhaseEntered{Phase: p.Phase, Attempt: 1, Plan: p.ID})
	}
	return s
}

func start(t *testing.T, r *Rollout, phases int) State {
	s := fold(State{}, FlagObserved{Flag: "real", Value: BoolValue(false)}, FlagObserved{Flag: "tenants", Value: ListValue("a0")},
		FlagObserved{Flag: "percent", Value: Value{Type: Number, Text: "0"}}, FlagObserved{Flag: "other", Value: BoolValue(true)})
	for range phases {
		s = run(t, r, s, Intent{Kind: ArmEnter}, StepDone, Verified)
	}
	return s
}

// TestLessThanThePhaseEndsItsAttempt whatever takes it back, and however that ends.
func TestLessThanThePhaseEndsItsAttempt(t *testing.T) {
	r := many()
	number := func(n string) Value { return Value{Type: Number, Text: n} }
	for _, c := range []struct {
		name      string
		phases    int
		in        Intent
		how, ends Outcome
		below     string // empty: it stands in the phase as before
	}{
		{"fewer", 1, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepDone, Verified, "tenants 15 → 3, below Half"},
		{"partly done", 1, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepUnsure, Partial, "tenants 15 → 3, below Half"},
		{"cancelled", 1, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepDone, Cancelled, "tenants 15 → 3, below Half"},
		{"nothing happened", 1, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepFailed, Failed, ""},
		{"skipped", 1, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepSkipped, Cancelled, ""},
		{"from everyone", 2, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepDone, Verified, "tenants everyone (30) → 3, below All"},
		{"picked out of everyone", 2, Intent{Kind: ArmRollback, Rollback: "some", Remove: []string{"a0", "c9"}}, StepDone, Verified, "tenants everyone (30) → 28, below All"},
		{"one flag back", 1, Intent{Kind: ArmRollback, Flag: "real"}, StepDone, Unverified, "real true → false, below Half"},
		{"all of it, not seen to the end", 1, Intent{Kind: ArmRollback}, StepDone, Unverified, "real true → false, below Half; percent 50 → 0, below Half"},
		{"a flag off", 1, Intent{Kind: ArmFlip, Flag: "real", Value: BoolValue(false)}, StepDone, Verified, "real true → false, below Half"},
		{"a smaller number", 1, Intent{Kind: ArmFlip, Flag: "percent", Value: number("10")}, StepDone, Verified, "percent 50 → 10, below Half"},
		{"a larger number", 1, Intent{Kind: ArmFlip, Flag: "percent", Value: number("60")}, StepDone, Verified, ""},
		{"the same", 1, Intent{Kind: ArmFlip, Flag: "percent", Value: number("50.0")}, StepDone, Verified, ""},
		{"a flag of no phase", 1, Intent{Kind: ArmFlip, Flag: "other", Value: BoolValue(false)}, StepDone, Verified, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, r, c.phases)
			a := s.Attempt()
			s = fold(s, CheckSigned{Phase: a.Phase, Attempt: a.N, Check: "word"}, Progress{Phase: a.Phase, Attempt: a.N, Soak: time.Hour})
			s = run(t, r, s, c.in, c.how, c.ends)
			if c.below == "" {
				if s.Below != nil || s.Attempt() == nil || len(s.Checks) != 1 {
					t.Errorf("it is not in its phase any more: %+v", s.Below)
				}
				return
			}
			if s.Below == nil || s.Below.Text != c.below || s.Attempt() != nil || len(s.Checks) > 0 || s.Phase != a.Phase {
				t.Fatalf("below %+v, attempt %+v, checks %v", s.Below, s.Attempt(), s.Checks)
			}
			if last := s.Attempts[len(s.Attempts)-1]; last.Soak != time.Hour || !last.Back {
				t.Errorf("the attempt that ended: %+v", last)
			}
			if next := r.Upward(&s); next.ID != a.Phase {
				t.Errorf("going on enters %s", next.ID)
			}
			if s = run(t, r, s, Intent{Kind: ArmEnter, Reason: "again"}, StepDone, Verified); s.Below != nil || s.Attempt() == nil || s.Phase != a.Phase {
				t.Errorf("entered again: %s, below %+v", s.Phase, s.Below)
			}
		})
	}
}

// TestEnteredFlags are what the plans set, not what the config asks for in words.
func TestEnteredFlags(t *testing.T) {
	r := many()
	before := start(t, r, 0)
	if got := EnteredFlags(r, &before); got != nil {
		t.Errorf("before the first phase: %v", got)
	}
	s := start(t, r, 1)
	want := []Setting{{"real", BoolValue(true)}, {"tenants", s.Flags["tenants"].Stored}, {"percent", Value{Type: Number, Text: "50"}}}
	if got := EnteredFlags(r, &s); !reflect.DeepEqual(got, want) || len(want[1].Value.Items) != 15 {
		t.Errorf("in the phase: %v, wanted %v", got, want)
	}
	s = run(t, r, s, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepDone, Verified)
	if got := EnteredFlags(r, &s); len(got[1].Value.Items) != 3 {
		t.Errorf("below it: %v", got)
	}
}

// TestGoingOnBelowAPhase needs a reason only where something is wrong.
func TestGoingOnBelowAPhase(t *testing.T) {
	r := many()
	s := run(t, r, start(t, r, 1), Intent{Kind: ArmFlip, Flag: "real", Value: BoolValue(false)}, StepDone, Verified)
	for _, c := range []struct {
		gate    Headline
		to      PhaseID
		refused bool
	}{
		{Hold, "", false}, {Hold, "half", false}, {NoGo, "", true}, {Unknown, "", true}, {GateNotSafe, "", true}, {GateRollingBack, "", true},
		{Hold, "all", true}, {GO, "all", true},
	} {
		p, err := Resolve(r, &s, Verdict{Headline: c.gate}, Intent{Kind: ArmEnter, Phase: c.to})
		if (err != nil) != c.refused {
			t.Errorf("%s, to %q: %v", c.gate, c.to, err)
		}
		if err == nil && (p.Phase != "half" || p.Override || p.Title != "Enter Half again") {
			t.Errorf("%s: %+v", c.gate, p)
		}
	}
	off := State{Phase: ""}
	if _, err := Resolve(r, &off, Verdict{Headline: GateNotSafe}, Intent{Kind: ArmEnter}); err == nil {
		t.Error("the first phase is entered after a rollback that is not confirmed, without a reason")
	}
}

// TestEveryoneIsNotNobody in what a plan says it will do.
func TestEveryoneIsNotNobody(t *testing.T) {
	r := many()
	s := start(t, r, 2)
	p, err := Resolve(r, &s, Verdict{}, Intent{Kind: ArmRollback, Rollback: "gradual"})
	if err != nil || p.Steps[0].Title != "tenants: everyone (30) → a0,a1,a2" {
		t.Errorf("%q, %v", p.Steps[0].Title, err)
	}
	if got := p.Steps[0].HowMany(p.Steps[0].Changes[0].From); got != "everyone (30)" {
		t.Errorf("in short: %q", got)
	}
	if who, known := r.Flags[1].Members(s.Flags["tenants"]); !known || len(who) != 30 {
		t.Errorf("members: %v %v", who, known)
	}
	r.Flags[1].Population = nil
	if _, known := r.Flags[1].Members(s.Flags["tenants"]); known {
		t.Error("everyone is somebody, and who is not known")
	}
	text := Summary(r, &s, &PlanState{Plan: p, Steps: make([]StepState, len(p.Steps))})
	if want := "tenants: everyone (30) → a0,a1,a2"; !strings.Contains(text, want) {
		t.Errorf("the summary does not say %q:\n%s", want, text)
	}
}

// TestASignatureCountsForItsAttemptAlone also in a journal that has others.
func TestASignatureCountsForItsAttemptAlone(t *testing.T) {
	r := many()
	s := start(t, r, 0)
	s = fold(s, CheckSigned{Phase: "half", Check: "word"}, CheckEnded{Phase: "half", Check: "suite", OK: true})
	if len(s.Checks) > 0 {
		t.Errorf("before the first phase: %v", s.Checks)
	}
	s = run(t, r, s, Intent{Kind: ArmEnter}, StepDone, Verified)
	s = fold(s, CheckSigned{Phase: "half", Attempt: 1, Check: "word"}, CheckUnsigned{Phase: "half", Attempt: 7, Check: "word"}, CheckSigned{Phase: "all", Attempt: 1, Check: "other"})
	if _, ok := s.Checks["word"]; !ok || len(s.Checks) != 1 {
		t.Errorf("in the phase: %v", s.Checks)
	}
}

// TestInferredValueNeverContradictsTheStore: it was concluded from the store,
// and is void once the store has another value.
func TestInferredValueNeverContradictsTheStore(t *testing.T) {
	on, off := BoolValue(true), BoolValue(false)
	s := fold(State{}, FlagObserved{Flag: "f", Value: on}, FlagObserved{Flag: "f", Value: on, Effective: true, Inferred: true}, FlagObserved{Flag: "f", Value: off})
	if f := s.Flags["f"]; f.Unapplied() || !f.Effective.IsZero() || !f.Current().Equal(off) {
		t.Errorf("inferred before the store changed: %+v", f)
	}
	s = fold(s, FlagObserved{Flag: "f", Value: on, Effective: true}, FlagObserved{Flag: "f", Value: off})
	if f := s.Flags["f"]; !f.Unapplied() {
		t.Errorf("what was read back stays: %+v", f)
	}
}

// TestStepBackToLessThanThePhaseStandsBelowIt: a way back never widens, and what
// it leaves as it was does not become what the phase wants.
func TestStepBackToLessThanThePhaseStandsBelowIt(t *testing.T) {
	r := many()
	r.Rollbacks = append(r.Rollbacks, Rollback{ID: "step", Title: "Step", Scope: ScopePhase})
	fewer := func(s State) State {
		return run(t, r, s, Intent{Kind: ArmRollback, Rollback: "gradual"}, StepDone, Verified)
	}
	byHand := func(s State) State { return fold(s, FlagObserved{Flag: "tenants", Value: ListValue("a0")}) }
	asIs := func(s State) State { return s }
	for _, c := range []struct {
		name  string
		first func(State) State
		in    Intent
		below bool
	}{
		{"after fewer", fewer, Intent{Kind: ArmRollback, Rollback: "step"}, true},
		{"narrowed by hand", byHand, Intent{Kind: ArmRollback, Rollback: "step"}, true},
		{"entered backwards", fewer, Intent{Kind: ArmEnter, Phase: "half", Reason: "back"}, true},
		{"from everyone", asIs, Intent{Kind: ArmRollback, Rollback: "step"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.first(start(t, r, 2))
			p, err := Resolve(r, &s, Verdict{Headline: GO}, c.in)
			if err != nil || c.below != strings.Contains(strings.Join(p.Warnings, ";"), "then stands below Half") {
				t.Fatalf("preview: %q, %v", p.Warnings, err)
			}
			s = run(t, r, s, c.in, StepDone, Verified)
			if c.in.Kind == ArmRollback {
				s = fold(s, PhaseLeft{From: "all", To: "half", Plan: s.Plan.Plan.ID})
			}
			if s.Phase != "half" || (s.Below != nil) != c.below || (s.Attempt() == nil) != c.below || len(s.Set["tenants"].Items) != 15 {
				t.Fatalf("in %s, below %+v, attempt %+v, set %v", s.Phase, s.Below, s.Attempt(), s.Set)
			}
			if next := r.Upward(&s); c.below && next.ID != "half" {
				t.Errorf("going on enters %s", next.ID)
			}
		})
	}
}
