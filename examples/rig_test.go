package examples

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
	"gonogo/model/words"
)

// full asks for each fault as often as docs/reliability.md says; without it
// the tests try each a few times.
var full = flag.Bool("full", false, "try each fault as often as docs/reliability.md says")

func times(short, whole int) int {
	if *full {
		return whole
	}
	return short
}

// rigConfig is the smallest rollout with all that a rollback touches: a flag in
// a .env, and a restart that notes each time it runs and by which it is seen.
const rigConfig = `[rollout]
id = "rig"
title = "Rig"
state_dir = "state"
[environment]
name = "test"
[emergency]
countdown = "1s"
[flag.real]
kind = "dotenv"
file = "service.env"
key = "FLAG"
type = "bool"
safe = false
apply = ["restart"]
effective = { exec = ["sed", "-n", "s/^FLAG=//p", "running.env"] }
[action.restart]
kind = "exec"
command = ["sh", "restart.sh"]
timeout = "30s"
idempotent = false
seen = { exec = ["cat", "started"] }
[phase.on]
title = "Switched on"
flags = { real = true }
[rollback.quick]
steady = "100ms"
title = "Everything off"
emergency = true
flags = "safe"
run = ["restart"]
verify = [{ flag = "real", is = false, within = "1s" }]
`

// rigRestart counts itself in the file runs, waits for the gate if there is
// one, and is seen by a new text in the file started.
const rigRestart = `echo run >> runs
if [ -p gate ]; then read _ < gate; fi
cp service.env running.env
echo "$$ $(date +%s%N)" > started.new && mv started.new started
`

// rig is a rollout with its flag on, in a directory of its own.
type rig struct {
	t      testing.TB
	dir    string
	config string
	base   int // records in its journal before the fault
}

// blueprint is a rig's files, to make more of the same.
type blueprint map[string][]byte

// draft takes a rollout up to where its flag is on and returns its files.
func draft(t testing.TB, edit ...string) blueprint {
	t.Helper()
	config := strings.NewReplacer(edit...).Replace(rigConfig)
	r := blueprint{"config.toml": []byte(config), "restart.sh": []byte(rigRestart), "started": []byte("never\n"), "service.env": []byte("# kept\nFLAG=false\n"), "running.env": []byte("FLAG=false\n"),
		"errors": []byte("0\n")}.build(t)
	if out, status := command(t, "advance", "--yes", "--reason", "test", "-c", r.config); status != 0 {
		t.Fatalf("advance: status %d\n%s", status, out)
	}
	b := blueprint{}
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(r.dir, path)
		if name == "runs" || err != nil {
			return err
		}
		b[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// build makes a rig of b in a directory of its own.
func (b blueprint) build(t testing.TB) *rig {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "rig-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, data := range b {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &rig{t: t, dir: dir, config: filepath.Join(dir, "config.toml"), base: bytes.Count(b["state/"+journal.Name], []byte("\n"))}
}

func (r *rig) path(name string) string { return filepath.Join(r.dir, name) }

// scrap removes the rig's files, which are many where there are many rigs.
func (r *rig) scrap() { _ = os.RemoveAll(r.dir) }

// gate makes restarts wait until the returned function is called.
func (r *rig) gate() (open func()) {
	r.t.Helper()
	if err := syscall.Mkfifo(r.path("gate"), 0o600); err != nil {
		r.t.Fatal(err)
	}
	f, err := os.OpenFile(r.path("gate"), os.O_RDWR, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = f.Close() })
	return func() {
		if _, err := f.WriteString("\n"); err != nil {
			r.t.Error(err)
		}
	}
}

// runs returns how often the restart ran.
func (r *rig) runs() int {
	b, err := os.ReadFile(r.path("runs"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		r.t.Fatal(err)
	}
	return bytes.Count(b, []byte("\n"))
}

func (r *rig) journal() string { return r.path("state/" + journal.Name) }

// lines returns the whole lines of the journal, as they are.
func (r *rig) lines() []byte {
	b := readFile(r.t, r.journal())
	return b[:bytes.LastIndexByte(b, '\n')+1]
}

// records returns the journal's records since the rig was built. The chain must hold.
func (r *rig) records() []model.Record {
	r.t.Helper()
	var all []model.Record
	report, err := journal.Read(r.journal(), func(rec model.Record) error { all = append(all, rec); return nil })
	if err != nil || report.Problem != nil {
		r.t.Fatalf("journal: %v %v", err, report.Problem)
	}
	return all[r.base:]
}

// await polls the journal until it has a record with text.
func (r *rig) await(text string) {
	r.t.Helper()
	r.t.Cleanup(func() {
		if _, err := os.Stat(r.dir); err == nil && r.t.Failed() {
			r.fail("%s was waited for", text)
		}
	})
	poll(r.t, "record of "+text, time.Millisecond, func() bool { return bytes.Contains(r.lines(), []byte(text)) })
}

// run starts gonogo on the rig. What it prints goes to a file that outlives it.
func (r *rig) run(args ...string) *flight {
	r.t.Helper()
	return r.start(func(*exec.Cmd) {}, args...)
}

// start is run with a command that change has changed.
func (r *rig) start(change func(*exec.Cmd), args ...string) *flight {
	r.t.Helper()
	out, err := os.CreateTemp(r.dir, "out-")
	if err != nil {
		r.t.Fatal(err)
	}
	f := &flight{t: r.t, out: out.Name(), cmd: exec.Command(binary, append(args, "-c", r.config)...), ended: make(chan struct{})}
	f.cmd.Stdout, f.cmd.Stderr = out, out
	f.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	change(f.cmd)
	if err := f.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	_ = out.Close()
	go func() {
		_ = f.cmd.Wait()
		close(f.ended)
	}()
	r.t.Cleanup(func() {
		if r.t.Failed() {
			if b, err := os.ReadFile(f.out); err == nil { // its rig is still there
				r.t.Logf("gonogo %v printed:\n%s", args, b)
			}
		}
		f.kill()
	})
	return f
}

// engine starts an engine without a screen and waits until it can be attached to.
func (r *rig) engine() *flight {
	r.t.Helper()
	f := r.run("run", "--headless")
	poll(r.t, "engine", time.Millisecond, func() bool {
		_, err := os.Stat(r.path("state/socket"))
		return err == nil
	})
	return f
}

// flight is a gonogo that runs.
type flight struct {
	t     testing.TB
	cmd   *exec.Cmd
	out   string
	ended chan struct{}
}

// kill ends it with SIGKILL, if it has not ended.
func (f *flight) kill() {
	_ = f.cmd.Process.Kill()
	<-f.ended
}

// killed reports whether it ended by SIGKILL.
func (f *flight) killed() bool {
	ws, ok := f.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && ws.Signaled() && ws.Signal() == syscall.SIGKILL
}

// wait returns its exit status and what it printed.
func (f *flight) wait() (int, string) {
	f.t.Helper()
	select {
	case <-f.ended:
	case <-time.After(90 * time.Second):
		f.t.Fatalf("gonogo %v does not end\n%s", f.cmd.Args[1:], f.printed())
	}
	return f.cmd.ProcessState.ExitCode(), f.printed()
}

func (f *flight) printed() string { return string(readFile(f.t, f.out)) }

// count returns how many records have an event that ok takes.
func count(records []model.Record, ok func(model.Event) bool) int {
	n := 0
	for _, r := range records {
		if ok(r.Event) {
			n++
		}
	}
	return n
}

// is takes the events of type E.
func is[E model.Event](e model.Event) bool { _, ok := e.(E); return ok }

// fail reports what is wrong with the rig, with what happened to it.
func (r *rig) fail(format string, args ...any) {
	r.t.Helper()
	var log strings.Builder
	for _, rec := range r.records() {
		fmt.Fprintf(&log, "%4d %s %s\n", rec.Seq, rec.At.Format("05.000"), words.Describe(rec))
	}
	r.t.Errorf("%s\n%s", fmt.Sprintf(format, args...), log.String())
}
