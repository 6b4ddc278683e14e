package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
)

// Command is something that can be run by its name.
type Command struct {
	Name, Key, Does string
	Changes         bool // it changes something: it is run by its whole name only
}

// palette runs any command by its name. Empty, it runs none.
type palette struct {
	plain
	lasting
	all   []Command
	input input
	at    int
}

// Palette returns a palette of these commands.
func Palette(all []Command) Overlay { return &palette{all: all, input: newInput(": ", "")} }

func (o *palette) Typing() bool    { return true }
func (o *palette) Keys() []Binding { return textKeys(keyboard.Acts) }

func (o *palette) Paste(text string, _ Scene) Want {
	o.input.insert(text)
	o.at = 0
	return Want{}
}

func (o *palette) Move(by int, _ Scene) { o.at = min(max(0, o.at+by), max(0, len(o.found())-1)) }

func (o *palette) found() []Command { return fuzzy(o.all, o.text()) }

func (o *palette) text() string { return strings.ToLower(strings.TrimSpace(o.input.String())) }

// runs reports whether what was typed is enough to run c.
func (o *palette) runs(c Command) bool { return !c.Changes || o.text() == c.Name }

func (o *palette) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(o.Keys(), k) {
	case take:
		return o.take()
	case leave:
		return nil, Want{}
	case down:
		o.Move(1, s)
	case up:
		o.Move(-1, s)
	case askQuit:
		return o, Want{AskQuit: true}
	case unknown:
		if o.input.key(k) {
			o.at = 0
		}
	}
	return o, Want{}
}

func (o *palette) take() (Overlay, Want) {
	c, ok := at(o.found(), o.at)
	switch {
	case o.text() == "" && o.at == 0:
		return nil, Want{} // nothing was chosen
	case !ok:
		return o, Want{}
	case !o.runs(c):
		return o, Fail("%s changes something: it runs from here only when its name was typed whole", c.Name)
	}
	return nil, Want{Command: c.Name}
}

func (o *palette) View(_ Scene, p panel.Props) string {
	p.Cursor = o.at
	var hints []panel.Hint
	for _, c := range o.found() {
		text := c.Name + " · " + c.Does
		if !o.runs(c) {
			text = c.Name + " · type the whole name · " + c.Does
		}
		hints = append(hints, panel.Hint{Key: c.Key, Text: text})
	}
	if hints == nil {
		hints = []panel.Hint{{Text: "no such command"}}
	}
	b := panel.MenuBox(p, "Command", hints)
	b.Head = []string{o.input.view(p, roomFor(p), true)}
	box, _ := frame(p, b, 0)
	return box
}

// fuzzy returns the commands that text may mean, the best first: that of
// this name, those that begin with it, hold it, hold its letters in order; all for an empty text.
func fuzzy(all []Command, text string) []Command {
	var ranks [4][]Command
	for _, c := range all {
		switch whole := strings.ToLower(c.Name + " " + c.Does); {
		case c.Name == text:
			ranks[0] = append(ranks[0], c)
		case strings.HasPrefix(c.Name, text):
			ranks[1] = append(ranks[1], c)
		case strings.Contains(whole, text):
			ranks[2] = append(ranks[2], c)
		case subsequence(c.Name, text):
			ranks[3] = append(ranks[3], c)
		}
	}
	return slices.Concat(ranks[:]...)
}

func subsequence(s, letters string) bool {
	for _, r := range letters {
		i := strings.IndexRune(s, r)
		if i < 0 {
			return false
		}
		s = s[i+len(string(r)):]
	}
	return true
}
