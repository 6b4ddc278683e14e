package demo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"gonogo/model"
)

// stopTime is how long the supervisor may take to end before it is killed: it
// gives the worker up to killAfter.
const stopTime = killAfter + 5*time.Second

// Options says how to start a demo. The zero Options are a good choice.
type Options struct {
	Dir   string        // where it lives; empty: a temporary directory, removed at the end
	Exe   string        // the program to run, this one; empty: /proc/self/exe, or where there is none, this one's path
	Addr  string        // HOST:PORT on the loopback interface; empty: a free port
	Grace time.Duration // from the worker's start to its misbehaviour, from half of the tenants up; 0: 12 s
}

// Demo is a service that runs.
type Demo struct {
	dir    string
	url    string
	remove bool
	cmd    *exec.Cmd
	life   *os.File // the supervisor goes when this closes
	ended  chan struct{}
	err    error // of the supervisor; readable once ended is closed
	stop   func() error
}

// Start starts the service and returns when it answers. ctx bounds the start
// only; after it, Stop ends the service, and so does the end of this process.
// The error says why there is no service; nothing is left behind then.
func Start(ctx context.Context, o Options) (*Demo, error) {
	d, err := place(o)
	if err != nil {
		return nil, err
	}
	if err := d.launch(ctx, o); err != nil {
		return nil, fmt.Errorf("demo service: %w", errors.Join(err, d.removeDir()))
	}
	return d, nil
}

// place finds the demo's directory and makes it.
func place(o Options) (*Demo, error) {
	if o.Dir == "" {
		dir, err := os.MkdirTemp("", tempPrefix+"*")
		if err != nil {
			return nil, fmt.Errorf("demo directory: %w", err)
		}
		return &Demo{dir: dir, remove: true}, nil
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	return &Demo{dir: dir}, claim(dir)
}

func (d *Demo) launch(ctx context.Context, o Options) error {
	stdin, life, err := os.Pipe()
	if err != nil {
		return err
	}
	defer stdin.Close()
	stderr, err := openLog(d.dir)
	if err != nil {
		return errors.Join(err, life.Close())
	}
	defer stderr.Close()

	cmd := command(o.exe(), d.serviceArgs(o)...)
	cmd.Stdin, cmd.Stderr = stdin, stderr
	// A session of its own: a hangup or Ctrl-C of the terminal is the owner's business.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return errors.Join(err, life.Close())
	}
	d.cmd, d.life, d.ended = cmd, life, make(chan struct{})
	d.stop = sync.OnceValue(d.end)
	ready := make(chan string, 1)
	go func() { // ends with the process; end waits for it
		defer close(d.ended)
		// The supervisor says one line, and nothing after it.
		line, _ := bufio.NewReader(io.LimitReader(stdout, 4096)).ReadString('\n')
		ready <- strings.TrimSpace(line)
		d.err = cmd.Wait()
	}()
	return d.await(ctx, ready)
}

func (d *Demo) serviceArgs(o Options) []string {
	args := []string{"demo-service", "-dir", d.dir, "-exe", o.exe()}
	if d.remove {
		args = append(args, "-remove")
	}
	if o.Addr != "" {
		args = append(args, "-addr", o.Addr)
	}
	if o.Grace > 0 {
		args = append(args, "-grace", o.Grace.String())
	}
	return args
}

// await waits for the supervisor's one line; where it is not what it should be
// the supervisor is stopped.
func (d *Demo) await(ctx context.Context, ready <-chan string) error {
	select {
	case line := <-ready:
		if url, ok := strings.CutPrefix(line, "ready "); ok {
			d.url = url
			return nil
		}
		err := d.stop()
		if why, ok := strings.CutPrefix(line, "error "); ok {
			return errors.New(model.Inert(why)) // err says no more than that
		}
		return errors.Join(errors.New("it ended before it was ready"), err)
	case <-ctx.Done():
		return errors.Join(ctx.Err(), d.stop())
	}
}

// Dir returns the directory that the service lives in, absolute.
func (d *Demo) Dir() string { return d.dir }

// ConfigPath returns the path of the rollout's config, absolute.
func (d *Demo) ConfigPath() string { return filepath.Join(d.dir, configName) }

// URL returns the service's address without a slash at its end: http://127.0.0.1:PORT.
func (d *Demo) URL() string { return d.url }

// Addr returns HOST:PORT of the service.
func (d *Demo) Addr() string { return strings.TrimPrefix(d.url, "http://") }

// Stop ends the service and waits until it is gone, and with it a temporary
// directory; whatever else uses that must have ended before. Further calls
// return what the first did. The error says what went wrong with the
// service or could not be removed.
func (d *Demo) Stop() error { return d.stop() }

func (d *Demo) end() error {
	_ = d.life.Close() // cannot fail in a way that leaves it open
	late := time.NewTimer(stopTime)
	defer late.Stop()
	select {
	case <-d.ended:
	case <-late.C:
		_ = d.cmd.Process.Kill()
		<-d.ended
	}
	var err error
	if d.err != nil {
		err = fmt.Errorf("demo service: %w", d.err)
	}
	return errors.Join(err, d.removeDir())
}

func (d *Demo) removeDir() error {
	if !d.remove {
		return nil
	}
	return removeTemp(d.dir)
}

func (o Options) exe() string {
	if o.Exe != "" {
		return o.Exe
	}
	return ownExe()
}

// ownExe returns a path that runs this program again. Where there is one it is
// /proc/self/exe, which works even when the file is gone by then, as that of a `go run` may be.
func ownExe() string {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err == nil {
		return self
	}
	exe, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return exe
}

// command returns exe with args, under the name that this process has.
func command(exe string, args ...string) *exec.Cmd {
	cmd := exec.Command(exe, args...)
	cmd.Args[0] = os.Args[0]
	return cmd
}
