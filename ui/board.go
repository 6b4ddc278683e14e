package ui

import (
	"math"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/panel"
)

// The names of the panels, those of layout.Arrange.
const (
	panelPhases    = layout.Phases
	panelCharts    = layout.Charts
	panelGate      = layout.Gate
	panelChecklist = layout.Checklist
	panelFlags     = layout.Flags
	panelLog       = layout.Log
)

// panelOrder is the way of the tab key.
func panelOrder() []string {
	return []string{panelPhases, panelCharts, panelGate, panelChecklist, panelFlags, panelLog}
}

func panelOf(name string) panel.Panel {
	switch name {
	case panelPhases:
		return panel.Phases()
	case panelCharts:
		return panel.Charts()
	case panelChecklist:
		return panel.Checklist()
	case panelFlags:
		return panel.Flags()
	case panelLog:
		return panel.Log()
	}
	return panel.Gate()
}

// ranges are those of the charts; 0 is the whole phase.
func ranges() []time.Duration {
	return []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour, 0}
}

// The range of the charts is the phase's age, within these, until a person chooses one; and no longer than there is
// something to show, so that a chart is never empty for the most part.
const (
	autoRange  = -1
	leastRange = 2 * time.Minute
	mostRange  = 30 * time.Minute
)

// chartRange returns the range of the charts; 0 is the whole phase.
func (b *board) chartRange(p panel.Props) time.Duration {
	if b.rangeAt != autoRange {
		return ranges()[b.rangeAt]
	}
	if p.Snap == nil {
		return leastRange
	}
	known := p.Now // since when there is something to show
	for _, s := range p.Snap.Series {
		first := slices.IndexFunc(s.Points, func(p model.Point) bool { return !math.IsNaN(p.V) })
		if first >= 0 && s.Points[first].At.Before(known) {
			known = s.Points[first].At
		}
	}
	age := p.Now.Sub(known)
	if a := p.Snap.State.Attempt(); a != nil && a.Left.IsZero() {
		age = p.Now.Sub(a.Entered)
	}
	return min(max(stepped(age), min(stepped(p.Now.Sub(known)), leastRange)), mostRange)
}

// stepped rounds a range up to a step, so that a chart is drawn to another scale once a minute at most.
func stepped(d time.Duration) time.Duration {
	for _, step := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute} {
		if d <= step {
			return step
		}
	}
	return (d + time.Minute - 1).Truncate(time.Minute)
}

// rangeBy chooses the next longer or shorter range of the charts, and returns it.
func (b *board) rangeBy(p panel.Props, n int) time.Duration {
	all := ranges()
	if b.rangeAt == autoRange {
		now := b.chartRange(p)
		b.rangeAt = slices.IndexFunc(all, func(d time.Duration) bool { return d > now || d == 0 })
		if n < 0 {
			b.rangeAt--
		}
	} else {
		b.rangeAt += n
	}
	b.rangeAt = min(max(0, b.rangeAt), len(all)-1)
	return all[b.rangeAt]
}

// board is how the panels lie on the screen, and where the cursor is in each.
// What they show it is given: panel.Props without a place.
type board struct {
	w, h    int    // of the screen
	focus   string // the name of a panel
	zoomed  bool
	at      map[string]int // the cursor of each panel that it was moved in
	top     map[string]int // its first visible row
	rangeAt int            // index into ranges, or autoRange
	filter  string
	dock    int // the rows that a plan docked at the bottom would take; 0: none is
	beside  int // the columns of one docked at the right; 0: none is

	arranged arrangement // what placed was made from
	placed   map[string]layout.Rect
}

// arrangement is what the places of the panels depend on.
type arrangement = layout.Need

func newBoard(w, h int) board {
	return board{w: w, h: h, focus: panelGate, rangeAt: autoRange, at: map[string]int{}, top: map[string]int{}}
}

// places returns where each panel is; none where the screen is too small.
func (b *board) places(p panel.Props) map[string]layout.Rect {
	now := needs(b.here(p))
	now.Texts = panel.TextRows(p, b.w)
	now.W, now.H, now.Dock, now.Beside, now.Focused, now.Zoomed = b.w, b.h, b.dock, b.beside, b.focus, b.zoomed
	if b.placed == nil || b.arranged != now {
		b.placed, b.arranged = layout.Arrange(now), now
	}
	return b.placed
}

// needs returns how many rows there are to show of each part of the screen.
func needs(p panel.Props) layout.Need {
	if p.Snap == nil || p.Snap.Rollout == nil {
		return layout.Need{}
	}
	p.Filter = "" // nothing moves while a filter is typed
	return layout.Need{
		Charts: len(p.Snap.Rollout.Metrics), Gate: panel.Gate().Rows(p), Checks: panel.Checklist().Rows(p),
		Flags: panel.Flags().Rows(p), Log: len(p.Snap.Tail),
	}
}

// props returns what a panel of that name and place is drawn from.
func (b *board) props(p panel.Props, name string, r layout.Rect) panel.Props {
	p.Size = panel.Size{W: r.W, H: r.H}
	p.Focused, p.Zoomed = b.focus == name, b.zoomed
	p.Cursor, p.Range, p.Filter = b.at[name], b.chartRange(p), b.filter
	return p
}

// scrolled is props with the cursor and what is scrolled.
func (b *board) scrolled(p panel.Props, name string, r layout.Rect) panel.Props {
	out := b.props(p, name, r)
	out.Cursor = b.cursor(p, name)
	switch {
	case name != panelCharts:
		out.Offset = b.offset(p, name, r.H-1)
	case !out.Focused: // the charts scroll by themselves, to where the cursor is or was
		out.Offset = out.Cursor
	}
	return out
}

// rows returns how many rows a panel has, without those that the filter leaves out.
func (b *board) rows(p panel.Props, name string) int {
	if p.Snap == nil {
		return 0
	}
	return panelOf(name).Rows(b.props(p, name, b.places(p)[name]))
}

// cursor returns the row that the cursor of a panel is on. Until it is moved,
// the log's stays at the end and the gate's on the worst line.
func (b *board) cursor(p panel.Props, name string) int {
	at, moved := b.at[name]
	switch {
	case moved:
		return at
	case name == panelLog:
		return max(0, b.rows(p, name)-1)
	case name == panelGate:
		return worst(panel.GateLines(b.here(p)))
	}
	return 0
}

// clamp keeps each cursor on a row, and that row in view.
func (b *board) clamp(p panel.Props) {
	for name, at := range b.at {
		last := max(0, b.rows(p, name)-1)
		if name == panelLog && at >= last {
			delete(b.at, name) // at the end: it follows the log again
			continue
		}
		b.at[name] = min(max(0, at), last)
	}
}

// offset returns the first row that a panel of that height shows, so that the
// cursor is in view and as little moves as can be.
func (b *board) offset(p panel.Props, name string, visible int) int {
	if visible <= 0 {
		return 0
	}
	at, rows := b.cursor(p, name), b.rows(p, name)
	top := b.top[name]
	if name == panelLog {
		if _, moved := b.at[name]; !moved {
			top = rows
		}
	}
	top = max(min(top, at), at-visible+1)
	top = max(0, min(top, rows-visible))
	b.top[name] = top
	return top
}

// focusBy goes to another panel, round and round.
func (b *board) focusBy(p panel.Props, n int) {
	all := panelOrder()
	i := slices.Index(all, b.focus) + n
	b.focus = all[(i+len(all))%len(all)]
	b.clamp(p)
}

// sideways goes to the chart or the panel beside.
func (b *board) sideways(p panel.Props, n int) {
	if b.focus == panelCharts {
		b.moveBy(p, b.focus, n)
		return
	}
	b.focusBy(p, n)
}

// moveBy moves the cursor of a panel; it stops at the ends.
func (b *board) moveBy(p panel.Props, name string, n int) {
	b.at[name] = b.cursor(p, name) + n
	b.clamp(p)
}

// zoom shows the panel in focus alone, or all again.
func (b *board) zoom(p panel.Props) {
	b.zoomed = !b.zoomed
	b.clamp(p)
}

// find leaves out rows without text.
func (b *board) find(p panel.Props, text string) {
	b.filter = text
	b.clamp(p)
}

// click goes to the panel and the row at (x, y).
func (b *board) click(p panel.Props, x, y int) {
	name, r, ok := b.panelAt(p, x, y)
	if !ok {
		return
	}
	drawn := b.scrolled(p, name, r) // as it was drawn, before the focus moves
	b.focus = name
	if row := panel.RowAt(panelOf(name), drawn, x-r.X, y-r.Y); row >= 0 {
		b.at[name] = row
		b.clamp(p)
	}
}

// wheel moves the cursor of the panel at (x, y).
func (b *board) wheel(p panel.Props, x, y, by int) {
	if name, _, ok := b.panelAt(p, x, y); ok {
		b.moveBy(p, name, by)
	}
}

func (b *board) panelAt(p panel.Props, x, y int) (string, layout.Rect, bool) {
	places := b.places(p)
	for _, name := range panelOrder() {
		r, ok := places[name]
		if ok && x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H {
			return name, r, true
		}
	}
	return "", layout.Rect{}, false
}
