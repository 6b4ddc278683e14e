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
// metric's unit: t.Value × what t is relative to + t.Plus. It is unknown
// (false) while that has no value.
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
		v = v*other + t.Plus
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

// Within reports whether some value beyond the notice t satisfies the target. Both are amounts.
func Within(t, target *model.Target) bool {
	step := max(math.Abs(t.Value), 1e-9) / 1e6
	for _, v := range []float64{t.Value - step, t.Value, t.Value + step} {
		noticed, _ := compare(v, t.Op, t.Value)
		if holds, _ := compare(v, target.Op, target.Value); noticed && holds {
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
