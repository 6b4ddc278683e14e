package examples

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestFullDisk fills the disk that the journal and the .env are on: the way up
// stops, the way down is VERIFIED, and the journal is whole.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=700"); err != nil {
		t.Skipf("needs root to mount a small tmpfs: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	files, err := txtar.ParseFile("../testdata/rollout.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files.Files {
		data := bytes.Replace(f.Data, []byte(`id = "script"`), []byte("id = \"script\"\nstate_dir = \"state\""), 1)
		if err := os.WriteFile(filepath.Join(dir, f.Name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(dir, "config.toml")
	for range 2 {
		if out, status := command(t, "advance", "--yes", "--reason", "test", "-c", config); status != 0 {
			t.Fatalf("advance: status %d\n%s", status, out)
		}
	}
	fill(t, filepath.Join(dir, "fill"))
	// Each engine writes a few records; on a full disk one of them fails sooner or later.
	for range 20 {
		if _, status := command(t, "hold", "--reason", strings.Repeat("full ", 100), "-c", config); status == 1 {
			break
		}
		_, _ = command(t, "resume", "-c", config)
	}
	if out, status := command(t, "rollback", "--yes", "-c", config); status != 0 {
		t.Errorf("rollback on a full disk: status %d\n%s", status, out)
	}
	if env := read(t, filepath.Join(dir, "service.env")); !strings.Contains(env, "FLAG=false") {
		t.Errorf("after the rollback:\n%s", env)
	}
	if out, status := command(t, "log", "--verify", "-c", config); status != 0 {
		t.Errorf("log --verify: status %d\n%s", status, out)
	}
}

// fill writes until there is no room left, to the last byte.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for size := 64 << 10; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}
