package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

func TestFreezingIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, onBaseline(someSnapshot(), "errors"))
		d.press("B")
		d.sees("errors, now 1.4% · none is frozen yet")
		d.press("enter")
		in := d.one()
		d.snap(answer(next(d.m.eyes.live, func(s *model.Snapshot) {
			s.State.Baselines = map[model.MetricID]model.Baseline{"errors": {Value: .012, Points: 40, At: time.Now()}}
		}), in.ID, ""))
		d.sees("frozen: errors at 1.2%, the mean of 40 readings")
		d.press("B")
		d.sees("in place of 1.2% of")
	})
}

func TestFreezingIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, onBaseline(someSnapshot(), "errors"))
		d.press("B", "enter")
		d.snap(answer(d.m.eyes.live, d.one().ID, "refused: errors has 2 readings over 10s, and its baseline needs those of at least 15m"))
		d.sees("freeze the baseline of errors: errors has 2 readings")
	})
}
