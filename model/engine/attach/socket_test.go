package attach

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model/engine/record"
)

// TestALockThatIsNotLetGoOfIsWaitedForBriefly: a killed process whose disk hangs does not die.
func TestALockThatIsNotLetGoOfIsWaitedForBriefly(t *testing.T) {
	for _, after := range []time.Duration{0, time.Second, time.Hour} {
		t.Run(after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				l, err := record.TakeLock(dir)
				if err != nil {
					t.Fatal(err)
				}
				timer := time.AfterFunc(after, l.Release)
				began := time.Now()
				err = untilFree(t.Context(), dir, 77)
				took := time.Since(began)
				if timer.Stop() {
					l.Release()
				}
				if hangs := after > glassTime; hangs != (err != nil) || took > glassTime || !hangs && took > after+20*time.Millisecond {
					t.Errorf("%v after %v", err, took)
				}
				if err != nil && !strings.Contains(err.Error(), "ps -o pid,stat,wchan -p 77") {
					t.Error(err)
				}
			})
		})
	}
}

// TestALockIsKnownByItsHolder: this process holds it, and does not end itself.
func TestALockIsKnownByItsHolder(t *testing.T) {
	dir := t.TempDir()
	l, err := record.TakeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	if pid, err := culprit(t.Context(), dir); pid != os.Getpid() || err == nil || !strings.Contains(err.Error(), "this process is the engine itself") {
		t.Errorf("%d, %v", pid, err)
	}
	if err := sameUser(os.Getpid()); err != nil {
		t.Error(err)
	}
	if err := sameUser(1 << 30); err == nil {
		t.Error("a process that is not there may be ended")
	}
}

// TestTheGroupsSocketIsForTheGroup: and for nobody else; where that cannot be had, none is opened.
func TestTheGroupsSocketIsForTheGroup(t *testing.T) {
	g, err := user.LookupGroupId(strconv.Itoa(os.Getegid()))
	if err != nil {
		t.Skip("this user's group has no name:", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir, group string
		ok               bool
	}{
		{"a folder of one's own", t.TempDir(), g.Name, true},
		{"a group that is not there", t.TempDir(), "no-such-group", false},
		{"a file in its place", file, g.Name, false},
		{"a link in its place", link, g.Name, false},
	} {
		l, err := listenGroup(c.dir, c.group)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil {
			continue
		}
		path := filepath.Join(c.dir, record.SocketName)
		for path, want := range map[string]os.FileMode{c.dir: 0o750, path: 0o660} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %s has %v, wanted %v (%v)", c.name, path, info.Mode().Perm(), want, err)
			}
		}
		_ = l.Close()
	}
	t.Setenv("RUNTIME_DIRECTORY", "")
	if got := groupDir("shop"); got != "/run/gonogo/shop" {
		t.Errorf("without systemd: %s", got)
	}
	t.Setenv("RUNTIME_DIRECTORY", "/run/rollouts:/run/others")
	if got := groupDir("shop"); got != "/run/rollouts" {
		t.Errorf("with systemd: %s", got)
	}
}

// TestASocketIsForItsUserAndReplacesADeadOne: only a living engine answers there.
func TestASocketIsForItsUserAndReplacesADeadOne(t *testing.T) {
	for _, name := range []string{"short", strings.Repeat("long", 40)} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if Alive(dir) {
			t.Error("an engine lives where none was")
		}
		for range 2 { // the second finds what the first left behind
			l, err := listen(dir)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(filepath.Join(dir, record.SocketName)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info, err)
			}
			if !Alive(dir) {
				t.Error("an engine that listens is not alive")
			}
			_ = l.Close()
			if Alive(dir) {
				t.Error("an engine that ended is alive")
			}
		}
	}
	gone := filepath.Join(t.TempDir(), "gone", strings.Repeat("long", 40))
	if _, err := listen(gone); err == nil {
		t.Error("a socket in a folder that is not there")
	}
	if _, err := dial(context.Background(), gone); err == nil {
		t.Error("an engine in a folder that is not there")
	}
}

// TestAUserWhoCannotBeLookedUpHasANumberAndNoGroups: and is looked up once a minute at most.
func TestAUserWhoCannotBeLookedUpHasANumberAndNoGroups(t *testing.T) {
	var a accounts
	for _, uid := range []int{54321, 1<<31 - 1} {
		if got := a.of(uid); got.name != fmt.Sprintf("uid %d", uid) || len(got.groups) > 0 {
			t.Errorf("%+v", got)
		}
	}
	a.known[54321] = account{name: "ana", at: time.Now()}
	if got := a.of(54321); got.name != "ana" {
		t.Errorf("looked up again: %+v", got)
	}
	a.known[54321] = account{name: "ana", at: time.Now().Add(-2 * knownFor)}
	if got := a.of(54321); got.name != "uid 54321" {
		t.Errorf("believed for too long: %+v", got)
	}
	for uid := range knownMost + 1 {
		a.known[uid+100_000] = account{}
	}
	a.of(54322)
	if len(a.known) > knownMost {
		t.Errorf("%d users are kept", len(a.known))
	}
}
