package demo

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// The files that the supervisor hands to the worker.
const (
	listenerFD = 3
	lifeFD     = 4
)

const defaultGrace = 12 * time.Second

// Work is the service itself, the body of the hidden command "demo-worker",
// which only the supervisor runs: it hands over the listening socket and a pipe as
// files 3 and 4. It returns nil when it was told to stop, by ctx, by a signal
// (TERM, INT, HUP) or by the end of the pipe.
func Work(ctx context.Context, args []string) error {
	w := worker{pid: os.Getpid(), started: time.Now()}
	fs := flag.NewFlagSet("demo-worker", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&w.dir, "dir", "", "the demo's directory")
	fs.DurationVar(&w.grace, "grace", defaultGrace, "from the start to misbehaviour, from half of the tenants up")
	fs.Uint64Var(&w.seed, "seed", 1, "of the made-up traffic")
	if err := fs.Parse(args); err != nil {
		return fmt.Errorf("demo worker: %w", err)
	}
	file := os.NewFile(listenerFD, "listener")
	listener, err := net.FileListener(file)
	if err != nil {
		return fmt.Errorf("demo worker: it is started by the demo's supervisor only: %w", err)
	}
	_ = file.Close() // the listener has its own copy
	// Non-blocking, so that closing it ends a read.
	if err := syscall.SetNonblock(lifeFD, true); err != nil {
		return fmt.Errorf("demo worker: it is started by the demo's supervisor only: %w", err)
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	defer stop()
	return w.serve(ctx, listener, os.NewFile(lifeFD, "life"))
}

type worker struct {
	dir     string
	grace   time.Duration
	seed    uint64
	pid     int
	started time.Time
}

// serve serves on listener until ctx is done or life ends, and closes both.
func (w worker) serve(ctx context.Context, listener net.Listener, life io.ReadCloser) error {
	file, err := openLog(w.dir)
	if err != nil {
		return fmt.Errorf("demo worker: log: %w", err)
	}
	defer file.Close()
	log := slog.New(slog.NewTextHandler(file, nil)).With("pid", w.pid)
	tenants, err := os.ReadFile(filepath.Join(w.dir, tenantsName))
	if err != nil {
		return fmt.Errorf("demo worker: tenants: %w", err)
	}
	s, err := loadSettings(w.dir)
	if err != nil {
		log.Warn("no settings, everything is off", "err", err)
	}
	if s.real {
		log.Info("Feature flag enabled: real vector retrieval", "tenants", s.tenants)
	} else {
		log.Info("Feature flag disabled: mock vector retrieval for everyone")
	}

	names := strings.Fields(string(tenants))
	m := newMeters(names)
	requests := newTraffic(s, names, w.grace, w.seed, m)
	w.mend(requests, log)
	ctx, end := context.WithCancelCause(ctx)
	server := &http.Server{Handler: w.routes(s, m), ReadHeaderTimeout: 5 * time.Second,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	var wg sync.WaitGroup
	own(&wg, end, func() error {
		return requests.run(ctx, w.dir)
	})
	own(&wg, end, func() error {
		_, _ = io.Copy(io.Discard, life)
		end(nil)
		return nil
	})
	own(&wg, end, func() error { return server.Serve(listener) })

	<-ctx.Done()
	closing, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if server.Shutdown(closing) != nil {
		_ = server.Close() // what is still open then is cut off
	}
	_ = life.Close()
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("demo worker: %w", err)
	}
	log.Info("stopped")
	return nil
}

// mend lets the sick tenant be well once it was seen sick and is off real retrieval now.
func (w worker) mend(t *traffic, log *slog.Logger) {
	sick, mended := filepath.Join(w.dir, sickName), filepath.Join(w.dir, mendedName)
	if t.sick < 0 && os.Rename(sick, mended) == nil {
		log.Info("the index of " + sickTenant + " is rebuilt")
	}
	if _, err := os.Stat(mended); err == nil {
		t.sick = -1
	}
	t.sickAt = func() {
		log.Error("the index of " + sickTenant + " is damaged")
		if f, err := os.OpenFile(sick, os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
			_ = f.Close()
		}
	}
}

// own runs f in a goroutine that wg waits for. An error of f, or a panic, ends
// the owner's context with it.
func own(wg *sync.WaitGroup, end context.CancelCauseFunc, f func() error) {
	wg.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				end(fmt.Errorf("panic: %v", p))
			}
		}()
		if err := f(); err != nil {
			end(err)
		}
	})
}

// health is what /healthz answers, and flags what /flags does.
type (
	health struct {
		PID int `json:"pid"`
	}
	flags struct {
		Real    bool      `json:"real"`
		Tenants []string  `json:"tenants"`
		PID     int       `json:"pid"`
		Started time.Time `json:"started"`
	}
)

func (w worker) routes(s settings, m *meters) http.Handler {
	tenants := s.tenants
	if tenants == nil {
		tenants = []string{}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.Handle("GET /flags", answer(flags{Real: s.real, Tenants: tenants, PID: w.pid, Started: w.started}))
	mux.Handle("GET /healthz", answer(health{PID: w.pid}))
	return mux
}

// answer serves v as JSON.
func answer(v any) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(out).Encode(v) // the asker is gone: nobody to tell
	})
}
