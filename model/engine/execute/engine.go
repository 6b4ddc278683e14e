package execute

import (
	"context"
	"time"

	"gonogo/model"
)

// Engine is what a plan at work may do to the engine that runs it. All of it
// may be called from several goroutines at once.
type Engine interface {
	// State returns the rollout as it is folded now. It is not to be changed.
	State() model.State
	// Record journals and folds events. With must it returns nil in any case: what cannot
	// be journaled is kept in memory.
	Record(cause model.IntentID, must bool, events ...model.Event) error
	// Held returns why the rollout is not this engine's any more, or nil. It looks
	// at the lock each time.
	Held() error
	// Stored reads what a flag's store holds, and records it where that is news. It
	// returns after within, whether or not the store has answered.
	Stored(ctx context.Context, f *model.Flag, within time.Duration) (model.Value, error)
	// Running reads what the running service says of a flag, likewise; the zero
	// Value where it cannot be asked.
	Running(ctx context.Context, f *model.Flag) (model.Value, error)
	// Reading returns a metric's newest reading, and whether there is one.
	Reading(id model.MetricID) (model.Reading, bool)
	// Say shows what a running step says at the moment; an empty line takes that away.
	Say(step int, line string)
	// Go runs f, which may be given up: its end is waited for only for a while, and
	// when the engine ends.
	Go(f func())
	// MakeRoom gives what the journal has in reserve to a disk that is full.
	MakeRoom()
}

// Tools are what a plan works on.
type Tools struct {
	Rollout   *model.Rollout
	Now       func() time.Time
	Switches  map[model.FlagID]model.Switch
	Effective map[model.FlagID]model.Reader // of flags whose running value can be read
	Actions   map[model.ActionID]model.Action
	Seen      map[model.ActionID]model.Reader // changes when the action happened
	Probes    map[string]model.Reader
	Witnesses map[string]model.Witness
	Patience  time.Duration // > 0: how long one look at something outside may take
}
