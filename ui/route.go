package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
	"gonogo/ui/layout"
	"gonogo/ui/overlay"
	"gonogo/ui/panel"
)

// held is what a key would do that is held back until it is known to have come
// alone: it rests on what the person saw when they pressed it.
type held struct {
	from, next overlay.Overlay // what was open, and what shall be open after it
	want       overlay.Want
}

// ripeMsg ends the wait for the key n.
type ripeMsg struct{ n int }

// pressed asks the guard about a key, and then whoever has the keyboard: an open
// box, the plan, or else the panels.
func (m *Model) pressed(k tea.KeyPressMsg) tea.Cmd {
	key, open := m.weigh(k)
	v := m.guard.Press(m.now, key, open)
	m.tellLost(v.Lost)
	if v.Answer == keyboard.Spoiled {
		m.tellSpoiled(key, v.Why)
		return nil
	}
	m.status.acknowledge(m.now)
	h := held{from: m.over}
	h.next, h.want = m.ask(k)
	if in := h.want.Intent; in != nil && in.Seen == 0 {
		if s := m.eyes.seen(); s != nil {
			in.Seen = s.Seq
		}
	}
	if v.Answer == keyboard.Wait && h.want.Acts() {
		m.held = h
		return tea.Tick(keyboard.Alone, func(time.Time) tea.Msg { return ripeMsg{v.Held} })
	}
	m.guard.Drop()
	m.show(h.next)
	return m.do(h.want)
}

// ripe lets the key count that was held back, if nothing spoiled it meanwhile.
func (m *Model) ripe(msg ripeMsg) tea.Cmd {
	if !m.guard.Ripe(msg.n) {
		return nil
	}
	h := m.held
	m.held = held{}
	m.status.acknowledge(m.now)
	if m.over == h.from {
		m.show(h.next)
	}
	return m.do(h.want)
}

// weigh returns how much a key does where the keyboard is, and what is open there.
func (m *Model) weigh(k tea.KeyPressMsg) (keyboard.Key, keyboard.Open) {
	key := keyboard.Key{Press: k}
	switch {
	case m.keys.isEmergency(k) && (m.over == nil || !m.over.Typing()):
		key.Effect, key.Emergency = keyboard.Acts, true
	case m.over != nil:
		key.Effect = overlay.EffectOf(m.over, k)
		open := m.over.Open()
		open.Since = m.shownAt
		return key, open
	case m.planVisible():
		key.Effect = m.plan.Effect(k, m.scene())
		return key, m.plan.Open()
	default:
		if c := m.keys.find(k); c != nil {
			key.Effect = c.effect(&m.cockpit)
		}
	}
	return key, keyboard.Open{}
}

// ask lets whoever has the keyboard say what a key wants: what shall be open
// after it, and what else.
func (m *Model) ask(k tea.KeyPressMsg) (overlay.Overlay, overlay.Want) {
	switch {
	case m.keys.isEmergency(k) && (m.over == nil || !m.over.Typing()):
		_, want := m.run(&m.keys[0])
		return m.over, want
	case m.over != nil:
		return m.over.Update(k, m.scene())
	case m.planVisible():
		return m.plan.Update(k, m.scene())
	}
	if c := m.keys.find(k); c != nil {
		return m.run(c)
	}
	return nil, overlay.Want{}
}

// run runs a command, unless it changes something and this view may only look.
func (m *Model) run(c *command) (overlay.Overlay, overlay.Want) {
	if c.changes && m.readOnly {
		return nil, overlay.Fail(overlay.ReadOnly)
	}
	return c.run(&m.cockpit)
}

// runWith runs a command with what stood behind its name, if anything did.
func (m *Model) runWith(c *command, arg string) (overlay.Overlay, overlay.Want) {
	takes, ok := arguments[c.name]
	switch {
	case arg == "" || !ok:
		return m.run(c)
	case (c.changes || takes.changes) && m.readOnly:
		return nil, overlay.Fail(overlay.ReadOnly)
	}
	return takes.run(&m.cockpit, arg)
}

// show lets o have the keyboard, also in place of the plan's box; nil: nobody over the panels.
func (m *Model) show(o overlay.Overlay) {
	if o == m.over {
		return
	}
	m.over, m.shownAt = o, time.Time{}
	if o != nil {
		m.plan.Covered()
	}
	m.view.dirty = true
}

// do does what a key wants.
func (m *Model) do(w overlay.Want) tea.Cmd {
	m.tell(w)
	switch {
	case w.Intent != nil:
		m.submit(*w.Intent)
	case w.Emergency:
		m.emergency()
	case w.Command != "":
		if c := m.keys.named(w.Command); c != nil {
			next, want := m.runWith(c, w.Arg)
			m.show(next)
			return m.do(want)
		}
	case w.Filter != nil:
		m.board.find(m.props(), *w.Filter)
	case w.Copy != "":
		return tea.SetClipboard(inertLines(w.Copy))
	case w.Open != "":
		return m.open(w.Open)
	case w.ShowPlan:
		m.show(nil)
		m.plan.Show()
		if !m.eyes.planMoves() {
			m.plan.Keep()
		}
	case w.Help:
		m.show(overlay.Help(m.keys.help()))
	case w.AskQuit, w.Leave && m.eyes.isEngine():
		return m.askQuit()
	case w.Leave, w.Quit:
		m.quitting = true
		return tea.Quit
	case w.Suspend && m.eyes.planMoves():
		m.tell(overlay.Fail("a plan is under way: gonogo is not suspended until it has ended"))
	case w.Suspend:
		return tea.Suspend
	}
	return nil
}

// submit hands in to the feed. It rests on what the person sees now, if nothing else is said.
func (m *Model) submit(in model.Intent) {
	switch {
	case m.readOnly:
		m.tell(overlay.Fail(overlay.ReadOnly))
		return
	case m.eyes.live == nil:
		m.tell(overlay.Fail(overlay.NoEngine))
		return
	}
	if in.Seen == 0 {
		in.Seen = m.eyes.seen().Seq
	}
	m.tell(overlay.Want{Say: m.post.submit(m.now, in), Bad: true})
}

// emergency arms the emergency rollback. While that runs, or is armed, it shows it.
func (m *Model) emergency() {
	if p := m.scene().Plan(); p != nil && m.eyes.planMoves() && isEmergency(p) {
		m.do(overlay.Want{ShowPlan: true})
		return
	}
	if m.post.emergency() {
		return // asked for already, the plan is about to come
	}
	in := model.Intent{Kind: model.ArmRollback}
	if m.eyes.live != nil {
		in.Seen = m.eyes.live.Seq // a plan shows live values even where the view is frozen
	}
	m.submit(in)
}

// isEmergency reports whether a plan is the emergency rollback, also where the
// guard armed it. A smaller way down, or a drill, is none: `!` goes before it.
func isEmergency(p *model.PlanState) bool {
	return p.Plan.Kind == model.PlanRollback && p.Plan.Drill == "" && p.Plan.Emergency
}

// askQuit asks whether to quit; asked again, it may quit.
func (m *Model) askQuit() tea.Cmd {
	if want, again := overlay.QuitAgain(m.over, m.scene(), m.eyes.isEngine()); again {
		return m.do(want)
	}
	m.show(overlay.Quit(m.scene(), m.eyes.isEngine()))
	return nil
}

// signalled ends a viewer, which loses nothing by it. The engine's own screen asks, as after the ctrl+c of a
// person; whoever sends two signals means it.
func (m *Model) signalled() tea.Cmd {
	if overlay.AsksQuit(m.over) || m.eyes.live != nil && !m.eyes.isEngine() {
		return m.do(overlay.Want{Quit: true})
	}
	return m.askQuit()
}

// pasted puts a paste into the text field, if there is one; it never counts as keys.
func (m *Model) pasted(p tea.PasteMsg) tea.Cmd {
	m.beside()
	if m.over == nil || !m.over.Typing() {
		m.tell(overlay.Say("a paste was ignored: it goes into text fields only"))
		return nil
	}
	return m.do(m.over.Paste(p.Content, m.scene()))
}

// clicked goes to the panel and the row under the mouse; on the footer it presses the key there.
func (m *Model) clicked(c tea.MouseClickMsg) tea.Cmd {
	if c.Button != tea.MouseLeft {
		return nil
	}
	if r, shown := m.board.places(m.props())[layout.Footer]; shown && !m.o.Wall && m.eyes.seen() != nil && c.Y == r.Y {
		hint, on := panel.FooterKey(m.board.props(m.props(), layout.Footer, r), m.hints(), c.X)
		k, known := pressOf(hint.Key)
		if on && known {
			return m.pressed(k)
		}
		return nil
	}
	if m.over == nil && !m.planVisible() {
		m.board.click(m.props(), c.X, c.Y)
	}
	return nil
}

// pressOf returns the press of a key as the footer names it; false for one that stands for several.
func pressOf(name string) (tea.KeyPressMsg, bool) {
	special := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab}
	if code, ok := special[name]; ok {
		return tea.KeyPressMsg{Code: code}, true
	}
	switch letters := []rune(name); {
	case name == "␣" || name == "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}, true
	case len(letters) == 1:
		return tea.KeyPressMsg{Code: letters[0], Text: name}, true
	}
	return tea.KeyPressMsg{}, false
}

// wheeled scrolls what is under the mouse.
func (m *Model) wheeled(w tea.MouseWheelMsg) {
	by := 0
	switch w.Button {
	case tea.MouseWheelUp:
		by = -1
	case tea.MouseWheelDown:
		by = 1
	}
	switch {
	case by == 0:
	case m.over != nil:
		m.over.Move(by, m.scene())
	case m.planVisible():
		m.plan.Move(by)
	default:
		m.board.wheel(m.props(), w.X, w.Y, by)
	}
}

// tell shows the line that is to be said, if there is one.
func (m *Model) tell(w overlay.Want) {
	if w.Hush {
		m.status = status{}
	}
	if w.Say != "" {
		m.status.tell(m.now, w.Bad, w.Say)
	}
}

// beside notes input beside the keys.
func (m *Model) beside() { m.tellLost(m.guard.Beside(m.now)) }

// tellLost says that a key was held back and will not count.
func (m *Model) tellLost(l keyboard.Loss) {
	switch l {
	case keyboard.Emergency:
		m.tell(overlay.Fail("! was ignored: other input came within 100 ms, as in a paste · press ! alone for the emergency rollback"))
	case keyboard.Plain:
		m.tell(overlay.Fail("a key was ignored: other input came with it, as in a paste · press it again, alone"))
	}
}

// tellSpoiled says why a key did nothing.
func (m *Model) tellSpoiled(k keyboard.Key, why keyboard.Why) {
	switch {
	case why == keyboard.Torn:
		m.tell(overlay.Fail("%s did not count: a piece of a terminal's reply came just before · press %s again", k.Press, k.Press))
	case why == keyboard.Beside && k.Emergency:
		m.tellLost(keyboard.Emergency)
	case why == keyboard.Beside:
		m.tellLost(keyboard.Plain)
	case why == keyboard.Early && m.over != nil: // a plan's box says it itself
		m.tell(overlay.Say("%s came too soon after this was shown: press it again", k.Press))
	}
}

// inertLines makes a text inert, line by line.
func inertLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, l := range lines {
		lines[i] = model.Inert(l)
	}
	return strings.Join(lines, "\n")
}
