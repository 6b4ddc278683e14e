package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// bangAlone is how long before and after the emergency key no other key may
// arrive. A person is slower; a paste or the torn reply of a terminal is not.
const bangAlone = 100 * time.Millisecond

// bang holds the emergency key back until it is known to have come alone.
type bang struct {
	pending bool
	n       int       // of the key that is held back
	last    time.Time // of the last other input
}

// bangMsg ends the wait for the key n.
type bangMsg struct{ n int }

// noise notes input that was no emergency key; it spoils one that is held back.
func (b *bang) noise(now time.Time) (spoiled bool) {
	spoiled, b.pending, b.last = b.pending, false, now
	return spoiled
}

// bangKey handles the emergency key, and the key that spoils it. A second `!`
// within the time is the same wish: a hand in a hurry presses twice.
func (m *Model) bangKey(k tea.KeyPressMsg) (cmd tea.Cmd, swallowed bool) {
	if !m.keys.isEmergency(k) {
		if m.bang.noise(m.now) {
			m.failBang()
			return nil, true
		}
		return nil, false
	}
	switch {
	case m.bang.pending:
		return nil, true
	case !m.bang.last.IsZero() && m.now.Sub(m.bang.last) < bangAlone:
		m.bang.last = m.now
		m.failBang()
		return nil, true
	}
	m.bang.pending = true
	m.bang.n++
	n := m.bang.n
	return tea.Tick(bangAlone, func(time.Time) tea.Msg { return bangMsg{n} }), true
}

// noise notes input beside the keys that count.
func (m *Model) noise() {
	if m.lone.note(m.now, "") {
		m.failAlone()
	}
	if m.bang.noise(m.now) {
		m.failBang()
	}
}

func (m *Model) failBang() {
	m.fail("! was ignored: other input came within 100 ms, as in a paste · press ! alone for the emergency rollback")
}

// banged lets the emergency key count, if nothing spoiled it meanwhile.
func (m *Model) banged(msg bangMsg) tea.Cmd {
	if !m.bang.pending || msg.n != m.bang.n {
		return nil
	}
	m.bang.pending = false
	m.status.acknowledge(m.now)
	return m.emergency()
}
