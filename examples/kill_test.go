package examples

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/examples/demo"
)

// TestKilledEngine kills the engine with SIGKILL at every step of a rollback,
// with a cockpit attached and without. Whoever comes next finishes it or says
// NEEDS-HUMAN, and no record that was in the journal is lost.
func TestKilledEngine(t *testing.T) {
	t.Parallel()
	d := service(t)
	if err := demo.Prepare(d.Dir(), binary, d.Addr()); err != nil { // this binary, not the test's
		t.Fatal(err)
	}
	for _, attached := range []bool{false, true} {
		for _, after := range []string{"PlanFired", "StepIntended", `"outcome":"done"`, `"before":`, `"detail":"new process`, `"step":3,"try":1`} {
			name := "alone, after " + after
			if attached {
				name = "with a cockpit, after " + after
			}
			t.Run(name, func(t *testing.T) { killAfter(t, d, after, attached) })
		}
	}
	if out, status := command(t, "log", "--verify", "-c", d.ConfigPath()); status != 0 {
		t.Errorf("log --verify: status %d\n%s", status, out)
	}
}

// killAfter takes the rollout up, begins a rollback, and kills the engine as
// soon as the journal has a record of the rollback with the text after.
func killAfter(t *testing.T, d *demo.Demo, after string, attached bool) {
	journal := filepath.Join(d.Dir(), "state", "journal.jsonl")
	engine := headlessEngine(t, d)
	if out, status := command(t, "advance", "--to", "ten", "--reason", "test", "--yes", "-c", d.ConfigPath()); status != 0 {
		t.Fatalf("advance: status %d\n%s", status, out)
	}
	var c *cockpit
	if attached {
		c = launch(t, "-c", d.ConfigPath())
		c.see("10% of tenants", 10*time.Second)
	}
	from := len(readFile(t, journal))
	down := exec.Command(binary, "rollback", "--yes", "-c", d.ConfigPath())
	if err := down.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = down.Process.Kill(); _ = down.Wait() })
	poll(t, "a record with "+after, time.Millisecond, func() bool {
		b := readFile(t, journal)
		_, ours, fired := bytes.Cut(b[from:], []byte("PlanFired"))
		return fired && (after == "PlanFired" || bytes.Contains(ours, []byte(after)))
	})
	if err := engine.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = engine.Wait()
	kept := readFile(t, journal)
	kept = kept[:bytes.LastIndexByte(kept, '\n')+1]
	if !attached {
		_ = down.Process.Kill() // it would take over itself
		engine = headlessEngine(t, d)
		t.Cleanup(func() { _ = engine.Process.Kill() })
	}
	var out string
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := command(t, "log", "-c", d.ConfigPath())
			status, _ := command(t, "status", "-c", d.ConfigPath())
			t.Logf("journal:\n%s\nstatus:\n%s", log[max(0, len(log)-4000):], status)
		}
	})
	poll(t, "the rollback's end", 200*time.Millisecond, func() bool {
		out, _ = command(t, "rollback", "--last", "-c", d.ConfigPath())
		return strings.Contains(out, "ended after")
	})
	if !strings.Contains(out, "VERIFIED Everything off") && !strings.Contains(out, "NEEDS-HUMAN Everything off") || strings.Contains(out, "UNVERIFIED") {
		t.Errorf("the rollback ended otherwise:\n%s", out)
	}
	if b := readFile(t, journal); !bytes.HasPrefix(b, kept) {
		t.Error("records that were in the journal are gone")
	}
	if env := read(t, filepath.Join(d.Dir(), ".env")); !strings.Contains(env, "USE_REAL_VECTOR_RETRIEVAL=false") {
		t.Errorf("after the rollback (%s):\n%s", out, env)
	}
	if attached {
		c.see("before the first phase|not started|rolled back", 20*time.Second)
		_ = c.cmd.Process.Kill()
		<-c.ended
		return
	}
	_ = engine.Process.Kill()
	_ = engine.Wait()
}

func headlessEngine(t *testing.T, d *demo.Demo) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary, "run", "--headless", "-c", d.ConfigPath())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func poll(t testing.TB, what string, every time.Duration, ok func() bool) {
	t.Helper()
	deadline := time.After(90 * time.Second)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("no %s in time", what)
		}
	}
}

// TestStoppedPrometheus stops the Prometheus server with SIGSTOP: keys are
// answered, the gate is never GO on what it said before, and a rollback goes on.
func TestStoppedPrometheus(t *testing.T) {
	t.Parallel()
	d, prom := withPrometheus(t)
	c := launch(t, "-c", d.ConfigPath())
	c.see("not started", 20*time.Second)
	advance(c)
	sign(t, d.ConfigPath())
	c.see("✔ GO", 60*time.Second)
	advance(c)
	if err := syscall.Kill(prom.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(prom.PID, syscall.SIGCONT) })
	c.see("UNKNOWN", 30*time.Second)
	c.until("a line that says why", 30*time.Second, func(s string) bool { return strings.Contains(s, "STALE") || strings.Contains(s, "DOWN") })
	began := time.Now()
	c.keys("?")
	c.see("emergency rollback: arms", 5*time.Second)
	t.Logf("a key was answered after %v", time.Since(began))
	c.keys("\x1b")
	c.until("help closed", 5*time.Second, func(s string) bool { return !strings.Contains(s, "emergency rollback: arms") })
	if strings.Contains(c.screen(), "✔ GO") {
		t.Errorf("GO without data\n%s", c.screen())
	}
	pid := read(t, filepath.Join(d.Dir(), "worker.pid"))
	c.press("!", "the emergency rollback", func(s string) bool { return strings.Contains(s, "fires in") || strings.Contains(s, "Everything off") })
	poll(t, "new process with the flag off", 100*time.Millisecond, func() bool {
		env := read(t, filepath.Join(d.Dir(), ".env"))
		b, err := os.ReadFile(filepath.Join(d.Dir(), "worker.pid"))
		return err == nil && string(b) != pid && strings.Contains(env, "USE_REAL_VECTOR_RETRIEVAL=false")
	})
	if strings.Contains(c.screen(), verified) {
		t.Error("VERIFIED while its readings could not be had")
	}
	if err := syscall.Kill(prom.PID, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	c.until("VERIFIED once they can", 90*time.Second, has(verified))
}
