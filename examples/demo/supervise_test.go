package demo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRestartOfAWorkerThatHangs(t *testing.T) {
	t.Parallel()
	d := start(t, Options{})
	before := getFlags(t, d)
	if err := syscall.Kill(before.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := restart(t, d.Dir()); err != nil {
		t.Fatal(err)
	}
	if after := getFlags(t, d); after.PID == before.PID {
		t.Errorf("still process %d", after.PID)
	}
	if err := syscall.Kill(before.PID, 0); err == nil {
		t.Errorf("process %d is still there", before.PID)
	}
}

func TestACrashedWorkerIsStartedAgain(t *testing.T) {
	t.Parallel()
	d := start(t, Options{})
	before := getFlags(t, d)
	if err := syscall.Kill(before.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	// The request waits at the port until somebody takes it.
	if after := getFlags(t, d); after.PID == before.PID {
		t.Errorf("still process %d", after.PID)
	}
}

func TestAWorkerThatCannotStart(t *testing.T) {
	t.Parallel()
	d := start(t, Options{})
	tenants := filepath.Join(d.Dir(), tenantsName)
	if err := os.Rename(tenants, tenants+".away"); err != nil {
		t.Fatal(err)
	}
	if err := restart(t, d.Dir()); err == nil || !strings.Contains(err.Error(), "the worker ended at once") {
		t.Errorf("restart: %v", err)
	}
	log, err := os.ReadFile(filepath.Join(d.Dir(), logName))
	if err != nil || !strings.Contains(string(log), "tenants: open") {
		t.Errorf("the log does not say why, %v:\n%s", err, log)
	}
	if err := os.Rename(tenants+".away", tenants); err != nil {
		t.Fatal(err)
	}
	getFlags(t, d) // it is tried again until it goes
}

func TestAWorkerWithoutSettings(t *testing.T) {
	t.Parallel()
	d := start(t, Options{})
	if err := os.Remove(filepath.Join(d.Dir(), envName)); err != nil {
		t.Fatal(err)
	}
	if err := restart(t, d.Dir()); err != nil {
		t.Fatal(err)
	}
	if f := getFlags(t, d); f.Real || f.Tenants == nil {
		t.Errorf("flags %+v, want all off", f)
	}
}

func TestRestartErrors(t *testing.T) {
	t.Parallel()
	stale := t.TempDir()
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(stale, socketName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	ln.SetUnlinkOnClose(false)
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		args []string
		want string
	}{
		"no directory":    {nil, "expected the demo's directory"},
		"two directories": {[]string{"a", "b"}, "expected the demo's directory"},
		"no demo there":   {[]string{t.TempDir()}, "is `gonogo demo` still running?"},
		"demo has ended":  {[]string{stale}, "is `gonogo demo` still running?"},
		"hostile name":    {[]string{"/nowhere/\x1b[2J"}, "␛[2J"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := Restart(t.Context(), c.args)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestTheSocketTakesOnlyOneWord(t *testing.T) {
	t.Parallel()
	d := start(t, Options{})
	before := getFlags(t, d)
	for _, text := range []string{"halt\n", strings.Repeat("restart", 50), "\n"} {
		conn, err := net.Dial("unix", filepath.Join(d.Dir(), socketName))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		answer, _ := bufio.NewReader(conn).ReadString('\n')
		if answer != "error expected \"restart\"\n" {
			t.Errorf("%q was answered with %q", text, answer)
		}
		_ = conn.Close()
	}
	if after := getFlags(t, d); after.PID != before.PID {
		t.Error("it was restarted")
	}
	for _, name := range []string{socketName, pidName, envName, logName, configName} {
		if info, err := os.Lstat(filepath.Join(d.Dir(), name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", name, info.Mode(), err)
		}
	}
}

// TestAnOwnerThatDiesEarly is one that is gone before the supervisor is ready.
func TestAnOwnerThatDiesEarly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), tempPrefix+"1")
	stdin, life, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	defer life.Close() // open to the end: only its output tells the supervisor
	out, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "demo-service", "-dir", dir, "-remove")
	cmd.Stdin, cmd.Stdout = stdin, stdout
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("the supervisor ended with %v, want exit status 1", err)
	}
	if !gone(t, dir) {
		t.Errorf("%s is still there", dir)
	}
	eventually(t, "all processes gone", func() bool { return len(processes(t, dir)) == 0 })
}

func TestSuperviseNeedsAnOwner(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		args []string
		want string
	}{
		"no directory":       {nil, "started by `gonogo demo` only"},
		"unknown option":     {[]string{"-nonsense"}, "not defined: -nonsense"},
		"remove what is not": {[]string{"-remove", "-dir", t.TempDir(), "-addr", "1.2.3.4:5"}, "not a temporary one: it stays"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := Supervise(t.Context(), c.args, strings.NewReader(""), &bytes.Buffer{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
