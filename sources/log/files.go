package log

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gonogo/internal/safefile"
	"gonogo/model"
	"gonogo/model/config"
)

// maxFiles is how many files are looked at.
const maxFiles = 256

// fileID tells files apart, whatever they are called.
type fileID struct{ dev, ino uint64 }

// glob is one of the paths of a source.
type glob struct {
	pattern string // absolute
	literal string // the path where it has nothing to expand; else ""
	written string // as it stands in the config
}

// parseGlobs reads the paths of a source. What is special in the name of the
// config's own directory is not in a glob.
func parseGlobs(part config.Part) ([]glob, error) {
	var globs []glob
	for _, path := range config.Into[keys](part.Table, part.Dir).Paths {
		g := glob{pattern: path, written: path}
		if path == "" {
			return nil, errors.New("paths: an empty one: expected a file, or a pattern like /var/log/shop/*.log")
		}
		if _, err := filepath.Match(path, ""); err != nil {
			return nil, fmt.Errorf("paths: %s is no pattern: a [ must have its ]", model.Inert(path))
		}
		if !filepath.IsAbs(path) {
			g.pattern = filepath.Join(special.Replace(part.Dir), path)
		}
		if !strings.ContainsAny(path, `*?[\`) {
			g.literal = config.AbsPath(path, part.Dir)
		}
		globs = append(globs, g)
	}
	if len(globs) == 0 {
		return nil, errors.New("paths: none: expected files, such as [\"/var/log/shop/*.log\"]")
	}
	return globs, nil
}

var special = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`)

// expand returns the paths that g stands for now.
func (g glob) expand() []string {
	if g.literal != "" {
		if _, err := os.Lstat(g.literal); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return []string{g.literal}
	}
	found, _ := filepath.Glob(g.pattern) // the pattern is good
	return found
}

// found is a file that is there.
type found struct {
	path string
	id   fileID
	info fs.FileInfo
}

// look returns what is at path now; fs.ErrNotExist if nothing is.
func look(path string) (found, error) {
	info, err := os.Stat(path)
	if err != nil {
		return found{}, err
	}
	if !info.Mode().IsRegular() {
		return found{}, fmt.Errorf("%s %w", path, safefile.ErrIrregular)
	}
	return found{path: path, id: idOf(info), info: info}, nil
}

// idOf returns which file info is of.
func idOf(info fs.FileInfo) fileID {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return fileID{uint64(st.Dev), st.Ino} //nolint:unconvert // its type is another one elsewhere
	}
	return fileID{}
}

// list returns the regular files that globs stand for, each once, and for each
// glob whether it stands for any.
func list(globs []glob) (files []found, any []bool, err error) {
	seen := map[fileID]bool{}
	any = make([]bool, len(globs))
	for i, g := range globs {
		for _, path := range g.expand() {
			f, err := look(path)
			switch {
			case errors.Is(err, fs.ErrNotExist), errors.Is(err, safefile.ErrIrregular) && g.literal == "":
				continue
			case err != nil:
				return nil, nil, err
			}
			any[i] = true
			if seen[f.id] {
				continue
			}
			seen[f.id] = true
			if files = append(files, f); len(files) > maxFiles {
				return nil, nil, fmt.Errorf("there are more than %d files: expected paths that fewer match", maxFiles)
			}
		}
	}
	return files, any, nil
}

// open opens a regular file for reading, never waiting for another side.
func open(path string) (*os.File, found, error) {
	f, info, err := safefile.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, found{}, err
	}
	return f, found{path: path, id: idOf(info), info: info}, nil
}
