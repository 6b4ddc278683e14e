package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// tickMsg moves the clock on; only the newest chain of ticks counts.
type tickMsg struct{ chain int }

// fastTick is how often a countdown or a running plan is drawn.
const fastTick = 100 * time.Millisecond

// clock is what time it is, and when to draw it again.
type clock struct {
	read  func() time.Time
	chain int // the number of the chain of ticks that counts
	fast  bool
}

// next waits until the next second, or less while a plan moves.
func (c *clock) next() tea.Cmd {
	step := time.Second
	if c.fast {
		step = fastTick
	}
	now, chain := c.read(), c.chain
	return tea.Tick(now.Truncate(step).Add(step).Sub(now), func(time.Time) tea.Msg { return tickMsg{chain} })
}

// pace starts a new chain of ticks when a plan of s begins or ends to move.
func (c *clock) pace(s *model.Snapshot) tea.Cmd {
	p := s.State.ActivePlan()
	fast := p != nil && (p.Status == model.Running || !p.FireAt.IsZero())
	if fast == c.fast {
		return nil
	}
	c.fast = fast
	c.chain++
	return c.next()
}
