package overlay

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/viewport"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// The least size of a screen and width of a box that has a border.
const (
	borderH = 8
	borderW = 12
)

// frame draws b at its natural size, at most p.Size, with its body scrolled by
// offset lines; at 0 the line is seen that b keeps. It returns the offset that
// is possible, too.
func frame(p panel.Props, b panel.Box, offset int) (string, int) {
	t := themeOf(p)
	outer := boxWidth(p, b)
	if p.Docked {
		outer = p.Size.W
	}
	sides, line := t.Box(), t.Edge()
	if b.Urgent {
		sides, line = sides.BorderForeground(t.Lip(theme.NoGo).GetForeground()), t.Lip(theme.NoGo)
	}
	bordered := p.Size.H >= borderH && outer >= borderW
	room, w := max(p.Size.H, 0), outer
	if bordered {
		room, w = room-2, outer-4
	}
	if len(b.Side) > 0 {
		w -= panel.SideW
	}
	foot := min(len(b.Foot), room)
	head := min(len(b.Head), room-foot)
	body := min(len(b.Body), room-foot-head)

	view := viewport.New(viewport.WithWidth(w), viewport.WithHeight(body))
	view.SetContentLines(cut(b.Body, w))
	if offset == 0 && b.Keep >= body {
		offset = b.Keep - body + 1
	}
	view.SetYOffset(offset)
	parts := cut(b.Head[:head], w)
	if body > 0 {
		// It wraps what it measures otherwise than the rest: one line must stay one.
		parts = append(parts, strings.Split(view.View(), "\n")[:body]...)
	}
	parts = append(parts, cut(b.Foot[len(b.Foot)-foot:], w)...)
	parts = beside(b.Side, parts)
	if len(b.Side) > 0 {
		w += panel.SideW
	}
	text := lipgloss.PlaceHorizontal(w, lipgloss.Left, lipgloss.JoinVertical(lipgloss.Left, parts...))
	if !bordered {
		return text, view.YOffset()
	}
	note := ""
	if body > 0 && body < len(b.Body) {
		note = fmt.Sprintf(" %d–%d of %d lines ", view.YOffset()+1, view.YOffset()+body, len(b.Body))
		note = t.Lip(theme.Dim).Render(ansi.Truncate(note, outer-4, "…"))
	}
	title := ""
	if b.Title != "" {
		title = " " + ansi.Truncate(b.Title, outer-4, "…") + " "
	}
	round := lipgloss.RoundedBorder()
	return lipgloss.JoinVertical(lipgloss.Left,
		edge(line, outer, round.TopLeft, title, round.Top, round.TopRight),
		sides.Render(text),
		edge(line, outer, round.BottomLeft+strings.Repeat(round.Bottom, min(len(note), 1)), note, round.Bottom, round.BottomRight),
	), view.YOffset()
}

// beside puts side at the left of lines, from the second one on.
func beside(side, lines []string) []string {
	if len(side) == 0 {
		return lines
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		left := strings.Repeat(" ", panel.SideW)
		if at := i - 1; at >= 0 && at < len(side) {
			left = side[at]
		}
		out[i] = left + line
	}
	return out
}

// themeOf returns the theme of p, or one without any style.
func themeOf(p panel.Props) *theme.Theme {
	if p.Theme == nil {
		return theme.New(true, colorprofile.NoTTY)
	}
	return p.Theme
}

// boxWidth returns how wide b is with its border.
func boxWidth(p panel.Props, b panel.Box) int {
	w := max(lipgloss.Width(b.Title)+1, b.MinW)
	for _, part := range [][]string{b.Head, b.Body, b.Foot} {
		for _, line := range part {
			w = max(w, lipgloss.Width(line))
		}
	}
	return max(min(w+4, p.Size.W, panel.BoxMaxW), 0)
}

// edge draws the upper or the lower line of a border with a text in it.
func edge(style lipgloss.Style, w int, left, text, line, right string) string {
	fill := max(w-lipgloss.Width(left)-lipgloss.Width(text)-lipgloss.Width(right), 0)
	return style.Render(left) + text + style.Render(strings.Repeat(line, fill)+right)
}

// cut returns the lines, each ended with … where it takes more than w cells.
func cut(lines []string, w int) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = ansi.Truncate(line, w, "…")
	}
	return out
}
