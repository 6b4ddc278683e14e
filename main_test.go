package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
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

// allowed says which packages of the module each part may import: a path, or all
// below it ("/..."). What is not listed may be imported by main only.
var allowed = map[string][]string{
	"gonogo/model":             {"gonogo/model/evidence"}, // whose states are journaled
	"gonogo/model/evidence":    {},
	"gonogo/model/plan":        {"gonogo/model"},
	"gonogo/model/gate":        {"gonogo/model", "gonogo/model/evidence"},
	"gonogo/model/config":      {"gonogo/model", "gonogo/model/gate", "gonogo/internal/safefile"},
	"gonogo/model/journal":     {"gonogo/model", "gonogo/internal/safefile"},
	"gonogo/internal/safefile": {},
	"gonogo/model/engine": {"gonogo/model", "gonogo/model/plan", "gonogo/model/words", "gonogo/model/gate", "gonogo/model/config", "gonogo/model/journal", "gonogo/internal/...",
		"gonogo/model/engine/execute", "gonogo/model/engine/feed", "gonogo/model/engine/history", "gonogo/model/engine/record", "gonogo/model/engine/watch"},

	"gonogo/model/engine/attach":  {"gonogo/model", "gonogo/model/config", "gonogo/model/engine", "gonogo/model/engine/feed", "gonogo/model/engine/record", "gonogo/internal/..."},
	"gonogo/model/engine/feed":    {"gonogo/model"},
	"gonogo/model/engine/history": {"gonogo/model", "gonogo/internal/..."},
	"gonogo/model/engine/watch":   {"gonogo/model"},
	"gonogo/model/engine/record":  {"gonogo/model", "gonogo/model/journal", "gonogo/internal/..."},
	"gonogo/model/engine/execute": {"gonogo/model", "gonogo/model/plan", "gonogo/model/words", "gonogo/model/gate"},

	"gonogo/internal":      {"gonogo/model", "gonogo/internal/..."},
	"gonogo/sources":       {"gonogo/model", "gonogo/model/config", "gonogo/internal/...", "gonogo/sources/..."},
	"gonogo/actions":       {"gonogo/model", "gonogo/model/config", "gonogo/internal/...", "gonogo/actions/..."},
	"gonogo/ui":            {"gonogo/model", "gonogo/model/words", "gonogo/ui/..."},
	"gonogo/ui/headless":   {"gonogo/model", "gonogo/internal/safefile", "gonogo/model/gate/rehearse", "gonogo/model/plan", "gonogo/model/words", "gonogo/ui/report"},
	"gonogo/ui/report":     {"gonogo/model"},
	"gonogo/ui/panel":      {"gonogo/model", "gonogo/model/evidence", "gonogo/ui/layout", "gonogo/ui/theme", "gonogo/model/words"},
	"gonogo/ui/overlay":    {"gonogo/model", "gonogo/ui/keyboard", "gonogo/ui/panel", "gonogo/ui/theme", "gonogo/model/words"},
	"gonogo/ui/keyboard":   {},
	"gonogo/ui/layout":     {},
	"gonogo/ui/theme":      {"gonogo/model"},
	"gonogo/ui/settings":   {"gonogo/ui/theme", "gonogo/internal/safefile"}, // a person's own file
	"gonogo/model/words":   {"gonogo/model"},
	"gonogo/examples/demo": {"gonogo/model"},
	"gonogo":               {"gonogo/..."},
}

// foreign says which packages outside the module a part may import, by
// prefix, where it may not import any.
var foreign = map[string][]string{
	"gonogo/model":          {},
	"gonogo/model/evidence": {},
	"gonogo/model/plan":     {},
	"gonogo/model/gate":     {"github.com/expr-lang/"},
	"gonogo/model/config":   {"github.com/BurntSushi/toml", "github.com/prometheus/common/model"},
	"gonogo/model/journal":  {},
	"gonogo/model/engine":   {},

	"gonogo/model/engine/attach":  {},
	"gonogo/model/engine/feed":    {},
	"gonogo/model/engine/record":  {},
	"gonogo/model/engine/execute": {},
	"gonogo/model/engine/history": {},
	"gonogo/model/engine/watch":   {},

	"gonogo/ui":          {"charm.land/", "github.com/charmbracelet/"},
	"gonogo/ui/headless": {"github.com/spf13/cobra"},
	"gonogo/ui/settings": {"github.com/BurntSushi/toml"},
}

// screenOnly are libraries of the screen: but for main, only the part ui imports them.
var screenOnly = []string{"charm.land/", "github.com/charmbracelet/"}

// pure are the parts without I/O, and what of the standard library would be some.
var pure = []string{"gonogo/model", "gonogo/model/evidence", "gonogo/model/plan", "gonogo/model/gate", "gonogo/model/words", "gonogo/ui/keyboard", "gonogo/ui/overlay", "gonogo/ui/panel", "gonogo/ui/layout", "gonogo/ui/report", "gonogo/ui/theme"}

var impure = []string{"os", "net", "syscall", "log", "os/...", "net/...", "log/...", "sync/...", "crypto/rand", "math/rand/...", "plugin", "unsafe"}

type listed struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
	Standard   bool
	DepOnly    bool
}

// TestImportsRunOneWay holds the packages to the directions of the architecture.
func TestImportsRunOneWay(t *testing.T) {
	standard := map[string]bool{}
	var ours []listed
	for _, p := range packages(t) {
		standard[p.ImportPath] = p.Standard
		if !p.DepOnly {
			ours = append(ours, p)
		}
	}
	kinds := map[string]bool{}
	for _, p := range ours {
		kinds[p.ImportPath] = isKind(t, p)
	}
	for _, p := range ours {
		for _, wrong := range wrongImports(p, standard, kinds) {
			t.Error(wrong)
		}
		if strings.HasPrefix(p.ImportPath, "gonogo/model") && slices.Contains(pure, partOf(p.ImportPath)) {
			for _, wrong := range clocks(t, p) {
				t.Error(wrong)
			}
		}
	}
}

// TestImportsRunOneWaySeesWhatIsWrong breaks each rule once.
func TestImportsRunOneWaySeesWhatIsWrong(t *testing.T) {
	standard := map[string]bool{"os": true, "fmt": true, "net/http": true}
	kinds := map[string]bool{"gonogo/sources/new": true, "gonogo/sources/http": true, "gonogo/actions/http": true}
	for path, wrong := range map[string][]string{
		"gonogo/model":        {"gonogo/model/gate", "os", "net/http", "github.com/expr-lang/expr"},
		"gonogo/model/gate":   {"gonogo/model/config", "os", "github.com/BurntSushi/toml"},
		"gonogo/model/config": {"gonogo/model/engine", "gonogo/sources", "charm.land/lipgloss/v2"},
		"gonogo/model/engine": {"gonogo/model/engine/attach", "gonogo/ui", "gonogo/actions/http", "github.com/spf13/cobra"},
		"gonogo/sources/new":  {"net/http", "gonogo/actions/http", "gonogo/sources/http", "gonogo/ui", "gonogo/model/engine", "charm.land/lipgloss/v2"},
		"gonogo/actions/http": {"net/http", "gonogo/sources/new", "gonogo/examples/demo", "charm.land/bubbletea/v2"},
		"gonogo/ui":           {"gonogo/sources", "gonogo/actions", "gonogo/model/engine", "gonogo/model/config", "github.com/spf13/cobra"},
		"gonogo/ui/panel":     {"os", "gonogo/model/journal"},
	} {
		for _, imported := range wrong {
			if got := wrongImports(listed{ImportPath: path, Imports: []string{imported}}, standard, kinds); len(got) == 0 {
				t.Errorf("%s may import %s", path, imported)
			}
		}
		if got := wrongImports(listed{ImportPath: path, Imports: []string{"fmt", "gonogo/model"}}, standard, kinds); len(got) > 0 && path != "gonogo/model" {
			t.Errorf("%s may not import what it may: %v", path, got)
		}
	}
}

// doors are the files that open others by themselves, and why they may.
var doors = map[string]string{
	"internal/safefile/safefile.go":     "it is the door",
	"actions/dotenv/replace.go":         "a folder, to sync it",
	"actions/process/process.go":        "/proc",
	"model/engine/attach/identity.go":   "/proc",
	"model/engine/attach/peer_linux.go": "/proc",
	"model/engine/attach/socket.go":     "a folder, to know it",
	"model/engine/record/left.go":       "a file that it makes",
	"model/engine/record/lock.go":       "a lock, which may be the folder itself",
	"model/journal/disk.go":             "a folder, to sync it",
}

// TestFilesAreOpenedByOneDoor: a file that somebody else may have put there is opened by
// internal/safefile, which neither waits for it nor reads it without an end.
func TestFilesAreOpenedByOneDoor(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath+"/", "gonogo/") || strings.HasPrefix(p.ImportPath, "gonogo/examples/") || p.ImportPath == "gonogo/internal/testserver" {
			continue
		}
		eachFile(t, p, func(name string, f *ast.File) {
			rel, err := filepath.Rel(here, name)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if x, ok := call.X.(*ast.Ident); ok && x.Name == "os" && slices.Contains([]string{"Open", "OpenFile", "ReadFile"}, call.Sel.Name) {
					used[rel] = true
					if doors[rel] == "" {
						t.Errorf("%s calls os.%s: open it by internal/safefile", rel, call.Sel.Name)
					}
				}
				return true
			})
		})
	}
	for name := range doors {
		if !used[name] {
			t.Errorf("%s opens nothing any more: take it off the list", name)
		}
	}
}

// packages returns what the program and its tests are made of, as go list tells it.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,Imports,GoFiles,Standard,DepOnly", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// wrongImports says what p imports and may not.
func wrongImports(p listed, standard, kinds map[string]bool) []string {
	part := partOf(p.ImportPath)
	var wrong []string
	no := func(imported, why string) {
		wrong = append(wrong, p.ImportPath+" imports "+imported+": "+why)
	}
	for _, imported := range p.Imports {
		switch {
		case standard[imported]:
			if slices.Contains(pure, part) && matches(impure, imported) {
				no(imported, part+" is without I/O")
			}
			if imported == "net/http" && (part == "gonogo/sources" || part == "gonogo/actions") {
				no(imported, "kinds speak HTTP by internal/httpclient")
			}
		case strings.HasPrefix(imported+"/", "gonogo/"):
			if imported != part && !matches(allowed[part], imported) {
				no(imported, fmt.Sprintf("%s may import %v", part, allowed[part]))
			}
			if kinds[imported] && kinds[p.ImportPath] {
				no(imported, "kinds do not import each other")
			}
		default:
			starts := func(prefix string) bool { return strings.HasPrefix(imported, prefix) }
			if only, limited := foreign[part]; limited && !slices.ContainsFunc(only, starts) {
				no(imported, fmt.Sprintf("%s may import %v beside the standard library", part, only))
			}
			if part != "gonogo" && !strings.HasPrefix(part, "gonogo/ui") && slices.ContainsFunc(screenOnly, starts) {
				no(imported, "that is the screen's")
			}
		}
	}
	return wrong
}

// isKind reports whether p defines a kind of source or action: it has a function
// that returns one.
func isKind(t *testing.T, p listed) bool {
	kind := false
	eachFile(t, p, func(_ string, f *ast.File) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || fn.Type.Results == nil {
				continue
			}
			for _, result := range fn.Type.Results.List {
				if sel, ok := result.Type.(*ast.SelectorExpr); ok && (sel.Sel.Name == "SourceKind" || sel.Sel.Name == "ActionKind") {
					kind = true
				}
			}
		}
	})
	return kind
}

// clocks says where p asks the time or starts a goroutine.
func clocks(t *testing.T, p listed) []string {
	var wrong []string
	eachFile(t, p, func(_ string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				wrong = append(wrong, p.ImportPath+" starts a goroutine")
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}, n.Sel.Name) {
					wrong = append(wrong, p.ImportPath+" has a clock of its own: time."+n.Sel.Name)
				}
			}
			return true
		})
	})
	return wrong
}

func eachFile(t *testing.T, p listed, do func(name string, f *ast.File)) {
	t.Helper()
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		do(filepath.Join(p.Dir, name), f)
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

// TestNoticeNamesWhatIsLinked holds NOTICE to the modules that the program is built from.
func TestNoticeNamesWhatIsLinked(t *testing.T) {
	notice, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	linked := map[string]bool{}
	for _, module := range strings.Fields(string(out)) {
		linked[module] = true
	}
	named := map[string]bool{}
	for line := range strings.Lines(string(notice)) {
		if module, license, ok := strings.Cut(strings.TrimSpace(line), "  "); ok && license != "" && strings.Contains(module, "/") {
			named[module] = true
		}
	}
	for module := range linked {
		if !named[module] {
			t.Errorf("NOTICE does not name %s: add it with its license and copyright", module)
		}
	}
	for module := range named {
		if !linked[module] {
			t.Errorf("NOTICE names %s, which is not linked: take it out", module)
		}
	}
}

// TestATitleThatNobodyHereHasIsSaid: where nobody could sign, the way up would wait for ever.
func TestATitleThatNobodyHereHasIsSaid(t *testing.T) {
	r := &model.Rollout{
		Access: model.AccessRules{People: []model.Person{{Name: "ana", Unix: "ana", Titles: []string{"lead"}}, {Name: "bo", Unix: "bo", Titles: []string{"lead", "pm"}}}},
		Phases: []model.Phase{{ID: "ten", Approve: []string{"lead", "pm"}}},
	}
	here := func(name string) (*user.User, error) {
		if name == "ana" {
			return &user.User{}, nil
		}
		return nil, user.UnknownUserError(name)
	}
	if got := strangers(r, here); len(got) != 1 || !strings.Contains(got[0], `title "pm"`) {
		t.Errorf("said %q", got)
	}
}
