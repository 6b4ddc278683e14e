package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gonogo/internal/secret"
)

const grace = 300 * time.Millisecond

func sh(script string) Spec {
	return Spec{Argv: []string{"/bin/sh", "-c", script}, Env: Environ(nil, nil), Grace: grace}
}

func TestRunEnds(t *testing.T) {
	tests := []struct {
		name string
		spec Spec
		want string // of the error; empty: none
	}{
		{"well", sh("exit 0"), ""},
		{"badly, silent", sh("exit 3"), "exit status 3"},
		{"badly, with a word", sh("echo no such unit; exit 3"), "exit status 3: no such unit"},
		{"last line counts", sh("echo one; echo two; echo; exit 1"), "exit status 1: two"},
		{"no final newline", sh("printf 'one\ntwo'; exit 1"), "exit status 1: two"},
		{"stderr too", sh("echo out; echo err >&2; exit 1"), "exit status 1: err"},
		{"inert", sh(`printf '\033]0;x\007\n' >&2; exit 1`), "exit status 1: ␛]0;x␇"},
		{"a signal", sh("kill -9 $$"), "ended by signal 9 (killed)"},
		{"stdin is empty", sh("cat; exit 0"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := Run(t.Context(), tt.spec)
			if got := text(err); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestRunSeparatesStderr(t *testing.T) {
	var out, errs bytes.Buffer
	s := sh("echo out; echo err >&2; exit 1")
	s.Out, s.Err = &out, &errs
	err := Run(t.Context(), s)
	if out.String() != "out\n" || errs.String() != "err\n" || text(err) != "exit status 1: err" {
		t.Errorf("out %q, err %q, error %v", out.String(), errs.String(), err)
	}
}

func TestRunHidesSecrets(t *testing.T) {
	s := sh("echo the password is hush; exit 1")
	s.Secrets = &secret.Set{}
	s.Secrets.Add("hush")
	if err := Run(t.Context(), s); text(err) != "exit status 1: the password is [secret]" {
		t.Error(err)
	}
}

// TestASecretIsFoundBeforeALineIsCut: neither the log nor the error shows half of a
// secret that stands where a long line is cut, or that comes in two pieces.
func TestASecretIsFoundBeforeALineIsCut(t *testing.T) {
	const hush = "correct-horse-battery-staple"
	for before := maxLine - len(hush); before < maxLine; before += 5 {
		var log bytes.Buffer
		s := sh(fmt.Sprintf("printf '%s%s'; printf '%s\\n'; exit 1", strings.Repeat("x", before), hush[:9], hush[9:]))
		s.Log, s.Secrets = &log, &secret.Set{}
		s.Secrets.Add(hush)
		err := text(Run(t.Context(), s))
		if strings.Contains(log.String(), hush[:4]) || strings.Contains(err, hush[:4]) || !strings.Contains(log.String(), secret.Masked) {
			t.Errorf("after %d: error %q, log %q", before, err, log.String())
		}
	}
}

// TestWhatAProgramLeavesMayEndWithIt: with EndsGroup nothing in its group outlives it, and
// output that is held open is an error.
func TestWhatAProgramLeavesMayEndWithIt(t *testing.T) {
	for name, test := range map[string]struct{ script, want string }{
		"lets go of the output": {"sleep 1000 >/dev/null 2>&1 & echo $!", ""},
		"holds the output":      {"sleep 1000 & echo $!", "output: something it started kept its output open"},
	} {
		t.Run(name, func(t *testing.T) {
			s := sh(test.script)
			s.EndsGroup, s.Grace = true, 50*time.Millisecond
			var out bytes.Buffer
			s.Out = &out
			if err := Run(t.Context(), s); !strings.HasPrefix(text(err), test.want) || (err == nil) != (test.want == "") {
				t.Errorf("got %v, want %q", err, test.want)
			}
			pid := strings.TrimSpace(out.String())
			eventuallyGone(t, pid)
		})
	}
}

// startup runs s in the background, and returns once it has printed a line.
func startup(t *testing.T, ctx context.Context, s Spec) (line string, result <-chan error) {
	t.Helper()
	first := &firstLine{got: make(chan string, 1)}
	s.Out = first
	c := make(chan error, 1)
	go func() { c <- Run(ctx, s) }()
	select {
	case line = <-first.got:
	case err := <-c:
		t.Fatalf("it ended: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("it prints nothing")
	}
	return line, c
}

type firstLine struct {
	buf  bytes.Buffer
	once sync.Once
	got  chan string
}

func (f *firstLine) Write(b []byte) (int, error) {
	f.buf.Write(b)
	if line, _, whole := strings.Cut(f.buf.String(), "\n"); whole {
		f.once.Do(func() { f.got <- line })
	}
	return len(b), nil
}

func result(t *testing.T, c <-chan error) error {
	t.Helper()
	select {
	case err := <-c:
		return err
	case <-time.After(30 * time.Second):
		t.Fatal("it hangs")
		return nil
	}
}

// gone reports whether pid has ended; a zombie counts as ended.
func gone(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return true
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X")
}

func eventuallyGone(t *testing.T, pids ...string) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(30 * time.Second)
	for _, pid := range pids {
		if _, err := strconv.Atoi(pid); err != nil {
			t.Fatalf("%q is no pid", pid)
		}
		for !gone(pid) {
			select {
			case <-tick.C:
			case <-limit:
				t.Fatalf("process %s is still there", pid)
			}
		}
	}
}

// kill ends what a failed test would leave behind.
func kill(pids ...string) {
	for _, pid := range pids {
		if n, err := strconv.Atoi(pid); err == nil && !gone(pid) {
			_ = syscall.Kill(n, syscall.SIGKILL)
		}
	}
}

func TestRunCancelled(t *testing.T) {
	tests := []struct {
		name   string
		script string // prints the pids of all of its processes first
	}{
		{"ends at TERM", "echo $$; exec sleep 1000"},
		{"ignores TERM", `trap "" TERM; echo $$; while :; do sleep 1; done`},
		{"grandchild", "sleep 1000 & echo $$ $!; wait"},
		{"grandchild ignores TERM", `(trap "" TERM; while :; do sleep 1; done) & echo $$ $!; wait`},
		{"grandchild let go of the output", `(trap "" TERM; while :; do sleep 1; done) >/dev/null 2>&1 & echo $$ $!; wait`},
		{"floods", "echo $$; exec yes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			line, c := startup(t, ctx, sh(tt.script))
			defer kill(strings.Fields(line)...) // if Run does not
			cancel()
			err := result(t, c)
			var e *Ended
			if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || !strings.HasPrefix(err.Error(), "cancelled after ") {
				t.Errorf("error %v", err)
			}
			eventuallyGone(t, strings.Fields(line)...)
		})
	}
}

// A program may end in order: TERM comes first, and it has time.
func TestRunAsksFirst(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := sh(`trap "echo put away; exit 0" TERM; echo ready; while :; do sleep 0.02; done`)
	s.Grace = Grace
	_, c := startup(t, ctx, s)
	cancel()
	if err := result(t, c); !errors.Is(err, context.Canceled) || !strings.HasSuffix(err.Error(), ": put away") {
		t.Errorf("error %v", err)
	}
}

func TestRunTimesOut(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := Run(ctx, sh("echo working on it; exec sleep 1000"))
	// On a busy machine some of the 200 ms is gone before it is counted.
	if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(text(err), "timed out after 1") && !strings.HasPrefix(text(err), "timed out after 200ms") || !strings.HasSuffix(text(err), ": working on it") {
		t.Errorf("error %v", err)
	}
}

func TestRunDoesNotStartWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file := filepath.Join(t.TempDir(), "made")
	if err := Run(ctx, sh("touch "+file)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("it ran")
	}
}

// A daemon that was started, and holds the output, is neither waited for nor killed.
func TestRunLeavesDaemon(t *testing.T) {
	var out bytes.Buffer
	s := sh("sleep 1000 & echo $!")
	s.Out = &out
	c := make(chan error, 1)
	go func() { c <- Run(t.Context(), s) }()
	if err := result(t, c); err != nil {
		t.Fatal(err)
	}
	pid := strings.TrimSpace(out.String())
	if gone(pid) {
		t.Error("the daemon was killed")
	}
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	_ = syscall.Kill(n, syscall.SIGKILL)
}

func TestRunDrainsFlood(t *testing.T) {
	for name, out := range map[string]io.Writer{"kept": &HeadTail{}, "nobody": nil, "fails": failing{}} {
		t.Run(name, func(t *testing.T) {
			s := sh("yes | head -c 20000000; echo end")
			s.Out = out
			if err := Run(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if h, ok := out.(*HeadTail); ok {
				if h.Total() != 20000004 || !strings.HasSuffix(h.String(), "end\n") || len(h.String()) > 2*Kept+100 {
					t.Errorf("total %d, kept %d", h.Total(), len(h.String()))
				}
			}
		})
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

type panics struct{}

func (panics) Write([]byte) (int, error) { panic("boom") }

func TestRunRecovers(t *testing.T) {
	s := sh("echo x")
	s.Out = panics{}
	if err := Run(t.Context(), s); text(err) != "output: panic: boom: x" {
		t.Error(err)
	}
}

func TestRunLimited(t *testing.T) {
	s := sh("echo 12345678")
	s.Out = &Limited{Max: 4}
	if err := Run(t.Context(), s); !strings.Contains(text(err), "more was printed than is taken: 4 bytes") {
		t.Error(err)
	}
}
