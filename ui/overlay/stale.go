package overlay

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
)

const (
	// StaleFor is how long after the last key a message stays in place of a box
	// that means nothing any more.
	StaleFor = 3 * time.Second

	// endsText is how long after a letter an Enter still ends what was typed.
	endsText = time.Second
)

// stale tells why the box in whose place it stands means nothing any more. It
// takes all keys, so that what is typed for that box does nothing else.
type stale struct {
	plain
	lasting
	why   string
	since time.Time
	last  time.Time // of the last key, or since
	typed time.Time // when a letter came last
}

// TooLate returns what to show in place of o once that means nothing any more,
// and else o.
func TooLate(o Overlay, s Scene) Overlay {
	if o == nil {
		return nil
	}
	why := o.Ended(s)
	if why == "" {
		return o
	}
	if !strings.HasPrefix(why, "too late") {
		why = "too late: " + why
	}
	return &stale{why: model.Inert(why), since: s.Now, last: s.Now}
}

// Read reports whether o is a message that had time to be read.
func Read(o Overlay, now time.Time) bool {
	m, ok := o.(*stale)
	return ok && now.Sub(m.last) >= StaleFor
}

func (o *stale) Typing() bool    { return true }
func (o *stale) Move(int, Scene) {}
func (o *stale) Keys() []Binding { return textKeys(keyboard.Leads) }

func (o *stale) Paste(_ string, s Scene) Want {
	o.last, o.typed = s.Now, s.Now
	return Want{}
}

func (o *stale) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(o.Keys(), k) {
	case take:
		if s.Now.Sub(o.since) >= keyboard.Dead && s.Now.Sub(o.typed) >= endsText {
			return nil, Want{}
		}
		o.last = s.Now
	case leave:
		return nil, Want{}
	case askQuit:
		return o, Want{AskQuit: true}
	case unknown:
		o.last, o.typed = s.Now, s.Now
	}
	return o, Want{}
}

func (o *stale) View(_ Scene, p panel.Props) string {
	box, _ := frame(p, panel.MenuBox(p, "Too late", []panel.Hint{{Text: o.why}, {Key: "esc", Text: "close"}}), 0)
	return box
}
