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

// lateFor is how long a widening step waits for its master after the restarts.
const lateFor = 10 * time.Second

// retryAfter is how long after each try a flag that does not hold is set again.
var retryAfter = [...]time.Duration{time.Second, 3 * time.Second}

// contain sets the level's flags, wave by wave: what narrows before what
// widens. Those of one store are one atomic write, the stores of a wave go in
// parallel. A step that widens is set only after its masters were observed off; where
// that needs the restarts it is left for containLate. On the way up nothing widens
// while a step before it has failed.
func (r *run) contain(ctx context.Context, level int) {
	for _, batches := range r.waves(level) {
		if !r.down && r.failedBefore(batches) {
			return
		}
		for i, batch := range batches {
			batches[i] = slices.DeleteFunc(batch, func(n int) bool { return r.mustWait(ctx, n, batch) != "" })
		}
		r.setWave(ctx, batches)
	}
}

// failedBefore reports whether a set step of a lower wave than batches did not end well.
func (r *run) failedBefore(batches [][]int) bool {
	states, at := r.steps(), r.plan.Steps[batches[0][0]]
	for n, st := range r.plan.Steps {
		if st.Kind == model.StepSet && st.Level == at.Level && st.Wave < at.Wave && !states[n].Outcome.OK() {
			return true
		}
	}
	return false
}

// containLate sets what waited for a master that only the restarts switched
// off, and gives up what still waits when the running service had time to say so.
func (r *run) containLate(ctx context.Context, level int) {
	timed, done := context.WithTimeout(ctx, lateFor)
	defer done()
	for {
		why := map[int]string{}
		for _, n := range r.todo(model.StepSet, level) {
			if r.over(ctx) != nil {
				return
			}
			if why[n] = r.mustWait(ctx, n, nil); why[n] == "" {
				delete(why, n)
				r.setBatch(ctx, []int{n})
			}
		}
		if len(why) == 0 {
			return
		}
		if !r.pause(timed, verifyPoll) {
			for n, text := range why {
				r.end(n, model.StepSkipped, text, "")
			}
			return
		}
	}
}

// waves returns the level's set steps in batches that are one write each, wave
// by wave. Where all are in one store, and live by the same restart, they are one write.
func (r *run) waves(level int) [][][]int {
	todo := r.todo(model.StepSet, level)
	if r.oneWrite(todo) {
		return [][][]int{{todo}}
	}
	var out [][][]int
	for len(todo) > 0 {
		wave := r.plan.Steps[slices.MinFunc(todo, func(a, b int) int { return r.plan.Steps[a].Wave - r.plan.Steps[b].Wave })].Wave
		stores := map[string]int{}
		var batches [][]int
		todo = slices.DeleteFunc(todo, func(n int) bool {
			if r.plan.Steps[n].Wave != wave {
				return false
			}
			key := r.store(r.plan.Steps[n].Changes[0].Flag)
			at, ok := stores[key]
			if !ok {
				at = len(batches)
				stores[key], batches = at, append(batches, nil)
			}
			batches[at] = append(batches[at], n)
			return true
		})
		out = append(out, batches)
	}
	return out
}

// oneWrite reports whether the steps can be one write that is never more open
// than the start: one store, and no step that is live while its master waits for a restart.
func (r *run) oneWrite(steps []int) bool {
	for _, n := range steps {
		if r.store(r.plan.Steps[n].Changes[0].Flag) != r.store(r.plan.Steps[steps[0]].Changes[0].Flag) {
			return false
		}
		for _, id := range r.flag(r.plan.Steps[n].Changes[0].Flag).Needs {
			if len(r.flag(id).Apply) == 0 && len(r.flag(r.plan.Steps[n].Changes[0].Flag).Apply) > 0 {
				return false
			}
		}
		for _, id := range r.plan.Steps[n].After {
			if r.liveLater(n, r.flag(id)) {
				return false
			}
		}
	}
	return len(steps) > 0
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
		if len(batch) == 0 {
			continue
		}
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

// mustWait returns why step n may not be set yet, or "".
func (r *run) mustWait(ctx context.Context, n int, together []int) string {
	if why := r.mastersOn(ctx, n, together); why != "" {
		return why
	}
	return r.listsNotLive(ctx, n)
}

// listsNotLive returns why a master that is live at once would open before what
// hangs on it is, or "": that must first be seen in effect, or its restart to have happened.
func (r *run) listsNotLive(ctx context.Context, n int) string {
	change := r.plan.Steps[n].Changes[0]
	master := r.flag(change.Flag)
	if !change.To.Equal(model.BoolValue(true)) || change.From.Equal(change.To) || len(master.Apply) > 0 {
		return ""
	}
	for _, st := range r.plan.Steps {
		if st.Kind != model.StepSet || st.Level != r.plan.Steps[n].Level {
			continue
		}
		f, to := r.flag(st.Changes[0].Flag), st.Changes[0].To
		if !slices.Contains(f.Needs, master.ID) || len(f.Apply) == 0 {
			continue
		}
		live := r.restarted(f)
		if r.e.effective(f) != nil {
			v, err := r.e.observeEffective(ctx, f)
			live = err == nil && v.Equal(to)
		}
		if !live {
			return fmt.Sprintf("it would open before %s is seen in effect", f.ID)
		}
	}
	return ""
}

// needsMore reports whether something of a is not in b.
func needsMore(a, b []model.ActionID) bool {
	return slices.ContainsFunc(a, func(id model.ActionID) bool { return !slices.Contains(b, id) })
}

// mastersOn returns why step n may not widen yet, or "". What counts is that
// the running service is seen to have the master off; where it cannot be asked, that
// the store has, and that what makes it live was seen to have happened. Masters that are
// written together with it need not be off before.
func (r *run) mastersOn(ctx context.Context, n int, together []int) string {
	for _, id := range r.plan.Steps[n].After {
		f := r.flag(id)
		if slices.ContainsFunc(together, func(other int) bool { return r.plan.Steps[other].Changes[0].Flag == id }) {
			continue
		}
		v, err := r.e.observeStored(ctx, f)
		off := err == nil && v.Equal(model.BoolValue(false))
		switch {
		case !off:
		case !r.liveLater(n, f):
		case r.e.effective(f) != nil:
			v, err = r.e.observeEffective(ctx, f)
			off = err == nil && v.Equal(model.BoolValue(false))
		default:
			off = len(f.Apply) == 0 || r.restarted(f)
		}
		if !off {
			return fmt.Sprintf("it would open more while %s is not seen off", id)
		}
	}
	return ""
}

// liveLater reports whether master m takes effect later than step n would: a
// step that goes live by the same restart, or a later one, cannot come before it.
func (r *run) liveLater(n int, m *model.Flag) bool {
	f := r.flag(r.plan.Steps[n].Changes[0].Flag)
	return needsMore(m.Apply, f.Apply) || len(m.Apply) == 0 && r.e.effective(m) != nil
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
		intents := make([]model.Event, len(batch)) // one fsync for all of them
		for i, n := range batch {
			intents[i] = model.StepIntended{Plan: r.plan.ID, Step: n, Try: try + 1}
		}
		r.record(intents...)
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
		v, err := r.e.observeStored(ctx, r.flag(c.Flag))
		switch {
		case err != nil || !v.Equal(c.To), r.plan.Drill != "" && try == 0 && r.steps()[n].Tries == 0:
			rest = append(rest, n) // a drill writes also what is there already
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
	if r.down {
		timed = model.WithHaste(timed)
	}
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
