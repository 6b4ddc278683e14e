package engine

import (
	"sort"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
	"gonogo/model/plan"
)

// executor runs one plan at a time: entering a phase, a flip, a rollback.
type executor struct {
	e     *Engine
	group sync.WaitGroup
	quit  chan struct{} // closed when the engine is asked to end
	once  sync.Once
	mu    sync.Mutex
	run   *execute.Run   // at work, or the last one
	shown shown          // what the armed plan was resolved from
	lines map[int]string // last line of output of its running steps
}

func (x *executor) init(e *Engine) {
	x.e, x.quit, x.lines = e, make(chan struct{}), map[int]string{}
}

// confirmEvery is how often a guard whose countdown is over looks at what was counted.
const confirmEvery = 250 * time.Millisecond

// How a plan was fired, see model.PlanFired.
const (
	howEnter     = "enter"
	howCountdown = "countdown"
	howYes       = "--yes"
)

// shows notes what a plan is resolved from that is about to be armed.
func (x *executor) shows(in model.Intent, before *model.PlanState) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.shown = shown{in, before}
}

// fire starts an armed plan, as it is.
func (x *executor) fire(id model.PlanID, by model.Actor, cause model.IntentID, how string) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.fireLocked(id, by, cause, how)
}

// fireLocked is fire for who holds mu. A plan fires once: of two who fire at the
// same moment the second finds it running and is content.
func (x *executor) fireLocked(id model.PlanID, by model.Actor, cause model.IntentID, how string) error {
	state := x.e.ledger.State()
	p := state.ActivePlan()
	if p == nil || p.Plan.ID != id {
		return refuse("that plan is over")
	}
	if p.Status == model.Running {
		return nil
	}
	fired := model.PlanFired{Plan: id, How: how}
	if p.Plan.Kind == model.PlanRollback {
		if p.Plan.Drill == "" {
			verdict := x.e.judge.verdictOf(x.e.o.Rollout, &state, x.e.o.Now())
			fired.Breach, fired.Why = breachOf(&state, &verdict)
		}
		x.e.ledger.RollbackBegins()
		x.e.ledger.RecordAnyway(by, cause, fired)
		x.start(p.Plan, cause)
		return nil
	}
	events := []model.Event{fired}
	frozen, err := baselines(x.e.o.Rollout, &state, x.e.meters, &x.e.judge, x.e.o.Now(), p.Plan.Freeze, "before "+string(p.Plan.Phase))
	if err != nil {
		return err
	}
	if err := x.e.ledger.Record(by, cause, append(events, frozen...)...); err != nil {
		return err
	}
	x.start(p.Plan, cause)
	return nil
}

// veto keeps an armed plan from running, and reports whether it was armed still.
func (x *executor) veto(id model.PlanID, by model.Actor, cause model.IntentID, how model.PlanVetoed) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.e.ledger.State()
	if !isArmed(&s, id) {
		return false
	}
	how.Plan = id
	x.e.ledger.RecordAnyway(by, cause, how)
	return true
}

// start runs plan in a goroutine: a way down at once, anything else after the plan before it has ended.
func (x *executor) start(plan model.Plan, cause model.IntentID, doubts ...string) {
	before := x.run
	at := ground{x.e, plan.ID}
	r := execute.New(plan, cause, at, at.tools())
	for _, text := range doubts {
		r.Doubt(text)
	}
	x.run, x.lines = r, map[int]string{}
	down := plan.Kind == model.PlanRollback && plan.Drill == ""
	if down && before != nil {
		r.GoBefore(before)
	}
	x.group.Go(func() {
		if before != nil && !down {
			before.Cancel()
			<-before.Ended()
		}
		x.e.notices.began(&plan)
		r.Execute()
		x.e.notices.ended(&plan)
	})
}

// countDown fires an armed plan at fireAt; one without such a time lapses
// when nobody confirms it. An emergency's countdown outlives its terminal, and the engine waits for it.
func (x *executor) countDown(id model.PlanID, fireAt time.Time) {
	x.group.Go(func() {
		if !fireAt.IsZero() {
			timer := time.NewTimer(fireAt.Sub(x.e.o.Now()))
			defer timer.Stop()
			for gone := false; !gone; {
				changed := x.e.ledger.Changes()
				if s := x.e.ledger.State(); !isArmed(&s, id) {
					return
				}
				select {
				case <-timer.C:
					gone = true
				case <-changed:
				}
			}
			if s := x.e.ledger.State(); isArmed(&s, id) && x.computed(s.Plan) {
				x.lookAtStores(x.e.work, &s.Plan.Plan)
			}
			if x.confirmed(id) {
				x.countedDown(id)
			}
			return
		}
		timer := time.NewTimer(armedFor)
		defer timer.Stop()
		for {
			changed := x.e.ledger.Changes()
			if s := x.e.ledger.State(); !isArmed(&s, id) {
				return
			}
			select {
			case <-timer.C:
				x.lapse(id, "nobody confirmed it within "+model.FormatDuration(armedFor))
				return
			case <-x.quit:
				x.lapse(id, "gonogo was closed before it was confirmed")
				return
			case <-changed:
			}
		}
	})
}

// confirmed waits, where the plan is the guard's, until the newest readings alone speak
// against what it was armed for: a breach that is over by now is none to roll back for. It
// reports false where the plan is not armed any more.
func (x *executor) confirmed(id model.PlanID) bool {
	look := time.NewTicker(confirmEvery)
	defer look.Stop()
	for said := false; ; {
		changed := x.e.ledger.Changes()
		s := x.e.ledger.State()
		switch {
		case !isArmed(&s, id):
			return false
		case !s.Plan.Plan.Guard || len(s.Plan.Joined) > 0:
			return true
		}
		failing, _ := x.e.guard.breach(&s)
		if failing == "" || x.e.judge.lastWord(failing) {
			return true
		}
		if !said {
			said = true
			x.e.guard.note("the guard's countdown is over, and what " + string(failing) + " counted in the last moments does not speak against it: it fires as soon as that does, and stands down when the failure is over")
		}
		select {
		case <-look.C:
		case <-changed:
		case <-x.quit:
			return false
		}
	}
}

// countedDown fires the plan whose countdown is over, in the name of who armed
// it. The guard's fires only if what it was armed for still fails.
func (x *executor) countedDown(id model.PlanID) {
	s := x.e.ledger.State()
	if !isArmed(&s, id) {
		return
	}
	by := s.Plan.By
	if s.Plan.Plan.Guard {
		by = x.e.guard.by
		if failing, why := x.e.guard.breach(&s); failing == "" && len(s.Plan.Joined) == 0 {
			x.veto(id, by, model.IntentID(id), model.PlanVetoed{Reason: why})
			return
		}
	}
	_ = x.fireAsShown(id, by, model.IntentID(id), howCountdown)
}

func isArmed(s *model.State, id model.PlanID) bool {
	p := s.ActivePlan()
	return p != nil && p.Plan.ID == id && p.Status == model.Armed
}

// lapse vetoes an armed plan that nobody confirmed.
func (x *executor) lapse(id model.PlanID, why string) {
	x.veto(id, x.e.o.Actor, "", model.PlanVetoed{Reason: why})
}

// cancel ends the running plan id at its next step's boundary.
func (x *executor) cancel(id model.PlanID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.run != nil && x.run.ID() == id {
		x.run.Cancel()
	}
}

// wait lapses armed plans that wait for a person, and waits until none runs.
func (x *executor) wait() {
	x.once.Do(func() { close(x.quit) })
	x.group.Wait()
}

// say shows what step n of plan id says, which is not shown any more where another has begun.
func (x *executor) say(id model.PlanID, n int, line string) {
	x.mu.Lock()
	if x.run == nil || x.run.ID() != id {
		x.mu.Unlock()
		return
	}
	if x.lines[n] = model.Inert(line); line == "" {
		delete(x.lines, n)
	}
	x.mu.Unlock()
	poke(x.e.samples)
}

// live returns what the running steps say, in their order.
func (x *executor) live() []model.LiveStep {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := make([]model.LiveStep, 0, len(x.lines))
	for n, line := range x.lines {
		out = append(out, model.LiveStep{Step: n, Line: line})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Step < out[j].Step })
	return out
}

// Interrupt ends a running plan at its next step's boundary.
func (e *Engine) Interrupt() {
	s := e.ledger.State()
	if p := s.ActivePlan(); p != nil {
		e.plans.cancel(p.Plan.ID)
	}
}

// resume takes care of what the engine before left behind: an armed plan never
// fires, a rollback goes on, and of a way up that was begun a person must say what to do.
func (x *executor) resume() {
	e := x.e
	s := e.ledger.State()
	if p := e.ledger.Unfinished(); p != nil {
		e.ledger.RecordAnyway(e.o.Actor, model.IntentID(p.Plan.ID), plan.Arrival(&p.Plan, &s))
	}
	if p := s.Preempted; p != nil {
		e.ledger.RecordAnyway(e.o.Actor, "", model.PlanEnded{Plan: p.Plan.ID, Outcome: model.NeedsHuman,
			Summary: "another plan went first, and gonogo ended before this one had stopped: look at what its last step did"})
	}
	p := s.ActivePlan()
	if p == nil {
		return
	}
	id := p.Plan.ID
	switch {
	case p.Status == model.Armed:
		e.ledger.RecordAnyway(e.o.Actor, "", model.PlanVetoed{Plan: id, Reason: "gonogo ended before it fired"})
	case p.Plan.Kind == model.PlanDrill:
		e.ledger.RecordAnyway(e.o.Actor, "", model.PlanEnded{Plan: id, Outcome: model.Cancelled, Summary: "gonogo ended in the middle of the drill: nothing was changed; rehearse again"})
	case p.Plan.Kind == model.PlanRollback:
		var doubts []string
		if e.changed != "" {
			doubts = append(doubts, "the config was changed while nobody ran it, so its flags and commands may be others than those it was shown with: look at them, or roll back again")
		}
		e.plans.mu.Lock()
		e.plans.start(p.Plan, model.IntentID(id), doubts...)
		e.plans.mu.Unlock()
	case !begun(p):
		e.ledger.RecordAnyway(e.o.Actor, "", model.PlanEnded{Plan: id, Outcome: model.Cancelled, Summary: "gonogo ended before the first step"})
	default:
		e.ledger.RecordAnyway(e.o.Actor, "", model.PlanEnded{Plan: id, Outcome: model.NeedsHuman,
			Summary: "gonogo ended in the middle of it: look at the flags, then repeat it or roll back"})
	}
}

func begun(p *model.PlanState) bool {
	for _, s := range p.Steps {
		if s.Tries > 0 {
			return true
		}
	}
	return false
}
