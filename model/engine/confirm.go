package engine

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
	"gonogo/model/plan"
)

const (
	lookFor   = 30 * time.Second // how long a look at the last rollback waits for everything to hold
	leastLook = time.Second      // what was read back must have stood so long, at least
)

// looks makes sure that the last rollback is looked at by one at a time.
type looks struct{ mu sync.Mutex }

// noticeReadBack ends what a rollback left open, once everything that it set was
// read back from the running service and has stood for as long as a rollback's verifies must.
func (e *Engine) noticeReadBack() {
	s := e.ledger.State()
	if !s.ReadBack(e.o.Rollout) {
		return
	}
	p := s.LastDown
	since := p.EndedAt
	for id := range p.LastSet() {
		for _, at := range []time.Time{s.Flags[id].StoredAt, s.Flags[id].EffectiveAt} {
			if at.After(since) {
				since = at
			}
		}
	}
	if e.o.Now().Sub(since) < max(p.Plan.Steady, leastLook) {
		return
	}
	_ = e.confirmed(e.o.Actor, model.IntentID(p.Plan.ID), model.Confirmed{Plan: p.Plan.ID, How: model.ByReadBack})
}

// confirmed journals that the last rollback is confirmed, with the end of its
// incident where there is one, after what led to it.
func (e *Engine) confirmed(by model.Actor, cause model.IntentID, ev model.Confirmed, after ...model.Event) error {
	s := e.ledger.State()
	events := slices.Concat(after, []model.Event{ev})
	if i := s.Incident; i.Open() && i.Plan == ev.Plan {
		events = append(events, model.Recovered{Plan: ev.Plan, Breach: i.Breach, Fired: i.Fired, Contained: i.Contained, Verified: e.o.Now().UTC()})
	}
	return e.ledger.Record(by, cause, events...)
}

// confirm takes a person's word that the last rollback is in effect, or looks at it again.
func (e *Engine) confirm(in model.Intent) error {
	s := e.ledger.State()
	p := s.RollbackOpen()
	again := p == nil && in.Kind == model.VerifyLast && s.LastDown != nil
	if again {
		p = s.LastDown
	}
	switch {
	case p == nil:
		return refuse("there is no rollback that waits to be confirmed")
	case again && p.WentOn:
		return refuse("a phase was entered after %q: its flags are not this rollback's any more; gonogo gate tells how they are", p.Plan.Title)
	case p.Status != model.Ended:
		return refuse("%q runs still: let it end first", p.Plan.Title)
	case in.Kind == model.ConfirmLast && strings.TrimSpace(in.Reason) == "":
		return refuse("confirming a rollback needs a reason: what shows that it is in effect?")
	case in.Kind == model.ConfirmLast && contradicted(&s, p) != nil:
		return contradicted(&s, p)
	case in.Kind == model.ConfirmLast:
		return e.confirmed(in.By, in.ID, model.Confirmed{Plan: p.Plan.ID, How: model.ByPerson, Reason: in.Reason}, model.IntentTaken{Intent: in})
	case !e.looks.mu.TryLock():
		return refuse("%q is being looked at already", p.Plan.Title)
	}
	down := *p
	e.spawn("looking at the last rollback", func() {
		defer e.looks.mu.Unlock()
		e.lookAgain(e.work, &down, again, in)
	})
	return nil
}

// contradicted refuses a person's word against what gonogo sees itself; nil: it sees nothing against it.
func contradicted(s *model.State, p *model.PlanState) error {
	id, is := s.Contradicts(p)
	if id == "" {
		return nil
	}
	return refuse("gonogo sees %s at %s, which is not what %q was to give it: roll back again", id, is.Brief(), p.Plan.Title)
}

// lookAgain looks at everything that the rollback p set and would be verified by,
// until all of it holds, and has held for its Steady. It changes nothing.
// again says that it was confirmed before.
func (e *Engine) lookAgain(ctx context.Context, p *model.PlanState, again bool, in model.Intent) {
	ctx, done := context.WithTimeout(ctx, lookFor+p.Plan.Steady)
	defer done()
	var held time.Time
	for {
		why, final := execute.Missing(ctx, ground{e}, e.tools(), p, again)
		if s := e.ledger.State(); !again && s.RollbackOpen() == nil || s.LastDown.Plan.ID != p.Plan.ID || s.LastDown.Status != model.Ended {
			return // another came meanwhile, or it is confirmed
		}
		switch now := time.Now(); {
		case why != "":
			held = time.Time{}
		case held.IsZero():
			held = now
		}
		if !held.IsZero() && time.Since(held) >= p.Plan.Steady {
			if again {
				_ = e.ledger.Record(in.By, in.ID, model.StillConfirmed{Plan: p.Plan.ID})
				return
			}
			_ = e.confirmed(in.By, in.ID, model.Confirmed{Plan: p.Plan.ID, How: model.ByVerify})
			return
		}
		if final || !pause(ctx, plan.Poll) {
			if why == "" {
				why = "it did not hold for " + model.FormatDuration(p.Plan.Steady)
			}
			_ = e.ledger.Record(in.By, in.ID, model.NotConfirmed{Plan: p.Plan.ID, Reason: model.Inert(why)})
			return
		}
	}
}

// pause waits for d, or until ctx is done; it reports whether d passed.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
