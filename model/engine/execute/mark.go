package execute

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"gonogo/model"
)

const (
	markFor     = 2 * time.Second       // how long a witness may take to say what is old: a restart waits for it
	sampleEvery = 25 * time.Millisecond // how often a witness is marked while an action runs
	maxSamples  = 2000                  // that are kept, the newest
	startSlack  = 20 * time.Millisecond // how exact a process's start is known, both ways
)

// marks is what the plan's witnesses said is old.
type marks struct {
	*site
	mu      sync.Mutex
	samples map[int][]sample // by step, while an action ran
}

// sample is a mark that was taken while an action ran.
type sample struct {
	at   time.Time // it had been taken by then
	mark string
}

// take has the witnesses of the steps say what is old, all at once.
func (m *marks) take(ctx context.Context, steps []int) []model.Event {
	events := make([]model.Event, len(steps))
	var group sync.WaitGroup
	for i, n := range steps {
		group.Go(func() { events[i] = m.mark(ctx, n) })
	}
	group.Wait()
	return events
}

func (m *marks) mark(ctx context.Context, n int) (ev model.EvidenceMarked) {
	defer func() {
		if v := recover(); v != nil {
			ev.Err = fmt.Sprintf("panic: %v", v)
		}
	}()
	ev = model.EvidenceMarked{Plan: m.plan.ID, Step: n}
	w := m.tools.Witnesses[m.plan.Steps[n].Verify.Witness]
	if w == nil {
		ev.Err = "there is no such witness"
		return ev
	}
	timed, done := context.WithTimeout(ctx, markFor)
	defer done()
	mark, err := w.Mark(timed)
	if err != nil {
		ev.Err = model.Inert(err.Error())
		return ev
	}
	ev.Mark = mark
	return ev
}

// watch has the plan's witnesses marked again and again while an action runs, until stop is called:
// which of the marks counts is known only once the start of the new process is. A
// witness that can be advanced needs none.
func (m *marks) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	p, _ := m.state()
	for n, st := range m.plan.Steps {
		if st.Kind != model.StepVerify || !p.Steps[n].Marked || p.Steps[n].Outcome != "" {
			continue
		}
		if _, ok := model.Ability[model.Advancer](m.tools.Witnesses[st.Verify.Witness]); ok {
			continue
		}
		group.Go(func() {
			for {
				if ev := m.mark(ctx, n); ev.Err == "" {
					m.add(n, sample{m.tools.Now(), ev.Mark})
				}
				if !m.pause(ctx, sampleEvery) {
					return
				}
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

func (m *marks) add(n int, s sample) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.samples == nil {
		m.samples = map[int][]sample{}
	}
	m.samples[n] = append(m.samples[n], s)
	m.samples[n] = m.samples[n][max(0, len(m.samples[n])-maxSamples):]
}

// move moves the steps' marks to when the level took effect. After restarts that
// is the start of the new process: what the old one left until its end proves nothing,
// and is no fault of the new one. Of several processes, what must not be there counts from
// the last one's start, what must be there from the first one's. Where the start is not
// known, or nothing was restarted, what must not be there counts from now, and for the other
// the mark before stands.
func (m *marks) move(ctx context.Context, level int, steps []int) []model.Event {
	first, last, known := m.starts(level)
	var events []model.Event
	for _, n := range steps {
		silent := m.plan.Steps[n].Verify.Silent
		mark, ok := "", false
		switch {
		case known && silent:
			mark, ok = m.at(n, last)
		case known:
			mark, ok = m.at(n, first.Add(-startSlack))
		}
		if ok {
			events = append(events, model.EvidenceMarked{Plan: m.plan.ID, Step: n, Mark: mark})
		} else if silent {
			if ev := m.mark(ctx, n); ev.Err == "" { // else the mark before stands
				events = append(events, ev)
			}
		}
	}
	return events
}

// at returns what was old at a moment that is past, as exactly as that is known.
func (m *marks) at(n int, at time.Time) (string, bool) {
	if w, ok := model.Ability[model.Advancer](m.tools.Witnesses[m.plan.Steps[n].Verify.Witness]); ok {
		mark, err := w.Advance(m.step(n).Mark, at)
		return mark, err == nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	mark, ok := "", false
	for _, s := range m.samples[n] {
		if !s.at.After(at) {
			mark, ok = s.mark, true
		}
	}
	return mark, ok
}

// starts returns when the first and the last of the processes began that the
// level's restarts led to, and whether there are any and all of these are known.
func (m *marks) starts(level int) (first, last time.Time, known bool) {
	p, _ := m.state()
	ran := false
	known = true
	for n, st := range m.plan.Steps {
		if st.Kind != model.StepRun || st.Level != level || p.Steps[n].Outcome != model.StepDone {
			continue
		}
		ran = true
		at, ok := startOf(m.tools.Seen[st.Action], p.Steps[n])
		known = known && ok
		if ok && (first.IsZero() || at.Before(first)) {
			first = at
		}
		if ok && at.After(last) {
			last = at
		}
	}
	return first, last, known && ran
}

// startOf returns when what was seen after an action began. A reader that does
// not know may have read the very time, as a metric of the process's start. What does not lie
// within the action is another clock's, and not believed.
func startOf(seen model.Reader, st model.StepState) (time.Time, bool) {
	at, ok := time.Time{}, false
	if s, is := model.Ability[model.Starter](seen); is {
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
