package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/words"
)

// toggle signs the check under the cursor or takes its signature back, runs
// one that gonogo finds out, and flips where the cursor is on a flag.
func (m *Model) toggle() tea.Cmd {
	_, s := m.ready()
	switch {
	case s == nil:
		return nil
	case m.focus == panelFlags:
		return m.flip()
	case m.focus != panelChecklist:
		m.focus = panelChecklist
		m.say("space signs the check under the cursor, or runs it")
		return nil
	}
	c := m.checkHere()
	if c == nil {
		m.say("there is no check here")
		return nil
	}
	switch c.Kind {
	case model.CheckMetric:
		m.sayFollows(c)
		return nil
	case model.CheckDrill:
		return m.rehearse(c.Drill)
	case model.CheckRun, model.CheckProbe:
		return m.runCheck(s, c)
	}
	if result, signed := s.State.Checks[c.ID]; signed && result.Counts(c, m.now) {
		m.askUnsign(c, result)
		return nil
	}
	return m.arm(model.Intent{Kind: model.Sign, Check: c.ID})
}

// askUnsign asks whether to take a signature back.
func (m *Model) askUnsign(c *model.Check, signed model.CheckState) {
	id := c.ID
	title := "Take back the signature of " + model.Inert(c.Text)
	if signed.By.Name != "" {
		title += ", by " + model.Inert(signed.By.Name)
	}
	o := question(title+"?", "take it back", "keep it", func(m *Model) tea.Cmd {
		return m.arm(model.Intent{Kind: model.Unsign, Check: id})
	})
	o.until = m.whilePhase()
	m.open(o)
}

func (m *Model) sayFollows(c *model.Check) {
	m.say("%s follows the metric %s: there is nothing to sign · e explains it", c.Text, c.Metric)
}

// runCheck asks gonogo to find out about a check now.
func (m *Model) runCheck(s *model.Snapshot, c *model.Check) tea.Cmd {
	if i := slices.IndexFunc(s.Checks, func(l model.LiveCheck) bool { return l.Check == c.ID }); i >= 0 {
		m.say("%s runs already, for %s", c.Text, words.Age(m.now.Sub(s.Checks[i].Since)))
		return nil
	}
	return m.arm(model.Intent{Kind: model.RunCheck, Check: c.ID})
}

// signNote signs the check under the cursor with a note. Vouching for one that
// gonogo finds out needs one.
func (m *Model) signNote() tea.Cmd {
	m.focus = panelChecklist
	c := m.checkHere()
	if c == nil {
		m.say("there is no check here to sign")
		return nil
	}
	id, needed, hint := c.ID, false, "a note, such as what you saw and where"
	switch c.Kind {
	case model.CheckMetric:
		m.sayFollows(c)
		return nil
	case model.CheckDrill:
		needed, hint = true, "a drill shows this: write why you vouch for it instead · space offers to rehearse"
	case model.CheckRun, model.CheckProbe:
		needed, hint = true, "gonogo finds this out: write why you vouch for it instead · space runs it"
	}
	m.open(&prompt{
		until: m.whilePhase(),
		title: "Sign: " + model.Inert(c.Text), hint: hint, input: newField(""), arms: true,
		done: func(m *Model, text string) (tea.Cmd, string) {
			if text = strings.TrimSpace(text); text == "" && needed {
				return nil, "write why you vouch for it, or esc to leave it"
			}
			return m.arm(model.Intent{Kind: model.Sign, Check: id, Reason: text}), ""
		},
	})
	return nil
}
