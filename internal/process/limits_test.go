package process

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestRunKeepsItsLimits: however a program resists, Run is back within 6 s of the
// timeout, holds no more than 16 MiB for it, and leaves nobody in its group.
func TestRunKeepsItsLimits(t *testing.T) {
	const (
		timeout = 2 * time.Second // a busy machine has begun by then
		busy    = 2 * time.Second // what such a machine adds; what is waited for in vain adds 5 s
	)
	tests := []struct{ name, script string }{
		{"ignores TERM", `trap "" TERM; echo $$; while :; do sleep 1; done`},
		{"grandchild holds the output and ignores TERM", `(trap "" TERM; while :; do sleep 1; done) & echo $$; wait`},
		{"grandchild left the group with the output", `setsid sleep 30 & echo $$; wait`},
		{"floods", `trap "" TERM; echo $$; (trap "" TERM; while :; do yes; done)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			out := &HeadTail{}
			s := sh(tt.script)
			s.Out, s.Grace = out, 0 // the real one
			peak, stop := peakHeap()
			began := time.Now()
			err := Run(ctx, s)
			took := time.Since(began)
			stop()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
			if took > timeout+6*time.Second+busy {
				t.Errorf("it took %s", took)
			}
			if grown := peak(); grown > 16<<20 {
				t.Errorf("the heap grew by %d MiB", grown>>20)
			}
			line, _, _ := strings.Cut(out.String(), "\n")
			group, perr := strconv.Atoi(line)
			if perr != nil {
				t.Fatal(perr)
			}
			groupGone(t, group)
		})
	}
}

// groupGone waits until a process group has no member but zombies that their new parent has yet to reap.
func groupGone(t *testing.T, group int) {
	t.Helper()
	limit := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !errors.Is(syscall.Kill(-group, 0), syscall.ESRCH) && len(living(t, group)) > 0 {
		select {
		case <-tick.C:
		case <-limit:
			t.Errorf("group %d still has %v", group, living(t, group))
			_ = syscall.Kill(-group, syscall.SIGKILL)
			return
		}
	}
}

// peakHeap watches the heap; grown returns by how many bytes it grew at most.
func peakHeap() (grown func() uint64, stop func()) {
	var peak atomic.Uint64
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	start := heap()
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			peak.Store(max(peak.Load(), heap()))
			select {
			case <-tick.C:
			case <-end:
				return
			}
		}
	}()
	return func() uint64 { return max(peak.Load(), start) - start }, func() { close(end); <-ended }
}

// living returns the numbers of the processes of a group that are no zombies.
func living(t *testing.T, group int) []string {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		if f := strings.Fields(after); len(f) > 2 && f[2] == strconv.Itoa(group) && f[0] != "Z" && f[0] != "X" {
			out = append(out, path)
		}
	}
	return out
}
