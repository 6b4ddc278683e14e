package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// TestWhoIsNextIsOnTheScreen: what lasts, who is told when, and after K who took it on.
func TestWhoIsNextIsOnTheScreen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := someSnapshot()
		s.Rollout.Contacts = []model.Contact{{Name: "Bo", Role: "Team lead", How: "+49 30 1234"}}
		s.Rollout.Escalations = []model.Escalation{{Level: 1, Who: "Team lead", After: 15 * time.Minute, On: []model.Condition{model.OnBreach}, Notify: []model.ActionID{"team"}}}
		s.State.Breach = model.Breach{Since: s.At.Add(-12 * time.Minute), Why: "errors"}
		s.State.Headline = model.NoGo
		d := newDesk(t, s)
		d.sees("breach for 12m, unacknowledged: Team lead (Bo) is told in 3m · K acknowledges · errors")
		d.press("i")
		d.sees("Bo (Team lead): +49 30 1234")
		d.press("esc", "K")
		d.sees("Acknowledge: breach")
		d.press("o", "n", "space", "i", "t", "enter")
		in := d.one()
		if in.Kind != model.Acknowledge || in.Reason != "on it" {
			t.Errorf("submitted %+v", in)
		}
		d.snap(next(s, func(s *model.Snapshot) {
			s.State.Escalated = map[model.Condition]model.Escalated{model.OnBreach: {Since: s.State.Breach.Since, By: model.Actor{Name: "ana"}, At: time.Now(), Note: "on it"}}
		}))
		d.sees("acknowledged by ana")
		d.press("K")
		d.sees("nothing calls for anybody that is not acknowledged")
	})
}
