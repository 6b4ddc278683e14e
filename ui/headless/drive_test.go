package headless

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestAStepThatTakesLongIsNotSilent: after 2 s without a word it is told what the
// step does, again when that is something else, and else every 5 s.
func TestAStepThatTakesLongIsNotSilent(t *testing.T) {
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	plan := &model.PlanState{
		Plan:   model.Plan{Steps: []model.Step{{Stage: model.StageContain, Title: "web: on → off", Timeout: 10 * time.Second}}},
		Status: model.Running,
		Steps:  []model.StepState{{Started: began}},
	}
	waits := waiting{told: began}
	var got strings.Builder
	for second := range 20 {
		line := "setting web: on → off"
		if second >= 5 {
			line = "no answer within 1s; trying again in 2s"
		}
		waits.tell(&got, &model.Snapshot{
			At: began.Add(time.Duration(second) * time.Second), State: model.State{Plan: plan},
			Live: []model.LiveStep{{Step: 0, Line: line}},
		})
	}
	want := `  … contain   setting web: on → off (for 2s, its time is 10s)
  … contain   web: on → off: no answer within 1s; trying again in 2s (for 5s, its time is 10s)
  … contain   web: on → off: no answer within 1s; trying again in 2s (for 10s, its time is 10s)
  … contain   web: on → off: no answer within 1s; trying again in 2s (for 15s, its time is 10s)
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
	plan.Steps[0].Outcome = model.StepDone
	got.Reset()
	waits.tell(&got, &model.Snapshot{At: began.Add(time.Hour), State: model.State{Plan: plan}, Live: []model.LiveStep{{Line: "late"}}})
	if got.Len() > 0 {
		t.Errorf("of a step that ended: %s", got.String())
	}
}
