package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// StateDir makes the state directory of the rollout id, mode 0700, and returns
// it: the configured one, or one in the XDG state directory. The error says
// why it cannot be used: it must belong to this user, and be closed to others.
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
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return dir, nil, foreign(dir, int(st.Uid))
	}
	if info.Mode().Perm()&0o077 != 0 {
		trouble = fmt.Errorf("state directory %s is open to others (%v): chmod 700 it", dir, info.Mode().Perm())
	}
	return dir, trouble, nil
}
