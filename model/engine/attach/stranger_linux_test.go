package attach

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/engine/record"
)

// holdLock has a process that is no engine hold the lock of dir until the test ends
// or let is called. It returns its pid.
func holdLock(t *testing.T, dir string) (pid int, let func()) {
	t.Helper()
	flock, err := exec.LookPath("flock")
	if err != nil || lockHolder(dir) != 0 {
		t.Skip("needs flock(1) and /proc/locks")
	}
	c := exec.Command(flock, filepath.Join(dir, record.LockName), "-c", "echo held; cat")
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	let = func() {
		if !ended {
			ended = true
			_ = in.Close()
			_ = c.Wait()
		}
	}
	t.Cleanup(let)
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("%q, %v", line, err)
	}
	return c.Process.Pid, let
}

// TestAForeignLockIsNoEngine: it is named, with what to do, is not killed, and once it is gone
// the seat goes on.
func TestAForeignLockIsNoEngine(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	board(t, options(w, dir)).stop() // an engine was there once, and its name is in the lock's file
	pid, let := holdLock(t, dir)
	p := run(t, options(w, dir))
	if is := p.silence(); is.PID != pid || is.Foreign != "flock" || is.Own || is.Dir != dir {
		t.Errorf("held by %d: %+v", pid, is)
	}
	err := p.seat.Submit(t.Context(), model.Intent{Kind: model.ArmRollback})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d (flock) holds", pid)) {
		t.Errorf("an intent: %v", err)
	}
	got, err := BreakGlass(t.Context(), dir)
	if got != 0 || err == nil || !strings.Contains(err.Error(), fmt.Sprintf("`kill %d`", pid)) {
		t.Errorf("break-glass: %d, %v", got, err)
	}
	let()
	p.until("being the engine", func(s *model.Snapshot) bool { return s.Waiting == 0 && !s.Attached })
}

// TestAViewerIsToldOfAForeignLock that is there when its engine ends.
func TestAViewerIsToldOfAForeignLock(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	first := board(t, options(w, dir))
	view := board(t, options(w, dir))
	view.until("being attached", func(s *model.Snapshot) bool { return s.Attached })
	if err := os.Remove(filepath.Join(dir, record.LockName)); err != nil { // it can be taken only so
		t.Fatal(err)
	}
	pid, let := holdLock(t, dir)
	first.stop()
	view.until("being told", func(s *model.Snapshot) bool {
		return strings.Contains(s.Lost, fmt.Sprintf("process %d (flock) holds %s and is none", pid, dir))
	})
	let()
	view.until("taking over", func(s *model.Snapshot) bool { return s.Lost == "" && !s.Attached })
}

// TestWhoMayBeAnEngineIsNoStranger: who is named in the lock's file, and who has gonogo's name.
func TestWhoMayBeAnEngineIsNoStranger(t *testing.T) {
	c := exec.Command("sleep", "1000")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	if commandOf(strconv.Itoa(c.Process.Pid)) == "" {
		t.Skip("needs /proc")
	}
	for name, is := range map[string]struct {
		pid, says int
		want      string
	}{
		"nobody is seen":       {0, 1, ""},
		"it says so":           {c.Process.Pid, c.Process.Pid, ""},
		"it has gonogo's name": {os.Getpid(), 1, ""},
		"it is gone":           {1 << 30, 1, ""},
		"another":              {c.Process.Pid, 1, "sleep"},
		"nobody says anything": {c.Process.Pid, 0, "sleep"},
	} {
		if got := stranger(is.pid, is.says); got != is.want {
			t.Errorf("%s: %q, wanted %q", name, got, is.want)
		}
	}
}
