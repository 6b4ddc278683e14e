package engine

import (
	"slices"
	"testing"
	"time"

	"gonogo/model"
)

// hotMaster makes the master live at once, while its list waits for a restart.
func hotMaster(o *Options, w *world) {
	o.Rollout.Flags[0].Apply = nil
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Switches["real"] = liveSwitch{w, "real"}
		return parts, err
	}
}

func TestAHotMasterOpensAfterItsList(t *testing.T) {
	t.Parallel()
	for _, lies := range []bool{false, true} {
		w := newWorld()
		w.lies = lies
		o := options(t, w, t.TempDir())
		o.Rollout.Actions[0].Timeout, o.Rollout.Actions[0].Idempotent = 200*time.Millisecond, false
		hotMaster(&o, w)
		p := board(t, o)
		got := p.does(model.Intent{Kind: model.ArmEnter, Phase: "ten", Reason: "test"})
		if verified := got.Outcome == model.Verified; verified == lies {
			t.Errorf("restart lies: %v: %s: %s", lies, got.Outcome, got.Summary)
		}
		w.with(func() {
			if w.everyone > 0 {
				t.Errorf("restart lies: %v: everyone was on before the list was live", lies)
			}
		})
		p.stop()
	}
}

// TestStaleInferenceIsNotBelieved: what was concluded of a flag's effect does
// not outlive a restart that was not seen.
func TestStaleInferenceIsNotBelieved(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Actions[0].Timeout, o.Rollout.Actions[0].Idempotent = 200*time.Millisecond, false
	o.Rollout.Flags = o.Rollout.Flags[:1]
	o.Rollout.Flags[0].Effective = false
	o.Rollout.Phases[1].Flags = o.Rollout.Phases[1].Flags[:1]
	o.Rollout.Phases[2].Flags = nil
	o.Rollout.Rollbacks[0].Verify = []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: model.BoolValue(false), Within: 300 * time.Millisecond}}
	o.Rollout.Rollbacks[0].Run = nil
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		delete(parts.Effective, "real")
		return parts, err
	}
	p := board(t, o)
	if got := p.does(model.Intent{Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(false)}); got.Outcome != model.Verified && got.Outcome != model.Unverified {
		t.Fatalf("%s: %s", got.Outcome, got.Summary)
	}
	p.enter("ten") // restarted, and inferred to be on
	w.with(func() { w.lies = true })
	for i := range 2 { // the second time the store is as it should be, and the service is not
		if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome == model.Verified {
			t.Errorf("try %d: VERIFIED by a restart that did nothing: %s", i+1, got.Summary)
		}
	}
	w.with(func() { w.lies = false })
	if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Inferred {
		t.Errorf("with a restart that works: %s: %s", got.Outcome, got.Summary)
	}
}

func TestAnotherRollbackIsNotJoined(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.gate = make(chan struct{})
	o := options(t, w, t.TempDir())
	o.Rollout.Rollbacks = append(o.Rollout.Rollbacks, model.Rollback{ID: "other", Title: "Other", Budget: time.Second, Scope: model.ScopeSet, Run: []model.ActionID{"restart"}})
	p := board(t, o)
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the restart", func(s *model.Snapshot) bool {
		return s.State.Plan != nil && slices.ContainsFunc(s.State.Plan.Steps, func(st model.StepState) bool { return st.Tries > 0 })
	})
	for _, in := range []model.Intent{{Kind: model.ArmRollback, Rollback: "other", Yes: true}, {Kind: model.ArmRollback, Flag: "real", Yes: true}} {
		if a := p.ask(in); !a.Refused {
			t.Errorf("%s%s was joined to another: %+v", in.Rollback, in.Flag, a)
		}
	}
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Rollback: "quick", Yes: true}); a.Err != "" {
		t.Errorf("the same one is refused: %s", a.Err)
	}
	close(w.gate)
	if got := p.ended(); got.Outcome != model.Verified || len(got.Joined) != 1 {
		t.Errorf("%s, joined by %v", got.Outcome, got.Joined)
	}
}
