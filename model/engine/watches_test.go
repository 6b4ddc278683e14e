package engine

import (
	"slices"
	"testing"
	"time"

	"gonogo/model"
)

// TestAGuardThatBlocksStopsTheWayUpOnly: in every phase, without a rollback; it tells of a breach and of
// its end, once each, also over a restart.
func TestAGuardThatBlocksStopsTheWayUpOnly(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o, titles := escalating(t, w, dir, time.Hour)
	o.Rollout.Escalations = nil
	o.Rollout.Watches = []model.Guard{{Name: "errors", On: []model.MetricID{"error"}, Mode: model.GuardBlock, Notify: []model.ActionID{"team"}}}
	o.Rollout.Phases[1].Gate, o.Rollout.Phases[1].Checks = nil, nil
	p := board(t, o)
	p.enter("ten")
	p.until("GO", func(s *model.Snapshot) bool { return s.Gate.Headline == model.GO })
	w.with(func() { w.failing = true })
	p.until("NO-GO by the guard", func(s *model.Snapshot) bool { return s.Gate.Headline == model.NoGo })
	hears(t, titles, "error is in breach")
	if a := p.ask(model.Intent{Kind: model.ArmEnter}); !a.Refused || !a.NeedsReason {
		t.Errorf("the way up is open: %+v", a)
	}
	p.stop()
	w.with(func() { w.silent = true }) // the new engine judges before it hears anything
	p = start(t, o)
	p.until("a line without data", func(s *model.Snapshot) bool {
		return slices.ContainsFunc(s.Gate.Lines, func(l model.Line) bool { return l.Metric == "error" && l.State == model.NoData })
	})
	w.with(func() { w.silent = false })
	p.until("NO-GO again", func(s *model.Snapshot) bool { return s.Gate.Headline == model.NoGo })
	w.with(func() { w.failing = false })
	p.until("GO again", func(s *model.Snapshot) bool {
		return s.Gate.Headline == model.GO && s.State.Watches["errors"].Metric == ""
	})
	hears(t, titles, "error is no longer in breach")
	if p.last.State.LastDown != nil || len(titles) > 0 {
		t.Errorf("it rolled back, or told again: %+v, %d", p.last.State.LastDown, len(titles))
	}
}

// TestAnEngineThatBeginsAnewTellsNothingTwice: a breach is not over because nothing was heard yet.
func TestAnEngineThatBeginsAnewTellsNothingTwice(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o, titles := escalating(t, w, dir, time.Hour)
	o.Rollout.Escalations = nil
	o.Rollout.Guard = &model.Guard{On: []model.MetricID{"error"}, Mode: model.GuardNotify, Notify: []model.ActionID{"team"}}
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.failing = true })
	hears(t, titles, "error is in breach")
	p.stop()
	w.with(func() { w.silent = true })
	p = start(t, o)
	p.until("a line without data", func(s *model.Snapshot) bool {
		return slices.ContainsFunc(s.Gate.Lines, func(l model.Line) bool { return l.Metric == "error" && l.State == model.NoData })
	})
	w.with(func() { w.silent = false })
	p.until("NO-GO again", func(s *model.Snapshot) bool { return s.Gate.Headline == model.NoGo })
	w.with(func() { w.failing = false })
	hears(t, titles, "error is no longer in breach")
}
