package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
)

// tries is how often a flag is set: at once, and after each of retryAfter.
var retryAfter = [...]time.Duration{time.Second, 3 * time.Second}

// contain sets the flags. Those of one store are one atomic write, the stores
// go in parallel. A step that widens goes last, and only after its masters
// were observed off.
func (r *run) contain(ctx context.Context) {
	first, last := r.waves()
	r.setWave(ctx, first)
	for _, batch := range last {
		var ready []int
		for _, n := range batch {
			if why := r.mastersOn(ctx, n); why != "" {
				r.end(n, model.StepSkipped, why, "")
			} else {
				ready = append(ready, n)
			}
		}
		if len(ready) > 0 {
			r.setBatch(ctx, ready)
		}
	}
}

// waves returns the set steps in batches that are one write each: first those
// that wait for nothing outside their own batch, then the others.
func (r *run) waves() (first, last [][]int) {
	stores := map[string][]int{}
	var order []string
	for n, s := range r.plan.Steps {
		if s.Kind != model.StepSet || r.steps()[n].Outcome != "" {
			continue
		}
		key := r.store(s.Changes[0].Flag)
		if _, ok := stores[key]; !ok {
			order = append(order, key)
		}
		stores[key] = append(stores[key], n)
	}
	for _, key := range order {
		var now, later []int
		for _, n := range stores[key] {
			waits := slices.ContainsFunc(r.plan.Steps[n].After, func(id model.FlagID) bool { return r.store(id) != key })
			if waits {
				later = append(later, n)
			} else {
				now = append(now, n)
			}
		}
		if len(now) > 0 {
			first = append(first, now)
		}
		if len(later) > 0 {
			last = append(last, later)
		}
	}
	return first, last
}

// store names what holds the flag: flags of one store are written together.
func (r *run) store(id model.FlagID) string {
	if g, ok := r.e.parts.Switches[id].(model.GroupSwitch); ok {
		return "group " + g.Group()
	}
	return "flag " + string(id)
}

func (r *run) setWave(ctx context.Context, batches [][]int) {
	var group sync.WaitGroup
	for _, batch := range batches {
		group.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					for _, n := range batch {
						r.end(n, model.StepUnsure, fmt.Sprintf("panic: %v", v), "")
					}
				}
			}()
			r.setBatch(ctx, batch)
		})
	}
	group.Wait()
}

// mastersOn returns why step n may not widen yet, or "".
func (r *run) mastersOn(ctx context.Context, n int) string {
	for _, id := range r.plan.Steps[n].After {
		f := r.e.o.Rollout.Flag(id)
		v, err := r.e.observeStored(ctx, f)
		if err != nil || !v.Equal(model.BoolValue(false)) {
			return fmt.Sprintf("it would open more while %s is not seen off", id)
		}
	}
	return ""
}

// setBatch observes, sets and observes again, until each step's flag is seen
// to have its value or the tries are used up.
func (r *run) setBatch(ctx context.Context, batch []int) {
	var err error
	for try := 0; ; try++ {
		batch = r.settle(ctx, batch, try)
		if len(batch) == 0 {
			return
		}
		if try > len(retryAfter) {
			break
		}
		if try > 0 && !r.pause(ctx, retryAfter[try-1]) {
			break
		}
		if over := r.over(ctx); over != nil {
			err = over
			break
		}
		for _, n := range batch {
			r.intend(n, try+1, "")
		}
		if r.over(ctx) != nil {
			break // the intents could not be journaled, or the fence is lost
		}
		if err = r.set(ctx, batch); r.down && errors.Is(err, syscall.ENOSPC) {
			r.e.ledger.giveRoom()
		}
	}
	for _, n := range batch {
		o, detail := model.StepFailed, "the store does not have the value after it was set"
		if err != nil {
			detail = err.Error()
		}
		if errors.Is(err, context.DeadlineExceeded) {
			o = model.StepUnsure
		}
		r.end(n, o, detail, "")
	}
}

// settle ends the steps whose flags are seen to have their values and returns the others.
func (r *run) settle(ctx context.Context, batch []int, try int) []int {
	var rest []int
	for _, n := range batch {
		c := r.plan.Steps[n].Changes[0]
		v, err := r.e.observeStored(ctx, r.e.o.Rollout.Flag(c.Flag))
		switch {
		case err != nil || !v.Equal(c.To):
			rest = append(rest, n)
		case try == 0 && r.steps()[n].Tries == 0:
			r.end(n, model.StepAlready, "it was so before", "")
		default:
			r.end(n, model.StepDone, "seen in its store", "")
		}
	}
	return rest
}

// set writes the batch's values.
func (r *run) set(ctx context.Context, batch []int) error {
	first := r.plan.Steps[batch[0]]
	timed, done := context.WithTimeout(ctx, first.Timeout)
	defer done()
	r.x.say(batch[0], "setting "+first.Title)
	sw := r.e.parts.Switches[first.Changes[0].Flag]
	if sw == nil {
		return fmt.Errorf("flag %q has no switch", first.Changes[0].Flag)
	}
	group, ok := sw.(model.GroupSwitch)
	if !ok {
		return sw.Set(timed, first.Changes[0].To)
	}
	changes := make([]model.SwitchChange, len(batch))
	for i, n := range batch {
		c := r.plan.Steps[n].Changes[0]
		changes[i] = model.SwitchChange{Switch: r.e.parts.Switches[c.Flag], Value: c.To}
	}
	return group.SetGroup(timed, changes)
}
