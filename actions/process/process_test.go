package process

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonogo/actions/actiontest"
	"gonogo/model"
	"gonogo/model/config"
)

func reader(t *testing.T, content string) model.Reader {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.pid"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return build(t, dir)
}

func build(t *testing.T, dir string) model.Reader {
	t.Helper()
	r, err := Kind().BuildReader(config.Part{Table: config.NewTable(map[string]any{"pidfile": "app.pid"}), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// run starts a process that lives until the test ends, or the returned function ends it.
func run(t *testing.T) (pid int, end func()) {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := false
	end = func() {
		if !ended {
			ended = true
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(end)
	return cmd.Process.Pid, end
}

func TestReaderContract(t *testing.T) {
	broken := func(content string) func(t *testing.T) model.Reader {
		return func(t *testing.T) model.Reader { return reader(t, content) }
	}
	actiontest.Reader(t, actiontest.ReaderCase{
		New: func(t *testing.T) (model.Reader, string) {
			pid, _ := run(t)
			stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
			if err != nil {
				t.Fatal(err)
			}
			return reader(t, strconv.Itoa(pid)+"\n"), strconv.Itoa(pid) + "@" + strings.Fields(string(stat))[21]
		},
		Broken: map[string]func(t *testing.T) model.Reader{
			"missing": func(t *testing.T) model.Reader { return build(t, t.TempDir()) },
			"a folder": func(t *testing.T) model.Reader {
				dir := t.TempDir()
				if err := os.Mkdir(filepath.Join(dir, "app.pid"), 0o700); err != nil {
					t.Fatal(err)
				}
				return build(t, dir)
			},
			"empty":       broken(""),
			"blank":       broken(" \n12\n"),
			"hostile":     broken(actiontest.Hostile),
			"negative":    broken("-1"),
			"zero":        broken("0"),
			"huge":        broken("99999999999999999999"),
			"huge file":   broken(strings.Repeat("x", 1<<20)),
			"never lived": broken(strconv.Itoa(1<<31 - 1)),
		},
	})
}

func TestReadTellsProcessesApart(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "app.pid")
	write := func(pid int) {
		if err := os.WriteFile(file, []byte(strconv.Itoa(pid)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := build(t, dir)
	pid, end := run(t)
	write(pid)
	first, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	end()
	if text, err := r.Read(t.Context()); !errors.Is(err, ErrGone) {
		t.Errorf("an ended process: %q, %v", text, err)
	}
	pid, _ = run(t)
	write(pid)
	if second, err := r.Read(t.Context()); err != nil || second == first {
		t.Errorf("another process: %q after %q, %v", second, first, err)
	}
}

// A number that was used again is another process: only its start differs.
func TestReadTellsReusedNumberApart(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.pid"), []byte("7"), 0o600); err != nil {
		t.Fatal(err)
	}
	proc := filepath.Join(dir, "proc")
	for _, folder := range []string{"self", "7"} {
		if err := os.MkdirAll(filepath.Join(proc, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r := &Reader{path: filepath.Join(dir, "app.pid"), proc: proc}
	tests := []struct{ name, stat, want string }{
		{"first", "7 (app) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0", "7@100"},
		{"used again", "7 (app) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 200 0", "7@200"},
		{"odd name", "7 (a) Z 1 (b) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 300 0", "7@300"},
		{"zombie", "7 (app) Z 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 300 0", ""},
		{"short", "7 (app) S 1", ""},
		{"garbage", "nothing", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(proc, "7", "stat"), []byte(tt.stat), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := r.Read(t.Context())
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	_, err := build(t, t.TempDir()).Read(t.Context())
	if err == nil || !strings.HasSuffix(err.Error(), "app.pid: file does not exist: does the process write it?") {
		t.Errorf("missing: %v", err)
	}
}

func FuzzParsePID(f *testing.F) {
	for _, s := range []string{"1", " 12 \n", "+5", "-1", "0x10", "", "1\n2", "٣"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pid, err := ParsePID(data)
		if (err == nil) != (pid > 0) {
			t.Errorf("%q: %d, %v", data, pid, err)
		}
		actiontest.Harmless(t, "pid", err)
	})
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("7 (app) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 100 0"))
	f.Add([]byte(")"))
	f.Add([]byte("1 () x) ("))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, err := ParseStat(data)
		actiontest.Harmless(t, "stat", err)
	})
}

// TestOlderProcessIsNotNew: a process that was there before an action is none of
// its effects, though the pid file names it only now.
func TestOlderProcessIsNotNew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pid")
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &Reader{path: path, proc: "/proc"}
	text, err := r.Read(t.Context())
	if err != nil {
		t.Skip(err)
	}
	at, known := r.Began(text)
	if age := time.Since(at); !known || age < -tolerance || age > time.Hour {
		t.Fatalf("began at %s, known %v", at, known)
	}
	if !r.NewSince(text, at.Add(-time.Second)) {
		t.Error("it is older than what was before it")
	}
	if r.NewSince(text, at.Add(time.Second)) {
		t.Error("it is newer than what came after it")
	}
	if got := r.Name("4711@8"); got != "pid 4711" {
		t.Errorf("name %q", got)
	}
	for _, bad := range []string{"", "4711", "4711@x"} {
		if _, known := r.Began(bad); known {
			t.Errorf("%q began", bad)
		}
	}
}
