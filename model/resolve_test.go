package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func testRollout() *Rollout {
	on, off := BoolValue(true), BoolValue(false)
	return &Rollout{
		ID: "r",
		Flags: []Flag{
			{ID: "real", Type: Bool, Safe: off, Apply: []ActionID{"restart"}},
			{ID: "tenants", Type: List, SafeKeep: true, Empty: "everyone", Needs: []FlagID{"real"}, Apply: []ActionID{"restart"}},
			{ID: "exports", Type: Bool, Safe: off},
		},
		Actions: []ActionSpec{{ID: "restart", Title: "restart", Timeout: time.Minute}},
		Phases: []Phase{
			{ID: "staging", Title: "Staging"},
			{ID: "ten", Title: "10%", Flags: []Setting{{"real", on}, {"tenants", ListValue("a")}}},
			{ID: "all", Title: "All", Flags: []Setting{{"tenants", ListValue()}, {"exports", on}}},
		},
		Rollbacks: []Rollback{
			{ID: "quick", Title: "Off", Emergency: true, Scope: ScopeSafe, Budget: time.Minute, Run: []ActionID{"restart"},
				Verify: []Verify{{Kind: VerifyFlag, Flag: "real", Within: time.Minute}}},
			{ID: "one", Title: "Phase off", Scope: ScopePhase, Budget: time.Minute, Verify: []Verify{{Kind: VerifyFlag, Flag: "phase", Within: time.Minute}}},
		},
	}
}

func titles(p Plan) []string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, string(s.Stage)+" "+s.Title)
	}
	return out
}

func TestResolve(t *testing.T) {
	in := func(phase PhaseID) State {
		s := State{Phase: phase, Flags: map[FlagID]FlagState{}}
		if phase == "ten" || phase == "all" {
			s.Flags["real"] = FlagState{Stored: BoolValue(true)}
			s.Flags["tenants"] = FlagState{Stored: ListValue("a")}
		}
		return s
	}
	goVerdict, noGo := Verdict{Headline: GO}, Verdict{Headline: NoGo, Reasons: []string{"errors: 2%"}}
	for _, c := range []struct {
		name   string
		state  State
		gate   Verdict
		intent Intent
		steps  []string
		err    string
	}{
		{"the first phase sets nothing", in(""), noGo, Intent{Kind: ArmEnter}, nil, ""},
		{"the list before its master", in("staging"), goVerdict, Intent{Kind: ArmEnter}, []string{
			"contain tenants: ? → a", "contain real: ? → true", "apply restart", "verify real is true", "verify tenants is a"}, ""},
		{"what narrows goes first", in("ten"), goVerdict, Intent{Kind: ArmEnter, Phase: "all"}, []string{
			"contain tenants: a → everyone", "contain exports: ? → true", "apply restart", "verify tenants is []", "verify exports is true"}, ""},
		{"against the gate without a reason", in("ten"), noGo, Intent{Kind: ArmEnter}, nil, "needs a reason"},
		{"past a phase without a reason", in("staging"), goVerdict, Intent{Kind: ArmEnter, Phase: "all"}, nil, "skips a phase"},
		{"back to a phase needs no reason", in("all"), noGo, Intent{Kind: ArmEnter, Phase: "ten"}, []string{
			"contain exports: ? → false", "contain real: true → true", "contain tenants: a → a", "apply restart",
			"verify real is true", "verify tenants is a", "verify exports is false"}, ""},
		{"back to the first phase takes everything back", in("ten"), noGo, Intent{Kind: ArmEnter, Phase: "staging"}, []string{
			"contain real: true → false", "contain exports: ? → false", "apply restart", "verify real is false", "verify exports is false"}, ""},
		{"after the last", in("all"), goVerdict, Intent{Kind: ArmEnter}, nil, "last phase"},
		{"an unknown phase", in(""), goVerdict, Intent{Kind: ArmEnter, Phase: "x"}, nil, `no phase "x"`},
		{"held", State{Held: true, HeldBy: Actor{Name: "ana"}, HeldReason: "lunch"}, goVerdict, Intent{Kind: ArmEnter}, nil, "held by ana (lunch)"},
		{"the emergency keeps the tenants", in("ten"), noGo, Intent{Kind: ArmRollback}, []string{
			"contain real: true → false", "contain exports: ? → false", "apply restart", "verify real is false"}, ""},
		{"the phase's flags back", in("all"), noGo, Intent{Kind: ArmRollback, Rollback: "one"}, []string{
			"contain tenants: a → a", "contain exports: ? → false", "apply restart", "verify tenants is a", "verify exports is false"}, ""},
		{"a phase without flags has nothing to take back", in("staging"), noGo, Intent{Kind: ArmRollback, Rollback: "one"}, nil, "sets no flag"},
		{"an unknown rollback", in("ten"), noGo, Intent{Kind: ArmRollback, Rollback: "x"}, nil, `no rollback "x"`},
		{"a flip of the wrong type", in("ten"), noGo, Intent{Kind: ArmFlip, Flag: "real", Value: ListValue()}, nil, "is a bool"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Resolve(testRollout(), &c.state, c.gate, c.intent)
			if c.err != "" {
				if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, wanted %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := titles(p); c.name == "back to a phase needs no reason" {
				for i, want := range []string{"contain exports: ? → false"} {
					if !slices.Contains(got, want) {
						t.Errorf("step %d: %v lacks %q", i, got, want)
					}
				}
			} else if !slices.Equal(got, c.steps) {
				t.Errorf("steps\n%q, wanted\n%q", got, c.steps)
			}
			if p.Hash == "" || p.Seal().Hash != p.Hash {
				t.Error("the plan is not sealed")
			}
		})
	}
}

func TestWideningWaitsForItsMaster(t *testing.T) {
	r := testRollout()
	r.Rollbacks[0].Scope, r.Rollbacks[0].Set = ScopeSet, []Setting{{"tenants", ListValue()}, {"real", BoolValue(false)}}
	s := State{Phase: "ten", Flags: map[FlagID]FlagState{"real": {Stored: BoolValue(true)}, "tenants": {Stored: ListValue("a")}}}
	p, err := Resolve(r, &s, Verdict{}, Intent{Kind: ArmRollback})
	if err != nil {
		t.Fatal(err)
	}
	if p.Steps[0].Changes[0].Flag != "real" || !slices.Equal(p.Steps[1].After, []FlagID{"real"}) {
		t.Errorf("an emptied list, which means everyone, does not wait for its master: %+v", p.Steps[:2])
	}
}

func TestPhaseSettings(t *testing.T) {
	got := PhaseSettings(testRollout(), "ten")
	want := []Setting{{"real", BoolValue(true)}, {"tenants", ListValue("a")}, {"exports", BoolValue(false)}}
	if !slices.EqualFunc(got, want, func(a, b Setting) bool { return a.Flag == b.Flag && a.Value.Equal(b.Value) }) {
		t.Errorf("flags in ten: %v, wanted %v", got, want)
	}
}
