package examples

import (
	"fmt"
	"html"
	"image/color"
	"strings"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// A cell of a picture, in units of SVG.
const (
	cellW, cellH = 8, 17
	baseline     = 13 // of a text, below the top of its cell
	fontSize     = 13
)

// paper is what a picture is drawn on.
type paper struct{ ground, ink string }

var papers = map[bool]paper{true: {"#101418", "#d0d4d8"}, false: {"#ffffff", "#24292f"}}

// svg draws a terminal's screen, on dark or light paper. Charts, lines and blocks are drawn as shapes, since fonts
// disagree on how wide and high they are; each letter of a text has its place, for the same reason.
func svg(emu *vt.Emulator, dark bool) string {
	w, h := emu.Width(), emu.Height()
	on := papers[dark]
	var grounds, shapes, texts strings.Builder
	paths := map[string]*strings.Builder{} // of shapes, by colour
	var order []string
	for y := range h {
		under(&grounds, emu, on, y)
		for x := 0; x < w; {
			c := emu.CellAt(x, y)
			if c == nil || c.Width == 0 {
				x++
				continue
			}
			fg, _ := on.colours(&c.Style)
			if d := shape(c.Content, x*cellW, y*cellH); d != "" {
				if paths[fg] == nil {
					paths[fg], order = &strings.Builder{}, append(order, fg)
				}
				paths[fg].WriteString(d)
				x += c.Width
				continue
			}
			x = text(&texts, emu, on, x, y)
		}
	}
	for _, fg := range order {
		fmt.Fprintf(&shapes, "<path fill=\"%s\" d=\"%s\"/>\n", fg, paths[fg])
	}
	const edge = 12
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="%d %d %[1]d %[2]d">
<rect x="%[3]d" y="%[4]d" width="%[1]d" height="%[2]d" rx="6" fill="%[5]s"/>
%[6]s
%[7]s<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="%[8]d" xml:space="preserve">
%[9]s</g>
</svg>
`, w*cellW+2*edge, h*cellH+2*edge, -edge, -edge, on.ground, grounds.String(), shapes.String(), fontSize, texts.String())
}

// under draws what is behind the letters of a row, where it is not the paper.
func under(out *strings.Builder, emu *vt.Emulator, on paper, y int) {
	from, was := 0, on.ground
	for x := 0; x <= emu.Width(); x++ {
		bg := on.ground
		if c := emu.CellAt(x, y); x < emu.Width() && c != nil {
			if bg = was; c.Width > 0 {
				_, bg = on.colours(&c.Style)
			}
		}
		if bg == was {
			continue
		}
		if was != on.ground {
			fmt.Fprintf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", from*cellW, y*cellH, (x-from)*cellW, cellH, was)
		}
		from, was = x, bg
	}
}

// text draws the letters from (x, y) on that look alike, and returns where they end.
func text(out *strings.Builder, emu *vt.Emulator, on paper, x, y int) int {
	first := emu.CellAt(x, y).Style
	fg, _ := on.colours(&first)
	var letters, places []string
	for ; x < emu.Width(); x++ {
		c := emu.CellAt(x, y)
		if c == nil || c.Width == 0 {
			continue
		}
		if !c.Style.Equal(&first) || shape(c.Content, 0, 0) != "" {
			break
		}
		if c.Content == " " || c.Content == "" {
			continue
		}
		letters, places = append(letters, c.Content), append(places, fmt.Sprint(x*cellW))
	}
	if len(letters) == 0 {
		return x
	}
	weight := ""
	if first.Attrs&uv.AttrBold != 0 {
		weight = ` font-weight="bold"`
	}
	fmt.Fprintf(out, "<text y=\"%d\" x=\"%s\" fill=\"%s\"%s>%s</text>\n", y*cellH+baseline, strings.Join(places, " "), fg, weight, html.EscapeString(strings.Join(letters, "")))
	return x
}

// colours returns a style's colours as SVG writes them.
func (on paper) colours(s *uv.Style) (fg, bg string) {
	hex := func(c color.Color, otherwise string) string {
		if c == nil {
			return otherwise
		}
		r, g, b, _ := c.RGBA()
		return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	}
	fg, bg = hex(s.Fg, on.ink), hex(s.Bg, on.ground)
	if s.Attrs&uv.AttrReverse != 0 {
		return bg, fg
	}
	return fg, bg
}

// shape returns the path of a character that is drawn, with its cell at (x, y); "" for a letter.
func shape(content string, x, y int) string {
	r, size := utf8.DecodeRuneInString(content)
	if size != len(content) {
		return ""
	}
	box := func(left, top, w, h float64) string {
		return fmt.Sprintf("M%g %gh%gv%gh%gz", float64(x)+left, float64(y)+top, w, h, -w)
	}
	switch {
	case r > 0x2800 && r <= 0x28ff:
		return dots(byte(r), box)
	case r >= 0x2580 && r <= 0x259f:
		return block(r, box)
	case lines[r] != "":
		return line(lines[r], box)
	case r == '┈' || r == '╌' || r == '┄':
		n := map[rune]float64{'┈': 4, '┄': 3, '╌': 2}[r]
		out := ""
		for i := range int(n) {
			out += box(cellW*(float64(i)+0.2)/n, cellH/2, cellW*0.6/n, 1)
		}
		return out
	}
	return ""
}

// dots draws a braille character: its bits are the dots from the top, left and then right, with the lowest row last.
func dots(bits byte, box func(left, top, w, h float64) string) (out string) {
	places := [8][2]float64{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}
	for i, p := range places {
		if bits>>i&1 == 1 {
			out += box(p[0]*cellW/2+0.8, p[1]*cellH/4+0.8, cellW/2-1.4, cellH/4.0-1.4)
		}
	}
	return out
}

// block draws the blocks of large letters: full, and halves and quarters of it.
func block(r rune, box func(left, top, w, h float64) string) string {
	const w, h = cellW, cellH
	switch r {
	case '█':
		return box(0, 0, w, h)
	case '▀':
		return box(0, 0, w, h/2.0)
	case '▄':
		return box(0, h/2.0, w, h/2.0)
	case '▌':
		return box(0, 0, w/2, h)
	case '▐':
		return box(w/2, 0, w/2, h)
	}
	return ""
}

// lines are the characters of frames, by the sides that they lead to; capitals are bold.
var lines = map[rune]string{
	'─': "lr", '━': "LR", '│': "ud", '╭': "dr", '╮': "dl", '╰': "ur", '╯': "ul", '┌': "dr", '┐': "dl", '└': "ur", '┘': "ul",
	'├': "udr", '┤': "udl", '┬': "lrd", '┴': "lru", '┼': "lrud", '╸': "L",
}

func line(sides string, box func(left, top, w, h float64) string) (out string) {
	const mx, my = cellW / 2, cellH / 2
	for _, s := range sides {
		switch s {
		case 'l':
			out += box(0, my, mx+1, 1)
		case 'r':
			out += box(mx, my, mx, 1)
		case 'L':
			out += box(0, my-1, mx+1, 2.4)
		case 'R':
			out += box(mx, my-1, mx, 2.4)
		case 'u':
			out += box(mx, 0, 1, my+1)
		case 'd':
			out += box(mx, my, 1, cellH-my)
		}
	}
	return out
}
