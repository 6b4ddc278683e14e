package engine

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
	"gonogo/model/engine/watch"
	"gonogo/model/plan"
)

const (
	lookFor   = 30 * time.Second // how long a look at the last rollback waits for everything to hold
	leastLook = time.Second      // what was read back must have stood so long, at least
)

// looks confirms the last rollback later: by what is read back, by a person's word, or by
// looking at it again, which one does at a time.
type looks struct {
	rollout *model.Rollout
	by      model.Actor
	now     func() time.Time
	records watch.Records
	ground  execute.Engine
	tools   func() execute.Tools
	spawn   func(name string, f func())
	work    context.Context // ends when the engine's work does
	mu      sync.Mutex
}

// noticeReadBack ends what a rollback left open, once everything that it set was
// read back from the running service and has stood for as long as a rollback's verifies must.
func (l *looks) noticeReadBack() {
	s := l.records.State()
	if !s.ReadBack(l.rollout) {
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
	if l.now().Sub(since) < max(p.Plan.Steady, leastLook) {
		return
	}
	_ = l.confirmed(l.by, model.IntentID(p.Plan.ID), model.Confirmed{Plan: p.Plan.ID, How: model.ByReadBack})
}

// confirmed journals that the last rollback is confirmed, with where the rollout stands
// by that and the end of its incident, where there is one, after what led to it.
func (l *looks) confirmed(by model.Actor, cause model.IntentID, ev model.Confirmed, after ...model.Event) error {
	s := l.records.State()
	events := slices.Concat(after, []model.Event{ev})
	if p := s.LastDown; p != nil && p.Plan.ID == ev.Plan && p.Plan.Leaves && !p.Outcome.Lands() && s.Phase == p.Plan.From {
		events = append(events, plan.Arrival(&p.Plan, &s))
	}
	if i := s.Incident; i.Open() && i.Plan == ev.Plan {
		events = append(events, model.Recovered{Plan: ev.Plan, Breach: i.Breach, Fired: i.Fired, Contained: i.Contained, Verified: l.now().UTC()})
	}
	return l.records.Record(by, cause, events...)
}

// confirm takes a person's word that the last rollback is in effect, or looks at it again.
func (l *looks) confirm(in model.Intent) error {
	s := l.records.State()
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
		return l.confirmed(in.By, in.ID, model.Confirmed{Plan: p.Plan.ID, How: model.ByPerson, Reason: in.Reason}, model.IntentTaken{Intent: in})
	case !l.mu.TryLock():
		return refuse("%q is being looked at already", p.Plan.Title)
	}
	down := *p
	l.spawn("looking at the last rollback", func() {
		defer l.mu.Unlock()
		l.lookAgain(l.work, &down, again, in)
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
func (l *looks) lookAgain(ctx context.Context, p *model.PlanState, again bool, in model.Intent) {
	ctx, done := context.WithTimeout(ctx, lookFor+p.Plan.Steady)
	defer done()
	var held time.Time
	for {
		why, final := execute.Missing(ctx, l.ground, l.tools(), p, again)
		if s := l.records.State(); !again && s.RollbackOpen() == nil || s.LastDown.Plan.ID != p.Plan.ID || s.LastDown.Status != model.Ended {
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
				_ = l.records.Record(in.By, in.ID, model.StillConfirmed{Plan: p.Plan.ID})
				return
			}
			_ = l.confirmed(in.By, in.ID, model.Confirmed{Plan: p.Plan.ID, How: model.ByVerify})
			return
		}
		if final || !pause(ctx, plan.Poll) {
			if why == "" {
				why = "it did not hold for " + model.FormatDuration(p.Plan.Steady)
			}
			_ = l.records.Record(in.By, in.ID, model.NotConfirmed{Plan: p.Plan.ID, Reason: model.Inert(why)})
			return
		}
	}
}
