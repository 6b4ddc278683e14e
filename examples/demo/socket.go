package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gonogo/model"
)

const (
	maxSocketPath = 100 // bytes; the kernel takes 107
	askTime       = 5 * time.Second
)

// request is somebody who wants a new worker.
type request struct {
	reply chan<- string // takes one without waiting
}

// socketAddr returns the address of dir's restart socket, and what keeps it
// valid: to be closed when it is no longer used.
func socketAddr(dir string) (*net.UnixAddr, io.Closer, error) {
	path := filepath.Join(dir, socketName)
	if len(path) <= maxSocketPath {
		return &net.UnixAddr{Name: path, Net: "unix"}, io.NopCloser(nil), nil
	}
	// The kernel takes no longer path, but a short one through an open directory.
	d, err := os.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	through := fmt.Sprintf("/proc/self/fd/%d", d.Fd())
	if _, err := os.Stat(through); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("the path %s is too long for a socket: choose a shorter one", path), d.Close())
	}
	return &net.UnixAddr{Name: filepath.Join(through, socketName), Net: "unix"}, d, nil
}

// restartSocket is where restarts are asked for.
type restartSocket struct {
	*net.UnixListener
	keep io.Closer // of its address
}

// Close stops listening and removes the socket.
func (s *restartSocket) Close() error {
	return errors.Join(s.UnixListener.Close(), s.keep.Close())
}

// listenRestart listens on dir's restart socket, mode 0600, and removes what an
// earlier supervisor left there: the caller holds dir's lock.
func listenRestart(dir string) (*restartSocket, error) {
	addr, keep, err := socketAddr(dir)
	if err != nil {
		return nil, err
	}
	_ = os.Remove(filepath.Join(dir, socketName)) // if it stays, listening says so
	ln, err := net.ListenUnix("unix", addr)
	if err != nil {
		return nil, errors.Join(err, keep.Close())
	}
	s := &restartSocket{ln, keep}
	if err := os.Chmod(filepath.Join(dir, socketName), 0o600); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// acceptRestarts puts what comes in on ln into requests until ctx is done and
// ln was closed, and waits for those that are under way.
func acceptRestarts(ctx context.Context, ln net.Listener, requests chan<- request) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		} else if err != nil {
			return fmt.Errorf("restart socket: %w", err)
		}
		own(&wg, end, func() error {
			defer conn.Close()
			serveRestart(ctx, conn, requests)
			return nil
		})
	}
}

// serveRestart answers one connection. An asker that goes away changes nothing:
// a restart that has begun ends.
func serveRestart(ctx context.Context, conn net.Conn, requests chan<- request) {
	_ = conn.SetDeadline(time.Now().Add(askTime))
	line, err := bufio.NewReader(io.LimitReader(conn, 64)).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "restart" {
		_, _ = fmt.Fprintln(conn, `error expected "restart"`)
		return
	}
	reply := make(chan string, 1)
	select {
	case requests <- request{reply}:
	case <-ctx.Done():
		return
	}
	select {
	case text := <-reply:
		_ = conn.SetDeadline(time.Now().Add(askTime))
		_, _ = fmt.Fprintln(conn, text)
	case <-ctx.Done():
	}
}

// Restart asks the supervisor of the demo in args[0] for a new worker and
// returns nil when that answers. It is the body of the hidden command
// "demo-restart DIR". The error says why there is none.
func Restart(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("demo restart: expected the demo's directory")
	}
	dir := args[0]
	addr, keep, err := socketAddr(dir)
	if err != nil {
		return fmt.Errorf("demo restart: %w", err)
	}
	defer keep.Close()
	conn, err := (&net.Dialer{Timeout: askTime}).DialContext(ctx, "unix", addr.Name)
	if err != nil {
		// The error repeats the path as it is.
		return fmt.Errorf("demo restart: nobody listens in %s: is `gonogo demo` still running? %s", model.Inert(dir), model.Inert(err.Error()))
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	if _, err := io.WriteString(conn, "restart\n"); err != nil {
		return fmt.Errorf("demo restart: %w", err)
	}
	line, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString('\n')
	switch why, failed := strings.CutPrefix(strings.TrimSpace(line), "error "); {
	case ctx.Err() != nil:
		return fmt.Errorf("demo restart: %w", ctx.Err())
	case failed:
		return fmt.Errorf("demo restart: %s", model.Inert(why))
	case !strings.HasPrefix(line, "ok "):
		return fmt.Errorf("demo restart: the supervisor did not answer: %w", errors.Join(io.ErrUnexpectedEOF, err))
	}
	return nil
}
