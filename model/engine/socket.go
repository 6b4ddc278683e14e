package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record"
)

const (
	socketName   = record.SocketName
	longestPath  = 100     // of a unix socket: the kernel takes 107 bytes
	longestLine  = 1 << 20 // of what a viewer may send
	writeTimeout = 5 * time.Second
)

// socketPath returns a path for dir's socket that is short enough for the
// kernel, and what to call when it is no longer used.
func socketPath(dir string) (string, func(), error) {
	path := filepath.Join(dir, socketName)
	if len(path) <= longestPath {
		return path, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), socketName), func() { _ = d.Close() }, nil
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

// serve takes viewers until the listener is closed.
func (e *Engine) serve(ctx context.Context, l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		e.spawn("viewer", func() { e.serveViewer(ctx, conn) })
	}
}

// serveViewer sends snapshots to one viewer and takes its intents. A viewer
// that does not read for writeTimeout is dropped.
func (e *Engine) serveViewer(ctx context.Context, conn net.Conn) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	unhook := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer unhook()
	defer func() { _ = conn.Close() }()
	out := json.NewEncoder(conn)
	send := func(m message) error {
		_ = conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		return out.Encode(m)
	}
	who, err := e.visit(conn)
	if err != nil {
		_ = send(message{Hello: &hello{Version: wireVersion, Refused: err.Error(), Transient: e.o.Transient}})
		return
	}
	if send(message{Hello: &hello{Version: wireVersion, Rollout: e.o.Rollout, Access: who.may, Transient: e.o.Transient}}) != nil {
		return
	}
	e.spawn("viewer's intents", func() {
		defer stop()
		e.readIntents(ctx, conn, who)
	})
	box, done := e.Subscribe()
	defer done()
	var d delta
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-box:
			if !ok || send(d.next(s)) != nil {
				return
			}
		}
	}
}

// readIntents takes the intents of who. Its sender and what they may do are
// what the kernel says of the connection, whatever the message claims.
func (e *Engine) readIntents(ctx context.Context, conn net.Conn, who visitor) {
	in := bufio.NewScanner(conn)
	in.Buffer(make([]byte, 0, 4096), longestLine)
	for in.Scan() {
		var m message
		if model.Shallow(in.Bytes()) != nil || json.Unmarshal(in.Bytes(), &m) != nil {
			return
		}
		if m.Hello != nil && m.Hello.ReadOnly {
			who.may = model.AccessReadOnly // and never more again
			continue
		}
		if m.Intent == nil {
			return
		}
		via := m.Intent.By.Via
		m.Intent.By, m.Intent.May = who.by, who.may
		m.Intent.By.Via = "command"
		if via == "cockpit" {
			m.Intent.By.Via = via
		}
		if err := e.Submit(ctx, *m.Intent); err != nil {
			e.answer(m.Intent.ID, err)
		}
	}
}

// attach follows the engine at the other end of conn until it ends: each of its
// snapshots goes to see, and what comes from intents goes to it. joined gets its
// pid, 0 where that is not known.
func attach(ctx context.Context, conn net.Conn, readOnly bool, intents <-chan model.Intent, joined func(pid int), see func(*model.Snapshot)) error {
	pid, _, _ := peer(conn)
	joined(pid)
	ctx, stop := context.WithCancel(ctx)
	unhook := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer unhook()
	sent := make(chan struct{})
	go func() { // ends with ctx, and attach waits for it
		defer close(sent)
		out := json.NewEncoder(conn)
		if readOnly && out.Encode(message{Hello: &hello{Version: wireVersion, ReadOnly: true}}) != nil {
			return
		}
		for {
			select {
			case <-ctx.Done():
				return
			case in := <-intents:
				if out.Encode(message{Intent: &in}) != nil {
					return
				}
			}
		}
	}()
	defer func() {
		stop()
		_ = conn.Close()
		<-sent
	}()
	return follow(conn, readOnly, see)
}

func follow(conn net.Conn, readOnly bool, see func(*model.Snapshot)) error {
	in := json.NewDecoder(model.ShallowReader(conn))
	var v view
	for {
		var m message
		if err := in.Decode(&m); err != nil {
			return err
		}
		switch {
		case m.Hello != nil && m.Hello.Version != wireVersion:
			return fmt.Errorf("the engine speaks protocol %d, this gonogo %d: use the same version", m.Hello.Version, wireVersion)
		case m.Hello != nil:
			if m.Hello.Refused != "" {
				return &Elsewhere{Text: model.Inert(m.Hello.Refused), Transient: m.Hello.Transient}
			}
			_ = conn.SetReadDeadline(time.Time{})
			v.rollout, v.access = m.Hello.Rollout, m.Hello.Access
			if readOnly {
				v.access = model.AccessReadOnly
			}
		case m.Snapshot != nil && v.rollout != nil:
			see(v.snapshot(m))
		}
	}
}
