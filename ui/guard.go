package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// vetoGuard asks why the guard's plan shall not fire, which goes on counting
// down meanwhile, and vetoes it with that.
func (m *Model) vetoGuard(id model.PlanID) {
	hint := "esc leaves it armed"
	if r := m.live.Rollout; r != nil && r.Guard != nil {
		hint = "a veto counts for " + model.FormatDuration(r.Guard.Veto) + " · " + hint
	}
	m.open(&prompt{
		until: whileArmed(id),
		title: "Veto the guard: why?", hint: hint, input: newField(""), arms: true,
		note: func(m *Model) string { return m.countdown(id) },
		done: func(m *Model, text string) (tea.Cmd, string) {
			switch text = strings.TrimSpace(text); {
			case m.armed(id) == nil:
				m.fail("too late for a veto: %s", m.countdown(id))
				return nil, ""
			case text == "":
				return nil, "write why, or esc leaves it armed"
			}
			return m.arm(model.Intent{Kind: model.Veto, Plan: id, Reason: text}), ""
		},
	})
}

// armed returns the plan id while it is armed, or nil.
func (m *Model) armed(id model.PlanID) *model.PlanState {
	if p := m.planState(); p != nil && p.Plan.ID == id && p.Status == model.Armed {
		return p
	}
	return nil
}

// countdown says how long the plan id still waits, or why it does not.
func (m *Model) countdown(id model.PlanID) string {
	if p := m.armed(id); p != nil {
		left := max(0, p.FireAt.Sub(m.now)) + time.Second - 1
		return "fires in " + model.FormatDuration(left.Truncate(time.Second))
	}
	switch p := m.planState(); {
	case p == nil || p.Plan.ID != id:
		return "another plan took its place"
	case p.Status == model.Vetoed:
		return "it is vetoed: " + model.Inert(p.Note)
	case p.Status == model.Running:
		return "too late: it runs already, x stops it at a step's boundary"
	}
	return "too late: the rollback has run"
}
