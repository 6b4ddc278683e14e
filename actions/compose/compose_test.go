package compose

import (
	"bytes"
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

// No engine is needed: a docker of our own stands in front, which answers ps
// and inspect from files of its folder, ids and shown. Each call is noted in
// calls; up is what it does when asked to recreate.
func fake(t *testing.T, up string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "docker", fmt.Sprintf(`#!/bin/sh
echo "$PWD: $*" >> %[1]q/calls
cd %[1]q
env | sort > env
case "$*" in
*" ps -q "*) cat ids; exit 0;;
"inspect "*) cat shown; exit 0;;
esac
echo $$ > begun
%[2]s
`, dir, up))
	set(t, dir, id("a")+" t1 true")
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return dir
}

// set makes the containers of the service be those of lines ID START RUNNING.
func set(t *testing.T, dir string, lines ...string) {
	t.Helper()
	var ids strings.Builder
	for _, line := range lines {
		first, _, _ := strings.Cut(line, " ")
		ids.WriteString(first + "\n")
	}
	write(t, dir, "ids", ids.String())
	write(t, dir, "shown", strings.Join(lines, "\n")+"\n")
}

// id returns a container's whole id.
func id(digit string) string { return strings.Repeat(digit, 64) }

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

func part(values map[string]any) config.Part {
	return config.Part{ID: "x", Kind: "compose", Table: config.NewTable(values), Dir: "/"}
}

func action(t *testing.T, values map[string]any) model.Action {
	t.Helper()
	values["service"] = "backend"
	a, err := Kind().Build(part(values))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func reader(t *testing.T) *Reader {
	t.Helper()
	p, ok := Kind().SeenByDefault(part(map[string]any{"service": "backend"}))
	if !ok {
		t.Fatal("it is not seen by default")
	}
	r, err := Kind().BuildReader(p)
	if err != nil {
		t.Fatal(err)
	}
	return r.(*Reader)
}

const hostile = "\x1b]0;pwned\a\x1b[2J\u202eevil\u200b\xff"

func TestActionContract(t *testing.T) {
	actiontest.Action(t, actiontest.ActionCase{New: func(t *testing.T, b actiontest.Behaviour) actiontest.Running {
		dir := fake(t, map[actiontest.Behaviour]string{
			actiontest.Well:   "echo hello $" + actiontest.SecretName, // which it has not: only what is named is passed on
			actiontest.Fails:  "printf '%s\\n' '" + hostile + "'; exit 1",
			actiontest.Hangs:  "exec sleep 1000",
			actiontest.Floods: "yes | head -c 9000000",
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
	with := func(name, text string) func(t *testing.T) model.Reader {
		return func(t *testing.T) model.Reader {
			write(t, fake(t, ""), name, text)
			return reader(t)
		}
	}
	actiontest.Reader(t, actiontest.ReaderCase{
		New: func(t *testing.T) (model.Reader, string) {
			set(t, fake(t, ""), id("b")+" t2 true", id("a")+" t1 true")
			return reader(t), "aaaaaaaaaaaa@t1, bbbbbbbbbbbb@t2"
		},
		Broken: map[string]func(t *testing.T) model.Reader{
			"none runs":          with("ids", ""),
			"exited":             with("shown", id("a")+" t1 false"),
			"gone meanwhile":     with("shown", ""),
			"no id":              with("ids", hostile),
			"an option":          with("ids", "--format=x"),
			"hostile":            with("shown", hostile+" a b"),
			"hostile, as an id":  with("shown", id("a")+" "+hostile+" false"),
			"floods":             with("docker", "#!/bin/sh\nyes | head -c 9000000"),
			"no compose":         with("docker", "#!/bin/sh\necho \"Run 'docker --help' for more information\" >&2; exit 1"),
			"not there":          func(t *testing.T) model.Reader { t.Setenv("PATH", t.TempDir()); return reader(t) },
			"cannot be executed": with("docker", "#!/no/such/shell\n"),
		},
		Hangs: func(t *testing.T) (model.Reader, func() bool) {
			dir := fake(t, "")
			write(t, dir, "docker", fmt.Sprintf("#!/bin/sh\ntouch %q\nexec sleep 1000\n", dir+"/begun"))
			return reader(t), func() bool {
				_, err := os.Stat(dir + "/begun")
				return err == nil
			}
		},
	})
}

func TestSeen(t *testing.T) {
	a, b, c, d := id("a"), id("b"), id("c"), id("d")
	tests := []struct {
		name          string
		before, after []string
		want          bool
	}{
		{"recreated", []string{a + " t1 true"}, []string{b + " t2 true"}, true},
		{"started again", []string{a + " t1 true"}, []string{a + " t2 true"}, true},
		{"up ends well and recreates nothing", []string{a + " t1 true"}, []string{a + " t1 true"}, false},
		{"one of two", []string{a + " t1 true", b + " t1 true"}, []string{a + " t1 true", c + " t2 true"}, false},
		{"two of two", []string{a + " t1 true", b + " t1 true"}, []string{c + " t2 true", d + " t2 true"}, true},
		{"another order", []string{a + " t1 true", b + " t1 true"}, []string{b + " t1 true", a + " t1 true"}, false},
		{"fewer, and old", []string{a + " t1 true", b + " t1 true"}, []string{b + " t1 true"}, false},
		{"none before", nil, []string{b + " t1 true"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir, r := fake(t, ""), reader(t)
			set(t, dir, tt.before...)
			if tt.before == nil {
				write(t, dir, "ids", "")
			}
			before, err := r.Read(t.Context())
			if (err != nil) != (tt.before == nil) {
				t.Fatal(err)
			}
			if err := action(t, map[string]any{}).Do(t.Context(), nil, nil); err != nil {
				t.Fatal(err)
			}
			set(t, dir, tt.after...)
			now, err := r.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Changed(model.Inert(before), model.Inert(now)); got != tt.want {
				t.Errorf("from %q to %q: %t", before, now, got)
			}
		})
	}
	if reader(t).Changed("", "") {
		t.Error("nothing is a change")
	}
}

func TestCalls(t *testing.T) {
	dir, work := fake(t, "echo hello"), t.TempDir()
	t.Setenv("DOCKER_HOST", "unix:///d.sock")
	t.Setenv("TAG", "v2")
	t.Setenv("OTHER", "x")
	var log bytes.Buffer
	all := map[string]any{"file": "etc/up.yml", "project": "shop", "dir": work, "pass_env": []any{"TAG"}}
	for _, values := range []map[string]any{{}, all} {
		if err := action(t, values).Do(t.Context(), nil, &log); err != nil {
			t.Fatal(err)
		}
	}
	values := map[string]any{"service": "backend"}
	for k, v := range all {
		values[k] = v
	}
	p, _ := Kind().SeenByDefault(part(values))
	r, err := Kind().BuildReader(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := "/: compose up -d --force-recreate --no-deps backend\n" +
		work + ": compose -f /etc/up.yml -p shop up -d --force-recreate --no-deps backend\n" +
		work + ": compose -f /etc/up.yml -p shop ps -q backend\n" +
		work + ": inspect -f {{.Id}} {{.State.StartedAt}} {{.State.Running}} " + id("a") + "\n"
	if got, err := os.ReadFile(filepath.Join(dir, "calls")); err != nil || string(got) != want {
		t.Errorf("calls\n%s\nwant\n%s%v", got, want, err)
	}
	if got, want := action(t, all).Preview(nil).Lines[0], "run docker compose -f /etc/up.yml -p shop up -d --force-recreate --no-deps backend in "+work; got != want {
		t.Errorf("preview %q, want %q", got, want)
	}
	env, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil || !strings.Contains(string(env), "DOCKER_HOST=unix:///d.sock\n") || !strings.Contains(string(env), "TAG=v2\n") || strings.Contains(string(env), "OTHER=") {
		t.Errorf("environment %s, %v", env, err)
	}
	if log.String() != "hello\nhello\n" {
		t.Errorf("log %q", &log)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	tests := []struct{ said, want string }{
		{"Run 'docker --help' for more information", "install the compose plugin of docker"},
		{"permission denied while trying to connect to the Docker daemon socket", "run gonogo as a user who may use docker, or name its host in DOCKER_HOST"},
		{"Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "or name its host in DOCKER_HOST"},
		{"no configuration file provided: not found", "say where it is with file or dir"},
		{"no such service: backend", "see docker compose config --services"},
	}
	for _, tt := range tests {
		fake(t, fmt.Sprintf("echo %q >&2; exit 14", tt.said))
		err := action(t, map[string]any{}).Do(t.Context(), nil, nil)
		if want := "docker compose up backend: exit status 14: " + tt.said + "; " + tt.want; err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	a := action(t, map[string]any{})
	if err := a.(model.Checker).Check(); err == nil || !strings.HasSuffix(err.Error(), "; it is docker with its compose plugin that is needed") {
		t.Error(err)
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{"backend": true, "back-end_2.x": true, "": false, "-f": false, "a b": false, "a\x1b": false} {
		for _, values := range []map[string]any{{"service": name}, {"service": "x", "project": name}} {
			_, err := Kind().Build(part(values))
			found := lint(part(values))
			if want := ok || name == "" && values["project"] != nil; (err == nil) != want {
				t.Errorf("%v: %v", values, err)
			}
			if (len(found) == 0) != ok {
				t.Errorf("%v: %v", values, found)
			}
		}
	}
	if got, want := lint(part(map[string]any{"service": "-f"}))[0].Message, `expected a name of letters, digits, _, . and - (no - in front), found "-f"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := Kind().Build(part(map[string]any{"service": "x", "pass_env": "A=B"})); err == nil || len(lint(part(map[string]any{"pass_env": "A=B"}))) != 1 {
		t.Errorf("a bad variable: %v", err)
	}
}

// TestBegan: the last container's start is the service's.
func TestBegan(t *testing.T) {
	r := &Reader{}
	text := "0123456789ab@2026-01-31T12:00:00.5Z, ba9876543210@2026-01-31T12:00:02.25Z"
	at, known := r.Began(text)
	if want := time.Date(2026, 1, 31, 12, 0, 2, 250_000_000, time.UTC); !known || !at.Equal(want) {
		t.Errorf("began %s, known %v", at, known)
	}
	if _, known := r.Began("0123456789ab@soon"); known {
		t.Error("what is no time is known")
	}
	if got := r.Name(text); got != "containers 0123456789ab, ba9876543210" {
		t.Errorf("name %q", got)
	}
}
