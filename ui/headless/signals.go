package headless

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// askAgain is how long the first INT or TERM counts as the first: one that
// comes later asks again.
const askAgain = time.Minute

// Signals turns the process's signals into what they ask for. A command is
// asked to end by the first INT, TERM or HUP. A cockpit asks its person first, and is
// ended by a second INT or TERM, or by HUP, which says that its terminal went.
type Signals struct {
	// First ends when the view shall; a plan that runs is not given up by that.
	First context.Context
	// Again ends when a running plan shall stop at its next step's boundary.
	Again context.Context
	// Ask has a value for each INT or TERM that a cockpit's person is to be asked about.
	Ask <-chan struct{}

	asks  atomic.Bool
	c     chan os.Signal
	ended chan struct{}
}

// Catch begins to catch signals, until Stop. PIPE is ignored: a reader that
// went away must not end an engine.
func Catch() *Signals {
	signal.Ignore(syscall.SIGPIPE)
	ask := make(chan struct{}, 1)
	s := &Signals{Ask: ask, c: make(chan os.Signal, 4), ended: make(chan struct{})}
	first, cancelFirst := context.WithCancel(context.Background())
	again, cancelAgain := context.WithCancel(context.Background())
	s.First, s.Again = first, again
	signal.Notify(s.c, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		defer cancelFirst()
		defer cancelAgain()
		s.route(cancelFirst, cancelAgain, ask, time.Now)
	}()
	return s
}

func (s *Signals) route(endView, endPlan context.CancelFunc, ask chan<- struct{}, now func() time.Time) {
	var asked time.Time
	for {
		select {
		case <-s.ended:
			return
		case got := <-s.c:
			switch {
			case got == syscall.SIGHUP:
				endView()
			case s.First.Err() != nil, !asked.IsZero() && now().Sub(asked) < askAgain:
				endPlan()
				endView()
			case s.asks.Load():
				asked = now()
				select {
				case ask <- struct{}{}:
				default:
				}
			default:
				endView()
			}
		}
	}
}

// AskFirst says that there is a person at a cockpit to be asked.
func (s *Signals) AskFirst() { s.asks.Store(true) }

// Stop ends the catching; both contexts end with it.
func (s *Signals) Stop() {
	signal.Stop(s.c)
	close(s.ended)
}
