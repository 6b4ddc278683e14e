// Package poll asks a source's metrics again and again, each on its own.
//
// A Loop runs one goroutine a metric and waits for all of them: a metric whose
// answer is slow delays no other. At most Width questions are under way at a
// time, so that a dead server does not pile them up. A tick that comes while
// its metric is still being asked is dropped; an answer never is, unless the
// loop was told to end meanwhile. A panic while asking becomes that metric's
// trouble. The package does no I/O and knows no kind of source.
package poll

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/config"
)

// Width is how many questions of one source may be under way at a time.
const Width = 16

// Loop is the polling of one source. Its fields do not change while it runs.
type Loop struct {
	Metrics []config.MetricPart
	// Ask asks m once. It must return soon after ctx is done, which is after
	// the metric's timeout at the latest. A reading without At gets the time of asking.
	// Where the value is empty but the number of events known, the reading is
	// reported with the error in it, rather than trouble.
	Ask func(ctx context.Context, m config.MetricPart) (model.Reading, error)
	// Before is called once for each metric ahead of its first question, to
	// fill its chart; it has the metric's timeout, but 2 s at most. May be nil.
	Before func(ctx context.Context, m config.MetricPart, out model.Emitter)
}

// Run asks every metric at once and then every Metric.Every, until ctx is
// done; then it waits for the questions under way and returns ctx's error.
func (l Loop) Run(ctx context.Context, out model.Emitter) error {
	slots := make(chan struct{}, Width)
	var wg sync.WaitGroup
	for _, m := range l.Metrics {
		wg.Go(func() { l.follow(ctx, m, slots, out) })
	}
	wg.Wait()
	<-ctx.Done()
	return ctx.Err()
}

// follow asks one metric until ctx is done.
func (l Loop) follow(ctx context.Context, m config.MetricPart, slots chan struct{}, out model.Emitter) {
	ticker := time.NewTicker(max(m.Metric.Every, time.Millisecond))
	defer ticker.Stop()
	l.prepare(ctx, m, slots, out)
	for {
		r, err := l.once(ctx, m, slots)
		if ctx.Err() != nil {
			return
		}
		switch {
		case err == nil:
			out.Reading(m.Metric.ID, r)
		case counted(r, err):
			r.Err = err
			out.Reading(m.Metric.ID, r)
		default:
			out.Trouble(m.Metric.ID, err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (l Loop) prepare(ctx context.Context, m config.MetricPart, slots chan struct{}, out model.Emitter) {
	if l.Before == nil {
		return
	}
	_, _ = guarded(ctx, min(m.Metric.Timeout, 2*time.Second), slots, func(ctx context.Context) (model.Reading, error) {
		l.Before(ctx, m, out)
		return model.Reading{}, nil
	})
}

func (l Loop) once(ctx context.Context, m config.MetricPart, slots chan struct{}) (model.Reading, error) {
	r, err := guarded(ctx, m.Metric.Timeout, slots, func(ctx context.Context) (model.Reading, error) {
		asked := time.Now()
		r, err := l.Ask(ctx, m)
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

// guarded calls ask in a slot, within timeout, and turns a panic into an error.
func guarded(ctx context.Context, timeout time.Duration, slots chan struct{},
	ask func(context.Context) (model.Reading, error)) (r model.Reading, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return model.Reading{}, fmt.Errorf("%d questions to this source wait for their answers already", Width)
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
