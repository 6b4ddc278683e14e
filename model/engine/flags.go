package engine

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
)

// watchFlag observes a flag every Flag.Every, and when it is asked to.
func (e *Engine) watchFlag(ctx context.Context, f *model.Flag) {
	tick := time.NewTicker(max(f.Every, 100*time.Millisecond))
	defer tick.Stop()
	for {
		_, _ = e.observeStored(ctx, f) // recorded; errors too
		_, _ = e.observeEffective(ctx, f)
		e.mu.Lock()
		e.looked[f.ID] = true
		e.mu.Unlock()
		poke(e.samples)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-e.observe[f.ID]:
		}
	}
}

// observeAll has every flag observed now.
func (e *Engine) observeAll() {
	for _, c := range e.observe {
		poke(c)
	}
}

// observeStored reads what the flag's store holds, and records it if it is
// another value than before.
func (e *Engine) observeStored(ctx context.Context, f *model.Flag) (model.Value, error) {
	sw := e.parts.Switches[f.ID]
	if sw == nil {
		return model.Value{}, fmt.Errorf("flag %q has no switch", f.ID)
	}
	v, err := e.ask(ctx, sw, observeTimeout)
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	e.seeStored(f, v, err)
	return v, err
}

// ask asks the switch for its value, and goes on after within whether or not
// the switch has ended by then: what it says later is dropped.
func (e *Engine) ask(ctx context.Context, sw model.Switch, within time.Duration) (model.Value, error) {
	type answer struct {
		v   model.Value
		err error
	}
	timed, done := context.WithTimeout(ctx, within)
	said := make(chan answer, 1)
	e.givenUp.Go(func() { // it has its time, and a child's to be ended
		defer done()
		defer func() {
			if v := recover(); v != nil {
				said <- answer{err: fmt.Errorf("panic: %v", v)}
			}
		}()
		v, err := sw.Observe(timed)
		said <- answer{v, err}
	})
	select {
	case a := <-said:
		return a.v, a.err
	case <-timed.Done():
	}
	select {
	case a := <-said: // both at once
		return a.v, a.err
	default:
		return model.Value{}, fmt.Errorf("no answer within %s: %w", model.FormatDuration(within), timed.Err())
	}
}

// seeStored records what a flag's store was seen to hold, if that is another
// value than before.
func (e *Engine) seeStored(f *model.Flag, v model.Value, err error) {
	ev := model.FlagObserved{Flag: f.ID, Value: v}
	if err != nil {
		ev.Value, ev.Err = model.Value{}, model.Inert(err.Error())
	}
	old := e.ledger.State().Flags[f.ID]
	if ev.Err != old.StoredErr || err == nil && (old.Stored.Type != v.Type || !old.Stored.Equal(v)) {
		e.ledger.RecordAnyway(e.o.Actor, "", ev)
	}
}

// observeEffective reads what the running service says, likewise.
func (e *Engine) observeEffective(ctx context.Context, f *model.Flag) (model.Value, error) {
	reader := e.effective(f)
	if reader == nil {
		return model.Value{}, nil
	}
	v, err := readValue(ctx, reader, f.Type)
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	ev := model.FlagObserved{Flag: f.ID, Value: v, Effective: true}
	if err != nil {
		ev.Value, ev.Err = model.Value{}, model.Inert(err.Error())
	}
	old := e.ledger.State().Flags[f.ID]
	settles := err == nil && old.Pending && v.Equal(old.Want)
	if ev.Err != old.EffectErr || settles || err == nil && (old.Inferred || old.Effective.Type != v.Type || !old.Effective.Equal(v)) {
		e.ledger.RecordAnyway(e.o.Actor, "", ev)
	}
	return v, err
}

// effective returns what reads f's value back from the running service, or nil.
func (e *Engine) effective(f *model.Flag) model.Reader {
	if f.EffectiveMetric != "" {
		return metricReader{e, f.EffectiveMetric}
	}
	return e.parts.Effective[f.ID]
}

func readValue(ctx context.Context, r model.Reader, t model.ValueType) (model.Value, error) {
	timed, done := context.WithTimeout(ctx, observeTimeout)
	defer done()
	text, err := r.Read(timed)
	if err != nil {
		return model.Value{}, err
	}
	return model.ParseValue(t, text)
}
