package engine

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

func TestUpAndBackDown(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(t, w, dir))
	p.enter("staging")
	p.enter("ten")
	w.with(func() {
		if !w.live["real"].Equal(model.BoolValue(true)) || len(w.live["tenants"].Items) != 2 {
			t.Errorf("in 10%% the service uses %v", w.live)
		}
		if w.writes != 1 {
			t.Errorf("two flags of one file took %d writes", w.writes)
		}
		w.failing = true
	})
	p.until("NO-GO", func(s *model.Snapshot) bool { return s.Gate.Headline == model.NoGo })
	if a := p.ask(model.Intent{Kind: model.ArmEnter, Phase: "all"}); !a.Refused || !strings.Contains(a.Err, "needs a reason") {
		t.Errorf("advance on NO-GO without a reason: %+v", a)
	}
	if a := p.ask(model.Intent{Kind: model.ArmRollback}); a.Err != "" {
		t.Fatalf("rollback: %s", a.Err)
	}
	end := p.ended()
	if end.Outcome != model.Verified {
		t.Fatalf("rollback: %s: %s", end.Outcome, end.Summary)
	}
	s := p.until("being back", func(s *model.Snapshot) bool { return s.State.Phase == "" })
	if f := s.State.Flags["real"]; !f.Effective.Equal(model.BoolValue(false)) || f.Pending {
		t.Errorf("flag after the rollback: %+v", f)
	}
	p.stop()
	names := events(t, dir)
	if !inOrder(names, "EngineStarted", "IntentTaken", "PlanArmed", "PlanFired", "PlanEnded", "PhaseEntered",
		"StepIntended", "StepEnded", "PhaseEntered", "GateChanged", "PlanArmed", "PlanFired", "StepIntended", "StepEnded", "PlanEnded", "PhaseLeft", "EngineStopped") {
		t.Errorf("journal: %v", names)
	}
}

func TestRestartThatLiesIsNeverVerified(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, options(t, w, t.TempDir()))
	p.enter("ten")
	w.with(func() { w.lies = true })
	o := p.does(model.Intent{Kind: model.ArmRollback})
	if o.Outcome == model.Verified {
		t.Errorf("a restart that restarted nothing: %s", o.Outcome)
	}
	if p.last.State.Phase != "ten" {
		t.Errorf("phase %q after a rollback that was not seen", p.last.State.Phase)
	}
	w.with(func() {
		if w.restarts != 3 {
			t.Errorf("%d restarts, wanted 1 up and at most 2 down", w.restarts)
		}
	})
}

func TestStoreThatRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, options(t, w, t.TempDir()))
	p.enter("ten")
	w.with(func() { w.stuck = true })
	if o := p.does(model.Intent{Kind: model.ArmRollback}); o.Outcome != model.Failed {
		t.Errorf("outcome %s: %s", o.Outcome, o.Summary)
	}
}

func TestVetoAndDeadTime(t *testing.T) {
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Emergency.Countdown = time.Hour
	p := board(t, o)
	p.enter("ten")
	p.ask(model.Intent{Kind: model.ArmRollback})
	armed := p.until("armed", func(s *model.Snapshot) bool { return s.State.Plan.Status == model.Armed }).State.Plan
	if a := p.ask(model.Intent{Kind: model.Veto, Plan: armed.Plan.ID, By: model.Actor{Name: "bo", Via: "cockpit"}}); !a.Refused {
		t.Errorf("a veto within the dead time was taken: %+v", a)
	}
	if a := p.ask(model.Intent{Kind: model.Veto, Plan: armed.Plan.ID}); a.Err != "" {
		t.Errorf("veto: %s", a.Err)
	}
	p.until("vetoed", func(s *model.Snapshot) bool { return s.State.Plan.Status == model.Vetoed })
	w.with(func() {
		if !w.live["real"].Equal(model.BoolValue(true)) {
			t.Error("a vetoed rollback ran")
		}
	})
}

func TestTwoFireAtOnce(t *testing.T) {
	w := newWorld()
	p := board(t, options(t, w, t.TempDir()))
	p.enter("ten")
	w.with(func() { w.restarts = 0 })
	var group sync.WaitGroup
	for _, id := range []string{"one", "two", "three"} {
		group.Go(func() {
			_ = p.feed.Submit(t.Context(), model.Intent{ID: model.IntentID(id), Kind: model.ArmRollback, Yes: true, By: model.Actor{Name: id}})
		})
	}
	group.Wait()
	p.until("all answers", func(s *model.Snapshot) bool {
		n := 0
		for _, a := range s.Answers {
			if a.Intent == "one" || a.Intent == "two" || a.Intent == "three" {
				n++
			}
		}
		return n == 3
	})
	if got := p.ended(); got.Outcome != model.Verified || len(got.Joined) == 0 {
		t.Errorf("outcome %s, joined %v", got.Outcome, got.Joined)
	}
	w.with(func() {
		if w.restarts != 1 {
			t.Errorf("%d restarts for one rollback", w.restarts)
		}
	})
}

// TestFlagsAreOffWhileAWayUpStillRestarts: a rollback waits for the restart of the way up
// that it went before, since there must not be two at once, but its flags do not, and it
// says what it waits for. What the old process says meanwhile contains nothing.
func TestFlagsAreOffWhileAWayUpStillRestarts(t *testing.T) {
	w := newWorld()
	p := board(t, options(t, w, t.TempDir()))
	p.enter("staging")
	release := make(chan struct{})
	w.with(func() { w.gate = release })
	if a := p.ask(model.Intent{Kind: model.ArmEnter, Phase: "ten", Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the restart", func(s *model.Snapshot) bool {
		return len(s.Live) > 0 && strings.Contains(s.Live[0].Line, "restarting␛[31m")
	})
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	waiting := p.until("the flag off, and why it goes on no further", func(s *model.Snapshot) bool {
		stored := s.State.Flags["real"]
		return stored.Stored.Equal(model.BoolValue(false)) && slices.ContainsFunc(s.Live, func(l model.LiveStep) bool {
			return strings.Contains(l.Line, `waits for "Enter 10%"`) && strings.Contains(l.Line, "restart")
		})
	}).State
	w.with(func() {
		if w.restarts != 1 {
			t.Errorf("%d restarts while the way up's runs", w.restarts)
		}
		w.gate = nil
	})
	if at := waiting.Plan.ContainedAt; !at.IsZero() {
		t.Errorf("contained at %s, before the way up's restart had ended", at)
	}
	close(release)
	got := p.until("the rollback's end", func(s *model.Snapshot) bool {
		return s.State.Plan.Plan.Kind == model.PlanRollback && s.State.Plan.Status == model.Ended
	}).State
	if got.Plan.Outcome != model.Verified || got.Phase == "ten" {
		t.Errorf("outcome %s: %s, phase %q", got.Plan.Outcome, got.Plan.Summary, got.Phase)
	}
	if want := got.Flags["real"].Want; !want.Equal(model.BoolValue(false)) || got.LastDown.Plan.ID != got.Plan.Plan.ID {
		t.Errorf("after it gonogo wants %s, and the last rollback is %q", want, got.LastDown.Plan.Title)
	}
}

func TestHungSourceDelaysNobody(t *testing.T) {
	w := newWorld()
	o := options(t, w, t.TempDir())
	hung := hungSource{make(chan struct{})}
	build := o.Build
	o.Rollout.Metrics = append(o.Rollout.Metrics, model.Metric{ID: "dead", Source: "hung", StaleAfter: time.Second, Every: time.Second, Timeout: time.Second})
	o.Rollout.Phases[0].Gate = []model.MetricID{"error", "dead"}
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Sources["hung"] = model.BuiltSource{Kind: "hung", Source: hung}
		return parts, err
	}
	p := start(t, o)
	t.Cleanup(func() { close(hung.release) })
	s := p.until("the other source", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Pass })
	if s.Gate.Headline != model.Unknown {
		t.Errorf("the gate says %s with a source that never answered", s.Gate.Headline)
	}
	if o := p.does(model.Intent{Kind: model.ArmRollback}); o.Outcome != model.Verified {
		t.Errorf("rollback beside a hung source: %s: %s", o.Outcome, o.Summary)
	}
}

func TestSignatures(t *testing.T) {
	p := board(t, options(t, newWorld(), t.TempDir()))
	p.enter("ten")
	p.until("HOLD", func(s *model.Snapshot) bool { return s.Gate.Headline == model.Hold })
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "nothing"}); !a.Refused {
		t.Errorf("an unknown check was signed: %+v", a)
	}
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak", Reason: "looked"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("GO", func(s *model.Snapshot) bool { return s.Gate.Headline == model.GO })
	if a := p.ask(model.Intent{Kind: model.Unsign, Check: "leak"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("HOLD again", func(s *model.Snapshot) bool { return s.Gate.Headline == model.Hold })
}
