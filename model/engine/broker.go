package engine

import (
	"sync"

	"gonogo/model"
)

// broker hands snapshots to viewers. Each has a mailbox of one: a snapshot
// that was not taken yet is replaced by a newer one, so nobody waits for a viewer.
type broker struct {
	mu     sync.Mutex
	latest *model.Snapshot
	boxes  map[chan *model.Snapshot]struct{}
	closed bool
}

// subscribe returns a mailbox, which has the latest snapshot already if there
// is one, and what to call at the end. The mailbox is closed with the broker.
func (b *broker) subscribe() (<-chan *model.Snapshot, func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	box := make(chan *model.Snapshot, 1)
	if b.latest != nil {
		box <- b.latest
	}
	if b.closed {
		close(box)
		return box, func() {}
	}
	if b.boxes == nil {
		b.boxes = map[chan *model.Snapshot]struct{}{}
	}
	b.boxes[box] = struct{}{}
	return box, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if _, ok := b.boxes[box]; ok {
			delete(b.boxes, box)
			close(box)
		}
	}
}

func (b *broker) publish(s *model.Snapshot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.latest = s
	for box := range b.boxes {
		select {
		case box <- s:
		default:
			select {
			case <-box:
			default:
			}
			box <- s // nobody else sends: there is room
		}
	}
}

func (b *broker) last() *model.Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.latest
}

func (b *broker) viewers() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.boxes)
}

func (b *broker) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.closed = true
	for box := range b.boxes {
		close(box)
	}
	b.boxes = nil
}
