package execute

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
)

// site is what all that works on a plan shares.
type site struct {
	engine    Engine
	tools     *Tools
	plan      model.Plan
	cause     model.IntentID
	down      bool // a way down: it goes on when the journal does not
	once      sync.Once
	cancelled chan struct{}
	writing   atomic.Int32 // writes of flags that are about to begin, or under way

	mu     sync.Mutex
	fenced error
	broken error // a fact could not be journaled on the way up
}

func newSite(p model.Plan, cause model.IntentID, e Engine, t *Tools) *site {
	return &site{engine: e, tools: t, plan: p, cause: cause, down: p.Kind == model.PlanRollback, cancelled: make(chan struct{})}
}

// record journals the plan's facts. On the way up a failure stops the plan.
func (s *site) record(events ...model.Event) {
	if len(events) == 0 {
		return
	}
	if err := s.engine.Record(s.cause, s.down, events...); err != nil {
		s.mu.Lock()
		s.broken = err
		s.mu.Unlock()
	}
}

// intend records that a step's effect is about to be tried.
func (s *site) intend(n, try int, before string) {
	s.record(model.StepIntended{Plan: s.plan.ID, Step: n, Try: try, Before: before})
}

// stop says why no further step may begin. It checks the fence.
func (s *site) stop(ctx context.Context) plan.Stop {
	held := s.engine.Held()
	s.mu.Lock()
	defer s.mu.Unlock()
	if held != nil {
		s.fenced = held
	}
	var why plan.Stop
	if s.fenced != nil {
		why.Fence = s.fenced.Error()
	}
	if s.broken != nil {
		why.Journal = s.broken.Error()
	}
	why.Cancelled, why.Budget = s.isCancelled(), ctx.Err() != nil
	return why
}

func (s *site) isCancelled() bool {
	select {
	case <-s.cancelled:
		return true
	default:
		return false
	}
}

// state returns how far the plan is, and what is folded beside it. The steps are
// none of them begun where another two plans took this one's place.
func (s *site) state() (*model.PlanState, *model.State) {
	state := s.engine.State()
	p := model.PlanState{Plan: s.plan, Steps: make([]model.StepState, len(s.plan.Steps))}
	if is := state.PlanOf(s.plan.ID); is != nil {
		p = *is
		p.Steps = slices.Clone(is.Steps)
	}
	return &p, &state
}

// step returns how far step n is.
func (s *site) step(n int) model.StepState {
	p, _ := s.state()
	return p.Steps[n]
}

// flag returns the flag id, or one that nothing can be done with where the
// config has it no more: its steps fail, and the others go on.
func (s *site) flag(id model.FlagID) *model.Flag {
	if f := s.tools.Rollout.Flag(id); f != nil {
		return f
	}
	return &model.Flag{ID: id}
}

// reads reports whether the running service can be asked for the flag's value.
func (s *site) reads(f *model.Flag) bool {
	return f.EffectiveMetric != "" || s.tools.Effective[f.ID] != nil
}

// stored reads what the flag's store holds within a time of its own, which a
// store that hangs does not prolong. A cancelled plan looks no longer.
func (s *site) stored(ctx context.Context, f *model.Flag, within time.Duration) (model.Value, error) {
	ctx, done := s.untilCancelled(ctx)
	defer done()
	return s.engine.Stored(ctx, f, within)
}

// untilCancelled returns a context that ends with ctx, and when the plan is cancelled.
func (s *site) untilCancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, done := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.cancelled:
			done()
		case <-ctx.Done():
		}
	}()
	return ctx, done
}

// read asks r, for as long as one look may take; "" where there is no r.
func (s *site) read(ctx context.Context, r model.Reader) (string, error) {
	if r == nil {
		return "", nil
	}
	timed, done := context.WithTimeout(ctx, s.tools.Patience)
	defer done()
	text, err := r.Read(timed)
	return model.Inert(text), err
}

// pause waits for d, or until ctx is done or the plan is cancelled; it reports whether d passed.
func (s *site) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-s.cancelled:
	}
	return false
}

// act runs the step's action for as long as the step may take.
func (s *site) act(ctx context.Context, step *model.Step, out *Output) error {
	action := s.tools.Actions[step.Action]
	if action == nil {
		return fmt.Errorf("action %q is not there", step.Action)
	}
	timed, done := context.WithTimeout(ctx, step.Timeout)
	defer done()
	out.Say("running: " + step.Preview)
	return action.Do(timed, nil, out)
}
