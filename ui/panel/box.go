package panel

import (
	"strings"

	"gonogo/ui/theme"
)

// BoxMaxW is how many cells wide a box is at most, its frame included.
const BoxMaxW = 96

// Box is what a window over the screen says: a head that always shows, a body
// that scrolls, and a foot that always shows. Its lines are styled and inert, none
// is wider than the screen, and whoever frames them cuts what does not fit.
type Box struct {
	Title            string
	Head, Body, Foot []string
	Keep             int      // the body's line that must be seen; -1: none
	MinW             int      // the least width of a line, in cells
	Urgent           bool     // its frame says so
	Side             []string // what stands at its left, SideW cells wide; none: nothing does
}

// SideW is how many cells wide what stands at the left of a box is.
const SideW = 22

// box is a Box while it is being written.
type box struct {
	title            []span
	head, body, foot [][]span
	keep             int
	minW             int
	urgent           bool
	side             []string
}

// rows returns what the box says, styled.
func (b *box) rows(p Props) Box {
	out := Box{Keep: b.keep, MinW: b.minW, Urgent: b.urgent, Side: b.side}
	out.Title = p.line(b.title)
	for _, part := range []struct {
		to   *[]string
		from [][]span
	}{{&out.Head, b.head}, {&out.Body, b.body}, {&out.Foot, b.foot}} {
		for _, line := range part.from {
			*part.to = append(*part.to, p.line(line))
		}
	}
	return out
}

// line draws spans as one line of their own width, at most that of the screen.
func (p Props) line(parts []span) string {
	c := newCanvas(Size{min(width(parts), p.Size.W), 1}, p.Theme)
	c.spans(0, 0, c.w, parts...)
	return c.String()
}

// lines is text in one style, wrapped to w cells.
func lines(w int, style theme.Style, text string) [][]span {
	var out [][]span
	for _, line := range wrap(text, w) {
		out = append(out, []span{{style, line}})
	}
	return out
}

// field is a name and a text beside it, wrapped to w cells.
func field(w int, name string, style theme.Style, text string) [][]span {
	const indent = 12
	if text == "" {
		return nil
	}
	var out [][]span
	for i, line := range wrap(text, max(w-indent, 8)) {
		left := strings.Repeat(" ", indent)
		if i == 0 {
			left = name + strings.Repeat(" ", max(indent-cells(name), 1))
		}
		out = append(out, []span{{theme.Dim, left}, {style, line}})
	}
	return out
}

// keyLine is a row of hints.
func keyLine(keys ...Hint) []span {
	var out []span
	for i, k := range keys {
		if i > 0 {
			out = append(out, span{theme.Dim, " · "})
		}
		if k.Key != "" {
			out = append(out, span{theme.Key, k.Key}, span{theme.Normal, " "})
		}
		out = append(out, span{theme.Normal, k.Text})
	}
	return out
}
