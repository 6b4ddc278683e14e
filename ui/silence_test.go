package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"gonogo/ui/keyboard"
)

func withPager(s *model.Snapshot) *model.Snapshot {
	r := *s.Rollout
	r.Silences = []model.SilenceSpec{{ID: "pager", Title: "Pager", Source: "alerts", What: `alerts {service="shop"}`, AtMost: time.Hour}}
	s.Rollout = &r
	return s
}

// TestASilenceIsAskedForAndShown: for how long and why, and then on the screen until it ends.
func TestASilenceIsAskedForAndShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, withPager(someSnapshot()))
		d.press("S")
		d.sees(`Pager · alerts {service="shop"}`)
		d.press("enter")
		d.sees("for how long?")
		for range 3 {
			d.press("backspace")
		}
		d.press("2", "h", "enter")
		d.sees("expected 1m to 1h")
		d.press("backspace", "backspace", "4", "5", "m", "enter", "enter")
		d.sees("a reason is needed")
		d.press("d", "e", "p", "l", "o", "y", "enter")
		in := d.one()
		if in.Kind != model.OpenSilence || in.Silence != "pager" || in.For != 45*time.Minute || in.Reason != "deploy" {
			t.Errorf("asked for %+v", in)
		}
		d.snap(answer(next(d.m.eyes.live, func(s *model.Snapshot) {
			s.State.Silences = map[model.SilenceID]model.SilenceState{"pager": {
				Status: model.SilenceOpen, Until: time.Now().Add(45 * time.Minute), By: model.Actor{Name: "ann"}, Reason: "deploy\x1b[2J",
			}}
		}), in.ID, ""))
		d.sees("Pager is silenced for 45m more by ann: deploy␛[2J · S")
		d.press("S", "enter")
		d.sees("End the silence of Pager?")
		d.wait(keyboard.Dead)
		d.press("y")
		if in := d.one(); in.Kind != model.EndSilence || in.Silence != "pager" {
			t.Errorf("asked for %+v", in)
		}
	})
}
