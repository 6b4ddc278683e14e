package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record"
)

const (
	helloTime  = time.Second     // an engine says hello within it
	claimEvery = 2 * time.Second // how often a contested engine tries to be the only one
)

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

// lock is what makes an engine the only one of its rollout: it holds the state
// directory, and has the claim to the rollout's name on this host.
type lock struct {
	*record.Lock
	host *claim // nil where nothing is claimed
}

func (l *lock) release() {
	l.host.close()
	l.Release()
}

// claim makes the lock's holder the only engine of its rollout on this host; a
// config that was adopted keeps the claim. errTaken where another is.
func (l *lock) claim(o Options) error {
	name := claimName(o.Rollout)
	if l.host != nil || name == "" || o.Apart {
		return nil
	}
	c := &claim{name: name, by: o.contested}
	err := c.take()
	if errors.Is(err, errTaken) && o.contested == "" {
		return err
	}
	l.host = c // a host that has no such sockets has the lock alone
	return nil
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

// contested says who keeps the lock's holder from being the only engine; empty: nobody.
func (l *lock) contested() string {
	if l == nil || l.host == nil {
		return ""
	}
	l.host.mu.Lock()
	defer l.host.mu.Unlock()
	return l.host.by
}

// openDoors lets the host's other users in, by the claim's socket: who may
// attach is decided for each by the kernel's word, see visit.
func (e *Engine) openDoors(ctx context.Context) {
	c := e.lock.host
	if c != nil {
		e.spawn("host socket", func() {
			for e.lock.contested() != "" {
				if c.take() == nil {
					poke(e.facts)
					break
				}
				select {
				case <-ctx.Done():
					return
				case <-time.After(claimEvery):
				}
			}
			if l := c.listener(); l != nil {
				e.serveHost(ctx, l)
			}
		})
	}
	e.openGroup(ctx)
}

// serveHost takes viewers until ctx is done; the listener stays, for the
// engine that goes on with an adopted config.
func (e *Engine) serveHost(ctx context.Context, l *net.UnixListener) {
	_ = l.SetDeadline(time.Time{})
	unhook := context.AfterFunc(ctx, func() { _ = l.SetDeadline(time.Now()) })
	defer unhook()
	e.serve(ctx, l)
}

// Elsewhere is the error of a seat that may neither be the engine nor attach:
// another user's engine runs.
type Elsewhere struct {
	Text      string
	Transient bool // that engine ends soon, with its command
}

func (e *Elsewhere) Error() string { return e.Text }

// Unwrap makes it a refusal.
func (e *Elsewhere) Unwrap() error { return model.ErrRefused }

// errNoHello says that whoever holds the rollout's name is no engine.
type errNoHello struct{ pid, uid int }

func (e errNoHello) Error() string {
	var a accounts
	return fmt.Sprintf("process %d of %s holds this rollout's name on this host and does not answer as an engine", e.pid, a.of(e.uid).name)
}

// errStranger says that whoever holds the rollout's name is a user whose word
// does not count, whatever they say there.
type errStranger struct{ pid, uid int }

func (e errStranger) Error() string {
	var a accounts
	return fmt.Sprintf("process %d of %s holds this rollout's name on this host, and is neither yours nor root's nor of the owner of the config or the state directory: it is not believed",
		e.pid, a.of(e.uid).name)
}

// unless makes it the end of a seat; one that was attached before stays.
func (e errStranger) unless(visited bool) error {
	if visited {
		return nil
	}
	return fmt.Errorf("%w: %w", model.ErrRefused, e)
}

// trusts reports whether the user uid may be the engine for this seat: its own
// user, root, and the owners of the config, of the state directory and of the
// group's folder. A config of root's that names no state directory names no
// owner: then whoever runs the engine is believed.
func (s *Seat) trusts(uid int) bool {
	if uid == 0 || uid == os.Geteuid() {
		return true
	}
	r := s.o.Rollout
	if r == nil {
		r = s.named
	}
	if r == nil {
		return false
	}
	config, known := ownerOf(r.ConfigPath)
	if known && (config == uid || config == 0 && !s.o.OwnedDir) {
		return true
	}
	for _, path := range []string{s.o.Dir, filepath.Join(runDir, r.ID)} {
		if owner, ok := ownerOf(path); ok && owner == uid {
			return true
		}
	}
	return false
}

// ownerOf returns the user whom path belongs to, and whether that is known.
func ownerOf(path string) (int, bool) {
	info, err := os.Stat(path)
	if err != nil || path == "" {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}
