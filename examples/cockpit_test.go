// Package examples flies the real binary: the demo and its service, in a real
// pseudo-terminal, keys in, screen out.
package examples

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"gonogo/internal/testserver"
)

// binary is gonogo, built once for all tests of this package.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gonogo-flight-")
	if err == nil {
		err = testserver.Overlap(8)
	}
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "gonogo")
	if out, err := exec.Command("go", "build", "-o", binary, "gonogo").CombinedOutput(); err != nil {
		panic("go build: " + err.Error() + "\n" + string(out))
	}
	status := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(status)
}

// cockpit is gonogo in a pseudo-terminal, with an emulator that reads its screen.
type cockpit struct {
	t     *testing.T
	cmd   *exec.Cmd
	tty   *os.File
	mu    sync.Mutex
	emu   *vt.Emulator
	ended chan struct{}
	err   error
}

// tempDir is where a demo lives; on pictures a short name is seen.
func tempDir(t *testing.T) string {
	if *pictures != "" {
		return os.TempDir()
	}
	return t.TempDir()
}

// launch starts gonogo with args in a terminal of 120 × 40.
func launch(t *testing.T, args ...string) *cockpit {
	t.Helper()
	c := &cockpit{t: t, cmd: exec.Command(binary, args...), emu: vt.NewEmulator(120, 40), ended: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "TMPDIR="+tempDir(t))
	tty, err := pty.StartWithSize(c.cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	c.tty = tty
	go func() { // what the emulator answers to queries; ends when its input pipe is closed
		_, _ = io.Copy(tty, c.emu)
	}()
	go func() {
		defer close(c.ended)
		buf := make([]byte, 64<<10)
		for {
			n, err := tty.Read(buf)
			c.mu.Lock()
			_, _ = c.emu.Write(buf[:n])
			c.mu.Unlock()
			if err != nil {
				break
			}
		}
		c.err = c.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill()
		<-c.ended
		_ = tty.Close()
		_ = c.emu.InputPipe().(io.Closer).Close() // Emulator.Close races with its Read
	})
	return c
}

// screen returns what a person would see, a line a row.
func (c *cockpit) screen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.emu.String()
}

func (c *cockpit) keys(s string) {
	c.t.Helper()
	if _, err := c.tty.WriteString(s); err != nil {
		c.t.Fatalf("keys: %v", err)
	}
}

// see waits until the screen matches.
func (c *cockpit) see(pattern string, within time.Duration) {
	c.t.Helper()
	c.until(pattern, within, func(screen string) bool { return regexp.MustCompile(pattern).MatchString(screen) })
}

func (c *cockpit) until(what string, within time.Duration, ok func(screen string) bool) {
	c.t.Helper()
	if !c.wait(within, ok) {
		c.t.Fatalf("not seen within %v: %s\n%s", within, what, c.screen())
	}
}

// wait polls the screen until ok, for at most within.
func (c *cockpit) wait(within time.Duration, ok func(screen string) bool) bool {
	deadline := time.After(within)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok(c.screen()) {
		select {
		case <-tick.C:
		case <-deadline:
			return ok(c.screen())
		case <-c.ended:
			return ok(c.screen())
		}
	}
	return true
}

// press repeats a key, as a person would who sees nothing happen, until the screen is as wanted.
func (c *cockpit) press(key, what string, ok func(screen string) bool) {
	c.t.Helper()
	for range 40 {
		c.keys(key)
		if c.wait(500*time.Millisecond, ok) {
			return
		}
	}
	c.t.Fatalf("%q did not lead to: %s\n%s", key, what, c.screen())
}

// ends waits until gonogo has ended.
func (c *cockpit) ends(within time.Duration) {
	c.t.Helper()
	select {
	case <-c.ended:
	case <-time.After(within):
		c.t.Fatalf("it does not end\n%s", c.screen())
	}
}

func has(parts ...string) func(string) bool {
	return func(screen string) bool {
		for _, p := range parts {
			if !strings.Contains(screen, p) {
				return false
			}
		}
		return true
	}
}

// command runs gonogo without a terminal and returns what it printed and its exit status.
func command(t testing.TB, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
