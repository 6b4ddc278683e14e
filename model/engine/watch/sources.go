package watch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gonogo/model"
)

// Sources runs what readings come from, and has what they emit go to meters and journal.
type Sources struct {
	Rollout *model.Rollout
	Host    string // of the facts that they emit
	Now     func() time.Time
	Records Records
	Meters  *Meters
}

// Run runs a source until ctx is done, and starts it again, after a growing
// pause of 1 to 30 s, when it gives up or panics.
func (s *Sources) Run(ctx context.Context, id string, source model.Source) {
	pause, out := time.Second, emitter{s, id}
	for ctx.Err() == nil {
		began := s.Now()
		err := once(ctx, source, out)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("it ended by itself")
		}
		for _, m := range s.Rollout.Metrics {
			if m.Source == id {
				out.Trouble(m.ID, fmt.Errorf("source %q: %w", id, err))
			}
		}
		if s.Now().Sub(began) > time.Minute {
			pause = time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, 30*time.Second)
	}
}

func once(ctx context.Context, source model.Source, out model.Emitter) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return source.Run(ctx, out)
}

// emitter is where one source puts what it has.
type emitter struct {
	s      *Sources
	source string
}

func (m emitter) Fact(ev model.Event) error {
	return m.s.Records.Record(model.Actor{Name: m.source, Host: m.s.Host, Via: model.ViaEngine}, "", ev)
}

func (m emitter) Past(id model.MetricID, points []model.Point) { m.s.Meters.Past(id, points) }

func (m emitter) Reading(id model.MetricID, r model.Reading) {
	if r.At.IsZero() {
		r.At = m.s.Now()
	}
	m.s.Meters.Reading(m.source, id, r)
}

func (m emitter) Trouble(id model.MetricID, err error) {
	if err == nil {
		err = errors.New("trouble without a reason")
	}
	m.s.Meters.Reading(m.source, id, model.Reading{At: m.s.Now(), Err: err})
}
