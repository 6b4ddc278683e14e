package engine

import (
	"context"
	"maps"
	"time"

	"gonogo/model"
	"gonogo/model/engine/execute"
)

// ground is the engine as a plan at work may use it.
type ground struct {
	e  *Engine
	of model.PlanID // whose steps say something; empty: nobody's
}

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
	return g.e.flags.Stored(ctx, f, within)
}

// Running reads what the running service says of the flag.
func (g ground) Running(ctx context.Context, f *model.Flag) (model.Value, error) {
	return g.e.flags.Running(ctx, f)
}

// Reading returns the metric's newest reading.
func (g ground) Reading(id model.MetricID) (model.Reading, bool) { return g.e.meters.Newest(id) }

// Say shows a step's line to every viewer.
func (g ground) Say(step int, line string) { g.e.plans.say(g.of, step, line) }

// Go runs f, and the engine waits for it at its end.
func (g ground) Go(f func()) { g.e.flags.Go(f) }

// MakeRoom releases the journal's reserve.
func (g ground) MakeRoom() { g.e.ledger.GiveRoom() }

// tools are the engine's parts as plans use them.
func (g ground) tools() execute.Tools {
	e := g.e
	seen := maps.Clone(e.parts.Seen)
	if seen == nil {
		seen = map[model.ActionID]model.Reader{}
	}
	for _, a := range e.o.Rollout.Actions {
		if seen[a.ID] == nil && a.SeenMetric != "" {
			seen[a.ID] = e.meters.Reader(a.SeenMetric)
		}
	}
	return execute.Tools{
		Rollout: e.o.Rollout, Now: e.o.Now, Switches: e.parts.Switches, Effective: e.parts.Effective, Actions: e.parts.Actions,
		Seen: seen, Probes: e.parts.Probes, Witnesses: e.parts.Witnesses, Patience: observeTimeout,
	}
}
