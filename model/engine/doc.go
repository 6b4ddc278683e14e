// Package engine is the live rollout: it runs the sources, folds facts into
// the state, judges the gate, credits soak, executes plans and hands immutable
// snapshots to any number of viewers, in this process or over its socket.
//
// There is one engine for each state directory: it holds the directory's lock
// and is the journal's only writer. A Seat is a place at that engine: it is
// the engine where there is none, attaches to a living one, and takes over
// when that one goes.
//
// Goroutines: Engine.Run owns all of an engine's (sources, flag observers, the
// intent queue, the publisher, the socket, the plan that runs) and returns
// when all have ended; Seat.Run owns the seat's. A panic in one of them ends
// that one, is reported, and leaves the others alone.
//
// Facts are never dropped: they are on disk before anybody hears of them.
// Samples are coalesced: viewers get at most ten snapshots a second of them.
// A viewer that does not keep up misses snapshots, never the newest one.
//
// It must not import ui, sources or actions.
package engine
