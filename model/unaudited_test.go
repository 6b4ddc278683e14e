package model

import (
	"encoding/json"
	"testing"
	"time"
)

// TestUnauditedFactsHaveHappened folds a rollback that is in no record of its own.
func TestUnauditedFactsHaveHappened(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	fact := func(e Event) Record {
		at = at.Add(time.Second)
		return Record{At: at, By: Actor{Name: "ana"}, Event: e}
	}
	plan := Plan{ID: "p", Kind: PlanRollback, Steps: []Step{{Kind: StepVerify}}}
	e := Unaudited{Count: 4, Reason: "EIO", Facts: []Record{
		fact(PlanArmed{Plan: plan}), fact(PlanFired{Plan: "p"}), fact(Unaudited{Count: 100}),
		fact(PlanEnded{Plan: "p", Outcome: Verified, Summary: "seen"}),
	}}
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := UnmarshalEvent("Unaudited", raw)
	if err != nil {
		t.Fatal(err)
	}
	s := Apply(State{Seq: 7}, Record{Seq: 8, At: at.Add(time.Hour), Event: back})
	if d := s.LastDown; d == nil || d.Status != Ended || d.Outcome != Verified || !d.EndedAt.Equal(at) || d.FiredBy.Name != "ana" {
		t.Errorf("the rollback is %+v", d)
	}
	if s.ActivePlan() != nil || s.Unaudited != 4 || s.Seq != 8 || !s.At.Equal(at.Add(time.Hour)) {
		t.Errorf("got %+v", s)
	}
	if old, err := UnmarshalEvent("Unaudited", []byte(`{"count":3,"reason":"full"}`)); err != nil || old.(Unaudited).Count != 3 {
		t.Errorf("an old record: %v, %v", old, err)
	}
}
