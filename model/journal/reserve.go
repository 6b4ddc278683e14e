package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// reserveSize is room for what a rollback writes, in bytes.
const reserveSize = 64 << 10

// reserveName is the file that keeps that room.
const reserveName = "journal.reserve"

// makeReserve sees that the reserve is there and full of zeros on disk. A
// journal can be used without one, so its error is only reported.
func (j *File) makeReserve() error {
	path := filepath.Join(j.dir, reserveName)
	f, err := j.disk.open(path, os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() >= reserveSize {
		return f.Close()
	}
	_, err = f.Write(make([]byte, reserveSize)) // not a hole: its blocks are taken
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, j.disk.remove(path))
	}
	return j.disk.syncDir(j.dir)
}

// hasReserve reports whether the reserve is there.
func (j *File) hasReserve() bool {
	f, err := j.disk.open(filepath.Join(j.dir, reserveName), os.O_RDONLY)
	if err != nil {
		return false
	}
	info, err := f.Stat()
	return f.Close() == nil && err == nil && info.Mode().IsRegular() && info.Size() >= reserveSize
}

// Reserved reports whether there is a reserve of space, see UseReserve; also
// while an append is under way, and before the first one.
func (j *File) Reserved() bool {
	if !j.mu.TryLock() {
		return true
	}
	defer j.mu.Unlock()
	return j.reserved || j.unnamed
}

// UseReserve gives the 64 KiB kept for that back to a full disk, so that a
// rollback can still be journaled, and makes a File that a full disk poisoned
// ready to append: whatever the failed append left is cut off first. It fails,
// and the File stays poisoned, where the cause was another, the reserve is used
// up, or the disk does not do its part. The next Open makes a new reserve.
func (j *File) UseReserve() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.closed:
		return fmt.Errorf("journal %q: use reserve: %w", j.path, os.ErrClosed)
	case j.poison != nil && !errors.Is(j.poison, ErrFull):
		return j.poison
	case !j.reserved:
		return fmt.Errorf("journal %q: the reserve is used up: make room in %s: %w", j.path, j.dir, ErrFull)
	}
	j.reserved = false
	if err := j.disk.remove(filepath.Join(j.dir, reserveName)); err != nil {
		return j.fail("release the reserve", err)
	}
	if err := j.disk.syncDir(j.dir); err != nil {
		return j.fail("sync directory", err)
	}
	if j.poison == nil {
		return nil
	}
	if err := j.reopen(); err != nil {
		return err
	}
	j.poison = nil
	return nil
}

// reopen cuts off what is not acknowledged and goes on with a fresh
// descriptor, on which no earlier error is pending.
func (j *File) reopen() error {
	if info, err := j.f.Stat(); err != nil {
		return j.fail("stat", err)
	} else if info.Size() < j.size || info.Size() > j.size+int64(len(j.enc.line)) { // more than the failed append can have left
		return j.fail("cut", fmt.Errorf("it has %d bytes, %d of them acknowledged: %w", info.Size(), j.size, ErrMoved))
	}
	if err := j.cut(); err != nil {
		return err
	}
	f, err := j.disk.open(j.path, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return j.fail("reopen", err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() != j.size {
		err = fmt.Errorf("it has %d bytes, not %d: was it replaced?", info.Size(), j.size)
	}
	if err != nil {
		return j.fail("reopen", errors.Join(err, f.Close()))
	}
	old := j.f
	j.f = f
	_ = old.Close() // what it may still say is about bytes that were cut off
	return nil
}
