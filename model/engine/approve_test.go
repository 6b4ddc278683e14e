package engine

import (
	"strings"
	"testing"

	"gonogo/model"
)

// TestAPhaseIsApprovedByPeopleWithTheTitle: others are refused and told who may, entering without
// needs a reason, and entering uses the approval up.
func TestAPhaseIsApprovedByPeopleWithTheTitle(t *testing.T) {
	t.Parallel()
	o := options(t, newWorld(), t.TempDir())
	o.Rollout.Access.People = []model.Person{{Name: "Bo Berg", Unix: "bo", Titles: []string{"tech-lead"}}}
	o.Rollout.Phases[0].Approve = []string{"tech-lead"}
	p := board(t, o)
	enter := model.Intent{Kind: model.ArmEnter, Phase: "staging"}
	if a := p.ask(enter); !a.Refused || !a.NeedsReason || !strings.Contains(a.Err, "approve/staging/tech-lead") {
		t.Errorf("entered without an approval: %+v", a)
	}
	sign := model.Intent{Kind: model.Sign, Check: "approve/staging/tech-lead", Reason: "looks right"}
	if a := p.ask(sign); !a.Refused || !strings.Contains(a.Err, "Bo Berg may sign it") {
		t.Errorf("approved without the title: %+v", a)
	}
	sign.By = model.Actor{Name: "bo", Via: "command"}
	if a := p.ask(sign); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the approval", func(s *model.Snapshot) bool { return s.Gate.Lines[len(s.Gate.Lines)-1].State == model.Pass })
	if got := p.does(enter); got.Outcome != model.Verified || got.Plan.Override {
		t.Errorf("%s, override %v", got.Outcome, got.Plan.Override)
	}
	if left := p.last.State.Unapproved(o.Rollout, &o.Rollout.Phases[0]); len(left) != 1 {
		t.Error("one approval is for one entry")
	}
}

// TestAMemberMaySignAnApproval, and no other check.
func TestAMemberMaySignAnApproval(t *testing.T) {
	in := model.Intent{Kind: model.Sign, Check: "approve/ten/pm", May: model.AccessMember}
	if err := May(in, &model.State{}); err != nil {
		t.Error(err)
	}
	in.Check = "leak"
	if May(in, &model.State{}) == nil {
		t.Error("a member signs a check")
	}
}
