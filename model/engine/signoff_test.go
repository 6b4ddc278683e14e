package engine

import (
	"strings"
	"testing"

	"gonogo/model"
)

// TestAPlanIsSignedOffBeforeItsFirstPhase: entering without needs a reason; a signature is kept
// over a restart, counts for the config that was signed only, and stands once a phase is entered.
func TestAPlanIsSignedOffBeforeItsFirstPhase(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o := options(t, w, dir)
	o.Rollout.ConfigHash = "one"
	o.Rollout.SignOff = []model.Check{{ID: "plan-approved", Kind: model.CheckPlan, Text: "Plan approved by the lead"}}
	p := board(t, o)
	enter := model.Intent{Kind: model.ArmEnter, Phase: "staging"}
	if a := p.ask(enter); !a.Refused || !strings.Contains(a.Err, "gonogo sign plan-approved") {
		t.Errorf("an unsigned plan was entered: %+v", a)
	}
	line := func() model.Line { return p.last.Gate.Lines[0] }
	if l := line(); l.Check != "plan-approved" || l.State != model.Manual {
		t.Errorf("the gate's first line: %+v", l)
	}
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "plan-approved", Reason: "read it"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the signature", func(s *model.Snapshot) bool { return s.Gate.Lines[0].State == model.Pass })
	p.stop()

	p = board(t, o)
	p.until("the signature after a restart", func(s *model.Snapshot) bool { return s.Gate.Lines[0].State == model.Pass })
	p.stop()

	changed := *o.Rollout
	changed.ConfigHash = "two"
	o.Rollout = &changed
	p = board(t, o)
	p.until("no signature for another config", func(s *model.Snapshot) bool {
		return s.Gate.Lines[0].State == model.Manual && strings.Contains(s.Gate.Lines[0].Reason, "for another config")
	})
	if a := p.ask(model.Intent{Kind: model.Adopt}); a.Err != "" {
		t.Fatal(a.Err)
	}
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "plan-approved"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the signature anew", func(s *model.Snapshot) bool { return s.Gate.Lines[0].State == model.Pass })
	p.enter("staging")
	s := p.until("staging", func(s *model.Snapshot) bool { return s.State.Phase == "staging" && s.Gate.Phase == "staging" })
	for _, l := range s.Gate.Lines {
		if l.Check == "plan-approved" {
			t.Error("the plan's signature is asked for after the first phase was entered")
		}
	}
	if a := p.ask(model.Intent{Kind: model.Unsign, Check: "plan-approved"}); !a.Refused {
		t.Errorf("a plan under way was unsigned: %+v", a)
	}
}
