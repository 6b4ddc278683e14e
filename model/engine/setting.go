package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
)

const (
	// lookFirst is how long a way down looks at a flag before it is written unread.
	lookFirst = time.Second
	// retryMost is the longest wait between two tries to set a flag: 1, 2, 4, 4 … s.
	retryMost = 4 * time.Second
	// leastTries is how often a flag is tried even if each try takes the whole time.
	leastTries = 2
	// endGrace is how long after its time a write may take to end.
	endGrace = 6 * time.Second
)

// errHangs means that a write did not end when its time was over: it may still happen.
var errHangs = errors.New("it did not end when its time was over")

// attempt is how far the setting of one flag is.
type attempt struct {
	unread  error // the last look failed
	written bool  // the store took a write in this run
}

// setBatch looks, sets and looks again, until each step's flag is seen to have
// its value, or the step's time, the plan's budget or the plan is over.
func (r *run) setBatch(ctx context.Context, batch []int) {
	began, tries := r.e.o.Now(), map[int]*attempt{}
	for _, n := range batch {
		tries[n] = &attempt{}
	}
	within := observeTimeout
	if r.down {
		within = lookFirst
	}
	var err error
	wait := time.Second
	for try := 0; ; try++ {
		batch = r.settle(ctx, batch, tries, try, within)
		if len(batch) == 0 {
			return
		}
		late := r.e.o.Now().Sub(began) >= r.plan.Steps[batch[0]].Timeout
		if late && try >= leastTries || errors.Is(err, errHangs) {
			break
		}
		if try > 0 {
			for _, n := range batch {
				r.x.say(n, whyAgain(tries[n], err)+"; trying again in "+model.FormatDuration(wait))
			}
			if !r.pause(ctx, wait) {
				break
			}
			wait = min(2*wait, retryMost)
		}
		if over := r.over(ctx); over != nil {
			err = over
			break
		}
		may := r.writable(batch, tries)
		if len(may) == 0 {
			continue
		}
		intents := make([]model.Event, len(may)) // one fsync for all of them
		for i, n := range may {
			intents[i] = model.StepIntended{Plan: r.plan.ID, Step: n, Try: try + 1}
		}
		r.record(intents...)
		if r.over(ctx) != nil {
			break // the intents could not be journaled, or the fence is lost
		}
		err = r.set(ctx, may)
		if r.down && errors.Is(err, syscall.ENOSPC) {
			r.e.ledger.GiveRoom()
		}
		for _, n := range may {
			tries[n].written = tries[n].written || err == nil
		}
		within = observeTimeout
		if r.down && err != nil {
			within = lookFirst
		}
	}
	for _, n := range batch {
		o, detail := notSet(tries[n], err)
		r.end(n, o, detail, "")
	}
}

// whyAgain says why a flag is tried again, where the last write ended with err.
func whyAgain(a *attempt, err error) string {
	if err == nil {
		err = a.unread
	}
	if err == nil {
		return "its store does not have the value yet"
	}
	return strings.TrimSuffix(err.Error(), ": "+context.DeadlineExceeded.Error())
}

// notSet says how a flag ended that was not seen to have its value.
func notSet(a *attempt, err error) (model.Outcome, string) {
	switch {
	case a.written && a.unread != nil:
		return model.StepUnseen, "its store took the value, and could not be read after that: " + a.unread.Error()
	case err != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errHangs)):
		return model.StepUnsure, err.Error()
	case err != nil:
		return model.StepFailed, err.Error()
	case a.unread != nil:
		return model.StepFailed, "its store could not be read, and was not written unread, since that could open it to more: " + a.unread.Error()
	}
	return model.StepFailed, "the store does not have the value after it was set"
}

// writable returns the steps of batch that may be written now: those that were
// read and, on the way down, those that were not and cannot widen.
func (r *run) writable(batch []int, tries map[int]*attempt) []int {
	var out []int
	for _, n := range batch {
		if tries[n].unread == nil || !r.down || !mayWiden(r.flag(r.plan.Steps[n].Changes[0].Flag), &r.plan.Steps[n]) {
			out = append(out, n)
		}
	}
	return out
}

// mayWiden reports whether step may let more traffic in when what its flag holds
// is not known. One whose masters were observed off cannot.
func mayWiden(f *model.Flag, step *model.Step) bool {
	return step.Wave > 0 && len(step.After) == 0 && (f.Type == model.Bool || f.Type == model.List)
}

// settle ends the steps whose flags are seen to have their values and returns
// the others. It looks at all of them at once.
func (r *run) settle(ctx context.Context, batch []int, tries map[int]*attempt, try int, within time.Duration) []int {
	values := make([]model.Value, len(batch))
	var group sync.WaitGroup
	for i, n := range batch {
		group.Go(func() {
			values[i], tries[n].unread = r.lookStored(ctx, r.flag(r.plan.Steps[n].Changes[0].Flag), within)
		})
	}
	group.Wait()
	var rest []int
	for i, n := range batch {
		c := r.plan.Steps[n].Changes[0]
		first := try == 0 && r.steps()[n].Tries == 0
		switch {
		case tries[n].unread != nil || !values[i].Equal(c.To), r.plan.Drill != "" && first:
			rest = append(rest, n) // a drill writes also what is there already
		case first:
			r.end(n, model.StepAlready, "it was so before", "")
		default:
			r.end(n, model.StepDone, "seen in its store", "")
		}
	}
	return rest
}

// lookStored reads what the flag's store holds within a time of its own, which a
// store that hangs does not prolong, and records it. A cancelled plan looks no longer.
func (r *run) lookStored(ctx context.Context, f *model.Flag, within time.Duration) (model.Value, error) {
	sw := r.e.parts.Switches[f.ID]
	if sw == nil {
		return model.Value{}, fmt.Errorf("flag %q has no switch", f.ID)
	}
	looking, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-r.cancelled:
			stop()
		case <-looking.Done():
		}
	}()
	v, err := r.e.ask(looking, sw, within)
	if looking.Err() == nil {
		r.e.seeStored(f, v, err)
	}
	return v, err
}

// set writes the batch's values. It returns errHangs, wrapped, if the write
// goes on after its time.
func (r *run) set(ctx context.Context, batch []int) error {
	timed, done := context.WithTimeout(ctx, r.plan.Steps[batch[0]].Timeout)
	ended := make(chan error, 1)
	r.e.givenUp.Go(func() {
		defer done()
		defer func() {
			if v := recover(); v != nil {
				ended <- fmt.Errorf("panic: %v", v)
			}
		}()
		ended <- r.write(timed, batch)
	})
	select {
	case err := <-ended:
		return err
	case <-timed.Done():
	}
	grace := time.NewTimer(endGrace)
	defer grace.Stop()
	select {
	case err := <-ended:
		return err
	case <-grace.C:
		return fmt.Errorf("%s: %w", r.plan.Steps[batch[0]].Title, errHangs)
	}
}

func (r *run) write(ctx context.Context, batch []int) error {
	first := r.plan.Steps[batch[0]]
	if r.down {
		ctx = model.WithHaste(ctx)
	}
	r.x.say(batch[0], "setting "+first.Title)
	sw := r.e.parts.Switches[first.Changes[0].Flag]
	if sw == nil {
		return fmt.Errorf("flag %q has no switch", first.Changes[0].Flag)
	}
	group, ok := sw.(model.GroupSwitch)
	if !ok {
		return sw.Set(ctx, first.Changes[0].To)
	}
	changes := make([]model.SwitchChange, len(batch))
	for i, n := range batch {
		c := r.plan.Steps[n].Changes[0]
		changes[i] = model.SwitchChange{Switch: r.e.parts.Switches[c.Flag], Value: c.To}
	}
	return group.SetGroup(ctx, changes)
}

// endLooks waits for what was given up, so that its children are ended, but no
// longer than endGrace: a store may hang for ever.
func (e *Engine) endLooks() {
	timed, done := context.WithTimeout(context.Background(), endGrace)
	go func() {
		defer done()
		e.givenUp.Wait()
	}()
	<-timed.Done()
}
