package ui

import (
	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// question asks before something is done: y or enter does it once the box was
// on screen for the dead time, esc does not.
func question(title, yes, no string, act func(*Model) tea.Cmd) *menu {
	return &menu{title: title, arms: true, asks: true, items: []menuItem{
		{"y", yes, act},
		{"esc", no, func(*Model) tea.Cmd { return nil }},
	}}
}

// yes answers a question; in any other menu it means nothing.
func (m *Model) yes() tea.Cmd {
	o, ok := m.over.(*menu)
	if !ok || !o.asks {
		return nil
	}
	o.at = 0
	return o.enter(m)
}

// isEngine reports whether this process watches, so that nothing is watched
// once it has ended.
func (m *Model) isEngine() bool {
	return m.live != nil && !m.live.Attached && !m.feedEnded && m.live.Lost == ""
}

// quit leaves a viewer at once; the engine's own screen asks.
func (m *Model) quit() tea.Cmd {
	if m.isEngine() {
		return m.askQuit()
	}
	return m.leave()
}

func (m *Model) leave() tea.Cmd {
	m.quitting = true
	return tea.Quit
}

// signalled asks to quit, as the ctrl+c of a person does; whoever sends two
// signals means it.
func (m *Model) signalled() tea.Cmd {
	if o, ok := m.over.(*menu); ok && o.quits {
		return m.leave()
	}
	return m.askQuit()
}

// askQuit asks whether to quit. Asked again, it quits, but not the engine of a
// critical environment: there "quit" must be chosen, and then Enter pressed.
func (m *Model) askQuit() tea.Cmd {
	critical := m.isEngine() && m.live.Rollout != nil && m.live.Rollout.Environment.Critical
	if o, ok := m.over.(*menu); ok && o.quits {
		if !critical {
			return m.leave()
		}
		m.fail("choose quit, then press enter · esc stays")
		return nil
	}
	q := question(m.quitTitle(), "quit", "stay", (*Model).leave)
	q.quits = true
	if critical {
		q.asks = false
		q.items[0], q.items[1] = q.items[1], menuItem{"", "quit", (*Model).leave}
	}
	m.open(q)
	return nil
}

func (m *Model) quitTitle() string {
	if !m.isEngine() {
		return "Quit gonogo?"
	}
	title := "Quit? This is the engine: nothing is watched after"
	if r := m.live.Rollout; r != nil && r.Guard != nil && r.Guard.Mode == model.GuardArmed {
		title += "; the guard is armed now, and will not be"
	}
	if m.planMoves() {
		title = "Quit? This is the engine, and a plan is under way: it goes on to its end, then nothing is watched"
	}
	return title
}
