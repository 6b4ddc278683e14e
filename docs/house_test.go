// Package docs holds the guides, and the test that draws house.md from the code.
package docs

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write house.md anew")

const (
	beginMark = "<!-- made by go test ./docs -update: begin -->\n"
	endMark   = "<!-- made by go test ./docs -update: end -->\n"
)

// room is a folder with Go code, as go list tells it.
type room struct {
	ImportPath string
	Doc        string
	Imports    []string
}

// TestHouseIsDrawnFromTheCode holds house.md to the packages and imports that there are.
func TestHouseIsDrawnFromTheCode(t *testing.T) {
	page, err := os.ReadFile("house.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), beginMark)
	_, after, ended := strings.Cut(rest, endMark)
	if !found || !ended {
		t.Fatalf("house.md has no part between %q and %q", beginMark, endMark)
	}
	want := before + beginMark + draw(rooms(t)) + endMark + after
	if *update {
		if err := os.WriteFile("house.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Error("house.md is stale: run go test ./docs -update")
	}
}

// TestEveryRoomSaysWhatItIsFor wants a package comment in every folder.
func TestEveryRoomSaysWhatItIsFor(t *testing.T) {
	for name, r := range rooms(t) {
		if r.Doc == "" {
			t.Errorf("%s has no package comment: say what it is for", name)
		}
	}
}

// rooms returns the packages of the module by their folder, "main" for the top.
func rooms(t *testing.T) map[string]room {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,Imports", "gonogo/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]room{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var r room
		if err := dec.Decode(&r); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		name := folder(r.ImportPath)
		if name == "docs" || name == "examples" { // tests only
			continue
		}
		all[name] = r
	}
}

func folder(importPath string) string {
	if importPath == "gonogo" {
		return "main"
	}
	return strings.TrimPrefix(importPath, "gonogo/")
}

// wing returns the part of the picture that a folder belongs to: the kinds of
// sources and actions and the rooms of the ground floor are drawn as one each.
func wing(name string) string {
	for _, one := range []string{"sources", "actions", "internal", "ui/panel"} {
		if name == one || path.Dir(name) == one {
			return one
		}
	}
	return name
}

// draw returns the picture and the table.
func draw(rooms map[string]room) string {
	arrows := map[string]map[string]bool{}
	for name, r := range rooms {
		from := wing(name)
		if arrows[from] == nil {
			arrows[from] = map[string]bool{}
		}
		for _, imported := range r.Imports {
			if to := wing(folder(imported)); to != from && strings.HasPrefix(imported, "gonogo") {
				arrows[from][to] = true
			}
		}
	}
	var b strings.Builder
	b.WriteString("```mermaid\nflowchart TD\n")
	for _, from := range slices.Sorted(maps.Keys(arrows)) {
		for _, to := range slices.Sorted(maps.Keys(arrows[from])) {
			if !around(arrows, from, to) {
				fmt.Fprintf(&b, "  %s[%s] --> %s[%s]\n", id(from), from, id(to), to)
			}
		}
	}
	b.WriteString("```\n\n| room | what it is for | imports |\n|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(rooms)) {
		var imports []string
		for _, imported := range rooms[name].Imports {
			if strings.HasPrefix(imported, "gonogo/") {
				imports = append(imports, folder(imported))
			}
		}
		if name == "main" {
			imports = []string{"everything"}
		}
		doc := strings.TrimPrefix(rooms[name].Doc, "Package "+path.Base(name)+" ")
		fmt.Fprintf(&b, "| %s | %s | %s |\n", name, strings.ReplaceAll(doc, "|", "\\|"), strings.Join(imports, ", "))
	}
	return b.String()
}

// around reports whether another way leads from one room to the other: the
// picture leaves such an arrow out.
func around(arrows map[string]map[string]bool, from, to string) bool {
	seen := map[string]bool{}
	var reach func(at string) bool
	reach = func(at string) bool {
		if seen[at] {
			return false
		}
		seen[at] = true
		for next := range arrows[at] {
			if at == from && next == to {
				continue
			}
			if next == to || reach(next) {
				return true
			}
		}
		return false
	}
	return reach(from)
}

func id(name string) string { return strings.ReplaceAll(name, "/", "_") }
