package attach

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"gonogo/model/engine/record"
)

// runDir is where the sockets for groups are, a folder a rollout.
const runDir = "/run/gonogo"

// groupDir returns the folder of the group's socket: the one that systemd made, or runDir's.
func groupDir(id string) string {
	if dirs := os.Getenv("RUNTIME_DIRECTORY"); dirs != "" {
		dir, _, _ := strings.Cut(dirs, ":")
		return dir
	}
	return filepath.Join(runDir, id)
}

// openGroup opens the socket for the config's group, where there is one. Where
// that cannot be, the engine says what to do and goes on without.
func (d *doors) openGroup(ctx context.Context) {
	group := d.rollout.Access.Group
	if group == "" {
		return
	}
	dir := groupDir(d.rollout.ID)
	l, err := listenGroup(dir, group)
	if err != nil {
		if d.transient {
			return // it ends soon, and has its name on the host
		}
		fmt.Fprintf(os.Stderr, "gonogo: no socket for the group %s: %v; as root: install -d -m 0750 -o %s -g %s %s\n", group, err, d.user, group, dir)
		return
	}
	d.spawn("group's socket", func() { d.serve(ctx, l) })
	context.AfterFunc(ctx, func() { _ = l.Close() })
}

// listenGroup opens a socket in dir that the members of group may use. dir must
// be this user's, and nobody else may write it.
func listenGroup(dir, group string) (net.Listener, error) {
	g, err := user.LookupGroup(group)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(g.Gid)
	if err != nil {
		return nil, err
	}
	if os.Geteuid() == 0 {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			return nil, err
		}
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return nil, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(st.Uid) != os.Geteuid() {
		return nil, errors.New(dir + " is no directory of this user")
	}
	if err := errors.Join(os.Chown(dir, -1, gid), os.Chmod(dir, 0o750)); err != nil {
		return nil, err
	}
	l, err := listen(dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, record.SocketName)
	if err := errors.Join(os.Chown(path, -1, gid), os.Chmod(path, 0o660)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
