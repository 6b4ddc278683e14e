package examples

import (
	"io"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/model"
)

// shares is a rig with a list that its next phase sets to the half of four, and a rollback
// to one of those who are on it.
func shares(t *testing.T) blueprint {
	t.Helper()
	b := draft(t, "[rollback.quick]", `[flag.tenants]
kind = "dotenv"
file = "service.env"
key = "TENANTS"
type = "list"
empty = "nobody"
safe = "keep"
population = ["t01", "t02", "t03", "t04"]
apply = ["restart"]
effective = { exec = ["sed", "-n", "s/^TENANTS=//p", "running.env"] }
[phase.half]
title = "Half"
flags = { tenants = "50%" }
[rollback.quarter]
steady = "100ms"
title = "Down to one"
flags = { tenants = "25%" }
verify = [{ flag = "tenants", within = "5s" }]
[rollback.quick]`)
	b["service.env"] = append(b["service.env"], "TENANTS=t01\n"...)
	return b
}

// takes waits for text on the screen, and forgets what came until its end.
func (s *screen) takes(text string) {
	s.t.Helper()
	if !s.until(text, 30*time.Second) {
		s.t.Fatalf("no %q: %q", text, s.seen)
	}
	_, rest, _ := strings.Cut(string(s.seen), text)
	s.seen = []byte(rest)
}

func (s *screen) types(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.tty, text); err != nil {
		s.t.Fatal(err)
	}
}

// armed returns the plans that were armed since the rig was built.
func (r *rig) armed() (all []model.Plan) {
	for _, rec := range r.records() {
		if e, ok := rec.Event.(model.PlanArmed); ok {
			all = append(all, e.Plan)
		}
	}
	return all
}

var hashShown = regexp.MustCompile(`hash ([0-9a-f]{12})`)

// TestAPlanThatChangedIsNotWhatFires: a person says yes to a list that was computed from
// another one, which has changed meanwhile. A way up is shown again and asked about
// again; a rollback goes on, and what it does is shown. What runs is what was shown last.
func TestAPlanThatChangedIsNotWhatFires(t *testing.T) {
	t.Parallel()
	plans := shares(t)
	for _, c := range []struct {
		name, end string
		args      []string
		asks      int
	}{
		{"a way up", "TENANTS=t03,t01", []string{"advance", "--reason", "test"}, 2},
		{"a rollback", "TENANTS=t03", []string{"rollback", "quarter"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := plans.build(t)
			s := r.terminal(binary, c.args...)
			for n := range c.asks {
				s.takes(`Type "yes" to do this: `)
				if n == 0 {
					r.write("service.env", "# kept\nFLAG=true\nTENANTS=t03\n")
				}
				s.types("yes\n")
				if n == 0 {
					s.takes("changed since it was shown")
				}
				if env := string(readFile(t, r.path("service.env"))); n == 0 && c.asks > 1 && !strings.Contains(env, "TENANTS=t03\n") {
					t.Errorf("done before it was shown: %q", env)
				}
			}
			s.takes("VERIFIED")
			<-s.f.ended
			armed := r.armed()
			if env := string(readFile(t, r.path("service.env"))); !strings.Contains(env, c.end+"\n") || len(armed) != 2 || armed[0].Hash == armed[1].Hash {
				r.fail("the flag is %q, armed %d", env, len(armed))
			}
		})
	}
}

// TestTheHashThatIsPrintedIsTheOneThatRan: of --yes, and of --dry-run, which arms nothing.
func TestTheHashThatIsPrintedIsTheOneThatRan(t *testing.T) {
	t.Parallel()
	plans := shares(t)
	for _, args := range []string{"advance --reason test", "flag set tenants t02", "rollback", "rollback quarter", "rollback --flag real", "rehearse quick"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			r := plans.build(t)
			_, dry := r.run(append(strings.Fields(args), "--dry-run")...).wait()
			if armed := r.armed(); len(armed) > 0 || !strings.Contains(dry, "nothing was armed") {
				r.fail("a dry run armed %d\n%s", len(armed), dry)
			}
			_, out := r.run(append(strings.Fields(args), "--yes")...).wait()
			armed, first, then := r.armed(), hashShown.FindStringSubmatch(dry), hashShown.FindStringSubmatch(out)
			if len(armed) != 1 || first == nil || then == nil || first[1] != armed[0].Hash[:12] || then[1] != first[1] || !strings.Contains(out, "plan "+string(armed[0].ID)) {
				r.fail("armed %v, printed %v and %v\n%s", armed, first, then, out)
			}
		})
	}
}

// TestWhoIsGoneStopsAWayUpAndNoEmergency: ctrl-c, the end of the input and a terminal that
// is lost cancel what was armed to go up, or a smaller rollback; the emergency fires
// when its countdown is over. A person's no stops any.
func TestWhoIsGoneStopsAWayUpAndNoEmergency(t *testing.T) {
	t.Parallel()
	plans := shares(t)
	goes := map[string]func(*screen){
		"no":       func(s *screen) { s.types("no\n") },
		"ctrl-c":   func(s *screen) { s.types("\x03") },
		"no input": func(s *screen) { s.types("\x04") },
		"hang-up": func(s *screen) {
			_, _ = s.slave.Close(), s.tty.Close()
			_ = s.f.cmd.Process.Signal(syscall.SIGHUP)
		},
	}
	for name, leave := range goes {
		for _, args := range []string{"flag set real false", "rollback quarter", "rollback"} {
			t.Run(name+" "+args, func(t *testing.T) {
				t.Parallel()
				r := plans.build(t)
				emergency := args == "rollback"
				if emergency && name == "no" { // time enough to say so
					r.edit(`countdown = "1s"`, `countdown = "1m"`)
				}
				s := r.terminal(binary, strings.Fields(args)...)
				s.takes(`Type "yes" to `)
				leave(s)
				<-s.f.ended
				status, fires := s.f.cmd.ProcessState.ExitCode(), emergency && name != "no"
				if r.off() != fires || len(r.armed()) != 1 || (status == 0) != fires || !fires && status != 23 {
					r.fail("off %v, status %d", r.off(), status)
				}
			})
		}
	}
}

// TestAnArmedPlanThatDiedIsSaid: one whose engine was killed before it fired was neither
// vetoed nor cancelled by anybody, and never runs.
func TestAnArmedPlanThatDiedIsSaid(t *testing.T) {
	t.Parallel()
	r := shares(t).build(t)
	s := r.terminal(binary, "flag", "set", "real", "false")
	s.takes(`Type "yes" to `)
	_ = s.f.cmd.Process.Signal(os.Kill)
	<-s.f.ended
	status, out := r.run("status").wait()
	if status != 0 || !strings.Contains(out, "Last plan: Set real to false, not run: gonogo ended before it fired\n") || r.off() {
		r.fail("status %d\n%s", status, out)
	}
}

// TestStatusSaysWhatItTakesUp: the command after an engine that was killed in the middle of a
// rollback goes on with that, and says so before it waits for anything, such as a source that hangs.
func TestStatusSaysWhatItTakesUp(t *testing.T) {
	t.Parallel()
	r := draft(t, "[action.restart]", `[source.local]
kind = "exec"
[metric.slow]
source = "local"
command = ["sh", "-c", "if [ -e hangs ]; then sleep 600; fi; echo 0"]
every = "10m"
timeout = "10m"
[action.restart]`, "idempotent = false", "idempotent = true").build(t)
	open := r.gate()
	r.write("hangs", "")
	f := r.run("rollback", "--yes")
	poll(t, "restart under way", time.Millisecond, func() bool { return r.runs() == 1 })
	f.kill()
	next := r.run("status")
	poll(t, "word of it", 10*time.Millisecond, func() bool {
		return strings.Contains(next.printed(), `"Everything off" was under way when the engine before ended`)
	})
	poll(t, "where it stands", 10*time.Millisecond, func() bool { return strings.Contains(next.printed(), "Last plan: Everything off, running") })
	if n := count(r.records(), is[model.PlanEnded]); n > 0 {
		t.Error("it was said only at its end")
	}
	open()
	open()
	if status, out := next.wait(); status != 0 || !strings.Contains(out, "VERIFIED Everything off") {
		r.fail("status %d\n%s", status, out)
	}
}
