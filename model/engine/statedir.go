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
	dir := configured
	if dir == "" {
		home, err := Home()
		if err != nil {
			return "", fmt.Errorf("state directory: %w; set rollout.state_dir", err)
		}
		dir = filepath.Join(home, id)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("state directory: %w; set rollout.state_dir to one that you may write", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", fmt.Errorf("state directory: %w", err)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return dir, foreign(dir, int(st.Uid))
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("state directory %s is open to others (%v): chmod 700 it", dir, info.Mode().Perm())
	}
	return dir, nil
}
