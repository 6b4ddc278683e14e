package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"gonogo/ui/keyboard"
	"gonogo/ui/overlay"
	"gonogo/ui/panel"
)

// command is something that a key of the panels does; the same table handles
// the keys, makes the help and the footer, and is searched by the palette.
type command struct {
	name    string // in the palette; empty: not there
	group   string // in help
	key     key.Binding
	foot    bool // in the footer, by its name
	run     func(*cockpit) (overlay.Overlay, overlay.Want)
	effect  func(*cockpit) keyboard.Effect
	changes bool // it changes something: not from the palette by half its name, nor in a read-only view
}

func moves(*cockpit) keyboard.Effect { return keyboard.Moves }
func leads(*cockpit) keyboard.Effect { return keyboard.Leads }
func acts(*cockpit) keyboard.Effect  { return keyboard.Acts }

// actsIf is the effect of a key that acts in some cases, and else leads to a box.
func actsIf(when func(*cockpit) bool) func(*cockpit) keyboard.Effect {
	return func(c *cockpit) keyboard.Effect {
		if when(c) {
			return keyboard.Acts
		}
		return keyboard.Leads
	}
}

func onFlags(c *cockpit) bool { return c.board.focus == panelFlags }

// commands are those of the panels; the emergency key comes first.
type commands []command

func newCommands() commands { return slices.Concat(doKeys(), lookKeys(), moveKeys()) }

// find returns the command that k runs, or nil.
func (all commands) find(k tea.KeyPressMsg) *command {
	for i := range all {
		if key.Matches(k, all[i].key) {
			return &all[i]
		}
	}
	return nil
}

// named returns the command of this name, or nil.
func (all commands) named(name string) *command {
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// isEmergency reports whether k is the emergency key.
func (all commands) isEmergency(k tea.KeyPressMsg) bool { return key.Matches(k, all[0].key) }

// palette are the commands that have a name.
func (all commands) palette() []overlay.Command {
	var out []overlay.Command
	for _, c := range all {
		if c.name != "" {
			takes := arguments[c.name]
			out = append(out, overlay.Command{Name: c.name, Key: c.key.Help().Key, Does: c.key.Help().Desc, Changes: c.changes, Takes: takes.what, Args: takes.list, ArgChanges: takes.changes})
		}
	}
	return out
}

// help returns all keys by group, in the order of the table, and then those of the boxes.
func (all commands) help() []overlay.Group {
	var out []overlay.Group
	for _, c := range all {
		if len(out) == 0 || out[len(out)-1].Title != c.group {
			out = append(out, overlay.Group{Title: c.group})
		}
		g := &out[len(out)-1]
		g.Keys = append(g.Keys, c.key)
	}
	return append(out, overlay.Groups()...)
}

// footer returns the hints of the footer.
func (all commands) footer(readOnly bool) []panel.Hint {
	var out []panel.Hint
	for _, c := range all {
		if c.foot && (!readOnly || !c.changes) {
			out = append(out, panel.Hint{Key: c.key.Help().Key, Text: c.name})
		}
	}
	return out
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

// doKeys change the rollout.
func doKeys() commands {
	const do = "Act"
	return commands{
		{"rollback", do, bind("!", "emergency rollback: arms at once, shown before it fires", "!"), true, emergency, acts, true},
		{"advance", do, bind("a", "arm the next phase", "a"), true, advance, acts, true},
		{"back", do, bind("b", "choose a rollback, from one flag to everything", "b"), true, chooseRollback, leads, true},
		{"flags", do, bind("f", "go to the flags; enter sets one", "f"), true, goFlags, moves, false},
		{"check", do, bind("␣", "sign a check, or ask whether to take it back; run it; set a flag", "space"), true, toggle, acts, true},
		{"note", do, bind("s", "sign a check with a note, also in place of its run", "s"), false, signNote, leads, true},
		{"hold", do, bind("H", "hold the rollout, or resume it", "H"), false, hold, actsIf(isHeld), true},
		{"baseline", do, bind("B", "freeze a baseline: what later values are compared with", "B"), false, freezeBaseline, leads, true},
		{"read", do, bind("R", "say what you read of a metric that people read", "R"), false, readMetric, leads, true},
		{"silence", do, bind("S", "silence alerts for a while, or end that", "S"), false, silence, leads, true},
		{"acknowledge", do, bind("K", "acknowledge what calls for people: nobody else is told", "K"), false, acknowledge, leads, true},
		{"adopt", do, bind("A", "adopt the changed config", "A"), false, adopt, leads, true},
		{"refresh", do, bind("r", "observe every flag now", "r"), false, refresh, leads, false},
		{"plan", do, bind("v", "view the plan: armed, running or ended", "v"), false, showPlan, moves, false},
	}
}

// lookKeys change what is shown.
func lookKeys() commands {
	const look = "Look"
	return commands{
		{"why", look, bind("e", "explain the line under the cursor, or the worst", "e"), true, explain, moves, false},
		{"about", look, bind("i", "what the plan says of the phase and the rollout: owner, objectives, risks", "i"), false, about, moves, false},
		{"links", look, bind("o", "open a link of what is under the cursor, the phase or the rollout", "o"), false, openLinks, moves, false},
		{"keys", look, bind("?", "all keys", "?"), true, showHelp, moves, false},
		{"command", look, bind(":", "run a command by name", ":"), true, openPalette, leads, false},
		{"find", look, bind("/", "show only what holds a text", "/"), true, find, leads, false},
		{"zoom", look, bind("z", "zoom the panel", "z"), true, zoom, moves, false},
		{"shorter", look, bind("[ ]", "range of the charts: 5m 15m 1h 6h 24h, the whole phase", "["), false, rangeBy(-1), moves, false},
		{"longer", look, bind("", "a longer range of the charts", "]"), false, rangeBy(1), moves, false},
		{"copy", look, bind("y", "copy what is under the cursor", "y"), false, copyHere, moves, false},
		{"pause", look, bind("p", "freeze the view; the engine goes on", "p"), false, freeze, moves, false},
		{"suspend", look, bind("ctrl+z", "suspend, unless a plan runs", "ctrl+z"), false, suspend, leads, false},
		{"quit", look, bind("q", "quit; the engine asks first, a viewer just leaves (ctrl+c always asks)", "q"), false, quit, leads, false},
		{"", look, bind("", "", "ctrl+c"), false, askQuit, moves, false},
	}
}

// moveKeys change where the cursor is.
func moveKeys() commands {
	const move = "Move"
	moving := func(by func(*cockpit)) func(*cockpit) (overlay.Overlay, overlay.Want) {
		return func(c *cockpit) (overlay.Overlay, overlay.Want) { by(c); return nil, overlay.Want{} }
	}
	rows := func(n int) func(*cockpit) (overlay.Overlay, overlay.Want) {
		return moving(func(c *cockpit) { c.board.moveBy(c.props(), c.board.focus, n) })
	}
	panels := func(n int) func(*cockpit) (overlay.Overlay, overlay.Want) {
		return moving(func(c *cockpit) { c.board.focusBy(c.props(), n) })
	}
	beside := func(n int) func(*cockpit) (overlay.Overlay, overlay.Want) {
		return moving(func(c *cockpit) { c.board.sideways(c.props(), n) })
	}
	const far = 1 << 20
	return commands{
		{"", move, bind("tab", "next panel (shift+tab: the one before)", "tab"), false, panels(1), moves, false},
		{"", move, bind("", "", "shift+tab"), false, panels(-1), moves, false},
		{"", move, bind("↓↑ jk", "one row", "down", "j"), false, rows(1), moves, false},
		{"", move, bind("", "", "up", "k"), false, rows(-1), moves, false},
		{"", move, bind("←→ hl", "one chart; elsewhere one panel", "right", "l"), false, beside(1), moves, false},
		{"", move, bind("", "", "left", "h"), false, beside(-1), moves, false},
		{"", move, bind("pgdn pgup", "ten rows", "pgdown"), false, rows(10), moves, false},
		{"", move, bind("", "", "pgup"), false, rows(-10), moves, false},
		{"", move, bind("g G", "first and last row", "home", "g"), false, rows(-far), moves, false},
		{"", move, bind("", "", "end", "G"), false, rows(far), moves, false},
		{"open", move, bind("enter", "open what is under the cursor", "enter"), false, openHere, actsIf(onFlags), false},
		{"", move, bind("esc", "close, then drop the filter, zoom and freeze", "esc"), false, escape, moves, false},
	}
}

// openPalette opens the palette over the same table.
func openPalette(c *cockpit) (overlay.Overlay, overlay.Want) {
	return overlay.Palette(c.keys.palette()), overlay.Want{}
}
