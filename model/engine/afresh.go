package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
	"gonogo/model/plan"
)

// shown is what the armed plan was resolved from, to resolve it anew before it
// fires. It need not outlive the engine: nor does an armed plan.
type shown struct {
	in     model.Intent     // which armed it, and whose ID the plan has
	before *model.PlanState // the newest plan until then: a rollback may go by that
}

// turn is what becomes of an armed plan that shall fire.
type turn int

const (
	fireShown turn = iota // it does what was shown
	fireAnew              // a rollback: it does what it would do by now
	showAnew              // not yet: it would do something else, which is shown first
	letGo                 // a way up that may not be any more
)

// turnOf decides that. By now p, which is armed, resolves to fresh, or cannot be
// resolved for the reason err; left is what is left of the countdown that a person cut
// short. Nothing refuses a rollback.
func turnOf(p *model.PlanState, fresh *model.Plan, err error, left time.Duration) turn {
	switch down := isDown(p); {
	case err == nil && fresh.Hash == p.Plan.Hash, err != nil && down:
		return fireShown
	case err != nil:
		return letGo
	case down && left <= 0:
		return fireAnew
	}
	return showAnew
}

// isDown reports whether p takes things back, and is no drill of that.
func isDown(p *model.PlanState) bool {
	return p.Plan.Kind == model.PlanRollback && p.Plan.Drill == ""
}

// since says what a plan does that it did not when it was shown as old.
func since(old, fresh *model.Plan) string {
	was, is := effectsOf(old), effectsOf(fresh)
	var out []string
	for _, e := range is.order {
		switch before, known := was.of[e]; {
		case !known:
			out = append(out, strings.TrimSpace("also "+e+" "+is.of[e]))
		case before != is.of[e]:
			out = append(out, e+" "+is.of[e]+", not "+before)
		}
	}
	for _, e := range was.order {
		if _, still := is.of[e]; !still {
			out = append(out, "no longer "+e)
		}
	}
	if len(out) == 0 {
		return "its order, its checks or its times"
	}
	return strings.Join(out, "; ")
}

// effectList is what a plan sets and runs, in its order, and to what it sets it.
type effectList struct {
	order []string
	of    map[string]string
}

func effectsOf(p *model.Plan) effectList {
	out := effectList{of: map[string]string{}}
	add := func(what, to string) {
		if _, twice := out.of[what]; !twice {
			out.order = append(out.order, what)
		}
		out.of[what] = to
	}
	for _, st := range p.Steps {
		level := ""
		if st.Level > 0 {
			level = fmt.Sprintf("level %d, ", st.Level)
		}
		for _, c := range st.Changes {
			add(level+"set "+string(c.Flag), "to "+c.To.Brief())
		}
		if st.Kind == model.StepRun {
			add(level+"run "+string(st.Action), "")
		}
	}
	return out
}

// anew resolves the armed plan once more, by what is known now, as plan id.
func (x *executor) anew(state *model.State, id model.PlanID) (model.Plan, error) {
	s := *state
	s.Plan = x.shown.before
	if q := state.Preempted; q != nil && s.Plan != nil && q.Plan.ID == s.Plan.Plan.ID {
		s.Plan = q
	}
	in := x.shown.in
	in.ID = model.IntentID(id)
	return plan.Resolve(x.e.o.Rollout, &s, x.e.judge.verdictOf(x.e.o.Rollout, state, x.e.o.Now()), in)
}

// fireAsShown fires the armed plan id if it would still do what was shown. Else a
// way up is refused, and armed again as another plan; a rollback becomes what it would do
// by now, is shown so for what is left of its countdown, and fires.
func (x *executor) fireAsShown(id model.PlanID, by model.Actor, cause model.IntentID, how string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	state := x.e.ledger.State()
	p := state.ActivePlan()
	if p == nil || p.Plan.ID != id || p.Status != model.Armed || x.shown.in.ID != model.IntentID(id) {
		return x.fireLocked(id, by, cause, how)
	}
	left := time.Duration(0)
	if how == howEnter && !p.FireAt.IsZero() {
		left = p.FireAt.Sub(x.e.o.Now())
	}
	as := id
	if !isDown(p) {
		as = model.PlanID(cause)
	}
	fresh, err := x.anew(&state, as)
	do := turnOf(p, &fresh, err, left)
	switch do {
	case fireShown:
		return x.fireLocked(id, by, cause, how)
	case letGo:
		why := strings.TrimPrefix(err.Error(), model.ErrRefused.Error()+": ")
		x.e.ledger.RecordAnyway(x.e.o.Actor, cause, model.PlanVetoed{Plan: id, Reason: "by now it is refused: " + why})
		return fmt.Errorf("%w: it is no longer armed", err)
	}
	text := since(&p.Plan, &fresh)
	fresh.Warnings = append(fresh.Warnings, "changed since it was shown: "+text)
	armed := model.PlanArmed{Plan: fresh, FireAt: p.FireAt}
	switch {
	case do == fireAnew:
		x.e.ledger.RollbackBegins()
		x.e.ledger.RecordAnyway(p.By, cause, armed)
		return x.fireLocked(id, by, cause, how)
	case isDown(p):
		x.e.ledger.RecordAnyway(p.By, cause, armed)
		return refuse("it changed since it was shown (%s): it is shown anew, and fires in %s; fire it again to have it at once", text, model.FormatDuration(left.Round(time.Second)))
	}
	again := model.PlanVetoed{Plan: id, Reason: "it changed since it was shown, and is armed again"}
	if err := x.e.ledger.Record(by, cause, again, armed); err != nil {
		return err
	}
	x.shown.in.ID = cause
	x.countDown(as, time.Time{})
	return refuse("it changed since it was shown (%s): nothing was done; it is armed again as it is now: look at it, then fire that", text)
}

// fireFor fires the armed plan that a person was shown. Where its effects are
// computed from what the stores hold, these are looked at first, which takes its time:
// then the answer comes later.
func (x *executor) fireFor(in model.Intent, p *model.PlanState) error {
	if !x.computed(p) {
		return x.fireAsShown(p.Plan.ID, in.By, in.ID, howEnter)
	}
	x.e.spawn("fire", func() {
		x.lookAtStores(x.e.work, &p.Plan)
		x.e.answer(in.ID, x.fireAsShown(p.Plan.ID, in.By, in.ID, howEnter))
	})
	return errLater
}

// computed reports whether what the armed plan p does hangs on what the stores
// hold: shares of a list, or who is taken out of it. A way up always counts as such.
func (x *executor) computed(p *model.PlanState) bool {
	if !isDown(p) {
		return true
	}
	b := x.e.o.Rollout.Rollback(p.Plan.Rollback)
	if b == nil {
		return false
	}
	settings := b.Set
	for _, level := range b.Levels {
		settings = append(settings[:len(settings):len(settings)], level.Set...)
	}
	for _, set := range settings {
		if set.Value.Type == model.Share || set.Value.Type == model.Remove {
			return true
		}
	}
	return false
}

// lookAtStores looks at the stores of the flags that the plan sets, for execute.LookFirst at
// most: of one that does not answer by then, what was seen before counts.
func (x *executor) lookAtStores(ctx context.Context, p *model.Plan) {
	timed, done := context.WithTimeout(ctx, execute.LookFirst)
	defer done()
	seen := map[model.FlagID]bool{}
	var group sync.WaitGroup
	for _, st := range p.Steps {
		for _, c := range st.Changes {
			f := x.e.o.Rollout.Flag(c.Flag)
			if f == nil || seen[c.Flag] {
				continue
			}
			seen[c.Flag] = true
			group.Go(func() { _, _ = x.e.flags.Stored(timed, f, observeTimeout) }) // recorded; errors too
		}
	}
	group.Wait()
}
