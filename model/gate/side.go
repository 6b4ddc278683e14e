package gate

import (
	"strconv"
	"time"

	"gonogo/model"
)

// compared finishes a line whose value can be judged: on which side of its
// alert and target it is, and for how long.
func compared(m *model.Metric, line model.Line, v float64, prev model.Streak, dt time.Duration) (model.Line, model.Streak) {
	streak := model.Streak{Alert: prev.Alert}
	alerting, alertKnown := against(m.Alert, v, line.AlertAt, line.HasAlert)
	switch {
	case alertKnown && alerting:
		streak.Alert += dt
	case alertKnown || m.Alert == nil:
		streak.Alert = 0
	}
	holds, known := against(m.Target, v, line.Threshold, line.HasTarget)
	if holds && known {
		streak.Target = prev.Target + dt
	}
	switch {
	// An alert that is measured counts even where the target cannot be resolved.
	case alerting && alertKnown:
		judgeAlert(m, &line, v, streak)
	case m.Target != nil && !known:
		line.State, line.Reason = model.NoData, unresolved("target", m.Target)
	case m.Alert != nil && !alertKnown:
		line.State, line.Reason = model.NoData, unresolved("alert", m.Alert)
	case m.Target == nil:
		line.State, line.Reason = model.Pass, model.FormatValue(m.Unit, v)+", nothing is asked of it"
	case !holds:
		line.State, line.Reason = model.Warn, position(m.Unit, v, m.Target, line.Threshold)
	case streak.Target < m.For:
		line.State, line.Held = model.Collecting, streak.Target
		line.Reason = position(m.Unit, v, m.Target, line.Threshold) + ", held " + model.FormatDuration(streak.Target) + " of " + model.FormatDuration(m.For)
	default:
		line.State, line.Held = model.Pass, streak.Target
		line.Reason = position(m.Unit, v, m.Target, line.Threshold)
	}
	return line, streak
}

// against is Holds for a threshold that is already resolved.
func against(t *model.Target, v float64, limit model.Float, resolved bool) (holds, known bool) {
	if t == nil || !resolved {
		return false, false
	}
	return compare(v, t.Op, float64(limit))
}

func judgeAlert(m *model.Metric, line *model.Line, v float64, streak model.Streak) {
	line.Held = streak.Alert
	line.Reason = position(m.Unit, v, m.Alert, line.AlertAt) + " (alert)"
	if left := m.AlertFor - streak.Alert; left > 0 {
		line.State = model.Warn
		line.Reason += ", FAIL in " + model.FormatDuration(left)
		return
	}
	line.State = model.Fail
	if streak.Alert > 0 {
		line.Reason += " for " + model.FormatDuration(streak.Alert)
	}
}

func unresolved(what string, t *model.Target) string {
	if t.Of == "" {
		return "the " + what + " " + t.Text + " cannot be compared with"
	}
	return "the " + what + " is relative to " + model.Inert(string(t.Of)) + ", which has no usable value now"
}

// position says where v is from the threshold: "1.4% is above 1%", and what
// the threshold comes of, where that is another metric.
func position(u model.Unit, v float64, t *model.Target, threshold model.Float) string {
	limit := float64(threshold)
	have, want := model.FormatValue(u, v), model.FormatValue(u, limit)
	if have == want && v != limit { // rounded to the same
		have, want = precise(u, v), precise(u, limit)
	}
	where := " is exactly "
	switch {
	case v > limit:
		where = " is above "
	case v < limit:
		where = " is below "
	}
	text := have + where + want
	if holds, _ := compare(v, t.Op, limit); !holds && v == limit {
		text += ", wants " + t.Op
	}
	if t.Of != "" {
		text += " (" + t.Text + ")"
	}
	return text
}

// precise writes v with more digits than anybody wants to read.
func precise(u model.Unit, v float64) string {
	switch u {
	case model.Ratio:
		return strconv.FormatFloat(v*100, 'g', 10, 64) + "%"
	case model.Seconds:
		return strconv.FormatFloat(v, 'g', 10, 64) + "s"
	}
	return strconv.FormatFloat(v, 'g', 10, 64)
}
