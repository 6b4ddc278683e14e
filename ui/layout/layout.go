// Package layout says where on the screen each panel goes, and puts rendered
// panels together. It is pure: sizes in, rectangles or text out. It knows
// panels by their names only, starts no goroutine and must import neither panels
// nor the model.
package layout

// Rect is a place on the screen, in cells from the upper left corner.
type Rect struct{ X, Y, W, H int }

// The least size at which all panels fit side by side; below it, and where a
// screen is higher than wide, they stand in one column.
const (
	MinW = 80
	MinH = 24
)

// The least size of the column; below it Arrange returns nothing, and the
// small view is shown instead.
const (
	ColumnW = 36
	ColumnH = 10
)

// The names of the screen's parts.
const (
	Header    = "header"
	Phases    = "phases"
	Charts    = "charts"
	Gate      = "gate"
	Checklist = "checklist"
	Flags     = "flags"
	Log       = "log"
	Dock      = "dock"
	Footer    = "footer"
)

const (
	wideW  = 170 // from here on the four lists stand side by side
	chartH = 5   // the least height of a chart that is more than a line
)

// Need is what the places of the parts depend on: the screen's size, and how
// many rows there are to show of each.
type Need struct {
	W, H                             int
	Charts, Gate, Checks, Flags, Log int
	Texts                            int // beside the checks, where there is room to spare
	Dock                             int // the rows that a plan would take; 0: none is docked at the bottom
	Beside                           int // the columns that a plan docked at the right takes; 0: none is
	Focused                          string
	Zoomed                           bool // Focused is the one panel shown
}

// Arrange returns where each part goes. What is not in the result is not
// shown; below ColumnW × ColumnH it is empty. The rectangles never overlap and lie within
// the screen. The gate's lines come first in the sharing of rows, a plan's dock before them;
// what is left over the charts have.
func Arrange(n Need) map[string]Rect {
	out := make(map[string]Rect, 9)
	if n.W < ColumnW || n.H < ColumnH {
		return out
	}
	switch {
	case n.Beside > 0:
		beside(out, n)
	case n.Zoomed && isPanel(n.Focused) && n.Dock == 0:
		head := 1
		switch {
		case n.W < MinW:
			head = 3
		case n.H >= MinH:
			head = 2
		}
		out[Header], out[Footer] = Rect{0, 0, n.W, head}, Rect{0, n.H - 1, n.W, 1}
		out[n.Focused] = Rect{0, head, n.W, n.H - head - 1}
	case n.W < MinW || n.H < MinH || 4*n.H > 3*n.W:
		column(out, n)
	default:
		broad(out, n)
	}
	return out
}

// DockW returns how many columns a plan takes at the right of a screen; 0 where it is docked at the bottom.
func DockW(w, h int) int {
	if w < wideW || h < 30 {
		return 0
	}
	return clamp(w*2/5, 68, 96)
}

// beside places a dock at the right, below the header and the phases, and all else at its left.
func beside(out map[string]Rect, n Need) {
	left := n
	left.W, left.Dock, left.Beside, left.Zoomed = n.W-n.Beside, 0, 0, false
	for name, r := range Arrange(left) {
		if name == Header || name == Phases || name == Footer {
			r.W = n.W
		}
		out[name] = r
	}
	top := out[Phases].Y + out[Phases].H
	out[Dock] = Rect{n.W - n.Beside, top, n.Beside, n.H - 1 - top}
}

func isPanel(name string) bool {
	switch name {
	case Phases, Charts, Gate, Checklist, Flags, Log:
		return true
	}
	return false
}

// stack gives rows from the top down.
type stack struct {
	out       map[string]Rect
	y, w, end int
}

func (s *stack) left() int { return s.end - s.y }

// put gives h rows to name, fewer where there are fewer, and none below least.
func (s *stack) put(name string, h, least int) {
	if h = min(h, s.left()); h >= max(least, 1) {
		s.out[name] = Rect{0, s.y, s.w, h}
		s.y += h
	}
}

// skip leaves rows blank, where there are some.
func (s *stack) skip(h int) { s.y += min(h, max(s.left(), 0)) }

// foot places the footer and, above it, the dock, and returns the stack of what is left.
func foot(out map[string]Rect, n Need) *stack {
	s := &stack{out, 0, n.W, n.H - 1}
	out[Footer] = Rect{0, n.H - 1, n.W, 1}
	if n.Dock > 0 {
		h := min(n.Dock, n.H/2)
		s.end -= h
		out[Dock] = Rect{0, s.end, n.W, h}
	}
	return s
}

// column puts the parts below each other: verdict, reason, what to do, gate
// lines, charts, flags, checklist, log, as many as fit.
func column(out map[string]Rect, n Need) {
	s := foot(out, n)
	gap, head, phases := 0, 3, 1
	if n.H >= 40 {
		gap = 1
	}
	if n.H >= MinH {
		phases = 2
	}
	switch {
	case n.W >= 100 && n.H >= 30:
	case n.W >= 56 && n.H >= 30:
		head = 5 + gap
	}
	s.put(Header, head, 1)
	s.skip(gap)
	s.put(Phases, phases, 1)
	s.skip(gap)
	s.put(Gate, 1+max(n.Gate, 1), 2)
	flags, checks, log := rows(n.Flags), rows(n.Checks), min(rows(n.Log), 5)
	if charts := s.left() - flags - checks - log - 4*gap; n.Charts > 0 {
		h := min(n.Charts, s.left()) // lines
		each := max(n.W/24, 1)
		if all := (n.Charts + each - 1) / each; charts >= chartH*min(n.Charts, 2) && charts >= chartH*all {
			h = min(charts, 12*n.Charts)
		} else if charts > h {
			h = min(charts, max(h, 1))
		}
		s.skip(gap)
		s.put(Charts, h, 1)
	}
	for _, part := range []struct {
		name string
		h    int
	}{{Flags, flags}, {Checklist, checks}} {
		if part.h > 0 && s.left() >= 2+gap {
			s.skip(gap)
			s.put(part.name, part.h, 2)
		}
	}
	if s.left() >= 2+gap && n.Log > 0 {
		s.skip(gap)
		s.put(Log, s.left(), 2)
	}
}

// rows is the height of a list with its heading.
func rows(n int) int {
	if n == 0 {
		return 0
	}
	return n + 1
}

// broad puts the lists side by side below the charts.
func broad(out map[string]Rect, n Need) {
	s := foot(out, n)
	head, gap := 2, 0
	if n.W >= 100 && n.H >= 30 {
		head = 3
	}
	if n.H >= 38 {
		gap = 1
	}
	wide := n.W >= wideW
	checks := n.Checks
	if n.Texts > 0 {
		checks += 1 + n.Texts
	}
	gate := 1 + max(n.Gate, 2)
	lower := 1 + clamp(max(n.Flags, min(n.Log, n.H/8)), 2, max(n.H/6, 4))
	least := 0
	if n.Charts > 0 {
		least = chartH
	}
	if wide {
		gate, lower = max(gate, min(max(lower, 1+checks), n.H/3)), 0
	}
	body := func() int { return s.left() - head - 2 - 4*gap }
	// Too little for all: blank lines go first, then lines of the log and the flags, of the
	// header, of the charts, and of the gate last.
	if body() < gate+lower+least {
		gap = 0
	}
	if short := gate + lower + least - body(); short > 0 && lower > 0 {
		lower = max(lower-short, 3)
	}
	if n.H < 40 && body() < gate+lower+least {
		head = 2
	}
	if short := gate + lower + least - body(); short > 0 && lower > 0 && n.Dock > 0 {
		lower = 0
	}
	if short := gate + lower + least - body(); short > 0 && least > 0 {
		least = max(least-short, 0)
	}
	gate = min(gate, body()-lower-least)
	if room := body() - lower - least - gate - 6; !wide && checks >= gate && room > 0 {
		gate += min(checks+1-gate, room)
	}
	charts := body() - gate - lower
	if n.Charts == 0 { // the lists have it all
		if lower > 0 {
			lower += charts / 2
			charts -= charts / 2
		}
		gate, charts = gate+charts, 0
	}
	s.put(Header, head, 1)
	s.skip(gap)
	s.put(Phases, 2, 1)
	s.skip(gap)
	s.put(Charts, charts, 1)
	s.skip(gap)
	first := Rect{0, s.y, n.W, gate}
	if wide {
		row(out, first, []string{Gate, Checklist, Flags, Log}, []int{34, 18, 24, 24})
		return
	}
	row(out, first, []string{Gate, Checklist}, []int{62, 38})
	s.y += gate
	if lower > 0 {
		s.skip(gap)
		row(out, Rect{0, s.y, n.W, s.end - s.y}, []string{Flags, Log}, []int{50, 50})
	}
}

// row puts names side by side into r, each with its part in per cent of the width.
func row(out map[string]Rect, r Rect, names []string, parts []int) {
	x, sum := r.X, 0
	for i, name := range names {
		sum += parts[i]
		end := r.X + r.W*sum/100
		out[name] = Rect{x, r.Y, end - x, r.H}
		x = end
	}
}

func clamp(v, lo, hi int) int { return min(max(v, lo), hi) }
