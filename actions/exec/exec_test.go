package exec

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonogo/actions/actiontest"
	"gonogo/model"
	"gonogo/model/config"
)

func part(dir string, values map[string]any) config.Part {
	return config.Part{ID: "x", Kind: "exec", Table: config.NewTable(values), Dir: dir}
}

func sh(script string) []any { return []any{"/bin/sh", "-c", script} }

func action(t *testing.T, dir string, values map[string]any) model.Action {
	t.Helper()
	a, err := Kind().Build(part(dir, values))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestActionContract(t *testing.T) {
	scripts := map[actiontest.Behaviour]string{
		actiontest.Well:   `echo hello "$KEY"`,
		actiontest.Fails:  `printf '\033]0;pwned\007\033[2J%s\n' "$KEY" >&2; exit 3`,
		actiontest.Hangs:  `sleep 1000 & echo $! > child; echo $$ > self; wait`,
		actiontest.Floods: `yes "$KEY, and a good deal of text beside it that is no secret at all" | head -c 12000000`, // more than 8 MiB even without the secrets
	}
	actiontest.Action(t, actiontest.ActionCase{New: func(t *testing.T, b actiontest.Behaviour) actiontest.Running {
		dir := t.TempDir()
		return actiontest.Running{
			Action: action(t, dir, map[string]any{
				"command": sh("touch begun; " + scripts[b]),
				"env":     map[string]any{"KEY": "env:" + actiontest.SecretName},
			}),
			Begun: func() bool {
				return exists(filepath.Join(dir, "begun")) && (b != actiontest.Hangs || exists(filepath.Join(dir, "self")))
			},
			Gone: func() bool { return gone(t, dir, "self") && gone(t, dir, "child") },
		}
	}})
}

// gone reports whether the process whose number is in a file has ended; a zombie has.
func gone(t *testing.T, dir, file string) bool {
	t.Helper()
	pid, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}

func TestSwitchContract(t *testing.T) {
	actiontest.Switch(t, actiontest.SwitchCase{
		// A program that prints nothing says that a text or a list is empty.
		NoUnset: []model.ValueType{model.Text, model.List},
		New: func(t *testing.T, kind model.ValueType, start model.Value) actiontest.Store {
			dir := t.TempDir()
			store := filepath.Join(dir, "store")
			if start.Type != model.Unset {
				if err := os.WriteFile(store, []byte(start.Encode()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s, err := Kind().BuildSwitch(part(dir, map[string]any{
				"get": sh("cat store 2>/dev/null || true"),
				// The value comes both ways, and is one argument whatever is in it.
				"set": append(sh(`[ "$1" = "$GONOGO_VALUE" ] && [ $# = 1 ] && printf %s "$1" > store.$$ && mv store.$$ store && echo >> writes`),
					"sh", "{value}"),
			}), model.Flag{ID: "f", Type: kind})
			if err != nil {
				t.Fatal(err)
			}
			return actiontest.Store{Switch: s, Writes: func() string {
				n, _ := os.ReadFile(filepath.Join(dir, "writes"))
				return fmt.Sprint(len(n))
			}}
		},
	})
}

func reader(values map[string]any) func(t *testing.T) model.Reader {
	return func(t *testing.T) model.Reader {
		t.Helper()
		r, err := Kind().BuildReader(part(t.TempDir(), values))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func TestReaderContract(t *testing.T) {
	key := map[string]any{"KEY": "env:" + actiontest.SecretName}
	actiontest.Reader(t, actiontest.ReaderCase{
		New: func(t *testing.T) (model.Reader, string) {
			return reader(map[string]any{"exec": sh("echo; echo ' 1.2.3 '; echo warning >&2")})(t), "1.2.3"
		},
		Broken: map[string]func(t *testing.T) model.Reader{
			"fails":      reader(map[string]any{"exec": sh(`printf '\033[2J%s' "$KEY"; exit 1`), "env": key}),
			"no program": reader(map[string]any{"exec": []any{"no-such-program-here"}}),
			"floods":     reader(map[string]any{"exec": sh("yes | head -c 1000000")}),
			"no folder":  reader(map[string]any{"exec": sh("true"), "dir": "/nonexistent"}),
		},
		Hangs: func(t *testing.T) (model.Reader, func() bool) {
			dir := t.TempDir()
			r := reader(map[string]any{"exec": sh("touch begun; exec sleep 1000"), "dir": dir})(t)
			return r, func() bool { return exists(filepath.Join(dir, "begun")) }
		},
	})
}

func TestPreview(t *testing.T) {
	t.Setenv(actiontest.SecretName, actiontest.Secret)
	a := action(t, "/srv/app", map[string]any{
		"command": []any{"pytest", "tests/e2e.py", "-k", "one or two", "it's", ""},
		"env":     map[string]any{"TOKEN": "env:" + actiontest.SecretName, "MODE": "full"},
	})
	got := a.Preview(nil)
	want := `run pytest tests/e2e.py -k 'one or two' 'it'\''s' '' in /srv/app with MODE, TOKEN`
	if len(got.Lines) != 1 || got.Lines[0] != want || got.Title != "pytest" {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSecretReachesProgramOnlyByEnvironment(t *testing.T) {
	t.Setenv(actiontest.SecretName, actiontest.Secret)
	dir := t.TempDir()
	a := action(t, dir, map[string]any{
		"command": sh(`printf %s "$KEY" > got; tr '\0' ' ' < /proc/$$/cmdline > argv`),
		"env":     map[string]any{"KEY": "env:" + actiontest.SecretName},
	})
	if err := a.Do(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "got")); string(got) != actiontest.Secret {
		t.Errorf("the program got %q", got)
	}
	argv, _ := os.ReadFile(filepath.Join(dir, "argv"))
	actiontest.NoSecret(t, "argv", string(argv))
}

func TestBuildErrors(t *testing.T) {
	tests := []struct {
		name   string
		values map[string]any
		want   string
	}{
		{"no command", map[string]any{"command": []any{}}, "command: it is empty: expected a program"},
		{"zero byte", map[string]any{"command": []any{"a", "\x00"}}, "command: there is a zero byte in an argument"},
		{"bad variable", map[string]any{"command": []any{"a"}, "env": map[string]any{"A B": "x"}}, `env: "A B" cannot be the name of a variable`},
		{"bad passed variable", map[string]any{"command": []any{"a"}, "pass_env": []any{"A=B"}}, `env: "A=B" cannot be the name of a variable`},
		{"secret not set", map[string]any{"command": []any{"a"}, "env": map[string]any{"A": "env:GONOGO_NOT_SET"}}, "env: A: environment variable GONOGO_NOT_SET is not set"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Kind().Build(part("/", tt.values))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestObserveErrors(t *testing.T) {
	s, err := Kind().BuildSwitch(part("/", map[string]any{"get": sh(`printf 'maybe\033[2J'`), "set": sh("exit 4")}), model.Flag{Type: model.Bool})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Observe(t.Context()); err == nil || !strings.Contains(err.Error(), `get: it printed "maybe␛[2J" is no bool`) {
		t.Errorf("observe: %v", err)
	}
	if err := s.Set(t.Context(), model.BoolValue(true)); err == nil || err.Error() != "set: exit status 4" {
		t.Errorf("set: %v", err)
	}
}
