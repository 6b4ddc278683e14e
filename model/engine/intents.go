package engine

import (
	"context"
	"errors"
	"unicode/utf8"

	"gonogo/model"
	"gonogo/model/plan"
)

// takeIntents works through the queue: each intent is checked, journaled and acted on.
func (e *Engine) takeIntents(ctx context.Context) {
	asked := e.feed.Take(e.ledger.RollbackAsked)
	defer e.feed.Leave()
	for {
		select {
		case <-ctx.Done():
			return
		case waits := <-asked:
			in := waits.Intent
			in.Reason = model.Inert(in.Reason)
			err := e.take(in)
			waits.Taken()
			if errors.Is(err, errLater) {
				continue
			}
			if in.By.Via == model.ViaGuard {
				e.guard.answered(err)
				continue // nobody else waits for the answer
			}
			e.answer(in.ID, err)
		}
	}
}

// sign journals a signature, or that one was taken back.
func (e *Engine) sign(in model.Intent) error {
	state := e.ledger.State()
	verdict := e.judge.verdictOf(e.o.Rollout, &state, e.o.Now())
	ev, err := signed(e.o.Rollout, &state, &verdict, e.o.Now(), in)
	if err != nil {
		return err
	}
	return e.ledger.Record(in.By, in.ID, ev)
}

// freeze freezes the baselines that an intent asks for, all or none.
func (e *Engine) freeze(in model.Intent) error {
	ids := in.Metrics
	if len(ids) == 0 {
		ids = onBaselines(e.o.Rollout)
	}
	if len(ids) == 0 {
		return refuse("no target or alert rests on a baseline: name the metrics to freeze")
	}
	state := e.ledger.State()
	frozen, err := baselines(e.o.Rollout, &state, e.meters, &e.judge, e.o.Now(), ids, in.Reason)
	if err != nil {
		return err
	}
	return e.ledger.Record(in.By, in.ID, frozen...)
}

func (e *Engine) answer(id model.IntentID, err error) {
	a := model.Answer{Intent: id, At: e.o.Now()}
	if err != nil {
		a.Err, a.Refused, a.NeedsReason = model.Inert(err.Error()), errors.Is(err, model.ErrRefused), errors.Is(err, model.ErrNeedsReason)
	}
	e.feed.Answer(a)
	poke(e.facts)
}

// maxReason is how long a reason or a note may be, in letters.
const maxReason = 2000

// take acts on one intent. Its error goes to who asked.
func (e *Engine) take(in model.Intent) error {
	if n := utf8.RuneCountInString(in.Reason); n > maxReason {
		switch in.Kind {
		case model.ArmRollback, model.Fire, model.Veto, model.Cancel: // nothing that takes back waits for words
			in.Reason = string([]rune(in.Reason)[:maxReason-1]) + "…"
			return e.take(in)
		}
		return refuse("what is said has %d letters, and %d are shown and kept at most: say it shorter, or link to it", n, maxReason)
	}
	if state := e.ledger.State(); in.May != model.AccessAll {
		if err := May(in, &state); err != nil {
			return err
		}
	}
	switch in.Kind {
	case model.ArmEnter, model.ArmFlip, model.ArmRollback, model.ArmDrill:
		return e.arm(in)
	case model.Fire, model.Veto, model.Cancel:
		return e.decide(in)
	case model.Sign, model.Unsign:
		return e.sign(in)
	case model.RunCheck:
		return e.checks.take(in)
	case model.Freeze:
		return e.freeze(in)
	case model.ReadMetric:
		return e.read(in)
	case model.OpenSilence, model.EndSilence:
		return e.silences.take(in)
	case model.Acknowledge:
		return e.escalations.acknowledge(in)
	case model.RecordGates:
		return e.rehearsed(in)
	case model.HoldOn, model.Resume:
		return e.hold(in)
	case model.ConfirmLast, model.VerifyLast:
		return e.looks.confirm(in)
	case model.Adopt, model.LookConfig:
		return e.later(in)
	case model.Refresh:
		e.flags.All()
		return nil
	}
	return refuse("unknown intent %q: is this gonogo older than the other?", in.Kind)
}

// arm resolves a plan, journals it and shows it; a way down takes precedence
// over a way up, and a second one joins the first.
func (e *Engine) arm(in model.Intent) error {
	state := e.ledger.State()
	down := in.Kind == model.ArmRollback
	active := state.ActivePlan()
	if active != nil {
		switch {
		case in.By.Via == model.ViaGuard && active.Plan.Kind == model.PlanRollback && active.Plan.Drill == "":
			return errStoodDown // one is on its way already
		case down && active.Plan.Kind == model.PlanRollback && !e.outranks(in, active):
			return e.join(in, active)
		case !down:
			return refuse("%q is %s: let it end, or cancel it, first", active.Plan.Title, active.Status)
		}
	}
	if !down {
		if err := e.mayGoUp(in); err != nil {
			return err
		}
	}
	if in.By.Via == model.ViaGuard {
		if err := e.guard.may(); err != nil {
			return err
		}
	}
	verdict := e.judge.verdictOf(e.o.Rollout, &state, e.o.Now())
	plan, err := plan.Resolve(e.o.Rollout, &state, verdict, in)
	if err != nil {
		return err
	}
	if active != nil { // only now that there is something to take its place
		if active.Status == model.Armed {
			e.plans.veto(active.Plan.ID, in.By, in.ID, model.PlanVetoed{Reason: "another rollback goes first"})
		} else {
			e.plans.cancel(active.Plan.ID)
		}
	}
	armed := model.PlanArmed{Plan: plan}
	if down && plan.Emergency && e.o.Rollout.Emergency.Confirm != model.ConfirmEnter && !in.Yes {
		armed.FireAt = e.o.Now().Add(e.o.Rollout.Emergency.Countdown)
	}
	if plan.Guard {
		armed.FireAt = e.o.Now().Add(e.o.Rollout.Guard.Countdown)
	}
	if _, err := baselines(e.o.Rollout, &state, e.meters, &e.judge, e.o.Now(), plan.Freeze, ""); err != nil {
		return err
	}
	e.plans.shows(in, state.Plan)
	events := []model.Event{model.IntentTaken{Intent: in}, armed}
	if down {
		e.ledger.RollbackBegins()
		e.ledger.RecordAnyway(in.By, in.ID, events...)
	} else if err := e.ledger.Record(in.By, in.ID, events...); err != nil {
		return err
	}
	if in.Yes {
		return e.plans.fire(plan.ID, in.By, in.ID, howYes)
	}
	e.plans.countDown(plan.ID, armed.FireAt)
	return nil
}

func (e *Engine) mayGoUp(in model.Intent) error {
	if text := e.contested(); text != "" {
		return refuse("%s: end it first; a rollback needs nothing of that", text)
	}
	if in.Seen != 0 && in.Seen < e.ledger.LastTouched() {
		return refuse("the rollout changed since you looked: look again, then repeat")
	}
	if in.Kind != model.ArmEnter {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.changed != "" {
		return refuse("the config changed since it was adopted: adopt it first (gonogo adopt, or A in the cockpit)")
	}
	return nil
}

// outranks reports whether the rollback asked for goes before the one that is
// armed or runs: the emergency before any other, and any before one that only waits,
// unless that is the emergency that a person armed. All go before a drill.
func (e *Engine) outranks(in model.Intent, active *model.PlanState) bool {
	emergency := e.o.Rollout.EmergencyRollback()
	asked := in.Rollback
	if asked == "" && in.Flag == "" && emergency != nil {
		asked = emergency.ID
	}
	if active.Plan.Drill != "" {
		return true
	}
	if asked == active.Plan.Rollback && in.Flag == active.Plan.Flag {
		return false
	}
	if emergency != nil && asked == emergency.ID {
		return true
	}
	return active.Status == model.Armed && (!active.Plan.Emergency || active.Plan.Guard)
}

func (e *Engine) join(in model.Intent, active *model.PlanState) error {
	other := in.Flag != active.Plan.Flag || in.Rollback != "" && in.Rollback != active.Plan.Rollback || len(in.Remove) > 0
	switch {
	case other && active.Status == model.Armed:
		return refuse("%q is armed, by %s: let it fire, or veto it first", active.Plan.Title, active.By.Name)
	case other:
		return refuse("%q runs, fired by %s: let it end first; only the emergency goes before it", active.Plan.Title, active.FiredBy.Name)
	}
	e.ledger.RecordAnyway(in.By, in.ID, model.IntentTaken{Intent: in}, model.PlanJoined{Plan: active.Plan.ID})
	if active.Status == model.Armed && in.Yes {
		return e.plans.fireAsShown(active.Plan.ID, in.By, in.ID, howYes)
	}
	return nil
}

// decide fires, vetoes or cancels the plan that the intent names.
func (e *Engine) decide(in model.Intent) error {
	state := e.ledger.State()
	p := state.ActivePlan()
	if down := state.LastDown; in.Kind == model.Veto && down != nil && down.Plan.ID == in.Plan && down.Status == model.Ended {
		return refuse("too late: the rollback has run")
	}
	if p == nil || p.Plan.ID != in.Plan {
		return refuse("that plan is over")
	}
	if in.Kind == model.Cancel {
		if p.Status != model.Running {
			return refuse("%q does not run", p.Plan.Title)
		}
		e.ledger.RecordAnyway(in.By, in.ID, model.IntentTaken{Intent: in})
		e.plans.cancel(p.Plan.ID)
		return nil
	}
	if p.Status != model.Armed {
		return refuse("%q runs already; it can be cancelled at the next step", p.Plan.Title)
	}
	if in.By.Via == "cockpit" && e.o.Now().Sub(p.ArmedAt) < deadTime {
		return refuse("too soon after it was armed to have been read: press again")
	}
	if in.Kind == model.Veto {
		veto := model.PlanVetoed{Reason: in.Reason}
		if p.Plan.Guard {
			if in.Reason == "" {
				return refuse("a veto of the guard %w; it counts for %s", model.ErrNeedsReason, model.FormatDuration(e.o.Rollout.Guard.Veto))
			}
			veto.Until = e.o.Now().Add(e.o.Rollout.Guard.Veto)
		}
		e.plans.veto(p.Plan.ID, in.By, in.ID, veto)
		return nil
	}
	if in.Hash != p.Plan.Hash {
		return refuse("what is armed is not what was shown to who fires it (plan %s, hash %.12s): look at it, then fire that", p.Plan.ID, p.Plan.Hash)
	}
	return e.plans.fireFor(in, p)
}

func (e *Engine) hold(in model.Intent) error {
	state := e.ledger.State()
	held := in.Kind == model.HoldOn
	if state.Held == held {
		if held {
			return refuse("it is held already, by %s: %s", state.HeldBy.Name, state.HeldReason)
		}
		return refuse("it is not held")
	}
	if held && in.Reason == "" {
		return refuse("holding %w", model.ErrNeedsReason)
	}
	return e.ledger.Record(in.By, in.ID, model.HoldChanged{Held: held, Reason: in.Reason})
}
