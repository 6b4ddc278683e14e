package examples

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/model"
)

// brokenFiles break the rig's config in each way that a file can be broken.
var brokenFiles = map[string]func(t *testing.T, r *rig){
	"a typo":  func(t *testing.T, r *rig) { r.edit("safe = false", "saef = false") },
	"no TOML": func(t *testing.T, r *rig) { r.edit("[environment]", "[environment") },
	"empty":   func(t *testing.T, r *rig) { r.write("config.toml", "") },
	"huge":    func(t *testing.T, r *rig) { r.write("config.toml", strings.Repeat("# x\n", 1<<19)) },
	"gone": func(t *testing.T, r *rig) {
		if err := os.Remove(r.config); err != nil {
			t.Fatal(err)
		}
	},
	"a directory": func(t *testing.T, r *rig) {
		if err := os.Rename(r.config, r.path("old.toml")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(r.config, 0o700); err != nil {
			t.Fatal(err)
		}
	},
	"a link elsewhere": func(t *testing.T, r *rig) {
		r.write("other.toml", "[rollout]\n")
		if err := os.Rename(r.config, r.path("old.toml")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("other.toml", r.config); err != nil {
			t.Fatal(err)
		}
	},
}

func (r *rig) write(name, text string) {
	r.t.Helper()
	if err := os.WriteFile(r.path(name), []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// edit replaces a text in the rig's config, which must have it.
func (r *rig) edit(old, new string) {
	r.t.Helper()
	was := string(readFile(r.t, r.config))
	if !strings.Contains(was, old) {
		r.t.Fatalf("the config has no %q", old)
	}
	r.write("config.toml", strings.ReplaceAll(was, old, new))
}

func (r *rig) off() bool {
	return strings.Contains(string(readFile(r.t, r.path("service.env"))), "FLAG=false")
}

// bare runs gonogo on the rig with no environment but env.
func (r *rig) bare(env []string, args ...string) (int, string) {
	r.t.Helper()
	return r.start(func(c *exec.Cmd) { c.Env = env }, args...).wait()
}

// TestABrokenFileStopsNoCommand: with a healthy engine every command works, whatever
// became of the config on disk, and says that the engine's config is the one in use.
func TestABrokenFileStopsNoCommand(t *testing.T) {
	t.Parallel()
	plans := draft(t, `flags = { real = true }`, "flags = { real = true }\ncheck = [{ text = \"ok\" }]")
	for name, spoil := range brokenFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := plans.build(t)
			r.engine()
			spoil(t, r)
			for _, c := range []struct {
				want []int
				args string
			}{
				{[]int{0}, "status"}, {[]int{0}, "flag get real"}, {[]int{0, 11}, "gate"}, {[]int{0}, "sign ok"},
				{[]int{0}, "hold --reason x"}, {[]int{0}, "log"}, {[]int{25}, "veto"}, {[]int{0, 20}, "rollback --yes"},
			} {
				status, out := r.run(strings.Fields(c.args)...).wait()
				ok := false
				for _, want := range c.want {
					ok = ok || status == want
				}
				if !ok || !strings.Contains(out, "warning: ") {
					t.Errorf("%s: status %d\n%s", c.args, status, out)
				}
			}
			if !r.off() {
				t.Error("the flag is on")
			}
		})
	}
}

// TestABrokenFileStopsNoRollback: without an engine a rollback goes by the last
// config that ran, and says which; what looks or goes up is refused.
func TestABrokenFileStopsNoRollback(t *testing.T) {
	t.Parallel()
	for name, spoil := range brokenFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := draftHere(t)
			spoil(t, r)
			for _, args := range []string{"status", "advance --yes", "hold --reason x"} {
				if status, out := r.run(strings.Fields(args)...).wait(); status != 2 {
					t.Errorf("%s: status %d\n%s", args, status, out)
				}
			}
			status, out := r.run("rollback", "--yes").wait()
			if status != 0 && status != 20 || !r.off() || !strings.Contains(out, "the last config that ran") {
				t.Errorf("rollback: status %d, off %t\n%s", status, r.off(), out)
			}
			for _, args := range []string{"rollback --last", "rollback --last --json"} {
				if last, out := r.run(strings.Fields(args)...).wait(); last != status || !strings.Contains(out, "Everything off") {
					t.Errorf("%s: status %d, wanted %d\n%s", args, last, status, out)
				}
			}
			if r.runs() == 0 {
				t.Error("a relative path of the config led elsewhere: nothing was restarted")
			}
		})
	}
}

// draftHere is draft whose rig stays where its last config ran.
func draftHere(t *testing.T, edit ...string) *rig {
	t.Helper()
	text := strings.NewReplacer(edit...).Replace(rigConfig)
	r := blueprint{"config.toml": []byte(text), "restart.sh": []byte(rigRestart), "started": []byte("never\n"), "service.env": []byte("FLAG=false\n")}.build(t)
	if out, status := command(t, "advance", "--yes", "--reason", "test", "-c", r.config); status != 0 {
		t.Fatalf("advance: status %d\n%s", status, out)
	}
	for _, left := range []string{"runs", "state/socket"} {
		if err := os.Remove(r.path(left)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestAMissingSecretFailsItsOwnPartOnly: a chat's address that this shell lacks
// stops neither the rollback nor anything else; check says so.
func TestAMissingSecretFailsItsOwnPartOnly(t *testing.T) {
	t.Parallel()
	plans := draft(t)
	for _, alive := range []bool{false, true} {
		t.Run(fmt.Sprintf("engine %t", alive), func(t *testing.T) {
			t.Parallel()
			r := plans.build(t)
			r.edit("run = [\"restart\"]", "run = [\"restart\"]\nnotify = [\"team\"]")
			r.edit("[phase.on]", "[action.team]\nkind = \"notify\"\nurls = [\"env:GONOGO_TEST_NO_SUCH\"]\n"+
				"[source.page]\nkind = \"http\"\nurl = \"env:GONOGO_TEST_NO_SUCH\"\n[metric.m]\nsource = \"page\"\npath = \"/\"\n"+
				"[flag.far]\nkind = \"http\"\nurl = \"env:GONOGO_TEST_NO_SUCH\"\ntype = \"bool\"\nsafe = false\n[phase.on]")
			r.edit("flags = \"safe\"", "flags = { real = false }")
			if alive {
				r.engine()
			}
			if status, out := r.run("status").wait(); status != 0 || !strings.Contains(out, "GONOGO_TEST_NO_SUCH is not set") {
				t.Errorf("status: %d\n%s", status, out)
			}
			if status, out := r.run("flag", "get", "far").wait(); status != 12 {
				t.Errorf("flag get far: %d\n%s", status, out)
			}
			status, out := r.run("rollback", "--yes").wait()
			if status != 0 && status != 20 || !r.off() {
				t.Errorf("rollback: status %d, off %t\n%s", status, r.off(), out)
			}
			if status, out := r.run("check", "--live").wait(); status != 2 || !strings.Contains(out, "GONOGO_TEST_NO_SUCH") {
				t.Errorf("check --live: %d\n%s", status, out)
			}
		})
	}
}

// TestASilentEngineIsNamedWithin3s: no command waits for a stopped engine for ever. It
// says who it is and what to do, asks nothing of it, and --break-glass rolls back.
func TestASilentEngineIsNamedWithin3s(t *testing.T) {
	t.Parallel()
	r := draft(t, `flags = { real = true }`, "flags = { real = true }\ncheck = [{ text = \"ok\" }]").build(t)
	e := r.engine()
	if err := e.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	before := len(r.lines())
	pid := fmt.Sprintf("kill -CONT %d", e.cmd.Process.Pid)
	flights := map[string]*flight{}
	began := time.Now()
	for _, args := range []string{"rollback --yes", "rollback --last", "sign ok", "status", "gate --json", "hold --reason x", "veto", "advance --yes", "flag get real", "adopt --yes"} {
		flights[args] = r.run(strings.Fields(args)...)
	}
	for args, f := range flights {
		want := 26
		if strings.HasPrefix(args, "status") || strings.HasPrefix(args, "gate") || strings.HasPrefix(args, "flag get") || args == "rollback --last" {
			want = 12
		}
		if status, out := f.wait(); status != want || !strings.Contains(out, pid) || !strings.Contains(out, "does not answer") {
			t.Errorf("%s: status %d, wanted %d\n%s", args, status, want, out)
		}
	}
	if took := time.Since(began); took > 10*time.Second { // 3 s, and ten processes on a busy machine
		t.Errorf("they took %v", took)
	}
	if status, out := r.run("rollback", "--break-glass").wait(); status != 2 {
		t.Errorf("without --yes and without a terminal: status %d\n%s", status, out)
	}
	if len(r.lines()) != before || r.off() {
		t.Fatal("something was done")
	}
	status, out := r.run("rollback", "--break-glass", "--yes").wait()
	if status != 0 && status != 20 || !r.off() || !strings.Contains(out, fmt.Sprintf("ended the engine, pid %d", e.cmd.Process.Pid)) {
		t.Errorf("break-glass: status %d, off %t\n%s", status, r.off(), out)
	}
	<-e.ended
	if !e.killed() {
		t.Error("the engine was not ended by SIGKILL")
	}
	r.records() // the chain holds
}

// TestBreakGlassEndsNoHealthyEngine: it is for a silent one.
func TestBreakGlassEndsNoHealthyEngine(t *testing.T) {
	t.Parallel()
	r := draft(t).build(t)
	e := r.engine()
	if status, out := r.run("rollback", "--break-glass", "--yes").wait(); status != 0 && status != 20 || strings.Contains(out, "BREAK-GLASS") {
		t.Errorf("status %d\n%s", status, out)
	}
	select {
	case <-e.ended:
		t.Error("the engine ended")
	default:
	}
}

// TestASilentEngineShowsInTheCockpit: not a frozen screen, and as before once it wakes.
// A new cockpit does not hang either.
func TestASilentEngineShowsInTheCockpit(t *testing.T) {
	t.Parallel()
	r := draft(t).build(t)
	e := r.engine()
	c := launch(t, "-c", r.config)
	c.see("Switched on", 20*time.Second)
	if err := e.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c.see(fmt.Sprintf(`engine \(pid %d\) alive, silent since`, e.cmd.Process.Pid), 20*time.Second)
	late := launch(t, "-c", r.config)
	late.ends(20 * time.Second)
	if late.cmd.ProcessState.ExitCode() != 12 {
		t.Errorf("a new cockpit ends with %v", late.err)
	}
	if err := e.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	c.until("the engine back", 20*time.Second, func(s string) bool { return !strings.Contains(s, "silent since") })
}

// TestAdoptTakesTheFileInPlace: the engine itself goes on with the config on disk,
// after showing what changes, whoever holds it; one that does not load, and what
// cannot change, is refused, and the engine goes on.
func TestAdoptTakesTheFileInPlace(t *testing.T) {
	t.Parallel()
	r := draft(t).build(t)
	e := r.engine()
	pid := fmt.Sprintf(`"pid":%d`, e.cmd.Process.Pid)
	good := string(readFile(t, r.config))

	r.edit("safe = false", "saef = false")
	if status, out := r.run("adopt", "--yes").wait(); status != 25 || !strings.Contains(out, "config.toml:") || !strings.Contains(out, "saef") {
		t.Errorf("a broken file: status %d\n%s", status, out)
	}
	for _, fixed := range []struct{ key, old, new string }{
		{"rollout.id", `id = "rig"`, `id = "gir"`}, {"rollout.state_dir", `"state"`, `"gone"`}, {"journal.anchor", "[flag.real]", "[journal]\nanchor = \"a\"\n[flag.real]"},
	} {
		r.write("config.toml", strings.Replace(good, fixed.old, fixed.new, 1))
		if status, out := r.run("adopt", "--yes").wait(); status != 25 || !strings.Contains(out, fixed.key+" cannot change") {
			t.Errorf("%s: status %d\n%s", fixed.key, status, out)
		}
	}
	r.write("config.toml", good+"[phase.all]\ntitle = \"Everyone\"\n[rollback.slow]\nflags = \"safe\"\nverify = [{ flag = \"real\", within = \"1s\" }]\n")
	if status, out := r.run("adopt", "--dry-run").wait(); status != 0 || !strings.Contains(out, "+ rollback.slow") || !strings.Contains(out, "+ phase.all") {
		t.Errorf("dry run: status %d\n%s", status, out)
	}
	if status, out := r.run("rollback", "slow", "--yes").wait(); status != 25 {
		t.Errorf("not adopted, and in use: status %d\n%s", status, out)
	}
	if status, out := r.run("adopt", "--yes").wait(); status != 0 || !strings.Contains(out, "+ rollback.slow") {
		t.Errorf("adopt: status %d\n%s", status, out)
	}
	if _, out := r.run("status").wait(); !strings.Contains(out, "Everyone") {
		t.Errorf("afterwards: %s", out)
	}
	if _, out := r.run("status", "--json").wait(); !strings.Contains(out, pid) {
		t.Errorf("another engine, not %s: %s", pid, out)
	}
	if status, out := r.run("rollback", "slow", "--yes").wait(); status != 0 && status != 20 || !r.off() {
		t.Errorf("adopted rollback: status %d\n%s", status, out)
	}
	select {
	case <-e.ended:
		t.Errorf("the engine ended\n%s", e.printed())
	default:
	}
	r.records() // the chain holds
}

// TestNothingIsAdoptedUnderAPlan: a plan ends with the config that it was made from.
func TestNothingIsAdoptedUnderAPlan(t *testing.T) {
	t.Parallel()
	r := draft(t).build(t)
	r.engine()
	open := r.gate()
	f := r.run("rollback", "--yes")
	poll(t, "the rollback at work", time.Millisecond, func() bool { return count(r.records(), is[model.StepIntended]) > 1 })
	r.edit(`title = "Everything off"`, `title = "All off"`)
	if status, out := r.run("adopt", "--yes").wait(); status != 25 || !strings.Contains(out, "let it end") {
		t.Errorf("status %d\n%s", status, out)
	}
	open()
	f.wait()
	if status, out := r.run("adopt", "--yes").wait(); status != 0 {
		t.Errorf("after its end: status %d\n%s", status, out)
	}
}

// TestTakeoverGoesByTheFileOnDisk: who takes over from an engine that died reads the
// config anew; where that does not load it goes by the last good one and says so.
func TestTakeoverGoesByTheFileOnDisk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"changed": {`title = "Switched on"`, `title = "Turned on"`, "Turned on"},
		"broken":  {"safe = false", "saef = false", "the last config that ran"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := draftHere(t)
			first := r.engine()
			second := r.run("run", "--headless")
			poll(t, "second engine standing by", 10*time.Millisecond, func() bool { return strings.Contains(second.printed(), "standing by") })
			r.edit(c.old, c.new)
			first.kill()
			poll(t, "takeover", 50*time.Millisecond, func() bool {
				_, out := r.run("status").wait()
				return strings.Contains(out, c.want) && strings.Contains(out, "Turned on") == (name == "changed")
			})
			select {
			case <-second.ended:
				t.Errorf("the second engine ended\n%s", second.printed())
			default:
			}
		})
	}
}

// TestOneEngineWhateverTheEnvironment: who has another environment, or none, is led
// to the engine that runs.
func TestOneEngineWhateverTheEnvironment(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	text := strings.NewReplacer("state_dir = \"state\"\n", "", `id = "rig"`, `id = "one-engine-test"`).Replace(rigConfig)
	r := blueprint{"config.toml": []byte(text), "service.env": []byte("FLAG=false\n"), "started": []byte("never\n")}.build(t)
	e := r.start(func(c *exec.Cmd) { c.Env = append(os.Environ(), "XDG_STATE_HOME="+home) }, "run", "--headless")
	poll(t, "engine", time.Millisecond, func() bool {
		_, err := os.Stat(filepath.Join(home, "gonogo", "one-engine-test", "socket"))
		return err == nil
	})
	status, out := r.bare(nil, "status", "--json")
	var s struct{ Engine struct{ PID int } }
	_, object, _ := strings.Cut(out, "{")
	if err := json.Unmarshal([]byte("{"+object), &s); err != nil || status != 0 || s.Engine.PID != e.cmd.Process.Pid {
		t.Errorf("status %d, engine %d, wanted %d (%v)\n%s", status, s.Engine.PID, e.cmd.Process.Pid, err, out)
	}
}

// TestFlagsOffOrToldWhy: whatever is broken, 5 s after `rollback --yes` the flags are
// off, or within 3 s the command has said why not and what to do.
func TestFlagsOffOrToldWhy(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"none", "healthy", "stopped"} {
		for _, file := range []string{"", "a typo", "gone", "no TOML"} {
			for _, bare := range []bool{false, true} {
				t.Run(fmt.Sprintf("engine %s, file %s, bare %t", engine, file, bare), func(t *testing.T) {
					t.Parallel()
					r := draftHere(t)
					if engine != "none" {
						e := r.engine()
						if engine == "stopped" {
							if err := e.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
								t.Fatal(err)
							}
						}
					}
					if spoil := brokenFiles[file]; spoil != nil {
						spoil(t, r)
					}
					env := os.Environ()
					if bare {
						env = []string{"PATH=" + os.Getenv("PATH")}
					}
					began := time.Now()
					status, out := r.bare(env, "rollback", "--yes")
					took := time.Since(began)
					told := status == 26 && strings.Contains(out, "kill -CONT") && strings.Contains(out, "--break-glass")
					if !r.off() && !told || r.off() && status != 0 && status != 20 {
						t.Errorf("off %t, status %d after %v\n%s", r.off(), status, took, out)
					}
					if took > 15*time.Second { // 5 s, on a machine that runs two dozen of these
						t.Errorf("it took %v", took)
					}
				})
			}
		}
	}
}

// TestAHangingNoticeKeepsNobodyFromTheEngine: an engine that ends waits for its notices,
// and until then answers, and takes a rollback.
func TestAHangingNoticeKeepsNobodyFromTheEngine(t *testing.T) {
	t.Parallel()
	sink, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	r := draft(t).build(t)
	r.edit("run = [\"restart\"]", "run = [\"restart\"]\nnotify = [\"team\"]")
	r.edit("[phase.on]", fmt.Sprintf("[action.team]\nkind = \"notify\"\nurls = [\"http://%s/\"]\n[phase.on]", sink.Addr()))
	e := r.engine()
	if status, out := r.run("rollback", "--yes").wait(); status != 0 && status != 20 {
		t.Fatalf("rollback: status %d\n%s", status, out)
	}
	r.write("service.env", "FLAG=true\n")
	if err := e.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	status, out := r.run("rollback", "--yes").wait()
	if took := time.Since(began); status != 0 && status != 20 || !r.off() || took > 8*time.Second {
		t.Errorf("rollback beside an engine that ends: status %d, off %t after %v\n%s", status, r.off(), took, out)
	}
}

// TestNoLockKeepsAnybodyFromTheEngine: an engine that listens is found also where
// its lock's file was removed, or is none any more; stopped, it is ended by break-glass.
func TestNoLockKeepsAnybodyFromTheEngine(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(lock string) error{
		"removed":     os.Remove,
		"a directory": func(lock string) error { return errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)) },
	} {
		for _, stopped := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, stopped %t", name, stopped), func(t *testing.T) {
				t.Parallel()
				r := draft(t).build(t)
				e := r.engine()
				if err := spoil(filepath.Join(r.dir, "state", "lock")); err != nil {
					t.Fatal(err)
				}
				args := []string{"rollback", "--yes"}
				if stopped {
					if err := e.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
						t.Fatal(err)
					}
					args = append(args, "--break-glass")
				} else if status, out := r.run("status").wait(); status != 0 {
					t.Errorf("status: %d\n%s", status, out)
				}
				if status, out := r.run(args...).wait(); status != 0 && status != 20 || !r.off() {
					t.Errorf("status %d, off %t\n%s", status, r.off(), out)
				}
			})
		}
	}
}
