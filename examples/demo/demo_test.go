package demo

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const deadline = 20 * time.Second

// eventually polls until cond holds.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	late := time.NewTimer(deadline)
	defer late.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !cond() {
		select {
		case <-again.C:
		case <-late.C:
			t.Fatalf("after %v still not: %s", deadline, what)
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %s", url, resp.Status, err, body)
	}
	return string(body)
}

func getFlags(t *testing.T, d *Demo) flags {
	t.Helper()
	var f flags
	if err := json.Unmarshal([]byte(get(t, d.URL()+"/flags")), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func start(t *testing.T, o Options) *Demo {
	t.Helper()
	d, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Stop() })
	return d
}

func restart(t *testing.T, dir string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	return Restart(ctx, []string{dir})
}

// edit replaces old by new in a file, which must be in it.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("no %q in %s", old, path)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// processes returns the processes, but this one, that have dir among their arguments.
func processes(t *testing.T, dir string) []int {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(paths) == 0 {
		t.Skipf("needs /proc: %v", err)
	}
	var pids []int
	for _, path := range paths {
		args, err := os.ReadFile(path)
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && pid != os.Getpid() && slices.Contains(strings.Split(string(args), "\x00"), dir) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func gone(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func TestFlagsChangeOnlyWithARestart(t *testing.T) {
	t.Parallel()
	d := start(t, Options{})
	before := getFlags(t, d)
	if before.Real || len(before.Tenants) != 0 || before.PID == 0 || before.Started.IsZero() {
		t.Errorf("flags at the start: %+v", before)
	}
	env := filepath.Join(d.Dir(), envName)
	edit(t, env, realKey+"=false", realKey+"=true")
	edit(t, env, tenantsKey+"=", tenantsKey+`="tenant_a, tenant_b"`)
	if now := getFlags(t, d); !now.Started.Equal(before.Started) || now.Real {
		t.Errorf("flags before the restart: %+v", now)
	}
	if err := restart(t, d.Dir()); err != nil {
		t.Fatal(err)
	}
	after := getFlags(t, d) // at the same port
	if !after.Real || !slices.Equal(after.Tenants, []string{"tenant_a", "tenant_b"}) {
		t.Errorf("flags after the restart: %+v", after)
	}
	if after.PID == before.PID || !after.Started.After(before.Started) {
		t.Errorf("the same process after the restart: %+v, %+v", before, after)
	}
	pidfile, err := os.ReadFile(filepath.Join(d.Dir(), pidName))
	if err != nil || strings.TrimSpace(string(pidfile)) != strconv.Itoa(after.PID) {
		t.Errorf("pidfile %q, %v; want %d", pidfile, err, after.PID)
	}
	log, err := os.ReadFile(filepath.Join(d.Dir(), logName))
	for _, want := range []string{"Feature flag disabled", "Feature flag enabled"} {
		if err != nil || !strings.Contains(string(log), want) {
			t.Errorf("no %q in the log: %v\n%s", want, err, log)
		}
	}
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
	if !gone(t, d.Dir()) {
		t.Errorf("%s is still there", d.Dir())
	}
	if left := processes(t, d.Dir()); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
}

func TestNoRequestIsRefusedDuringRestarts(t *testing.T) {
	t.Parallel()
	d := start(t, Options{})
	done := make(chan error, 1)
	go func() {
		var err error
		for range 3 {
			err = errors.Join(err, Restart(t.Context(), []string{d.Dir()}))
		}
		done <- err
	}()
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
		resp, err := client.Get(d.URL() + "/healthz")
		if err == nil {
			_ = resp.Body.Close()
		} else if errors.Is(err, syscall.ECONNREFUSED) {
			t.Fatal(err)
		}
	}
}

func TestAKeptDirectoryIsKept(t *testing.T) {
	t.Parallel()
	// A path that is too long for a socket.
	dir := filepath.Join(t.TempDir(), strings.Repeat("long-", 24))
	d := start(t, Options{Dir: dir})
	edit(t, filepath.Join(dir, envName), realKey+"=false", realKey+"=true")
	if err := restart(t, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "another demo runs in") {
		t.Errorf("a second demo in the same directory: %v", err)
	}
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{pidName, socketName} {
		if !gone(t, filepath.Join(dir, name)) {
			t.Errorf("%s is still there", name)
		}
	}
	again := start(t, Options{Dir: dir})
	if !getFlags(t, again).Real {
		t.Error("the second demo does not know the .env of the first")
	}
	if again.ConfigPath() != filepath.Join(dir, configName) {
		t.Errorf("config path %s", again.ConfigPath())
	}
}

func TestStartErrors(t *testing.T) {
	t.Parallel()
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, ".env"), []byte("PRECIOUS=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cases := map[string]struct {
		o    Options
		want string
	}{
		"foreign directory":      {Options{Dir: foreign}, "holds something else"},
		"no program":             {Options{Exe: "/nonexistent/gonogo"}, "no such file"},
		"a program that is mute": {Options{Exe: "/bin/true"}, "it ended before it was ready"},
		"port taken":             {Options{Addr: taken.Addr().String()}, "address already in use"},
		"not loopback":           {Options{Addr: "0.0.0.0:0"}, "only the loopback interface"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, err := Start(t.Context(), c.o)
			if err == nil {
				_ = d.Stop()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if text, err := os.ReadFile(filepath.Join(foreign, ".env")); err != nil || string(text) != "PRECIOUS=1\n" {
		t.Errorf("the foreign .env is now %q, %v", text, err)
	}
}
