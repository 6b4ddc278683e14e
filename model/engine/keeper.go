package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
)

// unauditedName is the file that tells the engines to come what a plan did
// while its facts could not be journaled. It is no journal: it is removed once one has them.
const unauditedName = "journal.unaudited"

// keeper writes the newest word into the state directory, and where that
// cannot be written, or does not answer, elsewhere. It works in a goroutine of its own while
// there is something to write, and nobody waits for it but the engine's end.
type keeper struct {
	mu    sync.Mutex
	group sync.WaitGroup
	busy  bool
	next  func() error // newest wins
	err   error        // of the last write, nil: it is kept
}

func (k *keeper) keep(dir string, u model.Unaudited) { k.do(func() error { return leave(dir, u) }) }

func (k *keeper) drop(dir string) {
	k.do(func() error {
		err := os.Remove(wordPath(dir))
		if path := trusted(elsewhere(dir)); path != "" {
			_ = os.Remove(path)
		}
		if errors.Is(err, os.ErrNotExist) {
			err = nil
		}
		return err
	})
}

func (k *keeper) do(f func() error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = f
	if k.busy {
		return
	}
	k.busy = true
	k.group.Go(func() {
		for {
			k.mu.Lock()
			f := k.next
			k.next = nil
			k.busy = f != nil
			k.mu.Unlock()
			if f == nil {
				return
			}
			err := f()
			k.mu.Lock()
			k.err = err
			k.mu.Unlock()
		}
	})
}

// wait waits until the newest is written, no longer than d.
func (k *keeper) wait(d time.Duration) {
	done := make(chan struct{})
	go func() { // ends with the last write
		k.group.Wait()
		close(done)
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

func (k *keeper) failed() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.err
}

// leave writes the word elsewhere first, where no disk is in the way, and
// removes that once the state directory has it.
func leave(dir string, u model.Unaudited) error {
	b, err := packed(u)
	if err != nil {
		return err
	}
	other := elsewhere(dir)
	if other != "" {
		_ = os.Mkdir(filepath.Dir(other), 0o700)
		other = trusted(other)
	}
	there := errors.New("there is no other place")
	if other != "" {
		there = replaceFile(other, b)
	}
	here := replaceFile(wordPath(dir), b)
	if here == nil && there == nil {
		_ = os.Remove(other)
	}
	if here == nil || there == nil {
		return nil
	}
	return here
}

// replaceFile puts b in the place of path. It is not synced: a disk that fails
// at that is the reason for the word, and the next engine reads it all the same.
func replaceFile(path string, b []byte) error {
	fresh := path + ".new"
	_ = os.Remove(fresh)
	f, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		_ = os.Remove(fresh)
	}
	return err
}

// elsewhere returns the place for dir's word outside dir, mostly in memory.
func elsewhere(dir string) string {
	base := filepath.Join(os.TempDir(), fmt.Sprintf("gonogo-%d", os.Geteuid()))
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) {
		base = filepath.Join(run, "gonogo")
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(base, hex.EncodeToString(sum[:8])+".unaudited")
}

// trusted returns path if its directory is this user's only, else "".
func trusted(path string) string {
	info, err := os.Lstat(filepath.Dir(path))
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return ""
	}
	if st, ok := info.Sys().(*syscall.Stat_t); !ok || int(st.Uid) != os.Geteuid() {
		return ""
	}
	return path
}

// ReadPlain reads a plain file of at most size bytes, and follows no link.
func ReadPlain(path string, size int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > size {
		return nil, fmt.Errorf("%s is not what gonogo wrote", path)
	}
	return io.ReadAll(io.LimitReader(f, size))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
