package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// quoted is a piece of code on a page.
	quoted = regexp.MustCompile("`([^`]+)`")
	// runs are the flags of go test that choose what runs, and what they choose.
	runs = regexp.MustCompile(`-(run|bench|fuzz) ('[^']*'|\S+)`)
	// tested is a function that go test runs.
	tested = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)
)

// TestEveryPromiseNamesATest holds the pages to tests that exist: each command on them
// that names tests finds some, in the folders it names, for each of its alternatives.
func TestEveryPromiseNamesATest(t *testing.T) {
	commands := 0
	for _, page := range []string{"reliability.md", "performance.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range quoted.FindAllStringSubmatch(string(text), -1) {
			chosen := runs.FindAllStringSubmatch(code[1], -1)
			if len(chosen) == 0 {
				continue
			}
			commands++
			where := folders(code[1])
			if len(where) == 0 {
				where = []string{"./..."}
			}
			names := testsIn(t, where)
			for _, c := range chosen {
				if word, found := missing(c, names); !found {
					t.Errorf("%s: %s: no test of that name: %q", page, code[1], word)
				}
			}
		}
	}
	if commands < 50 {
		t.Errorf("%d commands found on the pages: they cannot be read any more", commands)
	}
}

// missing returns an alternative of a flag that chooses none of the names.
func missing(chosen []string, names []string) (string, bool) {
	for _, word := range strings.Split(strings.ReplaceAll(strings.Trim(chosen[2], "'"), `\|`, "|"), "|") {
		if word == "^$" {
			continue // nothing, on purpose
		}
		is, err := regexp.Compile(strings.SplitN(word, "/", 2)[0])
		kind := map[string]string{"run": "Test", "bench": "Benchmark", "fuzz": "Fuzz"}[chosen[1]]
		found := err == nil
		if found {
			found = false
			for _, name := range names {
				found = found || strings.HasPrefix(name, kind) && is.MatchString(name)
			}
		}
		if !found {
			return word, false
		}
	}
	return "", true
}

// folders returns the packages that a command names.
func folders(command string) []string {
	var out []string
	for _, word := range strings.Fields(command) {
		if strings.HasPrefix(word, "./") || word == "." {
			out = append(out, word)
		}
	}
	return out
}

// testsIn lists the names of what go test runs in folders of the module.
func testsIn(t *testing.T, folders []string) []string {
	t.Helper()
	var out []string
	for _, folder := range folders {
		root, all := strings.CutSuffix(folder, "/...")
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && !all && path != filepath.Join("..", root):
				return fs.SkipDir
			case !strings.HasSuffix(path, "_test.go"):
				return nil
			}
			text, err := os.ReadFile(path)
			for _, m := range tested.FindAllStringSubmatch(string(text), -1) {
				out = append(out, m[1])
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", folder, err)
		}
	}
	return out
}
