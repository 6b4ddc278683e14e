package ui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

// burst is how soon the same key cannot come again from a hand, or from a
// keyboard that repeats it.
const burst = 10 * time.Millisecond

// typedAlone is how long before Enter no letter may come in a text field. A
// hand that has just typed is quick, but a paste is much quicker.
const typedAlone = 30 * time.Millisecond

// alone holds back a key that arms, fires or vetoes until it is known that no
// other input came beside it, as in a paste without brackets or in the torn
// reply of a terminal.
type alone struct {
	key   string    // of the last input; empty: no key
	last  time.Time // when it came
	other time.Time // when the last input came that was another than it
	n     int       // of the key that is held back
	act   func(*Model) tea.Cmd
}

// aloneMsg ends the wait for the key n.
type aloneMsg struct{ n int }

// note notes an input, and reports whether it spoils a key that is held back.
func (a *alone) note(now time.Time, key string) (spoiled bool) {
	again := key != "" && key == a.key
	if fast := again && now.Sub(a.last) < burst; !again || fast {
		spoiled = a.act != nil
		a.act = nil
		a.other = a.last
	}
	a.key, a.last = key, now
	return spoiled
}

// hurried reports whether other input came less than d before the one at hand.
func (a *alone) hurried(now time.Time, d time.Duration) bool {
	return !a.other.IsZero() && now.Sub(a.other) < d
}

// alone does act once it is known that the key at hand came alone.
func (m *Model) alone(act func(*Model) tea.Cmd) tea.Cmd {
	switch {
	case m.lone.act != nil:
		return nil // the same key again: the same wish
	case m.lone.hurried(m.now, bangAlone):
		m.failAlone()
		return nil
	}
	m.lone.act = act
	m.lone.n++
	n := m.lone.n
	return tea.Tick(bangAlone, func(time.Time) tea.Msg { return aloneMsg{n} })
}

func (m *Model) waited(msg aloneMsg) tea.Cmd {
	act := m.lone.act
	if act == nil || msg.n != m.lone.n {
		return nil
	}
	m.lone.act = nil
	return act(m)
}

func (m *Model) failAlone() {
	m.fail("a key was ignored: other input came with it, as in a paste · press it again, alone")
}

// arm submits an intent that changes something, or prepares it, once its key is
// known to have come alone. It rests on what the person sees now.
func (m *Model) arm(in model.Intent) tea.Cmd {
	if s := m.seen(); s != nil && in.Seen == 0 {
		in.Seen = s.Seq
	}
	return m.alone(func(m *Model) tea.Cmd { return m.submit(in) })
}

// drawn is when a box that arms something was first drawn: for the dead time
// after that, enter does nothing in it.
type drawn struct{ since time.Time }

func (d *drawn) note(m *Model) {
	if d.since.IsZero() {
		d.since = m.o.Now()
	}
}

// early reports whether the dead time still lasts, and says so.
func (d *drawn) early(m *Model) bool {
	if !d.since.IsZero() && m.now.Sub(d.since) >= deadTime {
		return false
	}
	m.say("enter came too soon after this was shown: press it again")
	return true
}
