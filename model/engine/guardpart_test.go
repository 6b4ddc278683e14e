package engine

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// byTenant counts ten events of each tenant that is on the service's list, each 10 ms;
// those of the bad ones all fail, and of the worse ones in the list of everyone too.
type byTenant struct {
	w   *world
	bad func(tenant string) bool
}

func (s byTenant) Run(ctx context.Context, out model.Emitter) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	counts := map[string]*model.PartCount{}
	for _, name := range []string{"a", "b", "c"} {
		counts[name] = &model.PartCount{Part: name}
	}
	for {
		s.w.mu.Lock()
		if s.w.live["real"].Equal(model.BoolValue(true)) {
			for _, name := range s.w.live["tenants"].Items {
				counts[name].Total += 10
				if s.bad(name) {
					counts[name].Bad += 10
				}
			}
		}
		s.w.mu.Unlock()
		now := time.Now()
		r := model.Reading{At: now, SampleAt: now, Counted: true, Breakdown: &model.Breakdown{Running: 1}}
		for _, name := range []string{"a", "b", "c"} {
			r.Bad, r.Total = r.Bad+counts[name].Bad, r.Total+counts[name].Total
			r.Breakdown.Parts = append(r.Breakdown.Parts, *counts[name])
		}
		r.Value = r.Bad / max(r.Total, 1)
		out.Reading("error", r)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// partGuarded is a rollout to three tenants, whose guard takes out those that fail.
func partGuarded(t *testing.T, w *world, dir string, bad func(tenant string) bool) Options {
	t.Helper()
	o := guarded(t, w, dir, 300*time.Millisecond)
	r := o.Rollout
	r.Guard.Part = "some"
	m := &r.Metrics[0]
	m.Counted, m.By, m.Recent, m.Bad, m.Total = true, "tenant", 2*time.Second, "bad", "total"
	r.Phases[1].Flags[1].Value = model.ListValue("a", "b", "c")
	r.Rollbacks[0].Verify = r.Rollbacks[0].Verify[:1]
	r.Rollbacks = append(r.Rollbacks, model.Rollback{ID: "some", Title: "Drop some", Budget: 10 * time.Second, Scope: model.ScopeSet,
		Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Remove}}}, Run: []model.ActionID{"restart"},
		Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "tenants", Within: 2 * time.Second}}})
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Sources["fake"] = model.BuiltSource{Kind: "fake", Source: byTenant{w, bad}}
		return parts, err
	}
	return o
}

// TestOnlyTheBadTenantIsTakenOut: one of three goes bad, which brings the whole above its
// alert; the guard takes that one out, and the others stay.
func TestOnlyTheBadTenantIsTakenOut(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	failing := false
	p := board(t, partGuarded(t, w, dir, func(name string) bool { return failing && name == "b" }))
	p.enter("ten")
	p.until("a proof", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Pass })
	p.ask(model.Intent{Kind: model.Sign, Check: "leak"})
	signed := p.until("a signature", func(s *model.Snapshot) bool { return len(s.State.Checks) > 0 }).State.Checks["leak"]
	if len(signed.Proofs) != 1 || signed.Proofs[0].Metric != "error" || signed.Proofs[0].Counts.Total == 0 || !strings.HasPrefix(signed.Proofs[0].Says, "confirmed below 5% by") {
		t.Errorf("the signature keeps %+v", signed.Proofs)
	}
	w.with(func() { failing = true })
	s := p.until("the guard's plan", isArmedByGuard)
	plan := s.State.Plan
	if plan.Plan.Rollback != "some" || !slices.Equal(plan.Plan.Parts, []string{"b"}) || plan.Plan.Title != "Drop some: b" || !strings.Contains(plan.Plan.Reason, "for tenant b") {
		t.Errorf("armed %q of %q for %v: %s", plan.Plan.Title, plan.Plan.Rollback, plan.Plan.Parts, plan.Plan.Reason)
	}
	if end := p.ended(); end.Outcome != model.Verified || end.FiredBy.Via != model.ViaGuard {
		t.Errorf("ended %s, fired by %+v: %s", end.Outcome, end.FiredBy, end.Summary)
	}
	s = p.until("the others go on", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Pass })
	if got := s.State.Flags["tenants"].Effective; !got.Equal(model.ListValue("a", "c")) || s.State.Flags["real"].Effective.String() != "true" {
		t.Errorf("the service works for %s", got)
	}
	if s.State.Phase != "ten" || s.State.Below == nil || s.State.Guard.Spent {
		t.Errorf("phase %q, below %+v, spent %v", s.State.Phase, s.State.Below, s.State.Guard.Spent)
	}
}

// TestAllAreTakenBackWhereAllFail: the guard names nobody where the rest fails, too.
func TestAllAreTakenBackWhereAllFail(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	failing := false
	p := board(t, partGuarded(t, w, dir, func(string) bool { return failing }))
	p.enter("ten")
	w.with(func() { failing = true })
	s := p.until("the guard's plan fires", func(s *model.Snapshot) bool {
		return s.State.Plan != nil && s.State.Plan.Plan.Guard && s.State.Plan.Status == model.Ended && s.State.Plan.Outcome != model.Cancelled
	})
	if got := s.State.Plan.Plan; got.Rollback != "quick" || len(got.Parts) > 0 || s.State.Plan.Outcome != model.Verified {
		t.Fatalf("fired %q for %v: %s", got.Rollback, got.Parts, s.State.Plan.Outcome)
	}
}

// TestWhoCannotBeTakenOutTakesBackAll: what fails is on nobody's list, so the guard says so and
// takes back all.
func TestWhoCannotBeTakenOutTakesBackAll(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	failing := false
	o := partGuarded(t, w, dir, func(name string) bool { return failing && name == "b" })
	o.Rollout.Rollbacks[1].Set[0].Flag = "other"
	o.Rollout.Flags = append(o.Rollout.Flags, model.Flag{ID: "other", Type: model.List, SafeKeep: true, Every: time.Hour})
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Switches["other"] = fakeSwitch{w, "other"}
		return parts, err
	}
	p := board(t, o)
	p.enter("ten")
	p.until("a proof", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Pass })
	w.with(func() { failing = true })
	s := p.until("all is taken back", func(s *model.Snapshot) bool {
		return s.State.Plan != nil && s.State.Plan.Plan.Guard && s.State.Plan.Plan.Rollback == "quick"
	})
	if len(s.State.Plan.Plan.Parts) > 0 {
		t.Errorf("it is about %v", s.State.Plan.Plan.Parts)
	}
	p.until("why", func(s *model.Snapshot) bool {
		return strings.Contains(s.Journal, "the guard cannot take out what fails, and takes back all")
	})
}
