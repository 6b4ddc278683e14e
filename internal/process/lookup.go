package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gonogo/model"
)

// Lookup returns the absolute path of argv's program: a name is looked for in
// env's PATH, of which only absolute folders count, a path is relative to dir.
// The error says where it was looked for.
func Lookup(argv []string, dir string, env []string) (string, error) {
	if len(argv) == 0 || argv[0] == "" {
		return "", errors.New("no program: the command is empty")
	}
	name := argv[0]
	if strings.Contains(name, "/") {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		if err := executable(path); err != nil {
			return "", programError(path, err)
		}
		return path, nil
	}
	var looked []string
	var found error
	for _, folder := range filepath.SplitList(variable(env, "PATH")) {
		if !filepath.IsAbs(folder) {
			continue
		}
		looked = append(looked, folder)
		path := filepath.Join(folder, name)
		err := executable(path)
		if err == nil {
			return path, nil
		}
		if found == nil && !errors.Is(err, fs.ErrNotExist) {
			found = programError(path, err)
		}
	}
	switch {
	case found != nil:
		return "", found
	case len(looked) == 0:
		return "", programError(name, errors.New("not found: PATH is not set; write the program's whole path"))
	}
	return "", programError(name, fmt.Errorf("not found in %s: install it, or write its whole path",
		model.Inert(strings.Join(looked, ", "))))
}

// executable returns nil if path is a file that may be executed.
func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("not found: %w", fs.ErrNotExist)
	case err != nil:
		return errors.Unwrap(err)
	case info.IsDir():
		return errors.New("is a directory")
	case info.Mode()&0o111 == 0:
		return errors.New("is not executable: chmod +x it")
	}
	return nil
}

// variable returns the last value of name in env, which is the one that counts.
func variable(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(env[i], name+"="); ok {
			return v
		}
	}
	return ""
}

func programError(name string, err error) error {
	return fmt.Errorf("program %q: %w", model.Inert(name), err)
}

// startError explains why a program that is there could not be started.
func startError(path, dir string, err error) error {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	if dir != "" {
		if info, derr := os.Stat(dir); derr != nil || !info.IsDir() {
			return programError(path, fmt.Errorf("its folder %q is not there: %w", model.Inert(dir), err))
		}
	}
	switch {
	case errors.Is(err, syscall.ENOENT):
		err = fmt.Errorf("the interpreter in its first line is not there: %w", err)
	case errors.Is(err, syscall.ENOEXEC):
		err = fmt.Errorf("%w: a script must begin with #! and its interpreter", err)
	}
	return programError(path, err)
}
