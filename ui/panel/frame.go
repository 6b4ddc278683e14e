package panel

import "gonogo/ui/theme"

// rect is a part of a canvas.
type rect struct{ x, y, w, h int }

// inner returns what is within the frame of r.
func (r rect) inner() rect {
	return rect{r.x + 1, r.y + 1, max(r.w-2, 0), max(r.h-2, 0)}
}

// span is a piece of text in one style.
type span struct {
	style theme.Style
	text  string
}

// spans draws them one after the other within width cells and returns the
// number of cells drawn.
func (c *canvas) spans(x, y, width int, parts ...span) int {
	n := 0
	for _, part := range parts {
		n += c.text(x+n, y, width-n, part.style, part.text)
	}
	return n
}

// width returns how many cells the spans take.
func width(parts []span) int {
	n := 0
	for _, part := range parts {
		n += cells(part.text)
	}
	return n
}

// frame draws a border around r with title at its upper left and note at its
// lower right, each with a blank on either side. A rectangle too small for a border has none.
func (c *canvas) frame(r rect, focused bool, title, note []span) {
	if r.w < 2 || r.h < 2 {
		return
	}
	style := theme.Frame
	if focused {
		style = theme.FrameFocus
	}
	c.fill(r.x+1, r.y, r.w-2, style, '─')
	c.fill(r.x+1, r.y+r.h-1, r.w-2, style, '─')
	for y := r.y + 1; y < r.y+r.h-1; y++ {
		c.set(r.x, y, style, '│')
		c.set(r.x+r.w-1, y, style, '│')
	}
	c.set(r.x, r.y, style, '╭')
	c.set(r.x+r.w-1, r.y, style, '╮')
	c.set(r.x, r.y+r.h-1, style, '╰')
	c.set(r.x+r.w-1, r.y+r.h-1, style, '╯')
	c.label(r.x+1, r.y, min(width(title), r.w-4), title)
	n := min(width(note), r.w-4)
	c.label(r.x+r.w-3-n, r.y+r.h-1, n, note)
}

// recolour gives the border of r another style, but for what is written into it.
func (c *canvas) recolour(r rect, style theme.Style) {
	for y := r.y; y < r.y+r.h; y++ {
		for x := r.x; x < r.x+r.w; x++ {
			edge := y == r.y || y == r.y+r.h-1 || x == r.x || x == r.x+r.w-1
			if at := y*c.w + x; edge && x >= 0 && y >= 0 && x < c.w && y < c.h && c.cells[at].style == theme.Frame {
				c.cells[at].style = style
			}
		}
	}
}

// label draws parts into a border, n cells and a blank on either side.
func (c *canvas) label(x, y, n int, parts []span) {
	if n <= 0 {
		return
	}
	c.set(x, y, theme.Normal, ' ')
	c.set(x+1+c.spans(x+1, y, n, parts...), y, theme.Normal, ' ')
}
