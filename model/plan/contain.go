package plan

import (
	"slices"
	"time"

	"gonogo/model"
)

const (
	// waveFor is how long, on the way down, a wave waits for the one before it:
	// what must not come before a master looks at that master itself.
	waveFor = 2 * time.Second
	// lateFor is how long a widening step waits for its master after the restarts.
	lateFor = 10 * time.Second
	// lookCounts is how long a look at a master says something: until one that may
	// take as long as a look may has ended beside it.
	lookCounts = 6 * time.Second
)

// contain sets the level's flags, wave by wave: what narrows before what
// widens. Those of one store are one atomic write, the stores of a wave go in
// parallel. A step that widens is set only after its masters were observed off; where
// that needs the restarts it is left for containLate. On the way up nothing widens
// while a step before it has failed; on the way down nothing but a master that
// opens, and the restart that makes its flag live, waits for a store that hangs.
func (w *work) contain(level int) (Do, bool) {
	if w.ran(level) {
		return w.takeUp(level) // what is left waits for containLate
	}
	do := w.mark(level, model.StepSet)
	todo := w.todo(model.StepSet, level)
	if w.f.Before != "" { // what waits for a master must see it off in the service that comes of that plan's step
		todo = slices.DeleteFunc(todo, func(n int) bool { return !w.isBusy(n) && !w.free(n) })
	}
	more := w.f.Marking || len(do.Begin) > 0
	for _, n := range todo {
		end, leaves := w.leavesAt(n, level)
		more = more || w.isBusy(n) && (!leaves || w.f.Now.Before(end))
		if leaves && w.f.Now.Before(end) && (do.Wait.IsZero() || end.Before(do.Wait)) {
			do.Wait = end
		}
	}
	for _, batches := range w.waves(todo) {
		if blocked, until := w.blocked(batches); blocked {
			do.Wait = until
			return do, more || !until.IsZero()
		}
		begin, looks := w.open(batches, 0)
		do.Begin = append(do.Begin, begin...)
		if wait, until := w.look(&do, looks); wait {
			do.Wait = until
			return do, true
		}
		if len(begin) > 0 {
			if end := w.f.Now.Add(waveFor); w.down && (do.Wait.IsZero() || end.Before(do.Wait)) {
				do.Wait = end
			}
			return do, true
		}
	}
	return do, more || len(w.f.Looking) > 0
}

// leavesAt returns when the level's restarts go on without step n, which is under
// way: on the way down they do not wait for a store that hangs, unless the next of them is
// what makes its flag live, or the step itself waits for others.
func (w *work) leavesAt(n, level int) (time.Time, bool) {
	since, busy := w.f.Busy[n]
	runs := w.todo(model.StepRun, level)
	if !w.down || !busy || !w.free(n) || len(runs) == 0 || w.awaits(runs[0], n) {
		return time.Time{}, false
	}
	return since.Add(waveFor), true
}

// free reports whether set step n never waits for another.
func (w *work) free(n int) bool {
	return len(w.p.Plan.Steps[n].After) == 0 && !w.opensMaster([][]int{{n}})
}

// takeUp begins again, on the way down, what the restarts did not wait for, where
// the process that began it is gone.
func (w *work) takeUp(level int) (Do, bool) {
	var again []int
	for _, n := range w.todo(model.StepSet, level) {
		if w.down && w.free(n) && !w.isBusy(n) {
			again = append(again, n)
		}
	}
	var do Do
	for _, batches := range w.waves(again) {
		for _, batch := range batches {
			do.Begin = append(do.Begin, Job{Kind: JobSet, Level: level, Steps: batch})
		}
	}
	return do, len(again) > 0
}

// awaits reports whether action step run makes the flag of set step n live.
func (w *work) awaits(run, n int) bool {
	return slices.Contains(w.flag(n).Apply, w.p.Plan.Steps[run].Action)
}

// open returns what of the batches may be written now, and what must be looked
// at before that can be said. Looks that are older than oldest are taken again; 0: none is.
func (w *work) open(batches [][]int, oldest time.Duration) (begin []Job, looks []Look) {
	for _, batch := range batches {
		var may []int
		for _, n := range batch {
			why, need := w.mustWait(n, batch, oldest)
			looks = append(looks, need...)
			if why == "" && len(need) == 0 {
				may = append(may, n)
			}
		}
		if len(may) > 0 {
			begin = append(begin, Job{Kind: JobSet, Level: w.p.Plan.Steps[may[0]].Level, Steps: may})
		}
	}
	return begin, looks
}

// look has the looks begun that are not under way. It reports whether they are
// to be waited for, on the way down no longer than waveFor.
func (w *work) look(do *Do, looks []Look) (wait bool, until time.Time) {
	var begin []Look
	for _, l := range looks {
		since, under := w.f.Looking[l]
		if !under && !slices.Contains(begin, l) {
			begin = append(begin, l)
			since = w.f.Now
		}
		if end := since.Add(waveFor); !w.down || w.f.Now.Before(end) {
			wait = true
			if w.down && (until.IsZero() || end.Before(until)) {
				until = end
			}
		}
	}
	if len(begin) > 0 {
		do.Begin = append(do.Begin, Job{Kind: JobLook, Looks: begin})
	}
	return wait, until
}

// waves returns the steps that are not under way in batches that are one write
// each, wave by wave. Where all are in one store, and live by the same restart, they
// are one write.
func (w *work) waves(todo []int) [][][]int {
	if w.oneWrite(todo) && !slices.ContainsFunc(todo, w.isBusy) {
		return [][][]int{{todo}}
	}
	free := slices.DeleteFunc(slices.Clone(todo), w.isBusy)
	slices.SortStableFunc(free, func(a, b int) int { return w.p.Plan.Steps[a].Wave - w.p.Plan.Steps[b].Wave })
	var out [][][]int
	at := map[string]int{} // the place of a store's batch in the wave
	for i, n := range free {
		if i == 0 || w.p.Plan.Steps[n].Wave != w.p.Plan.Steps[free[i-1]].Wave {
			out = append(out, nil)
			clear(at)
		}
		wave := &out[len(out)-1]
		store := w.store(n)
		if _, ok := at[store]; !ok {
			at[store] = len(*wave)
			*wave = append(*wave, nil)
		}
		(*wave)[at[store]] = append((*wave)[at[store]], n)
	}
	return out
}

// oneWrite reports whether the steps can be one write that is never more open
// than the start: one store, and no step that is live while its master waits for a restart.
func (w *work) oneWrite(steps []int) bool {
	for _, n := range steps {
		f := w.flag(n)
		if w.store(n) != w.store(steps[0]) {
			return false
		}
		for _, id := range f.Needs {
			if len(flagOf(w.f.Rollout, id).Apply) == 0 && len(f.Apply) > 0 {
				return false
			}
		}
		for _, id := range w.p.Plan.Steps[n].After {
			if w.liveLater(n, flagOf(w.f.Rollout, id)) {
				return false
			}
		}
	}
	return len(steps) > 0
}

// store names what holds the flag of step n.
func (w *work) store(n int) string {
	id := w.p.Plan.Steps[n].Changes[0].Flag
	if s := w.f.Stores[id]; s != "" {
		return s
	}
	return "flag " + string(id)
}

// blocked reports whether a wave must wait for what is set before it, and until
// when at the latest. Zero: until that has ended, and where nothing is under way, for good.
func (w *work) blocked(batches [][]int) (bool, time.Time) {
	first := w.p.Plan.Steps[batches[0][0]]
	var until time.Time
	for n, st := range w.p.Plan.Steps {
		if st.Kind != model.StepSet || st.Level != first.Level {
			continue
		}
		since, busy := w.f.Busy[n]
		before := st.Wave < first.Wave
		switch {
		case !w.down && before && !w.p.Steps[n].Outcome.OK() && !slices.Contains(slices.Concat(batches...), n):
			return true, time.Time{}
		case busy && w.down && w.opensMaster(batches):
			return true, w.f.Now.Add(waveFor)
		case busy && (before || w.sharesStore(n, batches)):
			if end := since.Add(waveFor); w.f.Now.Before(end) && end.After(until) {
				until = end
			}
		}
	}
	return !until.IsZero(), until
}

// opensMaster reports whether a step of the batches turns a switch on.
func (w *work) opensMaster(batches [][]int) bool {
	return slices.ContainsFunc(slices.Concat(batches...), func(n int) bool {
		return w.p.Plan.Steps[n].Changes[0].To.Equal(model.BoolValue(true))
	})
}

func (w *work) sharesStore(n int, batches [][]int) bool {
	return slices.ContainsFunc(slices.Concat(batches...), func(m int) bool { return w.store(m) == w.store(n) })
}

// containLate sets what waited for a master that only the restarts switched
// off, and gives up what still waits when the running service had time to say so.
func (w *work) containLate(level int) (Do, bool) {
	todo := w.todo(model.StepSet, level)
	if len(todo) == 0 {
		return Do{}, false
	}
	if slices.ContainsFunc(todo, w.isBusy) {
		return Do{}, true
	}
	ends := w.quiet(level).Add(lateFor)
	oldest, do := lookCounts, Do{Wait: ends}
	if !w.f.Now.Before(ends) {
		oldest, do.Wait = 0, time.Time{} // what was seen last decides
	}
	for _, n := range todo {
		why, need := w.mustWait(n, nil, oldest)
		if !w.down && w.waitsBefore(n) {
			why, need = "it would open more before what comes first is set", nil
		}
		switch {
		case len(need) > 0:
			_, _ = w.look(&do, need)
			return do, true
		case why == "":
			do.Begin = append(do.Begin, Job{Kind: JobSet, Level: level, Steps: []int{n}})
			return do, true
		case oldest == 0:
			do.End = append(do.End, End{n, model.StepSkipped, why})
			continue
		}
		if _, again := w.mustWait(n, nil, Poll); len(again) > 0 {
			_, _ = w.look(&do, again)
		}
	}
	if next := w.f.Now.Add(Poll); next.Before(ends) {
		do.Wait = next
	}
	return do, true
}

// waitsBefore reports whether a set step of a lower wave has not ended well.
func (w *work) waitsBefore(n int) bool {
	at := w.p.Plan.Steps[n]
	for m, st := range w.p.Plan.Steps {
		if st.Kind == model.StepSet && st.Level == at.Level && st.Wave < at.Wave && !w.p.Steps[m].Outcome.OK() {
			return true
		}
	}
	return false
}

// quiet returns since when nothing takes effect in the level any more, as far
// as this process, and the journal, know.
func (w *work) quiet(level int) time.Time {
	at := w.f.Began
	for n, st := range w.p.Plan.Steps {
		if st.Level == level && (st.Kind == model.StepRun || st.Kind == model.StepSet) && w.p.Steps[n].Ended.After(at) {
			at = w.p.Steps[n].Ended
		}
	}
	return at
}
