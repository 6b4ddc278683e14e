package panel

import (
	"strings"

	"gonogo/model"
	"gonogo/ui/theme"
)

// drawRow draws one row into width cells from (x, y) on.
type drawRow func(c *canvas, x, y, width, row int)

// listInner is where the rows of a list are: below its heading.
func listInner(s Size) rect { return rect{0, 1, s.W, max(s.H-1, 0)} }

// heading draws a panel's first line: its title, marked where the panel has the focus, and a note at the right.
func (c *canvas) heading(focused bool, title, note []span) {
	end := c.w - 1
	if n := width(note); n > 0 && n+2 < c.w/2 {
		end -= c.rightSpans(1, end, 0, note) + 1
	}
	c.spans(1, 0, end-1, title...)
	if focused && len(title) > 0 {
		n := min(cells(strings.TrimRight(title[0].text, " ")), end-1)
		for i := 1; i < 1+n; i++ {
			if at := i; at < c.w && c.h > 0 {
				c.cells[at].style = theme.FrameFocus | theme.Underline
			}
		}
	}
}

// list draws a panel of n rows, a line each, of which the cursor is
// marked while the panel is focused. Empty is said where there are no rows.
func list(p Props, n int, title []span, empty string, draw drawRow) string {
	return listOver(p, n, title, empty, nil, draw)
}

// listOver is a list with texts below it, of which as many are shown as there is room for.
func listOver(p Props, n int, title []span, empty string, below func(width int) [][]span, draw drawRow) string {
	c := newCanvas(p.Size, p.Theme)
	in := listInner(p.Size)
	from, to := p.window(n, in.h)
	c.heading(p.Focused, title, more(n, from, to))
	if n == 0 {
		c.text(in.x+1, in.y, in.w-2, theme.Dim, emptyText(p, empty))
	}
	for row := from; row < to; row++ {
		y := in.y + row - from
		draw(c, in.x+1, y, in.w-2, row)
		if p.Focused && row == p.cursor(n) {
			c.selectRow(in, y)
		}
	}
	if below != nil {
		c.below(in, max(to-from, 1), below(in.w-2))
	}
	return c.String()
}

// below draws texts under used rows of in, a blank row apart; what does not fit ends with … .
func (c *canvas) below(in rect, used int, texts [][]span) {
	y, room := in.y+used+1, in.h-used-1
	for i := range min(len(texts), room) {
		if i == room-1 && i < len(texts)-1 {
			c.text(in.x+1, y+i, in.w-2, theme.Dim, "… i shows all")
			return
		}
		c.spans(in.x+1, y+i, in.w-2, texts[i]...)
	}
}

// selectRow marks line y of the inner rectangle as the one with the cursor.
func (c *canvas) selectRow(in rect, y int) {
	c.set(in.x, y, theme.Key, '▸')
	c.add(in.x+1, y, in.w-2, theme.Reverse)
}

func emptyText(p Props, empty string) string {
	switch {
	case !p.known():
		return "waiting for the engine"
	case p.Filter != "":
		return "no match for " + strings.TrimSpace(p.Filter)
	}
	return empty
}

// more says which of n rows are seen, where not all are.
func more(n, from, to int) []span {
	if to-from >= n || n == 0 {
		return nil
	}
	return []span{{theme.Dim, rangeText(from, to, n)}}
}

// rowInList returns the row of a list of n rows that is at (x, y), or -1.
func rowInList(p Props, n, x, y int) int {
	in := listInner(p.Size)
	from, to := p.window(n, in.h)
	row := from + y - in.y
	if x < in.x || x >= in.x+in.w || y < in.y || row >= to {
		return -1
	}
	return row
}

// plain returns the text of spans.
func plain(parts []span) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString(model.Inert(part.text))
	}
	return b.String()
}
