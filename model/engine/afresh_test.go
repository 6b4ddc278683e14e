package engine

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestNothingRefusesARollback: whatever its plan resolves to by now, and whether it
// resolves at all, a rollback fires, or is shown for what is left of its countdown.
func TestNothingRefusesARollback(t *testing.T) {
	t.Parallel()
	same, other, err := &model.Plan{Hash: "a"}, &model.Plan{Hash: "b"}, errors.New("not observed")
	for _, c := range []struct {
		name  string
		kind  model.PlanKind
		drill model.Rehearsal
		fresh *model.Plan
		err   error
		left  time.Duration
		want  turn
	}{
		{"a way up, the same", model.PlanEnter, "", same, nil, 0, fireShown},
		{"a way up, another", model.PlanEnter, "", other, nil, 0, showAnew},
		{"a flip, another", model.PlanFlip, "", other, nil, 0, showAnew},
		{"a way up that may not be", model.PlanEnter, "", &model.Plan{}, err, 0, letGo},
		{"a rollback, the same", model.PlanRollback, "", same, nil, time.Second, fireShown},
		{"a rollback, another", model.PlanRollback, "", other, nil, 0, fireAnew},
		{"a rollback, another, fired before its time", model.PlanRollback, "", other, nil, time.Second, showAnew},
		{"a rollback that cannot be resolved", model.PlanRollback, "", &model.Plan{}, err, time.Second, fireShown},
		{"a real drill, another", model.PlanRollback, model.RehearseReal, other, nil, 0, showAnew},
		{"a real drill that may not be", model.PlanRollback, model.RehearseReal, &model.Plan{}, err, 0, letGo},
	} {
		p := &model.PlanState{Plan: model.Plan{Kind: c.kind, Drill: c.drill, Hash: "a"}}
		if got := turnOf(p, c.fresh, c.err, c.left); got != c.want {
			t.Errorf("%s: %d, wanted %d", c.name, got, c.want)
		}
	}
}

// TestWhatChangedIsSaid: what a person is told of two plans is what differs in what they do.
func TestWhatChangedIsSaid(t *testing.T) {
	t.Parallel()
	set := func(id model.FlagID, items ...string) model.Step {
		return model.Step{Kind: model.StepSet, Changes: []model.Change{{Flag: id, To: model.ListValue(items...)}}}
	}
	run := func(id model.ActionID) model.Step { return model.Step{Kind: model.StepRun, Action: id} }
	for _, c := range []struct {
		was, is []model.Step
		want    string
	}{
		{[]model.Step{set("t", "a")}, []model.Step{set("t", "b")}, "set t to b, not to a"},
		{[]model.Step{set("t", "a"), run("x")}, []model.Step{set("u", "b"), run("x"), run("y")}, "also set u to b; also run y; no longer set t"},
		{[]model.Step{set("t", "a")}, []model.Step{set("t", "a")}, "its order, its checks or its times"},
	} {
		if got := since(&model.Plan{Steps: c.was}, &model.Plan{Steps: c.is}); got != c.want {
			t.Errorf("%q, wanted %q", got, c.want)
		}
	}
}

// halves is a rollout whose phase ten sets a list to the half of four, and whose
// emergency to one of those who are on it.
func halves(t *testing.T, w *world, countdown time.Duration) Options {
	t.Helper()
	o := options(t, w, t.TempDir())
	half := model.Value{Type: model.Share, Text: "50"}
	o.Rollout.Emergency.Countdown = countdown
	o.Rollout.Flags[1].Population = []string{"a", "b", "c", "d"}
	o.Rollout.Flags[1].Every = time.Hour // what is seen of it is old when the plan fires
	o.Rollout.Phases[1].Flags[1].Value = half
	o.Rollout.Rollbacks[0].Scope = model.ScopeSet
	o.Rollout.Rollbacks[0].Set = []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Share, Text: "25"}}}
	o.Rollout.Rollbacks[0].Verify = []model.Verify{{Kind: model.VerifyFlag, Flag: "tenants", Within: 2 * time.Second}}
	return o
}

func sets(p *model.Plan, want ...string) bool {
	return slices.ContainsFunc(p.Steps, func(st model.Step) bool {
		return len(st.Changes) == 1 && st.Changes[0].Flag == "tenants" && st.Changes[0].To.Equal(model.ListValue(want...))
	})
}

func saysChanged(p *model.Plan) bool {
	return slices.ContainsFunc(p.Warnings, func(text string) bool { return strings.HasPrefix(text, "changed since it was shown: ") })
}

func (p *pilot) armed(in model.Intent) *model.PlanState {
	p.t.Helper()
	if a := p.ask(in); a.Err != "" {
		p.t.Fatalf("%s refused: %s", in.Kind, a.Err)
	}
	return p.until("the armed plan", func(s *model.Snapshot) bool { return s.State.Plan != nil && s.State.Plan.Status == model.Armed }).State.Plan
}

func fireOf(p *model.PlanState) model.Intent {
	return model.Intent{Kind: model.Fire, Plan: p.Plan.ID, Hash: p.Plan.Hash}
}

// TestOnlyWhatWasShownFires: without its hash, or with another, no plan does.
func TestOnlyWhatWasShownFires(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, halves(t, w, time.Hour))
	for _, kind := range []model.Intent{{Kind: model.ArmEnter, Phase: "ten", Reason: "test"}, {Kind: model.ArmRollback}} {
		plan := p.armed(kind)
		for _, hash := range []string{"", strings.Repeat("0", 64)} {
			in := fireOf(plan)
			in.Hash = hash
			if a := p.ask(in); !a.Refused || !strings.Contains(a.Err, "not what was shown") {
				t.Errorf("%s with the hash %q: %+v", kind.Kind, hash, a)
			}
		}
		if a := p.ask(model.Intent{Kind: model.Veto, Plan: plan.Plan.ID}); a.Err != "" {
			t.Errorf("%s was not armed any more: %s", kind.Kind, a.Err)
		}
	}
	w.with(func() {
		if w.writes > 0 {
			t.Error("something was written")
		}
	})
}

// TestAWayUpThatChangedIsShownAgain: a list that is computed from another one would be
// another by now; nothing of that is done before it was shown.
func TestAWayUpThatChangedIsShownAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, halves(t, w, time.Hour))
	first := p.armed(model.Intent{Kind: model.ArmEnter, Phase: "ten", Reason: "test"})
	if !sets(&first.Plan, "a", "b") {
		t.Fatalf("armed %+v", first.Plan.Steps)
	}
	w.with(func() { w.store["tenants"] = model.ListValue("c") })
	a := p.ask(fireOf(first))
	if !a.Refused || !strings.Contains(a.Err, "set tenants to c,a, not to a,b") || !strings.Contains(a.Err, "fire that") {
		t.Errorf("answer %+v", a)
	}
	again := p.last.State.Plan
	if again.Status != model.Armed || again.Plan.ID != model.PlanID(a.Intent) || again.Plan.Hash == first.Plan.Hash || !sets(&again.Plan, "c", "a") ||
		!saysChanged(&again.Plan) {
		t.Errorf("armed again: %+v", again)
	}
	w.with(func() {
		if w.writes > 0 {
			t.Error("something was written before it was shown")
		}
	})
	if a := p.ask(fireOf(first)); !a.Refused {
		t.Error("the first one fired")
	}
	if a := p.ask(fireOf(again)); a.Err != "" {
		t.Fatal(a.Err)
	}
	if end := p.ended(); end.Outcome != model.Verified || end.Plan.Hash != again.Plan.Hash {
		t.Errorf("%s: %s", end.Outcome, end.Summary)
	}
	w.with(func() {
		if !w.live["tenants"].Equal(model.ListValue("c", "a")) {
			t.Errorf("tenants: %s", w.live["tenants"])
		}
	})
}

// TestAWayUpThatMayNotBeAnyMoreIsLetGo: it was held meanwhile.
func TestAWayUpThatMayNotBeAnyMoreIsLetGo(t *testing.T) {
	t.Parallel()
	p := board(t, halves(t, newWorld(), time.Hour))
	plan := p.armed(model.Intent{Kind: model.ArmEnter, Phase: "ten", Reason: "test"})
	if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: "lunch"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	if a := p.ask(fireOf(plan)); !a.Refused || !strings.Contains(a.Err, "held by ana (lunch)") || !strings.Contains(a.Err, "no longer armed") {
		t.Errorf("answer %+v", a)
	}
	if got := p.last.State.Plan; got.Status != model.Vetoed || got.Unfired() != model.UnfiredItself {
		t.Errorf("it is %s, %s", got.Status, got.Unfired())
	}
}

// TestARollbackThatChangedKeepsItsCountdown: fired before its time it is shown anew, as the
// same plan and no later; then it fires as it was shown.
func TestARollbackThatChangedKeepsItsCountdown(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, halves(t, w, time.Hour))
	p.enter("ten")
	first := p.armed(model.Intent{Kind: model.ArmRollback})
	w.with(func() { w.store["tenants"] = model.ListValue("b", "c") })
	if a := p.ask(fireOf(first)); !a.Refused || !strings.Contains(a.Err, "set tenants to b, not to a") {
		t.Errorf("answer %+v", a)
	}
	again := p.last.State.Plan
	if again.Status != model.Armed || again.Plan.ID != first.Plan.ID || again.Plan.Hash == first.Plan.Hash || !again.FireAt.Equal(first.FireAt) || again.By != first.By || !sets(&again.Plan, "b") {
		t.Errorf("shown anew: %+v", again)
	}
	if a := p.ask(fireOf(again)); a.Err != "" {
		t.Fatal(a.Err)
	}
	if end := p.ended(); end.Outcome != model.Verified || end.Plan.Hash != again.Plan.Hash {
		t.Errorf("%s: %s", end.Outcome, end.Summary)
	}
	w.with(func() {
		if !w.live["tenants"].Equal(model.ListValue("b")) {
			t.Errorf("tenants: %s", w.live["tenants"])
		}
	})
}

// TestARollbackThatChangedFiresWhenItsTimeIsUp: as what it does by now, which is journaled
// and says so. A store that flaps and leaves the plan as it is changes nothing.
func TestARollbackThatChangedFiresWhenItsTimeIsUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		store      []string
		want       string
		armedTwice bool
	}{
		{"another list", []string{"b", "c"}, "b", true},
		{"a longer list, the same one of it", []string{"a", "b", "c"}, "a", false},
	} {
		w := newWorld()
		o := halves(t, w, 500*time.Millisecond)
		p := board(t, o)
		p.enter("ten")
		first := p.armed(model.Intent{Kind: model.ArmRollback})
		w.with(func() { w.store["tenants"] = model.ListValue(c.store...) })
		end := p.ended()
		if end.Outcome != model.Verified || end.Plan.ID != first.Plan.ID || (end.Plan.Hash != first.Plan.Hash) != c.armedTwice || saysChanged(&end.Plan) != c.armedTwice {
			t.Errorf("%s: %s: %s, warnings %q", c.name, end.Outcome, end.Summary, end.Plan.Warnings)
		}
		w.with(func() {
			if !w.live["tenants"].Equal(model.ListValue(c.want)) {
				t.Errorf("%s: tenants: %s", c.name, w.live["tenants"])
			}
		})
		p.stop()
		armed := 0
		for _, name := range events(t, o.Dir) {
			if name == "PlanArmed" {
				armed++
			}
		}
		want := 2 // with the phase's
		if c.armedTwice {
			want++
		}
		if armed != want {
			t.Errorf("%s: armed %d times, wanted %d", c.name, armed, want)
		}
	}
}
