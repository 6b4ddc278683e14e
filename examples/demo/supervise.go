package demo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
)

// crashPause is how long a worker that ended by itself stays away.
const crashPause = time.Second

// supervisor keeps a worker running. All but log, requests and wg belongs to
// the goroutine of run.
type supervisor struct {
	dir      string
	exe      string // runs this program again
	grace    time.Duration
	listener *net.TCPListener // the worker's; never accepted from here
	socket   *restartSocket
	log      *os.File
	requests chan request
	worker   *process // nil: none runs
	wg       sync.WaitGroup
}

// Supervise is the supervisor, the body of the hidden command "demo-service".
// It makes the demo's directory ready, starts the worker, writes "ready URL" to
// stdout, or "error REASON", and nothing after that, and runs until ctx is
// done, a signal comes (TERM, INT, HUP) or stdin ends. Then it stops the worker, waits for
// it, and with -remove removes the directory. The error is that of the start, or of the supervisor itself;
// a worker that ends is started again.
func Supervise(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	s := supervisor{requests: make(chan request)}
	fs := flag.NewFlagSet("demo-service", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&s.dir, "dir", "", "the demo's directory")
	fs.StringVar(&s.exe, "exe", ownExe(), "runs this program")
	fs.DurationVar(&s.grace, "grace", defaultGrace, "from the start to misbehaviour, from half of the tenants up")
	addr := fs.String("addr", "127.0.0.1:0", "where to listen; loopback only")
	remove := fs.Bool("remove", false, "remove the directory at the end")
	err := fs.Parse(args)
	if err == nil {
		err = s.supervise(ctx, *addr, stdin, stdout)
	}
	if *remove {
		err = errors.Join(err, removeTemp(s.dir))
	}
	if err != nil {
		return fmt.Errorf("demo service: %w", err)
	}
	return nil
}

func (s *supervisor) supervise(ctx context.Context, addr string, stdin io.Reader, stdout io.Writer) error {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer stop()
	// Else the owner's death in the wrong moment would kill before anything is cleaned up.
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	defer signal.Stop(pipe)
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	// Not waited for: no read of a standard input can be ended but by the process's end.
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		end(nil)
	}()

	closeAll, err := s.open(addr)
	if err == nil {
		err = s.start(ctx)
	}
	if err != nil {
		_, _ = fmt.Fprintf(stdout, "error %s\n", model.Inert(err.Error()))
	} else if _, err = fmt.Fprintf(stdout, "ready http://%s\n", s.listener.Addr()); err == nil {
		own(&s.wg, end, func() error { return acceptRestarts(ctx, s.socket, s.requests) })
		s.run(ctx)
	}
	end(nil)
	s.stopWorker()
	closeAll()
	s.wg.Wait()
	if cause := context.Cause(ctx); err == nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return err
}

// open takes the directory and the port, makes the directory ready and listens
// for restarts. The function returned, never nil, gives back what was taken.
func (s *supervisor) open(addr string) (func(), error) {
	var taken []io.Closer
	closeAll := func() {
		for _, c := range slices.Backward(taken) {
			_ = c.Close()
		}
	}
	if s.dir == "" {
		return closeAll, errors.New("it is started by `gonogo demo` only: expected -dir")
	}
	if err := claim(s.dir); err != nil {
		return closeAll, err
	}
	lock, err := os.Open(s.dir)
	if err != nil {
		return closeAll, err
	}
	taken = append(taken, lock)
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return closeAll, fmt.Errorf("another demo runs in %s", s.dir)
	}
	if s.listener, err = listen(addr); err != nil {
		return closeAll, err
	}
	taken = append(taken, s.listener)
	if err := Prepare(s.dir, s.exe, s.listener.Addr().String()); err != nil {
		return closeAll, err
	}
	if s.log, err = openLog(s.dir); err != nil {
		return closeAll, err
	}
	taken = append(taken, s.log)
	if s.socket, err = listenRestart(s.dir); err != nil {
		return closeAll, err
	}
	taken = append(taken, s.socket)
	return closeAll, nil
}

// listen listens on addr, which must be on the loopback interface.
func listen(addr string) (*net.TCPListener, error) {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, err
	}
	if !a.IP.IsLoopback() {
		return nil, fmt.Errorf("listen on %s: only the loopback interface will do, 127.0.0.1", addr)
	}
	return net.ListenTCP("tcp", a)
}

// run serves restarts, and starts a worker anew that ended by itself, until ctx is done.
func (s *supervisor) run(ctx context.Context) {
	log := slog.New(slog.NewTextHandler(s.log, nil))
	var again <-chan time.Time
	for {
		var crashed <-chan struct{}
		if s.worker != nil {
			crashed = s.worker.done
		}
		select {
		case <-ctx.Done():
			return
		case r := <-s.requests:
			again = nil
			if err := s.restart(ctx); err != nil {
				log.Error("restart", "err", err)
				r.reply <- "error " + err.Error()
				again = time.After(crashPause)
			} else {
				r.reply <- fmt.Sprintf("ok %d", s.worker.cmd.Process.Pid)
			}
		case <-crashed:
			log.Error("the worker ended by itself", "err", s.worker.err)
			s.worker, again = nil, time.After(crashPause)
		case <-again:
			again = nil
			if err := s.start(ctx); err != nil {
				log.Error("start", "err", err)
				again = time.After(crashPause)
			}
		}
	}
}

func (s *supervisor) restart(ctx context.Context) error {
	s.stopWorker()
	return s.start(ctx)
}

// start starts a worker and waits until it answers; without that there is none.
func (s *supervisor) start(ctx context.Context) error {
	p, err := s.spawn()
	if err != nil {
		return err
	}
	s.worker = p
	if err := p.ready(ctx, s.listener.Addr()); err != nil {
		s.stopWorker()
		return err
	}
	return nil
}

// stopWorker stops the worker, if there is one, and removes its pidfile.
func (s *supervisor) stopWorker() {
	if s.worker == nil {
		return
	}
	s.worker.stop()
	s.worker = nil
	_ = os.Remove(filepath.Join(s.dir, pidName)) // names nobody any more
}
