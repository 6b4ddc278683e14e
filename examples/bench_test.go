package examples

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

// rollbackScript is what a careful person would write instead of the rig's
// rollback: the same edit, restart and checks.
const rollbackScript = `set -e
before=$(cat started)
sed -i 's/^FLAG=.*/FLAG=false/' service.env
grep -qx FLAG=false service.env
sh restart.sh
until [ "$(cat started)" != "$before" ]; do sleep 0.2; done
until [ "$(sed -n 's/^FLAG=//p' running.env)" = false ]; do sleep 0.25; done
good=0
while [ $good -lt 3 ]; do
  sleep 1
  if [ "$(cat errors)" = 0 ]; then good=$((good+1)); else good=0; fi
done
`

// BenchmarkPlanAgainstScript is a whole rollback by command, at an engine that
// lives, against a shell script that does the same: edit, a restart that takes a
// second, read back, three good readings a second apart.
//
//	go test ./examples -run '^$' -bench PlanAgainstScript -benchtime 5x
func BenchmarkPlanAgainstScript(b *testing.B) {
	print := draft(b, `verify = [`, `verify = [{ metric = "errors", is = "< 1", within = "30s" }, `, `[flag.real]`, `[source.local]
kind = "exec"
[metric.errors]
source = "local"
command = ["cat", "errors"]
every = "1s"
[flag.real]`)
	print["restart.sh"] = append(print["restart.sh"], "sleep 1\n"...)
	var plans, scripts time.Duration
	for b.Loop() {
		r := print.build(b)
		engine := r.engine()
		began := time.Now()
		if status, out := r.run("rollback", "--yes").wait(); status != 0 {
			r.fail("status %d\n%s", status, out)
			b.FailNow()
		}
		plans += time.Since(began)
		engine.kill()
		r.scrap()

		r = print.build(b)
		script := exec.Command("sh", "-c", rollbackScript)
		script.Dir = r.dir
		began = time.Now()
		if out, err := script.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		scripts += time.Since(began)
		if env := read(b, r.path("service.env")); !strings.Contains(env, "FLAG=false") {
			b.Fatalf("after the script: %q", env)
		}
		r.scrap()
	}
	b.ReportMetric(plans.Seconds()/float64(b.N), "plan-s")
	b.ReportMetric(scripts.Seconds()/float64(b.N), "script-s")
	b.ReportMetric(plans.Seconds()/scripts.Seconds(), "ratio")
}
