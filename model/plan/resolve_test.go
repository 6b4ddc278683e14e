package plan

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

func testRollout() *model.Rollout {
	on, off := model.BoolValue(true), model.BoolValue(false)
	return &model.Rollout{
		ID: "r",
		Flags: []model.Flag{
			{ID: "real", Type: model.Bool, Safe: off, Apply: []model.ActionID{"restart"}},
			{ID: "tenants", Type: model.List, SafeKeep: true, Empty: "everyone", Needs: []model.FlagID{"real"}, Apply: []model.ActionID{"restart"}},
			{ID: "exports", Type: model.Bool, Safe: off},
		},
		Actions: []model.ActionSpec{{ID: "restart", Title: "restart", Timeout: time.Minute}},
		Phases: []model.Phase{
			{ID: "staging", Title: "Staging"},
			{ID: "ten", Title: "10%", Flags: []model.Setting{{Flag: "real", Value: on}, {Flag: "tenants", Value: model.ListValue("a")}}},
			{ID: "all", Title: "All", Flags: []model.Setting{{Flag: "tenants", Value: model.ListValue()}, {Flag: "exports", Value: on}}},
		},
		Rollbacks: []model.Rollback{
			{ID: "quick", Title: "Off", Emergency: true, Scope: model.ScopeSafe, Budget: time.Minute, Run: []model.ActionID{"restart"},
				Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Within: time.Minute}}},
			{ID: "one", Title: "Phase off", Scope: model.ScopePhase, Budget: time.Minute, Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "phase", Within: time.Minute}}},
		},
	}
}

func titles(p model.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, string(s.Stage)+" "+s.Title)
	}
	return out
}

func TestResolve(t *testing.T) {
	in := func(phase model.PhaseID) model.State {
		s := model.State{Phase: phase, Flags: map[model.FlagID]model.FlagState{}}
		if phase == "ten" || phase == "all" {
			s.Flags["real"] = model.FlagState{Stored: model.BoolValue(true)}
			s.Flags["tenants"] = model.FlagState{Stored: model.ListValue("a")}
		}
		return s
	}
	heldIn := func(phase model.PhaseID) model.State {
		s := in(phase)
		s.Held, s.HeldBy, s.HeldReason = true, model.Actor{Name: "ana"}, "lunch"
		return s
	}
	skipped := func(from, to model.PhaseID) model.State {
		s := in(to)
		s.Attempts = []model.Attempt{{Phase: from, N: 1, Left: time.Unix(1, 0)}, {Phase: to, N: 1}}
		return s
	}
	goVerdict, noGo := model.Verdict{Headline: model.GO}, model.Verdict{Headline: model.NoGo, Reasons: []string{"errors: 2%"}}
	for _, c := range []struct {
		name   string
		state  model.State
		gate   model.Verdict
		intent model.Intent
		steps  []string
		err    string
	}{
		{"the first phase sets nothing", in(""), noGo, model.Intent{Kind: model.ArmEnter}, nil, ""},
		{"the list before its master", in("staging"), goVerdict, model.Intent{Kind: model.ArmEnter}, []string{
			"contain tenants: ? → a", "contain real: ? → true", "apply restart", "verify real is true", "verify tenants is a"}, ""},
		{"what narrows goes first", in("ten"), goVerdict, model.Intent{Kind: model.ArmEnter, Phase: "all"}, []string{
			"contain tenants: a → everyone", "contain exports: ? → true", "apply restart", "verify tenants is []", "verify exports is true"}, ""},
		{"against the gate without a reason", in("ten"), noGo, model.Intent{Kind: model.ArmEnter}, nil, "needs a reason"},
		{"past a phase without a reason", in("staging"), goVerdict, model.Intent{Kind: model.ArmEnter, Phase: "all"}, nil, "skips a phase"},
		{"back to a phase needs no reason", in("all"), noGo, model.Intent{Kind: model.ArmEnter, Phase: "ten"}, []string{
			"contain exports: ? → false", "contain real: true → true", "contain tenants: a → a", "apply restart",
			"verify real is true", "verify tenants is a", "verify exports is false"}, ""},
		{"back to the first phase takes everything back", in("ten"), noGo, model.Intent{Kind: model.ArmEnter, Phase: "staging"}, []string{
			"contain real: true → false", "contain exports: ? → false", "apply restart", "verify real is false", "verify exports is false"}, ""},
		{"after the last", in("all"), goVerdict, model.Intent{Kind: model.ArmEnter}, nil, "last phase"},
		{"an unknown phase", in(""), goVerdict, model.Intent{Kind: model.ArmEnter, Phase: "x"}, nil, `no phase "x"`},
		{"held", model.State{Held: true, HeldBy: model.Actor{Name: "ana"}, HeldReason: "lunch"}, goVerdict, model.Intent{Kind: model.ArmEnter}, nil, "held by ana (lunch)"},
		{"the emergency keeps the tenants", in("ten"), noGo, model.Intent{Kind: model.ArmRollback}, []string{
			"contain real: true → false", "contain exports: ? → false", "apply restart", "verify real is false"}, ""},
		{"the phase's flags back", in("all"), noGo, model.Intent{Kind: model.ArmRollback, Rollback: "one"}, []string{
			"contain tenants: a → a", "contain exports: ? → false", "apply restart", "verify tenants is a", "verify exports is false"}, ""},
		{"back past a phase that was skipped", skipped("staging", "all"), noGo, model.Intent{Kind: model.ArmRollback, Rollback: "one"}, []string{
			"contain real: true → false", "contain exports: ? → false", "apply restart", "verify real is false", "verify exports is false"}, ""},
		{"a flip that lets more in, held", heldIn("staging"), goVerdict, model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(true)}, nil, "held by ana (lunch), and that may let more in"},
		{"a list made longer, held", heldIn("ten"), goVerdict, model.Intent{Kind: model.ArmFlip, Flag: "tenants", Value: model.ListValue("a", "b")}, nil, "may let more in"},
		{"a flip to what is safe, held", heldIn("ten"), goVerdict, model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}, []string{
			"contain real: true → false", "apply restart", "verify real is false"}, ""},
		{"a phase without flags has nothing to take back", in("staging"), noGo, model.Intent{Kind: model.ArmRollback, Rollback: "one"}, nil, "sets no flag"},
		{"an unknown rollback", in("ten"), noGo, model.Intent{Kind: model.ArmRollback, Rollback: "x"}, nil, `no rollback "x"`},
		{"a flip of the wrong type", in("ten"), noGo, model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.ListValue()}, nil, "is a bool"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Resolve(testRollout(), &c.state, c.gate, c.intent)
			if c.err != "" {
				if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), c.err) {
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
	r.Rollbacks[0].Scope, r.Rollbacks[0].Set = model.ScopeSet, []model.Setting{{Flag: "tenants", Value: model.ListValue()}, {Flag: "real", Value: model.BoolValue(false)}}
	s := model.State{Phase: "ten", Flags: map[model.FlagID]model.FlagState{"real": {Stored: model.BoolValue(true)}, "tenants": {Stored: model.ListValue("a")}}}
	p, err := Resolve(r, &s, model.Verdict{}, model.Intent{Kind: model.ArmRollback})
	if err != nil {
		t.Fatal(err)
	}
	if p.Steps[0].Changes[0].Flag != "real" || !slices.Equal(p.Steps[1].After, []model.FlagID{"real"}) {
		t.Errorf("an emptied list, which means everyone, does not wait for its master: %+v", p.Steps[:2])
	}
}

func TestPhaseSettings(t *testing.T) {
	got := model.PhaseSettings(testRollout(), nil, "ten")
	want := []model.Setting{{Flag: "real", Value: model.BoolValue(true)}, {Flag: "tenants", Value: model.ListValue("a")}, {Flag: "exports", Value: model.BoolValue(false)}}
	if !slices.EqualFunc(got, want, func(a, b model.Setting) bool { return a.Flag == b.Flag && a.Value.Equal(b.Value) }) {
		t.Errorf("flags in ten: %v, wanted %v", got, want)
	}
}
