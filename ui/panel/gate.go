package panel

import (
	"fmt"
	"math"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

type gatePanel struct{}

// Gate is the verdict with its lines, and why each is in its state. Checks
// have a panel of their own and are only counted here.
func Gate() Panel { return gatePanel{} }

func (gatePanel) Name() string { return "gate" }
func (gatePanel) Min() Size    { return Size{30, 4} }

func (g gatePanel) Title(p Props) string { return plain(g.title(p)) }

func (gatePanel) title(p Props) []span {
	out := []span{{theme.Title, "Gate  "}}
	if !p.known() {
		return out[:1]
	}
	h, _ := p.headline()
	glyph, style := p.theme().Headline(h)
	v := &p.Snap.Gate
	out = append(out, span{style &^ theme.Reverse, glyph + " " + string(h)},
		span{theme.Normal, fmt.Sprintf(" · %d of %d", v.Passed, len(v.Lines))})
	open, manual, unread := 0, 0, 0
	for i := range v.Lines {
		switch line := &v.Lines[i]; {
		case line.State == model.Unread:
			unread++
		case line.Check == "" || line.State == model.Pass:
		case line.State == model.Manual:
			manual++
		default:
			open++
		}
	}
	if manual > 0 {
		out = append(out, span{theme.Hold, fmt.Sprintf(" · %d to sign", manual)})
	}
	if unread > 0 {
		out = append(out, span{theme.Hold, fmt.Sprintf(" · %d to read", unread)})
	}
	if open > 0 {
		out = append(out, span{theme.Hold, fmt.Sprintf(" · %d open", open)})
	}
	return out
}

// GateLines returns the lines that the gate panel's rows show: those of metrics
// and of the soak that pass the filter.
func GateLines(p Props) []model.Line {
	if !p.known() {
		return nil
	}
	out := make([]model.Line, 0, len(p.Snap.Gate.Lines))
	for i := range p.Snap.Gate.Lines {
		if line := &p.Snap.Gate.Lines[i]; inGatePanel(p, line) {
			out = append(out, p.seen(*line))
		}
	}
	return out
}

func inGatePanel(p Props, line *model.Line) bool {
	return line.Check == "" && p.matches(line.Title, string(line.Metric), string(line.State), line.Reason)
}

func (gatePanel) Rows(p Props) int {
	n := 0
	if p.known() {
		for i := range p.Snap.Gate.Lines {
			if inGatePanel(p, &p.Snap.Gate.Lines[i]) {
				n++
			}
		}
	}
	return n
}

func (g gatePanel) rowAt(p Props, x, y int) int { return rowInList(p, g.Rows(p), x, y) }

func (g gatePanel) Render(p Props) string {
	lines := GateLines(p)
	name := 0
	value, target := 1, 0
	texts := make([]string, len(lines))
	for i := range lines {
		if lines[i].Metric != "" { // the soak and the like have words instead
			texts[i] = valueText(&lines[i])
		}
		name = max(name, cells(lines[i].Title))
		value = max(value, cells(texts[i]))
		target = max(target, cells(lines[i].Target))
	}
	name = min(name, max(8, p.Size.W*3/10))
	target = min(target, max(8, p.Size.W/6)) // a relative one is long, and its why says it all
	empty := "this phase's gate asks for no metric"
	return list(p, len(lines), g.title(p), empty, func(c *canvas, x, y, width, row int) {
		line := &lines[row]
		glyph, style := c.theme.State(line.State)
		end := x + width
		c.text(x, y, 1, style, glyph)
		c.text(x+2, y, min(name, end-x-2), strength(line), line.Title)
		x += 2 + name + 1
		c.right(x+value, y, min(value, end-x), valueStyle(line), texts[row])
		x += value + 2
		guard, short, guardStyle := guardSays(p, line)
		if guard == "" || end-x-target-3-cells(string(line.State)) >= cells(short) { // else the guard goes before the target
			c.text(x, y, min(target, end-x), theme.Dim, line.Target)
			x += target + 2
		}
		if age, ok := ageOf(p, line); ok && end-x > 24 {
			c.right(end, y, 4, theme.Dim, age)
			end -= 5
		}
		if line.State != model.Pass {
			x += c.text(x, y, end-x, style, string(line.State)) + 1
		}
		gateReason(c, x, y, end-x, reasonText(line), guard, short, guardStyle)
	})
}

// gateReason draws why a line is in its state and, which goes first where there
// is little room, what the guard does about it.
func gateReason(c *canvas, x, y, width int, reason, guard, short string, style theme.Style) {
	const least = 6 // cells of a reason that say anything
	room := width - cells(guard) - 2
	switch {
	case guard == "":
		c.text(x, y, width, theme.Normal, reason)
	case cells(guard) > width:
		c.text(x, y, width, style, short)
	case reason == "" || room < min(least, cells(reason)):
		c.text(x, y, width, style, guard)
	default:
		x += c.text(x, y, room, theme.Normal, reason)
		x += c.text(x, y, 2, theme.Normal, ", ")
		c.text(x, y, cells(guard), style, guard)
	}
}

// strength is of more weight where a line needs a look.
func strength(line *model.Line) theme.Style {
	switch line.State {
	case model.Fail, model.Warn, model.Down:
		return theme.Strong
	case model.Stale:
		return theme.Dim
	}
	return theme.Normal
}

// valueStyle dims a value that must not be relied upon.
func valueStyle(line *model.Line) theme.Style {
	if line.Warned != "" {
		return theme.Notice | theme.Bold
	}
	switch line.State {
	case model.Fail, model.Warn:
		return theme.Strong
	case model.Pass, model.Soaking, model.Collecting, model.Manual:
		return theme.Normal
	}
	return theme.Dim
}

func valueText(line *model.Line) string {
	if !line.HasValue || math.IsNaN(float64(line.Value)) {
		return "–"
	}
	return model.FormatValue(line.Unit, float64(line.Value))
}

// reasonText is why a line is in its state; of one that passes, since when.
func reasonText(line *model.Line) string {
	if line.Reason != "" {
		return line.Reason
	}
	if line.Held > 0 {
		if line.State == model.Pass {
			return "held " + model.FormatDuration(line.Held)
		}
		return "for " + model.FormatDuration(line.Held)
	}
	return ""
}

// ageOf returns the age of a metric's sample.
func ageOf(p Props, line *model.Line) (string, bool) {
	if line.Metric == "" || line.SampleAt.IsZero() {
		return "", false
	}
	return calmAge(p, line), true
}

// calmAge is the age of a line's sample in steps while it is as fresh as it can be, since a number that
// changes draws the eye: "now", "<5s", then in steps of 5 s up to twice the metric's interval.
func calmAge(p Props, line *model.Line) string {
	age, step := p.Now.Sub(line.SampleAt), 5*time.Second
	usual := step
	if m := p.rollout().Metric(line.Metric); m != nil {
		usual = max(2*m.Every, step)
	}
	switch {
	case age > usual:
		return words.Age(age)
	case age < 2*time.Second:
		return "now"
	case age < step:
		return "<5s"
	}
	return words.Age(age.Truncate(step))
}
