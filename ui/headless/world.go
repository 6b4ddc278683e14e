package headless

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gonogo/model"
)

// with opens a session in which nothing is changed, see stay.
func (w *World) with(ctx context.Context, path string, f func(context.Context, *session) error) error {
	return w.stay(ctx, path, Look, f)
}

// change opens a session in which something may be changed, see stay.
func (w *World) change(ctx context.Context, path string, f func(context.Context, *session) error) error {
	return w.stay(ctx, path, Change, f)
}

// stay opens a session, runs f in it and closes it, waiting for a plan that
// runs. It waits for no engine that is silent.
func (w *World) stay(ctx context.Context, path string, use Use, f func(context.Context, *session) error) error {
	o, err := w.Open(path, use)
	if err != nil {
		return err
	}
	s := &session{w: w, seat: o.Seat, ended: make(chan error, 1)}
	work, stop := context.WithCancel(context.WithoutCancel(ctx)) // a plan outlives the first signal
	defer stop()
	box, done := o.Seat.Subscribe()
	s.box = box
	go func() { s.ended <- o.Seat.Run(work) }()
	result := s.begin(ctx, o.Trouble)
	if result == nil {
		result = f(ctx, s)
		s.attend(ctx, result)
	}
	done()
	stop()
	var silent *Silent
	if errors.As(result, &silent) { // it may never end, and nobody waits for that
		select {
		case err := <-s.ended:
			_ = err // what is wrong with it is said
		case <-time.After(time.Second):
		}
		silent.asked = s.asked
		return silent.exit(use)
	}
	if err := <-s.ended; err != nil && result == nil {
		result = err
	} else if errors.Is(result, errNoEngine) {
		result = err
	}
	return result
}

// goDown is stay for a way down. Where the engine is silent and glass was asked
// for, it ends that engine, once it is confirmed, and goes on without it.
func (w *World) goDown(ctx context.Context, path string, look, glass bool, how consent, f func(context.Context, *session) error) error {
	use := WayDown
	if look {
		use = LookDown
	}
	err := w.stay(ctx, path, use, f)
	var silent *Silent
	if !glass || !errors.As(err, &silent) || silent.Own || silent.Foreign != "" {
		return err
	}
	_, _ = fmt.Fprintf(w.Err, "gonogo: %v\n", silent)
	if how.dry {
		_, err := fmt.Fprintln(w.Err, "dry run: it would be ended with SIGKILL")
		return err
	}
	s := &session{w: w, rollout: &model.Rollout{Environment: model.Environment{Name: "break-glass", Critical: true}}}
	if err := (driver{s}).confirm(ctx, how); err != nil {
		return err
	}
	pid, err := w.BreakGlass(ctx, silent.Dir)
	if err != nil {
		return Exit{ExitNeedsHuman, err}
	}
	if pid != 0 {
		_, _ = fmt.Fprintf(w.Err, "gonogo: BREAK-GLASS: ended the engine, pid %d, with SIGKILL; a write of it that was under way may still have landed\n", pid)
	}
	return w.stay(ctx, path, use, f)
}
