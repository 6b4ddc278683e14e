package record

import (
	"sync"
	"time"

	"gonogo/model"
)

// keeper writes the newest of what no journal has into the state directory, and
// where that cannot be written, or does not answer, elsewhere. It works in a goroutine of
// its own while there is something to write, and nobody waits for it but the engine's end.
type keeper struct {
	mu    sync.Mutex
	group sync.WaitGroup
	busy  bool
	next  func() error // newest wins
	err   error        // of the last write, nil: it is kept
}

// keep has u written.
func (k *keeper) keep(dir string, u model.Unaudited) { k.do(func() error { return leave(dir, u) }) }

// drop has what was written taken away.
func (k *keeper) drop(dir string) { k.do(func() error { return remove(dir) }) }

func (k *keeper) do(f func() error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = f
	if k.busy {
		return
	}
	k.busy = true
	k.group.Go(func() {
		for {
			k.mu.Lock()
			f := k.next
			k.next = nil
			k.busy = f != nil
			k.mu.Unlock()
			if f == nil {
				return
			}
			err := f()
			k.mu.Lock()
			k.err = err
			k.mu.Unlock()
		}
	})
}

// wait waits until the newest is written, no longer than d.
func (k *keeper) wait(d time.Duration) { settled(&k.group, d) }

// failed returns why the last write failed, nil: it did not.
func (k *keeper) failed() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

// settled waits until the group has ended, no longer than d, and reports whether it has.
func settled(group *sync.WaitGroup, d time.Duration) bool {
	done := make(chan struct{})
	go func() { // ends with the group
		group.Wait()
		close(done)
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
