package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
)

func TestRunEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(t *testing.T, s *stage)
		want error
	}{
		{"the person quits", func(t *testing.T, s *stage) { s.write(t, "q") }, nil},
		{"the context ends", func(_ *testing.T, s *stage) { s.stop() }, context.Canceled},
		{"the terminal's input ends", func(_ *testing.T, s *stage) { _ = s.keys.Close() }, ErrTerminalGone},
		{"the terminal's input breaks", func(_ *testing.T, s *stage) { _ = s.keys.CloseWithError(errors.New("input/output error")) }, ErrTerminalGone},
		{"the terminal's output breaks", func(_ *testing.T, s *stage) { s.tty.fail(errors.New("input/output error")) }, ErrTerminalGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, 120, 40, Options{})
				s.feed.publish(next(someSnapshot(), func(s *model.Snapshot) { s.Attached = true }))
				time.Sleep(time.Second)
				c.end(t, s)
				select {
				case err := <-s.done:
					if !errors.Is(err, c.want) {
						t.Errorf("Run returned %v, want %v", err, c.want)
					}
					s.done <- err
				case <-time.After(time.Minute):
					t.Error("Run does not return")
				}
				s.close()
			})
		})
	}
}

// A terminal that takes no output any more does not keep Run from returning.
// Its program is stuck on a mutex, which a bubble's time does not pass by, so this one is in real time.
func TestRunLeavesStuckTerminal(t *testing.T) {
	tty := stuckWriter{entered: make(chan struct{}, 100), release: make(chan struct{})}
	in, keys := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, newFakeFeed(), Options{Input: in, Output: tty, width: 80, height: 24, leave: time.Millisecond,
			Environ: []string{"TERM=xterm", "SSH_TTY=x"}})
	}()
	<-tty.entered
	stop()
	if err := <-done; err == nil {
		t.Error("Run returned as if the person had quit")
	}
	close(tty.release)
	_ = keys.Close()
}

// stuckWriter is a terminal that takes nothing until it is released.
type stuckWriter struct{ entered, release chan struct{} }

func (w stuckWriter) Write(p []byte) (int, error) {
	select {
	case w.entered <- struct{}{}:
	default:
	}
	<-w.release
	return len(p), nil
}

// panicFeed breaks where the screen hands over an intent.
type panicFeed struct{ *fakeFeed }

func (panicFeed) Submit(context.Context, model.Intent) error { panic("broken feed") }

func TestBrokenFeedIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.m.post.feed = panicFeed{d.feed}
		d.press("r")
		d.sees("broken feed")
	})
}

// A panic in the screen itself ends it, with the terminal as it was.
func TestRunSurvivesPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		s := newStage(t, 120, 40, Options{Now: func() time.Time {
			if broken.Load() {
				panic("broken clock (on purpose)")
			}
			return time.Now()
		}})
		s.feed.publish(someSnapshot())
		time.Sleep(time.Second)
		if !s.tty.altScreen() {
			t.Error("not on the alternate screen")
		}
		broken.Store(true)
		err := <-s.done
		if !errors.Is(err, tea.ErrProgramPanic) {
			t.Errorf("Run returned %v, want the panic", err)
		}
		if s.tty.altScreen() {
			t.Error("the terminal was left on the alternate screen")
		}
		s.done <- err
		s.close()
	})
}

func TestFirstFrameWithoutSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 80, 24, Options{})
		defer s.close()
		time.Sleep(50 * time.Millisecond)
		if got := s.tty.screen(); !strings.Contains(got, "waiting for the engine") {
			t.Errorf("the first frame is\n%s", got)
		}
	})
}

// The clock goes on while no snapshot comes, and a lost feed is said.
func TestStalledFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 120, 40, Options{})
		defer s.close()
		s.feed.publish(someSnapshot())
		time.Sleep(1500 * time.Millisecond)
		before := s.tty.screen()
		time.Sleep(time.Second)
		if s.tty.screen() == before {
			t.Error("the clock stands still")
		}
		close(s.feed.mailbox)
		time.Sleep(time.Second)
		if got := s.tty.screen(); !strings.Contains(got, "ENGINE GONE") {
			t.Errorf("nothing says that the engine is gone:\n%s", got)
		}
	})
}

// The newest snapshot is what is seen, however many came in between.
func TestFloodOfSnapshots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 120, 40, Options{})
		defer s.close()
		snap := someSnapshot()
		for range 500 {
			snap = next(snap, func(*model.Snapshot) {})
			s.feed.publish(snap)
		}
		last := next(snap, func(c *model.Snapshot) { c.Lost = "the very last" })
		s.feed.publish(last)
		time.Sleep(time.Second)
		if got := s.tty.screen(); !strings.Contains(got, "the very last") {
			t.Errorf("the newest snapshot is not shown:\n%s", got)
		}
	})
}

func TestKeyThroughTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, 120, 40, Options{})
		defer s.close()
		s.feed.publish(someSnapshot())
		time.Sleep(time.Second)
		s.write(t, "!")
		time.Sleep(90 * time.Millisecond)
		if got := s.feed.intents(); len(got) != 0 {
			t.Errorf("submitted %+v before the key was known to be alone", got)
		}
		time.Sleep(20 * time.Millisecond)
		if got := s.feed.intents(); len(got) != 1 || got[0].Kind != model.ArmRollback {
			t.Errorf("submitted %+v", got)
		}
		s.feed.publish(armed(someSnapshot(), "p1", 3*time.Second))
		time.Sleep(500 * time.Millisecond)
		s.write(t, "\r")
		time.Sleep(150 * time.Millisecond)
		if got := s.feed.intents(); len(got) != 1 || got[0].Kind != model.Fire {
			t.Errorf("submitted %+v", got)
		}
	})
}

func TestAskQuitFromOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ask := make(chan struct{})
		s := newStage(t, 120, 40, Options{AskQuit: ask})
		s.feed.publish(someSnapshot())
		time.Sleep(time.Second)
		ask <- struct{}{}
		time.Sleep(time.Second)
		if got := s.tty.screen(); !strings.Contains(got, "Quit") {
			t.Errorf("nothing asks whether to quit:\n%s", got)
		}
		ask <- struct{}{}
		if err := <-s.done; err != nil {
			t.Errorf("Run returned %v", err)
		}
		s.done <- nil
		s.close()
	})
}

// No size and no storm of sizes makes a frame that overflows.
func TestEverySizeFits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, open := range [][]string{nil, {"?"}, {"e"}, {"b"}, {":"}, {"H"}, {"z"}, {"ctrl+c"}, {"/", "e"}} {
			for _, snap := range []*model.Snapshot{nil, someSnapshot(), armed(someSnapshot(), "p", time.Second),
				next(someSnapshot(), func(s *model.Snapshot) { s.Lost, s.Journal, s.ConfigChanged = "x", "y", "z" })} {
				d := newDesk(t, snap)
				d.press(open...)
				for _, size := range [][2]int{{120, 40}, {1, 1}, {2, 1}, {1, 3}, {20, 5}, {79, 24}, {80, 23}, {80, 24}, {0, 0}, {400, 120}, {80, 24}, {120, 40}} {
					d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					if problem := overflows(d.m.View().Content, size[0], size[1]); problem != "" {
						t.Fatalf("%v at %v: %s", open, size, problem)
					}
				}
			}
		}
	})
}

// TestAViewerEndsAtOnceWhenToldTo: it loses nothing, and who ends a session need not wait for it.
func TestAViewerEndsAtOnceWhenToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ask := make(chan struct{})
		s := newStage(t, 120, 40, Options{AskQuit: ask})
		snap := someSnapshot()
		snap.Attached = true
		s.feed.publish(snap)
		time.Sleep(time.Second)
		ask <- struct{}{}
		if err := <-s.done; err != nil {
			t.Errorf("Run returned %v", err)
		}
		s.done <- nil
		s.close()
	})
}
