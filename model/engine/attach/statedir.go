package attach

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ErrForeign says that the state directory is another user's.
var ErrForeign = errors.New("the state directory is another user's")

// foreign says whose the state directory dir is, and how to get to its engine.
func foreign(dir string, uid int) error {
	var a accounts
	owner := a.of(uid).name
	return fmt.Errorf("%w: %s belongs to %s (uid %d), and there is no engine of theirs to attach to: run gonogo as %s, or have them run gonogo run --headless with your group in the config ([access] group)",
		ErrForeign, dir, owner, uid, owner)
}

// StateDir makes the state directory of the rollout id, mode 0700, and returns
// it: the configured one, or one in the XDG state directory. The error says
// why it cannot be used: it must belong to this user, and be closed to others; root may use any.
func StateDir(configured, id string) (string, error) {
	dir, trouble, err := StateDirDown(configured, id)
	if err == nil && trouble != nil {
		err = trouble
	}
	if err != nil {
		return "", err
	}
	return dir, nil
}

// StateDirDown is StateDir for a way down, see Options.Down: what keeps others
// from using the directory is only returned as trouble. An error is left where another user's
// engine may own the rollout.
func StateDirDown(configured, id string) (dir string, trouble, err error) {
	dir = configured
	if dir == "" {
		home, err := Home()
		if err != nil {
			trouble = fmt.Errorf("state directory: %w; set rollout.state_dir", err)
			home = filepath.Join(os.TempDir(), "gonogo")
		}
		dir = filepath.Join(home, id)
	}
	if trouble != nil {
		return dir, trouble, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return dir, fmt.Errorf("state directory: %w; set rollout.state_dir to one that you may write", err), nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return dir, fmt.Errorf("state directory: %w", err), nil
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() && os.Geteuid() != 0 {
		return dir, nil, foreign(dir, int(st.Uid))
	}
	if info.Mode().Perm()&0o077 != 0 {
		trouble = fmt.Errorf("state directory %s is open to others (%v): chmod 700 it", dir, info.Mode().Perm())
	}
	return dir, trouble, nil
}

// giveBack gives what root made in another user's state directory to that
// user, whose engine has to use it next. It stays inside dir, and a file that has
// another name elsewhere keeps its owner.
func giveBack(dir string) {
	owner, known := ownerOf(dir)
	if os.Geteuid() != 0 || !known || owner == 0 {
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return
	}
	defer func() { _ = root.Close() }()
	_ = fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() && !d.Type().IsRegular() {
			return nil
		}
		f, err := root.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil
		}
		defer func() { _ = f.Close() }()
		info, err := f.Stat()
		if err != nil {
			return nil
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if ok && st.Uid == 0 && (info.IsDir() || info.Mode().IsRegular() && st.Nlink == 1) {
			_ = f.Chown(owner, -1)
		}
		return nil
	})
}
