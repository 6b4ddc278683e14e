package ui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"gonogo/ui/panel"
)

// command is something that a key does; the same table handles the keys, makes
// the help and the footer, and is searched by the palette.
type command struct {
	name   string // in the palette; empty: not there
	group  string // in help
	key    key.Binding
	foot   bool // in the footer, by its name
	run    func(*Model) tea.Cmd
	effect effect
}

// effect is how much a command does; the least first.
type effect int

const (
	moves effect = iota // what is shown, and the way out of a box: always counts
	leads               // to a text field, to another box or out: does not count beside a torn reply
	acts                // on the rollout: nor from the palette by half its name, nor in a read-only view
)

// keyMap is every key by who has the keyboard.
type keyMap struct {
	main []command // the panels
	plan []command // a plan's box
	list []command // a menu
	ways []command // beside those of a menu, in the menu of ways down
	pick []command // beside those of a menu, in a list to pick from
	text []command // a text field: all other keys are text
	box  []command // why and help
}

// find returns the command that k runs, or nil.
func find(all []command, k tea.KeyPressMsg) *command {
	for i := range all {
		if key.Matches(k, all[i].key) {
			return &all[i]
		}
	}
	return nil
}

func (*keyMap) run(m *Model, all []command, k tea.KeyPressMsg) tea.Cmd {
	if c := find(all, k); c != nil {
		return m.do(c)
	}
	return nil
}

// do runs c, unless it acts and this view may only look.
func (m *Model) do(c *command) tea.Cmd {
	if c.effect == acts && c.name != "" && m.o.ReadOnly {
		m.failReadOnly()
		return nil
	}
	return c.run(m)
}

func (m *Model) failReadOnly() {
	m.fail("read-only: this cockpit looks, and changes nothing")
}

func (k *keyMap) ladderKeys() []command { return slices.Concat(k.ways, k.list) }
func (k *keyMap) pickKeys() []command   { return slices.Concat(k.pick, k.list) }

// isEmergency reports whether k is the key that is held back until it is known
// to have come alone.
func (k *keyMap) isEmergency(p tea.KeyPressMsg) bool {
	return key.Matches(p, k.main[0].key)
}

// help returns all keys by group, in the order of the table.
func (k *keyMap) help() []panel.HelpGroup {
	var out []panel.HelpGroup
	for _, c := range slices.Concat(k.main, k.plan, k.list, k.ways, k.pick, k.text, k.box) {
		h := c.key.Help()
		if h.Key == "" {
			continue
		}
		i := slices.IndexFunc(out, func(g panel.HelpGroup) bool { return g.Title == c.group })
		if i < 0 {
			out = append(out, panel.HelpGroup{Title: c.group})
			i = len(out) - 1
		}
		out[i].Keys = append(out[i].Keys, panel.Hint{Key: h.Key, Text: h.Desc})
	}
	return out
}

// footer returns the hints of the footer.
func footer(all []command) []panel.Hint {
	var out []panel.Hint
	for _, c := range all {
		if c.foot {
			text := c.name
			if text == "" {
				text = c.key.Help().Desc
			}
			out = append(out, panel.Hint{Key: c.key.Help().Key, Text: text})
		}
	}
	return out
}

func bind(shown, does string, keys ...string) key.Binding {
	return key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, does))
}

func newKeyMap() keyMap {
	move := func(by int) func(*Model) tea.Cmd {
		return func(m *Model) tea.Cmd { m.over.move(m, by); return nil }
	}
	enter := func(m *Model) tea.Cmd { return m.over.enter(m) }
	const plan, list, text, box = "While a plan is shown", "In a menu", "In a text field", "In a box"
	const ways, pick = "In the menu of ways down", "When picking what to take out"
	return keyMap{
		main: slices.Concat(doKeys(), lookKeys(), moveKeys()),
		plan: []command{
			{"", plan, bind("enter", "fire what is armed; close what ended", "enter"), false, (*Model).planEnter, acts},
			{"", plan, bind("esc", "cancel what is armed, or veto the guard, which asks why; hide what runs", "esc"), false, (*Model).planEsc, moves},
			{"", plan, bind("x c", "cancel what runs, at a step's boundary", "x", "c"), false, (*Model).planCancel, acts},
			{"", plan, bind("↓↑", "scroll", "down", "j"), false, func(m *Model) tea.Cmd { m.plan.scroll++; return nil }, moves},
			{"", plan, bind("", "", "up", "k"), false, func(m *Model) tea.Cmd { m.plan.scroll = max(0, m.plan.scroll-1); return nil }, moves},
			{"", plan, bind("y", "copy its summary", "y"), false, (*Model).copyPlan, moves},
			{"", plan, bind("q", "quit", "q", "ctrl+c"), false, (*Model).quit, leads},
			{"", plan, bind("", "", "ctrl+z"), false, (*Model).suspend, leads},
			{"", plan, bind("", "", "?"), false, (*Model).showHelp, moves},
		},
		list: []command{
			{"choose", list, bind("↓↑", "choose", "down", "j", "tab"), true, move(1), moves},
			{"", list, bind("", "", "up", "k", "shift+tab"), false, move(-1), moves},
			{"do it", list, bind("enter", "do it", "enter"), true, enter, acts},
			{"leave it", list, bind("esc", "leave it", "esc", "q"), true, (*Model).closeOver, moves},
			{"", list, bind("y", "yes, to a question", "y"), false, (*Model).yes, acts},
			{"", list, bind("", "", "ctrl+c"), false, (*Model).askQuit, moves},
		},
		ways: []command{
			{"rehearse", ways, bind("d", "rehearse it: enter then arms the drill", "d"), true, (*Model).rehearseHere, acts},
		},
		pick: []command{
			{"out", pick, bind("␣", "take it out, or leave it in", "space"), true, (*Model).pickHere, acts},
			{"find", pick, bind("/", "show only what holds a text", "/"), true, (*Model).pickFind, leads},
		},
		text: []command{
			{"take it", text, bind("enter", "take it", "enter"), true, enter, leads},
			{"leave it", text, bind("esc", "leave it", "esc"), true, (*Model).closeOver, moves},
			{"", text, bind("↓↑", "choose, in the command palette", "down", "tab"), false, move(1), moves},
			{"", text, bind("", "", "up", "shift+tab"), false, move(-1), moves},
			{"", text, bind("", "", "ctrl+c"), false, (*Model).askQuit, moves},
		},
		box: []command{
			{"scroll", box, bind("↓↑", "scroll", "down", "j"), true, move(1), moves},
			{"", box, bind("", "", "up", "k"), false, move(-1), moves},
			{"", box, bind("", "", "pgdown"), false, move(10), moves},
			{"", box, bind("", "", "pgup"), false, move(-10), moves},
			{"copy", box, bind("y", "copy it", "y"), true, (*Model).copyBox, moves},
			{"close", box, bind("esc", "close", "esc", "enter", "q", "e", "?"), true, (*Model).closeOver, moves},
			{"", box, bind("", "", "ctrl+c"), false, (*Model).askQuit, moves},
		},
	}
}

// doKeys change the rollout; the emergency key comes first.
func doKeys() []command {
	const do = "Act"
	return []command{
		{"rollback", do, bind("!", "emergency rollback: arms at once, shown before it fires", "!"), true, (*Model).emergency, acts},
		{"advance", do, bind("a", "arm the next phase", "a"), true, (*Model).advance, acts},
		{"back", do, bind("b", "choose a way down, from one flag to everything", "b"), true, (*Model).chooseRollback, acts},
		{"flags", do, bind("f", "go to the flags; enter sets one", "f"), true, (*Model).goFlags, moves},
		{"check", do, bind("␣", "sign a check, or ask whether to take it back; run it; set a flag", "space"), true, (*Model).toggle, acts},
		{"note", do, bind("s", "sign a check with a note, also in place of its run", "s"), false, (*Model).signNote, acts},
		{"hold", do, bind("H", "hold the rollout, or resume it", "H"), false, (*Model).hold, acts},
		{"baseline", do, bind("B", "freeze a baseline: what later values are compared with", "B"), false, (*Model).freezeBaseline, acts},
		{"adopt", do, bind("A", "adopt the changed config", "A"), false, (*Model).adopt, acts},
		{"refresh", do, bind("r", "observe every flag now", "r"), false, (*Model).refresh, leads},
		{"plan", do, bind("v", "view the plan: armed, running or ended", "v"), false, (*Model).showPlan, moves},
	}
}

// lookKeys change what is shown.
func lookKeys() []command {
	const look = "Look"
	return []command{
		{"why", look, bind("e", "explain the line under the cursor, or the worst", "e"), true, (*Model).explain, moves},
		{"keys", look, bind("?", "all keys", "?"), true, (*Model).showHelp, moves},
		{"command", look, bind(":", "run a command by name", ":"), true, (*Model).openPalette, leads},
		{"find", look, bind("/", "show only what holds a text", "/"), true, (*Model).find, leads},
		{"zoom", look, bind("z", "zoom the panel", "z"), true, (*Model).zoom, moves},
		{"shorter", look, bind("[ ]", "range of the charts: 5m 15m 1h 6h 24h, the whole phase", "["), false, rangeBy(-1), moves},
		{"longer", look, bind("", "a longer range of the charts", "]"), false, rangeBy(1), moves},
		{"copy", look, bind("y", "copy what is under the cursor", "y"), false, (*Model).copyHere, moves},
		{"pause", look, bind("p", "freeze the view; the engine goes on", "p"), false, (*Model).freeze, moves},
		{"suspend", look, bind("ctrl+z", "suspend, unless a plan runs", "ctrl+z"), false, (*Model).suspend, leads},
		{"quit", look, bind("q", "quit; the engine asks first, a viewer just leaves (ctrl+c always asks)", "q"), false, (*Model).quit, leads},
		{"", look, bind("", "", "ctrl+c"), false, (*Model).askQuit, moves},
	}
}

// moveKeys change where the cursor is.
func moveKeys() []command {
	const move = "Move"
	by := func(n int) func(*Model) tea.Cmd { return func(m *Model) tea.Cmd { m.moveBy(n); return nil } }
	panels := func(n int) func(*Model) tea.Cmd { return func(m *Model) tea.Cmd { m.focusBy(n); return nil } }
	const far = 1 << 20
	return []command{
		{"", move, bind("tab", "next panel (shift+tab: the one before)", "tab"), false, panels(1), moves},
		{"", move, bind("", "", "shift+tab"), false, panels(-1), moves},
		{"", move, bind("↓↑ jk", "one row", "down", "j"), false, by(1), moves},
		{"", move, bind("", "", "up", "k"), false, by(-1), moves},
		{"", move, bind("←→ hl", "one chart; elsewhere one panel", "right", "l"), false, func(m *Model) tea.Cmd { m.sideways(1); return nil }, moves},
		{"", move, bind("", "", "left", "h"), false, func(m *Model) tea.Cmd { m.sideways(-1); return nil }, moves},
		{"", move, bind("pgdn pgup", "ten rows", "pgdown"), false, by(10), moves},
		{"", move, bind("", "", "pgup"), false, by(-10), moves},
		{"", move, bind("g G", "first and last row", "home", "g"), false, by(-far), moves},
		{"", move, bind("", "", "end", "G"), false, by(far), moves},
		{"open", move, bind("enter", "open what is under the cursor", "enter"), false, (*Model).enterHere, leads},
		{"", move, bind("esc", "close, then drop the filter, zoom and freeze", "esc"), false, (*Model).escape, moves},
	}
}
