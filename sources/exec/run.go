package exec

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"gonogo/model"
)

const (
	maxOutput = 64 << 10        // bytes kept of each of stdout and stderr
	grace     = 5 * time.Second // from SIGTERM to SIGKILL
)

// passed reports whether a command gets the environment variable name.
func passed(name string) bool {
	return slices.Contains([]string{"PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER"}, name) || strings.HasPrefix(name, "LC_")
}

// result is what came of a command that ran to its end.
type result struct {
	status         int
	stdout, stderr output
}

// run runs argv in dir until it ends. When ctx is done first, its process
// group gets SIGTERM, and SIGKILL 5 s later, and run returns ctx's error.
func run(ctx context.Context, dir string, argv []string) (*result, error) {
	path, err := lookup(dir, argv[0])
	if err != nil {
		return nil, err
	}
	r := &result{}
	cmd := exec.CommandContext(ctx, path, argv[1:]...)
	cmd.Dir = dir
	cmd.Env = environment()
	cmd.Stdout, cmd.Stderr = &r.stdout, &r.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return signal(cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = grace // also bounds the wait for a grandchild that holds the pipes
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", model.Inert(argv[0]), err)
	}
	err = cmd.Wait()
	// Whatever the command left running in its group goes with it.
	_ = signal(cmd.Process.Pid, syscall.SIGKILL)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		return nil, fmt.Errorf("%s ended, but something it started kept its output open", model.Inert(argv[0]))
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if exit.ExitCode() < 0 {
			return nil, fmt.Errorf("%s: %s", model.Inert(argv[0]), exit.ProcessState)
		}
		r.status = exit.ExitCode()
		return r, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", model.Inert(argv[0]), err)
	}
	return r, nil
}

// lookup returns the absolute path of program, which is relative to dir if it
// has a slash, and else searched in PATH.
func lookup(dir, program string) (string, error) {
	if strings.ContainsRune(program, filepath.Separator) {
		if !filepath.IsAbs(program) {
			program = filepath.Join(dir, program)
		}
		return program, nil
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func environment() []string {
	env := []string{} // not nil, which would mean all of it
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); passed(name) {
			env = append(env, e)
		}
	}
	return env
}

// signal sends sig to the process group of pid; a group that is gone already is no error.
func signal(pid int, sig syscall.Signal) error {
	err := syscall.Kill(-pid, sig)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// output keeps the first maxOutput bytes written to it. It holds its buffer in
// a field, as io.Copy would go past Write if it were embedded.
type output struct {
	kept    bytes.Buffer
	dropped bool
}

func (o *output) Write(p []byte) (int, error) {
	if room := maxOutput - o.kept.Len(); len(p) > room {
		o.dropped = true
		_, _ = o.kept.Write(p[:room])
		return len(p), nil
	}
	return o.kept.Write(p)
}

func (o *output) String() string { return o.kept.String() }
