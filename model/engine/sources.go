package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gonogo/model"
)

// emitter is where one source puts what it has.
type emitter struct {
	e      *Engine
	source string
}

func (m emitter) Fact(ev model.Event) error {
	return m.e.ledger.Record(model.Actor{Name: m.source, Host: m.e.o.Actor.Host, Via: model.ViaEngine}, "", ev)
}

func (m emitter) Sample(id model.MetricID, at time.Time, v float64) { m.e.meters.sample(id, at, v) }

func (m emitter) Reading(id model.MetricID, r model.Reading) {
	if r.At.IsZero() {
		r.At = m.e.o.Now()
	}
	m.e.meters.reading(m.source, id, r)
}

func (m emitter) Trouble(id model.MetricID, err error) {
	if err == nil {
		err = errors.New("trouble without a reason")
	}
	m.e.meters.reading(m.source, id, model.Reading{At: m.e.o.Now(), Err: err})
}

// runSource runs a source until ctx is done, and starts it again, after a
// growing pause of 1 to 30 s, when it gives up or panics.
func (e *Engine) runSource(ctx context.Context, id string, part model.BuiltSource) {
	pause := time.Second
	for ctx.Err() == nil {
		began := e.o.Now()
		err := e.runSourceOnce(ctx, id, part.Source)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("it ended by itself")
		}
		for _, m := range e.o.Rollout.Metrics {
			if m.Source == id {
				emitter{e, id}.Trouble(m.ID, fmt.Errorf("source %q: %w", id, err))
			}
		}
		if e.o.Now().Sub(began) > time.Minute {
			pause = time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 30*time.Second)
	}
}

func (e *Engine) runSourceOnce(ctx context.Context, id string, s model.Source) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return s.Run(ctx, emitter{e, id})
}
