package panel

import (
	"math"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"gonogo/model"
	"gonogo/ui/theme"
)

// plotter draws charts on a canvas, one after the other; its buffer is reused.
type plotter struct {
	c    *canvas
	p    Props
	when string // the range's name
	bits []byte // the braille dots of each cell of the chart
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
func (d *plotter) plot(m *model.Metric, line *model.Line, area rect, style theme.Style) {
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
	d.w, d.h = area.w, area.h
	label := ""
	if frozen {
		label = baselineText(m, &base, area.w)
	}
	gutter := d.gutter(m, line, label, area.w)
	d.w -= gutter
	if d.w*d.h > len(d.bits) {
		d.bits = make([]byte, 2*d.w*d.h) // the next one may be a little larger
	}
	bits := d.bits[:d.w*d.h]
	clear(bits)
	ax.scale(d.w, d.h)
	d.trace(points, &ax, m.Every, series.Epoch > 0)
	target, alert, baseline := -1, -1, -1
	if line.HasTarget {
		target = d.row(&ax, float64(line.Threshold))
	}
	if line.HasAlert {
		alert = d.row(&ax, float64(line.AlertAt))
	}
	if frozen {
		baseline = d.row(&ax, float64(base.Value))
	}
	for y := range d.h {
		for x := range d.w {
			switch b := bits[y*d.w+x]; {
			case b != 0:
				d.c.set(area.x+x, area.y+y, style, 0x2800|rune(b))
			case y == target:
				d.c.set(area.x+x, area.y+y, theme.Target, '┈')
			case y == alert:
				d.c.set(area.x+x, area.y+y, theme.Alert, '╌')
			case y == baseline && x%2 == 0:
				d.c.set(area.x+x, area.y+y, theme.Dim, '·')
			}
		}
	}
	if gutter > 0 {
		r := rect{area.x + d.w, area.y, gutter, area.h}
		if baseline == target || baseline == alert {
			baseline = -1
		} else if baseline >= 0 {
			d.c.text(r.x+1, r.y+baseline, r.w-1, theme.Dim, label)
		}
		d.labels(m, line, ax, r, target, alert, baseline)
	}
}

// axes returns what is shown: the range of time with the points in it, and a
// range of values that holds them and the thresholds with a little room.
func (d *plotter) axes(s model.Series, line *model.Line, base *model.Baseline, frozen bool) (axes, []model.Point) {
	ax := axes{from: d.p.Now.Add(-d.p.Range), to: d.p.Now}
	if d.p.Frozen && d.p.Snap.At.Before(d.p.Now) {
		ax.to = d.p.Snap.At
		ax.from = ax.to.Add(-d.p.Range)
	}
	if d.p.Range <= 0 {
		if a := d.p.Snap.State.Attempt(); a != nil {
			ax.from = a.Entered
		} else if len(s.Points) > 0 {
			ax.from = s.Points[0].At
		}
	}
	if ax.to.Sub(ax.from) < time.Minute {
		ax.from = ax.to.Add(-time.Minute)
	}
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
	ax.start = float64(ax.from.UnixNano())
	ax.perNano = float64(w*2-1) / float64(ax.to.Sub(ax.from))
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
	for y := y0; y <= y1; y++ {
		d.bits[y/4*d.w+x/2] |= dot[y%4][x%2]
	}
}

// gutter returns the width of the column for the thresholds' labels, 0 where
// there is no room for one.
func (d *plotter) gutter(m *model.Metric, line *model.Line, baseline string, w int) int {
	n := cells(baseline)
	if line.HasTarget {
		n = max(n, cells(thresholdText(m, m.Target, line.Target, float64(line.Threshold))))
	}
	if line.HasAlert {
		n = max(n, cells(thresholdText(m, m.Alert, line.Alert, float64(line.AlertAt))))
	}
	if w >= 44 {
		n = max(n, 7)
	}
	if n++; n == 1 || w-n < 14 {
		return 0
	}
	return n
}

// thresholdText returns a threshold as its label: as it is written, without
// its operator, or its value where it depends on another metric.
func thresholdText(m *model.Metric, t *model.Target, text string, v float64) string {
	if t != nil && t.Of == "" {
		if s := strings.TrimLeft(text, "<>=! "); s != "" {
			return s
		}
	}
	return model.FormatValue(m.Unit, v)
}

// baselineText is the label of a frozen baseline, which shows its line's dots
// where there is no room for a word, in a chart of w cells.
func baselineText(m *model.Metric, b *model.Baseline, w int) string {
	value := model.FormatValue(m.Unit, float64(b.Value))
	if w >= 36 {
		return "base " + value
	}
	return "·" + value
}

// labels names the thresholds, and where there is room the range of values.
func (d *plotter) labels(m *model.Metric, line *model.Line, ax axes, r rect, target, alert, baseline int) {
	if target >= 0 {
		d.c.text(r.x+1, r.y+target, r.w-1, theme.Target, thresholdText(m, m.Target, line.Target, float64(line.Threshold)))
	}
	if alert >= 0 && alert != target {
		d.c.text(r.x+1, r.y+alert, r.w-1, theme.Alert, thresholdText(m, m.Alert, line.Alert, float64(line.AlertAt)))
	}
	if d.w < 36 || r.h < 4 {
		return
	}
	for _, end := range []struct {
		row int
		v   float64
	}{{0, ax.hi}, {r.h - 1, ax.lo}} {
		if end.row != target && end.row != alert && end.row != baseline {
			d.c.text(r.x+1, r.y+end.row, r.w-1, theme.Dim, model.FormatValue(m.Unit, end.v))
		}
	}
}

// marksIn returns the marks within the range.
func (d *plotter) marksIn(ax axes) []model.Mark {
	all := d.p.Snap.State.Marks
	first := sort.Search(len(all), func(i int) bool { return !all[i].At.Before(ax.from) })
	end := sort.Search(len(all), func(i int) bool { return all[i].At.After(ax.to) })
	return all[min(first, end):end]
}

// marks draws what was done below the chart: a glyph at its time, and its text
// where that fits before the next one.
func (d *plotter) marks(all []model.Mark, ax axes, r rect) {
	limit := r.x + r.w
	for i := len(all) - 1; i >= 0; i-- {
		f := share(float64(all[i].At.Sub(ax.from)), 0, float64(ax.to.Sub(ax.from)))
		x := r.x + int(f*float64(r.w-1))
		if x >= limit {
			continue // several in one cell: the newest is seen
		}
		text := all[i].Text
		_, n := utf8.DecodeRuneInString(text)
		style := theme.Mark
		if cells(text) > limit-x {
			text = text[:n]
		}
		d.c.text(x, r.y, limit-x, style, text)
		limit = x - 1
	}
}
