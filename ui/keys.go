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
	name  string // in the palette; empty: not there
	group string // in help
	key   key.Binding
	foot  bool // in the footer, by its name
	run   func(*Model) tea.Cmd
}

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
		return c.run(m)
	}
	return nil
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
			{"", plan, bind("enter", "fire what is armed; close what ended", "enter"), false, (*Model).planEnter},
			{"", plan, bind("esc", "veto what is armed (the guard asks why); hide what runs", "esc"), false, (*Model).planEsc},
			{"", plan, bind("x c", "cancel what runs, at a step's boundary", "x", "c"), false, (*Model).planCancel},
			{"", plan, bind("↓↑", "scroll", "down", "j"), false, func(m *Model) tea.Cmd { m.plan.scroll++; return nil }},
			{"", plan, bind("", "", "up", "k"), false, func(m *Model) tea.Cmd { m.plan.scroll = max(0, m.plan.scroll-1); return nil }},
			{"", plan, bind("y", "copy its summary", "y"), false, (*Model).copyPlan},
			{"", plan, bind("q", "quit", "q", "ctrl+c"), false, (*Model).quit},
			{"", plan, bind("", "", "ctrl+z"), false, (*Model).suspend},
			{"", plan, bind("", "", "?"), false, (*Model).showHelp},
		},
		list: []command{
			{"choose", list, bind("↓↑", "choose", "down", "j", "tab"), true, move(1)},
			{"", list, bind("", "", "up", "k", "shift+tab"), false, move(-1)},
			{"do it", list, bind("enter", "do it", "enter"), true, enter},
			{"leave it", list, bind("esc", "leave it", "esc", "q"), true, (*Model).closeOver},
			{"", list, bind("", "", "ctrl+c"), false, (*Model).askQuit},
		},
		ways: []command{
			{"rehearse", ways, bind("d", "rehearse it: enter then arms the drill", "d"), true, (*Model).rehearseHere},
		},
		pick: []command{
			{"out", pick, bind("␣", "take it out, or leave it in", "space"), true, (*Model).pickHere},
			{"find", pick, bind("/", "show only what holds a text", "/"), true, (*Model).pickFind},
		},
		text: []command{
			{"take it", text, bind("enter", "take it", "enter"), true, enter},
			{"leave it", text, bind("esc", "leave it", "esc"), true, (*Model).closeOver},
			{"", text, bind("↓↑", "choose, in the command palette", "down", "tab"), false, move(1)},
			{"", text, bind("", "", "up", "shift+tab"), false, move(-1)},
			{"", text, bind("", "", "ctrl+c"), false, (*Model).askQuit},
		},
		box: []command{
			{"scroll", box, bind("↓↑", "scroll", "down", "j"), true, move(1)},
			{"", box, bind("", "", "up", "k"), false, move(-1)},
			{"", box, bind("", "", "pgdown"), false, move(10)},
			{"", box, bind("", "", "pgup"), false, move(-10)},
			{"copy", box, bind("y", "copy it", "y"), true, (*Model).copyBox},
			{"close", box, bind("esc", "close", "esc", "enter", "q", "e", "?"), true, (*Model).closeOver},
			{"", box, bind("", "", "ctrl+c"), false, (*Model).askQuit},
		},
	}
}

// doKeys change the rollout; the emergency key comes first.
func doKeys() []command {
	const do = "Act"
	return []command{
		{"rollback", do, bind("!", "emergency rollback: arms at once, shown before it fires", "!"), true, (*Model).emergency},
		{"advance", do, bind("a", "arm the next phase", "a"), true, (*Model).advance},
		{"back", do, bind("b", "choose a way down, from one flag to everything", "b"), true, (*Model).chooseRollback},
		{"flags", do, bind("f", "go to the flags; enter sets one", "f"), true, (*Model).goFlags},
		{"check", do, bind("␣", "sign a check, or take it back; run it; set a flag", "space"), true, (*Model).toggle},
		{"note", do, bind("s", "sign a check with a note, also in place of its run", "s"), false, (*Model).signNote},
		{"hold", do, bind("H", "hold the rollout, or resume it", "H"), false, (*Model).hold},
		{"baseline", do, bind("B", "freeze a baseline: what later values are compared with", "B"), false, (*Model).freezeBaseline},
		{"adopt", do, bind("A", "adopt the changed config", "A"), false, (*Model).adopt},
		{"refresh", do, bind("r", "observe every flag now", "r"), false, (*Model).refresh},
		{"plan", do, bind("v", "view the plan: armed, running or ended", "v"), false, (*Model).showPlan},
	}
}

// lookKeys change what is shown.
func lookKeys() []command {
	const look = "Look"
	return []command{
		{"why", look, bind("e", "explain the line under the cursor, or the worst", "e"), true, (*Model).explain},
		{"keys", look, bind("?", "all keys", "?"), true, (*Model).showHelp},
		{"command", look, bind(":", "run a command by name", ":"), true, (*Model).openPalette},
		{"find", look, bind("/", "show only what holds a text", "/"), true, (*Model).find},
		{"zoom", look, bind("z", "zoom the panel", "z"), true, (*Model).zoom},
		{"shorter", look, bind("[ ]", "range of the charts: 5m 15m 1h 6h 24h, the whole phase", "["), false, rangeBy(-1)},
		{"longer", look, bind("", "a longer range of the charts", "]"), false, rangeBy(1)},
		{"copy", look, bind("y", "copy what is under the cursor", "y"), false, (*Model).copyHere},
		{"pause", look, bind("p", "freeze the view; the engine goes on", "p"), false, (*Model).freeze},
		{"suspend", look, bind("ctrl+z", "suspend, unless a plan runs", "ctrl+z"), false, (*Model).suspend},
		{"quit", look, bind("q", "quit; asks where that matters (ctrl+c always asks)", "q"), false, (*Model).quit},
		{"", look, bind("", "", "ctrl+c"), false, (*Model).askQuit},
	}
}

// moveKeys change where the cursor is.
func moveKeys() []command {
	const move = "Move"
	by := func(n int) func(*Model) tea.Cmd { return func(m *Model) tea.Cmd { m.moveBy(n); return nil } }
	panels := func(n int) func(*Model) tea.Cmd { return func(m *Model) tea.Cmd { m.focusBy(n); return nil } }
	const far = 1 << 20
	return []command{
		{"", move, bind("tab", "next panel (shift+tab: the one before)", "tab"), false, panels(1)},
		{"", move, bind("", "", "shift+tab"), false, panels(-1)},
		{"", move, bind("↓↑ jk", "one row", "down", "j"), false, by(1)},
		{"", move, bind("", "", "up", "k"), false, by(-1)},
		{"", move, bind("←→ hl", "one chart; elsewhere one panel", "right", "l"), false, func(m *Model) tea.Cmd { m.sideways(1); return nil }},
		{"", move, bind("", "", "left", "h"), false, func(m *Model) tea.Cmd { m.sideways(-1); return nil }},
		{"", move, bind("pgdn pgup", "ten rows", "pgdown"), false, by(10)},
		{"", move, bind("", "", "pgup"), false, by(-10)},
		{"", move, bind("g G", "first and last row", "home", "g"), false, by(-far)},
		{"", move, bind("", "", "end", "G"), false, by(far)},
		{"open", move, bind("enter", "open what is under the cursor", "enter"), false, (*Model).enterHere},
		{"", move, bind("esc", "close, then drop the filter, zoom and freeze", "esc"), false, (*Model).escape},
	}
}
