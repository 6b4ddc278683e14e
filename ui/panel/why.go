package panel

import (
	"math"
	"strconv"
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

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
	if line.HasCount {
		out = append(out, field(w, "events", theme.Normal, strconv.FormatFloat(line.Count, 'f', -1, 64))...)
	}
	out = append(out, field(w, "target", theme.Normal, thresholdLine(line.Target, line, line.Threshold, line.HasTarget))...)
	out = append(out, field(w, "alert", theme.Normal, thresholdLine(line.Alert, line, line.AlertAt, line.HasAlert))...)
	if !line.SampleAt.IsZero() && line.Metric != "" {
		age := max(p.Now.Sub(line.SampleAt), 0).Truncate(time.Second)
		out = append(out, field(w, "age", theme.Normal, model.FormatDuration(age)+", sample of "+line.SampleAt.UTC().Format("15:04:05Z"))...)
	}
	if line.Held > 0 {
		out = append(out, field(w, "held", theme.Normal, model.FormatDuration(line.Held.Truncate(time.Second))+" in this state")...)
	}
	return out
}

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

// whyMetric is where a metric comes from and how it is judged.
func whyMetric(p Props, m *model.Metric, line *model.Line, w int) [][]span {
	var out [][]span
	if m.For > 0 {
		out = append(out, field(w, "for", theme.Normal, "the target must hold for "+model.FormatDuration(m.For))...)
	}
	if m.AlertFor > 0 {
		out = append(out, field(w, "alert for", theme.Normal, "the alert must hold for "+model.FormatDuration(m.AlertFor))...)
	}
	if m.MinCount > 0 {
		out = append(out, field(w, "at least", theme.Normal, strconv.FormatFloat(m.MinCount, 'f', -1, 64)+" events")...)
	}
	out = append(out, field(w, "asked", theme.Normal, "every "+model.FormatDuration(m.Every)+", stale after "+model.FormatDuration(m.StaleAfter))...)
	out = append(out, field(w, "source", theme.Normal, sourceText(p, m.Source))...)
	return append(out, field(w, "query", theme.Normal, m.Query)...)
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
