package overlay

import (
	tea "charm.land/bubbletea/v2"

	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
)

// item is one choice of a menu.
type item struct {
	key, text string
	do        Act
}

// menu asks for one of several things.
type menu struct {
	plain
	until
	title string
	items []item
	at    int
	arms  bool // what it does arms a plan: its keys count after the dead time
	asks  bool // it is a question: y takes the first choice
	quits bool // it asks whether to quit
}

func (o *menu) Keys() []Binding { return listKeys() }

func (o *menu) Open() keyboard.Open {
	if o.arms {
		return keyboard.Open{Dead: keyboard.Dead}
	}
	return keyboard.Open{}
}

func (o *menu) Move(by int, _ Scene) { o.at = min(max(0, o.at+by), len(o.items)-1) }

func (o *menu) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(o.Keys(), k) {
	case down:
		o.Move(1, s)
	case up:
		o.Move(-1, s)
	case leave:
		return nil, Want{}
	case askQuit:
		return o, Want{AskQuit: true}
	case yes:
		if o.asks {
			o.at = 0
			return o.take(s)
		}
	case take:
		return o.take(s)
	}
	return o, Want{}
}

func (o *menu) take(s Scene) (Overlay, Want) {
	if it, ok := at(o.items, o.at); ok {
		return it.do(s)
	}
	return nil, Want{}
}

func (o *menu) View(_ Scene, p panel.Props) string {
	p.Cursor = o.at
	hints := make([]panel.Hint, len(o.items))
	for i, it := range o.items {
		hints[i] = panel.Hint{Key: it.key, Text: it.text}
	}
	box, _ := frame(p, panel.MenuBox(p, o.title, hints), 0)
	return box
}

// question asks before something is done: y or enter does it once the box was
// on screen for the dead time, esc does not.
func question(title, yes, no string, do Act) *menu {
	return &menu{title: title, arms: true, asks: true, items: []item{{"y", yes, do}, {"esc", no, nothing}}}
}
