package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// picture draws the places of parts, a cell of it for each sx × sy cells of the screen.
func picture(w, h, sx, sy int, places map[string]Rect) string {
	letters := map[string]byte{Header: 'h', Phases: 'p', Charts: 'C', Gate: 'g', Checklist: 'k', Flags: 'f', Log: 'l', Dock: 'D', Footer: '_'}
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

// some is a rollout of a usual size on a screen of w × h cells.
func some(w, h int) Need {
	return Need{W: w, H: h, Charts: 6, Gate: 7, Checks: 4, Flags: 3, Log: 40}
}

func TestArrange(t *testing.T) {
	zoomed := some(80, 24)
	zoomed.Focused, zoomed.Zoomed = Log, true
	docked := some(120, 40)
	docked.Dock = 12
	tests := []struct {
		name   string
		need   Need
		sx, sy int
		want   string
	}{
		{name: "80x24", need: some(80, 24), sx: 8, sy: 1, want: `
hhhhhhhhhh
hhhhhhhhhh
pppppppppp
pppppppppp
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
gggggggkkk
gggggggkkk
gggggggkkk
gggggggkkk
gggggggkkk
gggggggkkk
gggggggkkk
gggggggkkk
ffffflllll
ffffflllll
ffffflllll
ffffflllll
__________
`},
		{name: "120x40: more chart", need: some(120, 40), sx: 12, sy: 2, want: `
hhhhhhhhhh
hhhhhhhhhh
pppppppppp
..........
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
gggggggkkk
gggggggkkk
gggggggkkk
gggggggkkk
..........
ffffflllll
ffffflllll
ffffflllll
`},
		{name: "a plan is docked, and covers nothing", need: docked, sx: 12, sy: 2, want: `
hhhhhhhhhh
hhhhhhhhhh
pppppppppp
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
CCCCCCCCCC
gggggggkkk
gggggggkkk
gggggggkkk
gggggggkkk
ffffflllll
ffffflllll
ffffflllll
DDDDDDDDDD
DDDDDDDDDD
DDDDDDDDDD
DDDDDDDDDD
DDDDDDDDDD
DDDDDDDDDD
`},
		{name: "79x50: a column", need: some(79, 50), sx: 79, sy: 2, want: `
h
h
h
.
p
g
g
g
g
.
C
C
C
C
C
C
.
f
f
k
k
k
l
l
l
`},
		{name: "zoomed", need: zoomed, sx: 20, sy: 8, want: `
hhhh
llll
llll
`},
		{name: "too small", need: some(20, 5), sx: 10, sy: 5, want: "\n..\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := picture(tt.need.W, tt.need.H, tt.sx, tt.sy, Arrange(tt.need))
			if want := strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// TestArrangeNeverOverlaps tries all sizes: parts lie within the screen and apart, and the
// header and the footer are there wherever there are parts.
func TestArrangeNeverOverlaps(t *testing.T) {
	for w := 1; w <= 260; w += 3 {
		for h := 1; h <= 130; h++ {
			for _, n := range []Need{{}, some(0, 0), {Charts: 30, Gate: 33, Checks: 12, Flags: 9, Log: 200, Dock: 20}, {Charts: 1, Gate: 1, Log: 1, Dock: 9}} {
				n.W, n.H = w, h
				places := Arrange(n)
				seen := make([]bool, w*h)
				for name, r := range places {
					if r.X < 0 || r.Y < 0 || r.W < 1 || r.H < 1 || r.X+r.W > w || r.Y+r.H > h {
						t.Fatalf("%d×%d: %s is outside: %+v", w, h, name, r)
					}
					for i := range r.W * r.H {
						at := (r.Y+i/r.W)*w + r.X + i%r.W
						if seen[at] {
							t.Fatalf("%d×%d: %s lies over another part: %+v", w, h, name, places)
						}
						seen[at] = true
					}
				}
				if _, ok := places[Header]; len(places) > 0 && !ok || places[Footer].H != 1 && len(places) > 0 {
					t.Fatalf("%d×%d: no header or footer: %+v", w, h, places)
				}
			}
		}
	}
}

// TestEveryGateLineHasARow from the size on at which all panels fit.
func TestEveryGateLineHasARow(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {100, 30}, {120, 40}, {79, 50}, {60, 60}, {200, 50}, {60, 100}} {
		if r := Arrange(some(size[0], size[1]))[Gate]; r.H < 8 {
			t.Errorf("%d×%d: the gate has %d rows for its heading and 7 lines", size[0], size[1], r.H)
		}
	}
}

func TestLargerScreensGetMoreChart(t *testing.T) {
	share := func(w, h int) float64 {
		r := Arrange(some(w, h))[Charts]
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
	places := Arrange(Need{W: 80, H: 24, Charts: 3, Gate: 4, Flags: 3, Log: 9})
	fmt.Println(places[Header], places[Charts])
	// Output: {0 0 80 2} {0 4 80 10}
}
