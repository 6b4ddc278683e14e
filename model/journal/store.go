package journal

import (
	"time"

	"gonogo/model"
)

// Store keeps a rollout's records in one order that all who share it see. A
// File is one, for a single host; one that several hosts share is another.
type Store interface {
	// AppendAll adds events behind record last, 0 for none, all or none of them.
	// They are durable when it returns nil, and nobody may be told of them
	// before. ErrMoved: something else stands behind last, and nothing was
	// added; whoever gets it does not own the rollout any more.
	AppendAll(last uint64, at time.Time, by model.Actor, cause model.IntentID, events ...model.Event) ([]model.Record, error)
	// Close lets go of the store. Everything acknowledged is durable already.
	Close() error
}

var _ Store = (*File)(nil)
