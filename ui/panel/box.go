package panel

import (
	"strings"

	"gonogo/ui/theme"
)

const boxMaxW = 96

// box is a window over the screen: a title, a head that always shows, a body
// that scrolls, and a foot that always shows.
type box struct {
	title            []span
	head, body, foot [][]span
	keep             int // the body's line that must be seen; -1: none
	minW             int
}

// render draws the box at its natural size, at most p.Size. Offset scrolls the body.
func (b *box) render(p Props) string {
	w := max(width(b.title)+1, b.minW)
	for _, part := range [][][]span{b.head, b.body, b.foot} {
		for _, line := range part {
			w = max(w, width(line))
		}
	}
	w = max(min(w+4, p.Size.W, boxMaxW), 0)
	framed := p.Size.H >= 8 && w >= 12
	border := 0
	if framed {
		border = 2
	}
	room := max(p.Size.H, 0) - border
	foot := min(len(b.foot), room)
	head := min(len(b.head), room-foot)
	body := min(len(b.body), room-foot-head)
	c := newCanvas(Size{w, foot + head + body + border}, p.Theme)
	in := rect{0, 0, c.w, c.h}
	if framed {
		c.frame(in, true, b.title, nil)
		in = rect{2, 1, w - 4, c.h - 2}
	}
	y := in.y
	put := func(lines [][]span) {
		for _, line := range lines {
			c.spans(in.x, y, in.w, line...)
			y++
		}
	}
	put(b.head[:head])
	view := Props{Offset: p.Offset, Cursor: b.keep, Focused: b.keep >= 0 && p.Offset == 0}
	from, to := view.window(len(b.body), body)
	put(b.body[from:to])
	put(b.foot[len(b.foot)-foot:])
	if framed && to > from && to-from < len(b.body) {
		c.spans(2, c.h-1, w-4, span{theme.Dim, " " + rangeText(from, to, len(b.body)) + " lines "})
	}
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
