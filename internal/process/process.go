package process

import (
	"context"
	"io"
	"os/exec"
	"syscall"
	"time"

	"gonogo/internal/secret"
)

// Grace is how long a program that is told to end has for it, and how long
// output is waited for that a grandchild holds open.
const Grace = 5 * time.Second

// killGrace is how long what was killed is waited for, and output that one holds
// open who left the group.
const killGrace = time.Second / 2

// Spec says what to run.
type Spec struct {
	Argv []string // the program and its arguments, as they are
	Dir  string   // absolute; also where a program named by a relative path is looked for
	Env  []string // all of its environment, KEY=VALUE, see Environ
	// Out gets stdout as it comes, secrets and all: it is for values. Nil: nobody.
	Out io.Writer
	Err io.Writer // gets stderr likewise, at the same time as Out; nil: stderr goes where stdout goes
	// Log replaces Out and Err where it is not nil: it gets both, without Secrets.
	Log     io.Writer
	Secrets *secret.Set // what no Log and no error may show; nil: there are none
	// EndsGroup says that what the program leaves running in its group ends with
	// it, and that it is an error if any of that holds the output open.
	EndsGroup bool
	// Grace replaces the constant Grace where it is > 0.
	Grace time.Duration
}

// Run runs s until it ends or ctx does. An error is an *Ended if the program
// was started and ended otherwise than with status 0; that wraps ctx's error
// where ctx was the reason.
func Run(ctx context.Context, s Spec) error {
	path, err := Lookup(s.Argv, s.Dir, s.Env)
	if err != nil {
		return err
	}
	start := time.Now()
	limit := limitOf(ctx, start)
	if err := ctx.Err(); err != nil {
		return &Ended{Cause: err, Limit: limit}
	}
	if s.Grace <= 0 {
		s.Grace = Grace
	}
	cmd := &exec.Cmd{
		Path: path, Args: s.Argv, Dir: s.Dir, Env: s.Env,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
	}
	if cmd.Env == nil {
		cmd.Env = []string{} // nil would mean the whole of our own
	}
	out, err := openOutput(cmd, s)
	if err != nil {
		return programError(s.Argv[0], err)
	}
	if err := out.start(cmd); err != nil {
		return startError(path, s.Dir, err)
	}
	cause, left := supervise(ctx, cmd, out, s)
	return ended(cmd, Ended{
		Cause: cause, Limit: limit, After: time.Since(start), Left: left,
		Last: out.lastLine(), broken: out.broken(),
	})
}

// supervise waits for cmd and its output, and ends both when ctx is done: then
// cause is ctx's error. It reports left if the program could not be killed.
func supervise(ctx context.Context, cmd *exec.Cmd, out *output, s Spec) (cause error, left bool) {
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		awaitExit(cmd)
	}()
	select {
	case <-exited:
		// Who still holds the output, a daemon that was started, say, is left alone.
		expired, stop := after(s.Grace)
		defer stop()
		if !wait(out.drained, expired, ctx.Done()) && s.EndsGroup {
			out.held = ErrHeldOpen
		}
		if s.EndsGroup {
			signalGroup(cmd.Process.Pid, syscall.SIGKILL)
		}
	case <-ctx.Done():
		cause = ctx.Err()
		group := cmd.Process.Pid
		expired, stop := after(s.Grace)
		defer stop()
		signalGroup(group, syscall.SIGTERM)
		if wait(exited, expired, nil) {
			wait(out.drained, expired, nil)
		}
		// The program is not reaped yet, so that the group's number is still its own.
		signalGroup(group, syscall.SIGKILL)
		killed, stopKilled := after(min(s.Grace, killGrace))
		defer stopKilled()
		if !wait(exited, killed, nil) {
			out.close()
			return cause, true // stuck in the kernel; the goroutine above ends when it does
		}
		wait(out.drained, killed, nil)
	}
	out.close()
	reap(cmd)
	return cause, false
}

// wait reports whether done came before expired and cancelled.
func wait(done, expired, cancelled <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-expired:
	case <-cancelled:
	}
	return false
}

// after returns a channel that is closed in d, and what releases its timer.
func after(d time.Duration) (<-chan struct{}, func() bool) {
	c := make(chan struct{})
	t := time.AfterFunc(d, func() { close(c) })
	return c, t.Stop
}

// limitOf returns how long ctx gives from now on; 0: for ever.
func limitOf(ctx context.Context, now time.Time) time.Duration {
	d, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return d.Sub(now)
}

// signalGroup sends sig to every member of a process group. That none is left is no error.
func signalGroup(group int, sig syscall.Signal) {
	_ = syscall.Kill(-group, sig)
}
