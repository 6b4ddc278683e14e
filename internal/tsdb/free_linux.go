package tsdb

import "syscall"

// Free returns how many bytes are free for anybody on the disk of dir; false: not known.
func Free(dir string) (int64, bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * s.Bsize, true //nolint:gosec // no disk has that many
}
