package engine

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
)

// ground is the engine as a plan at work may use it.
type ground struct{ e *Engine }

var _ execute.Engine = ground{}

// State returns the rollout as it is folded now.
func (g ground) State() model.State { return g.e.ledger.State() }

// Record journals events in the engine's name.
func (g ground) Record(cause model.IntentID, must bool, events ...model.Event) error {
	if must {
		g.e.ledger.RecordAnyway(g.e.o.Actor, cause, events...)
		return nil
	}
	return g.e.ledger.Record(g.e.o.Actor, cause, events...)
}

// Held looks at the lock, and whether another has written the journal.
func (g ground) Held() error { return g.e.ledger.Fenced() }

// Stored reads what the flag's store holds.
func (g ground) Stored(ctx context.Context, f *model.Flag, within time.Duration) (model.Value, error) {
	sw := g.e.parts.Switches[f.ID]
	if sw == nil {
		return model.Value{}, fmt.Errorf("flag %q has no switch", f.ID)
	}
	v, err := g.e.ask(ctx, sw, within)
	if ctx.Err() == nil {
		g.e.seeStored(f, v, err)
	}
	return v, err
}

// Running reads what the running service says of the flag.
func (g ground) Running(ctx context.Context, f *model.Flag) (model.Value, error) {
	return g.e.observeEffective(ctx, f)
}

// Reading returns the metric's newest reading.
func (g ground) Reading(id model.MetricID) (model.Reading, bool) { return g.e.meters.get(id) }

// Say shows a step's line to every viewer.
func (g ground) Say(step int, line string) { g.e.plans.say(step, line) }

// Go runs f, and endLooks waits for it.
func (g ground) Go(f func()) { g.e.givenUp.Go(f) }

// MakeRoom releases the journal's reserve.
func (g ground) MakeRoom() { g.e.ledger.GiveRoom() }

// tools are the engine's parts as plans use them.
func (e *Engine) tools() execute.Tools {
	seen := maps.Clone(e.parts.Seen)
	if seen == nil {
		seen = map[model.ActionID]model.Reader{}
	}
	for _, a := range e.o.Rollout.Actions {
		if seen[a.ID] == nil && a.SeenMetric != "" {
			seen[a.ID] = metricReader{e, a.SeenMetric}
		}
	}
	return execute.Tools{
		Rollout: e.o.Rollout, Now: e.o.Now, Switches: e.parts.Switches, Effective: e.parts.Effective, Actions: e.parts.Actions,
		Seen: seen, Probes: e.parts.Probes, Witnesses: e.parts.Witnesses, Patience: observeTimeout,
	}
}

// endLooks waits for what was given up, so that its children are ended, but no
// longer than execute.EndGrace: a store may hang for ever.
func (e *Engine) endLooks() {
	timed, done := context.WithTimeout(context.Background(), execute.EndGrace)
	go func() {
		defer done()
		e.givenUp.Wait()
	}()
	<-timed.Done()
}

// metricReader reads a metric's newest value: a process's start time, say.
type metricReader struct {
	e  *Engine
	id model.MetricID
}

func (m metricReader) Read(context.Context) (string, error) {
	got, ok := m.e.meters.get(m.id)
	if !ok {
		return "", fmt.Errorf("metric %q: no answer yet", m.id)
	}
	if got.Err == nil && got.Ended {
		return "", fmt.Errorf("metric %q: a series behind it has ended: does its target still run?", m.id)
	}
	return strconv.FormatFloat(got.Value, 'f', -1, 64), got.Err
}
