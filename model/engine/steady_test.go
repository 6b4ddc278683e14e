package engine

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// verified waits until every verify of the rollback that runs was confirmed once.
func verified(p *pilot) {
	p.t.Helper()
	p.until("every verify", func(s *model.Snapshot) bool {
		if s.State.Plan == nil || s.State.Plan.Plan.Kind != model.PlanRollback || s.State.Plan.Status != model.Running {
			return false
		}
		for i, st := range s.State.Plan.Plan.Steps {
			if st.Kind == model.StepVerify && !s.State.Plan.Steps[i].Outcome.OK() {
				return false
			}
		}
		return true
	})
}

// TestWhatDoesNotLastIsNotVerified: every verify passes, and then, before the
// rollback has stood for its time, something falls.
func TestWhatDoesNotLastIsNotVerified(t *testing.T) {
	t.Parallel()
	on, off := model.BoolValue(true), model.BoolValue(false)
	for _, c := range []struct {
		name  string
		falls func(w *world)
		want  model.Outcome
		says  string
		again bool // the flag was set again, once
	}{
		{"nothing falls", func(*world) {}, model.Verified, "done and confirmed", false},
		{"the service dies", func(w *world) { w.deaf = true }, model.Unverified, "is gone", false},
		{"another process takes its place", func(w *world) { w.starts++ }, model.Unverified, "is gone: now it is", false},
		{"an instance says the old value", func(w *world) { w.live["real"] = on }, model.Unverified, "the running service says real is true", false},
		{"the flag flips back in its store", func(w *world) { w.store["real"] = on }, model.Unverified, "something else set real to true", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			o := options(t, w, t.TempDir())
			o.Rollout.Rollbacks[0].Steady = time.Second
			o.Rollout.Rollbacks[0].Verify = o.Rollout.Rollbacks[0].Verify[:1]
			build := o.Build
			o.Build = func() (model.Parts, error) {
				parts, err := build()
				parts.Seen["restart"] = readerFunc(func() (string, error) {
					w.mu.Lock()
					defer w.mu.Unlock()
					if w.deaf {
						return "", errors.New("no such process runs")
					}
					return strconv.Itoa(w.starts), nil
				})
				return parts, err
			}
			p := board(t, o)
			p.enter("ten")
			if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
				t.Fatal(a.Err)
			}
			verified(p)
			w.with(func() { c.falls(w) })
			got := p.ended()
			if got.Outcome != c.want || !strings.Contains(got.Summary, c.says) {
				t.Errorf("%s: %s", got.Outcome, got.Summary)
			}
			if open := p.last.State.RollbackOpen() != nil; open == (c.want == model.Verified) {
				t.Errorf("after %s the rollback is open: %v", got.Outcome, open)
			}
			if stood := got.EndedAt.Sub(got.Steps[1].Ended); c.want == model.Verified && stood < time.Second {
				t.Errorf("VERIFIED %s after the restart", stood)
			}
			w.with(func() {
				if c.again && !w.store["real"].Equal(off) {
					t.Error("the flag was not set again")
				}
			})
		})
	}
}

// unreadable is a rollout whose flag cannot be read back, with an emergency
// that is verified by the flag alone.
func unreadable(t *testing.T, w *world) Options {
	o := options(t, w, t.TempDir())
	o.Rollout.Flags = o.Rollout.Flags[:1]
	o.Rollout.Flags[0].Effective = false
	o.Rollout.Phases[1].Flags = o.Rollout.Phases[1].Flags[:1]
	o.Rollout.Phases[2].Flags = nil
	o.Rollout.Rollbacks[0].Verify = o.Rollout.Rollbacks[0].Verify[:1]
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		delete(parts.Effective, "real")
		return parts, err
	}
	return o
}

// TestValueThatWasNeverReadBackIsInferred: the store has it and the service was
// restarted, maybe with the old environment. The rollout leaves its phase, a way up stays
// VERIFIED, and the rollback waits for a person's word, which needs a reason.
func TestValueThatWasNeverReadBackIsInferred(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, unreadable(t, w))
	p.enter("ten")
	got := p.does(model.Intent{Kind: model.ArmRollback})
	if got.Outcome != model.Inferred || !strings.Contains(got.Summary, "effective = ") {
		t.Fatalf("%s: %s", got.Outcome, got.Summary)
	}
	s := p.until("being back", func(s *model.Snapshot) bool { return s.State.Phase == "" })
	if s.State.RollbackOpen() == nil || !s.State.Incident.Open() {
		t.Errorf("it is over though nothing confirmed it: %+v", s.State.Incident)
	}
	if a := p.ask(model.Intent{Kind: model.VerifyLast}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the answer", func(s *model.Snapshot) bool {
		return strings.Contains(s.State.LastDown.LookedNote, "running value not checked")
	})
	if a := p.ask(model.Intent{Kind: model.ConfirmLast}); !a.Refused {
		t.Errorf("confirmed without a reason: %+v", a)
	}
	if a := p.ask(model.Intent{Kind: model.ConfirmLast, Reason: "looked at the page"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	s = p.until("the end", func(s *model.Snapshot) bool { return s.State.RollbackOpen() == nil })
	if d := s.State.LastDown; s.State.Incident.Open() || d.Confirmed != model.ByPerson || d.ConfirmedBy.Name != "ana" || d.ConfirmNote != "looked at the page" {
		t.Errorf("confirmed: %+v, incident %+v", d, s.State.Incident)
	}
	if a := p.ask(model.Intent{Kind: model.ConfirmLast, Reason: "again"}); !a.Refused {
		t.Errorf("confirmed twice: %+v", a)
	}
}

// TestLaterReadBackConfirms: a rollback that ended UNVERIFIED is over as soon as
// what it set was read back from the running service and stands.
func TestLaterReadBackConfirms(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Actions[0].Idempotent = false
	o.Rollout.Rollbacks[0].Verify = o.Rollout.Rollbacks[0].Verify[:1]
	o.Rollout.Rollbacks[0].Verify[0].Within = 200 * time.Millisecond
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.onStart = func() { w.live["real"] = model.BoolValue(true) } }) // the old environment
	if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Unverified || !got.ContainedAt.IsZero() {
		t.Fatalf("%s: %s, contained at %s", got.Outcome, got.Summary, got.ContainedAt)
	}
	w.with(func() { w.live["real"] = model.BoolValue(false) })
	s := p.until("its confirmation", func(s *model.Snapshot) bool { return s.State.RollbackOpen() == nil })
	if s.State.LastDown.Confirmed != model.ByReadBack || s.State.Incident.Open() {
		t.Errorf("confirmed by %q, incident %+v", s.State.LastDown.Confirmed, s.State.Incident)
	}
}

// TestVerifyLooksAgain: what a metric had kept from being VERIFIED is not over
// because the flags are read back, and is when every verify holds.
func TestVerifyLooksAgain(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Rollbacks[0].Verify[1].Within = 200 * time.Millisecond
	o.Rollout.Rollbacks[0].Verify[1].Target = target("< 0.1%", "<", .001)
	p := board(t, o)
	p.enter("ten")
	if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Unverified {
		t.Fatalf("%s: %s", got.Outcome, got.Summary)
	}
	if s := p.last.State; s.ReadBack(o.Rollout) {
		t.Error("a flag that is read back ends what a metric keeps open")
	}
	w.with(func() { w.best = true })
	writes, restarts := 0, 0
	w.with(func() { writes, restarts = w.writes, w.restarts })
	if a := p.ask(model.Intent{Kind: model.VerifyLast}); a.Err != "" {
		t.Fatal(a.Err)
	}
	s := p.until("its confirmation", func(s *model.Snapshot) bool { return s.State.RollbackOpen() == nil })
	if s.State.LastDown.Confirmed != model.ByVerify {
		t.Errorf("confirmed by %q", s.State.LastDown.Confirmed)
	}
	w.with(func() {
		if w.writes != writes || w.restarts != restarts {
			t.Error("looking changed something")
		}
	})
}

// TestRestartThatCannotBeSeenIsNotVerified, unless every flag was read back from
// the running service.
func TestRestartThatCannotBeSeenIsNotVerified(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		read bool
		want model.Outcome
	}{{"nothing is read back", false, model.Unverified}, {"the flag is read back", true, model.Verified}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			o := options(t, w, t.TempDir())
			o.Rollout.Actions[0].Seen = false
			o.Rollout.Flags[0].Effective = c.read
			o.Rollout.Flags = o.Rollout.Flags[:1]
			o.Rollout.Phases[1].Flags = o.Rollout.Phases[1].Flags[:1]
			o.Rollout.Phases[2].Flags = nil
			o.Rollout.Rollbacks[0].Verify = o.Rollout.Rollbacks[0].Verify[1:] // the metric
			build := o.Build
			o.Build = func() (model.Parts, error) {
				parts, err := build()
				delete(parts.Seen, "restart")
				if !c.read {
					delete(parts.Effective, "real")
				}
				return parts, err
			}
			p := board(t, o)
			if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != c.want || strings.Contains(got.Summary, "everything was seen") {
				t.Errorf("%s: %s", got.Outcome, got.Summary)
			}
			text := words.Summary(o.Rollout, &p.last.State, p.last.State.LastDown)
			if first, _, _ := strings.Cut(text, "\n"); strings.Contains(first, "confirmed") && !strings.Contains(first, "not confirmed") && strings.Contains(text, "NOT SAFE") {
				t.Errorf("it says two things:\n%s", text)
			}
		})
	}
}

// TestCountdownFiresForWhoArmed: T1 names the person; that it was by countdown is how.
func TestCountdownFiresForWhoArmed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, options(t, w, t.TempDir()))
	p.enter("ten")
	if a := p.ask(model.Intent{Kind: model.ArmRollback, By: model.Actor{Name: "bo", Via: "cockpit"}}); a.Err != "" {
		t.Fatal(a.Err)
	}
	got := p.ended()
	if got.Plan.Kind != model.PlanRollback || got.FiredBy.Name != "bo" {
		t.Errorf("fired by %+v", got.FiredBy)
	}
	if i := slices.IndexFunc(p.last.Tail, func(r model.Record) bool { f, ok := r.Event.(model.PlanFired); return ok && f.How == "countdown" }); i < 0 {
		t.Error("how it was fired is not told")
	}
}

// TestBreachOutlivesItsSource: T0 is the NO-GO that was seen, though nothing can
// be read any more when the rollback is fired.
func TestBreachOutlivesItsSource(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Metrics[0].StaleAfter = 300 * time.Millisecond
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.failing = true })
	at := p.until("NO-GO", func(s *model.Snapshot) bool { return s.State.Headline == model.NoGo }).State.HeadlineSince
	w.with(func() { w.down = true })
	p.until("nothing known any more", func(s *model.Snapshot) bool { return s.State.Headline == model.Unknown })
	w.with(func() { w.down, w.silent = true, true })
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	s := p.until("an incident", func(s *model.Snapshot) bool { return s.State.Incident != nil })
	if i := s.State.Incident; !i.Breach.Equal(at) || i.Why == "" {
		t.Errorf("T0 %s (%s), NO-GO since %s", i.Breach, i.Why, at)
	}
}
