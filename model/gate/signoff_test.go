package gate

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestWhatIsDueLaterStopsNothingUntilThen: a check of [after] passes before its time, waits for a
// person from then on, and fails at once where it is known not to hold.
func TestWhatIsDueLaterStopsNothingUntilThen(t *testing.T) {
	entered := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	week := 7 * 24 * time.Hour
	r := &model.Rollout{Phases: []model.Phase{{ID: "all", Checks: []model.Check{{ID: "out", Text: "Flags taken out", After: 2 * week}}}}}
	s := &model.State{Phase: "all", Attempts: []model.Attempt{{Phase: "all", N: 1, Entered: entered}}}
	for _, c := range []struct {
		after  time.Duration
		state  model.MetricState
		reason string
	}{
		{week, model.Pass, "due in 7d"},
		{2*week - time.Second, model.Pass, "due in"},
		{2 * week, model.Manual, "due since"},
		{3 * week, model.Manual, "due since 7d: needs sign-off"},
	} {
		v := Decide(r, s, in(nil), 0, entered.Add(c.after), model.Verdict{})
		if l := v.Lines[0]; l.State != c.state || !strings.Contains(l.Reason, c.reason) {
			t.Errorf("after %s: %s %q, wanted %s %q", c.after, l.State, l.Reason, c.state, c.reason)
		}
	}
	s.Checks = map[model.CheckID]model.CheckState{"out": {By: model.Actor{Name: "ana"}, At: entered}}
	if l := Decide(r, s, in(nil), 0, entered.Add(week), model.Verdict{}).Lines[0]; l.State != model.Pass || strings.Contains(l.Reason, "due") {
		t.Errorf("signed early: %+v", l)
	}
	if s = (&model.State{}); Decide(r, s, in(nil), 0, entered, model.Verdict{}).Lines[0].Reason != "due 14d after the phase is entered" {
		t.Errorf("before its phase: %+v", Decide(r, s, in(nil), 0, entered, model.Verdict{}).Lines[0])
	}
}
