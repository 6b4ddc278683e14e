package engine

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gonogo/model"
)

// lateFor is how long a widening step waits for its master after the restarts.
const lateFor = 10 * time.Second

// contain sets the level's flags, wave by wave: what narrows before what
// widens. Those of one store are one atomic write, the stores of a wave go in
// parallel. A step that widens is set only after its masters were observed off; where
// that needs the restarts it is left for containLate. On the way up nothing widens
// while a step before it has failed; on the way down nothing but a master that
// opens waits for a store that hangs.
func (r *run) contain(ctx context.Context, level int) {
	var group sync.WaitGroup
	for _, batches := range r.waves(level) {
		if !r.down && r.failedBefore(batches) {
			break
		}
		if r.down && r.opensMaster(batches) {
			group.Wait()
		}
		var wave sync.WaitGroup
		for _, batch := range batches {
			group.Add(1)
			wave.Go(func() {
				defer group.Done()
				r.containBatch(ctx, batch)
			})
		}
		if !r.down {
			wave.Wait()
			continue
		}
		r.await(ctx, &wave, waveFor)
	}
	group.Wait()
}

// waveFor is how long, on the way down, a wave waits for the one before it:
// what must not come before a master looks at that master itself.
const waveFor = 2 * time.Second

// await waits for the group, but no longer than d.
func (r *run) await(ctx context.Context, group *sync.WaitGroup, d time.Duration) {
	timed, done := context.WithTimeout(ctx, d)
	go func() {
		defer done()
		group.Wait()
	}()
	<-timed.Done()
}

// opensMaster reports whether a step of the batches turns a switch on.
func (r *run) opensMaster(batches [][]int) bool {
	for _, n := range slices.Concat(batches...) {
		if r.plan.Steps[n].Changes[0].To.Equal(model.BoolValue(true)) {
			return true
		}
	}
	return false
}

// containBatch sets those of one store that may be set now.
func (r *run) containBatch(ctx context.Context, batch []int) {
	defer func() {
		if v := recover(); v != nil {
			for _, n := range batch {
				if r.steps()[n].Outcome == "" {
					r.end(n, model.StepUnsure, fmt.Sprintf("panic: %v", v), "")
				}
			}
		}
	}()
	may := slices.DeleteFunc(slices.Clone(batch), func(n int) bool { return r.mustWait(ctx, n, batch) != "" })
	if len(may) > 0 {
		r.setBatch(ctx, may)
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
		v, err := r.lookStored(ctx, f, observeTimeout)
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
