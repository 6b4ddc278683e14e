package engine

import (
	"context"
	"fmt"
	"io"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// notifyFor is how long a notification may take, at most.
const notifyFor = 30 * time.Second

// notify tells people, each by its action, and waits for none of them. What
// came of it is journaled. The engine ends only after all had their time.
func (e *Engine) notify(to []model.ActionID, plan model.PlanID, title, text string) {
	for _, id := range to {
		e.telling.Add(1)
		e.told.Go(func() {
			defer e.telling.Add(-1)
			defer func() {
				if v := recover(); v != nil {
					e.Note(fmt.Sprintf("notification %s: panic: %v", id, v))
				}
			}()
			err := e.notifyOne(id, title, text)
			ev := model.Notified{Action: id, Plan: plan, Title: title}
			if err != nil {
				ev.Err = model.Inert(err.Error())
			}
			e.ledger.RecordAnyway(e.o.Actor, model.IntentID(plan), ev)
		})
	}
}

// settleNotices waits for notices under way while the engine still works: one whose
// receiver hangs must keep nobody from a rollback, nor make the engine look dead.
func (e *Engine) settleNotices() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for e.telling.Load() > 0 {
		<-tick.C
	}
}

func (e *Engine) notifyOne(id model.ActionID, title, text string) error {
	action, spec := e.parts.Actions[id], e.o.Rollout.Action(id)
	if action == nil || spec == nil {
		return fmt.Errorf("action %q is not there", id)
	}
	ctx, done := context.WithTimeout(context.Background(), min(spec.Timeout, notifyFor))
	defer done()
	return action.Do(ctx, model.Args{model.ArgTitle: title, model.ArgText: text}, io.Discard)
}

// notifyStart tells that the plan fired.
func (e *Engine) notifyStart(p *model.Plan) { e.notifyPlan(p, "began") }

// notifyEnd tells how the plan ended.
func (e *Engine) notifyEnd(p *model.Plan) {
	s := e.ledger.State()
	if is := s.PlanOf(p.ID); is != nil {
		e.notifyPlan(p, "is "+string(is.Outcome))
	}
}

// notifyPlan tells of the plan, if it is the one on the screen.
func (e *Engine) notifyPlan(p *model.Plan, what string) {
	s := e.ledger.State()
	if len(p.Notify) == 0 || s.Plan == nil || s.Plan.Plan.ID != p.ID {
		return
	}
	title := fmt.Sprintf("%s: %s %s (%s)", e.o.Rollout.Title, p.Title, what, e.o.Rollout.Environment.Name)
	e.notify(p.Notify, p.ID, model.Inert(title), words.Summary(e.o.Rollout, &s, s.Plan))
}
