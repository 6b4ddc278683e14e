package engine

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// guarded is a rollout whose guard acts on the metric error after countdown.
func guarded(t *testing.T, w *world, dir string, countdown time.Duration) Options {
	t.Helper()
	o := options(t, w, dir)
	o.Rollout.Guard = &model.Guard{Rollback: "quick", On: []model.MetricID{"error"}, Countdown: countdown, Veto: time.Hour, Mode: model.GuardArmed}
	return o
}

func isArmedByGuard(s *model.Snapshot) bool {
	p := s.State.Plan
	return p != nil && p.Plan.Guard && p.Status == model.Armed
}

func TestGuardFires(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	p := board(t, guarded(t, w, dir, 300*time.Millisecond))
	p.enter("ten")
	w.with(func() { w.failing = true })
	s := p.until("the guard's plan", isArmedByGuard)
	plan := s.State.Plan
	if plan.By.Via != model.ViaGuard || !strings.HasPrefix(plan.Plan.Reason, "error FAIL: 20% is above 5%") || plan.FireAt.IsZero() || plan.Plan.Rollback != "quick" {
		t.Errorf("armed %+v", plan)
	}
	if g := s.State.Guard; g.Metric != "error" || g.Since.IsZero() {
		t.Errorf("guard %+v", g)
	}
	if end := p.ended(); end.Outcome != model.Verified || end.FiredBy.Via != model.ViaGuard {
		t.Errorf("ended %s, fired by %+v", end.Outcome, end.FiredBy)
	}
	p.until("before the first phase", func(s *model.Snapshot) bool { return s.State.Phase == "" && s.State.Guard.Metric == "" })
	p.stop()
	if names := events(t, dir); !inOrder(names, "PhaseEntered", "GuardTripped", "PlanArmed", "PlanFired", "PlanEnded", "PhaseLeft") {
		t.Errorf("journal: %v", names)
	}
}

func TestGuardVeto(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o := guarded(t, w, dir, time.Hour)
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.failing = true })
	id := p.until("the guard's plan", isArmedByGuard).State.Plan.Plan.ID
	if a := p.ask(model.Intent{Kind: model.Veto, Plan: id}); !a.Refused || !strings.Contains(a.Err, "needs a reason") {
		t.Errorf("a veto without a reason: %+v", a)
	}
	if a := p.ask(model.Intent{Kind: model.Veto, Plan: id, Reason: "a known blip"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	s := p.until("the veto", func(s *model.Snapshot) bool { return s.State.Plan.Status == model.Vetoed })
	if g := s.State.Guard; !g.Vetoed(time.Now().Add(59*time.Minute)) || g.Vetoed(time.Now().Add(61*time.Minute)) || g.VetoBy.Name != "ana" || g.VetoNote != "a known blip" {
		t.Errorf("guard %+v", g)
	}
	seq := s.Seq
	p.stop() // a restart forgets no veto
	q := board(t, o)
	q.until("some judgements", func(s *model.Snapshot) bool { return len(s.Series["error"].Points) > 250 })
	if plan := q.last.State.Plan; plan.Plan.ID != id {
		t.Errorf("a vetoed guard armed again: %+v", plan)
	}
	if q.last.State.Seq < seq || !q.last.State.Guard.Vetoed(time.Now()) {
		t.Errorf("guard after a restart: %+v", q.last.State.Guard)
	}
	// A person's rollback is not held back by it.
	if end := q.does(model.Intent{Kind: model.ArmRollback}); end.Outcome != model.Verified {
		t.Errorf("rollback: %s", end.Outcome)
	}
}

func TestGuardArmsAgainAfterTheVeto(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := guarded(t, w, t.TempDir(), time.Hour)
	o.Rollout.Guard.Veto = 500 * time.Millisecond
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.failing = true })
	id := p.until("the guard's plan", isArmedByGuard).State.Plan.Plan.ID
	if a := p.ask(model.Intent{Kind: model.Veto, Plan: id, Reason: "wait"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("another plan of the guard's", func(s *model.Snapshot) bool { return isArmedByGuard(s) && s.State.Plan.Plan.ID != id })
	if a := p.ask(model.Intent{Kind: model.Fire, Plan: p.last.State.Plan.Plan.ID, Hash: p.last.State.Plan.Plan.Hash}); a.Err != "" { // fire at once
		t.Fatal(a.Err)
	}
	if end := p.ended(); end.FiredBy.Name != "ana" || end.Outcome != model.Verified {
		t.Errorf("ended %s, fired by %+v", end.Outcome, end.FiredBy)
	}
}

// TestGuardLeavesFail: whatever is not FAIL any more ends the countdown; no data never arms it.
func TestGuardLeavesFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(w *world)
		state  model.MetricState
	}{
		"it is well again":       {func(w *world) { w.failing = false }, model.Pass},
		"the source is down":     {func(w *world) { w.down = true }, model.Down},
		"the readings get stale": {func(w *world) { w.silent = true }, model.Stale},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			o := guarded(t, w, t.TempDir(), time.Hour)
			o.Rollout.Metrics[0].StaleAfter = time.Second
			p := board(t, o)
			p.enter("ten")
			w.with(func() { w.failing = true })
			p.until("the guard's plan", isArmedByGuard)
			w.with(func() { c.change(w) })
			s := p.until("the end of the countdown", func(s *model.Snapshot) bool { return s.State.Plan.Status == model.Vetoed && s.State.Guard.Metric == "" })
			if s.State.Plan.Note != "error is "+string(c.state)+", not FAIL any more" || s.State.Guard.Vetoed(time.Now()) {
				t.Errorf("note %q, guard %+v", s.State.Plan.Note, s.State.Guard)
			}
			if !s.State.Flags["real"].Effective.Equal(model.BoolValue(true)) {
				t.Error("it rolled back all the same")
			}
		})
	}
}

// TestGuardFiresOnce: a guard whose rollback could not be verified does not
// fire again in the same attempt, also not after a restart.
func TestGuardFiresOnce(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o := guarded(t, w, dir, 10*time.Millisecond)
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.failing, w.lies = true, true })
	if end := p.ended(); end.Plan.Kind == model.PlanRollback && end.Outcome == model.Verified {
		t.Fatalf("a restart that lies was %s", end.Outcome)
	}
	s := p.until("the rollback's end", func(s *model.Snapshot) bool {
		return s.State.Plan.Plan.Guard && s.State.Plan.Status == model.Ended
	})
	if !s.State.Guard.Spent || s.State.Phase != "ten" {
		t.Fatalf("guard %+v in phase %q", s.State.Guard, s.State.Phase)
	}
	p.stop()
	q := board(t, o)
	q.until("some judgements in FAIL", func(s *model.Snapshot) bool {
		return s.Lines["error"].State == model.Fail && len(s.Series["error"].Points) > 250
	})
	q.stop()
	fired := 0
	for _, name := range events(t, dir) {
		if name == "PlanFired" {
			fired++
		}
	}
	if fired != 2 { // the way up, and the guard's
		t.Errorf("%d plans fired, wanted 2", fired)
	}
}

func TestGuardModes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Options){
		"notify":    func(o *Options) { o.Rollout.Guard.Mode = model.GuardNotify },
		"off":       func(o *Options) { o.Rollout.Guard.Mode = model.GuardOff },
		"a command": func(o *Options) { o.Transient = true },
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := newWorld(), t.TempDir()
			o := guarded(t, w, dir, time.Millisecond)
			change(&o)
			p := board(t, o)
			p.enter("ten")
			w.with(func() { w.failing = true })
			p.until("FAIL for a while", func(s *model.Snapshot) bool {
				return s.Lines["error"].State == model.Fail && s.Lines["error"].Held > time.Second
			})
			if name == "notify" {
				p.until("the breach", func(s *model.Snapshot) bool { return s.State.Guard.Metric == "error" })
			} else if p.last.State.Guard.Metric != "" {
				t.Errorf("guard %+v", p.last.State.Guard)
			}
			if p.last.State.Plan.Plan.Guard {
				t.Error("it armed")
			}
		})
	}
}

// TestGuardGivesWay: a person's emergency takes the place of a lesser rollback
// that the guard armed, and the guard pre-empts a way up.
func TestGuardGivesWay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := guarded(t, w, t.TempDir(), time.Hour)
	o.Rollout.Rollbacks = append(o.Rollout.Rollbacks, model.Rollback{
		ID: "tenants", Title: "Tenants out", Budget: 10 * time.Second, Scope: model.ScopeSet,
		Set:    []model.Setting{{Flag: "tenants", Value: model.ListValue("a")}},
		Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "tenants", Is: model.ListValue("a"), Within: 2 * time.Second}},
	})
	o.Rollout.Guard.Rollback = "tenants"
	p := board(t, o)
	p.enter("ten")
	if a := p.ask(model.Intent{Kind: model.ArmEnter, Phase: "all", Reason: "test"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	w.with(func() { w.failing = true })
	p.until("the guard in place of the way up", isArmedByGuard)
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	if end := p.ended(); end.Plan.Rollback != "quick" || end.Outcome != model.Verified {
		t.Errorf("ended %s of %s", end.Outcome, end.Plan.Rollback)
	}
}

// TestGuardThatCannotArm: a guard whose rollback has nothing to take back in
// this phase says so, once.
func TestGuardThatCannotArm(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := guarded(t, w, t.TempDir(), time.Hour)
	o.Rollout.Rollbacks = append(o.Rollout.Rollbacks, model.Rollback{ID: "phase", Title: "Back", Budget: time.Second, Scope: model.ScopePhase})
	o.Rollout.Guard.Rollback = "phase"
	o.Rollout.Phases[2].Flags = nil
	p := board(t, o)
	p.enter("ten")
	p.enter("all") // which sets nothing
	w.with(func() { w.failing = true })
	s := p.until("the trouble", func(s *model.Snapshot) bool { return strings.Contains(s.Journal, "the guard cannot roll back") })
	if !strings.Contains(s.Journal, `phase "all" sets no flag`) {
		t.Errorf("trouble %q", s.Journal)
	}
	from := len(s.Series["error"].Points)
	p.until("more judgements", func(s *model.Snapshot) bool { return len(s.Series["error"].Points) > from+200 })
	e := p.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.troubles) != 1 {
		t.Errorf("troubles %q", e.troubles)
	}
}

func TestNobodySpeaksForTheGuard(t *testing.T) {
	t.Parallel()
	p := board(t, guarded(t, newWorld(), t.TempDir(), time.Hour))
	if p.feed.Submit(t.Context(), model.Intent{Kind: model.ArmRollback, By: model.Actor{Name: "mallory", Via: model.ViaGuard}}) == nil {
		t.Error("an intent in the guard's name was taken")
	}
}

// titler is an action that keeps the titles that it is given.
type titler struct{ titles chan string }

func (titler) Preview(model.Args) model.Preview { return model.Preview{Title: "tell"} }

func (a titler) Do(_ context.Context, args model.Args, _ io.Writer) error {
	a.titles <- args[model.ArgTitle]
	return nil
}

// TestBreachIsOverOnlyWhenItPasses: at a flip the metric is collected anew, which
// ends the countdown and nobody's breach; people are told that it is over when it passes.
func TestBreachIsOverOnlyWhenItPasses(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := guarded(t, w, t.TempDir(), time.Hour)
	o.Rollout.Metrics[0].Settle = 500 * time.Millisecond
	o.Rollout.Guard.Mode, o.Rollout.Guard.Notify = model.GuardNotify, []model.ActionID{"team"}
	o.Rollout.Actions = append(o.Rollout.Actions, model.ActionSpec{ID: "team", Timeout: time.Second})
	titles := make(chan string, 10)
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Actions["team"] = titler{titles}
		return parts, err
	}
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.failing = true })
	p.until("the breach", func(s *model.Snapshot) bool { return s.State.Guard.Metric == "error" })
	if got := p.does(model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}); got.Outcome != model.Verified {
		t.Fatalf("flip: %s: %s", got.Outcome, got.Summary)
	}
	p.until("PASS", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Pass })
	var told []string
	for deadline := time.After(10 * time.Second); len(told) < 3; {
		select {
		case text := <-titles:
			told = append(told, text)
		case <-deadline:
			t.Fatalf("told only %q", told)
		}
	}
	slices.Sort(told) // they are told side by side
	want := []string{
		"Test: error is COLLECTING: whether its breach is over is not known (test)",
		"Test: error is in breach (test)",
		"Test: error is no longer in breach (test)",
	}
	if !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	if p.last.State.Breach.Since.IsZero() && p.last.State.Headline != model.GO {
		t.Error("T0 is forgotten without a GO")
	}
}
