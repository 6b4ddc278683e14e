package engine

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gonogo/model/engine/record"
)

// TestTheLastGoodConfigIsWhatRan: one that was edited is not used.
func TestTheLastGoodConfigIsWhatRan(t *testing.T) {
	dir := t.TempDir()
	if _, err := LastGood(dir); err == nil {
		t.Error("a config where none ran")
	}
	if err := os.WriteFile(filepath.Join(dir, lastName), []byte(`{"path":"/c","hash":"00","data":"eA=="}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LastGood(dir); err == nil || !strings.Contains(err.Error(), "was edited") {
		t.Errorf("an edited one: %v", err)
	}
}

// TestANamedPipeInAStateFilesPlaceHoldsUpNothing: nobody writes to it, and so it is not waited for.
func TestANamedPipeInAStateFilesPlaceHoldsUpNothing(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{lastName, record.LockName} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := LastGood(dir); err == nil || !strings.Contains(err.Error(), "is not what gonogo wrote") {
		t.Errorf("the last config: %v", err)
	}
	if h := record.HolderOf(dir); h.PID != 0 {
		t.Errorf("the lock's holder: %+v", h)
	}
}
