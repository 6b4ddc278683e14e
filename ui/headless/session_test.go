package headless

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// placid is the seat at an engine that says nothing more.
type placid struct{ Seat }

func (placid) Silent() (model.Silence, bool) { return model.Silence{}, false }

// TestAFreshWordOfALivingEngineIsEnough: whoever asks it where things stand need not wait for a second one. An engine that
// began just now, that of a command, and an old word are no such thing.
func TestAFreshWordOfALivingEngineIsEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			lives, old time.Duration
			transient  bool
			enough     bool
		}{
			"living":    {time.Hour, time.Second, false, true},
			"new":       {time.Second, 0, false, false},
			"a command": {time.Hour, 0, true, false},
			"old word":  {time.Hour, time.Minute, false, false},
		} {
			now, box := time.Now(), make(chan *model.Snapshot, 1)
			box <- &model.Snapshot{At: now.Add(-c.old), Engine: model.EngineInfo{PID: 1, Since: now.Add(-c.lives), Transient: c.transient}, Rollout: &model.Rollout{}}
			s := &session{w: &World{Now: time.Now}, rollout: &model.Rollout{}, seat: placid{}, box: box}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			snap, err := s.settled(ctx)
			cancel()
			if enough := err == nil && snap != nil; enough != c.enough {
				t.Errorf("%s: %v, %v", name, snap, err)
			}
		}
	})
}
