package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// picture draws the places of parts, a cell of it for each sx × sy cells of the screen.
func picture(w, h, sx, sy int, places map[string]Rect) string {
	letters := map[string]byte{Header: 'h', Phases: 'p', Charts: 'C', Gate: 'g', Checklist: 'k', Flags: 'f', Log: 'l', Footer: '_'}
	var b strings.Builder
	for y := 0; y < h; y += sy {
		for x := 0; x < w; x += sx {
			c := byte('.')
			for name, r := range places {
				if x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H {
					c = letters[name]
				}
			}
			b.WriteByte(c)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestArrange(t *testing.T) {
	tests := []struct {
		name    string
		w, h    int
		charts  int
		focused string
		zoomed  bool
		sx, sy  int
		want    string
	}{
		{name: "80x24", w: 80, h: 24, charts: 3, sx: 4, sy: 1, want: `
hhhhhhhhhhhhhhhhhhhh
pppppppppppppppppppp
pppppppppppppppppppp
pppppppppppppppppppp
pppppppppppppppppppp
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ffffffffffllllllllll
ffffffffffllllllllll
ffffffffffllllllllll
ffffffffffllllllllll
ffffffffffllllllllll
____________________
`},
		{name: "120x40: more chart", w: 120, h: 40, charts: 3, sx: 6, sy: 2, want: `
hhhhhhhhhhhhhhhhhhhh
pppppppppppppppppppp
pppppppppppppppppppp
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ggggggggggggkkkkkkkk
ffffffffffllllllllll
ffffffffffllllllllll
ffffffffffllllllllll
`},
		{name: "200x50: lists side by side", w: 200, h: 50, charts: 30, sx: 10, sy: 5, want: `
hhhhhhhhhhhhhhhhhhhh
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
CCCCCCCCCCCCCCCCCCCC
gggggggkkkffffflllll
gggggggkkkffffflllll
`},
		{name: "zoomed", w: 80, h: 24, charts: 3, focused: Log, zoomed: true, sx: 20, sy: 8, want: `
hhhh
llll
llll
`},
		{name: "no charts", w: 80, h: 24, sx: 20, sy: 3, want: `
hhhh
pppp
gggk
gggk
gggk
gggk
ffll
ffll
`},
		{name: "too small", w: 79, h: 24, charts: 3, sx: 40, sy: 12, want: "\n..\n..\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := picture(tt.w, tt.h, tt.sx, tt.sy, Arrange(tt.w, tt.h, tt.charts, tt.focused, tt.zoomed))
			if want := strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// TestArrangeTiles sees that parts cover the screen without overlapping, and
// that all are large enough to be of use.
func TestArrangeTiles(t *testing.T) {
	for _, w := range []int{80, 81, 99, 120, 169, 170, 200, 333, 400} {
		for _, h := range []int{24, 25, 30, 40, 50, 77, 120} {
			for _, charts := range []int{0, 1, 30} {
				area := 0
				for name, r := range Arrange(w, h, charts, "", false) {
					area += r.W * r.H
					if r.X < 0 || r.Y < 0 || r.X+r.W > w || r.Y+r.H > h {
						t.Fatalf("%d×%d: %s is outside: %+v", w, h, name, r)
					}
					if r.H < 3 && name != Header && name != Footer {
						t.Errorf("%d×%d: %s has only %d lines", w, h, name, r.H)
					}
				}
				if area != w*h {
					t.Errorf("%d×%d, %d charts: parts cover %d cells of %d", w, h, charts, area, w*h)
				}
				if p := picture(w, h, 1, 1, Arrange(w, h, charts, "", false)); strings.Contains(p, ".") {
					t.Errorf("%d×%d, %d charts: parts leave a hole", w, h, charts)
				}
			}
		}
	}
}

func TestLargerScreensGetMoreChart(t *testing.T) {
	share := func(w, h int) float64 {
		r := Arrange(w, h, 6, "", false)[Charts]
		return float64(r.W*r.H) / float64(w*h)
	}
	if a, b, c := share(80, 24), share(120, 40), share(200, 50); a >= b || b >= c {
		t.Errorf("charts have %.2f, %.2f, %.2f of the screen: want more on a larger one", a, b, c)
	}
}

func TestJoin(t *testing.T) {
	places := map[string]Rect{"a": {0, 0, 2, 1}, "b": {3, 0, 2, 2}, "c": {0, 2, 5, 1}, "gone": {0, 0, 0, 0}}
	got := Join(5, 4, places, map[string]string{"a": "aa", "b": "b1\nb2", "c": "\x1b[1mccccc\x1b[m", "stray": "x", "gone": ""})
	want := "aa b1\n   b2\n\x1b[1mccccc\x1b[m\n     "
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestOverlay(t *testing.T) {
	tests := []struct {
		name, screen, box string
		w, h              int
		want              string
	}{
		{"middle", "aaaaa\nbbbbb\nccccc", "X", 5, 3, "aaaaa\nbbXbb\nccccc"},
		{"uneven box is filled up", "aaaaa\nbbbbb\nccccc", "XYZ\nX", 5, 3, "aXYZa\nbX  b\nccccc"},
		{"larger than the screen", "aa\nbb", "XXXX\nYYYY\nZZZZ", 2, 2, "XX\nYY"},
		{"cuts a wide character", "漢字漢字", "XX", 8, 1, "漢 XX 字"},
		{"styles end before the box", "\x1b[31maaaaa\x1b[m", "X", 5, 1, "aaXaa"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Overlay(tt.screen, tt.box, tt.w, tt.h)
			if ansi.Strip(got) != tt.want {
				t.Errorf("got\n%q\nwant\n%q", ansi.Strip(got), tt.want)
			}
			for i, line := range strings.Split(got, "\n") {
				if n := ansi.StringWidth(line); n != tt.w {
					t.Errorf("line %d has %d cells, want %d", i, n, tt.w)
				}
			}
		})
	}
}

func ExampleArrange() {
	places := Arrange(80, 24, 3, "", false)
	fmt.Println(places[Header], places[Charts])
	// Output: {0 0 80 1} {0 5 80 6}
}
