package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/panel"
)

// deadTime is how long the keys of a plan's box do nothing after it was first
// drawn with the keyboard, so that a key meant for something else neither
// fires nor vetoes it.
const deadTime = 400 * time.Millisecond

// displacedTime is that of a plan that took the place of an open menu or picker:
// a person was about to press Enter or Esc there.
const displacedTime = 2 * time.Second

// planView is what this viewer makes of the plan.
type planView struct {
	id     model.PlanID // the plan that the rest is about
	open   bool
	since  time.Time // first drawn with the keyboard; zero: not yet
	scroll int
	// displaced says that it took the place of something that was open.
	displaced bool
}

// planState returns the newest plan, or nil.
func (m *Model) planState() *model.PlanState {
	if m.live == nil {
		return nil
	}
	return m.live.State.Plan
}

// planVisible reports whether the plan's box is on screen.
func (m *Model) planVisible() bool { return m.plan.open && m.planState() != nil }

// followPlan opens the box of a plan that was armed or runs, for whoever armed
// it, and says how it went on. A plan that had ended before this viewer came
// stays closed.
func (m *Model) followPlan(before *model.Snapshot) {
	p := m.planState()
	if p == nil {
		m.plan = planView{}
		return
	}
	active := p.Status == model.Armed || p.Status == model.Running
	if p.Plan.ID != m.plan.id {
		m.plan = planView{id: p.Plan.ID, open: active}
		if active {
			m.planArrived(p)
			return
		}
		if before == nil {
			return
		}
	}
	was := model.PlanStatus("")
	if before != nil && before.State.Plan != nil && before.State.Plan.Plan.ID == p.Plan.ID {
		was = before.State.Plan.Status
	}
	if was == p.Status {
		return
	}
	switch p.Status {
	case model.Vetoed:
		m.plan.open = false
		tell := m.fail
		if p.Plan.Guard {
			tell = m.say // a veto in force has a notice, and is over some time
		}
		tell("%s", vetoText(p, &m.live.State.Guard, m.now))
	case model.Ended:
		if p.Outcome != model.Verified && p.Outcome != model.Ready {
			m.plan.open = true
		}
		text := p.Plan.Title + ": " + string(p.Outcome)
		if !m.plan.open {
			text += " · v shows it"
		}
		m.say("%s", text)
	}
}

// planArrived makes room for a plan: an open menu gives way, a text field
// keeps the keyboard, so that what is typed there fires nothing.
func (m *Model) planArrived(p *model.PlanState) {
	if m.over == nil {
		return
	}
	if m.over.field() == nil {
		m.over, m.plan.displaced = nil, p.By != m.o.Actor
		return
	}
	m.fail("%s armed %q: esc closes this field, then the plan's keys count", p.By.Name, p.Plan.Title)
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

// emergency arms the emergency rollback. While that runs, or is armed, it shows it.
func (m *Model) emergency() tea.Cmd {
	if p := m.planState(); p != nil && m.live.State.ActivePlan() != nil && m.isEmergency(p) {
		m.over = nil
		m.showPlan()
		return nil
	}
	for _, w := range m.waiting {
		if w.in.Kind == model.ArmRollback && w.in.Rollback == "" && !w.late {
			return nil // asked for already, the plan is about to come
		}
	}
	in := model.Intent{Kind: model.ArmRollback}
	if m.live != nil {
		in.Seen = m.live.Seq // a plan shows live values even where the view is frozen
	}
	return m.submit(in)
}

// isEmergency reports whether a plan is the emergency rollback, also where the
// guard armed it. A smaller way down, or a drill, is none: `!` goes before it.
func (m *Model) isEmergency(p *model.PlanState) bool {
	return p.Plan.Kind == model.PlanRollback && p.Plan.Drill == "" && p.Plan.Emergency
}

// showPlan opens the box of the newest plan.
func (m *Model) showPlan() tea.Cmd {
	if m.planState() == nil {
		m.say("there is no plan: a advances, b rolls back")
		return nil
	}
	if !m.plan.open {
		m.plan.open, m.plan.since = true, time.Time{}
	}
	return nil
}

func (m *Model) hidePlan() tea.Cmd {
	m.plan.open, m.plan.since, m.status = false, time.Time{}, status{}
	return nil
}

// planHints returns the keys that mean something to the plan as it is.
func (m *Model) planHints() []panel.Hint {
	if m.o.ReadOnly {
		return []panel.Hint{{Key: "esc", Text: "hide"}, {Key: "y", Text: "copy"}, {Key: "?", Text: "keys"}}
	}
	switch p := m.planState(); p.Status {
	case model.Armed:
		others := []panel.Hint{{Key: "y", Text: "copy"}, {Key: "?", Text: "keys"}}
		if m.planEarly(p) {
			return others
		}
		stop := "cancel"
		if p.Plan.Guard {
			stop = "veto"
		}
		return append([]panel.Hint{{Key: "enter", Text: "fire now"}, {Key: "esc", Text: stop}}, others...)
	case model.Running:
		return []panel.Hint{{Key: "esc", Text: "hide, it goes on"}, {Key: "x", Text: "cancel"}, {Key: "y", Text: "copy"}, {Key: "?", Text: "keys"}}
	}
	return []panel.Hint{{Key: "enter", Text: "close"}, {Key: "y", Text: "copy"}, {Key: "?", Text: "keys"}}
}

// planReady reports whether the dead time of the plan's box is over.
func (m *Model) planReady() bool {
	dead := deadTime
	if m.plan.displaced {
		dead = displacedTime
	}
	return !m.plan.since.IsZero() && m.now.Sub(m.plan.since) >= dead
}

// planEarly reports whether the keys of a plan that counts down are not offered
// yet. One that waits for a person is not drawn often enough to say so.
func (m *Model) planEarly(p *model.PlanState) bool { return !p.FireAt.IsZero() && !m.planReady() }

// planEnter fires an armed plan, and closes the box of one that is over.
func (m *Model) planEnter() tea.Cmd {
	p := m.planState()
	switch {
	case p.Status == model.Ended || p.Status == model.Vetoed:
		return m.hidePlan()
	case p.Status != model.Armed || !m.planReady():
		return nil
	case m.o.ReadOnly:
		m.failReadOnly()
		return nil
	}
	return m.arm(model.Intent{Kind: model.Fire, Plan: p.Plan.ID, Hash: p.Plan.Hash, Seen: m.live.Seq})
}

// planEsc vetoes an armed plan, and hides any other: it goes on.
func (m *Model) planEsc() tea.Cmd {
	p := m.planState()
	switch {
	case p.Status != model.Armed:
		return m.hidePlan()
	case m.o.ReadOnly:
		return m.hidePlan()
	case !m.planReady():
		return nil
	case p.Plan.Guard:
		m.vetoGuard(p.Plan.ID)
		return nil
	}
	return m.arm(model.Intent{Kind: model.Veto, Plan: p.Plan.ID, Seen: m.live.Seq})
}

// planCancel asks whether a running plan shall stop at the next step's boundary.
func (m *Model) planCancel() tea.Cmd {
	p := m.planState()
	if p.Status != model.Running {
		return nil
	}
	if m.o.ReadOnly {
		m.failReadOnly()
		return nil
	}
	id := p.Plan.ID
	m.open(&menu{
		until: whileRuns(id),
		title: "Stop \"" + model.Inert(p.Plan.Title) + "\" after the step that runs?",
		items: []menuItem{
			{"esc", "no: let it go on", func(*Model) tea.Cmd { return nil }},
			{"", "yes: stop it, half done as it will be", func(m *Model) tea.Cmd {
				return m.arm(model.Intent{Kind: model.Cancel, Plan: id})
			}},
		},
	})
	return nil
}
