package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// toHalf takes the demo's rollout to half of its tenants by command, where the
// service begins to fail.
func toHalf(t *testing.T, config string) {
	t.Helper()
	if out, status := command(t, "advance", "--to", "half", "--reason", "test", "--yes", "-c", config); status != 0 {
		t.Fatalf("advance: status %d\n%s", status, out)
	}
}

// TestGuardFires: nobody does anything. The guard says so on every screen,
// fires when its countdown is over, and the rollback is verified.
func TestGuardFires(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	config := filepath.Join(dir, "config.toml")
	c := launch(t, "demo", "--dir", dir)
	c.see("not started", 20*time.Second)
	other := launch(t, "-c", config)
	other.see("not started", 20*time.Second)
	toHalf(t, config)
	for _, screen := range []*cockpit{c, other} {
		screen.see(`GUARD Everything off`, 60*time.Second)
		screen.see(`guard fires in \d+s`, 20*time.Second)
	}
	if out, _ := command(t, "status", "-c", config); !strings.Contains(out, "GUARD armed Everything off: fires at") {
		t.Errorf("status:\n%s", out)
	}
	c.until("the rollback's end", 90*time.Second, has(verified))
	if env := read(t, filepath.Join(dir, ".env")); !strings.Contains(env, "USE_REAL_VECTOR_RETRIEVAL=false") {
		t.Errorf(".env after the rollback:\n%s", env)
	}
	out, status := command(t, "log", "-c", config)
	if status != 0 || !strings.Contains(out, "tripped") || strings.Count(out, "fired (countdown)") != 1 {
		t.Errorf("log: status %d\n%s", status, out)
	}
}

// TestGuardVetoed: a countdown that a crash cut off does not fire, and the
// guard begins a new one. A person vetoes that, with a reason, which holds for
// whoever takes over when the engine is killed again.
func TestGuardVetoed(t *testing.T) {
	t.Parallel()
	d := service(t)
	engine := headlessEngine(t, d)
	poll(t, "its socket", 20*time.Millisecond, func() bool {
		_, err := os.Stat(filepath.Join(d.Dir(), "state", "socket"))
		return err == nil
	})
	c := launch(t, "-c", d.ConfigPath()) // attached, whatever happens
	c.see("not started", 20*time.Second)
	toHalf(t, d.ConfigPath())
	c.see(`guard fires in \d+s`, 60*time.Second)
	kill := func(p *os.Process) {
		t.Helper()
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	kill(engine.Process)
	_ = engine.Wait()
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := command(t, "log", "-c", d.ConfigPath())
			t.Logf("journal:\n%s", log[max(0, len(log)-4000):])
		}
	})
	poll(t, "a new countdown", 200*time.Millisecond, func() bool {
		log, _ := command(t, "log", "-c", d.ConfigPath())
		return strings.Contains(log, "gonogo ended before it fired") && strings.Count(log, "guard armed") == 2
	})
	next := launch(t, "-c", d.ConfigPath())
	next.see(`guard fires in \d+s`, 20*time.Second)
	if out, status := command(t, "veto", "-c", d.ConfigPath()); status != 25 || !strings.Contains(out, "needs a reason") {
		t.Errorf("veto without a reason: status %d\n%s", status, out)
	}
	c.press("\x1b", "being asked why", has("Veto the guard: why?"))
	c.keys("known blip")
	c.press("\r", "the veto", regexp.MustCompile("guard vetoed by .* known blip").MatchString)
	kill(c.cmd.Process)
	<-c.ended
	poll(t, "the next cockpit as the engine", 200*time.Millisecond, func() bool {
		out, _ := command(t, "status", "-c", d.ConfigPath())
		return strings.Contains(out, "Guard vetoed by") && strings.Contains(out, "FAIL ")
	})
	if out, _ := command(t, "status", "-c", d.ConfigPath()); strings.Contains(out, "GUARD armed") {
		t.Errorf("it armed again:\n%s", out)
	}
	if log, _ := command(t, "log", "-c", d.ConfigPath()); strings.Contains(log, "fired (countdown)") {
		t.Errorf("it fired:\n%s", log)
	}
	if out, status := command(t, "rollback", "--yes", "-c", d.ConfigPath()); status != 0 {
		t.Errorf("a person's rollback: status %d\n%s", status, out)
	}
}
