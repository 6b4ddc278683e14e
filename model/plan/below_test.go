package plan

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// many is a rollout of thirty tenants, half of them in the first phase.
func many() *model.Rollout {
	var all []string
	for _, a := range "abc" {
		for _, b := range "0123456789" {
			all = append(all, string(a)+string(b))
		}
	}
	return &model.Rollout{
		Flags: []model.Flag{
			{ID: "real", Type: model.Bool, Safe: model.BoolValue(false)},
			{ID: "tenants", Type: model.List, SafeKeep: true, Empty: "everyone", Needs: []model.FlagID{"real"}, Population: all},
			{ID: "percent", Type: model.Number, Safe: model.Value{Type: model.Number, Text: "0"}},
			{ID: "other", Type: model.Bool, Safe: model.BoolValue(false)},
		},
		Phases: []model.Phase{
			{ID: "half", Title: "Half", Flags: []model.Setting{{Flag: "real", Value: model.BoolValue(true)}, {Flag: "tenants", Value: model.Value{Type: model.Share, Text: "50"}}, {Flag: "percent", Value: model.Value{Type: model.Number, Text: "50"}}}},
			{ID: "all", Title: "All", Flags: []model.Setting{{Flag: "tenants", Value: model.ListValue()}}},
		},
		Rollbacks: []model.Rollback{
			{ID: "gradual", Title: "Fewer", Scope: model.ScopeSet, Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Share, Text: "10"}}}},
			{ID: "some", Title: "Some out", Scope: model.ScopeSet, Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Remove}}}},
			{ID: "quick", Title: "Off", Emergency: true, Scope: model.ScopeSafe},
		},
	}
}

// fold applies events, a second apart, to s.
func fold(s model.State, events ...model.Event) model.State {
	for _, e := range events {
		s = model.Apply(s, model.Record{Seq: s.Seq + 1, At: s.At.Add(time.Second), By: model.Actor{Name: "ana"}, Event: e})
	}
	return s
}

// run resolves a plan, and folds it with every step ending in how.
func run(t *testing.T, r *model.Rollout, s model.State, in model.Intent, how, ends model.Outcome) model.State {
	t.Helper()
	in.ID = model.IntentID("plan-" + string(rune('a'+s.Seq%26)))
	p, err := Resolve(r, &s, model.Verdict{Headline: model.GO}, in)
	if err != nil {
		t.Fatal(err)
	}
	s = fold(s, model.PlanArmed{Plan: p}, model.PlanFired{Plan: p.ID})
	for _, st := range p.Steps {
		s = fold(s, model.StepIntended{Plan: p.ID, Step: st.N, Try: 1}, model.StepEnded{Plan: p.ID, Step: st.N, Outcome: how})
		for _, c := range st.Changes {
			if how == model.StepDone {
				s = fold(s, model.FlagObserved{Flag: c.Flag, Value: c.To}, model.FlagObserved{Flag: c.Flag, Value: c.To, Effective: true})
			}
		}
	}
	s = fold(s, model.PlanEnded{Plan: p.ID, Outcome: ends})
	if p.Kind == model.PlanEnter && ends == model.Verified {
		s = fold(s, model.PhaseEntered{Phase: p.Phase, Attempt: 1, Plan: p.ID})
	}
	return s
}

func start(t *testing.T, r *model.Rollout, phases int) model.State {
	s := fold(model.State{}, model.FlagObserved{Flag: "real", Value: model.BoolValue(false)}, model.FlagObserved{Flag: "tenants", Value: model.ListValue("a0")},
		model.FlagObserved{Flag: "percent", Value: model.Value{Type: model.Number, Text: "0"}}, model.FlagObserved{Flag: "other", Value: model.BoolValue(true)})
	for range phases {
		s = run(t, r, s, model.Intent{Kind: model.ArmEnter}, model.StepDone, model.Verified)
	}
	return s
}

// TestLessThanThePhaseEndsItsAttempt whatever takes it back, and however that ends.
func TestLessThanThePhaseEndsItsAttempt(t *testing.T) {
	r := many()
	number := func(n string) model.Value { return model.Value{Type: model.Number, Text: n} }
	for _, c := range []struct {
		name      string
		phases    int
		in        model.Intent
		how, ends model.Outcome
		below     string // empty: it stands in the phase as before
	}{
		{"fewer", 1, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepDone, model.Verified, "tenants 15 → 3, below Half"},
		{"partly done", 1, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepUnsure, model.Partial, "tenants 15 → 3, below Half"},
		{"cancelled", 1, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepDone, model.Cancelled, "tenants 15 → 3, below Half"},
		{"nothing happened", 1, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepFailed, model.Failed, ""},
		{"skipped", 1, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepSkipped, model.Cancelled, ""},
		{"from everyone", 2, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepDone, model.Verified, "tenants everyone (30) → 3, below All"},
		{"picked out of everyone", 2, model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"a0", "c9"}}, model.StepDone, model.Verified, "tenants everyone (30) → 28, below All"},
		{"one flag back", 1, model.Intent{Kind: model.ArmRollback, Flag: "real"}, model.StepDone, model.Unverified, "real true → false, below Half"},
		{"all of it, not seen to the end", 1, model.Intent{Kind: model.ArmRollback}, model.StepDone, model.Unverified, "real true → false, below Half; percent 50 → 0, below Half"},
		{"a flag off", 1, model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}, model.StepDone, model.Verified, "real true → false, below Half"},
		{"a smaller number", 1, model.Intent{Kind: model.ArmFlip, Flag: "percent", Value: number("10")}, model.StepDone, model.Verified, "percent 50 → 10, below Half"},
		{"a larger number", 1, model.Intent{Kind: model.ArmFlip, Flag: "percent", Value: number("60")}, model.StepDone, model.Verified, ""},
		{"the same", 1, model.Intent{Kind: model.ArmFlip, Flag: "percent", Value: number("50.0")}, model.StepDone, model.Verified, ""},
		{"a flag of no phase", 1, model.Intent{Kind: model.ArmFlip, Flag: "other", Value: model.BoolValue(false)}, model.StepDone, model.Verified, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, r, c.phases)
			a := s.Attempt()
			s = fold(s, model.CheckSigned{Phase: a.Phase, Attempt: a.N, Check: "word"}, model.Progress{Phase: a.Phase, Attempt: a.N, Soak: time.Hour})
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
			if s = run(t, r, s, model.Intent{Kind: model.ArmEnter, Reason: "again"}, model.StepDone, model.Verified); s.Below != nil || s.Attempt() == nil || s.Phase != a.Phase {
				t.Errorf("entered again: %s, below %+v", s.Phase, s.Below)
			}
		})
	}
}

// TestEnteredFlags are what the plans set, not what the config asks for in words.
func TestEnteredFlags(t *testing.T) {
	r := many()
	before := start(t, r, 0)
	if got := model.EnteredFlags(r, &before); got != nil {
		t.Errorf("before the first phase: %v", got)
	}
	s := start(t, r, 1)
	want := []model.Setting{{Flag: "real", Value: model.BoolValue(true)}, {Flag: "tenants", Value: s.Flags["tenants"].Stored}, {Flag: "percent", Value: model.Value{Type: model.Number, Text: "50"}}}
	if got := model.EnteredFlags(r, &s); !reflect.DeepEqual(got, want) || len(want[1].Value.Items) != 15 {
		t.Errorf("in the phase: %v, wanted %v", got, want)
	}
	s = run(t, r, s, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepDone, model.Verified)
	if got := model.EnteredFlags(r, &s); len(got[1].Value.Items) != 3 {
		t.Errorf("below it: %v", got)
	}
}

// TestGoingOnBelowAPhase needs a reason only where something is wrong.
func TestGoingOnBelowAPhase(t *testing.T) {
	r := many()
	s := run(t, r, start(t, r, 1), model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}, model.StepDone, model.Verified)
	for _, c := range []struct {
		gate    model.Headline
		to      model.PhaseID
		refused bool
	}{
		{model.Hold, "", false}, {model.Hold, "half", false}, {model.NoGo, "", true}, {model.Unknown, "", true}, {model.GateNotSafe, "", true}, {model.GateRollingBack, "", true},
		{model.Hold, "all", true}, {model.GO, "all", true},
	} {
		p, err := Resolve(r, &s, model.Verdict{Headline: c.gate}, model.Intent{Kind: model.ArmEnter, Phase: c.to})
		if (err != nil) != c.refused {
			t.Errorf("%s, to %q: %v", c.gate, c.to, err)
		}
		if err == nil && (p.Phase != "half" || p.Override || p.Title != "Enter Half again") {
			t.Errorf("%s: %+v", c.gate, p)
		}
	}
	off := model.State{Phase: ""}
	if _, err := Resolve(r, &off, model.Verdict{Headline: model.GateNotSafe}, model.Intent{Kind: model.ArmEnter}); err == nil {
		t.Error("the first phase is entered after a rollback that is not confirmed, without a reason")
	}
}

// TestEveryoneIsNotNobody in what a plan says it will do.
func TestEveryoneIsNotNobody(t *testing.T) {
	r := many()
	s := start(t, r, 2)
	p, err := Resolve(r, &s, model.Verdict{}, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"})
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
	text := words.Summary(r, &s, &model.PlanState{Plan: p, Steps: make([]model.StepState, len(p.Steps))})
	if want := "tenants: everyone (30) → a0,a1,a2"; !strings.Contains(text, want) {
		t.Errorf("the summary does not say %q:\n%s", want, text)
	}
}

// TestASignatureCountsForItsAttemptAlone also in a journal that has others.
func TestASignatureCountsForItsAttemptAlone(t *testing.T) {
	r := many()
	s := start(t, r, 0)
	s = fold(s, model.CheckSigned{Phase: "half", Check: "word"}, model.CheckEnded{Phase: "half", Check: "suite", OK: true})
	if len(s.Checks) > 0 {
		t.Errorf("before the first phase: %v", s.Checks)
	}
	s = run(t, r, s, model.Intent{Kind: model.ArmEnter}, model.StepDone, model.Verified)
	s = fold(s, model.CheckSigned{Phase: "half", Attempt: 1, Check: "word"}, model.CheckUnsigned{Phase: "half", Attempt: 7, Check: "word"}, model.CheckSigned{Phase: "all", Attempt: 1, Check: "other"})
	if _, ok := s.Checks["word"]; !ok || len(s.Checks) != 1 {
		t.Errorf("in the phase: %v", s.Checks)
	}
}

// TestInferredValueNeverContradictsTheStore: it was concluded from the store,
// and is void once the store has another value.
func TestInferredValueNeverContradictsTheStore(t *testing.T) {
	on, off := model.BoolValue(true), model.BoolValue(false)
	s := fold(model.State{}, model.FlagObserved{Flag: "f", Value: on}, model.FlagObserved{Flag: "f", Value: on, Effective: true, Inferred: true}, model.FlagObserved{Flag: "f", Value: off})
	if f := s.Flags["f"]; f.Unapplied() || !f.Effective.IsZero() || !f.Current().Equal(off) {
		t.Errorf("inferred before the store changed: %+v", f)
	}
	s = fold(s, model.FlagObserved{Flag: "f", Value: on, Effective: true}, model.FlagObserved{Flag: "f", Value: off})
	if f := s.Flags["f"]; !f.Unapplied() {
		t.Errorf("what was read back stays: %+v", f)
	}
}

// TestStepBackToLessThanThePhaseStandsBelowIt: a way back never widens, and what
// it leaves as it was does not become what the phase wants.
func TestStepBackToLessThanThePhaseStandsBelowIt(t *testing.T) {
	r := many()
	r.Rollbacks = append(r.Rollbacks, model.Rollback{ID: "step", Title: "Step", Scope: model.ScopePhase})
	fewer := func(s model.State) model.State {
		return run(t, r, s, model.Intent{Kind: model.ArmRollback, Rollback: "gradual"}, model.StepDone, model.Verified)
	}
	byHand := func(s model.State) model.State {
		return fold(s, model.FlagObserved{Flag: "tenants", Value: model.ListValue("a0")})
	}
	asIs := func(s model.State) model.State { return s }
	for _, c := range []struct {
		name  string
		first func(model.State) model.State
		in    model.Intent
		below bool
	}{
		{"after fewer", fewer, model.Intent{Kind: model.ArmRollback, Rollback: "step"}, true},
		{"narrowed by hand", byHand, model.Intent{Kind: model.ArmRollback, Rollback: "step"}, true},
		{"entered backwards", fewer, model.Intent{Kind: model.ArmEnter, Phase: "half", Reason: "back"}, true},
		{"from everyone", asIs, model.Intent{Kind: model.ArmRollback, Rollback: "step"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.first(start(t, r, 2))
			p, err := Resolve(r, &s, model.Verdict{Headline: model.GO}, c.in)
			if err != nil || c.below != strings.Contains(strings.Join(p.Warnings, ";"), "then stands below Half") {
				t.Fatalf("preview: %q, %v", p.Warnings, err)
			}
			s = run(t, r, s, c.in, model.StepDone, model.Verified)
			if c.in.Kind == model.ArmRollback {
				s = fold(s, model.PhaseLeft{From: "all", To: "half", Plan: s.Plan.Plan.ID})
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

// TestWhatIsStillBeyondAPhaseIsNotBelowIt: a rollback from a phase that was not entered to its end passes by values that
// the phase before never had.
func TestWhatIsStillBeyondAPhaseIsNotBelowIt(t *testing.T) {
	num := func(text string) model.Value { return model.Value{Type: model.Number, Text: text} }
	f := &model.Flag{ID: "pct", Type: model.Number, Safe: num("0")}
	down := &model.Flag{ID: "limit", Type: model.Number, Safe: num("100")}
	for _, c := range []struct {
		f       *model.Flag
		set, to string
		less    bool
	}{
		{f, "10", "25", false}, {f, "10", "10", false}, {f, "10", "5", true}, {f, "10", "0", true}, {f, "0", "5", true},
		{down, "50", "25", false}, {down, "50", "75", true}, {down, "50", "100", true},
	} {
		if got := isLess(c.f, num(c.set), num(c.to), model.PlanRollback); got != c.less {
			t.Errorf("%s: %s in a phase that set %s: less %v", c.f.ID, c.to, c.set, got)
		}
	}
}
