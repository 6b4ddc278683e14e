package attach

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAWayDownNeedsNoStateDirectory: what stands in its place is only trouble.
func TestAWayDownNeedsNoStateDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "in the way")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	configured := filepath.Join(file, "state")
	if _, err := StateDir(configured, "test"); err == nil {
		t.Error("StateDir has nothing against it")
	}
	if dir, trouble, err := StateDirDown(configured, "test"); err != nil || trouble == nil {
		t.Error(dir, trouble, err)
	}
}

// TestOpenStateDirectoryIsWarnedOfOnAWayDown holds that a wrong mode keeps no rollback.
func TestOpenStateDirectoryIsWarnedOfOnAWayDown(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := StateDir(dir, "test"); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("others: %v", err)
	}
	if got, trouble, err := StateDirDown(dir, "test"); got != dir || trouble == nil || err != nil {
		t.Errorf("a way down: %q, %v, %v", got, trouble, err)
	}
}
