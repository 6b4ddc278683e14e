package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/panel"
)

// Command is something that can be run by its name.
type Command struct {
	Name, Key, Does string
	Changes         bool              // it changes something: it is run by its whole name only
	Takes           string            // what may stand behind its name, such as "PHASE"; empty: nothing
	Args            func(Scene) []Arg // what can be meant by that
	ArgChanges      bool              // with that it changes something, though it does not alone
}

// Arg is what may stand behind a command's name.
type Arg struct{ Name, Does string }

// palette runs any command by its name, with what stands behind it. Empty, it runs none.
type palette struct {
	plain
	lasting
	all   []Command
	input input
	at    int
}

// choice is one line of the palette.
type choice struct {
	key, text string
	name      string // as it is typed whole
	typed     bool   // enough was typed to run it
	want      Want
}

// Palette returns a palette of these commands.
func Palette(all []Command) Overlay { return &palette{all: all, input: newInput(": ", "")} }

func (o *palette) Typing() bool    { return true }
func (o *palette) Keys() []Binding { return paletteKeys() }

func (o *palette) Paste(text string, _ Scene) Want {
	o.input.insert(text)
	o.at = 0
	return Want{}
}

func (o *palette) Move(by int, s Scene) { o.at = min(max(0, o.at+by), max(0, len(o.choices(s))-1)) }

func (o *palette) text() string {
	return strings.ToLower(strings.Join(strings.Fields(o.input.String()), " "))
}

// choices are what the text may mean, the best first.
func (o *palette) choices(s Scene) []choice {
	name, rest, behind := strings.Cut(strings.ToLower(strings.TrimLeft(o.input.String(), " ")), " ")
	if behind {
		if i := slices.IndexFunc(o.all, func(c Command) bool { return c.Name == name && c.Args != nil }); i >= 0 {
			return argChoices(o.all[i], strings.TrimSpace(rest), s)
		}
	}
	var out []choice
	for _, c := range fuzzy(o.all, o.text()) {
		text := c.Name
		if c.Takes != "" {
			text += " " + c.Takes
		}
		out = append(out, choice{key: c.Key, text: text + " · " + c.Does, name: c.Name, typed: !c.Changes || o.text() == c.Name, want: Want{Command: c.Name}})
	}
	return out
}

// argChoices are what may stand behind the name of c, as far as it holds text.
func argChoices(c Command, text string, s Scene) []choice {
	var out []choice
	for _, a := range c.Args(s) {
		lower := strings.ToLower(a.Name)
		if strings.Contains(strings.ToLower(a.Name+" "+a.Does), text) || subsequence(lower, text) {
			shown := c.Name + " " + model.Inert(a.Name)
			if a.Does != "" {
				shown += " · " + model.Inert(a.Does)
			}
			out = append(out, choice{text: shown, name: c.Name + " " + a.Name, typed: !c.Changes && !c.ArgChanges || lower == text, want: Want{Command: c.Name, Arg: a.Name}})
		}
	}
	slices.SortStableFunc(out, func(a, b choice) int { // that of this name first, then those that begin with it
		rank := func(x choice) int {
			switch name := strings.ToLower(x.want.Arg); {
			case name == text:
				return 0
			case strings.HasPrefix(name, text):
				return 1
			}
			return 2
		}
		return rank(a) - rank(b)
	})
	return out
}

func (o *palette) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(o.Keys(), k) {
	case take:
		return o.take(s)
	case complete:
		if c, ok := at(o.choices(s), o.at); ok {
			o.input.field.SetValue(c.name)
			if c.want.Arg == "" && slices.ContainsFunc(o.all, func(x Command) bool { return x.Name == c.name && x.Args != nil }) {
				o.input.field.SetValue(c.name + " ")
			}
			o.input.field.CursorEnd()
			o.at = 0
		}
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

func (o *palette) take(s Scene) (Overlay, Want) {
	c, ok := at(o.choices(s), o.at)
	switch {
	case o.text() == "" && o.at == 0:
		return nil, Want{} // nothing was chosen
	case !ok:
		return o, Want{}
	case !c.typed:
		return o, Fail("%s changes something: it runs from here only when it was typed whole · tab completes it", c.name)
	}
	return nil, c.want
}

func (o *palette) View(s Scene, p panel.Props) string {
	p.Cursor = o.at
	var hints []panel.Hint
	for _, c := range o.choices(s) {
		text := c.text
		if !c.typed {
			text = strings.Replace(text, " · ", " · tab, then enter · ", 1)
		}
		hints = append(hints, panel.Hint{Key: c.key, Text: text})
	}
	if hints == nil {
		hints = []panel.Hint{{Text: "nothing fits"}}
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
