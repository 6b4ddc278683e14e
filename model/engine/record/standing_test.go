package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// TestOnlyAnotherOwnerFences: whoever touches the file of an engine that holds
// the lock takes the journal from it, and not the right to act.
func TestOnlyAnotherOwnerFences(t *testing.T) {
	moved := fmt.Errorf("%w: it has 3 bytes, not 5: %w", journal.ErrPoisoned, journal.ErrMoved)
	for _, c := range []struct {
		name         string
		do           func(*standing)
		lost, fenced bool
		says         string
	}{
		{"touched by somebody, seen by a write", func(s *standing) { s.failed(moved, true, false) }, true, false, "changed by somebody else"},
		{"touched by somebody, seen by a look", func(s *standing) { s.checked(moved, true) }, true, false, "put the journal back"},
		{"another engine writes", func(s *standing) { s.failed(moved, false, false) }, true, true, "writes nothing any more"},
		{"another engine wrote", func(s *standing) { s.checked(moved, false) }, true, true, "writes nothing any more"},
		{"a disk that fails", func(s *standing) { s.failed(errors.New("EIO"), false, false) }, false, false, "only rollbacks still run"},
		{"a disk that fails a rollback", func(s *standing) { s.failed(errors.New("EIO"), false, true) }, true, false, "only rollbacks still run"},
		{"a disk that could not be written", func(s *standing) { s.checked(errors.New("EROFS"), true) }, false, false, "EROFS"},
		{"one that was mended", func(s *standing) { s.checked(errors.New("EROFS"), true); s.checked(nil, true) }, false, false, ""},
		{"one that a look finds well after a failed write", func(s *standing) { s.failed(errors.New("EIO"), true, false); s.checked(nil, true) }, false, false, "EIO"},
		{"the first owner that fences is named", func(s *standing) { s.fence(errors.New("lock")); s.fence(errors.New("other")) }, true, true, "lock"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s standing
			c.do(&s)
			if (s.lost != nil) != c.lost || (s.fenced != nil) != c.fenced || !strings.Contains(s.text(), c.says) || c.says == "" && s.text() != "" {
				t.Errorf("lost: %v; fenced: %v; says %q", s.lost, s.fenced, s.text())
			}
		})
	}
}

// TestAnEngineThatLostItsLockWritesNothing, whatever comes.
func TestAnEngineThatLostItsLockWritesNothing(t *testing.T) {
	var lost error
	d := newDisk()
	l, err := Open(Options{Dir: t.TempDir(), Now: time.Now, OpenStore: d.Open, Changed: func() {}, Held: func() error { return lost }})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Fenced(); err != nil {
		t.Fatal(err)
	}
	lost = errors.New("lock: it was replaced")
	if err := l.Fenced(); !errors.Is(err, lost) {
		t.Errorf("fenced by %v", err)
	}
	lost = nil // it stays so
	l.RecordAnyway(ana, "", model.StepIntended{Plan: "down"})
	if err := l.Record(ana, "", hold("x")); err == nil || l.Fenced() == nil {
		t.Errorf("recorded: %v; fenced by %v", err, l.Fenced())
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Lstat(leftPath(l.unaudited.dir)); d.appends != 0 || err == nil {
		t.Errorf("the disk was asked %d times; what the other engine may have left: %v", d.appends, err)
	}
}

// TestANewerJournalIsForRollbacksOnly, and says what to do.
func TestANewerJournalIsForRollbacksOnly(t *testing.T) {
	dir := t.TempDir()
	o := Options{Dir: dir, Now: time.Now, Changed: func() {}, OpenStore: func(string, func(model.Record) error) (journal.Store, journal.Report, error) {
		return nil, journal.Report{}, fmt.Errorf("journal: %w", &journal.Damage{Line: 1, Kind: journal.Newer, Detail: "version 2"})
	}}
	if l, err := Open(o); l != nil || !errors.Is(err, journal.ErrNewer) || !strings.Contains(err.Error(), "rollbacks still run: gonogo rollback") {
		t.Errorf("for no rollback: %v", err)
	}
	o.Down = true
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Record(ana, "", hold("x")); !errors.Is(err, model.ErrRefused) {
		t.Errorf("a hold: %v", err)
	}
	l.RecordAnyway(ana, "", model.StepIntended{Plan: "down"})
	if _, _, trouble := l.View(); l.State().Unaudited != 1 || !strings.Contains(trouble, "newer version") || !strings.Contains(trouble, "look at the flags") {
		t.Errorf("%d unaudited, trouble %q", l.State().Unaudited, trouble)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left := readLeft(dir); left == nil || left.Count != 1 || len(left.Facts) != 1 {
		t.Errorf("what is left is %+v", left)
	}
}

// TestARollbackOpensNoLongerThanItsAllowance on a disk that gives nothing after a few records.
func TestARollbackOpensNoLongerThanItsAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, ended := make(chan struct{}), make(chan error, 1)
		o := Options{Now: time.Now, Changed: func() {}, Down: true, OpenStore: func(_ string, each func(model.Record) error) (journal.Store, journal.Report, error) {
			for n := range 20 {
				time.Sleep(100 * time.Millisecond) // slow is not hung
				if err := each(model.Record{Seq: uint64(n + 1), Event: hold(fmt.Sprint(n))}); err != nil {
					return nil, journal.Report{}, err
				}
			}
			<-release
			err := each(model.Record{Seq: 21, Event: hold("late")})
			ended <- err
			return nil, journal.Report{}, err
		}}
		began := time.Now()
		l, err := Open(o)
		if took := time.Since(began); err != nil || took < 2500*time.Millisecond || took > 2600*time.Millisecond {
			t.Fatalf("opened after %s: %v", took, err)
		}
		close(release)
		if err := <-ended; err == nil {
			t.Error("a late record was taken")
		}
		if s := l.State(); s.Seq != 20 {
			t.Errorf("%d records count, not 20", s.Seq)
		}
		_ = l.Close()
	})
}

// TestWhatIsLeftIsBoundedAndTellsHowPlansEnded, however much happened.
func TestWhatIsLeftIsBoundedAndTellsHowPlansEnded(t *testing.T) {
	long := strings.Repeat("x", 4096)
	ended := model.Record{Event: model.PlanEnded{Plan: "p", Outcome: model.Verified}}
	for name, e := range map[string]model.Event{
		"flags seen": model.FlagObserved{Flag: "f", Value: model.Value{Type: model.Number, Text: long}},
		"steps":      model.StepEnded{Plan: "p", Output: long},
		"plans":      model.PlanArmed{Plan: model.Plan{ID: "p", Title: long}},
	} {
		t.Run(name, func(t *testing.T) {
			u := model.Unaudited{Count: 1001, Reason: "why", Facts: []model.Record{ended}}
			for range 1000 {
				u.Facts = append(u.Facts, model.Record{Event: e})
			}
			b, err := packed(u)
			if err != nil || len(b) > leftBytes {
				t.Fatalf("%d bytes, %v", len(b), err)
			}
			var got model.Unaudited
			if err := json.Unmarshal(b, &got); err != nil || got.Count != 1001 || len(got.Facts) == 0 || !sameFact(got.Facts[0], ended) {
				t.Errorf("got %.200s, %v", b, err)
			}
		})
	}
}

// TestWhatIsLeftIsNeverPassedOver: a file that cannot be read says that something happened.
func TestWhatIsLeftIsNeverPassedOver(t *testing.T) {
	for name, write := range map[string]func(path string) error{
		"damaged":         func(path string) error { return os.WriteFile(path, []byte("{"), 0o600) },
		"empty":           func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"too large":       func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("x"), 5*leftBytes), 0o600) },
		"a directory":     func(path string) error { return os.Mkdir(path, 0o700) },
		"a symbolic link": func(path string) error { return os.Symlink("elsewhere", path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := write(filepath.Join(dir, leftName)); err != nil {
				t.Fatal(err)
			}
			if left := readLeft(dir); left == nil || left.Count != 1 || left.Reason != "journal.unaudited cannot be read" {
				t.Errorf("got %+v", left)
			}
		})
	}
	if left := readLeft(t.TempDir()); left != nil {
		t.Errorf("of nothing: %+v", left)
	}
}
