package ui

import (
	tea "charm.land/bubbletea/v2"

	"gonogo/ui/layout"
	"gonogo/ui/overlay"
	"gonogo/ui/panel"
)

// passedBy handles what a person does at a wall screen, which has two keys: q
// leaves, and ? tells of both. It reports false for messages that are not a person's.
func (m *Model) passedBy(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "q", "ctrl+c":
			return m.do(overlay.Want{Quit: true}), true
		case "?":
			m.tell(overlay.Say("a wall only looks: q quits · gonogo without --wall is the cockpit"))
		}
		return nil, true
	case tea.MouseClickMsg, tea.MouseWheelMsg, tea.PasteMsg:
		return nil, true
	}
	return nil, false
}

// drawWall draws the wall, and in its last line what was asked for.
func (m *Model) drawWall(full panel.Props) string {
	if m.eyes.ended { // nothing new comes any more
		full.Now = m.clock.read()
	}
	screen := panel.Wall(full)
	if m.status.text == "" {
		return screen
	}
	line := fit(" "+m.status.text, m.board.w)
	return layout.Join(m.board.w, m.board.h, map[string]layout.Rect{"wall": {W: m.board.w, H: m.board.h - 1}, "said": {Y: m.board.h - 1, W: m.board.w, H: 1}},
		map[string]string{"wall": screen, "said": line})
}
