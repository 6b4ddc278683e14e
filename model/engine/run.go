package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"gonogo/model"
)

// run is one plan at work.
type run struct {
	x         *executor
	e         *Engine
	plan      model.Plan
	cause     model.IntentID
	down      bool // a way down: it goes on when the journal does not
	once      sync.Once
	cancelled chan struct{}
	done      chan struct{}
	mu        sync.Mutex
	fenced    error
	broken    error                 // a fact could not be journaled on the way up
	doubts    []string              // what the last look found, beside the steps
	readBack  map[model.FlagID]bool // by the last look, as the plan set them
	samples   map[int][]sample      // of the witnesses, by step, while an action ran
}

var (
	errCancelled = errors.New("cancelled")
	errBudget    = errors.New("the plan's budget is over")
)

func (r *run) cancel() { r.once.Do(func() { close(r.cancelled) }) }

// record journals the plan's facts. On the way up a failure stops the plan.
func (r *run) record(events ...model.Event) {
	if r.down {
		r.e.ledger.must(r.e.o.Actor, r.cause, events...)
		return
	}
	if err := r.e.ledger.record(r.e.o.Actor, r.cause, events...); err != nil {
		r.mu.Lock()
		r.broken = err
		r.mu.Unlock()
	}
}

// over says why no further step may begin, or nil. It checks the fence.
func (r *run) over(ctx context.Context) error {
	err := r.e.lock.Held()
	if err == nil {
		err = r.e.ledger.fencedBy()
	}
	if err != nil {
		r.e.ledger.fence(err)
		r.mu.Lock()
		r.fenced = err
		r.mu.Unlock()
		return err
	}
	r.mu.Lock()
	broken := r.broken
	r.mu.Unlock()
	if broken != nil {
		return broken
	}
	select {
	case <-r.cancelled:
		return errCancelled
	default:
	}
	if ctx.Err() != nil {
		return errBudget
	}
	return nil
}

// execute takes the plan through its stages: contain → apply → verify. It goes
// on past a step that fails, and stops only for a lost fence, a cancel, the budget,
// or, on the way up, a set step that failed or a journal that cannot be written.
func (r *run) execute() {
	ctx, stop := context.WithTimeout(context.Background(), r.plan.Budget)
	defer stop()
	if r.plan.Kind == model.PlanDrill {
		r.look(ctx)
	} else {
		r.descend(ctx)
		r.steady(ctx)
	}
	r.skipRest(ctx)
	outcome, summary := r.judge()
	r.finish(outcome, summary)
}

// descend takes the levels of a way down one after the other, until one is
// enough; any other plan is one level.
func (r *run) descend(ctx context.Context) {
	last := 0
	for _, st := range r.plan.Steps {
		last = max(last, st.Level)
	}
	for level := min(1, last); level <= last; level++ {
		r.level(ctx, level)
		if level > 0 && r.enough(level) {
			r.spare(level)
			break
		}
	}
	if last > 0 && r.over(ctx) == nil {
		r.verify(ctx, 0)
	}
}

// level does the steps of one level, in their stages.
func (r *run) level(ctx context.Context, level int) {
	if r.over(ctx) == nil {
		marked := r.markEvidence(ctx, level, model.StepSet)
		r.contain(ctx, level)
		marked()
		r.remarkSet(ctx, level)
	}
	if r.over(ctx) == nil && (r.down || r.contained()) {
		r.markEvidence(ctx, level, model.StepRun)()
		r.apply(ctx, level)
		r.remark(ctx, level)
		r.containLate(ctx, level)
	}
	if r.over(ctx) == nil && (r.down || r.contained()) {
		r.verify(ctx, level)
	}
	if r.over(ctx) == nil {
		r.hold(ctx, level)
	}
}

// todo returns the steps of a kind and level that have not ended.
func (r *run) todo(kind model.StepKind, level int) []int {
	var out []int
	states := r.steps()
	for n, st := range r.plan.Steps {
		if st.Kind == kind && st.Level == level && states[n].Outcome == "" {
			out = append(out, n)
		}
	}
	return out
}

// state returns how far the plan's steps are. It is the zero PlanState when
// another plan took this one's place on the screen.
func (r *run) steps() []model.StepState {
	s := r.e.ledger.current()
	p := s.PlanOf(r.plan.ID)
	if p == nil {
		return make([]model.StepState, len(r.plan.Steps))
	}
	return p.Steps
}

// flag returns the flag id, or one that nothing can be done with where the
// config has it no more: its steps fail, and the others go on.
func (r *run) flag(id model.FlagID) *model.Flag {
	if f := r.e.o.Rollout.Flag(id); f != nil {
		return f
	}
	return &model.Flag{ID: id}
}

func (r *run) contained() bool {
	for i, st := range r.steps() {
		if r.plan.Steps[i].Kind == model.StepSet && st.Outcome != "" && !st.Outcome.OK() {
			return false // those without an outcome wait for the restarts
		}
	}
	return true
}

func (r *run) intend(n, try int, before string) {
	r.record(model.StepIntended{Plan: r.plan.ID, Step: n, Try: try, Before: before})
}

func (r *run) end(n int, o model.Outcome, detail, output string) {
	r.endSeen(n, happened{o: o, detail: detail}, output)
}

func (r *run) endSeen(n int, h happened, output string) {
	r.record(model.StepEnded{Plan: r.plan.ID, Step: n, Outcome: h.o, Detail: model.Inert(h.detail), Output: output, Seen: h.seen})
	r.x.mu.Lock()
	delete(r.x.lines, n)
	r.x.mu.Unlock()
}

// skipRest ends what was not begun.
func (r *run) skipRest(ctx context.Context) {
	why := r.over(ctx)
	for i, st := range r.steps() {
		if st.Outcome != "" {
			continue
		}
		detail := "a step before it failed"
		if why != nil {
			detail = why.Error()
		}
		r.end(i, model.StepSkipped, detail, "")
	}
}

func (r *run) isCancelled() bool {
	select {
	case <-r.cancelled:
		return true
	default:
		return false
	}
}

// finish records the plan's end and, where it was verified, where the rollout stands now.
func (r *run) finish(o model.Outcome, summary string) {
	r.mu.Lock()
	doubts := r.doubts
	r.mu.Unlock()
	events := []model.Event{model.PlanEnded{Plan: r.plan.ID, Outcome: o, Summary: model.Inert(summary), Doubts: doubts}}
	if o.Lands() && r.plan.Leaves {
		state := r.e.ledger.current()
		events = append(events, arrival(&r.plan, &state))
	}
	if ev := r.recovered(o); ev != nil {
		events = append(events, ev)
	}
	r.record(events...)
	r.notifyEnd()
	r.x.mu.Lock()
	r.x.lines = map[int]string{}
	r.x.mu.Unlock()
}

// recovered returns the fact that ends the open incident, or nil.
func (r *run) recovered(o model.Outcome) model.Event {
	s := r.e.ledger.current()
	if o != model.Verified || !s.Incident.Open() || s.Incident.Plan != r.plan.ID {
		return nil
	}
	return model.Recovered{
		Plan: r.plan.ID, Breach: s.Incident.Breach, Fired: s.Incident.Fired,
		Contained: s.Incident.Contained, Verified: r.e.o.Now().UTC(),
	}
}

// arrival returns the fact that a verified plan led to its phase.
func arrival(p *model.Plan, s *model.State) model.Event {
	if p.Kind == model.PlanRollback {
		return model.PhaseLeft{From: s.Phase, To: p.Phase, Plan: p.ID}
	}
	ev := model.PhaseEntered{Phase: p.Phase, Attempt: 1, Plan: p.ID, Headline: p.Headline}
	if a := s.LastAttempt(p.Phase); a != nil {
		ev.Attempt = a.N + 1
	}
	if p.Override {
		ev.Override = p.Reason
	}
	return ev
}

// pause waits for d, or until ctx is done or the plan is cancelled; it reports whether d passed.
func (r *run) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-r.cancelled:
	}
	return false
}
