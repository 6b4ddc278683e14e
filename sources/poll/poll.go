// Package poll asks a source's metrics again and again, each on its own.
//
// A Loop asks every metric at once, then at its interval; metrics, or batches of
// them, that have the same interval are spread over it. A metric whose answer is
// slow delays no other. At most Width questions are under way at a time, so that a
// dead server does not pile them up. A tick that comes while its metric is still
// being asked is dropped; an answer never is, unless the loop was told to end
// meanwhile. A panic while asking becomes that metric's trouble. The package
// does no I/O and knows no kind of source.
package poll

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gonogo/model"
	"gonogo/model/config"
)

// Width is how many questions of one source may be under way at a time.
const Width = 16

// pasts is how many charts of one source are filled at a time.
const pasts = 4

// Ask asks m once. It must return soon after ctx is done, which is after the
// metric's timeout at the latest. A reading without At gets the time of asking.
// Where the value is empty but the number of events known, the reading is
// reported with the error in it, rather than trouble.
type Ask func(ctx context.Context, m config.MetricPart) (model.Reading, error)

// Loop is the polling of one source. Its fields do not change while it runs.
type Loop struct {
	Metrics []config.MetricPart
	Ask     Ask // of each metric by itself; nil if there is Round
	// Batch is how many metrics that have interval and timeout in common are asked
	// at the same moment; 0 is 1.
	Batch int
	// Round is called before so many metrics are asked at the same moment, and
	// returns what asks each of them; leave is called once for each when it was
	// asked. It keeps to Width by itself. May be nil.
	Round func(asks int) (ask Ask, leave func())
	// Past is called once for each metric after its first question, to fill its
	// chart; it has the metric's timeout, but 2 s at most. May be nil.
	Past func(ctx context.Context, m config.MetricPart, out model.Emitter)
}

// batch are metrics that are asked at the same moment.
type batch struct {
	every   time.Duration
	ahead   time.Duration // by how much the second question comes sooner
	members []*member
}

// member is one metric of a batch.
type member struct {
	part config.MetricPart
	busy atomic.Bool // it is being asked
	past sync.Once
}

// running is one Run of a Loop.
type running struct {
	Loop
	out          model.Emitter
	slots, pasts chan struct{}
	wg           sync.WaitGroup
}

// Run asks every metric at once and then every Metric.Every, until ctx is
// done; then it waits for the questions under way and returns ctx's error.
func (l Loop) Run(ctx context.Context, out model.Emitter) error {
	r := &running{Loop: l, out: out, slots: make(chan struct{}, Width), pasts: make(chan struct{}, pasts)}
	for _, b := range l.batches() {
		r.wg.Go(func() { r.follow(ctx, b) })
	}
	r.wg.Wait()
	<-ctx.Done()
	return ctx.Err()
}

// batches returns the metrics in batches, spread over their interval.
func (l Loop) batches() []*batch {
	type alike struct{ every, timeout time.Duration }
	var order []time.Duration
	all, open := map[time.Duration][]*batch{}, map[alike]*batch{}
	for _, m := range l.Metrics {
		key := alike{max(m.Metric.Every, time.Millisecond), m.Metric.Timeout}
		b := open[key]
		if b == nil || len(b.members) >= max(l.Batch, 1) {
			b = &batch{every: key.every}
			open[key] = b
			if all[key.every] == nil {
				order = append(order, key.every)
			}
			all[key.every] = append(all[key.every], b)
		}
		b.members = append(b.members, &member{part: m})
	}
	var out []*batch
	for _, every := range order {
		same := all[every]
		for i, b := range same {
			b.ahead = time.Duration(float64(every) * float64(i) / float64(len(same)))
			out = append(out, b)
		}
	}
	return out
}

// follow asks the metrics of b until ctx is done.
func (r *running) follow(ctx context.Context, b *batch) {
	next := time.NewTicker(b.every - b.ahead)
	defer next.Stop()
	for first := true; ; first = false {
		r.round(ctx, b)
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		if first && b.ahead > 0 {
			next.Reset(b.every)
		}
	}
}

// round asks those of b once that are not being asked.
func (r *running) round(ctx context.Context, b *batch) {
	var idle []*member
	for _, m := range b.members {
		if m.busy.CompareAndSwap(false, true) {
			idle = append(idle, m)
		}
	}
	ask, leave, slots := r.Ask, func() {}, r.slots
	if r.Round != nil {
		ask, leave = r.Round(len(idle))
		slots = nil
	}
	for _, m := range idle {
		r.wg.Go(func() {
			defer m.busy.Store(false)
			func() {
				defer leave()
				r.report(ctx, ask, m.part, slots)
			}()
			if r.Past != nil {
				m.past.Do(func() { r.wg.Go(func() { r.fill(ctx, m.part) }) })
			}
		})
	}
}

// report asks m once and tells what came of it.
func (r *running) report(ctx context.Context, ask Ask, m config.MetricPart, slots chan struct{}) {
	got, err := once(ctx, ask, m, slots)
	switch {
	case ctx.Err() != nil:
	case err == nil:
		r.out.Reading(m.Metric.ID, got)
	case counted(got, err):
		got.Err = err
		r.out.Reading(m.Metric.ID, got)
	default:
		r.out.Trouble(m.Metric.ID, err)
	}
}

// fill fills the chart of m.
func (r *running) fill(ctx context.Context, m config.MetricPart) {
	select {
	case r.pasts <- struct{}{}:
		defer func() { <-r.pasts }()
	case <-ctx.Done():
		return
	}
	_, _ = guarded(ctx, min(m.Metric.Timeout, 2*time.Second), r.slots, func(ctx context.Context) (model.Reading, error) {
		r.Past(ctx, m, r.out)
		return model.Reading{}, nil
	})
}

func once(ctx context.Context, ask Ask, m config.MetricPart, slots chan struct{}) (model.Reading, error) {
	r, err := guarded(ctx, m.Metric.Timeout, slots, func(ctx context.Context) (model.Reading, error) {
		asked := time.Now()
		r, err := ask(ctx, m)
		if r.At.IsZero() {
			r.At = asked
		}
		return r, err
	})
	if err == nil {
		return r, nil
	}
	if counted(r, err) {
		return r, Inert(err)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = inertError{text: "timed out after " + m.Metric.Timeout.String(), err: context.DeadlineExceeded}
	}
	return model.Reading{}, Inert(err)
}

// guarded calls ask in a slot, if there are any, within timeout, and turns a panic into an error.
func guarded(ctx context.Context, timeout time.Duration, slots chan struct{},
	ask func(context.Context) (model.Reading, error)) (r model.Reading, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if slots != nil {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return model.Reading{}, fmt.Errorf("%d questions to this source wait for their answers already", Width)
		}
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic while asking: %v", v)
		}
	}()
	r, err = ask(ctx)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) && !answered(err) {
		err = context.DeadlineExceeded
	}
	return r, err
}

func answered(err error) bool {
	return empty(err) || errors.Is(err, model.ErrAmbiguous) || errors.Is(err, model.ErrPartial)
}

func empty(err error) bool {
	return errors.Is(err, model.ErrEmpty) || errors.Is(err, model.ErrNoSeries)
}

// counted reports whether r tells the number of events though its value is
// empty: where on_empty makes that zero, it is zero of so many.
func counted(r model.Reading, err error) bool {
	return empty(err) && (r.HasCount || r.Counted)
}
