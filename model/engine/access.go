package engine

import (
	"gonogo/model"
)

// May says why whoever sent the intent may not ask for that; nil: they may. It
// is the one place that decides so, and is called where intents are taken.
func May(in model.Intent, s *model.State) error {
	if in.Kind == model.Refresh {
		return nil
	}
	switch in.May {
	case model.AccessAll:
		return nil
	case model.AccessReadOnly:
		return refuse("this seat is read-only (--read-only): it looks, and asks for nothing")
	case model.AccessMember:
		return mayMember(in, s)
	}
	return refuse("an access %q is not known", in.May)
}

// mayMember is May for the members of the config's group: they look, roll
// back, veto, hold and acknowledge, and end a way up that runs.
func mayMember(in model.Intent, s *model.State) error {
	plan := s.ActivePlan()
	own := plan != nil && plan.Plan.ID == in.Plan
	back := own && plan.Plan.Kind == model.PlanRollback
	switch in.Kind {
	case model.ArmRollback, model.Veto, model.HoldOn, model.Acknowledge:
		return nil
	case model.Sign, model.Unsign:
		if in.Check.IsApproval() {
			return nil // whether they have the title is seen where it is signed
		}
	case model.Fire:
		if !own || back {
			return nil // of a plan that is over, decide says so
		}
	case model.Cancel:
		if !back || plan.FiredBy == in.By {
			return nil
		}
		return refuse("%s fired %q: only they, or the engine's user, may end it", plan.FiredBy.Name, plan.Plan.Title)
	}
	return refuse("the group's members look, roll back, veto and hold; for %q ask the engine's user (to set a flag back: gonogo rollback --flag NAME)", in.Kind)
}
