package panel

import (
	"slices"
	"strconv"
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

// The least size of a chart, frame included, and the shape that is aimed at.
const (
	chartMinW  = 24
	chartMinH  = 5
	chartShape = 5 // cells wide for each line
)

type chartsPanel struct{}

// Charts is every metric over time, those of gates first, in the config's order.
// Zoomed it shows the selected one alone; where there is no room for charts, each is a line.
func Charts() Panel { return chartsPanel{} }

func (chartsPanel) Name() string         { return "charts" }
func (chartsPanel) Min() Size            { return Size{chartMinW, chartMinH} }
func (chartsPanel) Title(p Props) string { return "Charts" }

// ChartMetrics returns the metrics in the order of their charts: the gate's, then
// the others, each as the config has them.
func ChartMetrics(p Props) []model.Metric {
	if !p.known() {
		return nil
	}
	all := p.rollout().Metrics
	out := make([]model.Metric, 0, len(all))
	for _, first := range []bool{true, false} {
		for i := range all {
			if inGate(p, all[i].ID) == first && p.matches(all[i].Title, string(all[i].ID)) {
				out = append(out, all[i])
			}
		}
	}
	return out
}

// inGate reports whether a phase's gate asks for metric id: any phase's, so that
// the order is the same in all of them.
func inGate(p Props, id model.MetricID) bool {
	for i := range p.rollout().Phases {
		if slices.Contains(p.rollout().Phases[i].Gate, id) {
			return true
		}
	}
	return false
}

func (chartsPanel) Rows(p Props) int { return len(ChartMetrics(p)) }

// grid is which charts are visible, and in how many columns and lines.
type grid struct{ cols, rows, first, n int }

// gridOf lays out n charts. All of them are shown if they fit at their least
// size; else as many as fit, from a whole line on.
func gridOf(p Props, n int) grid {
	maxCols, maxRows := max(p.Size.W/chartMinW, 1), max(p.Size.H/chartMinH, 1)
	switch {
	case n == 0:
		return grid{}
	case p.Zoomed:
		return grid{1, 1, p.cursor(n), n}
	case n > maxCols*maxRows:
		lines := (n + maxCols - 1) / maxCols
		q := p
		q.Cursor, q.Offset = p.cursor(n)/maxCols, max(p.Offset, 0)/maxCols
		from, _ := q.window(lines, maxRows)
		return grid{maxCols, maxRows, from * maxCols, n}
	}
	best, cost := grid{}, 0.0
	for rows := 1; rows <= min(maxRows, n); rows++ {
		cols := (n + rows - 1) / rows
		if cols > maxCols || (rows-1)*cols >= n {
			continue
		}
		shape := float64(p.Size.W/cols) / float64(p.Size.H/rows) / chartShape
		if shape < 1 {
			shape = 1 / shape
		}
		shape += float64(rows*cols-n) / float64(n) // a last line that is not full
		if best.n == 0 || shape < cost {
			best, cost = grid{cols, rows, 0, n}, shape
		}
	}
	return best
}

// place returns where chart i is; its height is 0 where it is not visible.
func (g grid) place(size Size, i int) rect {
	at := i - g.first
	if at < 0 || g.cols == 0 || at >= g.cols*g.rows || i >= g.n {
		return rect{}
	}
	row := at / g.cols
	inRow := min(g.cols, g.n-g.first-row*g.cols) // the last line's charts are wider
	col := at % g.cols
	x, y := size.W*col/inRow, size.H*row/g.rows
	return rect{x, y, size.W*(col+1)/inRow - x, size.H*(row+1)/g.rows - y}
}

func (chartsPanel) rowAt(p Props, x, y int) int {
	n := len(ChartMetrics(p))
	if inLines(p, n) && n > 0 {
		g := lineGrid(p.Size, n)
		q := p
		q.Cursor, q.Offset = p.cursor(n)/g.cols, p.Offset/g.cols
		from, _ := q.window((n+g.cols-1)/g.cols, p.Size.H)
		if i := (from+y)*g.cols + min(x/(p.Size.W/g.cols), g.cols-1); i < n {
			return i
		}
		return -1
	}
	g := gridOf(p, n)
	for i := range n {
		if r := g.place(p.Size, i); r.h > 0 && x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h {
			return i
		}
	}
	return -1
}

func (chartsPanel) Render(p Props) string {
	c := newCanvas(p.Size, p.Theme)
	metrics := ChartMetrics(p)
	if len(metrics) == 0 {
		outer := rect{0, 0, c.w, c.h}
		c.frame(outer, p.Focused, []span{{theme.Title, "Charts"}}, nil)
		in := outer.inner()
		c.text(in.x+1, in.y, in.w-2, theme.Dim, emptyText(p, "this rollout measures nothing"))
		return c.String()
	}
	if inLines(p, len(metrics)) {
		chartsPanel{}.lines(p, c, metrics)
		return c.String()
	}
	g := gridOf(p, len(metrics))
	last := min(g.first+g.cols*g.rows, g.n)
	d := plotter{c: c, p: p}
	for i := g.first; i < last; i++ {
		hidden := 0
		if i == last-1 {
			hidden = g.n - (last - g.first)
		}
		d.chart(&metrics[i], g.place(p.Size, i), p.Focused && i == p.cursor(g.n), hidden)
	}
	return c.String()
}

// chart draws one metric with its frame; hidden is how many charts there is no
// room for, which the last one says.
func (d *plotter) chart(m *model.Metric, r rect, selected bool, hidden int) {
	line := d.p.chartLine(m)
	d.c.frame(r, selected, nil, nil)
	if line.State == model.Fail && !selected {
		d.c.recolour(r, theme.NoGo)
	}
	d.title(m, &line, r)
	d.note(&line, r)
	if hidden > 0 {
		d.c.spans(r.x+1, r.y+r.h-1, 12, span{theme.Notice, " " + strconv.Itoa(hidden) + " more "})
	}
	d.plot(m, &line, r.inner())
}

// title draws the state's glyph, name, value and what is wanted into a chart's
// upper border.
func (d *plotter) title(m *model.Metric, line *model.Line, r rect) {
	room := r.w - 4
	if room <= 0 {
		return
	}
	glyph, style := d.c.theme.State(line.State)
	value := valueText(line)
	after := ""
	if valueStyle(line) == theme.Dim {
		after = string(line.State)
	} else if arrow := side(m, line); arrow != "" {
		after = arrow
	}
	fixed := 2 + 1 + cells(value)
	if after != "" {
		fixed += 1 + cells(after)
	}
	name := orID(m.Title, string(m.ID))
	target := line.Target
	if room-fixed-1-cells(target) < min(cells(name), 10) {
		target = ""
	} else if target != "" {
		fixed += 1 + cells(target)
	}
	end := r.x + r.w - 2
	x := r.x + 1
	put := func(s theme.Style, most int, text string) {
		d.c.set(x, r.y, theme.Normal, ' ')
		x++
		x += d.c.text(x, r.y, min(most, end-x), s, text)
	}
	put(style, 1, glyph)
	put(theme.Title, max(room-fixed, 3), name)
	put(valueColour(line, style), cells(value), value)
	if after != "" {
		put(style, cells(after), after)
	}
	if target != "" {
		put(theme.Dim, cells(target), target)
	}
	d.c.set(min(x, r.x+r.w-2), r.y, theme.Normal, ' ')
}

// side says on which wrong side of its target a value is: ▲ above it, ▼ below,
// "" on the right one.
func side(m *model.Metric, line *model.Line) string {
	if m.Target == nil || !line.HasTarget || !line.HasValue {
		return ""
	}
	v, t := float64(line.Value), float64(line.Threshold)
	switch m.Target.Op {
	case "<", "<=", "==":
		if v > t || m.Target.Op == "<" && v == t {
			return "▲"
		}
	}
	switch m.Target.Op {
	case ">", ">=", "==":
		if v < t || m.Target.Op == ">" && v == t {
			return "▼"
		}
	case "!=":
		if v == t {
			return "="
		}
	}
	return ""
}

// note draws the time axis into a chart's lower border, and the age of the
// newest sample at its end, which is now.
func (d *plotter) note(line *model.Line, r rect) {
	room := r.w - 4
	text, style := "no data", theme.Unknown
	if !line.SampleAt.IsZero() {
		if text, style = calmAge(d.p, line), theme.Dim; text != "now" {
			text += " ago"
		}
		if line.State == model.Stale {
			style = theme.Unknown | theme.Bold
		}
	}
	if cells(text) > room {
		return
	}
	y, end := r.y+r.h-1, r.x+r.w-2
	d.c.label(end-cells(text)-1, y, cells(text), []span{{style, text}})
	x := r.x + 1
	start := d.axisText(0)
	if x+cells(start)+2 > end-cells(text)-2 {
		return
	}
	d.c.label(x, y, cells(start), []span{{theme.Dim, start}})
	middle := d.axisText(0.5)
	at := r.x + 1 + (r.w-2-cells(middle))/2
	if at > x+cells(start)+4 && at+cells(middle) < end-cells(text)-4 {
		d.c.label(at-1, y, cells(middle), []span{{theme.Dim, middle}})
	}
}

// axisText names the time at a share of the charts' range.
func (d *plotter) axisText(share float64) string {
	from, to := d.p.span()
	at := from.Add(time.Duration(share * float64(to.Sub(from)))).UTC()
	switch dt := to.Sub(from); {
	case dt > 48*time.Hour:
		return at.Format("2 Jan")
	case dt < 3*time.Minute:
		return at.Format("15:04:05")
	}
	return at.Format("15:04")
}

// span is the time that charts show.
func (p Props) span() (from, to time.Time) {
	to = p.Now
	if p.Frozen && p.Snap != nil && p.Snap.At.Before(p.Now) {
		to = p.Snap.At
	}
	from = to.Add(-p.Range)
	if p.Range <= 0 {
		if a := p.attempt(); a != nil {
			from = a.Entered
		}
	}
	if to.Sub(from) < time.Minute {
		from = to.Add(-time.Minute)
	}
	return from, to
}

// lines draws each metric as one line: state, name, value, target and what it was of late.
func (chartsPanel) lines(p Props, c *canvas, metrics []model.Metric) {
	g := lineGrid(p.Size, len(metrics))
	d := plotter{c: c, p: p}
	q := p
	q.Cursor, q.Offset = p.cursor(len(metrics))/g.cols, p.Offset/g.cols
	from, _ := q.window((len(metrics)+g.cols-1)/g.cols, p.Size.H)
	for i := from * g.cols; i < min(len(metrics), (from+p.Size.H)*g.cols); i++ {
		w := p.Size.W / g.cols
		d.line(&metrics[i], rect{(i % g.cols) * w, i/g.cols - from, w, 1}, p.Focused && i == p.cursor(len(metrics)))
	}
}

// lineGrid returns in how many columns n metrics of a line each stand.
func lineGrid(s Size, n int) grid {
	cols := 1
	for cols*s.H < n && s.W/(cols+1) >= 38 {
		cols++
	}
	return grid{cols: cols, rows: s.H, n: n}
}

// inLines reports whether charts are drawn as lines: where one is too high, or where they would be hidden.
func inLines(p Props, n int) bool {
	if p.Zoomed {
		return false
	}
	return p.Size.H < chartMinH || p.Size.W < 48 && p.Size.H < chartMinH*n
}

// line draws a metric as one line.
func (d *plotter) line(m *model.Metric, r rect, selected bool) {
	line := d.p.chartLine(m)
	glyph, style := d.c.theme.State(line.State)
	value := valueText(&line)
	d.c.text(r.x+1, r.y, 1, style, glyph)
	name := min(max(r.w/3, 8), 22)
	d.c.text(r.x+3, r.y, name, theme.Normal, orID(m.Title, string(m.ID)))
	x := r.x + 3 + name + 1
	d.c.right(x+7, r.y, 7, valueColour(&line, style), value)
	x += 8
	if n := cells(line.Target); n > 0 && n <= 8 && r.x+r.w-x > n+10 {
		d.c.text(x, r.y, n, theme.Dim, line.Target)
		x += 9
	}
	if w := r.x + r.w - x - 1; w >= 6 {
		d.plot(m, &line, rect{x, r.y, w, 1})
	}
	if selected {
		d.c.set(r.x, r.y, theme.Key, '▸')
	}
}

// chartLine is a metric's line as it must be shown now, or one of a metric that nothing is known of.
func (p Props) chartLine(m *model.Metric) model.Line {
	line, judged := p.Snap.Lines[m.ID]
	if !judged {
		line = model.Line{Metric: m.ID, Title: m.Title, State: model.NoData, Unit: m.Unit}
	}
	return p.seen(line)
}

// valueColour is the colour of a value: that of its state, where it can be relied upon.
func valueColour(line *model.Line, state theme.Style) theme.Style {
	if valueStyle(line) == theme.Dim {
		return theme.Dim | theme.Bold
	}
	return state | theme.Bold
}
