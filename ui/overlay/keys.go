package overlay

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"gonogo/ui/keyboard"
)

// Binding is a key that an overlay answers to.
type Binding struct {
	Key    key.Binding // without help, help does not list it
	Name   string      // in the footer; empty: what its help says
	Foot   bool        // the footer offers it
	Effect keyboard.Effect
	does   verb
}

// verb is what a key means to an overlay.
type verb int

const (
	unknown verb = iota
	down
	up
	pageDown
	pageUp
	take
	leave
	yes
	askQuit
	drillIt
	pickIt
	findIn
	complete // what is typed
	copyIt
	fire
	stop
	cancel
	quit
	suspend
	help
	signIt
)

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// meaning returns what k means where these keys count.
func meaning(all []Binding, k tea.KeyPressMsg) verb {
	if b := find(all, k); b != nil {
		return b.does
	}
	return unknown
}

// Group is some keys under a title, as help lists them.
type Group struct {
	Title string
	Keys  []key.Binding
}

// Groups are the keys of all overlays.
func Groups() []Group {
	group := func(title string, all []Binding) Group {
		g := Group{Title: title}
		for _, b := range all {
			g.Keys = append(g.Keys, b.Key)
		}
		return g
	}
	return []Group{
		group("While a plan is shown", planKeys(keyboard.Acts, keyboard.Stops)),
		group("In a menu", listKeys()),
		group("In the menu of rollbacks", wayKeys()),
		group("When picking what to take out", pickKeys()),
		group("In a text field", textKeys(keyboard.Leads)),
		group("In a box", boxKeys()),
	}
}

// planKeys are those of a plan's box; what enter and esc do depends on the plan.
func planKeys(enter, esc keyboard.Effect) []Binding {
	return []Binding{
		{bind("enter", "fire what is armed; close what ended", "enter"), "", false, enter, fire},
		{bind("esc", "cancel what is armed, or veto the guard, which asks why; hide what runs", "esc"), "", false, esc, stop},
		{bind("x c", "cancel what runs, at a step's boundary", "x", "c"), "", false, keyboard.Leads, cancel},
		{bind("s", "sign a step that a person does, with a note", "s"), "", false, keyboard.Leads, signIt},
		{bind("↓↑", "scroll", "down", "j"), "", false, keyboard.Moves, down},
		{bind("", "", "up", "k"), "", false, keyboard.Moves, up},
		{bind("y", "copy its summary", "y"), "", false, keyboard.Moves, copyIt},
		{bind("q", "quit", "q", "ctrl+c"), "", false, keyboard.Leads, quit},
		{bind("", "", "ctrl+z"), "", false, keyboard.Leads, suspend},
		{bind("", "", "?"), "", false, keyboard.Moves, help},
	}
}

func listKeys() []Binding {
	return []Binding{
		{bind("↓↑", "choose", "down", "j", "tab"), "choose", true, keyboard.Moves, down},
		{bind("", "", "up", "k", "shift+tab"), "", false, keyboard.Moves, up},
		{bind("enter", "do it", "enter"), "do it", true, keyboard.Acts, take},
		{bind("esc", "leave it", "esc", "q"), "leave it", true, keyboard.Moves, leave},
		{bind("y", "yes, to a question", "y"), "", false, keyboard.Acts, yes},
		{bind("", "", "ctrl+c"), "", false, keyboard.Moves, askQuit},
	}
}

// wayKeys are beside those of a menu in the menu of ways down.
func wayKeys() []Binding {
	return []Binding{{bind("d", "rehearse it: enter then arms the drill", "d"), "rehearse", true, keyboard.Leads, drillIt}}
}

// pickKeys are beside those of a menu in a list to pick from.
func pickKeys() []Binding {
	return []Binding{
		{bind("␣", "take it out, or leave it in", "space"), "out", true, keyboard.Leads, pickIt},
		{bind("/", "show only what holds a text", "/"), "find", true, keyboard.Leads, findIn},
	}
}

// textKeys are those of a text field: all other keys are its text.
func textKeys(enter keyboard.Effect) []Binding {
	return []Binding{
		{bind("enter", "take it", "enter"), "take it", true, enter, take},
		{bind("esc", "leave it", "esc"), "leave it", true, keyboard.Moves, leave},
		{bind("↓↑", "choose, in the command palette", "down"), "", false, keyboard.Moves, down},
		{bind("", "", "up", "shift+tab"), "", false, keyboard.Moves, up},
		{bind("", "", "ctrl+c"), "", false, keyboard.Moves, askQuit},
	}
}

// paletteKeys are those of the command palette.
func paletteKeys() []Binding {
	return append([]Binding{{bind("tab", "complete the command, and what stands behind it", "tab"), "complete", true, keyboard.Moves, complete}}, textKeys(keyboard.Acts)...)
}

// boxKeys are those of a box that only shows.
func boxKeys() []Binding {
	return []Binding{
		{bind("↓↑", "scroll", "down", "j"), "scroll", true, keyboard.Moves, down},
		{bind("", "", "up", "k"), "", false, keyboard.Moves, up},
		{bind("", "", "pgdown"), "", false, keyboard.Moves, pageDown},
		{bind("", "", "pgup"), "", false, keyboard.Moves, pageUp},
		{bind("y", "copy it", "y"), "copy", true, keyboard.Moves, copyIt},
		{bind("esc", "close", "esc", "enter", "q", "e", "?"), "close", true, keyboard.Moves, leave},
		{bind("", "", "ctrl+c"), "", false, keyboard.Moves, askQuit},
	}
}

// both returns the keys of first and then of rest.
func both(first, rest []Binding) []Binding { return slices.Concat(first, rest) }
