package feed

import (
	"errors"
	"fmt"
	"testing"

	"gonogo/model"
)

func submit(t *testing.T, f *Feed, id string, kind model.IntentKind) {
	t.Helper()
	if err := f.Submit(t.Context(), model.Intent{ID: model.IntentID(id), Kind: kind}); err != nil {
		t.Fatal(err)
	}
}

// TestTheNewestWinsAndNobodyIsWaitedFor holds two viewers, of whom one never looks.
func TestTheNewestWinsAndNobodyIsWaitedFor(t *testing.T) {
	heard := 0
	f := New(func() { heard++ })
	slow, _ := f.Subscribe()
	quick, done := f.Subscribe()
	for seq := uint64(1); seq <= 3; seq++ {
		f.Publish(&model.Snapshot{Seq: seq})
		if s := <-quick; s.Seq != seq {
			t.Errorf("snapshot %d, wanted %d", s.Seq, seq)
		}
	}
	late, _ := f.Subscribe()
	for name, box := range map[string]<-chan *model.Snapshot{"slow": slow, "late": late} {
		if s := <-box; s.Seq != 3 {
			t.Errorf("the %s viewer has snapshot %d", name, s.Seq)
		}
	}
	done()
	done()
	f.Publish(&model.Snapshot{Seq: 4})
	if _, open := <-quick; open || f.Viewers() != 2 || heard != 4 {
		t.Errorf("open %t, %d viewers, heard %d times", open, f.Viewers(), heard)
	}
	f.Close()
	f.Close()
	if s := <-slow; s == nil || s.Seq != 4 {
		t.Errorf("the last one was lost: %+v", s)
	}
	if _, open := <-slow; open {
		t.Error("a mailbox is open after the end")
	}
	after, _ := f.Subscribe()
	if s := <-after; s == nil || s.Seq != 4 {
		t.Errorf("who comes after the end does not see the last: %+v", s)
	}
}

// TestAMarkIsNoSignOfLife: it shows the latest again, once for each reason.
func TestAMarkIsNoSignOfLife(t *testing.T) {
	heard := 0
	f := New(func() { heard++ })
	f.Mark("nothing is there")
	if f.Last() != nil {
		t.Error("it shows what nobody published")
	}
	f.Publish(&model.Snapshot{Seq: 1})
	box, _ := f.Subscribe()
	<-box
	f.Mark("gone\x1b")
	f.Mark("gone\x1b")
	if s := <-box; s.Seq != 1 || s.Lost != "gone␛" {
		t.Errorf("%d, %q", s.Seq, s.Lost)
	}
	select {
	case <-box:
		t.Error("the same mark comes twice")
	default:
	}
	f.Publish(&model.Snapshot{Seq: 2})
	if f.Last().Lost != "" || heard != 2 {
		t.Errorf("lost %q, heard %d times", f.Last().Lost, heard)
	}
}

// TestAnIntentWaitsForTheNextEngine, in order, and a way down hurries that one too.
func TestAnIntentWaitsForTheNextEngine(t *testing.T) {
	f := New(nil)
	submit(t, f, "before", model.Sign)
	hurries, taken := 0, 0
	engine := func() func() { hurries++; return func() { taken++ } }
	asked := f.Take(engine)
	submit(t, f, "down", model.ArmRollback)
	if hurries != 1 {
		t.Errorf("a way down that waits hurried the engine %d times", hurries)
	}
	a := <-asked
	a.Taken()
	if a.ID != "before" || taken != 0 {
		t.Errorf("first comes %q, and %d were taken", a.ID, taken)
	}
	f.Leave()
	submit(t, f, "between", model.Resume)
	if hurries != 1 {
		t.Error("an engine that has ended was told to hurry")
	}
	asked = f.Take(engine)
	if hurries != 2 {
		t.Errorf("the next engine is not told of the way down that waits: %d", hurries)
	}
	for _, want := range []model.IntentID{"down", "between"} {
		a := <-asked
		if a.Taken(); a.ID != want {
			t.Errorf("%q comes, wanted %q", a.ID, want)
		}
	}
	if taken != 1 {
		t.Errorf("the hurry ended %d times", taken)
	}
}

// TestAFullQueueRefusesAndNeverBlocks, whoever asks.
func TestAFullQueueRefusesAndNeverBlocks(t *testing.T) {
	f := New(nil)
	for i := range queueLength {
		submit(t, f, fmt.Sprint(i), model.Refresh)
	}
	if err := f.Submit(t.Context(), model.Intent{}); !errors.Is(err, ErrFull) {
		t.Errorf("one more: %v", err)
	}
	<-f.Take(nil)
	submit(t, f, "again", model.Refresh)
}

// TestNobodySpeaksForTheGuard but the engine itself.
func TestNobodySpeaksForTheGuard(t *testing.T) {
	f := New(nil)
	in := model.Intent{Kind: model.ArmRollback, By: model.Actor{Name: "mallory", Via: model.ViaGuard}}
	if f.Submit(t.Context(), in) == nil {
		t.Error("an intent in the guard's name was taken")
	}
	if err := f.Ask(in); err != nil {
		t.Error(err)
	}
}

// TestTheLastAnswersAreKept, and those that were handed out do not change.
func TestTheLastAnswersAreKept(t *testing.T) {
	f := New(nil)
	var early []model.Answer
	for i := range 2 * answersKept {
		f.Answer(model.Answer{Intent: model.IntentID(fmt.Sprint(i))})
		if i == 0 {
			early = f.Answers()
		}
	}
	got := f.Answers()
	if len(got) != answersKept || got[0].Intent != model.IntentID(fmt.Sprint(answersKept)) || early[0].Intent != "0" {
		t.Errorf("%d answers from %q, and %q", len(got), got[0].Intent, early[0].Intent)
	}
}
