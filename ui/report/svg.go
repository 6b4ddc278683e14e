package report

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"

	"gonogo/model"
)

// The size of a chart and its margins, in pixels.
const (
	chartW, chartH                       = 720.0, 180.0
	leftMargin, rightMargin, top, bottom = 64.0, 12.0, 12.0, 24.0
	ticks                                = 4
)

// svg draws a chart: the line with its gaps, target and alert, time below, values at the left.
// It refers to nothing outside, and holds no script.
func (c *Chart) svg(from, to time.Time) string {
	low, high, step := c.bounds()
	x := func(at time.Time) float64 {
		return leftMargin + (chartW-leftMargin-rightMargin)*float64(at.Sub(from))/math.Max(float64(to.Sub(from)), 1)
	}
	y := func(v float64) float64 {
		return top + (chartH-top-bottom)*(1-(v-low)/(high-low))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, chartW, chartH, html.EscapeString(c.Title))
	for i := range 3 * ticks { // more are never drawn, however near the values are
		v := low + float64(i)*step
		if v > high+step/1e6 {
			break
		}
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`, leftMargin, y(v), chartW-rightMargin, y(v))
		fmt.Fprintf(&b, `<text class="axis" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, leftMargin-6, y(v)+4, html.EscapeString(model.FormatValue(c.Unit, v)))
	}
	for i := range ticks + 1 {
		at := from.Add(time.Duration(float64(to.Sub(from)) * float64(i) / ticks))
		anchor := [...]string{"start", "middle", "middle", "middle", "end"}[i]
		fmt.Fprintf(&b, `<text class="axis" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x(at), chartH-6, anchor, clock(at, to.Sub(from)))
	}
	for _, m := range c.Marks {
		fmt.Fprintf(&b, `<line class="mark" x1="%.1f" y1="%g" x2="%.1f" y2="%g"><title>%s</title></line>`, x(m.At), top, x(m.At), chartH-bottom, html.EscapeString(when(m.At)+" "+m.Text))
	}
	bound := func(class string, v float64, text string) {
		if !math.IsNaN(v) && v >= low && v <= high {
			fmt.Fprintf(&b, `<line class="%s" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"><title>%s</title></line>`, class, leftMargin, y(v), chartW-rightMargin, y(v), html.EscapeString(class+" "+text))
		}
	}
	bound("target", c.TargetAt, c.Target)
	bound("alert", c.AlertAt, c.Alert)
	b.WriteString(`<path class="line" d="`)
	pen := "M"
	for _, p := range c.Points {
		if math.IsNaN(p.V) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&b, "%s%.1f %.1f", pen, x(p.At), y(p.V))
		pen = "L"
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}

// bounds are the least and the most that is drawn, both round, and the step between lines: 1, 2
// or 5 times a power of ten.
func (c *Chart) bounds() (low, high, step float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, p := range c.Points {
		if !math.IsNaN(p.V) {
			low, high = math.Min(low, p.V), math.Max(high, p.V)
		}
	}
	for _, v := range []float64{c.TargetAt, c.AlertAt} {
		if !math.IsNaN(v) && v < 3*high && v > low-2*(high-low) {
			low, high = math.Min(low, v), math.Max(high, v)
		}
	}
	if low > 0 && low < high/2 {
		low = 0
	}
	if high-low < 1e-12 {
		high, low = high+math.Max(math.Abs(high)*.1, 1e-3), low-math.Max(math.Abs(low)*.1, 1e-3)
	}
	if c.Unit == model.Ratio {
		low, high = math.Max(low, 0), math.Min(high, 1)
	}
	step = math.Pow(10, math.Floor(math.Log10((high-low)/ticks)))
	for _, f := range []float64{1, 2, 5, 10} {
		if (high-low)/(step*f) <= ticks+1 {
			step *= f
			break
		}
	}
	return math.Floor(low/step+1e-9) * step, math.Ceil(high/step-1e-9) * step, step
}

// clock writes a time on the axis of a chart that is so long.
func clock(at time.Time, long time.Duration) string {
	if long > 48*time.Hour {
		return at.UTC().Format("2 Jan 15h")
	}
	return at.UTC().Format("15:04")
}
