package engine

import (
	"context"
	"strconv"
	"sync"
	"time"

	"gonogo/model"
)

const (
	sampleEvery = 25 * time.Millisecond // how often a witness is marked while an action runs
	maxSamples  = 2000                  // that are kept, the newest
	startSlack  = 20 * time.Millisecond // how exact a process's start is known, both ways
)

// sample is a mark that was taken while an action ran.
type sample struct {
	at   time.Time // it had been taken by then
	mark string
}

// watchMarks has the plan's witnesses marked again and again while an action runs, until stop is called:
// which of the marks counts is known only once the start of the new process is. A
// witness that can be advanced needs none.
func (r *run) watchMarks(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	for _, n := range r.marked() {
		if _, ok := r.e.parts.Witnesses[r.plan.Steps[n].Verify.Witness].(model.Advancer); ok {
			continue
		}
		group.Go(func() {
			for {
				ev := r.mark(ctx, n)
				if ev.Err == "" {
					r.addSample(n, sample{r.e.o.Now(), ev.Mark})
				}
				if !r.pause(ctx, sampleEvery) {
					return
				}
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

func (r *run) addSample(n int, s sample) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.samples == nil {
		r.samples = map[int][]sample{}
	}
	r.samples[n] = append(r.samples[n], s)
	r.samples[n] = r.samples[n][max(0, len(r.samples[n])-maxSamples):]
}

// marked returns the verifies by a source that have a mark and wait to be looked at.
func (r *run) marked() []int {
	var out []int
	states := r.steps()
	for n, st := range r.plan.Steps {
		if st.Kind == model.StepVerify && st.Verify.Kind == model.VerifySource && states[n].Marked && states[n].Outcome == "" {
			out = append(out, n)
		}
	}
	return out
}

// remark moves the marks to the start of the new process, once the level's
// restarts are over: what the old one left until its end proves nothing, and is no fault of
// the new one. Of several processes, what must not be there counts from the last one's start,
// what must be there from the first one's. Where the start is not known, the one counts from when
// the restart was seen, and for the other the mark before the restart stands.
func (r *run) remark(ctx context.Context, level int) {
	first, last, known, ran := r.starts(level)
	if !ran {
		return
	}
	var events []model.Event
	for _, n := range r.marked() {
		silent := r.plan.Steps[n].Verify.Silent
		mark, ok := "", false
		switch {
		case known && silent:
			mark, ok = r.markAt(n, last)
		case known:
			mark, ok = r.markAt(n, first.Add(-startSlack))
		}
		if ok {
			events = append(events, model.EvidenceMarked{Plan: r.plan.ID, Step: n, Mark: mark})
		} else if silent {
			events = append(events, r.markNow(ctx, n)...)
		}
	}
	if len(events) > 0 {
		r.record(events...)
	}
}

// remarkSet is remark for a level that restarts nothing: what must not be there
// counts from when its flags were set.
func (r *run) remarkSet(ctx context.Context, level int) {
	if r.acts(level) != model.StepSet || !r.begunOf(level, model.StepSet) {
		return
	}
	var events []model.Event
	for _, n := range r.marked() {
		if r.plan.Steps[n].Verify.Silent {
			events = append(events, r.markNow(ctx, n)...)
		}
	}
	if len(events) > 0 {
		r.record(events...)
	}
}

// markNow returns the mark as it is now; none where the witness does not answer,
// so that the mark before stands.
func (r *run) markNow(ctx context.Context, n int) []model.Event {
	if ev := r.mark(ctx, n); ev.Err == "" {
		return []model.Event{ev}
	}
	return nil
}

// markAt returns what was old at a moment that is past, as exactly as that is known.
func (r *run) markAt(n int, at time.Time) (string, bool) {
	if w, ok := r.e.parts.Witnesses[r.plan.Steps[n].Verify.Witness].(model.Advancer); ok {
		mark, err := w.Advance(r.steps()[n].Mark, at)
		return mark, err == nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	mark, ok := "", false
	for _, s := range r.samples[n] {
		if !s.at.After(at) {
			mark, ok = s.mark, true
		}
	}
	return mark, ok
}

// starts returns when the first and the last of the processes began that the
// level's restarts led to, whether all of these are known, and whether there are any.
func (r *run) starts(level int) (first, last time.Time, known, ran bool) {
	known = true
	states := r.steps()
	for n, st := range r.plan.Steps {
		if st.Kind != model.StepRun || st.Level != level || states[n].Outcome != model.StepDone {
			continue
		}
		ran = true
		at, ok := startOf(r.seenReader(st.Action), states[n])
		known = known && ok
		if ok && (first.IsZero() || at.Before(first)) {
			first = at
		}
		if ok && at.After(last) {
			last = at
		}
	}
	return first, last, known, ran
}

// startOf returns when what was seen after an action began. A reader that does
// not know may have read the very time, as a metric of the process's start. What does not lie
// within the action is another clock's, and not believed.
func startOf(seen model.Reader, st model.StepState) (time.Time, bool) {
	at, ok := time.Time{}, false
	if s, is := seen.(model.Starter); is {
		at, ok = s.Began(st.Seen)
	} else if v, err := strconv.ParseFloat(st.Seen, 64); err == nil && v > 1e9 && v < 1e10 {
		at, ok = time.Unix(0, int64(v*1e9)), true
	} else if t, err := time.Parse(time.RFC3339Nano, st.Seen); err == nil {
		at, ok = t, true
	}
	if at.Before(st.Started.Add(-time.Second)) || at.After(st.Ended.Add(time.Second)) {
		return time.Time{}, false
	}
	return at, ok
}
