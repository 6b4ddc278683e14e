package examples

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTwoUsersHaveOneEngine runs the real program as three unix users: whose
// engine it is, a member of the group, and a stranger.
func TestTwoUsersHaveOneEngine(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to run gonogo as other users")
	}
	member, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("needs a user nobody")
	}
	group, err := user.LookupGroupId(member.Gid)
	if err != nil {
		t.Skip("needs the group of nobody")
	}
	dir, err := os.MkdirTemp("", "gonogo-access-") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	bin, config := filepath.Join(dir, "gonogo"), filepath.Join(dir, "config.toml")
	if out, err := exec.Command("go", "build", "-o", bin, "gonogo").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := `rollout = { id = "two-users" }
environment = { name = "test" }
access = { group = "` + group.Name + `" }
[flag.real]
kind = "exec"
type = "bool"
safe = false
get = ["echo", "false"]
set = ["true"]
[phase.one]
flags = { real = true }
[rollback.off]
emergency = true
flags = "safe"
`
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(config, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
	as := func(uid, gid uint32, args ...string) *exec.Cmd {
		home := filepath.Join(dir, strconv.Itoa(int(uid)))
		if err := errors.Join(os.MkdirAll(home, 0o700), os.Chown(home, int(uid), int(gid))); err != nil {
			t.Fatal(err)
		}
		c := exec.Command(bin, append(args, "-c", config)...)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_STATE_HOME=" + home, "USER=vp", "SUDO_USER=vp"}
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
		return c
	}
	const owner, stranger = 54321, 54322 // without a name
	run := func(uid uint32, want int, args ...string) string {
		t.Helper()
		gid := uid
		if uid != owner && uid != stranger {
			n, _ := strconv.Atoi(member.Gid)
			gid = uint32(n)
		}
		c := as(uid, gid, args...)
		out, _ := c.CombinedOutput()
		if got := c.ProcessState.ExitCode(); got != want {
			t.Errorf("%v as %d: exit status %d, wanted %d\n%s", args, uid, got, want, out)
		}
		return string(out)
	}
	n, _ := strconv.Atoi(member.Uid)
	bob := uint32(n)

	var said bytes.Buffer
	engine := as(owner, owner, "run", "--headless")
	engine.Stdout, engine.Stderr = &said, &said
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(engine.Process.Kill(), engine.Wait()) })
	for deadline := time.Now().Add(20 * time.Second); ; { // until it answers
		if as(owner, owner, "status", "--read-only").Run() == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no engine in time")
		}
	}
	run(bob, 0, "hold", "--reason", "lunch")
	if out := run(owner, 25, "advance", "--yes", "--reason", "x"); !strings.Contains(out, "held by nobody (lunch)") {
		t.Errorf("the member's hold does not bind the owner, or is not theirs:\n%s", out)
	}
	if out := run(bob, 25, "resume"); !strings.Contains(out, "members look, roll back") {
		t.Errorf("resume:\n%s", out)
	}
	run(bob, 20, "rollback", "--yes") // it has no verify
	run(bob, 25, "rollback", "--yes", "--read-only")
	for _, args := range [][]string{{"status"}, {"rollback", "--yes"}} {
		if out := run(stranger, 25, args...); !strings.Contains(out, "uid 54321's engine runs this rollout") || !strings.Contains(out, "join the group") {
			t.Errorf("%v of a stranger:\n%s", args, out)
		}
	}
}
