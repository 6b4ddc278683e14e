package feed

import "gonogo/model"

// Subscribe returns a mailbox of one for snapshots, newest wins, and what to
// call when it is no longer read. It has the latest snapshot already if there
// is one, and is closed with the feed.
func (f *Feed) Subscribe() (<-chan *model.Snapshot, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	box := make(chan *model.Snapshot, 1)
	if f.latest != nil {
		box <- f.latest
	}
	if f.closed {
		close(box)
		return box, func() {}
	}
	f.boxes[box] = struct{}{}
	return box, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if _, ok := f.boxes[box]; ok {
			delete(f.boxes, box)
			close(box)
		}
	}
}

// Publish hands an engine's snapshot to every viewer. One that a viewer did not
// take yet is replaced by it, so nobody waits for a viewer.
func (f *Feed) Publish(s *model.Snapshot) {
	f.mu.Lock()
	f.publish(s)
	f.mu.Unlock()
	if f.heard != nil {
		f.heard()
	}
}

// publish is Publish, under the lock.
func (f *Feed) publish(s *model.Snapshot) {
	f.latest = s
	for box := range f.boxes {
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

// Mark shows the latest snapshot again, as the last that was seen of an engine
// that is lost, and why. It is no sign of life of that engine.
func (f *Feed) Mark(why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	why = model.Inert(why)
	if f.latest == nil || f.latest.Lost == why {
		return
	}
	c := *f.latest
	c.Lost = why
	f.publish(&c)
}

// Last returns the latest snapshot, nil before the first.
func (f *Feed) Last() *model.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.latest
}

// Viewers returns how many mailboxes there are.
func (f *Feed) Viewers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.boxes)
}

// Close closes every mailbox: there will be no more snapshots.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for box := range f.boxes {
		close(box)
	}
	clear(f.boxes)
}
