package panel

import (
	"math"
	"slices"
	"sort"
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

// plotter draws charts on a canvas, one after the other; its buffer is reused.
type plotter struct {
	c    *canvas
	p    Props
	bits []byte // the braille dots of each cell of the chart
	bad  []bool // of each cell, whether it shows a breach
	lo   []int  // of each column of dots, the uppermost line of dots of the series, -1: none
	hi   []int  // and the lowest
	w, h int    // of the chart's area, in cells
}

// dot is the bit of a braille cell for each of its 2 × 4 dots.
var dot = [4][2]byte{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// axes map time and value to dots.
type axes struct {
	from, to time.Time
	lo, hi   float64

	// Of the same, once the chart's size is known: the time of the left edge
	// in ns, dots for each ns, half the lowest value and dots for each half of the unit.
	start, perNano   float64
	halfLo, perValue float64
}

// plot draws a metric's series, its target, alert and baseline and the marks
// of what was done into area.
func (d *plotter) plot(m *model.Metric, line *model.Line, area rect) {
	if area.w < 2 || area.h < 1 {
		return
	}
	series := d.p.Snap.Series[m.ID]
	base, frozen := d.p.Snap.State.Baselines[m.ID]
	frozen = frozen && finite(float64(base.Value))
	ax, points := d.axes(series, line, &base, frozen)
	if len(points) == 0 && !line.HasTarget && !line.HasAlert && !frozen {
		text := line.Reason
		if text == "" {
			text = "no data yet"
		}
		d.c.text(area.x+1, area.y+area.h/2, area.w-2, theme.Dim, text)
		return
	}
	if marks := d.marksIn(ax); len(marks) > 0 && area.h >= 3 {
		d.marks(marks, ax, rect{area.x, area.y + area.h - 1, area.w, 1})
		area.h--
	}
	at := levels{target: -1, alert: -1, baseline: -1}
	if frozen {
		at.label = baselineText(m, &base, area.w)
	}
	d.w, d.h = area.w, area.h
	gutter := d.gutter(m, line, at.label, area.w)
	d.w -= gutter
	if d.w*d.h > len(d.bits) {
		d.bits, d.bad = make([]byte, 2*d.w*d.h), make([]bool, 2*d.w*d.h) // the next one may be a little larger
	}
	if 2*d.w > len(d.lo) {
		d.lo, d.hi = make([]int, 4*d.w), make([]int, 4*d.w)
	}
	clear(d.bits[:d.w*d.h])
	clear(d.bad[:d.w*d.h])
	for x := range 2 * d.w {
		d.lo[x], d.hi[x] = -1, -1
	}
	ax.scale(d.w, d.h)
	d.trace(points, &ax, m.Every, series.Epoch > 0)
	if line.HasTarget {
		at.target = d.row(&ax, float64(line.Threshold))
		if m.Target != nil {
			d.fillBreach(m.Target.Op, d.dotY(&ax, float64(line.Threshold)))
		}
	}
	if line.HasAlert {
		at.alert = d.row(&ax, float64(line.AlertAt))
	}
	if row := d.row(&ax, float64(base.Value)); frozen && row != at.target && row != at.alert {
		at.baseline = row
	}
	d.put(area, &at, line)
	d.nothing(area, &at, line, points)
	if gutter > 0 {
		d.labels(m, line, ax, rect{area.x + d.w, area.y, gutter, area.h}, &at)
	}
}

// nothing says in a chart without a single point why, on a line without a threshold.
func (d *plotter) nothing(area rect, at *levels, line *model.Line, points []model.Point) {
	text := line.Reason
	if line.State == model.NoTraffic {
		text = "no events to count yet"
	}
	if text == "" || slices.ContainsFunc(points, func(p model.Point) bool { return finite(p.V) }) {
		return
	}
	for _, y := range []int{d.h / 2, d.h/2 + 1, d.h/2 - 1} {
		if y >= 0 && y < d.h && y != at.target && y != at.alert && y != at.baseline {
			d.c.text(area.x+1, area.y+y, d.w-2, theme.Dim, text)
			return
		}
	}
}

// levels are the lines of cells that thresholds are on, -1 being none.
type levels struct {
	target, alert, baseline int
	label                   string // the baseline's
}

// put draws what was traced, and the thresholds where there is nothing of it.
func (d *plotter) put(area rect, at *levels, line *model.Line) {
	calm, breach := theme.Calm, theme.Warn
	switch {
	case valueStyle(line) == theme.Dim:
		calm, breach = theme.Dim, theme.Dim
	case line.State == model.Fail:
		breach = theme.NoGo
	}
	for y := range d.h {
		for x := range d.w {
			switch b := d.bits[y*d.w+x]; {
			case b != 0 && d.bad[y*d.w+x]:
				d.c.set(area.x+x, area.y+y, breach, 0x2800|rune(b))
			case b != 0:
				d.c.set(area.x+x, area.y+y, calm, 0x2800|rune(b))
			case y == at.target:
				d.c.set(area.x+x, area.y+y, theme.Target, '┈')
			case y == at.alert:
				d.c.set(area.x+x, area.y+y, theme.Alert, '╌')
			case y == at.baseline && x%2 == 0:
				d.c.set(area.x+x, area.y+y, theme.Dim, '·')
			}
		}
	}
}

// axes returns what is shown: the range of time with the points in it, and a
// range of values that holds them and the thresholds with a little room.
func (d *plotter) axes(s model.Series, line *model.Line, base *model.Baseline, frozen bool) (axes, []model.Point) {
	var ax axes
	ax.from, ax.to = d.p.span()
	first := sort.Search(len(s.Points), func(i int) bool { return !s.Points[i].At.Before(ax.from) })
	end := sort.Search(len(s.Points), func(i int) bool { return s.Points[i].At.After(ax.to) })
	points := s.Points[min(first, end):end]
	ax.lo, ax.hi = math.Inf(1), math.Inf(-1)
	include := func(v float64) {
		if !finite(v) {
			return
		}
		if v < ax.lo {
			ax.lo = v
		}
		if v > ax.hi {
			ax.hi = v
		}
	}
	for i := range points {
		include(points[i].V)
	}
	if line.HasTarget {
		include(float64(line.Threshold))
	}
	if line.HasAlert {
		include(float64(line.AlertAt))
	}
	if frozen {
		include(float64(base.Value))
	}
	if ax.lo > ax.hi {
		ax.lo, ax.hi = 0, 1
	}
	whole := line.Unit == model.Ratio && ax.hi <= 1
	ax.widen()
	if whole {
		ax.hi = min(ax.hi, 1)
	}
	return ax, points
}

// widen leaves a little room above and below, but none below zero for values
// that never are.
func (ax *axes) widen() {
	room := (ax.hi - ax.lo) * 0.06
	if room == 0 {
		room = max(math.Abs(ax.hi)*0.1, 1e-9)
	}
	if !finite(room) { // values at both ends of what a float can hold
		room = 0
	}
	positive := ax.lo >= 0
	ax.lo, ax.hi = ax.lo-room, ax.hi+room
	if positive {
		ax.lo = max(ax.lo, 0)
	}
}

// scale readies the axes for an area of w × h cells.
func (ax *axes) scale(w, h int) {
	// The right edge is at a whole number of dots of time: so the line stands still until a dot's time is over, and then
	// moves by one, where otherwise each sample would fall on another dot with every look.
	long := ax.to.Sub(ax.from)
	if dot := long / time.Duration(max(w*2-1, 1)); dot > 0 {
		ax.to = time.Unix(0, (ax.to.UnixNano()+int64(dot)-1)/int64(dot)*int64(dot))
		ax.from = ax.to.Add(-long)
	}
	ax.start = float64(ax.from.UnixNano())
	ax.perNano = float64(w*2-1) / float64(long)
	ax.halfLo = ax.lo / 2 // halves, so that no difference overflows
	ax.perValue = float64(h*4-1) / (ax.hi/2 - ax.halfLo)
}

// finite reports whether v is a number that can be drawn.
func finite(v float64) bool { return v-v == 0 }

// share returns where v lies between lo and hi, 0 to 1.
func share(v, lo, hi float64) float64 {
	f := (v/2 - lo/2) / (hi/2 - lo/2) // halves, so that no difference overflows
	if !finite(f) {
		return 0
	}
	return min(max(f, 0), 1)
}

// dotY returns the line of dots of v, 0 being the uppermost.
func (d *plotter) dotY(ax *axes, v float64) int {
	return d.h*4 - 1 - dots((v/2-ax.halfLo)*ax.perValue, d.h*4)
}

// row returns the line of cells of v.
func (d *plotter) row(ax *axes, v float64) int { return d.dotY(ax, v) / 4 }

// dots rounds f to one of n dots, the nearest for what lies outside.
func dots(f float64, n int) int {
	switch {
	case !(f > 0): // NaN, too
		return 0
	case f >= float64(n-1):
		return n - 1
	}
	return int(f + 0.5)
}

// trace draws the points from the newest on, joined where nothing is missing
// between them: gaps stay gaps. Something is missing where more than 3 × every
// passed, or, in the thinned-out part of a series, 3 × the step it has there.
func (d *plotter) trace(points []model.Point, ax *axes, every time.Duration, thinned bool) {
	step := int64(every)
	joined, newer, newerX, newerY := false, int64(0), 0, 0
	for i := len(points) - 1; i >= 0; i-- {
		v := points[i].V
		if !finite(v) {
			joined = false
			continue
		}
		at := points[i].At.UnixNano()
		x, y := dots((float64(at)-ax.start)*ax.perNano, d.w*2), d.dotY(ax, v)
		if dt := newer - at; !joined || step > 0 && dt > 3*step {
			d.column(x, y, y)
		} else {
			d.join(x, y, newerX, newerY)
			if thinned {
				step = max(int64(every), dt)
			}
		}
		joined, newer, newerX, newerY = true, at, x, y
	}
}

// join draws a line of dots without holes from (x0, y0) to (x1, y1), x0 <= x1.
func (d *plotter) join(x0, y0, x1, y1 int) {
	if x0 == x1 {
		d.column(x0, y0, y1)
		return
	}
	y := y0
	for x := x0; x < x1; x++ {
		next := y0 + (y1-y0)*(x+1-x0)/(x1-x0)
		d.column(x, y, next)
		y = next
	}
	d.column(x1, y, y1)
}

// column draws the dots of column x from y0 to y1, in either order.
func (d *plotter) column(x, y0, y1 int) {
	if y0 > y1 {
		y0, y1 = y1, y0
	}
	if d.lo[x] < 0 {
		d.lo[x], d.hi[x] = y0, y1
	}
	d.lo[x], d.hi[x] = min(d.lo[x], y0), max(d.hi[x], y1)
	for y := y0; y <= y1; y++ {
		d.bits[y/4*d.w+x/2] |= dot[y%4][x%2]
	}
}

// fillBreach fills what lies between the target's line of dots and the series
// where that is on its wrong side, above it for < and below it for >.
func (d *plotter) fillBreach(op string, target int) {
	for x := range 2 * d.w {
		from, to := d.lo[x], d.hi[x]
		switch {
		case from < 0:
			continue
		case (op == "<" || op == "<=") && from < target:
			to = target
		case (op == ">" || op == ">=") && to > target:
			from = target
		default:
			continue
		}
		for y := from; y <= to; y++ {
			at := y/4*d.w + x/2
			d.bits[at] |= dot[y%4][x%2]
			d.bad[at] = true
		}
	}
}
