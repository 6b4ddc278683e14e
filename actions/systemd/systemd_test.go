package systemd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/actions/actiontest"
	"gonogo/model"
	"gonogo/model/config"
)

// fake puts a systemctl in front that knows one unit, app.service. Its state is
// kept in the folder returned: id, pid, active, load are what show says; each
// call is noted in calls; verb is what it does besides.
func fake(t *testing.T, verb string) string {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf(`#!/bin/sh
cd %q
echo "$*" >> calls
case "$*" in *" show "*)
	echo "InvocationID=$(cat id)"; echo "MainPID=$(cat pid)"; echo "ActiveState=$(cat active)"; echo "SubState=$(cat sub)"
	echo "LoadState=$(cat load)"; echo "Result=exit-code"; echo "ExecMainStartTimestampMonotonic=$(cat start)"
	exit 0;;
esac
echo $$ > begun
%s
`, dir, verb)
	write(t, dir, "systemctl", script)
	for name, text := range map[string]string{"id": "aaaa", "pid": "17", "active": "active", "sub": "running", "load": "loaded", "start": "100"} {
		write(t, dir, name, text)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func part(values map[string]any) config.Part {
	return config.Part{ID: "x", Kind: "systemd", Table: config.NewTable(values), Dir: "/"}
}

func action(t *testing.T, values map[string]any) model.Action {
	t.Helper()
	if values["unit"] == nil {
		values["unit"] = "app.service"
	}
	a, err := Kind().Build(part(values))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func reader(t *testing.T) model.Reader {
	t.Helper()
	p, ok := Kind().SeenByDefault(part(map[string]any{"unit": "app.service"}))
	if !ok {
		t.Fatal("a restart is not seen by default")
	}
	r, err := Kind().BuildReader(p)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const hostile = "\x1b]0;pwned\a\x1b[2J\u202eevil\u200b\xff"

func TestActionContract(t *testing.T) {
	actiontest.Action(t, actiontest.ActionCase{New: func(t *testing.T, b actiontest.Behaviour) actiontest.Running {
		dir := fake(t, map[actiontest.Behaviour]string{
			actiontest.Well:   "echo hello",
			actiontest.Fails:  "printf '%s\\n' '" + hostile + "'; exit 1",
			actiontest.Hangs:  "exec sleep 1000",
			actiontest.Floods: "yes | head -c 9000000; exit 1",
		}[b])
		return actiontest.Running{
			Action: action(t, map[string]any{}),
			Begun: func() bool {
				pid, err := os.ReadFile(filepath.Join(dir, "begun"))
				return err == nil && len(pid) > 0
			},
			Gone: func() bool {
				var pid int
				text, _ := os.ReadFile(filepath.Join(dir, "begun"))
				if _, err := fmt.Sscan(string(text), &pid); err != nil {
					return false
				}
				return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
			},
		}
	}})
}

func TestReaderContract(t *testing.T) {
	with := func(files ...string) func(t *testing.T) model.Reader {
		return func(t *testing.T) model.Reader {
			dir := fake(t, "")
			for i := 0; i < len(files); i += 2 {
				write(t, dir, files[i], files[i+1])
			}
			return reader(t)
		}
	}
	var dir string
	actiontest.Reader(t, actiontest.ReaderCase{
		New: func(t *testing.T) (model.Reader, string) { return with()(t), "aaaa" },
		Broken: map[string]func(t *testing.T) model.Reader{
			"not found":       with("load", "not-found", "active", "inactive", "id", ""),
			"masked":          with("load", "masked", "active", "inactive"),
			"bad file":        with("load", "bad-setting"),
			"failed":          with("active", "failed"),
			"starting":        with("active", "activating", "sub", "auto-restart"),
			"hostile":         with("active", hostile),
			"nothing to tell": with("id", "", "pid", "0", "start", "0"),
			"floods":          with("systemctl", "#!/bin/sh\nyes | head -c 9000000"),
			"no systemctl": func(t *testing.T) model.Reader {
				t.Setenv("PATH", t.TempDir())
				return reader(t)
			},
		},
		Hangs: func(t *testing.T) (model.Reader, func() bool) {
			dir = fake(t, "")
			write(t, dir, "systemctl", fmt.Sprintf("#!/bin/sh\ntouch %q\nexec sleep 1000\n", dir+"/begun"))
			return reader(t), func() bool {
				_, err := os.Stat(dir + "/begun")
				return err == nil
			}
		},
	})
}

func TestSeen(t *testing.T) {
	const anew = "echo bbbb > id; echo 18 > pid"
	tests := []struct {
		name, verb string
		files      []string // the state before
		want       string   // what is read after; "": an error
	}{
		{"restarted", anew, nil, "bbbb"},
		{"ends well, and restarts nothing", "exit 0", nil, "aaaa"},
		{"another process of the same start", "echo 18 > pid", nil, "aaaa"},
		{"crashes at once", anew + "; echo failed > active", nil, ""},
		{"still starting", anew + "; echo activating > active", nil, ""},
		{"old systemd", "echo 18 > pid; echo 200 > start", []string{"id", ""}, "18@200"},
		{"old systemd, another start of the same number", "echo 200 > start", []string{"id", ""}, "17@200"},
		{"no main process", "echo bbbb > id", []string{"pid", "0"}, "bbbb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := fake(t, tt.verb)
			for i := 0; i < len(tt.files); i += 2 {
				write(t, dir, tt.files[i], tt.files[i+1])
			}
			if before, err := reader(t).Read(t.Context()); err != nil || before == "" || before == tt.want && tt.want != "aaaa" {
				t.Fatalf("before: %q, %v", before, err)
			}
			if err := action(t, map[string]any{}).Do(t.Context(), nil, nil); err != nil {
				t.Fatal(err)
			}
			now, err := reader(t).Read(t.Context())
			if now != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("read %q, %v; want %q", now, err, tt.want)
			}
		})
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	tests := []struct {
		name, verb string
		files      []string
		user       bool
		want       string
	}{
		{"not found", "echo 'Failed to restart app.service: Unit app.service not found.' >&2; exit 5", []string{"load", "not-found"}, false,
			"systemctl restart app.service: exit status 5: Failed to restart app.service: Unit app.service not found.; systemd knows no unit app.service: see systemctl list-unit-files for its name, and run systemctl daemon-reload if it is new"},
		{"failed", "echo 'Job for app.service failed.' >&2; exit 1", []string{"active", "failed"}, true,
			"systemctl restart app.service: exit status 1: Job for app.service failed.; the unit has failed: see journalctl --user -u app.service"},
		{"not allowed", "echo 'Failed to restart app.service: Interactive authentication required.' >&2; exit 4", nil, false,
			"systemctl restart app.service: exit status 4: Failed to restart app.service: Interactive authentication required.; run gonogo as root, allow it by a polkit rule, or set user = true for a unit of the user's own"},
		{"for another reason", "exit 1", nil, false, "systemctl restart app.service: exit status 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := fake(t, tt.verb)
			for i := 0; i < len(tt.files); i += 2 {
				write(t, dir, tt.files[i], tt.files[i+1])
			}
			err := action(t, map[string]any{"user": tt.user}).Do(t.Context(), nil, nil)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
	t.Run("no systemctl", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		a := action(t, map[string]any{})
		err := a.Do(t.Context(), nil, nil)
		if err == nil || !strings.HasSuffix(err.Error(), ": install it, or write its whole path; where no systemd runs, restart by an action of kind exec or compose") {
			t.Error(err)
		}
		if check := a.(model.Checker).Check(); check == nil || check.Error() != err.Error() {
			t.Errorf("check: %v", check)
		}
	})
	t.Run("too slow", func(t *testing.T) {
		fake(t, "exec sleep 1000")
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		err := action(t, map[string]any{}).Do(ctx, nil, nil)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), "; systemd may still be at it") {
			t.Error(err)
		}
	})
}

func TestCalls(t *testing.T) {
	dir := fake(t, "echo hello")
	for _, values := range []map[string]any{{}, {"user": true}, {"command": "reload"}, {"command": "stop", "unit": "app@1.service"}} {
		a := action(t, values)
		var log bytes.Buffer
		if err := a.Do(t.Context(), nil, &log); err != nil || log.String() != "hello\n" {
			t.Errorf("log %q, %v", &log, err)
		}
		if got, want := a.Preview(nil).Lines[0], lastCall(t, dir); got != "run systemctl "+want {
			t.Errorf("preview %q, ran %q", got, want)
		}
	}
	want := "--no-ask-password restart app.service\n--no-ask-password --user restart app.service\n" +
		"--no-ask-password reload app.service\n--no-ask-password stop app@1.service\n"
	if got, err := os.ReadFile(filepath.Join(dir, "calls")); err != nil || string(got) != want {
		t.Errorf("calls %q, %v", got, err)
	}
}

func lastCall(t *testing.T, dir string) string {
	t.Helper()
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(calls)), "\n")
	return lines[len(lines)-1]
}

func TestUnitNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"app": true, "app.service": true, "app@1-b.service": true, `dev-sda\x2d1.device`: true,
		"": false, "-p": false, "--user": false, "a b": false, "app*": false, "app[12]": false, "a\nb": false, "../x": false, "é": false,
		strings.Repeat("a", 256): false,
	} {
		_, err := Kind().Build(part(map[string]any{"unit": name}))
		found := lint(part(map[string]any{"unit": name}))
		if (err == nil) != ok || (len(found) == 0) != ok {
			t.Errorf("%q: %v, %v", name, err, found)
		}
		if _, err := Kind().BuildReader(part(map[string]any{"systemd": name})); (err == nil) != ok {
			t.Errorf("reader of %q: %v", name, err)
		}
	}
	if got, want := lint(part(map[string]any{"unit": "-p"}))[0].Message, `expected the name of one unit, such as shop.service, found "-p"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if found := lint(part(nil)); found != nil {
		t.Errorf("without a unit: %v", found)
	}
}

func TestSeenByDefault(t *testing.T) {
	for verb, want := range map[string]bool{"": true, "restart": true, "reload": false, "start": false, "stop": false} {
		values := map[string]any{"unit": "app.service", "user": true}
		if verb != "" {
			values["command"] = verb
		}
		p, ok := seenByDefault(part(values))
		if ok != want || p.Kind != "systemd" || p.Table.String("systemd") != "app.service" || !p.Table.Bool("user") {
			t.Errorf("%q: %v, %v", verb, p, ok)
		}
	}
}
