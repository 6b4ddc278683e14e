// Package panel draws the cockpit: each panel is a pure function from a
// snapshot, a size and a theme to text of exactly that size.
//
// A panel never overflows: it draws on a canvas of cells that cuts off what does
// not fit and makes inert what could act on the terminal. What is missing in a snapshot is
// drawn as missing; nothing here panics over it.
//
// The package keeps no state, starts no goroutine, reads no clock (Props.Now is
// passed in) and does no I/O. It must not import Bubble Tea, sources, actions or the engine.
package panel

import (
	"strings"
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

// Size is a size in cells.
type Size struct{ W, H int }

// Props is everything that a panel's look depends on.
type Props struct {
	Snap    *model.Snapshot // nil until the engine was heard of
	Now     time.Time
	Size    Size
	Focused bool
	Zoomed  bool
	// Cursor is the selected row, and Offset the first visible one. Both may be
	// out of range: they are brought into it. A focused panel moves its view so that
	// the cursor is seen; an unfocused log shows its end whatever Offset is.
	Cursor, Offset int
	Range          time.Duration // of the charts; 0: the whole phase, such as a person chose
	Filter         string        // rows that do not hold it, in any case, are left out
	Frozen         bool          // the view stands still on purpose
	Theme          *theme.Theme
	Who            string // user@host of the person looking; empty: not shown
	ReadOnly       bool   // keys that change something are not offered
	Docked         bool   // a plan's box is as wide as its place
	Counts         bool   // the docked plan counts down, in large digits at its side
	Early          bool   // the keys of a plan's box do nothing yet, and are not offered
}

// Panel is one part of the screen.
type Panel interface {
	// Name is the panel's name in the layout.
	Name() string
	// Title is what its frame says, without escape sequences.
	Title(Props) string
	// Min is the least size at which it is of use; it renders at any.
	Min() Size
	// Rows is the number of rows that Cursor selects from.
	Rows(Props) int
	// Render returns exactly Size.H lines of exactly Size.W cells, frame
	// included, separated by line feeds.
	Render(Props) string
}

// Hint is a key and what it does.
type Hint struct{ Key, Text string }

// rowFinder is a panel that can say what row is at a place in it.
type rowFinder interface {
	rowAt(p Props, x, y int) int
}

// RowAt returns the row of panel pn that is drawn x cells from its left and y
// lines from its top, or -1.
func RowAt(pn Panel, p Props, x, y int) int {
	f, ok := pn.(rowFinder)
	if !ok || x < 0 || y < 0 || x >= p.Size.W || y >= p.Size.H {
		return -1
	}
	return f.rowAt(p, x, y)
}

// rollout returns the snapshot's rollout, or an empty one.
func (p Props) rollout() *model.Rollout {
	if p.Snap == nil || p.Snap.Rollout == nil {
		return &model.Rollout{}
	}
	return p.Snap.Rollout
}

// known reports whether there is a snapshot of a rollout to draw.
func (p Props) known() bool { return p.Snap != nil && p.Snap.Rollout != nil }

// window returns the first and one past the last of n rows that are visible in
// h lines.
func (p Props) window(n, h int) (from, to int) {
	h = max(h, 0)
	from = p.Offset
	if p.Focused {
		cursor := p.cursor(n)
		from = min(from, cursor)
		from = max(from, cursor-h+1)
	}
	from = max(0, min(from, n-h))
	return from, min(n, from+h)
}

// cursor returns the selected one of n rows, or -1 where there are none.
func (p Props) cursor(n int) int { return min(max(p.Cursor, 0), n-1) }

// theme returns the theme, or one without styles.
func (p Props) theme() *theme.Theme {
	if p.Theme == nil {
		return &theme.Theme{}
	}
	return p.Theme
}

// boxW returns the width that a box's lines may have at most.
func (p Props) boxW() int {
	if !p.Docked {
		return max(min(p.Size.W, BoxMaxW)-4, 1)
	}
	const longest = 120 // cells, beyond which a line is hard to read
	w := p.Size.W - 4
	if p.Counts {
		w -= SideW
	}
	return max(min(w, longest), 1)
}

// matches reports whether one of texts holds the filter, in any case.
func (p Props) matches(texts ...string) bool {
	want := strings.ToLower(strings.TrimSpace(p.Filter))
	if want == "" {
		return true
	}
	for _, t := range texts {
		if strings.Contains(strings.ToLower(model.Inert(t)), want) {
			return true
		}
	}
	return false
}
