package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// ErrLocked says that another engine holds the state directory.
var ErrLocked = errors.New("another engine holds the state directory")

// LockName is the lock's file in the state directory, and SocketName the
// engine's socket, which stands beside it: who finds one finds the other.
const (
	LockName   = "lock"
	SocketName = "socket"
)

// Lock is the state directory's lock: whoever has it is the engine. It may be
// used by several goroutines at once.
type Lock struct {
	mu   sync.Mutex
	file *os.File // nil: there is nothing that could be locked
	dir  string
	home os.FileInfo // dir, as it was when the lock was taken; nil: unknown
	path string      // what file is
}

// TakeLock takes dir's lock without waiting. The error is ErrLocked if another
// process has it. The caller must Release it.
func TakeLock(dir string) (*Lock, error) {
	return lockOf(dir, filepath.Join(dir, LockName), os.O_RDWR|os.O_CREATE)
}

func lockOf(dir, path string, flag int) (*Lock, error) {
	f, err := os.OpenFile(path, flag, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	l := &Lock{file: f, dir: dir, path: path}
	l.home, _ = os.Stat(dir)
	if err := l.same(); err != nil {
		_ = f.Close()
		return nil, ErrLocked
	}
	return l, nil
}

// TakeLockDown takes dir's lock for a rollback: where the lock's file cannot be
// opened for writing, one that can be read, or the directory itself. Where nothing can be
// locked it returns a Lock of nothing, and why: the rollback goes on without, since twice the
// same rollback does no harm. ErrLocked comes without a Lock.
func TakeLockDown(dir string) (*Lock, error) {
	var first error
	for _, try := range []func() (*Lock, error){
		func() (*Lock, error) { return TakeLock(dir) },
		func() (*Lock, error) { return lockOf(dir, filepath.Join(dir, LockName), os.O_RDONLY) },
		func() (*Lock, error) { return lockOf(dir, dir, os.O_RDONLY) },
	} {
		l, err := try()
		if err == nil || errors.Is(err, ErrLocked) {
			return l, err
		}
		if first == nil {
			first = err
		}
	}
	return &Lock{dir: dir}, first
}

// Held returns an error if somebody else is the engine: the lock's file was
// removed or replaced, and the one in its place is locked. One that nobody holds is taken, but only
// where others would find this engine's socket beside it. It asks the disk.
func (l *Lock) Held() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.same()
	if err == nil {
		return nil
	}
	again, newErr := TakeLock(l.dir)
	switch {
	case errors.Is(newErr, ErrLocked):
		return err
	case newErr != nil:
		return nil // there is nothing at its place that another engine could hold
	case l.home == nil || again.home == nil || !os.SameFile(l.home, again.home) || !exists(filepath.Join(l.dir, SocketName)):
		again.Release()
		return nil
	}
	_ = l.file.Close()
	l.file, l.path = again.file, again.path
	return nil
}

// same returns an error if the lock's file is not the one at its path.
func (l *Lock) same() error {
	if l.file == nil {
		return nil
	}
	mine, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	theirs, err := os.Stat(l.path)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	if !os.SameFile(mine, theirs) {
		return fmt.Errorf("lock: %s was replaced by somebody else", l.path)
	}
	return nil
}

// Release lets go of the lock.
func (l *Lock) Release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_ = l.file.Close()
	}
}
