// Package overlay has the boxes that stand over the panels and have the
// keyboard: menus, prompts, the palette, the picker, help, why, and the box of a plan. Each takes
// a key and returns what it wants of whoever shows it: an intent to submit, another box to open, a line to say.
// It submits nothing itself, and knows no tea.Model.
//
// Which key counts is not decided here but by the package keyboard; an overlay says
// only how much each of its keys does.
//
// The package starts no goroutine, reads no clock (Scene.Now is passed in) and does
// no I/O. Its boxes are framed by Lip Gloss, and their text fields, help and scrolling are those of Bubbles;
// the rows come from the package panel. It must not import the engine, sources or actions.
package overlay

import (
	"fmt"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
)

// Overlay is a box that has the keyboard while it is open.
type Overlay interface {
	// Update handles a key that counts. It returns what shall be open after it,
	// itself, another or nil, and what else the key wants.
	Update(k tea.KeyPressMsg, s Scene) (Overlay, Want)
	// View draws the box, of at most p.Size.
	View(s Scene, p panel.Props) string
	// Keys are what it answers to now.
	Keys() []Binding
	// Open says when a key that acts counts in it, without Since.
	Open() keyboard.Open
	// Move moves the cursor, or what is scrolled, by some rows.
	Move(by int, s Scene)
	// Typing reports whether a text is edited: keys that mean nothing else are its letters.
	Typing() bool
	// Paste puts a text into the one that is edited.
	Paste(text string, s Scene) Want
	// Ended says why the box means nothing any more; empty while it does.
	Ended(s Scene) string
}

// Scene is what an overlay knows of the rollout.
type Scene struct {
	Seen     *model.Snapshot // what the person looks at; nil before the first
	Live     *model.Snapshot // what is so now: newer than Seen while the view is frozen
	Now      time.Time
	ReadOnly bool // this view submits nothing
}

// NoEngine is said where a key needs a snapshot, and there is none yet.
const NoEngine = "there is no engine yet: try again in a moment"

// ReadOnly is said where a key would change something, and this view may not.
const ReadOnly = "read-only: this cockpit looks, and changes nothing"

// Rollout returns the rollout and the snapshot that the person sees; nil where there is none yet.
func (s Scene) Rollout() (*model.Rollout, *model.Snapshot) {
	if s.Seen == nil || s.Seen.Rollout == nil {
		return nil, nil
	}
	return s.Seen.Rollout, s.Seen
}

// Plan returns the newest plan as it is now, or nil.
func (s Scene) Plan() *model.PlanState {
	if s.Live == nil {
		return nil
	}
	return s.Live.State.Plan
}

// Want is what a key wants of whoever shows the overlay. The zero value is nothing.
type Want struct {
	Intent    *model.Intent // submit it
	Emergency bool          // arm the emergency rollback, or show it
	Command   string        // run the command of the panels with this name
	Arg       string        // what stands behind that name; empty: nothing
	Filter    *string       // show only rows that hold it
	Copy      string        // put it into the terminal's clipboard
	Open      string        // show this address in a browser
	Say       string        // show this line
	Bad       bool          // it is bad news, and stays until the next key
	Hush      bool          // take the line away that is shown
	ShowPlan  bool          // show the plan's box, and nothing over it
	Suspend   bool          // hand the terminal back to the shell
	Help      bool          // show all keys
	AskQuit   bool          // ask whether to quit
	Leave     bool          // quit a viewer; the engine's own screen asks
	Quit      bool          // quit
}

// Acts reports whether it changes the rollout, or may: its key must have come alone.
func (w Want) Acts() bool { return w.Intent != nil || w.Emergency || w.Command != "" }

// Say returns good news, which stays for a while.
func Say(format string, args ...any) Want { return Want{Say: fmt.Sprintf(format, args...)} }

// Fail returns bad news.
func Fail(format string, args ...any) Want { return Want{Say: fmt.Sprintf(format, args...), Bad: true} }

// Submit wants in submitted.
func Submit(in model.Intent) Want { return Want{Intent: &in} }

// Act is what a choice does: what to have open after it, and what it wants.
type Act func(Scene) (Overlay, Want)

// submits is the choice that submits in.
func submits(in model.Intent) Act {
	return func(Scene) (Overlay, Want) { return nil, Submit(in) }
}

// nothing is the choice to leave it.
func nothing(Scene) (Overlay, Want) { return nil, Want{} }

// EffectOf returns how much k does in o.
func EffectOf(o Overlay, k tea.KeyPressMsg) keyboard.Effect {
	if b := find(o.Keys(), k); b != nil {
		return b.Effect
	}
	return keyboard.Moves
}

// Footer returns the keys that a footer offers.
func Footer(all []Binding) []panel.Hint {
	var out []panel.Hint
	for _, b := range all {
		if b.Foot {
			text := b.Name
			if text == "" {
				text = b.Key.Help().Desc
			}
			out = append(out, panel.Hint{Key: b.Key.Help().Key, Text: text})
		}
	}
	return out
}

// plain is what most overlays have in common: nothing is typed, keys count at once.
type plain struct{}

func (plain) Open() keyboard.Open      { return keyboard.Open{} }
func (plain) Typing() bool             { return false }
func (plain) Paste(string, Scene) Want { return Want{} }

// lasting is an overlay that never means nothing.
type lasting struct{}

func (lasting) Ended(Scene) string { return "" }

func find(all []Binding, k tea.KeyPressMsg) *Binding {
	for i := range all {
		if key.Matches(k, all[i].Key) {
			return &all[i]
		}
	}
	return nil
}

// at returns the i-th of all, if there is one.
func at[T any](all []T, i int) (T, bool) {
	if i < 0 || i >= len(all) {
		var none T
		return none, false
	}
	return all[i], true
}
