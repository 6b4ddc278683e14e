package attach

import (
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"gonogo/model/engine/feed"
	"gonogo/model/engine/record/recordtest"
	"gonogo/model/journal"
)

// hangs returns options with a journal that does not answer from when the returned
// flag is set, until answer is called.
func hangs(t *testing.T, w *world) (o Options, hung *atomic.Bool, answer func()) {
	t.Helper()
	hung, gate := &atomic.Bool{}, make(chan struct{})
	s := &recordtest.Store{Fault: func(_ []journal.Entry, write func() ([]model.Record, error)) ([]model.Record, error) {
		if hung.Load() {
			<-gate
		}
		return write()
	}}
	o = options(w, t.TempDir())
	o.OpenJournal = s.Open
	return o, hung, func() { close(gate) }
}

// silence waits until the seat says that somebody is silent.
func (p *pilot) silence() model.Silence {
	p.t.Helper()
	tick, deadline := time.NewTicker(silentTick), time.After(20*time.Second)
	defer tick.Stop()
	for {
		if is, silent := p.seat.Silent(); silent {
			return is
		}
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatal("nobody is silent")
		}
	}
}

// TestAnEngineThatTakesNothingIsToldOf: it answers at the socket and shows what it
// knows, but its disk hangs. Who asked and who only looks are told; a rollback is taken.
func TestAnEngineThatTakesNothingIsToldOf(t *testing.T) {
	w := newWorld()
	o, hung, answer := hangs(t, w)
	first := board(t, o)
	t.Cleanup(answer) // before the seat ends
	first.enter("ten")
	second := board(t, o)
	second.until("being attached", func(s *model.Snapshot) bool { return s.Attached })
	third := board(t, o)
	hung.Store(true)
	if err := second.seat.Submit(t.Context(), model.Intent{ID: "hold", Kind: model.HoldOn, Reason: "lunch"}); err != nil {
		t.Fatal(err)
	}
	if is := second.silence(); !is.Deaf || is.Own || is.PID == 0 || is.Dir != o.Dir {
		t.Errorf("who asked is told of %+v", is)
	}
	third.until("being told", func(s *model.Snapshot) bool {
		return s.Lost == "" && strings.HasPrefix(s.Journal, "nothing is taken that was asked since ") && strings.Contains(s.Journal, o.Dir)
	})
	if is, silent := third.seat.Silent(); silent {
		t.Errorf("who asked nothing cannot go on: %+v", is)
	}
	if a := second.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Errorf("a rollback: %s", a.Err)
	}
	second.until("the flag off", func(s *model.Snapshot) bool { return s.State.Plan.Status == model.Ended })
	if is, silent := second.seat.Silent(); silent {
		t.Errorf("it takes again, and is told of: %+v", is)
	}
}

// TestOnlyWhoAskedCallsAnEngineDeaf, and only while nothing of the queue is taken: an answer
// that takes long is none, nor is what another waits for.
func TestOnlyWhoAskedCallsAnEngineDeaf(t *testing.T) {
	at := time.Unix(1, 0)
	waits := &model.Snapshot{Asked: at}
	for name, c := range map[string]struct {
		asked model.IntentID
		last  []*model.Snapshot // of each tick; the last of them goes on
		want  bool
	}{
		"nothing was shown":           {"a", []*model.Snapshot{nil}, false},
		"it waits":                    {"a", []*model.Snapshot{waits}, true},
		"another's waits":             {"", []*model.Snapshot{waits}, false},
		"taken, with no answer yet":   {"a", []*model.Snapshot{waits, {}}, false},
		"answered, and another waits": {"a", []*model.Snapshot{{Asked: at, Answers: []model.Answer{{Intent: "a"}}}, waits}, false},
		"taken once meanwhile":        {"a", append(repeat(waits, ticks-1), &model.Snapshot{}, waits), false},
	} {
		t.Run(name, func(t *testing.T) {
			var r ear
			r.ask(c.asked)
			for i := range ticks + 1 {
				r.count(c.last[min(i, len(c.last)-1)])
			}
			if got := r.takesNothing(); got != c.want {
				t.Errorf("it takes nothing: %t", got)
			}
		})
	}
}

func repeat(s *model.Snapshot, n int) []*model.Snapshot {
	var out []*model.Snapshot
	for range n {
		out = append(out, s)
	}
	return out
}

// TestASilentSeatCountsItsOwnTicks, not the clock: it takes no gap of its own for the engine's.
func TestASilentSeatCountsItsOwnTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSeat(options(newWorld(), t.TempDir()))
		s.ear.ask("a")
		s.feed.Publish(&model.Snapshot{Asked: time.Now()})
		time.Sleep(time.Hour) // stopped, or asleep: nothing was counted
		if is, silent := s.Silent(); silent {
			t.Errorf("after a gap: %+v", is)
		}
		for range ticks {
			s.feed.Publish(s.Last())
			s.ear.count(s.Last())
		}
		if is, silent := s.Silent(); !silent || !is.Deaf {
			t.Errorf("after %d ticks: %+v", ticks, is)
		}
	})
}

// TestTheQueueSaysSinceWhenItWaits, of the oldest, until all are taken.
func TestTheQueueSaysSinceWhenItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := feed.New(nil)
		if !f.Waits().IsZero() {
			t.Error("an empty queue waits")
		}
		began := time.Now()
		for _, id := range []model.IntentID{"a", "b"} {
			if err := f.Submit(t.Context(), model.Intent{ID: id}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		asked := f.Take(nil)
		for i := range 2 {
			in := <-asked
			if want := began.Add(time.Duration(i) * time.Second); !f.Waits().Equal(want) {
				t.Errorf("%q is worked on, and the queue waits since %v, wanted %v", in.ID, f.Waits(), want)
			}
			in.Taken()
		}
		if !f.Waits().IsZero() {
			t.Error("all are taken, and it waits")
		}
	})
}
