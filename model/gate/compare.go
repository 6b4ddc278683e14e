package gate

import (
	"math"

	"gonogo/model"
)

// Values looks up what the thresholds of metric self may rest on: the current
// value of another metric, or, for model.OfBaseline, self's frozen baseline. It
// must answer false for a metric without a usable value, see Usable.
type Values = func(self, of model.MetricID) (float64, bool)

// Threshold returns the number that t of metric self compares with, in the
// metric's unit: t.Value × what t is relative to + t.Plus, or with t.Around what t is
// relative to + (t.Value - 1) × its size. It is unknown (false) while that has no value.
func Threshold(self model.MetricID, t model.Target, values Values) (float64, bool) {
	v := t.Value
	if t.Of != "" {
		if values == nil {
			return 0, false
		}
		other, ok := values(self, t.Of)
		if !ok {
			return 0, false
		}
		if v = v*other + t.Plus; t.Around {
			v = other + (t.Value-1)*math.Abs(other)
		}
	}
	return v, finite(v)
}

// Holds reports whether v of metric self satisfies t, and whether that can be
// known at all: it cannot where v or the threshold is not a finite number.
func Holds(self model.MetricID, t model.Target, v float64, values Values) (holds, known bool) {
	limit, ok := Threshold(self, t, values)
	if !ok || !finite(v) {
		return false, false
	}
	return compare(v, t.Op, limit)
}

// Meet reports whether some value satisfies all of ts, which are amounts.
func Meet(ts ...*model.Target) bool {
	satisfies := func(v float64) bool {
		for _, t := range ts {
			if holds, _ := compare(v, t.Op, t.Value); !holds {
				return false
			}
		}
		return true
	}
	for _, t := range ts { // where ts meet at all they do so at a bound, or beside one
		step := max(math.Abs(t.Value), 1e-9) / 1e6
		if satisfies(t.Value-step) || satisfies(t.Value) || satisfies(t.Value+step) {
			return true
		}
	}
	return false
}

// compare reports whether "v op limit" is true; an unknown operator is never known.
func compare(v float64, op string, limit float64) (holds, known bool) {
	switch op {
	case "<":
		return v < limit, true
	case "<=":
		return v <= limit, true
	case ">":
		return v > limit, true
	case ">=":
		return v >= limit, true
	case "==":
		return v == limit, true
	case "!=":
		return v != limit, true
	}
	return false, false
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
