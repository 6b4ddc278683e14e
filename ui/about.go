package ui

import (
	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/overlay"
)

// The commands that tell what the plan says beside numbers, and lead to where more is written.

// about tells of the phase under the cursor, or else of the one that is judged.
func about(c *cockpit) (overlay.Overlay, overlay.Want) {
	if r, _ := c.scene().Rollout(); r == nil {
		return early()
	}
	var id model.PhaseID
	if phase := c.phaseHere(); phase != nil {
		id = phase.ID
	}
	return overlay.About(id), overlay.Want{}
}

// openLinks opens a link of what is under the cursor, or of the phase and the rollout.
func openLinks(c *cockpit) (overlay.Overlay, overlay.Want) {
	r, _ := c.scene().Rollout()
	if r == nil {
		return early()
	}
	var here []model.Link
	if line, ok := c.board.line(c.props()); ok {
		here = r.LinksFor(&line)
	}
	return overlay.Links(here, r.LinksOf(c.phaseHere()))
}

// phaseHere returns the phase under the cursor of the phases, else the one that is judged, or nil.
func (c *cockpit) phaseHere() *model.Phase {
	r, s := c.scene().Rollout()
	if r == nil {
		return nil
	}
	if c.board.focus == panelPhases {
		if i := c.board.cursor(c.props(), panelPhases); i >= 0 && i < len(r.Phases) {
			return &r.Phases[i]
		}
	}
	return r.JudgedPhase(s.State.Phase)
}

// openedMsg says what came of opening an address.
type openedMsg struct {
	address string
	err     error
}

// open shows an address in the browser of this machine. Where there is none, and over SSH, where it
// would be the wrong one, it goes into the terminal's clipboard and stands in full.
func (m *Model) open(address string) tea.Cmd {
	address = model.Inert(address)
	if m.o.Open == nil {
		m.tell(overlay.Say("copied, to open where you sit: %s", address))
		return tea.SetClipboard(address)
	}
	m.tell(overlay.Say("opening %s", address))
	return func() tea.Msg { return openedMsg{address, m.o.Open(address)} }
}

// opened tells of a browser that did not open.
func (m *Model) opened(msg openedMsg) {
	if msg.err != nil {
		m.tell(overlay.Fail("%s did not open (%v): copy it from here", msg.address, msg.err))
	}
}
