package gate

import "gonogo/model"

// Allows returns the share of bad events past which metric m fails, 0 to 1: its alert's,
// without one its target's. Where it is compared with a control, times is true, and
// it is how many times the control's share. ok is false for a metric that counts no events.
func Allows(m *model.Metric) (share float64, times, ok bool) {
	if !m.Counted {
		return 0, false, false
	}
	b, err := bandOf(m)
	if err != nil {
		return 0, false, false
	}
	if b.alert > 0 {
		return b.alert, b.times, true
	}
	return b.target, b.times, true
}
