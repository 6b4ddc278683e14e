package engine

import (
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"gonogo/model"
)

// jumped returns t with another wall clock and the same monotonic one, as a
// clock that was set leads to. The time package offers no way to make such a
// time, so this writes the seconds into it: they stand above 30 bits of
// nanoseconds where t has a monotonic part.
func jumped(t time.Time, by time.Duration) time.Time {
	*(*uint64)(unsafe.Pointer(&t)) += uint64(by/time.Second) << 30
	return t
}

func TestJumped(t *testing.T) {
	now := time.Now()
	if got := jumped(now, -3*time.Hour); got.Sub(now) != 0 || !got.Round(0).Equal(now.Round(0).Add(-3*time.Hour)) {
		t.Fatalf("%v jumped to %v", now, got)
	}
}

// TestClockJump: a wall clock that is set is journaled, and changes neither
// soak nor settle time, neither the guard's veto nor a signature's age.
func TestClockJump(t *testing.T) {
	for name, by := range map[string]time.Duration{"back": -3 * time.Hour, "ahead": 3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			o := guarded(t, w, t.TempDir(), time.Hour)
			o.Rollout.Metrics[0].Settle = time.Minute
			o.Rollout.Phases[1].Checks[0].Every = time.Hour
			var ahead atomic.Int64
			o.Now = func() time.Time { return jumped(time.Now(), time.Duration(ahead.Load())) }
			p := board(t, o)
			p.enter("ten")
			if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err != "" {
				t.Fatal(a.Err)
			}
			left := p.until("settling", func(s *model.Snapshot) bool { return s.Lines["error"].Settling > 0 }).Lines["error"].Settling
			ahead.Store(int64(by))
			p.until("the jump in the journal", func(s *model.Snapshot) bool {
				for _, r := range s.Tail {
					if j, ok := r.Event.(model.ClockJumped); ok && (j.By-by).Abs() < time.Minute {
						return true
					}
				}
				return false
			})
			s := p.until("the next judgement", func(s *model.Snapshot) bool { return s.Lines["error"].Settling < left })
			if got := s.Lines["error"].Settling; got < left-30*time.Second {
				t.Errorf("%v left to settle, %v before the jump", got, left)
			}
			if l := lineOf(s, "leak"); l.State != model.Pass {
				t.Errorf("the signature is %s (%s)", l.State, l.Reason)
			}
			if soak := s.State.Attempt().Soak; soak > 10*time.Second {
				t.Errorf("soaked %v", soak)
			}
		})
	}
}
