package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/ui"
)

// TestMain lets the scripts run this program as the command gonogo, and the
// tests in examples as one whose screen panics.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"gonogo":       func() { os.Exit(run()) },
		"gonogo-panic": func() { os.Exit(runWith(panicking)) },
	})
}

// panicking is a screen that panics as soon as a plan runs.
func panicking(ctx context.Context, feed ui.Feed, o ui.Options) error {
	var broken atomic.Bool
	o.Now = func() time.Time {
		if broken.Load() {
			panic("broken clock (on purpose)")
		}
		return time.Now()
	}
	box, done := feed.Subscribe()
	defer done()
	go func() { // ends with box
		for s := range box {
			if plan := s.State.ActivePlan(); plan != nil && plan.Status == model.Running {
				broken.Store(true)
			}
		}
	}()
	return ui.Run(ctx, feed, o)
}

// TestScripts runs the command-line scripts in testdata.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("XDG_STATE_HOME", env.Getenv("WORK")+"/state")
			env.Setenv("XDG_CONFIG_HOME", env.Getenv("WORK")+"/config")
			return os.Mkdir(env.Getenv("WORK")+"/state", 0o700)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"status": status},
	})
}

// status runs a command and wants its exit status: status 25 gonogo advance.
func status(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND ARGUMENT...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = strings.TrimPrefix(exit.Error(), "exit status ")
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit status %s, wanted %s", got, args[0])
	}
}

// TestExamplesLoad holds the configs that come with gonogo to its own lint.
func TestExamplesLoad(t *testing.T) {
	for _, path := range []string{"config.toml.example", "examples/vecsec.toml", "examples/vql.toml"} {
		cfg, err := config.Load(path, kinds())
		if err != nil {
			t.Errorf("%s:\n%v", path, err)
			continue
		}
		for _, w := range cfg.Warnings {
			t.Errorf("%s: warning: %v", path, w)
		}
	}
}

// TestPlansAsWritten holds the lint to what two real plans deserve when they are
// written down word for word: each finding in its exact words.
func TestPlansAsWritten(t *testing.T) {
	for _, name := range []string{"vecsec", "vql"} {
		base := "testdata/plans/" + name + "-as-written"
		cfg, err := config.Load(base+".toml", kinds())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, err := os.ReadFile(base + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(config.Problems(cfg.Warnings).Error(), "testdata/plans/", "") + "\n"
		if got != string(want) {
			t.Errorf("%s:\n--- got\n%s\n--- want\n%s", name, got, want)
		}
	}
}

// allowed says which packages of the module each part may import, by prefix.
// Packages that are not listed may be imported by main only.
var allowed = map[string][]string{
	"gonogo/model":         {},
	"gonogo/model/plan":    {"gonogo/model"},
	"gonogo/model/gate":    {"gonogo/model"},
	"gonogo/model/config":  {"gonogo/model", "gonogo/model/gate"},
	"gonogo/model/journal": {"gonogo/model"},
	"gonogo/model/engine":  {"gonogo/model", "gonogo/model/plan", "gonogo/model/gate", "gonogo/model/config", "gonogo/model/journal", "gonogo/model/engine/execute"},
	"gonogo/sources":       {"gonogo/model", "gonogo/model/config", "gonogo/sources/..."},
	"gonogo/actions":       {"gonogo/model", "gonogo/model/config", "gonogo/actions/..."},
	"gonogo/ui":            {"gonogo/model", "gonogo/model/plan", "gonogo/ui/..."},
	"gonogo/examples/demo": {"gonogo/model"},
	"gonogo":               {"gonogo/..."},

	"gonogo/model/engine/execute": {"gonogo/model", "gonogo/model/plan", "gonogo/model/gate"},
}

// foreign says which packages outside the module a part may import, by
// prefix, where it may not import any.
var foreign = map[string][]string{
	"gonogo/model":         {},
	"gonogo/model/plan":    {},
	"gonogo/model/gate":    {"github.com/expr-lang/"},
	"gonogo/model/config":  {"github.com/BurntSushi/toml", "github.com/prometheus/common/model"},
	"gonogo/model/journal": {},
	"gonogo/model/engine":  {},

	"gonogo/model/engine/execute": {},
}

type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
	DepOnly    bool
}

// TestImportsRunOneWay holds the packages to the directions of the architecture.
func TestImportsRunOneWay(t *testing.T) {
	standard := map[string]bool{}
	var ours []listed
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Standard,DepOnly", "./...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		standard[p.ImportPath] = p.Standard
		if !p.DepOnly {
			ours = append(ours, p)
		}
	}
	for _, p := range ours {
		part := partOf(p.ImportPath)
		for _, imported := range p.Imports {
			switch {
			case standard[imported]:
			case strings.HasPrefix(imported+"/", "gonogo/"):
				if imported != part && !matches(allowed[part], imported) {
					t.Errorf("%s imports %s: %s may import %v", p.ImportPath, imported, part, allowed[part])
				}
			default:
				if only, limited := foreign[part]; limited && !slices.ContainsFunc(only, func(prefix string) bool { return strings.HasPrefix(imported, prefix) }) {
					t.Errorf("%s imports %s: %s may import %v beside the standard library", p.ImportPath, imported, part, only)
				}
			}
		}
		if (part == "gonogo/sources" || part == "gonogo/actions") && !mixesKinds(p.ImportPath) {
			for _, imported := range p.Imports {
				if isKind(imported) && imported != p.ImportPath {
					t.Errorf("%s imports %s: kinds do not import each other", p.ImportPath, imported)
				}
			}
		}
	}
}

// partOf returns the part of the architecture that a package belongs to.
func partOf(path string) string {
	best := "gonogo"
	for part := range allowed {
		if (path == part || strings.HasPrefix(path, part+"/")) && len(part) > len(best) {
			best = part
		}
	}
	return best
}

func matches(list []string, path string) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		prefix, below := strings.CutSuffix(entry, "/...")
		return path == entry || below && (path == prefix || strings.HasPrefix(path, prefix+"/"))
	})
}

var kindFolders = []string{
	"gonogo/sources/prometheus", "gonogo/sources/scrape", "gonogo/sources/http", "gonogo/sources/exec",
	"gonogo/actions/dotenv", "gonogo/actions/exec", "gonogo/actions/http", "gonogo/actions/process",
}

func isKind(path string) bool { return slices.Contains(kindFolders, path) }

// mixesKinds reports whether a package is the list of kinds.
func mixesKinds(path string) bool { return path == "gonogo/sources" || path == "gonogo/actions" }
