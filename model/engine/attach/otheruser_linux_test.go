package attach

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"gonogo/model"
)

// listenAs listens at name as another user, of whom the kernel then speaks.
func listenAs(t *testing.T, uid int, name string) net.Listener {
	t.Helper()
	var l net.Listener
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocks: the thread ends with this
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, ^uintptr(0), uintptr(uid), ^uintptr(0)); errno != 0 {
			err = errno
			return
		}
		l, err = net.Listen("unix", name)
	}()
	<-done
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// TestAStrangersEngineIsNotBelieved also where it speaks like one.
func TestAStrangersEngineIsNotBelieved(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to listen as another user")
	}
	const owner, stranger = 54321, 54322
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, owner, -1); err != nil {
		t.Fatal(err)
	}
	o := named(t, newWorld(), path)
	l := listenAs(t, stranger, claimName(o.Rollout))
	go func() { // ends with the listener
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			var d delta
			out := json.NewEncoder(conn)
			_ = out.Encode(message{Hello: &hello{Version: wireVersion, Rollout: o.Rollout}})
			_ = out.Encode(d.next(&model.Snapshot{Rollout: o.Rollout, State: model.State{}}))
		}
	}()
	p := board(t, o)
	if a := p.ask(model.Intent{Kind: model.ArmEnter, Phase: "staging", Reason: "x"}); !a.Refused || !strings.Contains(a.Err, "it is not believed") {
		t.Errorf("a way up: %+v", a)
	}
	if out := p.does(model.Intent{Kind: model.ArmRollback}); out.Outcome == "" || p.last.Contested == "" || p.last.Attached {
		t.Errorf("a rollback: %+v", out)
	}
	s := NewSeat(o)
	for uid, want := range map[int]bool{0: true, owner: true, stranger: false} {
		if s.trusts(uid) != want {
			t.Errorf("uid %d is trusted: %v", uid, !want)
		}
	}
}

// TestRootMayUseAnyStateDirectory and leaves nothing there that its owner could not use.
func TestRootMayUseAnyStateDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	const owner = 54321
	w, dir := newWorld(), t.TempDir()
	if err := errors.Join(os.Chown(dir, owner, -1), os.Chmod(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, trouble, err := StateDirDown(dir, "x"); err != nil || trouble != nil {
		t.Fatal(err, trouble)
	}
	p := board(t, options(w, dir))
	if out := p.does(model.Intent{Kind: model.ArmRollback}); out.Outcome == "" {
		t.Errorf("a rollback: %+v", out)
	}
	p.stop()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if uid, _ := ownerOf(path); uid != owner {
			t.Errorf("%s belongs to uid %d", path, uid)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestASilentEngineOfAnotherUserIsNamed to a seat that cannot go on by itself.
func TestASilentEngineOfAnotherUserIsNamed(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to listen as another user")
	}
	const owner = 54321
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chown(path, owner, -1)); err != nil {
		t.Fatal(err)
	}
	o := named(t, newWorld(), path)
	o.NoDir = ErrForeign
	l := listenAs(t, owner, claimName(o.Rollout)) // and accepts nothing, as if stopped
	defer func() { _ = l.Close() }()
	s := NewSeat(o)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	tick := time.NewTicker(silentTick)
	defer tick.Stop()
	for {
		if is, silent := s.Silent(); silent {
			if is.PID != os.Getpid() || is.Own {
				t.Errorf("silent: %+v", is)
			}
			break
		}
		select {
		case err := <-ended:
			t.Fatal("the seat was given up: ", err)
		case <-tick.C:
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Log(err) // it was told to stop
	}
}
