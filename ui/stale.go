package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/panel"
)

// staleFor is how long after the last key a message stays in place of a box
// that means nothing any more.
const staleFor = 3 * time.Second

// stale tells why the box in whose place it stands means nothing any more. It
// takes all keys, so that what is typed for that box does nothing else.
type stale struct {
	box
	drawn
	why   string
	sink  *field
	last  time.Time // of the last key, or when it came
	typed time.Time // when a letter came last
}

func (o *stale) field() *field            { return o.sink }
func (o *stale) keys(k *keyMap) []command { return k.text }
func (o *stale) move(*Model, int)         {}

func (o *stale) edited(m *Model) tea.Cmd {
	o.last, o.typed = m.now, m.now
	return nil
}

func (o *stale) enter(m *Model) tea.Cmd {
	if o.early(m) || m.now.Sub(o.typed) < time.Second { // it ends what is typed
		o.last = m.now
		return nil
	}
	return m.closeOver()
}

func (o *stale) draw(m *Model, p panel.Props) string {
	o.note(m)
	return panel.MenuBox(p, "Too late", []panel.Hint{{Text: o.why}, {Key: "esc", Text: "close"}})
}

// dropStale takes a box away that belongs to a plan or a phase that is over.
func (m *Model) dropStale() {
	why := ""
	switch o := m.over.(type) {
	case *menu:
		why = o.over(m)
	case *prompt:
		why = o.over(m)
	case *ladder:
		why = o.over(m)
	case *picker:
		why = o.over(m)
	}
	if why != "" && !strings.HasPrefix(why, "too late") {
		why = "too late: " + why
	}
	if why != "" {
		m.open(&stale{why: model.Inert(why), sink: newField(""), last: m.now})
	}
}

// expireStale closes the message once it had time to be read.
func (m *Model) expireStale() {
	if o, ok := m.over.(*stale); ok && m.now.Sub(o.last) >= staleFor {
		m.over = nil
	}
}

// until says from what on a box means nothing any more; the zero value: never.
type until struct{ ended func(*Model) string }

func (u until) over(m *Model) string {
	if u.ended == nil || m.live == nil {
		return ""
	}
	return u.ended(m)
}

// whilePhase holds while the rollout stays in its phase.
func (m *Model) whilePhase() until {
	if m.live == nil {
		return until{}
	}
	phase, n := m.live.State.Phase, len(m.live.State.Attempts)
	return until{func(m *Model) string {
		if s := &m.live.State; s.Phase != phase || len(s.Attempts) != n {
			return "too late: the phase has changed"
		}
		return ""
	}}
}

// whileRuns holds while the plan id runs.
func whileRuns(id model.PlanID) until {
	return until{func(m *Model) string {
		if p := m.planState(); p == nil || p.Plan.ID != id || p.Status != model.Running {
			return "too late: the plan has ended"
		}
		return ""
	}}
}

// whileArmed holds while the plan id waits to be fired.
func whileArmed(id model.PlanID) until {
	return until{func(m *Model) string {
		if m.armed(id) == nil {
			return m.countdown(id)
		}
		return ""
	}}
}
