package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/panel"
)

// palette runs any command by its name. Empty, it runs none.
type palette struct {
	box
	input *field
	at    int
}

func (o *palette) field() *field            { return o.input }
func (o *palette) keys(k *keyMap) []command { return k.text }
func (o *palette) edited(*Model) tea.Cmd    { o.at = 0; return nil }

func (o *palette) move(m *Model, by int) {
	o.at = min(max(0, o.at+by), max(0, len(o.found(m))-1))
}

func (o *palette) found(m *Model) []command { return fuzzy(m.keys.main, o.input.String()) }

func (o *palette) text() string { return strings.ToLower(strings.TrimSpace(o.input.String())) }

// runs reports whether what was typed is enough to run c: one that acts needs
// its whole name.
func (o *palette) runs(c command) bool { return c.effect != acts || o.text() == c.name }

func (o *palette) enter(m *Model) tea.Cmd {
	found := o.found(m)
	switch {
	case o.text() == "" && o.at == 0:
		return m.closeOver() // nothing was chosen
	case o.at >= len(found):
		return nil
	case !o.runs(found[o.at]):
		m.fail("%s changes something: it runs from here only when its name was typed whole", found[o.at].name)
		return nil
	}
	if m.lone.hurried(m.now, bangAlone) {
		m.failAlone()
		return nil
	}
	return m.alone(func(m *Model) tea.Cmd {
		if m.over == o {
			m.over = nil
		}
		return m.do(&found[o.at])
	})
}

func (o *palette) draw(m *Model, p panel.Props) string {
	p.Cursor = o.at
	var hints []panel.Hint
	for _, c := range o.found(m) {
		text := c.name + " · " + c.key.Help().Desc
		if !o.runs(c) {
			text = c.name + " · type the whole name · " + c.key.Help().Desc
		}
		hints = append(hints, panel.Hint{Key: c.key.Help().Key, Text: text})
	}
	if hints == nil {
		hints = []panel.Hint{{Text: "no such command"}}
	}
	text := []rune(model.Inert(o.input.String()))
	at := min(o.input.at, len(text))
	return panel.MenuBox(p, ": "+string(text[:at])+"▏"+string(text[at:]), hints)
}

// fuzzy returns the commands that text may mean, the best first: that of
// this name, those that begin with it, hold it, hold its letters in order; all for an empty text.
func fuzzy(all []command, text string) []command {
	text = strings.ToLower(strings.TrimSpace(text))
	var ranks [4][]command
	for _, c := range all {
		if c.name == "" {
			continue
		}
		name, whole := c.name, strings.ToLower(c.name+" "+c.key.Help().Desc)
		switch {
		case name == text:
			ranks[0] = append(ranks[0], c)
		case strings.HasPrefix(name, text):
			ranks[1] = append(ranks[1], c)
		case strings.Contains(whole, text):
			ranks[2] = append(ranks[2], c)
		case subsequence(name, text):
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
