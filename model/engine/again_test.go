package engine

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestThePhaseIsEnteredAgainLevelByLevel: after a rollback the way up goes on only while the service
// bears it, stops where it does not, and goes on from there once it is mended. The first time the
// phase is entered at once.
func TestThePhaseIsEnteredAgainLevelByLevel(t *testing.T) {
	t.Parallel()
	w := newWorld()
	names := strings.Split("a,b,c,d,e,f,g,h,i,j", ",")
	w.most = 100
	o := options(t, w, t.TempDir())
	o.Rollout.Flags[1].Population = names
	ten := o.Rollout.Phase("ten")
	ten.Flags = []model.Setting{{Flag: "real", Value: model.BoolValue(true)}, {Flag: "tenants", Value: model.ListValue(names...)}}
	level := func(percent string) model.Level {
		return model.Level{Set: share(percent), Wait: 400 * time.Millisecond, Until: []model.MetricID{"error"}}
	}
	ten.Again = []model.Level{level("20"), level("50")}
	p := board(t, o)
	live := func() (real bool, tenants int) {
		w.with(func() { real, tenants = w.live["real"].Equal(model.BoolValue(true)), len(w.live["tenants"].Items) })
		return real, tenants
	}
	enter := func(want model.Outcome, tenants int) *model.PlanState {
		t.Helper()
		got := p.does(model.Intent{Kind: model.ArmEnter, Phase: "ten", Reason: "again"})
		if real, n := live(); got.Outcome != want || !real || n != tenants {
			t.Errorf("%s (%s) with %d tenants, real %v; wanted %s with %d", got.Outcome, got.Summary, n, real, want, tenants)
		}
		return got
	}
	p.enter("staging")
	if first := enter(model.Verified, 10); len(first.Plan.Steps) > 6 {
		t.Errorf("the first time in %d steps", len(first.Plan.Steps))
	}
	if got := p.does(model.Intent{Kind: model.ArmRollback, Rollback: "quick"}); got.Outcome != model.Verified {
		t.Fatal(got.Outcome, got.Summary)
	}
	w.with(func() { w.most = 3 })
	stopped := enter(model.Partial, 5)
	if p.last.State.Phase == "ten" {
		t.Error("it stands in the phase that it did not reach")
	}
	hold := model.StepState{}
	for i, st := range stopped.Plan.Steps {
		if st.Kind == model.StepHold && st.Level == 2 {
			hold = stopped.Steps[i]
		}
	}
	if hold.Outcome != model.StepUnseen || !strings.Contains(hold.Detail, "it goes no further up") {
		t.Errorf("the second level's wait: %+v", hold)
	}
	w.with(func() { w.most = 100 })
	last := enter(model.Verified, 10)
	for _, st := range last.Plan.Steps {
		if st.Kind == model.StepHold {
			t.Errorf("it went through a level that stood already: %s", st.Title)
		}
	}
	if p.until("ten", func(s *model.Snapshot) bool { return s.State.Phase == "ten" }).State.Below != nil {
		t.Error("it stands below its phase")
	}
}
