package journal

import "gonogo/model"

// Store keeps a rollout's records in one order that all who share it see. A
// File is one, for a single host; one that several hosts share is another.
type Store interface {
	// AppendEntries adds facts behind record last, 0 for none, all or none of them.
	// They are durable when it returns nil, and nobody may be told of them
	// before. ErrMoved: something else stands behind last, and nothing was
	// added; whoever gets it does not own the rollout any more. ErrPoisoned: it
	// takes nothing more, and whether this was added is not known.
	AppendEntries(last uint64, entries []Entry) ([]model.Record, error)
	// Close lets go of the store. Everything acknowledged is durable already.
	Close() error
}

// Reserver is a Store that keeps a reserve of space for a rollback.
type Reserver interface {
	// Reserved reports whether there is one. It never waits for the disk.
	Reserved() bool
	// UseReserve gives it back to a disk that is full, so that the next append
	// has room. It fails where that cannot help.
	UseReserve() error
}

// Checker is a Store that others can touch without being engines, such as a
// file: who holds the state directory's lock owns it all the same.
type Checker interface {
	// Check returns why the next append would fail, as far as that shows without
	// one: ErrMoved where somebody touched it. Nil while an append is under way.
	Check() error
}

var _ interface {
	Store
	Reserver
	Checker
} = (*File)(nil)
