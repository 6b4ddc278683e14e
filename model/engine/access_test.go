package engine

import (
	"slices"
	"testing"

	"gonogo/model"
)

func TestMembersRollBackVetoAndHoldOnly(t *testing.T) {
	ana, bob := model.Actor{Name: "ana"}, model.Actor{Name: "bob"}
	with := func(kind model.PlanKind, by model.Actor) *model.State {
		return &model.State{Plan: &model.PlanState{Plan: model.Plan{ID: "p", Kind: kind}, Status: model.Running, FiredBy: by}}
	}
	up, down := with(model.PlanEnter, ana), with(model.PlanRollback, ana)
	free := []model.IntentKind{model.ArmRollback, model.Veto, model.HoldOn, model.Refresh}
	for _, kind := range []model.IntentKind{
		model.ArmEnter, model.ArmFlip, model.ArmRollback, model.ArmDrill, model.Veto, model.Sign, model.Unsign, model.HoldOn,
		model.Resume, model.Adopt, model.Refresh, model.RunCheck, model.Freeze, model.ReadMetric, model.LookConfig, "something new",
	} {
		err := May(model.Intent{Kind: kind, By: bob, May: model.AccessMember}, &model.State{})
		if (err == nil) != slices.Contains(free, kind) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, c := range []struct {
		name string
		kind model.IntentKind
		s    *model.State
		by   model.Actor
		ok   bool
	}{
		{"fire a way up", model.Fire, up, bob, false},
		{"fire a rollback", model.Fire, down, bob, true},
		{"end a way up", model.Cancel, up, bob, true},
		{"end another's rollback", model.Cancel, down, bob, false},
		{"end one's own rollback", model.Cancel, down, ana, true},
	} {
		if err := May(model.Intent{Kind: c.kind, Plan: "p", By: c.by, May: model.AccessMember}, c.s); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
