package engine

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// withManual adds a rollback at whose end a person has something to do, within a time.
func withManual(t *testing.T, w *world, dir string, within time.Duration) Options {
	o := options(t, w, dir)
	b := o.Rollout.Rollbacks[0]
	b.ID, b.Emergency = "told", false
	b.Verify = append(b.Verify[:1:1], model.Verify{Kind: model.VerifyManual, ID: "tell-support", Title: "Tell support (by hand)", Within: within})
	o.Rollout.Rollbacks = append(o.Rollout.Rollbacks, b)
	return o
}

// TestAStepThatAPersonDoesIsSigned: nothing that gonogo does waits for it, the rollback is VERIFIED
// once it is signed, also where another engine took it up, and the journal has who and what.
func TestAStepThatAPersonDoesIsSigned(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	p := board(t, withManual(t, w, dir, 15*time.Second))
	p.enter("ten")
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Rollback: "told", Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("all but the person", func(s *model.Snapshot) bool {
		pl := s.State.Plan
		return len(pl.ManualOpen()) == 1 && pl.Steps[len(pl.Steps)-1].Tries > 0 && pl.Steps[len(pl.Steps)-2].Outcome == model.StepDone
	})
	w.with(func() {
		if !w.live["real"].Equal(model.BoolValue(false)) {
			t.Error("what gonogo does waits for a person")
		}
	})
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "tell-support", Reason: "called them"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	s := p.until("the end", func(s *model.Snapshot) bool { return s.State.Plan.Status == model.Ended })
	last := s.State.Plan.Steps[len(s.State.Plan.Steps)-1]
	if s.State.Plan.Outcome != model.Verified || !strings.Contains(last.Detail, "signed by ana") || !strings.Contains(last.Detail, "called them") {
		t.Errorf("%s: %+v", s.State.Plan.Outcome, last)
	}
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "tell-support"}); !a.Refused {
		t.Errorf("signed after the end: %+v", a)
	}
}

// TestWhatNobodySignedIsUnverified: the rollback ends in its time, and names it.
func TestWhatNobodySignedIsUnverified(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, withManual(t, w, t.TempDir(), 300*time.Millisecond))
	p.enter("ten")
	got := p.does(model.Intent{Kind: model.ArmRollback, Rollback: "told"})
	if got.Outcome != model.Unverified || !strings.Contains(got.Summary, "Tell support (by hand)") {
		t.Errorf("%s: %s", got.Outcome, got.Summary)
	}
}
