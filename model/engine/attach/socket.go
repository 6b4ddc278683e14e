package attach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"gonogo/model/engine/record"
)

// longestPath is the longest path of a unix socket, in bytes: the kernel takes 107.
const longestPath = 100

// socketPath returns a path for dir's socket that is short enough for the
// kernel, and what to call when it is no longer used.
func socketPath(dir string) (string, func(), error) {
	path := filepath.Join(dir, record.SocketName)
	if len(path) <= longestPath {
		return path, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), record.SocketName), func() { _ = d.Close() }, nil
}

// listen opens the engine's socket, mode 0600. The caller holds dir's lock, so
// a socket that is there is a dead engine's.
func listen(dir string) (net.Listener, error) {
	path, done, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false) // the next engine may own it by then
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil, err
	}
	if owner, known := ownerOf(dir); known && os.Geteuid() == 0 {
		_ = os.Lchown(path, owner, -1) // whose directory it is may ask root's engine
	}
	return l, nil
}

// dial connects to the engine of dir.
func dial(ctx context.Context, dir string) (net.Conn, error) {
	path, done, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	defer done()
	var d net.Dialer
	return d.DialContext(ctx, "unix", path)
}

// Alive reports whether an engine listens in the state directory dir, even if it
// answers nothing.
func Alive(dir string) bool {
	ctx, done := context.WithTimeout(context.Background(), time.Second)
	defer done()
	conn, err := dial(ctx, dir)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
