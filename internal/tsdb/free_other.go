//go:build !linux

package tsdb

// Free returns how many bytes are free for anybody on the disk of dir; false: not known.
func Free(string) (int64, bool) { return 0, false }
