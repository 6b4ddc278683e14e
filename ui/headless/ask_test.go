package headless

import (
	"testing"
	"time"

	"gonogo/model"
)

// TestOnlyAWordStopsAnEmergency: who is gone cancels what only they had armed, and no
// emergency; what was mistyped neither fires nor stops one that counts down.
func TestOnlyAWordStopsAnEmergency(t *testing.T) {
	up := &model.PlanState{Plan: model.Plan{Kind: model.PlanFlip}}
	joined := &model.PlanState{Plan: model.Plan{Kind: model.PlanRollback}, Joined: []model.Actor{{Name: "ana"}}}
	counts := &model.PlanState{Plan: model.Plan{Kind: model.PlanRollback, Emergency: true}, FireAt: time.Unix(1, 0)}
	waits := &model.PlanState{Plan: model.Plan{Kind: model.PlanRollback, Emergency: true}}
	for _, c := range []struct {
		name string
		plan *model.PlanState
		line string
		gone bool
		want decision
	}{
		{"the word", up, "prod", false, fireIt},
		{"no", up, "no", false, cancelIt},
		{"another word", up, "yes", false, cancelIt},
		{"nothing", up, "", false, cancelIt},
		{"gone", up, "", true, cancelIt},
		{"gone from what another armed", joined, "", true, leaveIt},
		{"no to what another armed", joined, "no", false, cancelIt},
		{"the word, counting down", counts, "prod", false, fireIt},
		{"no, counting down", counts, "no", false, cancelIt},
		{"another word, counting down", counts, "prdo", false, again},
		{"nothing, counting down", counts, "", false, again},
		{"gone, counting down", counts, "", true, leaveIt},
		{"gone from an emergency that waits", waits, "", true, leaveIt},
		{"another word to an emergency that waits", waits, "prdo", false, cancelIt},
	} {
		if got := decide(c.plan, c.line, "prod", c.gone); got != c.want {
			t.Errorf("%s: %d, wanted %d", c.name, got, c.want)
		}
	}
}

// TestWhatIsAskedAboutIsWhatIsArmed: a plan that was resolved anew is shown, and one that is
// armed no more is not asked about.
func TestWhatIsAskedAboutIsWhatIsArmed(t *testing.T) {
	plan := func(id model.PlanID, hash string, status model.PlanStatus) *model.PlanState {
		return &model.PlanState{Plan: model.Plan{ID: id, Hash: hash}, Status: status}
	}
	for _, c := range []struct {
		name string
		now  *model.PlanState
		want decision
	}{
		{"the same", plan("a", "1", model.Armed), again},
		{"resolved anew", plan("a", "2", model.Armed), lookAgain},
		{"fired", plan("a", "1", model.Running), itGoesOn},
		{"vetoed", plan("a", "1", model.Vetoed), itGoesOn},
		{"another", plan("b", "1", model.Armed), itGoesOn},
	} {
		if got := news(plan("a", "1", model.Armed), c.now); got != c.want {
			t.Errorf("%s: %d, wanted %d", c.name, got, c.want)
		}
	}
}

// TestAPlanThatNeverRanSaysWhy: and by whom, where it was a person.
func TestAPlanThatNeverRanSaysWhy(t *testing.T) {
	person, engine, guard := model.Actor{Name: "ana", Via: "command"}, model.Actor{Name: "gonogo", Via: model.ViaEngine}, model.Actor{Name: "guard", Via: model.ViaGuard}
	for _, c := range []struct {
		by    model.Actor
		guard bool
		note  string
		want  string
	}{
		{person, false, "", "cancelled by ana"},
		{person, true, "a blip", "vetoed by ana: a blip"},
		{engine, true, "gonogo ended before it fired", "not run: gonogo ended before it fired"},
		{guard, true, "error is PASS, not FAIL any more", "not run: error is PASS, not FAIL any more"},
		{model.Actor{}, false, "", "cancelled"}, // of a journal that did not say
	} {
		p := &model.PlanState{Plan: model.Plan{Guard: c.guard}, Status: model.Vetoed, StoppedBy: c.by, Note: c.note}
		if got := stands(p); got != c.want {
			t.Errorf("%q, wanted %q", got, c.want)
		}
	}
}
