package panel

import (
	"math"
	"strconv"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// WhyBox explains one line: what would change it, what came, what is wanted,
// how far it is off, what the events prove, what it is compared with, how old
// it is, what the guard makes of it, and what was asked. Of a check: who or
// what found out, when, and what it printed.
func WhyBox(p Props, line model.Line) Box {
	line = p.seen(line)
	w := p.boxW()
	glyph, style := p.theme().State(line.State)
	b := box{
		title: []span{{theme.Title, "Why "}, {theme.Title, line.Title}}, keep: -1, minW: min(60, w),
		head: [][]span{{{style, glyph + " " + string(line.State)}}},
		foot: [][]span{keyLine(Hint{"esc", "closes"}, Hint{"y", "copies"}, Hint{"↑↓", "scroll"})},
	}
	b.head = append(b.head, lines(w, theme.Strong, reasonText(&line))...)
	b.head = append(b.head, nil)
	m, check := p.rollout().Metric(line.Metric), p.check(line.Check)
	if check != nil {
		b.body = append(b.body, field(w, "changes", theme.Strong, words.ChangeCheck(check, m, &line))...)
		b.body = append(b.body, whyCheck(p, check, w)...)
	} else {
		b.body = append(b.body, field(w, "changes", theme.Strong, words.Change(m, &line))...)
	}
	b.body = append(b.body, guideFields(p, &line, w)...)
	b.body = append(b.body, whyValue(p, &line, w)...)
	if m != nil {
		b.body = append(b.body, whyTest(p, &line, w)...)
		b.body = append(b.body, whyBaseline(p, m, w)...)
	}
	b.body = append(b.body, whyTimes(p, &line, w)...)
	b.body = append(b.body, guardFields(p, &line, w)...)
	if m != nil {
		b.body = append(b.body, whyMetric(p, m, w)...)
	}
	return b.rows(p)
}

// whyValue is what was measured against what is wanted.
func whyValue(p Props, line *model.Line, w int) [][]span {
	var out [][]span
	if line.HasValue {
		text := model.FormatValue(line.Unit, float64(line.Value))
		raw := strconv.FormatFloat(float64(line.Value), 'g', -1, 64)
		unit := string(line.Unit)
		if unit == "" {
			unit = "no unit"
		}
		out = append(out, field(w, "value", theme.Strong, text+"   raw "+raw+" ("+unit+")")...)
	} else if line.Metric != "" {
		out = append(out, field(w, "value", theme.Unknown, "none")...)
	}
	for i := len(line.Lines) - 1; i >= 0; i-- { // the newest first
		if line.Lines[i] == "" {
			continue
		}
		name := ""
		if i == len(line.Lines)-1 || line.Lines[i+1] == "" {
			name = "log"
		}
		out = append(out, field(w, name, theme.Normal, model.Inert(line.Lines[i]))...)
	}
	out = append(out, field(w, "target", theme.Normal, thresholdLine(line.Target, line, line.Threshold, line.HasTarget))...)
	if m := p.Snap.Rollout.Metric(line.Metric); m != nil && m.Warn != nil {
		out = append(out, field(w, "warn", theme.Normal, model.Inert(m.Warn.Text)+", which decides nothing")...)
	}
	out = append(out, field(w, "alert", theme.Normal, thresholdLine(line.Alert, line, line.AlertAt, line.HasAlert))...)
	events := ""
	if line.HasCount {
		events = count(line.Count)
	}
	if line.Rate > 0 {
		if events != "" {
			events += ", "
		}
		events += strconv.FormatFloat(line.Rate, 'g', 3, 64) + " a second"
	}
	return append(out, field(w, "events", theme.Normal, events)...)
}

// count writes a number of events.
func count(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// thresholdLine is a threshold as written, as resolved, and the value's distance to it.
func thresholdLine(text string, line *model.Line, at model.Float, has bool) string {
	if text == "" {
		return ""
	}
	if !has {
		return text + "   not resolved: what it depends on has no value"
	}
	text += "   at " + model.FormatValue(line.Unit, float64(at))
	if v := float64(line.Value); line.HasValue && finite(v) && finite(float64(at)) {
		text += ", margin " + model.FormatValue(line.Unit, math.Abs(v-float64(at)))
	}
	return text
}

// whyBaseline is the frozen baseline of a metric, of one that rests on it also that there is none.
func whyBaseline(p Props, m *model.Metric, w int) [][]span {
	b, ok := p.Snap.State.Baselines[m.ID]
	switch {
	case !ok && m.OnBaseline() && p.ReadOnly:
		return field(w, "baseline", theme.Warn, "none is frozen")
	case !ok && m.OnBaseline():
		return field(w, "baseline", theme.Warn, "none is frozen: B freezes it")
	case !ok:
		return nil
	}
	out := field(w, "baseline", theme.Normal, model.FormatValue(m.Unit, float64(b.Value))+", frozen "+clock(b.At, p.Now)+"Z by "+b.By.Name)
	out = append(out, field(w, "", theme.Dim, "the mean of "+strconv.Itoa(b.Points)+" readings over "+model.FormatDuration(b.Window))...)
	if b.Query != "" && b.Query != m.Query {
		out = append(out, field(w, "", theme.Warn, "of another query than now: "+b.Query)...)
	}
	return out
}

// whyTimes are a line's age, how long it has been so, and what it settles from.
func whyTimes(p Props, line *model.Line, w int) [][]span {
	var out [][]span
	if !line.SampleAt.IsZero() && line.Metric != "" {
		age := max(p.Now.Sub(line.SampleAt), 0).Truncate(time.Second)
		out = append(out, field(w, "age", theme.Normal, model.FormatDuration(age)+", sample of "+line.SampleAt.UTC().Format("15:04:05Z"))...)
	}
	if line.Held > 0 {
		out = append(out, field(w, "held", theme.Normal, model.FormatDuration(line.Held.Truncate(time.Second))+" in this state")...)
	}
	if line.Settling > 0 {
		text := model.FormatDuration(line.Settling.Truncate(time.Second)) + " more, until its window holds nothing from before the last change"
		if p.Snap != nil {
			text = because(text, p.Snap.State.Changed.What)
		}
		out = append(out, field(w, "settles", theme.Normal, text)...)
	}
	return out
}

// whyMetric is where a metric comes from and how it is judged.
func whyMetric(p Props, m *model.Metric, w int) [][]span {
	var out [][]span
	if m.For > 0 {
		out = append(out, field(w, "for", theme.Normal, "the target must hold for "+model.FormatDuration(m.For))...)
	}
	if m.AlertFor > 0 {
		out = append(out, field(w, "alert for", theme.Normal, "the alert must hold for "+model.FormatDuration(m.AlertFor))...)
	}
	if m.MinCount > 0 {
		out = append(out, field(w, "at least", theme.Normal, count(m.MinCount)+" events")...)
	}
	if m.Settle > 0 && (!m.Counted || m.Waits) {
		out = append(out, field(w, "settle", theme.Normal, model.FormatDuration(m.Settle)+" after a flip or restart it decides nothing")...)
	}
	if m.Own != "" {
		return append(out, field(w, "source", theme.Normal, "this rollout's own journal: "+string(m.Own))...)
	}
	if m.Read != nil {
		return append(out, whyRead(p, m, w)...)
	}
	out = append(out, field(w, "asked", theme.Normal, "every "+model.FormatDuration(m.Every)+", stale after "+model.FormatDuration(m.StaleAfter))...)
	out = append(out, field(w, "source", theme.Normal, sourceText(p, m.Source))...)
	out = append(out, field(w, "query", theme.Normal, m.Query)...)
	out = append(out, field(w, "bad", theme.Normal, m.Bad)...)
	out = append(out, field(w, "good", theme.Normal, m.Good)...)
	out = append(out, field(w, "total", theme.Normal, m.Total)...)
	out = append(out, field(w, "expr", theme.Normal, m.Expr)...)
	for i, id := range m.Inputs {
		name := ""
		if i == 0 {
			name = "of"
		}
		text := string(id) + ", never judged"
		if in, ok := p.Snap.Lines[id]; ok {
			in = p.seen(in)
			text = string(id) + " " + valueText(&in) + ", " + string(in.State)
		}
		out = append(out, field(w, name, theme.Normal, text)...)
	}
	return out
}

// whyRead is where people read a metric, and who read it last.
func whyRead(p Props, m *model.Metric, w int) [][]span {
	out := field(w, "people", theme.Normal, "read it; a reading counts for "+model.FormatDuration(m.Read.Every)+", or until the next change")
	out = append(out, field(w, "from", theme.Normal, m.Read.From)...)
	got, ok := p.Snap.State.Readings[m.ID]
	if !ok {
		return out
	}
	by := got.By.Name
	if got.By.Host != "" {
		by += "@" + got.By.Host
	}
	out = append(out, field(w, "read", theme.Normal, model.FormatValue(got.Unit, float64(got.Value))+" by "+by+", "+got.At.UTC().Format("2006-01-02 15:04:05Z"))...)
	return append(out, field(w, "note", theme.Normal, got.Note)...)
}

func sourceText(p Props, id string) string {
	if p.Snap == nil {
		return id
	}
	for _, s := range p.Snap.Sources {
		if s.ID != id {
			continue
		}
		text := id + " (" + s.Kind + ")"
		if s.OK {
			return text + ", answers"
		}
		if s.Err != "" {
			text += ": " + s.Err
		}
		if !s.LastOK.IsZero() {
			text += ", last answer " + clock(s.LastOK, p.Now)
		}
		return text
	}
	return id
}
