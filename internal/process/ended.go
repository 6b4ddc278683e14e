package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Ended says how a program ended that did not end well.
type Ended struct {
	Status int            // its exit status; -1 where there is none
	Signal syscall.Signal // that ended it; 0: none
	Cause  error          // the context's error, if that ended it
	Limit  time.Duration  // what the context gave it; 0: for ever
	After  time.Duration  // how long it ran
	Last   string         // the last line that it printed, inert and without secrets
	Left   bool           // it could not be killed, and is still there
	broken error          // its output could not be taken
}

// Error returns something like "exit status 3: no such unit".
func (e *Ended) Error() string {
	var b strings.Builder
	switch {
	case errors.Is(e.Cause, context.DeadlineExceeded):
		fmt.Fprintf(&b, "timed out after %s", round(e.Limit))
	case e.Cause != nil:
		fmt.Fprintf(&b, "cancelled after %s", round(e.After))
	case e.broken != nil:
		fmt.Fprintf(&b, "output: %s", e.broken)
	case e.Signal != 0:
		fmt.Fprintf(&b, "ended by signal %d (%s)", int(e.Signal), e.Signal)
	default:
		fmt.Fprintf(&b, "exit status %d", e.Status)
	}
	if e.Left {
		b.WriteString(", and could not be killed")
	}
	if e.Last != "" {
		b.WriteString(": " + e.Last)
	}
	return b.String()
}

// Unwrap returns the context's error, if that ended the program, and else why its
// output could not be taken, ErrTooMuch, say; nil where it was neither.
func (e *Ended) Unwrap() error {
	if e.Cause != nil {
		return e.Cause
	}
	return e.broken
}

// ended completes e by what is known of cmd, and returns it; nil if all is well.
func ended(cmd *exec.Cmd, e Ended) error {
	e.Status = -1
	if cmd.ProcessState != nil {
		e.Status = cmd.ProcessState.ExitCode()
		if w, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && w.Signaled() {
			e.Signal = w.Signal()
		}
	}
	if e.Cause == nil && e.Status == 0 && e.broken == nil {
		return nil
	}
	return &e
}

func reap(cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		_ = cmd.Wait() // what it would say is in cmd.ProcessState
	}
}

// round makes d short to read: whole seconds from one second up.
func round(d time.Duration) time.Duration {
	if d >= time.Second {
		return d.Round(time.Second)
	}
	return d.Round(time.Millisecond)
}
