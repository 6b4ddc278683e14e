package panel

import "gonogo/ui/theme"

// pixel is how large a dot of a block letter is, in cells; the zero pixel is one cell wide and half a cell high.
type pixel struct{ w, h int }

// rows is how many lines a block letter takes.
func (d pixel) rows() int {
	if d.h == 0 {
		return 3
	}
	return glyphH * d.h
}

// dots draws rows of block letters in dots of whole cells, from (x, y) on.
func (c *canvas) dots(x, y int, d pixel, style theme.Style, rows []string) {
	for dy, row := range rows {
		for dx := range row {
			if row[dx] != '#' {
				continue
			}
			for k := range d.h {
				c.fill(x+dx*d.w, y+dy*d.h+k, d.w, style, '█')
			}
		}
	}
}

// largest returns the largest pixel with which each of texts fits into w × h cells, where it can be written in block letters at all.
func largest(w, h int, texts ...string) pixel {
	n := 0
	for _, text := range texts {
		n = max(n, blockWidth(text))
	}
	for s := 8; s > 0; s-- {
		if glyphH*s <= h && n*2*s <= w {
			return pixel{2 * s, s}
		}
	}
	if glyphH <= h && n <= w {
		return pixel{1, 1}
	}
	return pixel{}
}

// number draws text in dots from (x, y) on, or plainly where that does not fit into w cells, and returns its width.
func (c *canvas) number(x, y, w int, d pixel, style theme.Style, text string) int {
	n := blockWidth(text)
	switch {
	case n == 0 || n*max(d.w, 1) > w || c.theme.ASCII():
		return c.text(x, y+d.rows()/2, w, style, text)
	case d.h == 0:
		c.block(x, y, 0, style, text)
	default:
		c.dots(x, y, d, style, blockRows(text))
	}
	return n * max(d.w, 1)
}
