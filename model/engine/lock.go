package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// ErrLocked says that another engine holds the state directory.
var ErrLocked = errors.New("another engine holds the state directory")

// lock is the state directory's lock: whoever has it is the engine.
type lock struct {
	file *os.File
	path string
	host *claim // of being the only engine on this host; nil where nothing is claimed
}

// takeLock takes dir's lock without waiting; ErrLocked if another process has it.
func takeLock(dir string) (*lock, error) {
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
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
	l := &lock{file: f, path: path}
	if err := l.held(); err != nil {
		_ = f.Close()
		return nil, ErrLocked
	}
	return l, nil
}

// held returns an error if the lock is lost: its file is not the one that
// others would lock, because it was removed or replaced.
func (l *lock) held() error {
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

func (l *lock) release() {
	l.host.close()
	_ = l.file.Close()
}
