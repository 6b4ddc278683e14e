package engine

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"gonogo/model/words"
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

// memory folds records in memory.
type memory struct {
	mu    sync.Mutex
	state model.State
	said  []string
}

func (m *memory) State() model.State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state
}

func (m *memory) Record(by model.Actor, cause model.IntentID, events ...model.Event) error {
	m.RecordAnyway(by, cause, events...)
	return nil
}

func (m *memory) RecordAnyway(by model.Actor, _ model.IntentID, events ...model.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, ev := range events {
		r := model.Record{Seq: m.state.Seq + 1, At: time.Now(), By: by, Event: ev}
		m.state, m.said = model.Apply(m.state, r), append(m.said, words.Describe(r))
	}
}

// courier tells after a second, or fails as often as it is to.
type courier struct {
	fails int
	at    []time.Duration // of the tries
	since time.Time
}

func (*courier) Preview(model.Args) model.Preview { return model.Preview{Title: "tell"} }

func (x *courier) Do(context.Context, model.Args, io.Writer) error {
	x.at = append(x.at, time.Since(x.since))
	time.Sleep(time.Second)
	if len(x.at) <= x.fails {
		return errors.New("no route to host")
	}
	return nil
}

// calling returns the escalations of a breach that began now, whose lead is told by lead.
func calling(m *memory, lead, boss model.Action) escalations {
	r := rollout()
	r.Contacts = []model.Contact{{Name: "Bo", Role: "Lead"}, {Name: "Vi", Role: "Management"}}
	r.Actions = append(r.Actions, model.ActionSpec{ID: "lead", Timeout: 5 * time.Second}, model.ActionSpec{ID: "boss", Timeout: 5 * time.Second})
	r.Escalations = []model.Escalation{
		{Level: 1, Who: "Lead", On: []model.Condition{model.OnBreach}, Notify: []model.ActionID{"lead"}},
		{Level: 2, Who: "Management", After: time.Hour, On: []model.Condition{model.OnBreach}, Notify: []model.ActionID{"boss"}},
	}
	n := &notices{rollout: r, actions: map[model.ActionID]model.Action{"lead": lead, "boss": boss}, records: m, note: func(string) {}}
	return escalations{rollout: r, now: time.Now, records: m, notices: n, trying: map[due]int{}}
}

// passes has the escalations look each second for a while.
func passes(x *escalations, long time.Duration) {
	for range int(long / time.Second) {
		x.look()
		time.Sleep(time.Second)
	}
	synctest.Wait()
}

// TestNobodyIsCalledToldWhoCouldNotBe: the next level is told at once, and the one that failed is tried again.
func TestNobodyIsCalledToldWhoCouldNotBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{state: model.State{Phase: "ten", Breach: model.Breach{Since: time.Now(), Why: "success FAIL"}}}
		lead, boss := &courier{fails: 3, since: time.Now()}, &courier{since: time.Now()}
		x := calling(m, lead, boss)
		passes(&x, 10*time.Second)
		s := m.State()
		is := s.Escalated[model.OnBreach]
		if is.Told != 2 || len(is.Untold) != 1 || is.Untold[0].Err != "no route to host" || len(boss.at) != 1 {
			t.Fatalf("the lead could not be told: %+v, management told %v", is, boss.at)
		}
		snap := &model.Snapshot{Rollout: x.rollout, State: s}
		if got := words.Escalations(snap, time.Now(), false); len(got) != 1 || !strings.Contains(got[0], "COULD NOT TELL level 1, Lead (Bo): no route to host, tries again in ") {
			t.Errorf("the screen says %q", got)
		}
		if !slices.ContainsFunc(m.said, func(s string) bool { return strings.HasPrefix(s, "COULD NOT TELL level 1, Lead, of the breach: ") }) {
			t.Errorf("the journal says %q", m.said)
		}
		passes(&x, 10*time.Minute)
		is = m.State().Escalated[model.OnBreach]
		if is.Told != 2 || len(is.Untold) != 0 || len(lead.at) != 4 || len(boss.at) != 1 {
			t.Errorf("later: %+v, the lead tried at %v, management at %v", is, lead.at, boss.at)
		}
		if n := len(lead.at); n > 0 && lead.at[n-1] < 3*time.Minute {
			t.Errorf("tried at %v: expected longer and longer apart", lead.at)
		}
	})
}

// TestATellingThatWasCutShortIsMadeAgain by the next engine, which cannot know whether anybody heard.
func TestATellingThatWasCutShortIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{state: model.State{Phase: "ten", Breach: model.Breach{Since: time.Now(), Why: "success FAIL"}}}
		m.RecordAnyway(model.Actor{}, "", model.EscalationCalled{On: model.OnBreach, Since: time.Now(), Level: 1, Who: "Lead"})
		lead, boss := &courier{since: time.Now()}, &courier{since: time.Now()}
		x := calling(m, lead, boss)
		passes(&x, 10*time.Second)
		if is := m.State().Escalated[model.OnBreach]; is.Told != 1 || len(is.Untold) != 0 || len(lead.at) != 1 || len(boss.at) != 0 {
			t.Errorf("after a kill: %+v, the lead told at %v, management at %v", is, lead.at, boss.at)
		}
	})
}

// TestABreachThatARollbackDidNotEndIsNotCalledOver: the rollback is confirmed, and what was measured is at fault still.
func TestABreachThatARollbackDidNotEndIsNotCalledOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{state: model.State{Phase: "ten", Breach: model.Breach{Since: time.Now(), Why: "success FAIL"}}}
		lead, boss := &courier{since: time.Now()}, &courier{since: time.Now()}
		x := calling(m, lead, boss)
		passes(&x, 5*time.Second)
		m.mu.Lock()
		m.state.Phase, m.state.Headline = "", model.NoGo
		m.state.Incident = &model.Incident{Verified: time.Now()}
		m.mu.Unlock()
		passes(&x, 5*time.Second)
		if !slices.ContainsFunc(m.said, func(s string) bool { return strings.Contains(s, "and the gate still says NO-GO") }) ||
			slices.ContainsFunc(m.said, func(s string) bool { return strings.HasPrefix(s, "told: ") && strings.Contains(s, "breach is over") }) {
			t.Errorf("told %q", m.said)
		}
	})
}
