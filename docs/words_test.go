package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unsaid are words that people do not read in gonogo, each with what is said instead:
// one word for one thing.
var unsaid = []struct {
	word    *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`(?i)\bways? (down|back)\b`), "rollback"},
	{regexp.MustCompile(`(?i)\bladder\b`), "rollback in levels"},
	{regexp.MustCompile(`(?i)waits for a signature`), "needs sign-off"},
	{regexp.MustCompile(`(?i)effect not seen`), "running value not checked"},
	{regexp.MustCompile(`(?i)means nothing while`), "inactive: needs"},
	{regexp.MustCompile(`(?i)\brest for [0-9]`), "wait"},
	{regexp.MustCompile(`(?i)nothing here holds`), "no match for"},
	{regexp.MustCompile(`(?i)changes the world`), "makes changes"},
	{regexp.MustCompile(`(?i)was so (already|before)`), "unchanged"},
	{regexp.MustCompile(`(?i)seen to be in effect|everything was seen|not seen in effect`), "confirmed, running value not checked"},
	{regexp.MustCompile(`(?i)more events without a bad one|events counted prove`), "passes after about … good events, confirmed above"},
	{regexp.MustCompile(`(?i)\bno TOML:|once this one is mended`), "invalid TOML, fix this first"},
	{regexp.MustCompile(`(?i)did not answer as it should|could make the whole chain`), "probes failed, can rebuild the whole chain"},
}

// text is a Go string literal on one line.
var text = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"|`[^`\n]*`")

// TestOneWordForOneThing holds guides, examples and what the program says to the
// words that are agreed.
func TestOneWordForOneThing(t *testing.T) {
	read := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir(), d.Name() == "CHANGELOG.md": // which tells of what was
			return nil
		}
		code := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
		page := strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".toml") || strings.HasSuffix(path, ".tmpl") || strings.HasSuffix(path, ".svg") || strings.HasSuffix(path, ".example")
		if !code && !page {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read++
		for i, line := range strings.Split(string(data), "\n") {
			said := line
			if code {
				said = strings.Join(text.FindAllString(line, -1), " ")
			}
			for _, u := range unsaid {
				if found := u.word.FindString(said); found != "" {
					t.Errorf("%s:%d says %q: say %q", path, i+1, found, u.instead)
				}
			}
		}
		return nil
	})
	if err != nil || read < 100 {
		t.Fatalf("%d files were read: %v", read, err)
	}
}
