package overlay

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
)

// displaced is the dead time of a plan that took the place of an open menu or
// picker: a person was about to press Enter or Esc there.
const displaced = 2 * time.Second

// Plan is the box of the newest plan, and what this viewer makes of it. It
// stands under every other overlay.
type Plan struct {
	id     model.PlanID // the plan that the rest is about
	open   bool
	since  time.Time // first drawn with the keyboard; zero: not yet
	dead   time.Duration
	offset int  // the first step that is seen
	asked  bool // a person wants to see it, also when it is over
}

// shrinkAfter is how long the box of a plan that ended well stays.
const shrinkAfter = 10 * time.Second

// Keep leaves the box of a plan that is over open until it is closed.
func (b *Plan) Keep() { b.asked = true }

// Shrink closes the box of a plan that ended some time ago and leaves nothing
// in doubt, and says how it ended, unless a person asked to see it.
func (b *Plan) Shrink(s Scene) Want {
	p := s.Plan()
	if !b.Visible(s) || b.asked || p.Status != model.Ended || s.Now.Sub(p.EndedAt) < shrinkAfter ||
		p.Outcome != model.Verified && p.Outcome != model.Ready && p.ConfirmedAt.IsZero() {
		return Want{}
	}
	b.Hide()
	return Say("%s: %s · v shows it", p.Plan.Title, p.Outcome)
}

// Visible reports whether the box is on screen.
func (b *Plan) Visible(s Scene) bool { return b.open && s.Plan() != nil }

// Show opens the box.
func (b *Plan) Show() {
	if !b.open {
		b.open, b.since = true, time.Time{}
	}
}

// Hide closes the box; the plan goes on.
func (b *Plan) Hide() { b.open, b.since = false, time.Time{} }

// Covered notes that another box took the keyboard: the dead time begins anew after it.
func (b *Plan) Covered() { b.since = time.Time{} }

// Drawn notes that the box was drawn at now while its keys count.
func (b *Plan) Drawn(now time.Time) {
	if b.since.IsZero() {
		b.since = now
	}
}

// Open says when a key that acts counts in it.
func (b *Plan) Open() keyboard.Open {
	return keyboard.Open{Dead: max(b.dead, keyboard.Dead), Since: b.since}
}

// Early reports whether the keys of a plan that counts down are not offered
// yet. One that waits for a person is not drawn often enough to say so.
func (b *Plan) Early(s Scene) bool {
	return !s.Plan().FireAt.IsZero() && b.Open().Early(s.Now)
}

// Keys are what the box answers to.
func (b *Plan) Keys(s Scene) []Binding {
	enter, esc := keyboard.Moves, keyboard.Moves
	if p := s.Plan(); p.Status == model.Armed && !s.ReadOnly {
		enter = keyboard.Acts
		if !p.Plan.Guard { // whose veto only asks why
			esc = keyboard.Stops
		}
	}
	return planKeys(enter, esc)
}

// Effect returns how much k does in the box.
func (b *Plan) Effect(k tea.KeyPressMsg, s Scene) keyboard.Effect {
	if bound := find(b.Keys(s), k); bound != nil {
		return bound.Effect
	}
	return keyboard.Moves
}

// Update handles a key that counts. It returns what shall be open over the plan
// after it, or nil, and what else the key wants.
func (b *Plan) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(b.Keys(s), k) {
	case fire:
		return nil, b.enter(s)
	case stop:
		return b.esc(s)
	case cancel:
		switch p := s.Plan(); {
		case p.Status != model.Running:
		case s.ReadOnly:
			return nil, Fail(ReadOnly)
		default:
			return stopPlan(p), Want{}
		}
	case signIt:
		return signStep(s)
	case down:
		b.Move(1)
	case up:
		b.Move(-1)
	case copyIt:
		text := words.Summary(s.Live.Rollout, &s.Live.State, s.Plan())
		return nil, Want{Copy: text, Say: fmt.Sprintf("copied the summary of the plan, %d lines to paste", strings.Count(text, "\n"))}
	case quit:
		return nil, Want{Leave: true}
	case suspend:
		return nil, Want{Suspend: true}
	case help:
		return nil, Want{Help: true}
	}
	return nil, Want{}
}

// Move scrolls the steps.
func (b *Plan) Move(by int) { b.offset = max(0, b.offset+by) }

// enter fires an armed plan, and closes the box of one that is over.
func (b *Plan) enter(s Scene) Want {
	switch p := s.Plan(); {
	case p.Status == model.Ended || p.Status == model.Vetoed:
		b.Hide()
		return Want{Hush: true}
	case p.Status != model.Armed || b.Open().Early(s.Now):
		return Want{}
	case s.ReadOnly:
		return Fail(ReadOnly)
	default:
		return Submit(model.Intent{Kind: model.Fire, Plan: p.Plan.ID, Hash: p.Plan.Hash, Seen: s.Live.Seq})
	}
}

// esc cancels an armed plan, asks why where the guard armed it, and hides any
// other: it goes on.
func (b *Plan) esc(s Scene) (Overlay, Want) {
	switch p := s.Plan(); {
	case p.Status != model.Armed || s.ReadOnly:
		b.Hide()
		return nil, Want{Hush: true}
	case b.Open().Early(s.Now):
		return nil, Want{}
	case p.Plan.Guard:
		return Veto(s, p.Plan.ID), Want{}
	default:
		return nil, Submit(model.Intent{Kind: model.Veto, Plan: p.Plan.ID, Seen: s.Live.Seq})
	}
}

// View draws the box, of at most p.Size.
func (b *Plan) View(s Scene, p panel.Props) string {
	p.Snap = s.Live // a plan is shown as it is, also while the view is frozen
	p.Early = b.Early(s)
	box, offset := frame(p, panel.PlanBox(p), b.offset)
	if b.offset > 0 {
		b.offset = offset
	}
	return box
}

// Hints are the keys that mean something to the plan as it is.
func (b *Plan) Hints(s Scene) []panel.Hint {
	others := []panel.Hint{{Key: "y", Text: "copy"}, {Key: "?", Text: "keys"}}
	with := func(first ...panel.Hint) []panel.Hint { return append(first, others...) }
	if s.ReadOnly {
		return with(panel.Hint{Key: "esc", Text: "hide"})
	}
	switch p := s.Plan(); {
	case p.Status == model.Armed && b.Early(s):
		return others
	case p.Status == model.Armed && p.Plan.Guard:
		return with(panel.Hint{Key: "enter", Text: "fire now"}, panel.Hint{Key: "esc", Text: "veto"})
	case p.Status == model.Armed:
		return with(panel.Hint{Key: "enter", Text: "fire now"}, panel.Hint{Key: "esc", Text: "cancel"})
	case p.Status == model.Running:
		return with(panel.Hint{Key: "esc", Text: "hide, it goes on"}, panel.Hint{Key: "x", Text: "cancel"})
	}
	return with(panel.Hint{Key: "enter", Text: "close"})
}
