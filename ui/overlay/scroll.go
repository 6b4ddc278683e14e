package overlay

import (
	"fmt"
	"slices"
	"strings"

	bubbleshelp "charm.land/bubbles/v2/help"
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// scrolled is a box that only shows, more than fits.
type scrolled struct {
	plain
	lasting
	offset int // its first line that is seen; View brings it into what is there
}

func (o *scrolled) Keys() []Binding      { return boxKeys() }
func (o *scrolled) Move(by int, _ Scene) { o.offset = max(0, o.offset+by) }

// update handles a key of such a box, and reports whether the box stays.
func (o *scrolled) update(k tea.KeyPressMsg, copied func() Want) (Want, bool) {
	const page = 10
	switch meaning(o.Keys(), k) {
	case down:
		o.offset++
	case up:
		o.offset = max(0, o.offset-1)
	case pageDown:
		o.offset += page
	case pageUp:
		o.offset = max(0, o.offset-page)
	case copyIt:
		return copied(), true
	case askQuit:
		return Want{AskQuit: true}, true
	case leave:
		return Want{}, false
	}
	return Want{}, true
}

// helpBox lists every key, from the bindings that handle them.
type helpBox struct {
	scrolled
	groups []Group
}

// Help returns a box of these keys.
func Help(groups []Group) Overlay { return &helpBox{groups: groups} }

func (o *helpBox) Update(k tea.KeyPressMsg, _ Scene) (Overlay, Want) {
	want, stays := o.update(k, func() Want {
		const wide = 120
		lines := o.lines(panel.Props{Size: panel.Size{W: wide}})
		return Want{Copy: ansi.Strip(strings.Join(lines, "\n")), Say: "copied this text"}
	})
	if !stays {
		return nil, want
	}
	return o, want
}

func (o *helpBox) View(_ Scene, p panel.Props) string {
	t := themeOf(p)
	foot := helper(t).ShortHelpView([]key.Binding{bind("esc", "closes", "esc"), bind("↑↓", "scroll", "up")})
	box, offset := frame(p, panel.Box{Title: t.Lip(theme.Title).Render("Keys"), Body: o.lines(p), Foot: []string{foot}, Keep: -1}, o.offset)
	o.offset = offset
	return box
}

// legend are the signs of the screen, as help lists them.
func legend(t *theme.Theme) Group {
	g := Group{Title: "What the signs mean"}
	for _, s := range t.Legend() {
		g.Keys = append(g.Keys, bind(s.Glyph, s.Means, s.Glyph)) // Bubbles hides what no key does
	}
	return g
}

// lines are the keys by group, in two columns where there is room.
func (o *helpBox) lines(p panel.Props) []string {
	t := themeOf(p)
	h := helper(t)
	all, keyW := append(slices.Clone(o.groups), legend(t)), 0
	for i := range all {
		all[i].Keys = slices.DeleteFunc(slices.Clone(all[i].Keys), func(b key.Binding) bool { return b.Help().Key == "" })
		for _, b := range all[i].Keys {
			keyW = max(keyW, lipgloss.Width(b.Help().Key))
		}
	}
	h.Styles.FullKey = h.Styles.FullKey.Width(keyW + 1)
	one := func(keys []key.Binding) string { return h.FullHelpView([][]key.Binding{keys}) }
	wide := 0
	for _, g := range all {
		wide = max(wide, lipgloss.Width(one(g.Keys)))
	}
	two := roomFor(p) >= 2*wide+lipgloss.Width(h.FullSeparator)
	var out []string
	for i, g := range all {
		if i > 0 {
			out = append(out, "")
		}
		out = append(out, t.Lip(theme.Strong|theme.Underline).Render(model.Inert(g.Title)))
		text := one(g.Keys)
		if half := (len(g.Keys) + 1) / 2; two && half > 0 {
			left := lipgloss.PlaceHorizontal(wide, lipgloss.Left, one(g.Keys[:half]))
			text = lipgloss.JoinHorizontal(lipgloss.Top, left, h.FullSeparator, one(g.Keys[half:]))
		}
		out = append(out, strings.Split(text, "\n")...)
	}
	return out
}

// helper is the help of Bubbles in the styles of the theme.
func helper(t *theme.Theme) bubbleshelp.Model {
	h := bubbleshelp.New()
	h.ShortSeparator = " · "
	h.Styles = bubbleshelp.Styles{
		ShortKey: t.Lip(theme.Key), ShortDesc: t.Lip(theme.Normal), ShortSeparator: t.Lip(theme.Dim),
		FullKey: t.Lip(theme.Key), FullDesc: t.Lip(theme.Normal), FullSeparator: t.Lip(theme.Dim),
	}
	return h
}

// whyBox explains one line.
type whyBox struct {
	scrolled
	line model.Line
}

// Why returns a box that explains l.
func Why(l model.Line) Overlay { return &whyBox{line: l} }

func (o *whyBox) Update(k tea.KeyPressMsg, s Scene) (Overlay, Want) {
	want, stays := o.update(k, func() Want { return Want{Copy: whyText(s, o.line), Say: "copied why"} })
	if !stays {
		return nil, want
	}
	return o, want
}

func (o *whyBox) View(s Scene, p panel.Props) string {
	box, offset := frame(p, panel.WhyBox(p, currentLine(s, o.line)), o.offset)
	o.offset = offset
	return box
}

// currentLine returns the newest of the line that l was.
func currentLine(s Scene, l model.Line) model.Line {
	if s.Seen == nil {
		return l
	}
	for _, g := range s.Seen.Gate.Lines {
		if g.Metric == l.Metric && g.Check == l.Check && g.Title == l.Title {
			return g
		}
	}
	if g, ok := s.Seen.Lines[l.Metric]; ok && l.Metric != "" {
		return g
	}
	return l
}

// whyText is a line, what would change it, and what a check printed last.
func whyText(s Scene, l model.Line) string {
	r, snap := s.Rollout()
	if r == nil {
		return LineText(l)
	}
	l = currentLine(s, l)
	text := LineText(l)
	if change := words.Change(r.Metric(l.Metric), &l); change != "" {
		text += "\nchanges: " + change
	}
	for _, g := range r.GuidesFor(&l) {
		text += "\n" + strings.Join(words.GuideText(&g), "\n")
	}
	if c, ok := snap.State.Checks[l.Check]; ok && c.Output != "" {
		text += "\n" + c.Output
	}
	return text
}

// LineText is a line of the gate, to paste.
func LineText(l model.Line) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", l.Title, l.State)
	if l.HasValue {
		fmt.Fprintf(&b, ", value %s", model.FormatValue(l.Unit, float64(l.Value)))
	}
	if l.Target != "" {
		fmt.Fprintf(&b, ", target %s", l.Target)
	}
	if !l.SampleAt.IsZero() {
		fmt.Fprintf(&b, ", sample of %s", l.SampleAt.UTC().Format("2006-01-02 15:04:05Z"))
	}
	if l.Reason != "" {
		fmt.Fprintf(&b, "\n%s", l.Reason)
	}
	return b.String()
}
