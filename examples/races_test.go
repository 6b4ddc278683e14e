package examples

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestRaces has two processes fire the rollback at the same moment, with an
// engine that lives and without one. It runs once: one fires, the other joins,
// and both get its outcome.
func TestRaces(t *testing.T) {
	t.Parallel()
	print := draft(t)
	twice := 0
	races := times(30, 1000)
	for n := range races {
		r := print.build(t)
		open := r.gate() // the restart waits until both have asked
		if n%2 == 1 {
			r.engine()
		}
		pair := r.together("rollback", "--yes")
		r.await("PlanJoined")
		open()
		for _, f := range pair {
			if status, out := f.wait(); status != 0 || !strings.Contains(out, "VERIFIED Everything off") {
				r.fail("race %d: status %d\n%s", n, status, out)
			}
		}
		records := r.records()
		fired, ended := count(records, is[model.PlanFired]), count(records, is[model.PlanEnded])
		if runs := r.runs(); fired != 1 || ended != 1 || runs != 1 {
			twice++
			r.fail("race %d: fired %d times, ended %d times, restarted %d times", n, fired, ended, runs)
		}
		r.scrap()
		if t.Failed() {
			break
		}
	}
	t.Logf("%d races, half of them with a living engine: %d did not run exactly once", races, twice)
}

// together starts gonogo twice, each held by a shell until both are there.
func (r *rig) together(args ...string) []*flight {
	r.t.Helper()
	hold, release, err := os.Pipe()
	if err != nil {
		r.t.Fatal(err)
	}
	var pair []*flight
	for range 2 {
		pair = append(pair, r.start(func(cmd *exec.Cmd) {
			cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", `echo held; read _; exec "$@"`, "sh"}, cmd.Args...)
			cmd.Stdin = hold
		}, args...))
	}
	for _, f := range pair {
		poll(r.t, "shell", time.Millisecond, func() bool { return bytes.HasPrefix(readFile(r.t, f.out), []byte("held")) })
	}
	_ = hold.Close()
	_ = release.Close() // both read its end, at once
	return pair
}

// TestRollbackBesideHungSource rolls back by command, without an engine, while
// a source does not answer: nobody waits for its minute.
func TestRollbackBesideHungSource(t *testing.T) {
	t.Parallel()
	r := draft(t).build(t)
	config := strings.Replace(rigConfig, "[flag.real]", `[source.hung]
kind = "exec"
[metric.hung]
source = "hung"
command = ["sleep", "100"]
timeout = "60s"
every = "60s"
[flag.real]`, 1)
	if err := os.WriteFile(r.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	down := r.run("rollback", "--yes")
	select {
	case <-down.ended:
	case <-time.After(50 * time.Second): // not even the first answer is due then
		t.Errorf("it waits for the source")
	}
	if status, out := down.wait(); status != 0 || !strings.Contains(out, "VERIFIED Everything off") {
		r.fail("status %d\n%s", status, out)
	}
}
