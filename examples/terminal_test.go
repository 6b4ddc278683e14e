package examples

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"

	"gonogo/model"
)

// TestTerminalLost takes the terminal away from a cockpit in the middle of a
// rollback: it is closed, it hangs up, the screen panics. The rollback goes on
// to VERIFIED, and a terminal that is still there is as it was before.
func TestTerminalLost(t *testing.T) {
	t.Parallel()
	print := draft(t)
	panics := filepath.Join(t.TempDir(), "gonogo-panic")
	if out, err := exec.Command("go", "test", "-c", "-o", panics, "gonogo").CombinedOutput(); err != nil {
		t.Fatalf("go test -c: %v\n%s", err, out)
	}
	losses := []struct {
		name, program string
		lose          func(*screen)
	}{
		{"closed", binary, func(s *screen) { _ = s.slave.Close(); _ = s.tty.Close() }},
		{"SIGHUP", binary, func(s *screen) { _ = s.f.cmd.Process.Signal(syscall.SIGHUP) }},
		{"panic", panics, func(*screen) {}},
	}
	finished, rounds := 0, times(6, 100)
	for n := range rounds {
		loss := losses[n%len(losses)]
		t.Run(fmt.Sprintf("%d %s", n, loss.name), func(t *testing.T) {
			r := print.build(t)
			defer r.scrap()
			open := r.gate()
			s := r.cockpit(loss.program)
			s.fire()
			r.await("PlanFired")
			r.await(`"before":`) // the restart is under way
			loss.lose(s)
			open()
			_, out := s.f.wait()
			if end, ok := r.ended(); !ok || end != model.Verified || r.runs() != 1 {
				r.fail("ended %s after %d restarts\n%s", end, r.runs(), out)
				return
			}
			finished++
			if loss.name != "closed" {
				s.restored()
			}
			if loss.name == "panic" && !strings.Contains(s.text(), "panic") {
				t.Errorf("the panic is not told:\n%q", s.text())
			}
		})
	}
	t.Logf("%d of %d rollbacks finished VERIFIED without their terminal", finished, rounds)
}

// screen is a cockpit on a rig in a pseudo-terminal, whose other end the test keeps.
type screen struct {
	t          testing.TB
	f          *flight
	tty, slave *os.File
	before     *term.State
	out        chan []byte
	seen       []byte
}

// cockpit starts program on the rig, with its screen.
func (r *rig) cockpit(program string) *screen { return r.terminal(program, "run") }

// terminal starts program on the rig with args, in a terminal.
func (r *rig) terminal(program string, args ...string) *screen {
	r.t.Helper()
	tty, slave, err := pty.Open()
	if err == nil {
		err = pty.Setsize(tty, &pty.Winsize{Rows: 40, Cols: 120})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	s := &screen{t: r.t, tty: tty, slave: slave, out: make(chan []byte, 10000)}
	if s.before, err = term.GetState(slave.Fd()); err != nil {
		r.t.Fatal(err)
	}
	go func() { // ends when the terminal does
		defer close(s.out)
		for {
			buf := make([]byte, 4096)
			n, err := tty.Read(buf)
			if err != nil {
				return
			}
			s.out <- buf[:n]
		}
	}()
	s.f = r.start(func(cmd *exec.Cmd) {
		cmd.Path, cmd.Args[0] = program, filepath.Base(program)
		cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "TMPDIR="+r.dir)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	}, args...)
	r.t.Cleanup(func() {
		_, _ = tty.Close(), slave.Close()
		if r.t.Failed() {
			s.until("\x00never\x00", time.Second)
			r.t.Logf("the end of what was on screen: %q", s.seen[max(0, len(s.seen)-3000):])
		}
	})
	return s
}

// until reads the screen until text came, for at most within.
func (s *screen) until(text string, within time.Duration) bool {
	deadline := time.After(within)
	for !bytes.Contains(s.seen, []byte(text)) {
		select {
		case b, ok := <-s.out:
			if !ok {
				return false
			}
			s.seen = append(s.seen, b...)
		case <-deadline:
			return false
		}
	}
	return true
}

// text returns everything that came out, once gonogo has ended.
func (s *screen) text() string {
	_ = s.slave.Close()
	s.until("\x00never\x00", 10*time.Second)
	return string(s.seen)
}

// fire presses ! until the rollback is armed, and lets its countdown go by.
func (s *screen) fire() {
	s.t.Helper()
	if !s.until("Switched on", 20*time.Second) {
		s.t.Fatalf("no screen: %q", s.seen)
	}
	for range 40 {
		if _, err := io.WriteString(s.tty, "!"); err != nil {
			s.t.Fatal(err)
		}
		if s.until("Everything off", 500*time.Millisecond) {
			return
		}
	}
	s.t.Fatalf("not armed: %q", s.seen)
}

// restored sees that the terminal is set as before.
func (s *screen) restored() {
	s.t.Helper()
	after, err := term.GetState(s.slave.Fd())
	if err != nil {
		s.t.Fatal(err)
	}
	if *s.before != *after {
		s.t.Errorf("the terminal was %v and is %v", *s.before, *after)
	}
}
