package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// ready returns the rollout and the snapshot that the person sees, or says
// that there is none yet.
func (m *Model) ready() (*model.Rollout, *model.Snapshot) {
	s := m.seen()
	if s == nil || s.Rollout == nil {
		m.fail("there is no engine yet: try again in a moment")
		return nil, nil
	}
	return s.Rollout, s
}

// advance arms entering the next phase.
func (m *Model) advance() tea.Cmd {
	r, s := m.ready()
	if r == nil {
		return nil
	}
	next := r.Upward(&s.State)
	if next == nil {
		m.say("%s is the last phase: there is none to advance to", s.State.Phase)
		return nil
	}
	return m.arm(model.Intent{Kind: model.ArmEnter, Phase: next.ID})
}

// flip asks what the flag under the cursor shall be, and arms that. A bool
// that is known has only one other value.
func (m *Model) flip() tea.Cmd {
	_, s := m.ready()
	if s == nil {
		return nil
	}
	f := m.flagHere()
	if m.o.ReadOnly {
		m.failReadOnly()
		return nil
	}
	if f == nil {
		m.say("there is no flag here")
		return nil
	}
	now := s.State.Flags[f.ID].Current()
	arm := func(m *Model, v model.Value) tea.Cmd {
		return m.arm(model.Intent{Kind: model.ArmFlip, Flag: f.ID, Value: v})
	}
	if f.Type == model.Bool && now.Type == model.Bool {
		return arm(m, model.BoolValue(!now.Equal(model.BoolValue(true))))
	}
	name := model.Inert(string(f.ID))
	if f.Type == model.Bool {
		choose := func(v bool) menuItem {
			return menuItem{text: fmt.Sprint(v), run: func(m *Model) tea.Cmd { return arm(m, model.BoolValue(v)) }}
		}
		m.open(&menu{title: "Set " + name + ", which is " + now.String(), items: []menuItem{choose(false), choose(true)}, arms: true})
		return nil
	}
	hint := "a " + string(f.Type)
	if f.Type == model.List {
		hint = "a list, comma separated"
		if f.Empty != "" {
			hint += "; empty means " + f.Empty
		}
	}
	m.open(&prompt{
		title: "Set " + name + ", which is " + now.String(), hint: hint, input: newField(now.Encode()), arms: true,
		done: func(m *Model, text string) (tea.Cmd, string) {
			v, err := model.ParseValue(f.Type, text)
			if err != nil {
				return nil, err.Error()
			}
			return arm(m, v), ""
		},
	})
	return nil
}

// hold stops all ways up, with a reason, or lets go on.
func (m *Model) hold() tea.Cmd {
	_, s := m.ready()
	if s == nil {
		return nil
	}
	if s.State.Held {
		return m.arm(model.Intent{Kind: model.Resume})
	}
	m.open(&prompt{
		until: until{func(m *Model) string {
			if m.live.State.Held {
				return "too late: the rollout is held already"
			}
			return ""
		}},
		title: "Hold the rollout: nobody can advance until it is resumed", hint: "why", input: newField(""), arms: true,
		done: func(m *Model, text string) (tea.Cmd, string) {
			if strings.TrimSpace(text) == "" {
				return nil, "write why, or esc to leave it"
			}
			return m.arm(model.Intent{Kind: model.HoldOn, Reason: strings.TrimSpace(text)}), ""
		},
	})
	return nil
}

// adopt asks whether to take the changed config: a letter alone does not.
func (m *Model) adopt() tea.Cmd {
	_, s := m.ready()
	if s == nil {
		return nil
	}
	hash := s.ConfigChanged
	if hash == "" {
		m.say("the config has not changed")
		return nil
	}
	items := []menuItem{
		{text: "no: stay with the one in use", run: func(*Model) tea.Cmd { return nil }},
		{text: "yes: adopt it", run: func(m *Model) tea.Cmd {
			return m.arm(model.Intent{Kind: model.Adopt, Reason: hash})
		}},
	}
	for _, line := range s.ConfigChanges { // to read; enter on one closes the menu
		items = append(items, menuItem{text: "  " + model.Inert(line), run: func(*Model) tea.Cmd { return nil }})
	}
	m.open(&menu{
		until: until{func(m *Model) string {
			if m.live.ConfigChanged != hash {
				return "too late: the config changed again, or was adopted"
			}
			return ""
		}},
		title: "Adopt the changed config " + short(hash) + "? Gates, flags and rollbacks are those of the new one",
		items: items,
	})
	return nil
}

func short(hash string) string {
	hash = model.Inert(hash)
	return hash[:min(12, len(hash))]
}

func (m *Model) refresh() tea.Cmd { return m.submit(model.Intent{Kind: model.Refresh}) }

// planMoves reports whether a plan is armed or runs.
func (m *Model) planMoves() bool { return m.live != nil && m.live.State.ActivePlan() != nil }

// suspend hands the terminal back to the shell, but not while a plan is under way.
func (m *Model) suspend() tea.Cmd {
	if m.planMoves() {
		m.fail("a plan is under way: gonogo is not suspended until it has ended")
		return nil
	}
	return tea.Suspend
}
