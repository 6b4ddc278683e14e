package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of the module each part may import, by prefix.
// Packages that are not listed may be imported by main only.
var allowed = map[string][]string{
	"gonogo/model":         {},
	"gonogo/model/gate":    {"gonogo/model"},
	"gonogo/model/config":  {"gonogo/model", "gonogo/model/gate"},
	"gonogo/model/journal": {"gonogo/model"},
	"gonogo/model/engine":  {"gonogo/model", "gonogo/model/gate", "gonogo/model/config", "gonogo/model/journal"},
	"gonogo/sources":       {"gonogo/model", "gonogo/model/config", "gonogo/sources/..."},
	"gonogo/actions":       {"gonogo/model", "gonogo/model/config", "gonogo/actions/..."},
	"gonogo/ui":            {"gonogo/model", "gonogo/ui/..."},
	"gonogo/examples/demo": {"gonogo/model"},
	"gonogo":               {"gonogo/..."},
}

// foreign says which packages outside the module a part may import, by
// prefix, where it may not import any.
var foreign = map[string][]string{
	"gonogo/model":         {},
	"gonogo/model/gate":    {"github.com/expr-lang/"},
	"gonogo/model/config":  {"github.com/BurntSushi/toml", "github.com/prometheus/common/model"},
	"gonogo/model/journal": {},
	"gonogo/model/engine":  {},
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
