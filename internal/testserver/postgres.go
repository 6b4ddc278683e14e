package testserver

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// PostgresPassword is that of every server by StartPostgres.
const PostgresPassword = "pa55/w'rd %41&x"

// StartPostgres starts a real PostgreSQL on a free loopback port, with data of
// its own, and returns how to connect to it as its owner, with a password. It
// ends the server with the test. It skips the test where there is none, or
// fails if GONOGO_REQUIRE_SERVERS is 1. Root starts it as another user.
func StartPostgres(t testing.TB) (dsn string) {
	t.Helper()
	initdb, postgres := lookPostgres(t, "initdb"), lookPostgres(t, "postgres")
	dir, err := os.MkdirTemp("", "gonogo-postgres-") // not TempDir, whose parent another user may not enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Credential: otherUser(t, dir)}
	secret := filepath.Join(dir, "password")
	write(t, secret, PostgresPassword+"\n", attr.Credential)
	data := filepath.Join(dir, "data")
	cmd := exec.CommandContext(t.Context(), initdb, "-D", data, "-U", "owner", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale", "C", "--no-sync")
	cmd.Dir, cmd.SysProcAttr = dir, attr
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	address := freeAddress(t)
	host, port, _ := net.SplitHostPort(address)
	cmd = exec.CommandContext(context.WithoutCancel(t.Context()), postgres, "-D", data, "-h", host, "-p", port, "-k", "", "-F", "-c", "log_min_messages=warning")
	log := &bytes.Buffer{} // read only after Wait
	cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = dir, attr, log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("start postgres: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // its status says nothing once it is stopped
	t.Cleanup(sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGQUIT) // at once; its data is thrown away
		timer := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		<-ended
	}))
	awaitPostgres(t, filepath.Join(data, "postmaster.pid"), ended, log)
	u := url.URL{Scheme: "postgres", User: url.UserPassword("owner", PostgresPassword), Host: address, Path: "/postgres", RawQuery: "sslmode=disable"}
	return u.String()
}

// lookPostgres returns where a program of PostgreSQL is: Debian keeps them out of the path.
func lookPostgres(t testing.TB, program string) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + program) // the pattern is good
	if len(found) > 0 {
		return slices.Max(found)
	}
	return LookPath(t, program, "postgresql")
}

// otherUser returns whom to run as where this is root, which PostgreSQL
// refuses to run as, and gives dir to that user; else nil.
func otherUser(t testing.TB, dir string) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil || err2 != nil {
			continue
		}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			t.Fatal(err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	t.Fatal("needs a user postgres or nobody: PostgreSQL does not run as root")
	return nil
}

func write(t testing.TB, path, text string, owner *syscall.Credential) {
	t.Helper()
	err := os.WriteFile(path, []byte(text), 0o600)
	if err == nil && owner != nil {
		err = os.Chown(path, int(owner.Uid), int(owner.Gid))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// awaitPostgres waits until the server says in its pid file that it is ready.
func awaitPostgres(t testing.TB, pidfile string, ended <-chan struct{}, log fmt.Stringer) {
	t.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if text, err := os.ReadFile(pidfile); err == nil {
			if lines := bytes.Split(text, []byte("\n")); len(lines) > 7 && bytes.HasPrefix(lines[7], []byte("ready")) {
				return
			}
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatalf("postgres ended: %s", log)
		case <-deadline.C:
			t.Fatal("postgres is not ready after 30 s")
		}
	}
}
