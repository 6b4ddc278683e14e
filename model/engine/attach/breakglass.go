package attach

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"gonogo/model/engine/record"
)

// glassTime is how long a killed engine may take to let go of its lock.
const glassTime = 3 * time.Second

// BreakGlass ends the engine of the state directory dir with SIGKILL, and waits until
// its lock is free. It returns its pid, 0 where there was none to end. It
// ends only a process of this user in this pid namespace that the kernel names as
// the one at the socket, or at the lock.
func BreakGlass(ctx context.Context, dir string) (int, error) {
	ctx, done := context.WithTimeout(ctx, 2*glassTime)
	defer done()
	pid, err := culprit(ctx, dir)
	if err != nil || pid == 0 {
		return 0, err
	}
	process, err := os.FindProcess(pid) // holds on to this very process
	if err != nil {
		return pid, err
	}
	defer func() { _ = process.Release() }()
	if err := sameUser(pid); err != nil {
		return pid, fmt.Errorf("the silent engine cannot be ended: %w", err)
	}
	if again, err := culprit(ctx, dir); err != nil || again != pid {
		return pid, errors.Join(errors.New("the engine changed meanwhile: try again"), err)
	}
	if err := process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return pid, fmt.Errorf("the silent engine (pid %d) cannot be ended: %w", pid, err)
	}
	return pid, untilFree(ctx, dir, pid)
}

// culprit returns the pid of the engine of dir, 0 for none.
func culprit(ctx context.Context, dir string) (int, error) {
	// The socket first: whoever listens there is the engine, also where its lock was taken away.
	if conn, err := dial(ctx, dir); err == nil {
		defer func() { _ = conn.Close() }()
		pid, _, err := peer(conn)
		if err == nil && pid == 0 {
			err = errors.New("it runs in another pid namespace (a container): end it from there")
		}
		if err != nil {
			return 0, fmt.Errorf("the silent engine cannot be ended: %w", err)
		}
		return pid, notMe(pid)
	}
	if l, err := record.TakeLock(dir); err == nil {
		l.Release()
		return 0, nil
	}
	pid := lockHolder(dir)
	if pid == 0 {
		return 0, fmt.Errorf("the lock of %s is held, and nothing says by whom: find it with `fuser %s/lock` and end it", dir, dir)
	}
	if name := stranger(pid, record.HolderOf(dir).PID); name != "" {
		return 0, fmt.Errorf("process %d (%s) holds the lock of %s and is no engine: see what it is, end it with `kill %d`, and roll back again", pid, name, dir, pid)
	}
	return pid, notMe(pid)
}

func notMe(pid int) error {
	if pid == os.Getpid() {
		return errors.New("this process is the engine itself")
	}
	return nil
}

// untilFree waits until dir's lock can be taken.
func untilFree(ctx context.Context, dir string, pid int) error {
	ctx, done := context.WithTimeout(ctx, glassTime)
	defer done()
	for {
		l, err := record.TakeLock(dir)
		if err == nil {
			l.Release()
		}
		if !errors.Is(err, record.ErrLocked) { // free, or such that nobody can take it
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the engine (pid %d) was killed and does not die, so its disk hangs; nothing was changed: switch the flags off by hand, "+
				"then see what `ps -o pid,stat,wchan -p %d` waits for", pid, pid)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
