package record

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestFencedOnlyBySomebodyWhoHoldsTheLock replaces the lock's file, the socket and the directory of a living engine.
func TestFencedOnlyBySomebodyWhoHoldsTheLock(t *testing.T) {
	for _, c := range []struct {
		name   string
		do     func(dir string) error
		rival  bool // another engine starts after that
		fenced bool
	}{
		{"nothing", func(string) error { return nil }, true, false}, // it gets ErrLocked
		{"lock removed", func(dir string) error { return os.Remove(filepath.Join(dir, LockName)) }, false, false},
		{"lock removed, another came", func(dir string) error { return os.Remove(filepath.Join(dir, LockName)) }, true, true},
		{"directory moved away", func(dir string) error { return os.Rename(dir, dir+".x") }, false, false},
		{"directory moved away, another came", func(dir string) error { return os.Rename(dir, dir+".x") }, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			l, err := TakeLock(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Release()
			if err := os.WriteFile(filepath.Join(dir, SocketName), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := c.do(dir); err != nil {
				t.Fatal(err)
			}
			if c.rival {
				if err := os.MkdirAll(dir, 0o700); err != nil {
					t.Fatal(err)
				}
				if other, err := TakeLock(dir); err == nil {
					defer other.Release()
				}
			}
			if err := l.Held(); (err != nil) != c.fenced {
				t.Errorf("held: %v", err)
			}
		})
	}
}

// TestReplacedDirectoryIsLeftToOthers holds that an engine whose directory was
// replaced keeps nobody from the one in its place, where its socket is not.
func TestReplacedDirectoryIsLeftToOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := TakeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	if err := os.Rename(dir, dir+".x"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.Held(); err != nil {
		t.Errorf("held: %v", err)
	}
	other, err := TakeLock(dir)
	if err != nil {
		t.Fatalf("another: %v", err)
	}
	other.Release()
}

// TestARollbackTakesWhatLockThereIs, and goes on without one where nothing can be locked.
func TestARollbackTakesWhatLockThereIs(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, LockName), 0o700); err != nil { // it can only be read
		t.Fatal(err)
	}
	if _, err := TakeLock(dir); err == nil {
		t.Error("a directory in the lock's place was taken")
	}
	l, err := TakeLockDown(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := TakeLockDown(dir); !errors.Is(err, ErrLocked) {
		t.Errorf("a second one: %v", err)
	}
	l.Release()
	l, err = TakeLockDown(filepath.Join(dir, "gone"))
	if l == nil || err == nil || l.Held() != nil {
		t.Fatalf("without a directory: %v, %v", l, err)
	}
	l.Telling(nil)() // says nothing anywhere
	l.Release()
}

// TestTheLockSaysWhoHoldsIt, and when that got on last.
func TestTheLockSaysWhoHoldsIt(t *testing.T) {
	dir := t.TempDir()
	if h := HolderOf(dir); h != (Holder{}) {
		t.Errorf("nobody: %+v", h)
	}
	l, err := TakeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	before := time.Now().Add(-time.Second)
	l.Telling(nil)
	if h := HolderOf(dir); h.PID != os.Getpid() || h.At.Before(before) {
		t.Errorf("this process: %+v", h)
	}
}
