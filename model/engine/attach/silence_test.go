package attach

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model/engine"
)

// TestOnlyAnEngineWithoutASignOfLifeIsSilent: one that gets on with its start is not,
// however long that takes; after 3 s without a sign it is, until the next.
func TestOnlyAnEngineWithoutASignOfLifeIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSeat(Options{Options: engine.Options{Dir: t.TempDir()}})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { s.ear.listen(ctx, s.Last, s.quiet); close(ended) }()
		s.ear.at(7, false)
		for i := range 60 {
			time.Sleep(500 * time.Millisecond)
			s.ear.hear()
			if _, silent := s.Silent(); silent {
				t.Fatalf("silent after sign %d", i)
			}
		}
		time.Sleep(silentAfter - 2*silentTick)
		if _, silent := s.Silent(); silent {
			t.Error("silent too soon")
		}
		time.Sleep(3 * silentTick)
		if is, silent := s.Silent(); !silent || is.PID != 7 || time.Since(is.Since) < silentAfter-2*silentTick {
			t.Errorf("not silent after %v: %+v", silentAfter, is)
		}
		s.ear.hear()
		if _, silent := s.Silent(); silent {
			t.Error("silent after a sign of life")
		}
		stop()
		<-ended
	})
}

// TestTheIndexStaysSmallAndPrivate: stale entries go, the newest stay, and nobody
// else may read it.
func TestTheIndexStaysSmallAndPrivate(t *testing.T) {
	home := t.TempDir()
	dir := filepath.Join(home, indexName)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	alive := t.TempDir()
	for i := range 2 * indexMost {
		p := Place{Config: fmt.Sprintf("/c/%d", i), Dir: alive, At: time.Unix(int64(i), 0)}
		if i%2 == 1 {
			p.Dir = filepath.Join(alive, "gone")
		}
		b := fmt.Appendf(nil, `{"config":%q,"dir":%q,"at":%q}`, p.Config, p.Dir, p.At.UTC().Format(time.RFC3339))
		if err := engine.Replace(entry(home, p.Config), b); err != nil {
			t.Fatal(err)
		}
	}
	prune(dir)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) > indexMost {
		t.Errorf("%d entries, %v", len(files), err)
	}
	newest := entry(home, fmt.Sprintf("/c/%d", 2*indexMost-2))
	if p, ok := readPlace(newest); !ok || p.Dir != alive {
		t.Error("the newest is gone")
	}
	if info, err := os.Stat(newest); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestANamedPipeInTheIndexHoldsUpNothing: nobody writes to it, and so it is not waited for.
func TestANamedPipeInTheIndexHoldsUpNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "entry.json")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if p, ok := readPlace(path); ok {
		t.Errorf("an entry of the index: %+v", p)
	}
}

// TestBreakGlassEndsNothingWithoutAnEngine and never itself.
func TestBreakGlassEndsNothingWithoutAnEngine(t *testing.T) {
	dir := t.TempDir()
	if pid, err := BreakGlass(t.Context(), dir); pid != 0 || err != nil {
		t.Errorf("pid %d, %v", pid, err)
	}
	board(t, options(newWorld(), dir))
	if pid, err := BreakGlass(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "is the engine itself") {
		t.Errorf("its own engine: pid %d, %v", pid, err)
	}
}
