package panel

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/theme"
)

// cell is one cell of the screen. A character of two cells is in the first of
// them, and the second is 0. A character of several runes is in canvas.clusters[ext-1].
type cell struct {
	r     rune
	ext   uint16
	style theme.Style
}

// canvas is a drawing surface of fixed size. Whatever is drawn outside it is
// cut off, so that nothing drawn on it can overflow.
type canvas struct {
	w, h     int
	cells    []cell
	clusters []string
	wide     bool // there is a character of two cells somewhere
	theme    *theme.Theme
}

// newCanvas returns a blank canvas; a negative size counts as 0.
func newCanvas(size Size, t *theme.Theme) *canvas {
	c := &canvas{w: max(size.W, 0), h: max(size.H, 0), theme: t}
	if t == nil {
		c.theme = &theme.Theme{}
	}
	c.cells = make([]cell, c.w*c.h)
	for i := range c.cells {
		c.cells[i].r = ' '
	}
	return c
}

// set draws one rune of one cell.
func (c *canvas) set(x, y int, style theme.Style, r rune) {
	if x < 0 || y < 0 || x >= c.w || y >= c.h {
		return
	}
	if c.wide {
		c.clear(x, y)
	}
	c.cells[y*c.w+x] = cell{r: r, style: style}
}

// clear blanks what (x, y) belongs to, both halves of a wide character.
func (c *canvas) clear(x, y int) {
	at := y*c.w + x
	if c.cells[at].r == 0 && x > 0 {
		c.cells[at-1] = cell{r: ' ', style: c.cells[at-1].style}
	}
	if x+1 < c.w && c.cells[at+1].r == 0 {
		c.cells[at+1] = cell{r: ' ', style: c.cells[at+1].style}
	}
}

// text draws s from (x, y) on within at most width cells, and ends it with …
// where it does not fit. It returns the number of cells drawn.
func (c *canvas) text(x, y, width int, style theme.Style, s string) int {
	width = min(width, c.w-x)
	if width <= 0 || y < 0 || y >= c.h || x < 0 || s == "" {
		return 0
	}
	if isASCII(s) {
		n := min(len(s), width)
		for i := range n {
			c.set(x+i, y, style, rune(s[i]))
		}
		if len(s) > width {
			c.set(x+width-1, y, style, '…')
		}
		return n
	}
	s = model.Inert(s)
	cut := cells(s) > width
	end := width
	if cut {
		end--
	}
	n := 0
	for len(s) > 0 {
		cluster, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		s = s[len(cluster):]
		if w == 0 || w > 2 || !standsAlone(cluster, w) {
			cluster, w = "⍰", max(w, 1)
		}
		if n+w > end {
			break
		}
		c.cluster(x+n, y, style, cluster, w)
		n += w
	}
	if cut {
		c.set(x+n, y, style, '…')
		n++
	}
	return n
}

// cluster draws one character of w cells that is known to fit.
func (c *canvas) cluster(x, y int, style theme.Style, cluster string, w int) {
	r, size := utf8.DecodeRuneInString(cluster)
	var ext uint16
	if size < len(cluster) && len(c.clusters) < 1<<16-1 {
		c.clusters = append(c.clusters, cluster)
		ext = uint16(len(c.clusters))
	}
	for i := range w {
		c.set(x+i, y, style, ' ')
	}
	if w == 2 && cluster != "⍰" {
		c.wide = true
		c.cells[y*c.w+x+1] = cell{style: style}
	}
	c.cells[y*c.w+x] = cell{r: r, ext: ext, style: style}
}

// standsAlone reports whether a character takes its w cells whatever is drawn
// beside it: some would join their neighbours to one character of other width.
func standsAlone(cluster string, w int) bool {
	r, n := utf8.DecodeRuneInString(cluster)
	switch {
	case n < len(cluster):
	case r < 0x300, r >= 0x2010 && r < 0x2c00, r >= 0x3040 && r < 0xa000, r >= 0xac00 && r < 0xd7a4:
		return true
	case r >= 0x1f1e6 && r <= 0x1f1ff, r >= 0x1f3fb && r <= 0x1f3ff: // half a flag, a skin
		return false
	}
	return !unicode.IsMark(r) && ansi.StringWidth(" "+cluster+" ") == w+2
}

// right draws s so that it ends before cell x, within at most width cells, and
// returns the number of cells drawn.
func (c *canvas) right(x, y, width int, style theme.Style, s string) int {
	n := min(cells(s), width)
	return c.text(x-n, y, n, style, s)
}

// fill draws r from (x, y) on, n times.
func (c *canvas) fill(x, y, n int, style theme.Style, r rune) {
	for i := range n {
		c.set(x+i, y, style, r)
	}
}

// add adds attributes, such as theme.Reverse, to n cells from (x, y) on.
func (c *canvas) add(x, y, n int, attributes theme.Style) {
	if y < 0 || y >= c.h {
		return
	}
	for i := max(x, 0); i < min(x+n, c.w); i++ {
		c.cells[y*c.w+i].style |= attributes
	}
}

// String returns the canvas as h lines of w cells.
func (c *canvas) String() string {
	var b strings.Builder
	b.Grow(len(c.cells)*2 + c.h*96)
	for y := range c.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		on := theme.Normal
		for _, cl := range c.cells[y*c.w : (y+1)*c.w] {
			if cl.r == 0 {
				continue
			}
			if cl.style != on {
				b.WriteString(c.theme.On(cl.style))
				on = cl.style
			}
			switch {
			case cl.ext > 0:
				b.WriteString(c.clusters[cl.ext-1])
			case cl.r < utf8.RuneSelf:
				b.WriteByte(byte(cl.r))
			default:
				b.WriteRune(cl.r)
			}
		}
		if on != theme.Normal {
			b.WriteString(c.theme.Off())
		}
	}
	return b.String()
}

// cells returns how many cells s takes once it is inert.
func cells(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return ansi.StringWidth(model.Inert(s))
}

// isASCII reports whether s is printable ASCII only, a cell each.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
