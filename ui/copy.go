package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/words"
)

// copied puts text, line by line inert, into the terminal's clipboard (OSC 52).
func (m *Model) copied(what, text string) tea.Cmd {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = model.Inert(l)
	}
	m.say("copied %s", what)
	return tea.SetClipboard(strings.Join(lines, "\n"))
}

// copyHere copies what is under the cursor.
func (m *Model) copyHere() tea.Cmd {
	r, s := m.ready()
	if r == nil {
		return nil
	}
	if l, ok := m.lineHere(); ok {
		return m.copied("the line", lineText(l))
	}
	switch m.focus {
	case panelFlags:
		if f := m.flagHere(); f != nil {
			st := s.State.Flags[f.ID]
			return m.copied("the flag", fmt.Sprintf("%s: stored %s, effective %s", f.ID, st.Stored, st.Effective))
		}
	case panelChecklist:
		if c := m.checkHere(); c != nil {
			return m.copied("the check", c.Text)
		}
	case panelLog:
		if rec, ok := m.recordHere(); ok {
			return m.copied("the record", recordText(rec))
		}
	}
	return m.copied("where the rollout stands", standText(r, s))
}

// copyBox copies the line that a why explains, and of help the text.
func (m *Model) copyBox() tea.Cmd {
	if w, ok := m.over.(*why); ok {
		return m.copied("why", m.whyText(w.line))
	}
	p := m.props(m.focus, m.rects()[m.focus])
	p.Size = panel.Size{W: 120, H: 200}
	return m.copied("this text", ansi.Strip(m.over.draw(m, p)))
}

// whyText is a line, what would change it, and what a check printed last.
func (m *Model) whyText(l model.Line) string {
	r, s := m.ready()
	if r == nil {
		return lineText(l)
	}
	l = currentLine(s, l)
	text := lineText(l)
	if change := words.Change(r.Metric(l.Metric), &l); change != "" {
		text += "\nchanges: " + change
	}
	if c, ok := s.State.Checks[l.Check]; ok && c.Output != "" {
		text += "\n" + c.Output
	}
	return text
}

// copyPlan copies the plan's summary, to paste into a chat.
func (m *Model) copyPlan() tea.Cmd {
	text := model.Summary(m.live.Rollout, &m.live.State, m.planState())
	return m.copied(fmt.Sprintf("the summary of the plan, %d lines to paste", strings.Count(text, "\n")), text)
}

func lineText(l model.Line) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", l.Title, l.State)
	if l.HasValue {
		fmt.Fprintf(&b, ", value %s", model.FormatValue(l.Unit, float64(l.Value)))
	}
	if l.Target != "" {
		fmt.Fprintf(&b, ", target %s", l.Target)
	}
	if !l.SampleAt.IsZero() {
		fmt.Fprintf(&b, ", sample of %s", l.SampleAt.UTC().Format("2006-01-02 15:04:05Z"))
	}
	if l.Reason != "" {
		fmt.Fprintf(&b, "\n%s", l.Reason)
	}
	return b.String()
}

func standText(r *model.Rollout, s *model.Snapshot) string {
	v := s.VerdictAt(s.At)
	phase := string(s.State.Phase)
	if phase == "" {
		phase = "before the first phase"
	}
	lines := append([]string{fmt.Sprintf("%s on %s: %s, %s at %s", r.Title, r.Environment.Name, phase,
		v.Headline, s.At.UTC().Format("2006-01-02 15:04:05Z"))}, v.Reasons...)
	return strings.Join(lines, "\n")
}
