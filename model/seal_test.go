package model

import "testing"

// TestAHashIsOfWhatAPlanDoes: what was observed before and what is said of it
// do not change it; what is set, run or wanted does.
func TestAHashIsOfWhatAPlanDoes(t *testing.T) {
	plan := func(from, to bool, headline Headline) string {
		return Plan{ID: "x", Kind: PlanRollback, Headline: headline, Steps: []Step{{Kind: StepSet, Title: "t",
			Changes: []Change{{"f", BoolValue(from), BoolValue(to)}}}}}.Seal().Hash
	}
	if plan(true, false, GO) != plan(false, false, NoGo) {
		t.Error("a store that flaps changes the hash")
	}
	said := Plan{Steps: []Step{{Kind: StepSet, Below: "tenants 3, below 10%", Everyone: "everyone (25)"}}}
	if said.Seal().Hash != (Plan{Steps: []Step{{Kind: StepSet}}}).Seal().Hash {
		t.Error("what is said of a step changes the hash")
	}
	if plan(true, false, GO) == plan(true, true, GO) {
		t.Error("another effect has the same hash")
	}
}

func TestAnOldHoldThatWasEnoughStillIs(t *testing.T) {
	hold := &Step{Kind: StepHold}
	if got := wasEnough(hold, StepEnded{Outcome: StepDone, Detail: "enough: error 0.2%"}); got.Outcome != StepEnough {
		t.Error(got)
	}
	if got := wasEnough(hold, StepEnded{Outcome: StepDone, Detail: "not enough, going on down"}); got.Outcome != StepDone {
		t.Error(got)
	}
}
