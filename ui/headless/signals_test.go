package headless

import (
	"context"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestSignals(t *testing.T) {
	for _, c := range []struct {
		name               string
		cockpit            bool
		signals            []os.Signal
		pause              time.Duration // between them
		asked, view, plans bool
	}{
		{"a command ends at the first", false, []os.Signal{syscall.SIGTERM}, 0, false, true, false},
		{"and its plan at the second", false, []os.Signal{syscall.SIGTERM, syscall.SIGINT}, 0, false, true, true},
		{"a cockpit asks", true, []os.Signal{syscall.SIGTERM}, 0, true, false, false},
		{"and ends at the second", true, []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, time.Second, true, true, true},
		{"unless that comes much later", true, []os.Signal{syscall.SIGINT, syscall.SIGTERM}, time.Hour, true, false, false},
		{"a lost terminal asks nobody", true, []os.Signal{syscall.SIGHUP}, 0, false, true, false},
		{"and ends no plan", true, []os.Signal{syscall.SIGHUP, syscall.SIGHUP}, 0, false, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ask := make(chan struct{}, 1)
				s := &Signals{Ask: ask, c: make(chan os.Signal, 4), ended: make(chan struct{})}
				first, endView := context.WithCancel(context.Background())
				again, endPlan := context.WithCancel(context.Background())
				defer endView()
				defer endPlan()
				s.First, s.Again = first, again
				s.asks.Store(c.cockpit)
				go s.route(endView, endPlan, ask, time.Now)
				defer close(s.ended)
				for _, sig := range c.signals {
					s.c <- sig
					time.Sleep(c.pause) // of the bubble's clock
					synctest.Wait()
				}
				if got := len(ask) > 0; got != c.asked {
					t.Errorf("asked %v, wanted %v", got, c.asked)
				}
				if got := first.Err() != nil; got != c.view {
					t.Errorf("the view ends %v, wanted %v", got, c.view)
				}
				if got := again.Err() != nil; got != c.plans {
					t.Errorf("the plan ends %v, wanted %v", got, c.plans)
				}
			})
		})
	}
}
