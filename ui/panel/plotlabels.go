package panel

import (
	"sort"
	"strings"
	"unicode/utf8"

	"gonogo/model"
	"gonogo/ui/theme"
)

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

// labels names the thresholds and the baseline, and where there is room the range of values.
func (d *plotter) labels(m *model.Metric, line *model.Line, ax axes, r rect, at *levels) {
	if at.target >= 0 {
		d.c.text(r.x+1, r.y+at.target, r.w-1, theme.Target, thresholdText(m, m.Target, line.Target, float64(line.Threshold)))
	}
	if at.alert >= 0 && at.alert != at.target {
		d.c.text(r.x+1, r.y+at.alert, r.w-1, theme.Alert, thresholdText(m, m.Alert, line.Alert, float64(line.AlertAt)))
	}
	if at.baseline >= 0 {
		d.c.text(r.x+1, r.y+at.baseline, r.w-1, theme.Dim, at.label)
	}
	if d.w < 36 || r.h < 4 {
		return
	}
	for _, end := range []struct {
		row int
		v   float64
	}{{0, ax.hi}, {r.h - 1, ax.lo}} {
		if end.row != at.target && end.row != at.alert && end.row != at.baseline {
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
