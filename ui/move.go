package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"gonogo/ui/layout"
	"gonogo/ui/panel"
)

// The names of the panels, those of layout.Arrange.
const (
	panelPhases    = layout.Phases
	panelCharts    = layout.Charts
	panelGate      = layout.Gate
	panelChecklist = layout.Checklist
	panelFlags     = layout.Flags
	panelLog       = layout.Log
)

// panelOrder is the way of the tab key.
func panelOrder() []string {
	return []string{panelPhases, panelCharts, panelGate, panelChecklist, panelFlags, panelLog}
}

func panelOf(name string) panel.Panel {
	switch name {
	case panelPhases:
		return panel.Phases()
	case panelCharts:
		return panel.Charts()
	case panelChecklist:
		return panel.Checklist()
	case panelFlags:
		return panel.Flags()
	case panelLog:
		return panel.Log()
	}
	return panel.Gate()
}

// focusBy goes to another panel, round and round.
func (m *Model) focusBy(n int) {
	all := panelOrder()
	i := slices.Index(all, m.focus) + n
	m.focus = all[(i+len(all))%len(all)]
	m.clampCursors()
}

// sideways goes to the chart or the panel beside.
func (m *Model) sideways(n int) {
	if m.focus == panelCharts {
		m.moveBy(n)
		return
	}
	m.focusBy(n)
}

// moveBy moves the cursor of the panel in focus; it stops at the ends.
func (m *Model) moveBy(n int) {
	name := m.focus
	m.at[name] = m.cursor(name) + n
	m.clampCursors()
}

// rows returns how many rows a panel has, without those that the filter leaves out.
func (m *Model) rows(name string) int {
	if m.seen() == nil {
		return 0
	}
	return panelOf(name).Rows(m.props(name, m.rects()[name]))
}

// cursor returns the row that the cursor of a panel is on. Until it is moved,
// the log's stays at the end and the gate's on the worst line.
func (m *Model) cursor(name string) int {
	at, moved := m.at[name]
	switch {
	case moved:
		return at
	case name == panelLog:
		return max(0, m.rows(name)-1)
	case name == panelGate:
		return worst(panel.GateLines(m.here()))
	}
	return 0
}

// clampCursors keeps each cursor on a row, and that row in view.
func (m *Model) clampCursors() {
	for name, at := range m.at {
		last := max(0, m.rows(name)-1)
		if name == panelLog && at >= last {
			delete(m.at, name) // at the end: it follows the log again
			continue
		}
		m.at[name] = min(max(0, at), last)
	}
}

// offset returns the first row that a panel of that height shows, so that the
// cursor is in view and as little moves as can be.
func (m *Model) offset(name string, visible int) int {
	if visible <= 0 {
		return 0
	}
	at, rows := m.cursor(name), m.rows(name)
	top := m.top[name]
	if name == panelLog {
		if _, moved := m.at[name]; !moved {
			top = rows
		}
	}
	top = max(min(top, at), at-visible+1)
	top = max(0, min(top, rows-visible))
	m.top[name] = top
	return top
}

// arrangement is what the places of the panels depend on.
type arrangement struct {
	w, h, charts int
	focus        string
	zoomed       bool
}

// rects returns where each panel is; none where the screen is too small.
func (m *Model) rects() map[string]layout.Rect {
	now := arrangement{w: m.w, h: m.h, focus: m.focus, zoomed: m.zoomed}
	if s := m.seen(); s != nil && s.Rollout != nil {
		now.charts = len(s.Rollout.Metrics)
	}
	if m.view.rects == nil || m.view.arranged != now {
		m.view.rects, m.view.arranged = layout.Arrange(now.w, now.h, now.charts, now.focus, now.zoomed), now
	}
	return m.view.rects
}

// clicked goes to the panel and the row under the mouse.
func (m *Model) clicked(c tea.MouseClickMsg) tea.Cmd {
	if m.over != nil || m.planVisible() || c.Button != tea.MouseLeft {
		return nil
	}
	name, r, ok := m.panelAt(c.X, c.Y)
	if !ok {
		return nil
	}
	p := m.panelProps(name, r) // as it was drawn, before the focus moves
	m.focus = name
	if row := panel.RowAt(panelOf(name), p, c.X-r.X, c.Y-r.Y); row >= 0 {
		m.at[name] = row
		m.clampCursors()
	}
	return nil
}

// wheeled scrolls what is under the mouse.
func (m *Model) wheeled(w tea.MouseWheelMsg) {
	by := 0
	switch w.Button {
	case tea.MouseWheelUp:
		by = -1
	case tea.MouseWheelDown:
		by = 1
	}
	switch {
	case by == 0:
	case m.over != nil:
		m.over.move(m, by)
	case m.planVisible():
		m.plan.scroll = max(0, m.plan.scroll+by)
	default:
		if name, _, ok := m.panelAt(w.X, w.Y); ok {
			m.at[name] = m.cursor(name) + by
			m.clampCursors()
		}
	}
}

func (m *Model) panelAt(x, y int) (string, layout.Rect, bool) {
	rects := m.rects()
	for _, name := range panelOrder() {
		r, ok := rects[name]
		if ok && x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H {
			return name, r, true
		}
	}
	return "", layout.Rect{}, false
}
