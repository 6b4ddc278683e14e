package examples

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/creack/pty"
)

const smallest = `
[rollout]
id = "bench"
title = "Bench"
state_dir = "state"
[environment]
name = "test"
[phase.only]
title = "Only phase"
`

// BenchmarkFirstFrame is the time from starting the real binary in a
// pseudo-terminal to its first frame: the engine opened, the journal replayed, the phases drawn.
func BenchmarkFirstFrame(b *testing.B) {
	path := filepath.Join(b.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(smallest), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		firstFrame(b, "Only phase", "-c", path)
	}
}

// BenchmarkVersion is the same process without a screen, to compare with.
func BenchmarkVersion(b *testing.B) {
	for b.Loop() {
		if err := exec.Command(binary, "version").Run(); err != nil {
			b.Fatal(err)
		}
	}
}

func firstFrame(b *testing.B, want string, args ...string) {
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		b.Fatal(err)
	}
	var seen []byte
	buf := make([]byte, 64<<10)
	for !bytes.Contains(seen, []byte(want)) {
		n, err := tty.Read(buf)
		if err != nil {
			b.Fatalf("no first frame: %v\n%q", err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	b.StopTimer()
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	_ = tty.Close()
	b.StartTimer()
}
