package overlay

import (
	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
	"gonogo/ui/panel"
)

// prompt asks for a text.
type prompt struct {
	until
	title, hint string
	input       input
	note        func(Scene) string                    // what goes on meanwhile, before the hint; may be nil
	change      func(text string) Want                // after each edit; may be nil
	left        Want                                  // what esc wants
	arms        bool                                  // what it does changes something: enter counts only alone
	done        func(Scene, string) (Want, string)    // what enter wants, or what is wrong with the text
	next        func(Scene, string) (Overlay, string) // instead of done: what enter opens, or what is wrong
}

func (o *prompt) Typing() bool    { return true }
func (o *prompt) Move(int, Scene) {}

func (o *prompt) Keys() []Binding {
	if o.arms {
		return textKeys(keyboard.Acts)
	}
	return textKeys(keyboard.Leads)
}

func (o *prompt) Open() keyboard.Open { return keyboard.Open{Pause: keyboard.AfterText} }

func (o *prompt) Paste(text string, _ Scene) Want {
	o.input.insert(text)
	return o.edited()
}

func (o *prompt) edited() Want {
	if o.change == nil {
		return Want{}
	}
	return o.change(o.input.String())
}

func (o *prompt) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	switch meaning(o.Keys(), k) {
	case take:
		return o.take(s)
	case leave:
		return nil, o.left
	case askQuit:
		return o, Want{AskQuit: true}
	case unknown:
		if o.input.key(k) {
			return o, o.edited()
		}
	}
	return o, Want{}
}

func (o *prompt) take(s Scene) (after Overlay, want Want) {
	var wrong string
	if o.next != nil {
		after, wrong = o.next(s, o.input.String())
	} else {
		want, wrong = o.done(s, o.input.String())
	}
	if wrong != "" {
		o.hint = model.Inert(wrong)
		return o, Want{}
	}
	return after, want
}

func (o *prompt) View(s Scene, p panel.Props) string {
	hint := o.hint
	if o.note != nil {
		hint = o.note(s) + " · " + hint
	}
	b := panel.PromptBox(p, o.title, hint)
	b.Body = []string{o.input.view(p, roomFor(p), true)}
	box, _ := frame(p, b, 0)
	return box
}

// roomFor returns how many cells a line of a box may have.
func roomFor(p panel.Props) int { return max(min(p.Size.W, panel.BoxMaxW)-4, 1) }
