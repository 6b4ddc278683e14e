package dotenv

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// TestDiskThatHangsDelaysNoWayDown holds that a way down is not kept by an fsync, and a way up is.
func TestDiskThatHangsDelaysNoWayDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func() error { time.Sleep(5 * time.Second); return nil }
		began := time.Now()
		if err := durable(model.WithHaste(context.Background()), slow); err != nil || time.Since(began) > 200*time.Millisecond {
			t.Errorf("a way down: %v after %v", err, time.Since(began))
		}
		began = time.Now()
		if err := durable(context.Background(), slow); err != nil || time.Since(began) < 5*time.Second {
			t.Errorf("a way up: %v after %v", err, time.Since(began))
		}
		broken := errors.New("broken")
		if err := durable(model.WithHaste(context.Background()), func() error { return broken }); !errors.Is(err, broken) {
			t.Errorf("an error that comes in time: got %v", err)
		}
	})
}
