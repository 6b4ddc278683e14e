package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// ranges are those of the charts; 0 is the whole phase.
func ranges() []time.Duration {
	return []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 0}
}

const defaultRange = 1

func rangeBy(n int) func(*Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		all := ranges()
		m.rangeAt = min(max(0, m.rangeAt+n), len(all)-1)
		if d := all[m.rangeAt]; d == 0 {
			m.say("charts show the whole phase")
		} else {
			m.say("charts show the last %s", model.FormatDuration(d))
		}
		return nil
	}
}

// explain opens the why of the line under the cursor, or of the worst one.
func (m *Model) explain() tea.Cmd {
	_, s := m.ready()
	if s == nil {
		return nil
	}
	line, ok := m.lineHere()
	if !ok {
		line, ok = at(s.Gate.Lines, worst(s.Gate.Lines))
	}
	if !ok {
		m.say("there is nothing to explain yet")
		return nil
	}
	m.open(&why{line: line})
	return nil
}

// worst returns the place of the line of the highest severity, the first of several.
func worst(lines []model.Line) int {
	at := 0
	for i, l := range lines {
		if l.State.Severity() > lines[at].State.Severity() {
			at = i
		}
	}
	return at
}

func (m *Model) zoom() tea.Cmd {
	m.zoomed = !m.zoomed
	m.clampCursors()
	return nil
}

func (m *Model) freeze() tea.Cmd {
	m.frozen = !m.frozen
	m.shown = m.live
	m.clampCursors()
	return nil
}

// find filters the rows of all panels while its text is typed.
func (m *Model) find() tea.Cmd {
	before := m.filter
	set := func(m *Model, text string) { m.filter = text; m.clampCursors() }
	m.open(&prompt{
		title: "Find", hint: "rows without this text are left out; empty shows all", input: newField(m.filter),
		change: set,
		leave:  func(m *Model) { set(m, before) },
		done:   func(m *Model, text string) (tea.Cmd, string) { set(m, text); return nil, "" },
	})
	return nil
}

func (m *Model) openPalette() tea.Cmd {
	m.open(&palette{input: newField("")})
	return nil
}

func (m *Model) showHelp() tea.Cmd {
	m.open(&help{})
	return nil
}

func (m *Model) goFlags() tea.Cmd {
	m.focus = panelFlags
	return nil
}

// enterHere opens what is under the cursor.
func (m *Model) enterHere() tea.Cmd {
	switch m.focus {
	case panelFlags:
		return m.flip()
	case panelGate:
		return m.explain()
	case panelChecklist:
		if c := m.checkHere(); c != nil && c.Kind == model.CheckDrill {
			return m.rehearse(c.Drill)
		}
		if _, ok := m.lineHere(); ok {
			return m.explain()
		}
	}
	return m.zoom()
}

// escape undoes one thing of the view at a time.
func (m *Model) escape() tea.Cmd {
	switch {
	case m.status.text != "":
		m.status = status{}
	case m.filter != "":
		m.filter = ""
		m.clampCursors()
	case m.zoomed:
		return m.zoom()
	case m.frozen:
		return m.freeze()
	}
	return nil
}
