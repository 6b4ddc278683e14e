package ui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/panel"
)

// overlay is a box over the panels that has the keyboard while it is open.
type overlay interface {
	field() *field            // the text being edited; nil: keys are commands
	keys(k *keyMap) []command // what it answers to
	edited(m *Model) tea.Cmd  // after its text changed
	move(m *Model, by int)    // the cursor, or what is scrolled
	enter(m *Model) tea.Cmd   // it is still open; enter closes it if it is done
	closed(m *Model)          // esc closed it
	draw(m *Model, p panel.Props) string
}

// open shows o, which takes the keyboard from a plan's box, too.
func (m *Model) open(o overlay) {
	m.over = o
	m.plan.since = time.Time{}
	m.view.dirty = true
}

// overlayKey gives a key to the open overlay: first its commands, then its text.
func (m *Model) overlayKey(k tea.KeyPressMsg) tea.Cmd {
	if c := find(m.over.keys(&m.keys), k); c != nil {
		return c.run(m)
	}
	if f := m.over.field(); f != nil && f.key(k) {
		return m.over.edited(m)
	}
	return nil
}

func (m *Model) closeOver() tea.Cmd {
	if o := m.over; o != nil {
		m.over = nil
		o.closed(m)
	}
	return nil
}

// box is what overlays have in common; it is one that only shows.
type box struct{ offset int }

func (b *box) field() *field            { return nil }
func (b *box) keys(k *keyMap) []command { return k.box }
func (b *box) edited(*Model) tea.Cmd    { return nil }
func (b *box) enter(m *Model) tea.Cmd   { return m.closeOver() }
func (b *box) closed(*Model)            {}

// scroll moves what is shown by some lines, and stops at the ends of what draw draws.
func (b *box) scroll(m *Model, by int, draw func(*Model, panel.Props) string) {
	const high = 1 << 12
	now := b.offset
	b.offset = 0
	whole := strings.Count(draw(m, m.props("", layout.Rect{W: m.w, H: high})), "\n") + 1
	b.offset = min(max(0, now+by), max(0, whole-m.h))
}

// help lists every key, from the same table that handles them.
type help struct{ box }

func (h *help) move(m *Model, by int) { h.scroll(m, by, h.draw) }

func (h *help) draw(m *Model, p panel.Props) string {
	p.Offset = h.offset
	return panel.HelpBox(p, m.keys.help())
}

// why explains one line.
type why struct {
	box
	line model.Line
}

func (w *why) move(m *Model, by int) { w.scroll(m, by, w.draw) }

func (w *why) draw(m *Model, p panel.Props) string {
	p.Offset = w.offset
	line := w.line
	if s := m.seen(); s != nil { // the newest of it
		line = currentLine(s, line)
	}
	return panel.WhyBox(p, line)
}

// currentLine returns what s says of the line that l was.
func currentLine(s *model.Snapshot, l model.Line) model.Line {
	for _, g := range s.Gate.Lines {
		if g.Metric == l.Metric && g.Check == l.Check && g.Title == l.Title {
			return g
		}
	}
	if g, ok := s.Lines[l.Metric]; ok && l.Metric != "" {
		return g
	}
	return l
}

// menuItem is one choice.
type menuItem struct {
	key, text string
	run       func(*Model) tea.Cmd
}

// menu asks for one of several things.
type menu struct {
	box
	title string
	items []menuItem
	at    int
	quits bool // it asks whether to quit: asking again means yes
	asks  bool // it is a question: y takes the first choice
	until
	arms bool // what it does arms a plan: enter counts after the dead time
	drawn
}

func (o *menu) keys(k *keyMap) []command { return k.list }
func (o *menu) move(_ *Model, by int)    { o.at = min(max(0, o.at+by), len(o.items)-1) }

func (o *menu) enter(m *Model) tea.Cmd {
	if o.arms && o.early(m) {
		return nil
	}
	m.over = nil
	if o.at < 0 || o.at >= len(o.items) {
		return nil
	}
	return o.items[o.at].run(m)
}

func (o *menu) draw(m *Model, p panel.Props) string {
	o.note(m)
	p.Cursor = o.at
	hints := make([]panel.Hint, len(o.items))
	for i, it := range o.items {
		hints[i] = panel.Hint{Key: it.key, Text: it.text}
	}
	return panel.MenuBox(p, o.title, hints)
}

// prompt asks for a text. done returns an error to show instead of closing it.
type prompt struct {
	title, hint string
	input       *field
	note        func(m *Model) string       // what goes on meanwhile, before the hint; may be nil
	change      func(m *Model, text string) // after each edit; may be nil
	leave       func(m *Model)              // esc; may be nil
	done        func(m *Model, text string) (tea.Cmd, string)
	arms        bool // what it does changes something: enter counts only alone
	until
}

func (o *prompt) field() *field            { return o.input }
func (o *prompt) keys(k *keyMap) []command { return k.text }
func (o *prompt) move(*Model, int)         {}

func (o *prompt) edited(m *Model) tea.Cmd {
	if o.change != nil {
		o.change(m, o.input.String())
	}
	return nil
}

func (o *prompt) enter(m *Model) tea.Cmd {
	if o.arms && m.lone.hurried(m.now, typedAlone) {
		m.failAlone()
		return nil
	}
	m.lone.other = time.Time{} // what was typed before it was looked at now
	m.over = nil
	cmd, wrong := o.done(m, o.input.String())
	if wrong != "" {
		o.hint = model.Inert(wrong)
		m.over = o
	}
	return cmd
}

func (o *prompt) closed(m *Model) {
	if o.leave != nil {
		o.leave(m)
	}
}

func (o *prompt) draw(m *Model, p panel.Props) string {
	hint := o.hint
	if o.note != nil {
		hint = o.note(m) + " · " + hint
	}
	return panel.PromptBox(p, o.title, model.Inert(o.input.String()), o.input.at, hint)
}
