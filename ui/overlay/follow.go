package overlay

import (
	"time"

	"gonogo/model"
)

// Follow opens the box of a plan that was armed or runs, for whoever armed it,
// and says how it went on. A plan that had ended before this viewer came stays
// closed. It reports whether the plan came only now, see Arrives.
func (b *Plan) Follow(before *model.Snapshot, s Scene) (said Want, arrived bool) {
	p := s.Plan()
	if p == nil {
		*b = Plan{}
		return Want{}, false
	}
	active := p.Status == model.Armed || p.Status == model.Running
	if p.Plan.ID != b.id {
		*b = Plan{id: p.Plan.ID, open: active}
		if active || before == nil {
			return Want{}, active
		}
	}
	was := model.PlanStatus("")
	if before != nil && before.State.Plan != nil && before.State.Plan.Plan.ID == p.Plan.ID {
		was = before.State.Plan.Status
	}
	if was == p.Status {
		return Want{}, false
	}
	switch p.Status {
	case model.Vetoed:
		b.open = false
		// The veto of a guard that is in force has a notice, and is over some time.
		return Want{Say: vetoText(p, &s.Live.State.Guard, s.Now), Bad: !p.Plan.Guard}, false
	case model.Ended:
		if p.Outcome != model.Verified && p.Outcome != model.Ready {
			b.open = true
		}
		text := p.Plan.Title + ": " + string(p.Outcome)
		if !b.open {
			text += " · v shows it"
		}
		return Want{Say: text}, false
	}
	return Want{}, false
}

// Arrives makes room for a plan that came while o was open: a menu gives way, a
// text field keeps the keyboard, so that what is typed there fires nothing. It returns what stays open.
func (b *Plan) Arrives(o Overlay, p *model.PlanState, me model.Actor) (Overlay, Want) {
	switch {
	case o == nil:
		return nil, Want{}
	case o.Typing():
		return o, Fail("%s armed %q: esc closes this field, then the plan's keys count", p.By.Name, p.Plan.Title)
	case p.By != me:
		b.dead = displaced
	}
	return nil, Want{}
}

func vetoText(p *model.PlanState, g *model.GuardState, now time.Time) string {
	text := string(p.Unfired()) + ": nothing was done"
	if p.Note != "" {
		text += " (" + p.Note + ")"
	}
	switch {
	case p.Plan.Guard && g.Vetoed(now):
		return text + " · the guard is held back until " + g.Veto.UTC().Format("15:04Z")
	case p.Plan.Guard:
		return "the guard stands down: nothing was done (" + p.Note + ")"
	case p.Plan.Kind == model.PlanRollback && p.Plan.Emergency:
		return text + " · ! arms it again"
	case p.Plan.Kind == model.PlanRollback:
		return text + " · b arms it again"
	case p.Plan.Kind == model.PlanEnter:
		return text + " · a arms it again"
	}
	return text
}
