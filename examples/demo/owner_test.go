package demo

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// owner is a process that owns a demo.
type owner struct {
	cmd      *exec.Cmd
	in       io.Writer
	out      *bufio.Scanner
	dir, url string
}

func startOwner(t *testing.T, exe string) *owner {
	t.Helper()
	cmd := exec.Command(exe, "demo-owner", "")
	cmd.Stderr = t.Output()
	// Its temporary directory is ours, so that what it leaves behind is found.
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o := &owner{cmd: cmd, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var ok bool
	if o.dir, o.url, ok = strings.Cut(o.line(t), " "); !ok {
		t.Fatal("the owner started no demo")
	}
	return o
}

func (o *owner) line(t *testing.T) string {
	t.Helper()
	if !o.out.Scan() {
		t.Fatalf("the owner says nothing: %v", o.out.Err())
	}
	return o.out.Text()
}

func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	pidOf := func(part string) func(*testing.T, *owner) int {
		return func(t *testing.T, o *owner) int {
			for _, pid := range processes(t, o.dir) {
				args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
				if strings.Contains(string(args), part) {
					return pid
				}
			}
			t.Fatalf("no process of %s", part)
			return 0
		}
	}
	theOwner := func(_ *testing.T, o *owner) int { return o.cmd.Process.Pid }
	cases := map[string]struct {
		who    func(*testing.T, *owner) int
		signal syscall.Signal
		stop   bool // the owner must be told to end, to remove the directory
	}{
		"owner told to end":      {theOwner, syscall.SIGTERM, false},
		"owner killed":           {theOwner, syscall.SIGKILL, false},
		"owner hung up":          {theOwner, syscall.SIGHUP, false},
		"owner crashed":          {theOwner, syscall.SIGABRT, false},
		"supervisor told to end": {pidOf("demo-service"), syscall.SIGTERM, false},
		"supervisor interrupted": {pidOf("demo-service"), syscall.SIGINT, false},
		"supervisor hung up":     {pidOf("demo-service"), syscall.SIGHUP, false},
		"supervisor killed":      {pidOf("demo-service"), syscall.SIGKILL, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := startOwner(t, os.Args[0])
			if n := len(processes(t, o.dir)); n != 2 {
				t.Fatalf("%d processes, want the supervisor and the worker", n)
			}
			if err := syscall.Kill(c.who(t, o), c.signal); err != nil {
				t.Fatal(err)
			}
			eventually(t, "all processes gone", func() bool { return len(processes(t, o.dir)) == 0 })
			if c.stop {
				if err := o.cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, "the directory gone", func() bool { return gone(t, o.dir) })
			if left, err := os.ReadDir(filepath.Dir(o.dir)); err != nil || len(left) > 0 {
				t.Errorf("left in the temporary directory: %v, %v", left, err)
			}
		})
	}
}

func TestTheProgramMayBeGone(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/exe"); err != nil {
		t.Skip("needs /proc/self/exe")
	}
	exe := filepath.Join(t.TempDir(), "gonogo")
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(exe, program, 0o700); err != nil {
		t.Fatal(err)
	}
	o := startOwner(t, exe)
	if err := os.Remove(exe); err != nil {
		t.Fatal(err)
	}
	before := get(t, o.url+"/healthz")
	if _, err := io.WriteString(o.in, "restart\n"); err != nil {
		t.Fatal(err)
	}
	if line := o.line(t); line != "restarted" {
		t.Fatal(line)
	}
	if after := get(t, o.url+"/healthz"); after == before {
		t.Errorf("still the same worker: %s", after)
	}
}
