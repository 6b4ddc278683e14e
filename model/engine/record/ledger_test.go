package record

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record/recordtest"
	"gonogo/model/journal"
)

var ana = model.Actor{Name: "ana"}

// hold returns a small event that can be told from others.
func hold(reason string) model.Event { return model.HoldChanged{Held: true, Reason: reason} }

// TestALedgerThatAnotherOvertookWritesNothing opens one journal on three hosts.
func TestALedgerThatAnotherOvertookWritesNothing(t *testing.T) {
	s := &recordtest.Store{}
	o := Options{Now: time.Now, OpenStore: s.Open, Changed: func() {}}
	open := func() *Ledger {
		l, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	first, second := open(), open()
	if err := first.Record(ana, "", hold("one"), hold("two")); err != nil || first.Fenced() != nil {
		t.Fatal(err, first.Fenced())
	}
	// It opened before that, so it rests on what is not the last any more.
	second.opening = func() model.Event { return model.EngineStarted{PID: 2} }
	second.RecordAnyway(ana, "", hold("unseen"), hold("unseen"))
	if err := second.Fenced(); !errors.Is(err, journal.ErrMoved) {
		t.Fatalf("fenced by %v", err)
	}
	for range 3 { // its own numbers pass those of the store meanwhile
		second.RecordAnyway(ana, "", hold("unseen"))
		if err := second.Record(ana, "", hold("refused")); !errors.Is(err, journal.ErrMoved) {
			t.Errorf("recorded: %v", err)
		}
	}
	if _, _, trouble := second.View(); !strings.Contains(trouble, "writes nothing any more") || second.State().Unaudited != 6 {
		t.Errorf("trouble %q, %d unaudited", trouble, second.State().Unaudited)
	}
	if err := first.Record(ana, "", hold("three")); err != nil {
		t.Errorf("the owner is kept from writing: %v", err)
	}
	third := open()
	if err := third.Record(ana, "", hold("four")); err != nil {
		t.Error(err)
	}
	if err := first.Record(ana, "", hold("late")); !errors.Is(err, journal.ErrMoved) || first.Fenced() == nil {
		t.Errorf("got %v, fenced by %v", err, first.Fenced())
	}
	var got []string
	for _, r := range s.Records() {
		got = append(got, r.Event.(model.HoldChanged).Reason)
	}
	if want := "one two three four"; strings.Join(got, " ") != want {
		t.Errorf("the journal has %q, want %q", got, want)
	}
}
