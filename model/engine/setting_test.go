package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// sick is a store whose reading hangs or fails, and which takes writes only
// from some time on.
type sick struct {
	mu       sync.Mutex
	value    model.Value
	hangs    bool // a look never answers, whatever its context says
	from     time.Time
	wrote    time.Time // first
	released chan struct{}
}

func (s *sick) Observe(context.Context) (model.Value, error) {
	s.mu.Lock()
	hangs, v := s.hangs, s.value
	s.mu.Unlock()
	if hangs {
		<-s.released
	}
	return v, nil
}

func (s *sick) Set(_ context.Context, v model.Value) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.from) {
		return errors.New("503 Service Unavailable")
	}
	if s.wrote.IsZero() {
		s.wrote = time.Now()
	}
	s.value = v
	return nil
}

// sickWorld has beside the world's flags one of a sick store, which is on.
func sickWorld(t *testing.T) (*world, *sick, Options) {
	w := newWorld()
	s := &sick{value: model.BoolValue(true), released: make(chan struct{})}
	t.Cleanup(func() { close(s.released) })
	o := options(t, w, t.TempDir())
	o.Rollout.Flags = append(o.Rollout.Flags, model.Flag{ID: "sick", Type: model.Bool, Safe: model.BoolValue(false), Every: time.Hour})
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Switches["sick"] = s
		return parts, err
	}
	return w, s, o
}

func (s *sick) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// TestWaysDownSetTheFlags: whatever hangs, fails or panics beside them, the
// flags are written within 5 s of the rollback.
func TestWaysDownSetTheFlags(t *testing.T) {
	t.Parallel()
	for bits := range 16 {
		hangs, busy, bomb, deaf := bits&1 != 0, bits&2 != 0, bits&4 != 0, bits&8 != 0
		t.Run(fmt.Sprintf("hangs=%v 503=%v bomb=%v notify hangs=%v", hangs, busy, bomb, deaf), func(t *testing.T) {
			t.Parallel()
			w, s, o := sickWorld(t)
			build := o.Build
			o.Build = func() (model.Parts, error) {
				parts, err := build()
				if bomb {
					parts.Sources["bomb"] = model.BuiltSource{Kind: "fake", Source: bombSource{}}
				}
				if deaf {
					parts.Actions["tell"] = deafAction{s.released}
				}
				return parts, err
			}
			if deaf {
				o.Rollout.Actions = append(o.Rollout.Actions, model.ActionSpec{ID: "tell", Title: "tell", Timeout: time.Second})
				o.Rollout.Rollbacks[0].Notify = []model.ActionID{"tell"}
			}
			p := board(t, o)
			p.enter("ten")
			began := time.Now()
			s.with(func() {
				s.hangs = hangs
				if busy {
					s.from = began.Add(1500 * time.Millisecond)
				}
			})
			if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
				t.Fatal(a.Err)
			}
			off := false
			for deadline := time.After(5 * time.Second); !off; {
				select {
				case p.last = <-p.box: // ten times a second, at least
				case <-deadline:
					t.Fatal("a flag is on after 5 s")
				}
				s.with(func() { off = !s.wrote.IsZero() })
				w.with(func() { off = off && w.store["real"].Equal(model.BoolValue(false)) })
			}
			s.with(func() { s.hangs = false })
			p.ended()
		})
	}
}

type bombSource struct{}

func (bombSource) Run(context.Context, model.Emitter) error { panic("bomb") }

// deafAction hangs, and does not look at its context before release.
type deafAction struct{ release chan struct{} }

func (deafAction) Preview(model.Args) model.Preview { return model.Preview{Title: "tell"} }

func (a deafAction) Do(ctx context.Context, _ model.Args, _ io.Writer) error {
	select {
	case <-ctx.Done():
	case <-a.release:
	}
	return ctx.Err()
}
