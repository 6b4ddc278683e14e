package execute

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
)

const (
	// LookFirst is how long a way down looks at a flag before it is written unread.
	LookFirst = time.Second
	// EndGrace is how long after its time a write may take to end.
	EndGrace = 6 * time.Second
)

// setter sets the flags of one job: those of one store, in one write.
type setter struct {
	*site
	end func(ended)
}

// set looks, sets and looks again, until each step's flag is seen to have
// its value, or the step's time, the plan's budget or the plan is over.
func (s *setter) set(ctx context.Context, batch []int) {
	began, tries := s.tools.Now(), plan.Attempts{Steps: map[int]*plan.Attempt{}}
	for _, n := range batch {
		tries.Steps[n] = &plan.Attempt{}
	}
	within := s.tools.Patience
	if s.down {
		within = LookFirst
	}
	for ; ; tries.Try++ {
		if batch = s.settle(ctx, batch, &tries, within); len(batch) == 0 {
			return
		}
		tries.Took = s.tools.Now().Sub(began)
		wait, again := tries.Again(s.plan.Steps[batch[0]].Timeout)
		if !again || wait > 0 && !s.wait(ctx, batch, &tries, wait) {
			break
		}
		if why := s.stop(ctx).Why(); why != "" {
			tries.Err = errors.New(why)
			break
		}
		may := tries.Writable(s.tools.Rollout, &s.plan, batch)
		if len(may) == 0 {
			continue
		}
		intents := make([]model.Event, len(may)) // one fsync for all of them
		for i, n := range may {
			intents[i] = model.StepIntended{Plan: s.plan.ID, Step: n, Try: tries.Try + 1}
		}
		s.record(intents...)
		tries.Err = s.write(ctx, may)
		if isStopped(tries.Err) {
			break
		}
		if s.down && errors.Is(tries.Err, syscall.ENOSPC) {
			s.engine.MakeRoom()
		}
		for _, n := range may {
			tries.Steps[n].Written = tries.Steps[n].Written || tries.Err == nil
		}
		within = s.tools.Patience
		if s.down && tries.Err != nil {
			within = LookFirst
		}
	}
	for _, n := range batch {
		s.end(ended{End: tries.GaveUp(n)})
	}
}

// settle looks at all flags of the batch at once, ends the steps whose flags
// have their values, and returns the others.
func (s *setter) settle(ctx context.Context, batch []int, tries *plan.Attempts, within time.Duration) []int {
	var group sync.WaitGroup
	for _, n := range batch {
		a := tries.Steps[n]
		group.Go(func() {
			a.Value, a.Unread = s.stored(ctx, s.flag(s.plan.Steps[n].Changes[0].Flag), within)
		})
	}
	group.Wait()
	p, _ := s.state()
	var rest []int
	for _, n := range batch {
		if e, over := plan.Settled(p, n, tries.Steps[n], tries.Try); over {
			s.end(ended{End: e})
		} else {
			rest = append(rest, n)
		}
	}
	return rest
}

// wait says why the flags are tried again, and waits before that; it reports
// whether the time passed.
func (s *setter) wait(ctx context.Context, batch []int, tries *plan.Attempts, d time.Duration) bool {
	for _, n := range batch {
		s.engine.Say(n, tries.Why(n)+"; trying again in "+model.FormatDuration(d))
	}
	return s.pause(ctx, d)
}

// again sets a flag once more that flipped back.
func (s *setter) again(ctx context.Context, n int) (doubts []string) {
	c := s.plan.Steps[n].Changes[0]
	v, err := s.stored(ctx, s.flag(c.Flag), s.tools.Patience)
	if err != nil || v.Equal(c.To) {
		return nil
	}
	doubts = append(doubts, fmt.Sprintf("something else set %s to %s after gonogo had set it to %s: find what writes it", c.Flag, v.Brief(), c.To.Brief()))
	s.intend(n, s.step(n).Tries+1, "")
	detail := "set again"
	if err := s.write(ctx, []int{n}); isStopped(err) {
		return doubts
	} else if err != nil {
		detail = "not set again: " + err.Error()
		doubts = append(doubts, fmt.Sprintf("%s could not be set again: %s", c.Flag, err))
	}
	s.end(ended{End: plan.End{Step: n, Outcome: model.StepDone, Detail: detail}})
	return doubts
}

// stopped is why a write was not begun: the intents could not be journaled, the fence is
// lost, or the plan is cancelled.
type stopped string

func (s stopped) Error() string { return string(s) }

func isStopped(err error) bool {
	var s stopped
	return errors.As(err, &s)
}

// write writes the batch's values. It returns plan.ErrHangs, wrapped, if the
// write goes on after its time. Whoever cancels the plan and then sees that nothing is
// being written knows that nothing will be.
func (s *setter) write(ctx context.Context, batch []int) error {
	s.writing.Add(1)
	defer s.writing.Add(-1)
	if why := s.stop(ctx).Why(); why != "" {
		return stopped(why)
	}
	timed, done := context.WithTimeout(ctx, s.plan.Steps[batch[0]].Timeout)
	result := make(chan error, 1)
	s.engine.Go(func() {
		defer done()
		defer func() {
			if v := recover(); v != nil {
				result <- fmt.Errorf("panic: %v", v)
			}
		}()
		result <- s.writeNow(timed, batch)
	})
	select {
	case err := <-result:
		return err
	case <-timed.Done():
	}
	grace := time.NewTimer(EndGrace)
	defer grace.Stop()
	select {
	case err := <-result:
		return err
	case <-grace.C:
		return fmt.Errorf("%s: %w", s.plan.Steps[batch[0]].Title, plan.ErrHangs)
	}
}

func (s *setter) writeNow(ctx context.Context, batch []int) error {
	first := s.plan.Steps[batch[0]]
	if s.down {
		ctx = model.WithHaste(ctx)
	}
	s.engine.Say(batch[0], "setting "+first.Title)
	sw := s.tools.Switches[first.Changes[0].Flag]
	if sw == nil {
		return fmt.Errorf("flag %q has no switch", first.Changes[0].Flag)
	}
	group, ok := model.Ability[model.GroupSwitch](sw)
	if !ok {
		return sw.Set(ctx, first.Changes[0].To)
	}
	changes := make([]model.SwitchChange, len(batch))
	for i, n := range batch {
		c := s.plan.Steps[n].Changes[0]
		of, _ := model.Ability[model.GroupSwitch](s.tools.Switches[c.Flag]) // of one group, so it is one
		changes[i] = model.SwitchChange{Switch: of, Value: c.To}
	}
	return group.SetGroup(ctx, changes)
}
