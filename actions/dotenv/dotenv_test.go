package dotenv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"gonogo/actions/actiontest"
	"gonogo/model"
	"gonogo/model/config"
)

// fixture is a folder with a .env in it.
type fixture struct {
	t    *testing.T
	dir  string
	kind config.ActionKind
}

func newFixture(t *testing.T, content string) *fixture {
	t.Helper()
	x := &fixture{t: t, dir: t.TempDir(), kind: Kind()}
	x.write(".env", content)
	return x
}

func (x *fixture) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *fixture) path(name string) string { return filepath.Join(x.dir, name) }

func (x *fixture) write(name, content string) {
	x.t.Helper()
	if err := os.WriteFile(x.path(name), []byte(content), 0o640); err != nil {
		x.t.Fatal(err)
	}
}

func (x *fixture) read(name string) string {
	x.t.Helper()
	b, err := os.ReadFile(x.path(name))
	if err != nil {
		x.t.Fatal(err)
	}
	return string(b)
}

func (x *fixture) flag(file, key string, kind model.ValueType) *Switch {
	x.t.Helper()
	s, err := x.kind.BuildSwitch(config.Part{Table: config.NewTable(map[string]any{"file": file, "key": key}), Dir: x.dir},
		model.Flag{ID: "f", Type: kind})
	if err != nil {
		x.t.Fatal(err)
	}
	return s.(*Switch)
}

// clean fails the test if anything but the files named is in the folder.
func (x *fixture) clean(names ...string) {
	x.t.Helper()
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, e := range entries {
		known := e.Name() == ".env"
		for _, name := range names {
			known = known || e.Name() == name
		}
		if !known {
			x.t.Errorf("left behind: %s", e.Name())
		}
	}
}

func on() model.Value { return model.BoolValue(true) }

func TestSwitchContract(t *testing.T) {
	actiontest.Switch(t, actiontest.SwitchCase{New: func(t *testing.T, kind model.ValueType, start model.Value) actiontest.Store {
		x := newFixture(t, "# a comment\nOTHER='x'\n")
		s := x.flag(".env", "KEY", kind)
		if start.Type != model.Unset {
			if err := s.Set(t.Context(), start); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() {
			x.clean()
			if !strings.HasPrefix(x.read(".env"), "# a comment\nOTHER='x'\n") {
				t.Errorf("foreign bytes changed: %q", x.read(".env"))
			}
		})
		return actiontest.Store{Switch: s, Writes: func() string {
			info, err := os.Stat(x.path(".env"))
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(info.Sys().(*syscall.Stat_t).Ino, info.ModTime().UnixNano())
		}}
	}})
}

func TestObserve(t *testing.T) {
	tests := []struct {
		name, text string
		kind       model.ValueType
		want       model.Value
		err        string // with PATH for the file's
	}{
		{"bool", "K=on\n", model.Bool, on(), ""},
		{"list", "K='a, b'\n", model.List, model.ListValue("a", "b"), ""},
		{"empty list", "K=\n", model.List, model.ListValue(), ""},
		{"unset", "A=1\n", model.Bool, model.Value{Type: model.Unset}, ""},
		{"no bool", "A=1\nK=maybe\x1b\n", model.Bool, model.Value{}, `PATH:2: K: "maybe␛" is no bool: expected true or false`},
		{"empty bool", "K=\n", model.Bool, model.Value{}, `PATH:1: K: "" is no bool: expected true or false`},
		{"variable", "K=$A\n", model.Text, model.Value{}, "PATH:1: K: " + errVariable.Error()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := newFixture(t, tt.text)
			got, err := x.flag(".env", "K", tt.kind).Observe(t.Context())
			text := ""
			if err != nil {
				text = strings.ReplaceAll(err.Error(), x.path(".env"), "PATH")
			}
			if !got.Equal(tt.want) || text != tt.err {
				t.Errorf("got %#v, %q", got, text)
			}
		})
	}
}

// What is said differently but means the same is left alone.
func TestSetLeavesEqualAlone(t *testing.T) {
	const text = "A=YES\nB='b, a'\nC=1.0\n"
	x := newFixture(t, text)
	for key, v := range map[string]model.Value{
		"A": on(), "B": model.ListValue("a", "b"), "C": {Type: model.Number, Text: "1"},
	} {
		if err := x.flag(".env", key, v.Type).Set(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if x.read(".env") != text {
		t.Errorf("got %q", x.read(".env"))
	}
}

// A value that cannot be read is overwritten: a rollback must not stop at it.
func TestSetOverNonsense(t *testing.T) {
	x := newFixture(t, "K=maybe # c\n")
	if err := x.flag(".env", "K", model.Bool).Set(t.Context(), on()); err != nil {
		t.Fatal(err)
	}
	if x.read(".env") != "K=true # c\n" {
		t.Errorf("got %q", x.read(".env"))
	}
}

func TestSetRefusesItems(t *testing.T) {
	x := newFixture(t, "K=\n")
	for _, item := range []string{"a,b", " a", ""} {
		if err := x.flag(".env", "K", model.List).Set(t.Context(), model.ListValue("ok", item)); err == nil {
			t.Errorf("%q: no error", item)
		}
	}
	if x.read(".env") != "K=\n" {
		t.Errorf("got %q", x.read(".env"))
	}
}

func TestGroup(t *testing.T) {
	x := newFixture(t, "A=false\nB=\n")
	x.write("other.env", "A=false\n")
	if err := os.Symlink(".env", x.path("link.env")); err != nil {
		t.Fatal(err)
	}
	a, b := x.flag(".env", "A", model.Bool), x.flag("link.env", "B", model.List)
	other := x.flag("other.env", "A", model.Bool)
	if a.Group() != b.Group() || a.Group() == other.Group() {
		t.Errorf("groups %q, %q, %q", a.Group(), b.Group(), other.Group())
	}
	if err := a.SetGroup(t.Context(), []model.SwitchChange{{Switch: a, Value: on()}, {Switch: b, Value: model.ListValue("x", "y")}}); err != nil {
		t.Fatal(err)
	}
	const want = "A=true\nB=x,y\n"
	if x.read(".env") != want {
		t.Errorf("got %q", x.read(".env"))
	}
	bad := [][]model.SwitchChange{
		{{Switch: a, Value: model.BoolValue(false)}, {Switch: b, Value: on()}},
		{{Switch: a, Value: model.BoolValue(false)}, {Switch: other, Value: on()}},
		{{Switch: a, Value: model.BoolValue(false)}, {Switch: nil, Value: on()}},
		{{Switch: a, Value: model.BoolValue(false)}, {Switch: b, Value: model.ListValue("\xff")}},
	}
	for i, changes := range bad {
		if err := a.SetGroup(t.Context(), changes); err == nil {
			t.Errorf("%d: no error", i)
		}
		if x.read(".env") != want || x.read("other.env") != "A=false\n" {
			t.Errorf("%d: half of it was written: %q", i, x.read(".env"))
		}
	}
	x.clean("link.env", "other.env")
}

func TestConcurrentKeys(t *testing.T) {
	x := newFixture(t, "")
	var group sync.WaitGroup
	for i := range 20 {
		s := x.flag(".env", fmt.Sprintf("K%d", i), model.Bool)
		group.Go(func() {
			if err := s.Set(t.Context(), on()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i := range 20 {
		if !strings.Contains(x.read(".env"), fmt.Sprintf("K%d=true\n", i)) {
			t.Errorf("K%d was lost", i)
		}
	}
	x.clean()
}

func TestWarning(t *testing.T) {
	x := newFixture(t, "K=1\nA=2\nK=3\n")
	want := x.path(".env") + ": K is set 2 times: line 3 counts, [1] has no effect"
	if got := x.flag(".env", "K", model.Bool).Warning(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := x.flag(".env", "A", model.Bool).Warning(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestBuildErrors(t *testing.T) {
	tests := []struct{ name, file, key, want string }{
		{"no file", "", "K", "file: it is empty: name the .env file"},
		{"no key", ".env", "", `key: "" is no variable's name: expected letters, digits and _, no digit first`},
		{"bad key", ".env", "A=\x1b", `key: "A=␛" is no variable's name: expected letters, digits and _, no digit first`},
		{"line break", ".env", "A\nB", `key: "A␊B" is no variable's name: expected letters, digits and _, no digit first`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Kind().BuildSwitch(config.Part{Table: config.NewTable(map[string]any{"file": tt.file, "key": tt.key}), Dir: "/"}, model.Flag{Type: model.Bool})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestWaitsNoLongerThanItsContext(t *testing.T) {
	x := newFixture(t, "K=false\n")
	s := x.flag(".env", "K", model.Bool)
	s.file.turn <- struct{}{} // somebody else writes
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- s.Set(ctx, on()) }()
	cancel()
	actiontest.Within(t, "set", func() {
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
	})
}

func TestMissing(t *testing.T) {
	x := newFixture(t, "")
	s := x.flag("none.env", "K", model.Bool)
	_, err := s.Observe(t.Context())
	for _, err := range []error{err, s.Set(t.Context(), on())} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.HasSuffix(err.Error(), "none.env: file does not exist: make it, empty if need be, or correct `file` in the config") {
			t.Errorf("error %v", err)
		}
	}
	x.clean()
}
