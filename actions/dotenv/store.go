package dotenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gonogo/internal/safefile"
	"gonogo/model"
)

const (
	maxSize  = 1 << 20 // bytes of a file
	maxTries = 3       // of a change, while others change the file
)

// ErrConflict is returned, wrapped, when the file was changed by others three times
// while it was being written.
var ErrConflict = errors.New("the file keeps being changed by somebody else")

// errRival means: read again and try again.
var errRival = errors.New("the file was changed meanwhile")

// store is a file that is changed as a whole.
type store struct {
	path string
	turn chan struct{} // holds one token while somebody writes
	// between is called between reading and writing, by tests that play a rival; nil otherwise.
	between func()
	// plainRename is set by tests that play a file system without RENAME_EXCHANGE.
	plainRename bool
}

// version is what a file held, and whose it was.
type version struct {
	path string // symbolic links followed
	data []byte
	mode fs.FileMode
	uid  int
	gid  int
}

func (v version) same(w version) bool {
	return v.mode == w.mode && v.uid == w.uid && v.gid == w.gid && bytes.Equal(v.data, w.data)
}

func (s store) wrap(err error) error {
	if err == nil {
		return nil
	}
	var perr *fs.PathError
	if errors.As(err, &perr) && perr.Path == s.path { // do not say the path twice
		err = perr.Err
	}
	return fmt.Errorf("%s: %w", model.Inert(s.path), err)
}

// resolve follows symbolic links, but not out of the tree of the file's own folder.
func (s store) resolve() (string, error) {
	info, err := os.Lstat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%w: make it, empty if need be, or correct `file` in the config", fs.ErrNotExist)
	}
	if err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(s.path))
	if err != nil {
		return "", err
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return filepath.Join(dir, filepath.Base(s.path)), nil
	}
	real, err := filepath.EvalSymlinks(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("it is a symbolic link to nothing: %w", fs.ErrNotExist)
	}
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(dir, real)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return "", fmt.Errorf("it is a symbolic link out of its folder, to %s: name that file in the config instead", model.Inert(real))
	}
	return real, nil
}

// group returns the path that names the store, even if it is not there.
func (s store) group() string {
	if real, err := s.resolve(); err == nil {
		return real
	}
	return filepath.Clean(s.path)
}

func (s store) read() (version, error) {
	path, err := s.resolve()
	if err != nil {
		return version{}, err
	}
	return readVersion(path)
}

func readVersion(path string) (version, error) {
	data, info, err := safefile.ReadStat(path, safefile.Limits{Size: maxSize})
	switch {
	case errors.Is(err, safefile.ErrIrregular):
		return version{}, errors.New("it is no regular file")
	case errors.Is(err, safefile.ErrLarge):
		return version{}, errors.New("it is larger than 1 MiB: that is no .env file")
	case err != nil:
		return version{}, err
	}
	v := version{path: path, data: data, mode: info.Mode(), uid: -1, gid: -1}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		v.uid, v.gid = int(st.Uid), int(st.Gid)
	}
	return v, nil
}

// change replaces the file by what edit makes of it. Nothing is written if
// that is the same.
func (s store) change(ctx context.Context, edit func([]byte) ([]byte, error)) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for range maxTries {
		if err := ctx.Err(); err != nil {
			return err
		}
		old, err := s.read()
		if err != nil {
			return err
		}
		data, err := edit(old.data)
		if err != nil {
			return err
		}
		if bytes.Equal(data, old.data) {
			return nil
		}
		if err = s.replace(ctx, old, data); !errors.Is(err, errRival) {
			return err
		}
	}
	return fmt.Errorf("%w: tried %d times; see who does, then try again", ErrConflict, maxTries)
}
