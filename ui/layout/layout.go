// Package layout says where on the screen each panel goes, and puts rendered
// panels together. It is pure: sizes in, rectangles or text out. It knows
// panels by their names only, starts no goroutine and must import neither panels
// nor the model.
package layout

// Rect is a place on the screen, in cells from the upper left corner.
type Rect struct{ X, Y, W, H int }

// The least size at which the whole cockpit fits; below it Arrange returns
// nothing, and the small view is shown instead.
const (
	MinW = 80
	MinH = 24
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
	Footer    = "footer"
)

const (
	phasesH = 4   // two lines and the frame
	wideW   = 170 // from here on the four lists stand side by side
)

// Arrange returns where each part goes on a screen of w × h cells with so many
// charts. What is not in the result is not shown; below MinW × MinH it is empty.
// The rectangles never overlap and lie within the screen. With zoomed, focused is the one panel shown.
// What a larger screen has more goes to the charts first.
func Arrange(w, h int, charts int, focused string, zoomed bool) map[string]Rect {
	out := make(map[string]Rect, 8)
	if w < MinW || h < MinH {
		return out
	}
	out[Header] = Rect{0, 0, w, 1}
	out[Footer] = Rect{0, h - 1, w, 1}
	body := Rect{0, 1, w, h - 2}
	if zoomed && isPanel(focused) {
		out[focused] = body
		return out
	}
	out[Phases] = Rect{0, body.Y, w, phasesH}
	rest := Rect{0, body.Y + phasesH, w, body.H - phasesH}
	listsH := listHeights(h, w >= wideW, rest.H, charts)
	if charts > 0 {
		top := rest.H - listsH[0] - listsH[1]
		out[Charts] = Rect{0, rest.Y, w, top}
		rest.Y += top
	}
	first := Rect{0, rest.Y, w, listsH[0]}
	if w >= wideW {
		row(out, first, []string{Gate, Checklist, Flags, Log}, []int{32, 18, 25, 25})
		return out
	}
	row(out, first, []string{Gate, Checklist}, []int{58, 42})
	row(out, Rect{0, rest.Y + listsH[0], w, listsH[1]}, []string{Flags, Log}, []int{50, 50})
	return out
}

func isPanel(name string) bool {
	switch name {
	case Phases, Charts, Gate, Checklist, Flags, Log:
		return true
	}
	return false
}

// listHeights returns the heights of the two rows of lists; the second is 0
// where all four stand in one. Without charts the lists have all of rest.
func listHeights(h int, wide bool, rest, charts int) [2]int {
	gate, flags := clamp(h/5, 7, 12), clamp(h/7, 5, 9)
	switch {
	case charts == 0 && wide:
		return [2]int{rest, 0}
	case charts == 0:
		return [2]int{rest - rest*2/5, rest * 2 / 5}
	case wide:
		return [2]int{gate, 0}
	}
	return [2]int{gate, flags}
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
