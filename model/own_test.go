package model

import (
	"testing"
	"time"
)

// TestARolloutsOwnPastIsCounted: rollbacks without drills, overrides, and the mean time from the
// breach to VERIFIED, of an open incident so far.
func TestARolloutsOwnPastIsCounted(t *testing.T) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	var s State
	if v, says := s.OwnValue(OwnMTTR, at); v != 0 || says == "" {
		t.Errorf("of nothing: %v %q", v, says)
	}
	n := uint64(0)
	tell := func(after time.Duration, events ...Event) {
		for _, e := range events {
			n++
			s = Apply(s, Record{Seq: n, At: at.Add(after), Event: e})
		}
	}
	down := func(id PlanID, drill Rehearsal) PlanArmed {
		return PlanArmed{Plan: Plan{ID: id, Kind: PlanRollback, Drill: drill, Emergency: true}}
	}
	tell(0, PhaseEntered{Phase: "a", Attempt: 1, Override: "known"}, PhaseEntered{Phase: "b", Attempt: 1})
	tell(time.Minute, down("d", RehearseReal), PlanFired{Plan: "d"}, PlanEnded{Plan: "d", Outcome: Verified})
	tell(2*time.Minute, down("1", ""), PlanFired{Plan: "1", Breach: at})
	if v, says := s.OwnValue(OwnMTTR, at.Add(10*time.Minute)); v != 600 || says != "an incident is still open" {
		t.Errorf("while it is open: %v %q", v, says)
	}
	tell(4*time.Minute, PlanEnded{Plan: "1", Outcome: Verified}, Recovered{Plan: "1", Breach: at, Fired: at.Add(2 * time.Minute), Verified: at.Add(4 * time.Minute)})
	tell(time.Hour, down("2", ""), PlanFired{Plan: "2"}, PlanEnded{Plan: "2", Outcome: Verified}, Recovered{Plan: "2", Fired: at.Add(time.Hour), Verified: at.Add(time.Hour + 2*time.Minute)})
	for of, want := range map[Own]float64{OwnRollbacks: 2, OwnOverrides: 1, OwnMTTR: 180} {
		if v, _ := s.OwnValue(of, at.Add(2*time.Hour)); v != want {
			t.Errorf("%s: %v, wanted %v", of, v, want)
		}
	}
}
