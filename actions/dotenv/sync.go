package dotenv

import (
	"context"
	"time"

	"gonogo/model"
)

// hasteFor is how long a way down waits for a disk to say that something is durable.
const hasteFor = 100 * time.Millisecond

// durable waits for sync. On a way down it waits no longer than hasteFor: the
// value must be there soon, and the disk goes on with it meanwhile; only a power cut in
// that time could lose it.
func durable(ctx context.Context, sync func() error) error {
	if !model.Hasty(ctx) {
		return sync()
	}
	done := make(chan error, 1)
	go func() { done <- sync() }() // ends with the disk's answer
	timer := time.NewTimer(hasteFor)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return nil
	}
}
