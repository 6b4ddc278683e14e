package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// TestAReadingIsSaid: what it was taken as, who read it last, and all of it in the why.
func TestAReadingIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, byPeople(someSnapshot(), "errors"))
		d.press("R", "0", ".", "3", "%", "enter", "o", "k", "enter")
		in := d.one()
		d.snap(answer(next(d.m.eyes.live, func(s *model.Snapshot) {
			s.State.Readings = map[model.MetricID]model.PersonReading{"errors": {
				Value: .003, Unit: model.Ratio, At: time.Now().Add(-3 * time.Hour), By: model.Actor{Name: "vp", Host: "desk"}, Note: "both\x1b[2J stores",
			}}
		}), in.ID, ""))
		d.sees("errors read as 0.3%")
		d.press("R")
		d.sees("0.3% by vp 3h ago")
		d.press("esc", "e")
		for _, want := range []string{"a person reads it: R, or gonogo read errors VALUE", "read it; a reading counts for 1d, or until the next change", "Crashlytics␛[2J", "https://c.example", "0.3% by vp@desk, 1999-12-31 21:00:", "both␛[2J stores"} {
			d.sees(want)
		}
	})
}

// TestAReadingThatIsRefusedIsSaid: with what the engine says.
func TestAReadingThatIsRefusedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, byPeople(someSnapshot(), "errors"))
		d.press("R", "1", "%", "enter", "enter")
		d.snap(answer(d.m.eyes.live, d.one().ID, "refused: the journal is damaged"))
		d.sees("read errors as 1%: the journal is damaged")
	})
}

// TestTheBoxClosesWhereTheMetricIsAnother: a config that was adopted has it in another unit, or from a source.
func TestTheBoxClosesWhereTheMetricIsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, byPeople(someSnapshot(), "errors"))
		d.press("R", "1", "%", "enter")
		d.snap(next(byPeople(someSnapshot(), "p95"), func(s *model.Snapshot) { s.Seq, s.State.Seq = 60, 60 }))
		d.sees("too late: the config that was adopted has it otherwise")
		d.press("enter")
		d.none()
	})
}
