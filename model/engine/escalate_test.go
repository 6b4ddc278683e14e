package engine

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// escalating is a rollout that tells the lead of a breach at once and management after a while.
func escalating(t *testing.T, w *world, dir string, after time.Duration) (Options, chan string) {
	o := options(t, w, dir)
	o.Rollout.Contacts = []model.Contact{{Name: "Bo", Role: "Lead"}, {Name: "Vi", Role: "Management"}}
	o.Rollout.Escalations = []model.Escalation{
		{Level: 1, Who: "Lead", On: []model.Condition{model.OnBreach, model.OnUnverified}, Notify: []model.ActionID{"team"}},
		{Level: 2, Who: "Management", After: after, On: []model.Condition{model.OnBreach}, Notify: []model.ActionID{"team"}},
	}
	o.Rollout.Actions = append(o.Rollout.Actions, model.ActionSpec{ID: "team", Timeout: time.Second})
	titles := make(chan string, 100)
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Actions["team"] = titler{titles}
		return parts, err
	}
	return o, titles
}

// hears waits for the next title, which must hold text.
func hears(t *testing.T, titles chan string, text string) {
	t.Helper()
	select {
	case got := <-titles:
		if !strings.Contains(got, text) {
			t.Fatalf("told %q, wanted %q", got, text)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("nobody was told %q", text)
	}
}

// TestWhatLastsIsToldLevelByLevel: once each, also over a restart, and that it is over.
func TestWhatLastsIsToldLevelByLevel(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o, titles := escalating(t, w, dir, 300*time.Millisecond)
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.failing = true })
	hears(t, titles, "Lead is called")
	hears(t, titles, "Management is called")
	p.stop()
	p = board(t, o)
	p.until("the breach again", func(s *model.Snapshot) bool { return s.Gate.Headline == model.NoGo })
	w.with(func() { w.failing = false })
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	hears(t, titles, "breach is over")
	if n := len(titles); n > 0 {
		t.Errorf("told again: %q", <-titles)
	}
}

// TestWhoAcknowledgesEndsTheTelling until it is over and begins anew; where nothing calls for
// anybody it is refused.
func TestWhoAcknowledgesEndsTheTelling(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o, titles := escalating(t, w, dir, time.Second)
	p := board(t, o)
	p.enter("ten")
	ack := model.Intent{Kind: model.Acknowledge, Reason: "on it"}
	if a := p.ask(ack); !a.Refused || !strings.Contains(a.Err, "nothing calls for anybody") {
		t.Errorf("acknowledged nothing: %+v", a)
	}
	w.with(func() { w.failing = true })
	hears(t, titles, "Lead is called")
	if a := p.ask(ack); a.Err != "" {
		t.Fatal(a.Err)
	}
	if a := p.ask(ack); !a.Refused || !strings.Contains(a.Err, "already, by") {
		t.Errorf("acknowledged twice: %+v", a)
	}
	p.stop()
	p = board(t, o)
	s := p.until("long enough for the next level", func(s *model.Snapshot) bool {
		all := s.State.Alarms(s.Rollout, s.At)
		return len(all) > 0 && s.At.Sub(all[0].Since) > 1500*time.Millisecond
	})
	is := s.State.Escalated[model.OnBreach]
	if is.Told != 1 || is.At.IsZero() || is.Note != "on it" || len(titles) > 0 {
		t.Errorf("after it was acknowledged: %+v, %d more told", is, len(titles))
	}
	w.with(func() { w.failing = false })
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	hears(t, titles, "breach is over")
	w.with(func() { w.failing = true })
	hears(t, titles, "Lead is called")
}

// TestAnUnverifiedRollbackCallsForPeople until one is verified.
func TestAnUnverifiedRollbackCallsForPeople(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o, titles := escalating(t, w, dir, time.Hour)
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.lies = true })
	if got := p.does(model.Intent{Kind: model.ArmRollback, Rollback: "quick"}); got.Outcome == model.Verified {
		t.Fatal(got.Outcome)
	}
	hears(t, titles, "not verified")
	w.with(func() { w.lies = false })
	if got := p.does(model.Intent{Kind: model.ArmRollback, Rollback: "quick"}); got.Outcome != model.Verified {
		t.Fatal(got.Outcome, got.Summary)
	}
	hears(t, titles, "not verified is over")
}
