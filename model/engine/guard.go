package engine

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"gonogo/model"
)

// guardActor is who acts where the guard does.
func (e *Engine) guardActor() model.Actor {
	return model.Actor{Name: "guard", Host: e.o.Actor.Host, Via: model.ViaGuard}
}

// breach returns the first guarded metric that is in FAIL, with why; or "" and
// what there is instead. Nothing but FAIL is a breach: what is not known never arms.
func (e *Engine) breach() (model.MetricID, string) {
	instead := ""
	for _, id := range e.o.Rollout.Guard.On {
		line := e.judge.line(id)
		if line.State == model.Fail {
			return id, string(id) + " FAIL: " + line.Reason
		}
		if instead == "" || id == e.ledger.current().Guard.Metric {
			instead = string(id) + " is " + string(line.State) + ", not FAIL any more"
		}
	}
	return "", instead
}

// tellGuard notifies those whom the guard tells.
func (e *Engine) tellGuard(what, why string) {
	r := e.o.Rollout
	title := model.Inert(fmt.Sprintf("%s: %s (%s)", r.Title, what, r.Environment.Name))
	e.notify(r.Guard.Notify, "", title, model.Inert(fmt.Sprintf("%s\nguard: %s", why, r.Guard.Mode)))
}

// guard looks at the last judgement: it journals where a breach begins and ends, arms
// its rollback, and takes that back when the breach is over before it fired.
func (e *Engine) guard() {
	g := e.o.Rollout.Guard
	if g == nil || g.Mode == model.GuardOff || e.o.Transient {
		return
	}
	state := e.ledger.current()
	failing, why := e.breach()
	if state.Phase == "" {
		failing, why = "", "no phase is entered any more"
	}
	tripped := state.Guard.Metric
	switch {
	case failing != "" && tripped == "":
		reason := e.judge.line(failing).Reason
		if e.ledger.record(e.guardActor(), "", model.GuardTripped{Metric: failing, Reason: reason, Mode: g.Mode}) == nil {
			e.tellGuard(fmt.Sprintf("%s is in breach", failing), reason)
		}
	case failing == "" && tripped != "":
		if e.ledger.record(e.guardActor(), "", model.GuardCleared{Metric: tripped, Now: why}) == nil {
			e.tellGuard(fmt.Sprintf("%s is no longer in breach", tripped), why)
		}
	}
	plan := state.ActivePlan()
	if failing == "" {
		if plan != nil && plan.Plan.Guard && plan.Status == model.Armed && len(plan.Joined) == 0 {
			e.plans.veto(plan.Plan.ID, e.guardActor(), "", model.PlanVetoed{Reason: why})
		}
		return
	}
	busy := plan != nil && plan.Plan.Kind == model.PlanRollback && plan.Plan.Drill == ""
	if g.Mode != model.GuardArmed || busy || state.Guard.Spent || state.Guard.Vetoed(e.o.Now()) || !e.asked.CompareAndSwap(false, true) {
		return
	}
	in := model.Intent{ID: model.IntentID(rand.Text()), By: e.guardActor(), Kind: model.ArmRollback, Rollback: g.Rollback, Reason: why}
	taken := e.ledger.hurries()
	select {
	case e.intents <- asked{in, taken}:
	default:
		taken()
		e.asked.Store(false) // the queue is full: the next judgement asks again
	}
}

// errStoodDown is why the guard did not arm in the end: what it saw is over.
var errStoodDown = errors.New("the guard stood down")

// guardAnswered takes what became of the guard's intent. A rollback that cannot
// be armed is told, once, since nobody else would hear of it.
func (e *Engine) guardAnswered(err error) {
	e.asked.Store(false)
	if err == nil || errors.Is(err, errStoodDown) {
		return
	}
	text := "the guard cannot roll back: " + err.Error()
	e.mu.Lock()
	told := slices.Contains(e.troubles, model.Inert(text))
	e.mu.Unlock()
	if !told {
		e.note(text)
	}
}

// mayGuard returns errStoodDown if there is no reason any more to arm: time
// has passed since the guard asked.
func (e *Engine) mayGuard() error {
	state := e.ledger.current()
	failing, _ := e.breach()
	if state.Phase == "" || failing == "" || state.Guard.Spent || state.Guard.Vetoed(e.o.Now()) {
		return errStoodDown
	}
	return nil
}
