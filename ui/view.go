package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/overlay"
	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// viewCache is the last frame. Bubble Tea asks for one after every message;
// only what changes something draws a new one.
type viewCache struct {
	dirty bool
	view  tea.View
}

// View draws the screen, or returns the last frame where nothing changed.
func (m *Model) View() tea.View {
	if !m.view.dirty && m.view.view.Content != "" {
		return m.view.view
	}
	screen := m.draw()
	if m.ascii {
		screen = theme.Plain(screen)
	}
	v := tea.NewView(screen)
	v.AltScreen, v.MouseMode = true, tea.MouseModeCellMotion
	// A paste whose end is lost or torn would swallow every later key, the emergency's too. A paste
	// comes as keys instead, of which none counts that is not alone.
	v.DisableBracketedPasteMode = true
	v.WindowTitle = m.title()
	m.view.view, m.view.dirty = v, false
	return v
}

// draw returns at most h lines of at most w cells.
func (m *Model) draw() string {
	w, h := m.board.w, m.board.h
	if w <= 0 || h <= 0 {
		return ""
	}
	full := m.board.props(m.props(), "", layout.Rect{W: w, H: h})
	if m.o.Wall {
		return m.drawWall(full)
	}
	dock := m.drawDock()
	screen := m.drawScreen(dock)
	if m.planVisible() {
		if m.over == nil { // the dead time of its keys begins once they count
			m.plan.Drawn(m.clock.read())
		}
		if dock == "" {
			screen = layout.Overlay(screen, m.plan.View(m.scene(), full), w, h)
		}
	}
	if m.over != nil {
		if m.shownAt.IsZero() {
			m.shownAt = m.clock.read()
		}
		screen = layout.Overlay(screen, m.over.View(m.scene(), full), w, h)
	}
	return m.drawNotices(screen)
}

// dockH is the least height of a screen on which a plan is docked; on smaller
// ones its box stands over the panels.
const dockH = 16

// drawDock draws the plan as it is docked at the bottom, or at the right of a wide screen, and has the board make
// room for it; "" where none is. What is said below it does not hide its frame.
func (m *Model) drawDock() string {
	m.board.dock, m.board.beside = 0, 0
	if !m.planVisible() || m.board.h < dockH || m.board.w < layout.ColumnW || m.eyes.seen() == nil {
		return ""
	}
	said := len(m.said())
	place := layout.Rect{W: m.board.w, H: max(min(11, m.board.h/2), m.board.h*2/5)}
	if w := layout.DockW(m.board.w, m.board.h); w > 0 {
		m.board.beside = w
		place = m.board.places(m.props())[layout.Dock]
		place.H -= said
	}
	p := m.board.props(m.props(), "", place)
	p.Docked = true
	text := m.plan.View(m.scene(), p)
	if m.board.beside == 0 {
		m.board.dock = strings.Count(text, "\n") + 1 + said
	}
	return text
}

// drawScreen draws what is under boxes and notices, with a docked plan.
func (m *Model) drawScreen(dock string) string {
	p := m.props()
	if p.Snap == nil {
		return m.drawEmpty()
	}
	places := m.board.places(p)
	if len(places) == 0 {
		return panel.Mini(m.board.props(p, "", layout.Rect{W: m.board.w, H: m.board.h}))
	}
	parts := make(map[string]string, len(places))
	for name, r := range places {
		if name == layout.Dock {
			parts[name] = fitLines(dock, r.W, r.H)
			continue
		}
		parts[name] = m.drawPanel(p, name, r)
	}
	return layout.Join(m.board.w, m.board.h, places, parts)
}

// drawEmpty is the first frame, before anything is known.
func (m *Model) drawEmpty() string {
	lines := make([]string, m.board.h)
	text := []string{"gonogo", "", "waiting for the engine", "", "q quit   ? keys"}
	if m.eyes.ended {
		text[2] = "the engine is gone"
	}
	for i := range lines {
		t := ""
		if j := i - (m.board.h-len(text))/2; j >= 0 && j < len(text) {
			t = text[j]
		}
		lines[i] = fit(strings.Repeat(" ", max(0, (m.board.w-ansi.StringWidth(t))/2))+t, m.board.w)
	}
	return strings.Join(lines, "\n")
}

func (m *Model) drawPanel(p panel.Props, name string, r layout.Rect) string {
	switch name {
	case layout.Header:
		return panel.Header(m.board.props(p, name, r))
	case layout.Footer:
		return panel.Footer(m.board.props(p, name, r), m.hints())
	}
	return panelOf(name).Render(m.board.scrolled(p, name, r))
}

// hints returns the keys of the footer: those of whoever has the keyboard.
func (m *Model) hints() []panel.Hint {
	switch {
	case m.over != nil:
		return overlay.Footer(m.over.Keys())
	case m.planVisible():
		return m.plan.Hints(m.scene())
	}
	return m.keys.footer(m.readOnly)
}

// drawNotices lays the notices over the lines above the footer, as many as
// leave most of the screen.
func (m *Model) drawNotices(screen string) string {
	all := m.said()
	if len(all) == 0 {
		return screen
	}
	lines := strings.Split(screen, "\n")
	for i, n := range all {
		y := m.board.h - 1 - len(all) + i
		if m.board.h < 3 || y < 1 || y >= len(lines) {
			continue
		}
		lines[y] = m.theme.Paint(n.style, fit(" "+n.text, m.board.w))
	}
	return strings.Join(lines, "\n")
}

// said are the notices that there is room for.
func (m *Model) said() []notice {
	all := m.notices()
	return all[max(0, len(all)-max(1, (m.board.h-1)/4)):]
}

// fitLines cuts or pads text to h lines of w cells.
func fitLines(text string, w, h int) string {
	lines := strings.Split(text, "\n")
	for len(lines) < h {
		lines = append(lines, "")
	}
	for i := range lines {
		lines[i] = fit(lines[i], w)
	}
	return strings.Join(lines[:h], "\n")
}

// fit cuts or pads s to w cells.
func fit(s string, w int) string {
	n := ansi.StringWidth(s)
	if n > w {
		s = ansi.Truncate(s, w, "…")
		n = ansi.StringWidth(s)
	}
	return s + strings.Repeat(" ", max(0, w-n))
}

// title is the window's title, inert: Bubble Tea passes it on as it is.
func (m *Model) title() string {
	s := m.eyes.live
	if s == nil || s.Rollout == nil {
		return "gonogo"
	}
	headline := s.VerdictAt(m.now).Headline
	if m.eyes.ended {
		headline = model.Unknown
	}
	guard := ""
	if p := s.State.ActivePlan(); p != nil && p.Plan.Guard && p.Status == model.Armed {
		guard = "GUARD ARMED"
	}
	parts := []string{"gonogo", string(headline), guard, string(s.State.Phase), s.Rollout.Title}
	return model.Inert(strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " "))
}
