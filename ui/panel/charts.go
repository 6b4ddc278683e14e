package panel

import (
	"strconv"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// The least size of a chart, frame included, and the shape that is aimed at.
const (
	chartMinW  = 24
	chartMinH  = 5
	chartShape = 5 // cells wide for each line
)

type chartsPanel struct{}

// Charts is every metric over time, the current phase's gate first. Zoomed it
// shows the selected one alone.
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

func inGate(p Props, id model.MetricID) bool {
	for i := range p.Snap.Gate.Lines {
		if p.Snap.Gate.Lines[i].Metric == id {
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
	g := gridOf(p, len(metrics))
	last := min(g.first+g.cols*g.rows, g.n)
	d := plotter{c: c, p: p, when: rangeName(p)}
	for i := g.first; i < last; i++ {
		hidden := 0
		if i == last-1 {
			hidden = g.n - (last - g.first)
		}
		d.chart(&metrics[i], g.place(p.Size, i), p.Focused && i == p.cursor(g.n), hidden)
	}
	return c.String()
}

// rangeName names the charts' range.
func rangeName(p Props) string {
	if p.Range <= 0 {
		return "whole phase"
	}
	return spell(p.Range)
}

// chart draws one metric with its frame; hidden is how many charts there is no
// room for, which the last one says.
func (d *plotter) chart(m *model.Metric, r rect, selected bool, hidden int) {
	line, judged := d.p.Snap.Lines[m.ID]
	if !judged {
		line = model.Line{Metric: m.ID, Title: m.Title, State: model.NoData, Unit: m.Unit}
	}
	line = d.p.seen(line)
	d.c.frame(r, selected, nil, nil)
	d.title(m, &line, r)
	d.note(&line, r)
	if hidden > 0 {
		d.c.spans(r.x+1, r.y+r.h-1, 12, span{theme.Notice, " " + strconv.Itoa(hidden) + " more "})
	}
	style := d.c.theme.Series(m.Role)
	if valueStyle(&line) == theme.Dim {
		style = theme.Dim
	}
	d.plot(m, &line, r.inner(), style)
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
	put(valueStyle(line)|theme.Bold, cells(value), value)
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

// note draws the range and the age of the newest sample into a chart's lower border.
func (d *plotter) note(line *model.Line, r rect) {
	room := r.w - 4
	var buf [24]byte
	text, style := append(buf[:0], "no data"...), theme.Unknown
	if !line.SampleAt.IsZero() {
		text, style = append(words.AppendAge(buf[:0], d.p.Now.Sub(line.SampleAt)), " ago"...), theme.Dim
		if line.State == model.Stale {
			style = theme.Unknown | theme.Bold
		}
	}
	n := len(text)
	if n > room {
		return
	}
	y, end := r.y+r.h-1, r.x+r.w-2
	d.c.set(end, y, theme.Normal, ' ')
	for i, b := range text {
		d.c.set(end-n+i, y, style, rune(b))
	}
	x := end - n
	if when := cells(d.when) + 3; n+when <= room {
		x -= when
		d.c.text(x, y, when, theme.Dim, d.when)
		d.c.text(x+when-3, y, 3, theme.Dim, " · ")
	}
	d.c.set(x-1, y, theme.Normal, ' ')
}
