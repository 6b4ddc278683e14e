// Package feed is where an engine and its viewers meet: one queue of intents,
// and one mailbox of snapshots for each viewer. A place at a rollout has one feed
// for all its life, whoever its engine is meanwhile: one in this process, one
// behind a socket, or none for a moment. It implements the cockpit's Feed.
//
// Goroutines: it starts none, and all of it may be used by several at once;
// only one at a time takes intents. No method waits for anything but a short lock.
//
// Snapshots are dropped where a viewer does not keep up, the newest never.
// Intents are never dropped: one for which there is no room is refused to whoever
// sent it, and one that nobody takes yet waits for the engine to come.
//
// It imports the model alone.
package feed

import (
	"sync"
	"time"

	"gonogo/model"
)

const (
	queueLength = 64 // intents that wait
	answersKept = 32
)

// Feed is one place's queue and mailboxes.
type Feed struct {
	heard func() // is called after each Publish; may be nil

	mu      sync.Mutex // of what follows; also held by who puts into the queue
	latest  *model.Snapshot
	boxes   map[chan *model.Snapshot]struct{}
	closed  bool
	queue   chan Asked
	hurries func() (taken func()) // of the engine that takes intents; nil: it does not care
	waits   []time.Time           // since when each intent waits that is not taken yet, oldest first
	answers []model.Answer
}

// New returns a feed. heard is called after each snapshot that an engine
// publishes, and must not wait; it may be nil.
func New(heard func()) *Feed {
	return &Feed{heard: heard, boxes: map[chan *model.Snapshot]struct{}{}, queue: make(chan Asked, queueLength)}
}
