package layout

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// piece is one part on its place, and what of its text is still to come.
type piece struct {
	Rect
	rest string
}

// line returns the piece's next line.
func (p *piece) line() string {
	line, rest, _ := strings.Cut(p.rest, "\n")
	p.rest = rest
	return line
}

// Join puts the parts on their places and returns the whole screen: h lines of
// w cells. Each part must have exactly the lines and cells of its place; cells that
// no part covers are blank. Parts without a place, and places without a part, are left out.
func Join(w, h int, places map[string]Rect, parts map[string]string) string {
	pieces := make([]piece, 0, len(places))
	size := 0
	for name, r := range places {
		if text, ok := parts[name]; ok && r.W > 0 && r.H > 0 {
			pieces = append(pieces, piece{r, text})
			size += len(text)
		}
	}
	slices.SortFunc(pieces, func(a, b piece) int { return a.X - b.X })
	var b strings.Builder
	b.Grow(size + w + h)
	for y := range h {
		if y > 0 {
			b.WriteByte('\n')
		}
		x := 0
		for i := range pieces {
			p := &pieces[i]
			if y < p.Y || y >= p.Y+p.H {
				continue
			}
			blanks(&b, p.X-x)
			b.WriteString(p.line())
			x = p.X + p.W
		}
		blanks(&b, w-x)
	}
	return b.String()
}

// Overlay returns the screen of w × h cells with box in its middle. Lines and
// cells of the box that do not fit are cut off.
func Overlay(screen, box string, w, h int) string {
	over := strings.Split(box, "\n")
	boxW := 0
	for _, line := range over {
		boxW = max(boxW, ansi.StringWidth(line))
	}
	boxW = min(boxW, w)
	top, left := max(0, (h-len(over))/2), (w-boxW)/2
	lines := strings.Split(screen, "\n")
	for i, line := range over {
		y := top + i
		if y >= len(lines) || y >= h {
			break
		}
		line = ansi.Truncate(line, boxW, "")
		pad := strings.Repeat(" ", boxW-ansi.StringWidth(line))
		before := ansi.Truncate(lines[y], left, "")
		before += strings.Repeat(" ", left-ansi.StringWidth(before))
		after := rightOf(lines[y], left+boxW, w)
		lines[y] = before + ansi.ResetStyle + line + pad + ansi.ResetStyle + after
	}
	return strings.Join(lines, "\n")
}

// rightOf returns line, of w cells, from cell x on; a wide character that this
// cuts in two is left out.
func rightOf(line string, x, w int) string {
	room := w - x
	for cut := x; cut <= w; cut++ {
		after := ansi.TruncateLeft(line, cut, "")
		if n := ansi.StringWidth(after); n <= room {
			return strings.Repeat(" ", room-n) + after
		}
	}
	return strings.Repeat(" ", max(room, 0))
}

func blanks(b *strings.Builder, n int) {
	for range n {
		b.WriteByte(' ')
	}
}
