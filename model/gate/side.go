package gate

import (
	"math"
	"time"

	"gonogo/model"
)

// compared finishes a finding whose value can be judged: on which side of its
// alert and target it is, and for how long.
func compared(m *model.Metric, in *Input, f finding, v float64, streak model.Streak) (finding, model.Streak) {
	elapsed := max(in.Elapsed, 0)
	holds, known := against(m.Target, v, f.limit, f.hasLimit)
	inAlert, alertKnown := against(m.Alert, v, f.alert, f.hasAlert)
	switch {
	case alertKnown && inAlert:
		streak.Alert += elapsed
	case alertKnown || m.Alert == nil:
		streak.Alert = 0
	}
	if holds && known {
		streak.Target = in.Prev.Target + elapsed
	}
	switch {
	// An alert that is measured counts even where the target cannot be resolved.
	case inAlert && alertKnown:
		f.state, f.cause, f.held = model.Fail, alerting, streak.Alert.Truncate(time.Second)
		if streak.Alert < m.AlertFor {
			f.state = model.Warn
		}
	case m.Target != nil && !known:
		f.state, f.cause = model.NoData, targetUnresolved
	case m.Alert != nil && !alertKnown:
		f.state, f.cause = model.NoData, alertUnresolved
	case m.Target == nil:
		f.state, f.cause = model.Pass, nothingAsked
	case !holds:
		f.state, f.cause = model.Warn, offTarget
	case streak.Target < m.For:
		f.state, f.cause, f.held = model.Collecting, notHeld, streak.Target.Truncate(time.Second)
	default:
		f.state, f.cause = model.Pass, onTarget
	}
	return f, streak
}

// noticed reports whether the value is beyond its warn, though nothing else is said of it.
func noticed(m *model.Metric, f *finding) bool {
	if m.Warn == nil || f.state != model.Pass && f.cause != notHeld {
		return false
	}
	v := math.Float64frombits(f.value)
	if !finite(v) {
		return false
	}
	beyond, known := compare(v, m.Warn.Op, m.Warn.Value)
	return beyond && known
}

// against compares v with a threshold that is already resolved.
func against(t *model.Target, v, limit float64, resolved bool) (holds, known bool) {
	if t == nil || !resolved {
		return false, false
	}
	return compare(v, t.Op, limit)
}
