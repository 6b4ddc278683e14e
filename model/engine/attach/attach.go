// Package attach is the way to a rollout's engine and out of it. A Seat is a place
// at the engine, for a cockpit or a command: it is the engine where there is none,
// is attached to the living one, and takes over when that ends. The doors let other
// seats in to an engine, over a unix socket.
//
//	keys, commands ─▶ Seat.Submit ─▶ feed ─▶ engine      of this process
//	                                     └─▶ socket ─▶ doors ─▶ feed ─▶ engine      of another
//	engine ─▶ feed ─▶ mailboxes: the screen's, and one for each viewer at the doors
//
// A seat has one feed, for all its life: who takes its intents and publishes its
// snapshots changes, the queue and the mailboxes do not. So an intent that comes
// while there is no engine waits for the next.
//
// Who may do what is decided by what the kernel says of a connection, never by
// what comes over it: the engine's user and root all, the members of the config's group
// what engine.May says, a read-only seat nothing. A seat believes an engine by the
// same rule.
//
// Goroutines: Seat.Run starts the ear, which listens for signs of life, and one
// that sends intents while it is attached; it returns when both have ended. The doors' (a
// listener each, and two for each viewer) belong to Engine.Run, which waits for
// them. A panic of one ends that one, and is told as the engine's trouble. Looking up
// a user may hang, and nobody waits for its goroutine then.
//
// A viewer that does not read for 5 s is dropped; its seat attaches again. What
// is dropped of snapshots and intents is the feed's promise.
//
// It imports the engine, which does not know it; it must not import ui, sources or actions.
package attach
