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

// breach returns the breach of the verdict on state, with why; or "" and what
// there is instead.
func (e *Engine) breach(state *model.State) (model.MetricID, string) {
	verdict := e.judge.verdictOf(e.o.Rollout, state, e.o.Now())
	if id := verdict.Breach; id != "" {
		return id, string(id) + " FAIL: " + e.judge.line(id).Reason
	}
	if state.Phase == "" {
		return "", "no phase is entered any more"
	}
	instead := ""
	for _, id := range e.o.Rollout.Guard.On {
		if instead == "" || id == state.Guard.Metric {
			instead = string(id) + " is " + string(e.judge.line(id).State) + ", not FAIL any more"
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

// tellCleared says that the guard stands down, and no more than is known: that the
// breach is over only if the metric passes.
func (e *Engine) tellCleared(id model.MetricID, now model.MetricState, why string) {
	switch now {
	case model.Pass:
		e.tellGuard(fmt.Sprintf("%s is no longer in breach", id), why)
	case "":
		e.tellGuard(fmt.Sprintf("the guard no longer watches %s", id), why)
	default:
		e.doubted = id
		e.tellGuard(fmt.Sprintf("%s is %s: whether its breach is over is not known", id, now), why)
	}
}

// tellOver says later that a breach is over of which that was not known.
func (e *Engine) tellOver(failing model.MetricID, phase model.PhaseID) {
	switch id := e.doubted; {
	case id == "":
	case failing != "" || phase == "":
		e.doubted = ""
	case e.judge.line(id).State == model.Pass:
		e.doubted = ""
		e.tellGuard(fmt.Sprintf("%s is no longer in breach", id), fmt.Sprintf("%s is %s", id, model.Pass))
	}
}

// guard looks at the last judgement: it journals where a breach begins and ends, arms
// its rollback, and takes that back when the breach is over before it fired.
func (e *Engine) guard() {
	g := e.o.Rollout.Guard
	if g == nil || g.Mode == model.GuardOff || e.o.Transient {
		return
	}
	state := e.ledger.State()
	failing, why := e.breach(&state)
	tripped := state.Guard.Metric
	switch {
	case failing != "" && tripped == "":
		reason := e.judge.line(failing).Reason
		if e.ledger.Record(e.guardActor(), "", model.GuardTripped{Metric: failing, Reason: reason, Mode: g.Mode}) == nil {
			e.tellGuard(fmt.Sprintf("%s is in breach", failing), reason)
		}
	case failing == "" && tripped != "":
		now := e.judge.line(tripped).State
		if state.Phase == "" {
			now = ""
		}
		if e.ledger.Record(e.guardActor(), "", model.GuardCleared{Metric: tripped, Now: why, State: now}) == nil {
			e.tellCleared(tripped, now, why)
		}
	}
	e.tellOver(failing, state.Phase)
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
	if e.feed.Ask(in) != nil {
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
		e.Note(text)
	}
}

// mayGuard returns errStoodDown if there is no reason any more to arm: time
// has passed since the guard asked.
func (e *Engine) mayGuard() error {
	state := e.ledger.State()
	failing, _ := e.breach(&state)
	if failing == "" || state.Guard.Spent || state.Guard.Vetoed(e.o.Now()) {
		return errStoodDown
	}
	return nil
}
