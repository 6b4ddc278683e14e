package engine

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gonogo/model"
	"gonogo/model/engine/watch"
	"gonogo/model/words"
)

// notifyFor is how long a notification may take, at most.
const notifyFor = 30 * time.Second

// notices tells people, each by an action, and waits for none of them. What came of it is
// journaled. The engine ends only after all had their time.
type notices struct {
	rollout *model.Rollout
	actions map[model.ActionID]model.Action
	by      model.Actor
	records watch.Records
	note    func(text string)
	told    sync.WaitGroup // those under way
	telling atomic.Int32   // how many
}

// tell tells to of something.
func (n *notices) tell(to []model.ActionID, plan model.PlanID, title, text string) {
	n.tellThen(to, plan, title, text, func(string) {})
}

// tellThen tells to of something, and then says by then why nobody could be told; "" if anybody was.
func (n *notices) tellThen(to []model.ActionID, plan model.PlanID, title, text string, then func(failed string)) {
	n.telling.Add(1)
	n.told.Go(func() {
		defer n.telling.Add(-1)
		reasons := make([]string, len(to))
		var all sync.WaitGroup
		for i, id := range to {
			all.Go(func() {
				reasons[i] = n.one(id, title, text)
				n.records.RecordAnyway(n.by, model.IntentID(plan), model.Notified{Action: id, Plan: plan, Title: title, Err: reasons[i]})
			})
		}
		all.Wait()
		switch {
		case len(to) == 0:
			then("no action is there that tells them")
		case slices.Contains(reasons, ""):
			then("")
		default:
			then(model.Inert(strings.Join(reasons, "; ")))
		}
	})
}

// settle waits for those under way while the engine still works: one whose
// receiver hangs must keep nobody from a rollback, nor make the engine look dead.
func (n *notices) settle() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for n.telling.Load() > 0 {
		<-tick.C
	}
}

// one has an action tell, and returns why it could not; "" if it did.
func (n *notices) one(id model.ActionID, title, text string) (failed string) {
	defer func() {
		if v := recover(); v != nil {
			n.note(fmt.Sprintf("notification %s: panic: %v", id, v))
			failed = model.Inert(fmt.Sprintf("panic: %v", v))
		}
	}()
	action, spec := n.actions[id], n.rollout.Action(id)
	if action == nil || spec == nil {
		return fmt.Sprintf("action %q is not there", id)
	}
	ctx, done := context.WithTimeout(context.Background(), min(spec.Timeout, notifyFor))
	defer done()
	if err := action.Do(ctx, model.Args{model.ArgTitle: title, model.ArgText: text}, io.Discard); err != nil {
		return cmp.Or(model.Inert(err.Error()), "it failed, and said nothing")
	}
	return ""
}

// began tells that the plan fired.
func (n *notices) began(p *model.Plan) { n.ofPlan(p, "began") }

// ended tells how the plan ended.
func (n *notices) ended(p *model.Plan) {
	s := n.records.State()
	if is := s.PlanOf(p.ID); is != nil {
		n.ofPlan(p, "is "+string(is.Outcome))
	}
}

// ofPlan tells of the plan, if it is the one on the screen.
func (n *notices) ofPlan(p *model.Plan, what string) {
	s := n.records.State()
	if len(p.Notify) == 0 || s.Plan == nil || s.Plan.Plan.ID != p.ID {
		return
	}
	title := fmt.Sprintf("%s: %s %s (%s)", n.rollout.Title, p.Title, what, n.rollout.Environment.Name)
	n.tell(p.Notify, p.ID, model.Inert(title), words.Summary(n.rollout, &s, s.Plan))
}
