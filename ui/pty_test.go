package ui

import (
	"bytes"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"gonogo/model"
)

// realTTY is a pseudo-terminal with what came out of it.
type realTTY struct {
	master, slave *os.File
	out           chan []byte
}

func newRealTTY(t *testing.T) *realTTY {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skipf("needs a pseudo-terminal: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 40, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	r := &realTTY{master, slave, make(chan []byte, 1000)}
	go func() {
		defer close(r.out)
		for {
			buf := make([]byte, 4096)
			n, err := master.Read(buf)
			if err != nil {
				return
			}
			r.out <- buf[:n]
		}
	}()
	t.Cleanup(func() { _, _ = master.Close(), slave.Close() })
	return r
}

// until waits until text came out.
func (r *realTTY) until(t *testing.T, text string) {
	t.Helper()
	var all []byte
	deadline := time.After(10 * time.Second)
	for {
		select {
		case b, ok := <-r.out:
			if all = append(all, b...); bytes.Contains(all, []byte(text)) {
				return
			}
			if !ok {
				t.Fatalf("the terminal ended before %q came: %q", text, all)
			}
		case <-deadline:
			t.Fatalf("%q did not come: %q", text, all)
		}
	}
}

func TestRealTerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*realTTY)
		want error
	}{
		{"quit", func(r *realTTY) { _, _ = r.master.Write([]byte("q")) }, nil},
		{"hang up", func(r *realTTY) { _ = r.master.Close() }, ErrTerminalGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRealTTY(t)
			before, err := term.GetState(r.slave.Fd())
			if err != nil {
				t.Fatal(err)
			}
			feed := newFakeFeed()
			feed.publish(next(someSnapshot(), func(s *model.Snapshot) { s.Attached = true }))
			dark, done := true, make(chan error, 1)
			go func() {
				done <- Run(t.Context(), feed, Options{Actor: model.Actor{Name: "ana"}, Input: r.slave, Output: r.slave, Dark: &dark,
					Environ: []string{"TERM=xterm-256color", "SSH_TTY=x"}})
			}()
			r.until(t, "Real retrieval")
			c.end(r)
			select {
			case err := <-done:
				if !errors.Is(err, c.want) {
					t.Errorf("Run returned %v, want %v", err, c.want)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("Run does not return")
			}
			if c.want != nil {
				return // there is no terminal left to look at
			}
			after, err := term.GetState(r.slave.Fd())
			if err != nil {
				t.Fatal(err)
			}
			if *before != *after {
				t.Error("the terminal is not set as it was before")
			}
		})
	}
}
