package attach

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
)

// claimEvery is how often a contested engine tries to be the only one.
const claimEvery = 2 * time.Second

// errTaken says that another process of this host holds the rollout's name.
var errTaken = errors.New("another process on this host holds the name of this rollout")

// claim is an engine's claim to be the only one of its rollout on the host,
// whoever starts it: an abstract socket, which is there for all users of a
// network namespace, needs no file and goes with its process. Linux only.
type claim struct {
	mu   sync.Mutex
	name string
	l    *net.UnixListener
	by   string // who holds the name instead; empty: this engine
}

// claimName returns the name of r's engine on a host; "" where there is none.
func claimName(r *model.Rollout) string {
	if runtime.GOOS != "linux" || r == nil || r.ConfigPath == "" {
		return ""
	}
	path := r.ConfigPath
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	sum := sha256.Sum256([]byte(r.ID + "\x00" + r.Environment.Name + "\x00" + path))
	return "@gonogo-" + hex.EncodeToString(sum[:16])
}

// stake claims to be the only engine of r on this host; nil where that cannot be claimed.
// errTaken where another has the name, unless by says that it is no engine to be believed.
func stake(r *model.Rollout, by string) (*claim, error) {
	name := claimName(r)
	if name == "" {
		return nil, nil
	}
	c := &claim{name: name, by: by}
	if err := c.take(); errors.Is(err, errTaken) && by == "" {
		return nil, err
	}
	return c, nil // a host that has no such sockets has the lock alone
}

// take takes the name, where nobody has it.
func (c *claim) take() error {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: c.name, Net: "unix"})
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return errTaken
	case err != nil:
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.l, c.by = l, ""
	return nil
}

func (c *claim) listener() *net.UnixListener {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.l
}

func (c *claim) close() {
	if c == nil {
		return
	}
	if l := c.listener(); l != nil {
		_ = l.Close()
	}
}

// contested says who keeps this engine from being the only one; empty: nobody.
func (c *claim) contested() string {
	if c == nil {
		return ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by
}

// win tries to take a contested name until it is this engine's, and returns
// its listener; nil if ctx is done before, or the host has no such sockets.
func (c *claim) win(ctx context.Context) *net.UnixListener {
	for c.contested() != "" && c.take() != nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(claimEvery):
		}
	}
	return c.listener()
}
