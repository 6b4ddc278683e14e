package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// onTen stands in the phase ten, whose gate says GO.
func onTen(t *testing.T, w *world, dir string) *pilot {
	t.Helper()
	p := board(t, options(t, w, dir))
	p.enter("ten")
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.says(model.GO, model.Pass)
	return p
}

// says waits until the gate says h because of worst.
func (p *pilot) says(h model.Headline, worst model.MetricState) *model.Snapshot {
	p.t.Helper()
	return p.until(string(h)+" by "+string(worst), func(s *model.Snapshot) bool { return s.Gate.Headline == h && s.Gate.Worst == worst })
}

// TestNeverGoOnADriftedFlag: the readings are of the old path.
func TestNeverGoOnADriftedFlag(t *testing.T) {
	t.Parallel()
	on, off := model.BoolValue(true), model.BoolValue(false)
	for _, c := range []struct {
		name        string
		store, live model.Value
		reason      string
	}{
		{"changed in its store", off, on, "Flag real: is false, gonogo set true"},
		{"and the service restarted", off, off, "Flag real: is false, gonogo set true"},
		{"not in effect", on, off, "Flag real: not in effect: the service uses false, stored is true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			p := onTen(t, w, t.TempDir())
			w.with(func() { w.store["real"], w.live["real"] = c.store, c.live })
			s := p.says(model.NoGo, model.Drift)
			if s.Gate.Healthy || !strings.HasPrefix(s.Gate.Reasons[0], c.reason) {
				t.Errorf("healthy %v, reasons %q", s.Gate.Healthy, s.Gate.Reasons)
			}
			if a := p.ask(model.Intent{Kind: model.ArmEnter, Yes: true}); !a.Refused || !strings.Contains(a.Err, "needs a reason") {
				t.Errorf("going on: %+v", a)
			}
			w.with(func() { w.store["real"], w.live["real"] = on, on })
			p.says(model.GO, model.Pass)
		})
	}
}

// TestNeverGoWhileARollbackRuns, nor after one that was not confirmed.
func TestNeverGoWhileARollbackRuns(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := onTen(t, w, t.TempDir())
	release := make(chan struct{})
	w.with(func() { w.gate, w.lies = release, true })
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	never := func(s *model.Snapshot) {
		if plan := s.State.Plan; plan.Plan.Kind == model.PlanRollback && plan.Status != model.Armed && (s.Gate.Headline == model.GO || s.Gate.Healthy) {
			t.Errorf("%s while the rollback is %s %s", s.Gate.Headline, plan.Status, plan.Outcome)
		}
	}
	p.until("the restart", func(s *model.Snapshot) bool {
		never(s)
		return s.Gate.Headline == model.GateRollingBack && strings.Contains(s.Gate.Reasons[0], "now restart")
	})
	close(release)
	s := p.until("the end", func(s *model.Snapshot) bool { never(s); return s.State.Plan.Status == model.Ended })
	if s.State.Plan.Outcome == model.Verified || s.Gate.Headline != model.GateNotSafe || !strings.Contains(s.Gate.Reasons[0], "not confirmed: ") {
		t.Errorf("%s, and the gate says %s: %q", s.State.Plan.Outcome, s.Gate.Headline, s.Gate.Reasons)
	}
	if s.State.Below == nil || s.State.Attempt() != nil {
		t.Error("the flags moved, and the attempt goes on")
	}
	w.with(func() { w.lies = false })
	if end := p.does(model.Intent{Kind: model.ArmRollback}); end.Outcome != model.Verified {
		t.Fatalf("%s: %s", end.Outcome, end.Summary)
	}
	p.until("safe again", func(s *model.Snapshot) bool {
		return s.State.Phase == "" && s.State.Below == nil && s.Gate.Headline != model.GateNotSafe
	})
}

// TestNeverGoBelowThePhase: whatever takes something of a phase back ends its
// attempt, however it ends, and going on enters the phase again.
func TestNeverGoBelowThePhase(t *testing.T) {
	t.Parallel()
	few := model.Rollback{ID: "few", Title: "Fewer", Scope: model.ScopeSet, Budget: model.ForwardBudget,
		Set: []model.Setting{{Flag: "tenants", Value: model.ListValue("a")}}, Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "tenants", Is: model.ListValue("a"), Within: 2e9}}}
	for _, c := range []struct {
		name string
		in   model.Intent
		lies bool
		text string
		says model.Headline
	}{
		{"a step down", model.Intent{Kind: model.ArmRollback, Rollback: "few"}, false, "tenants 2 → 1, below 10%", model.Hold},
		{"one that is not confirmed", model.Intent{Kind: model.ArmRollback, Rollback: "few"}, true, "tenants 2 → 1, below 10%", model.GateNotSafe},
		{"one flag back", model.Intent{Kind: model.ArmRollback, Flag: "real"}, false, "real true → false, below 10%", model.Hold},
		{"a flag set to less", model.Intent{Kind: model.ArmFlip, Flag: "tenants", Value: model.ListValue("b")}, false, "tenants 2 → 1, below 10%", model.Hold},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			o := options(t, w, t.TempDir())
			o.Rollout.Rollbacks = append(o.Rollout.Rollbacks, few)
			p := board(t, o)
			p.enter("ten")
			if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err != "" {
				t.Fatal(a.Err)
			}
			p.says(model.GO, model.Pass)
			w.with(func() { w.lies = c.lies })
			end := p.does(c.in)
			if verified := end.Outcome == model.Verified; verified == c.lies {
				t.Fatalf("%s: %s", end.Outcome, end.Summary)
			}
			p.stop() // and a restart forgets none of it
			p = board(t, o)
			s := p.until("below", func(s *model.Snapshot) bool { return s.State.Below != nil && s.Gate.Headline == c.says })
			if s.State.Below.Text != c.text || s.State.Phase != "ten" || s.State.Attempt() != nil || len(s.State.Checks) > 0 || s.Gate.Healthy {
				t.Errorf("below %+v, attempts %+v, checks %v, healthy %v", s.State.Below, s.State.Attempts, s.State.Checks, s.Gate.Healthy)
			}
			if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); !a.Refused || !strings.Contains(a.Err, "stands below") {
				t.Errorf("signing: %+v", a)
			}
			w.with(func() { w.lies = false })
			reason := ""
			if c.lies {
				reason = "seen by hand"
			}
			again := p.does(model.Intent{Kind: model.ArmEnter, Reason: reason})
			s = p.until("the phase again", func(s *model.Snapshot) bool { return s.State.Attempt() != nil })
			if a := s.State.Attempt(); again.Plan.Phase != "ten" || a.Phase != "ten" || a.N != 2 || s.State.Below != nil || s.Gate.Headline == model.GO {
				t.Errorf("entered %s: attempt %+v, gate %s", again.Plan.Phase, a, s.Gate.Headline)
			}
			w.with(func() {
				if !w.live["tenants"].Equal(model.ListValue("a", "b")) || !w.live["real"].Equal(model.BoolValue(true)) {
					t.Errorf("in effect: %v", w.live)
				}
			})
		})
	}
}

// TestASignatureForNoPhaseIsRefused with the reason, rather than lost.
func TestASignatureForNoPhaseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Phases[0].Checks = []model.Check{{ID: "suite", Text: "Suite", Kind: model.CheckRun, Action: "restart", Timeout: 5e9}}
	p := board(t, o)
	seen := p.last.Seq
	refused := func(in model.Intent, why string) {
		t.Helper()
		if a := p.ask(in); !a.Refused || !strings.Contains(a.Err, why) {
			t.Errorf("%s: %+v, wanted %q", in.Kind, a, why)
		}
	}
	for _, kind := range []model.IntentKind{model.Sign, model.Unsign, model.RunCheck} {
		refused(model.Intent{Kind: kind, Check: "suite", Reason: "r"}, `enter "staging" first`)
	}
	p.enter("ten")
	refused(model.Intent{Kind: model.Sign, Check: "suite", Reason: "r"}, `"suite" is a check of phase "staging"`)
	refused(model.Intent{Kind: model.Sign, Check: "leak", Seen: seen}, "look again")
	refused(model.Intent{Kind: model.Sign, Check: "leak", Phase: "staging"}, "look again")
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak", Seen: p.last.Seq}); a.Err != "" {
		t.Error(a.Err)
	}
}

// hungSwitch does not answer before its time is over.
type hungSwitch struct{ fakeSwitch }

func (hungSwitch) Observe(ctx context.Context) (model.Value, error) {
	<-ctx.Done()
	return model.Value{}, ctx.Err()
}

// TestNeverGoOnAFlagOfYesterday: what the journal says of a flag is no evidence
// until this engine has seen it.
func TestNeverGoOnAFlagOfYesterday(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	p := onTen(t, w, dir)
	p.stop()
	o := options(t, w, dir)
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Switches["real"] = hungSwitch{}
		return parts, err
	}
	q := start(t, o)
	q.until("the metrics' answers", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Pass && s.Gate.Phase == "ten" })
	q.until("some judgements", func(s *model.Snapshot) bool {
		if s.Gate.Headline == model.GO || s.Gate.Healthy {
			t.Fatalf("%s, healthy %v, with a flag that nobody has seen: %q", s.Gate.Headline, s.Gate.Healthy, s.Gate.Reasons)
		}
		return s.Gate.Worst == model.NoData && len(s.Series["error"].Points) > 50
	})
}

// TestVerdictOfANewerState: what was recorded since the last look is in the
// verdict that goes out with it.
func TestVerdictOfANewerState(t *testing.T) {
	r := &model.Rollout{Phases: []model.Phase{{ID: "free"}}}
	state := model.State{Phase: "free", Attempts: []model.Attempt{{Phase: "free", N: 1}}}
	var j judge
	if err := j.restore(r, &state); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if v := j.verdictOf(r, &state, now); v.Headline != model.Unknown {
		t.Errorf("before the first look it says %s", v.Headline)
	}
	j.elapsed(now)
	if out := j.look(r, &state, nil, now, 0); out.verdict.Headline != model.GO {
		t.Fatalf("it says %s", out.verdict.Headline)
	}
	state.Plan = &model.PlanState{Status: model.Running, Plan: model.Plan{Kind: model.PlanRollback}}
	if v := j.verdictOf(r, &state, now); v.Headline != model.GateRollingBack || v.Healthy {
		t.Errorf("a rollback fired since, and it says %s", v.Headline)
	}
}
