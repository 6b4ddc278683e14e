package words

import (
	"testing"
	"time"

	"gonogo/model"
)

func TestLastDrill(t *testing.T) {
	d := model.Drill{At: at().Add(-49 * time.Hour), How: model.RehearseDry, Outcome: model.Ready, Took: 14 * time.Second, Budget: time.Minute}
	late := d
	late.How, late.Outcome, late.Took = model.RehearseReal, model.Verified, 2*time.Minute
	for _, c := range []struct {
		d     model.Drill
		known bool
		want  string
	}{
		{model.Drill{}, false, "never rehearsed"},
		{d, true, "rehearsed 2d ago, dry, READY, took 14s of 1m"},
		{late, true, "rehearsed 2d ago, real, VERIFIED, took 2m of 1m, OVER its budget"},
	} {
		if got := LastDrill(c.d, c.known, at()); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"00:00": -time.Second, "04:12": 252 * time.Second, "59:59": time.Hour - time.Millisecond, "1:00:00": time.Hour, "49:00:01": 49*time.Hour + time.Second,
	} {
		if got := Clock(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// TestStagesUpAndDown: what a rollback contains is set on the way up.
func TestStagesUpAndDown(t *testing.T) {
	for _, c := range []struct {
		kind  model.PlanKind
		stage model.Stage
		want  string
	}{
		{model.PlanEnter, model.StageContain, "set flags"}, {model.PlanFlip, model.StageApply, "restart"}, {model.PlanEnter, model.StageVerify, "verify"},
		{model.PlanRollback, model.StageContain, "contain"}, {model.PlanDrill, model.StageApply, "apply"}, {model.PlanRollback, model.StageHold, "wait"},
	} {
		if got := Stage(&model.Plan{Kind: c.kind}, c.stage); got != c.want {
			t.Errorf("%s, %s: %q", c.kind, c.stage, got)
		}
	}
}
