package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/words"
)

// took looks at a new snapshot: what became of our intents, and of the plan.
func (m *Model) took(s *model.Snapshot) tea.Cmd {
	before := m.live
	m.live = s
	if !m.frozen || m.shown == nil {
		m.shown = s
	}
	m.view.dirty = true
	var cmds []tea.Cmd
	for _, a := range s.Answers {
		if w, ok := m.waiting[a.Intent]; ok {
			delete(m.waiting, a.Intent)
			cmds = append(cmds, m.answered(w.in, a))
		}
	}
	m.followPlan(before)
	m.dropStale()
	m.clampCursors()
	return tea.Batch(append(cmds, m.repace())...)
}

// answered says what became of an intent. One that was refused for want of a
// reason is asked for again, with one.
func (m *Model) answered(in model.Intent, a model.Answer) tea.Cmd {
	if a.Err == "" {
		text := doneText(in)
		if in.Kind == model.Freeze && m.live.Rollout != nil {
			text = m.frozenText(in)
		}
		if text != "" {
			m.say("%s", text)
		}
		return nil
	}
	why := strings.TrimPrefix(model.Inert(a.Err), "refused: ")
	if a.NeedsReason && in.Reason == "" {
		if m.over == nil || m.over.field() == nil {
			if in.Kind == model.Veto {
				m.vetoGuard(in.Plan)
			} else {
				m.askReason(in, why)
			}
			return nil
		}
		why += " · close the text field and ask again"
	}
	m.fail("%s: %s", words.Intent(in), why)
	return nil
}

// askReason asks for the reason that in needs, and submits it again with it.
func (m *Model) askReason(in model.Intent, why string) {
	stays := until{}
	if in.Kind == model.ArmEnter {
		stays = m.whilePhase()
	}
	m.open(&prompt{
		until: stays,
		title: "Reason for: " + words.Intent(in), hint: why, input: newField(""), arms: true,
		done: func(m *Model, text string) (tea.Cmd, string) {
			if strings.TrimSpace(text) == "" {
				return nil, "write why, or esc to leave it"
			}
			in.Reason, in.Seen = strings.TrimSpace(text), 0
			return m.arm(in), ""
		},
	})
}

// doneText is the good news of an intent, empty where the screen shows it anyway.
func doneText(in model.Intent) string {
	switch in.Kind {
	case model.Sign:
		return "signed " + string(in.Check) + " · space asks to take it back"
	case model.Unsign:
		return "took back the signature of " + string(in.Check)
	case model.RunCheck:
		return "running " + string(in.Check) + " · e on it shows what it prints"
	case model.HoldOn:
		return "held: nobody can advance · H resumes"
	case model.Resume:
		return "resumed"
	case model.Adopt:
		return "the changed config was adopted"
	case model.Refresh:
		return "asked every flag again"
	case model.Cancel:
		return "the plan will stop after the step that runs"
	}
	return ""
}
