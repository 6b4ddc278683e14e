package ui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/words"
)

// tickMsg moves the clock on; only the newest chain of ticks counts.
type tickMsg struct{ chain int }

// fastTick is how often a countdown or a running plan is drawn.
const fastTick = 100 * time.Millisecond

// nextTick waits until the clock's next second, or less while a plan moves.
func (m *Model) nextTick() tea.Cmd {
	step := time.Second
	if m.fast {
		step = fastTick
	}
	now, chain := m.o.Now(), m.tick
	return tea.Tick(now.Truncate(step).Add(step).Sub(now), func(time.Time) tea.Msg { return tickMsg{chain} })
}

func (m *Model) ticked(msg tickMsg) tea.Cmd {
	if msg.chain != m.tick {
		return nil
	}
	m.view.dirty = true
	m.status.expire(m.now)
	m.expireStale()
	for id, w := range m.waiting {
		if !w.late && m.now.Sub(w.since) > answerWithin {
			w.late = true
			m.waiting[id] = w
			m.fail(words.Intent(w.in) + ": no answer yet from the engine · it may still come")
		}
	}
	return m.nextTick()
}

// repace starts a new chain of ticks when a plan begins or ends to move.
func (m *Model) repace() tea.Cmd {
	fast := false
	if m.live != nil {
		p := m.live.State.ActivePlan()
		fast = p != nil && (p.Status == model.Running || !p.FireAt.IsZero())
	}
	if fast == m.fast {
		return nil
	}
	m.fast = fast
	m.tick++
	return m.nextTick()
}

// status is the line above the footer that tells what became of a key.
type status struct {
	text  string
	bad   bool      // it stays until a key is pressed
	since time.Time // when it came up
}

const (
	// statusFor is how long good news stay.
	statusFor = 6 * time.Second
	// statusLeast is how long bad news stay even when keys are pressed.
	statusLeast = time.Second
)

func (s *status) expire(now time.Time) {
	if s.text != "" && !s.bad && now.Sub(s.since) >= statusFor {
		*s = status{}
	}
}

// acknowledge removes bad news that a key was pressed after.
func (s *status) acknowledge(now time.Time) {
	if s.bad && now.Sub(s.since) >= statusLeast {
		*s = status{}
	}
}

// say shows good news for a while.
func (m *Model) say(format string, args ...any) {
	m.status = status{text: inertf(format, args), since: m.now}
	m.view.dirty = true
}

// fail shows bad news until the next key.
func (m *Model) fail(format string, args ...any) {
	m.status = status{text: inertf(format, args), bad: true, since: m.now}
	m.view.dirty = true
}

func inertf(format string, args []any) string {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	return strings.TrimSpace(model.Inert(format))
}
