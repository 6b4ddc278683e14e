package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// viewCache is the last frame. Bubble Tea asks for one after every message;
// only what changes something draws a new one.
type viewCache struct {
	dirty bool
	view  tea.View

	arranged arrangement // what rects were made from
	rects    map[string]layout.Rect
}

// View draws the screen, or returns the last frame where nothing changed.
func (m *Model) View() tea.View {
	if !m.view.dirty && m.view.view.Content != "" {
		return m.view.view
	}
	v := tea.NewView(m.draw())
	v.AltScreen, v.MouseMode = true, tea.MouseModeCellMotion
	// A paste whose end is lost or torn would swallow every later key, the emergency's too. A paste
	// comes as keys instead, of which none counts that is not alone.
	v.DisableBracketedPasteMode = true
	v.WindowTitle = m.title()
	m.view.view, m.view.dirty = v, false
	return v
}

// props returns what a panel of that name and place is drawn from.
func (m *Model) props(name string, r layout.Rect) panel.Props {
	return panel.Props{
		Snap: m.seen(), Now: m.now, Size: panel.Size{W: r.W, H: r.H}, Theme: m.theme,
		Focused: m.focus == name, Zoomed: m.zoomed, Frozen: m.frozen,
		Cursor: m.at[name], Range: ranges()[m.rangeAt], Filter: m.filter, Who: m.who(), ReadOnly: m.o.ReadOnly,
	}
}

// who names the person at the keys.
func (m *Model) who() string {
	if m.o.Actor.Host == "" {
		return m.o.Actor.Name
	}
	return m.o.Actor.Name + "@" + m.o.Actor.Host
}

// draw returns at most h lines of at most w cells.
func (m *Model) draw() string {
	if m.w <= 0 || m.h <= 0 {
		return ""
	}
	screen := m.drawScreen()
	full := m.props("", layout.Rect{W: m.w, H: m.h})
	if m.planVisible() {
		full.Snap = m.live // a plan is shown as it is, also while the view is frozen
		screen = m.drawPlan(screen, full)
		full.Snap = m.seen()
	}
	if m.over != nil {
		screen = layout.Overlay(screen, m.over.draw(m, full), m.w, m.h)
	}
	return m.drawNotices(screen)
}

// drawScreen draws what is under boxes and notices.
func (m *Model) drawScreen() string {
	if m.seen() == nil {
		return m.drawEmpty()
	}
	rects := m.rects()
	if len(rects) == 0 {
		return panel.Mini(m.props("", layout.Rect{W: m.w, H: m.h}))
	}
	parts := make(map[string]string, len(rects))
	for name, r := range rects {
		parts[name] = m.drawPanel(name, r)
	}
	return layout.Join(m.w, m.h, rects, parts)
}

// drawEmpty is the first frame, before anything is known.
func (m *Model) drawEmpty() string {
	lines := make([]string, m.h)
	text := []string{"gonogo", "", "waiting for the engine", "", "q quit   ? keys"}
	if m.feedEnded {
		text[2] = "the engine is gone"
	}
	for i := range lines {
		t := ""
		if j := i - (m.h-len(text))/2; j >= 0 && j < len(text) {
			t = text[j]
		}
		lines[i] = fit(strings.Repeat(" ", max(0, (m.w-ansi.StringWidth(t))/2))+t, m.w)
	}
	return strings.Join(lines, "\n")
}

func (m *Model) drawPanel(name string, r layout.Rect) string {
	switch name {
	case layout.Header:
		return panel.Header(m.props(name, r))
	case layout.Footer:
		return panel.Footer(m.props(name, r), m.hints())
	}
	return panelOf(name).Render(m.panelProps(name, r))
}

// panelProps is props with the cursor and what is scrolled.
func (m *Model) panelProps(name string, r layout.Rect) panel.Props {
	p := m.props(name, r)
	p.Cursor = m.cursor(name)
	switch {
	case name != panelCharts:
		p.Offset = m.offset(name, r.H-2)
	case !p.Focused: // the charts scroll by themselves, to where the cursor is or was
		p.Offset = p.Cursor
	}
	return p
}

// hints returns the keys of the footer: those of whoever has the keyboard.
func (m *Model) hints() []panel.Hint {
	switch {
	case m.over != nil:
		return footer(m.over.keys(&m.keys))
	case m.planVisible():
		return m.planHints()
	}
	if m.o.ReadOnly {
		return footer(slices.DeleteFunc(slices.Clone(m.keys.main), func(c command) bool { return c.effect == acts }))
	}
	return footer(m.keys.main)
}

// drawPlan draws the plan's box, and notes when that was first done while its
// keys count: the dead time begins there.
func (m *Model) drawPlan(screen string, p panel.Props) string {
	p.Offset = m.plan.scroll
	if m.over == nil && m.plan.since.IsZero() {
		m.plan.since = m.o.Now()
	}
	p.Early = m.planEarly(m.planState())
	return layout.Overlay(screen, panel.PlanBox(p), m.w, m.h)
}

// notice is one line above the footer.
type notice struct {
	text  string
	style theme.Style
}

// notices are what must not be overlooked, the most important last.
func (m *Model) notices() []notice {
	var out []notice
	s := m.live
	if m.filter != "" {
		out = append(out, notice{"find: " + model.Inert(m.filter) + " · esc shows all rows", theme.Notice})
	}
	if m.frozen {
		out = append(out, notice{"view frozen at " + m.shownAt() + " · the engine goes on · p goes on", theme.Notice | theme.Bold})
	}
	if s != nil {
		if s.ConfigChanged != "" && !m.o.ReadOnly {
			out = append(out, notice{"config changed: A adopts it (" + short(s.ConfigChanged) + ")", theme.Notice | theme.Bold})
		}
		if s.ConfigTrouble != "" {
			out = append(out, notice{"config: " + model.Inert(s.ConfigTrouble), theme.Warn | theme.Bold})
		}
		for _, n := range panel.GuardNotices(panel.Props{Snap: s, Now: m.now}) {
			out = append(out, notice{n.Text, n.Style})
		}
		if n, open := panel.IncidentNotice(panel.Props{Snap: s, Now: m.now}); open && !m.planVisible() { // its box has the clock
			out = append(out, notice{n.Text, n.Style})
		}
		small := len(m.rects()) == 0 && !m.frozen // the small view says it itself
		if p := s.State.ActivePlan(); p != nil && !m.planVisible() && !small {
			out = append(out, notice{planNotice(p, m.now), theme.Warn | theme.Bold})
		}
		if s.Journal != "" {
			out = append(out, notice{"journal: " + model.Inert(s.Journal), theme.NoGo | theme.Bold | theme.Reverse})
		}
		if s.Lost != "" {
			out = append(out, notice{"ENGINE LOST: " + model.Inert(s.Lost), theme.NoGo | theme.Bold | theme.Reverse})
		}
	}
	if m.feedEnded && s != nil {
		out = append(out, notice{"ENGINE GONE: nothing here is new any more · q quits, then start gonogo again", theme.NoGo | theme.Bold | theme.Reverse})
	}
	if m.status.text != "" {
		style := theme.Strong
		if m.status.bad {
			style = theme.Warn | theme.Bold
		}
		out = append(out, notice{m.status.text, style})
	}
	return out
}

func (m *Model) shownAt() string {
	if m.shown == nil {
		return "?"
	}
	return m.shown.At.UTC().Format("15:04:05Z")
}

// planNotice tells of a plan whose box is hidden.
func planNotice(p *model.PlanState, now time.Time) string {
	title := model.Inert(p.Plan.Title)
	if p.Status == model.Armed {
		if p.Plan.Guard {
			title = "guard: " + title
		}
		if !p.FireAt.IsZero() {
			return "ARMED: " + title + " fires in " + model.FormatDuration(max(0, p.FireAt.Sub(now).Round(time.Second))) + " · v shows it"
		}
		return "armed: " + title + " · v shows it"
	}
	done := 0
	for _, st := range p.Steps {
		if st.Outcome != "" {
			done++
		}
	}
	return "runs: " + title + ", " + fmt.Sprintf("%d of %d steps", done, len(p.Steps)) + ", " +
		model.FormatDuration(max(0, now.Sub(p.FiredAt)).Truncate(time.Second)) + " · v shows it"
}

// drawNotices lays the notices over the lines above the footer, as many as
// leave most of the screen.
func (m *Model) drawNotices(screen string) string {
	all := m.notices()
	if len(all) == 0 {
		return screen
	}
	lines := strings.Split(screen, "\n")
	all = all[max(0, len(all)-max(1, (m.h-1)/4)):]
	for i, n := range all {
		y := m.h - 1 - len(all) + i
		if m.h < 3 || y < 1 || y >= len(lines) {
			continue
		}
		lines[y] = m.theme.Paint(n.style, fit(" "+n.text, m.w))
	}
	return strings.Join(lines, "\n")
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
	s := m.live
	if s == nil || s.Rollout == nil {
		return "gonogo"
	}
	headline := s.VerdictAt(m.now).Headline
	if m.feedEnded {
		headline = model.Unknown
	}
	guard := ""
	if p := s.State.ActivePlan(); p != nil && p.Plan.Guard && p.Status == model.Armed {
		guard = "GUARD ARMED"
	}
	parts := []string{"gonogo", string(headline), guard, string(s.State.Phase), s.Rollout.Title}
	return model.Inert(strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " "))
}
