package headless

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/ui/report"
)

// mayWrite refuses to write a report to path where that would lose something: over what is no report, or beside
// the journal in the state directory dir.
func mayWrite(path, dir string) error {
	if inside(path, dir) {
		return usage("%s is in the state directory %s, where gonogo keeps its own files: name a file elsewhere", model.Inert(path), model.Inert(dir))
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return usage("%v: name another file", err)
	case !info.Mode().IsRegular():
		return usage("%s is no regular file: name another, or leave -o out and redirect what is printed", model.Inert(path))
	}
	const longest = 64 << 20
	text, err := safefile.Read(path, safefile.Limits{Size: longest})
	if err != nil || !report.Is(text) {
		return usage("%s exists and is no report of gonogo's, so it is left as it is: name another file, or remove it first", model.Inert(path))
	}
	return nil
}

// inside reports whether path is in dir, links followed.
func inside(path, dir string) bool {
	if dir == "" {
		return false
	}
	real := func(p string) string {
		p, _ = filepath.Abs(p)
		if q, err := filepath.EvalSymlinks(p); err == nil {
			return q
		}
		return p
	}
	rel, err := filepath.Rel(real(dir), filepath.Join(real(filepath.Dir(path)), filepath.Base(path)))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
