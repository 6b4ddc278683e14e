package engine

import (
	"testing"

	"gonogo/model"
)

// TestAGateMayAskForTheRolloutsOwnPast: overrides fail it as they happen, and after a restart.
func TestAGateMayAskForTheRolloutsOwnPast(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o := options(t, w, dir)
	o.Rollout.Metrics = append(o.Rollout.Metrics, model.Metric{
		ID: "overrides", Own: model.OwnOverrides, Unit: model.Count, Target: target("== 0", "==", 0), Every: 1e8, StaleAfter: 60e9, Timeout: 1e8,
	})
	p := board(t, o)
	is := func(state model.MetricState, value float64) {
		t.Helper()
		p.until("overrides "+string(state), func(s *model.Snapshot) bool {
			l := s.Lines["overrides"]
			return l.State == state && float64(l.Value) == value
		})
	}
	is(model.Pass, 0)
	p.enter("staging")
	if o := p.does(model.Intent{Kind: model.ArmEnter, Phase: "all", Reason: "in a hurry"}); o.Outcome != model.Verified {
		t.Fatal(o.Outcome, o.Summary)
	}
	is(model.Warn, 1)
	p.stop()
	p = board(t, o)
	is(model.Warn, 1)
}
