package watch

import (
	"testing"
	"time"

	"gonogo/model"
)

// TestPastComesBehindTheValue: history that is asked after the first value goes
// before it in the chart, changes no newer point, and no snapshot that is out.
func TestPastComesBehindTheValue(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(1000+int64(s), 0) }
	m := NewMeters(&model.Rollout{}, model.Parts{}, func() {})
	m.Reading("s", "m", model.Reading{At: at(10), Value: 10})
	before, _, _ := m.Charts()
	past := func(seconds ...int) (out []model.Point) {
		for _, s := range seconds {
			out = append(out, model.Point{At: at(s), V: float64(-s)})
		}
		return out
	}
	m.Past("m", past(1, 4, 10))
	m.Reading("s", "m", model.Reading{At: at(13), Value: 13})
	middle, _, _ := m.Charts()
	m.Past("m", past(4, 7, 12))
	after, _, _ := m.Charts()
	m.Fill("m", append([]model.Point{{At: at(-1000), V: -1000}, {At: at(-900), V: -900}}, past(3, 11)...)) // what history kept gives way
	history, _, _ := m.Charts()
	for name, check := range map[string]struct {
		got  model.Series
		want []float64
	}{
		"history": {history["m"], []float64{-1000, -900, -1, -4, -7, 10, 13}},
		"before":  {before["m"], []float64{10}}, "middle": {middle["m"], []float64{-1, -4, 10, 13}}, "after": {after["m"], []float64{-1, -4, -7, 10, 13}},
	} {
		var values []float64
		for _, p := range check.got.Points {
			values = append(values, p.V)
		}
		if len(values) != len(check.want) {
			t.Fatalf("%s: %v, want %v", name, values, check.want)
		}
		for i := range values {
			if values[i] != check.want[i] {
				t.Errorf("%s: %v, want %v", name, values, check.want)
			}
		}
	}
	if before["m"].Epoch == middle["m"].Epoch {
		t.Error("the series is another, and its epoch the same")
	}
}
