package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"
)

// ErrTerminalGone is what Run returns, wrapped, when the terminal went away or
// takes nothing any more: nobody quit, and whatever runs should go on without a screen.
var ErrTerminalGone = errors.New("the terminal is gone")

// leaveWithin is how long Run waits for a screen that must end, but is stuck
// in a write.
const leaveWithin = 2 * time.Second

// Run shows the cockpit until the person quits, which is nil, or ctx ends,
// which is its error. It returns ErrTerminalGone when the terminal does. The
// terminal is as before when it returns, also after a panic, which becomes an error.
func Run(ctx context.Context, feed Feed, o Options) (err error) {
	o = o.withDefaults()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	mailbox, unsubscribe := feed.Subscribe()
	defer unsubscribe()
	defer restore(o.Input, o.Output)()

	m := newModel(ctx, feed, mailbox, o)
	opts := []tea.ProgramOption{
		tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(o.FPS),
		tea.WithInput(watchInput(o.Input, cancel)), tea.WithOutput(watchOutput(o.Output, cancel)),
	}
	if o.Environ != nil {
		opts = append(opts, tea.WithEnvironment(o.Environ))
	}
	if o.width > 0 {
		opts = append(opts, tea.WithWindowSize(o.width, o.height))
	}
	if o.profile != nil {
		opts = append(opts, tea.WithColorProfile(*o.profile))
	}
	program := tea.NewProgram(m, opts...)
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("screen: panic: %v", r)
			}
		}()
		_, err := program.Run()
		done <- err
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = await(done, o.leave)
	}
	return ended(ctx, err)
}

// await gives the program a moment to leave the screen in order. One that is
// stuck in a write to the terminal is left behind: nothing can end it.
func await(done <-chan error, within time.Duration) error {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case err := <-done:
		return err
	case <-t.C:
		return fmt.Errorf("screen: %w: it takes no output", ErrTerminalGone)
	}
}

// ended turns what the program returned into what Run promises.
func ended(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err != nil {
		return fmt.Errorf("screen: %w", err)
	}
	return nil
}

// restore remembers how the terminal is set, and returns what sets it so again.
func restore(ends ...any) func() {
	var undo []func()
	for _, end := range ends {
		f, ok := end.(term.File)
		if !ok || !term.IsTerminal(f.Fd()) {
			continue
		}
		if state, err := term.GetState(f.Fd()); err == nil {
			undo = append(undo, func() { _ = term.Restore(f.Fd(), state) })
		}
	}
	return func() {
		for _, f := range undo {
			f()
		}
	}
}

// watchedFile is a terminal whose end is noticed.
type watchedFile struct {
	*os.File
	gone func(error)
}

func (f watchedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if err != nil {
		f.gone(err)
	}
	return n, err
}

func (f watchedFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		f.gone(err)
	}
	return n, err
}

// goneBy returns what ends the program with ErrTerminalGone, once.
func goneBy(cancel context.CancelCauseFunc) func(error) {
	var told atomic.Bool
	return func(err error) {
		if told.CompareAndSwap(false, true) {
			cancel(fmt.Errorf("screen: %w: %w", ErrTerminalGone, err))
		}
	}
}

// watchInput notices the end of r; Bubble Tea alone would go on without keys.
func watchInput(r io.Reader, cancel context.CancelCauseFunc) io.Reader {
	if f, ok := r.(*os.File); ok {
		return watchedFile{f, goneBy(cancel)}
	}
	return watchedReader{r, goneBy(cancel)}
}

func watchOutput(w io.Writer, cancel context.CancelCauseFunc) io.Writer {
	if f, ok := w.(*os.File); ok {
		return watchedFile{f, goneBy(cancel)}
	}
	return watchedWriter{w, goneBy(cancel)}
}

type watchedReader struct {
	io.Reader
	gone func(error)
}

func (r watchedReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil {
		r.gone(err)
	}
	return n, err
}

type watchedWriter struct {
	io.Writer
	gone func(error)
}

func (w watchedWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil {
		w.gone(err)
	}
	return n, err
}
