package record

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"gonogo/model/engine/record/recordtest"
	"gonogo/model/journal"
)

func TestNothingIsToldBeforeItIsOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, "")
		d.set(hangs)
		var err error
		done := make(chan struct{})
		changes := l.Changes()
		go func() {
			defer close(done)
			err = l.Record(ana, "", hold("one"))
		}()
		time.Sleep(time.Hour) // nothing is urgent: it waits as long as it takes
		select {
		case <-done:
			t.Error("it was acknowledged")
		case <-changes:
			t.Error("it was told of")
		default:
		}
		if s := l.State(); s.Seq != 0 || s.Held {
			t.Errorf("it was folded: %+v", s)
		}
		d.release()
		<-done
		<-changes
		if s := l.State(); err != nil || s.Seq != 1 || !s.Held {
			t.Errorf("on disk: %v, %+v", err, s)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestARollbackWaitsHalfASecondInAll for a disk that hangs; what it did is
// written in order when the disk answers, folded once, and UNAUDITED ever after.
func TestARollbackWaitsHalfASecondInAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, "")
		if err := l.Record(ana, "", hold("before")); err != nil {
			t.Fatal(err)
		}
		d.set(hangs)
		l.RollbackBegins()
		began := time.Now()
		for n := range 10 {
			l.RecordAnyway(ana, "", hold(fmt.Sprint("down ", n)))
			if took := time.Since(began); took > 550*time.Millisecond {
				t.Fatalf("after %d facts it was held up for %s", n+1, took)
			}
		}
		if took := time.Since(began); took < 500*time.Millisecond {
			t.Errorf("it gave up after %s", took)
		}
		_, tail, trouble := l.View()
		if got := reasons(tail); len(got) != 11 || got[10] != "down 9" || !strings.Contains(trouble, "does not answer") || l.State().Unaudited != 10 {
			t.Errorf("folded %v, trouble %q, %d unaudited", got, trouble, l.State().Unaudited)
		}
		if err := l.Record(ana, "", hold("refused")); err == nil {
			t.Error("another's fact was acknowledged")
		}
		if err := l.Record(ana, "", model.StepEnded{Plan: "up"}); err == nil {
			t.Error("the end of what runs was acknowledged as recorded")
		} else if _, tail, _ := l.View(); reasons(tail)[11] != "StepEnded" {
			t.Error("the end of what runs is not folded")
		}
		d.release()
		synctest.Wait()
		want := append(reasons(tail), "StepEnded", "Unaudited")
		if got := reasons(d.Records()); !slices.Equal(got, want) {
			t.Errorf("the journal has %v, want %v", got, want)
		}
		_, tail, trouble = l.View()
		if got := reasons(tail); !slices.Equal(got, want) || trouble != "" {
			t.Errorf("folded %v, trouble %q", got, trouble)
		}
		if err := l.Record(ana, "", hold("after")); err != nil {
			t.Errorf("when it answers again: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if again := openOn(t, d, ""); again.State().Unaudited != 11 {
			t.Errorf("the next engine knows of %d unaudited facts", again.State().Unaudited)
		}
	})
}

// TestSwiftAppendsUseNoAllowanceUp: a long rollback on a slow disk is audited to its end, one on a slower is not.
func TestSwiftAppendsUseNoAllowanceUp(t *testing.T) {
	for took, audited := range map[time.Duration]bool{50 * time.Millisecond: true, 60 * time.Millisecond: false} {
		t.Run(took.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDisk()
				d.mode, d.took = slow, took
				l := openOn(t, d, "")
				l.RollbackBegins()
				for n := range 200 {
					l.RecordAnyway(ana, "", hold(fmt.Sprint(n)))
				}
				if n := l.State().Unaudited; (n == 0) != audited {
					t.Errorf("%d of 200 facts are unaudited", n)
				}
				if err := l.Close(); err != nil {
					t.Error(err)
				}
				if n := len(d.Records()); n < 200 {
					t.Errorf("the journal has %d records of 200 facts", n)
				}
			})
		})
	}
}

// TestWhatWaitsYieldsToARollback that was asked for: what is being written is left open, what was not begun is refused.
func TestWhatWaitsYieldsToARollback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, "")
		d.set(hangs)
		var all sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			all.Go(func() { errs[i] = l.Record(ana, "", hold(fmt.Sprint(i))) })
			synctest.Wait() // the first is being written, the second waits for it
		}
		began := time.Now()
		answered := l.RollbackAsked()
		all.Wait()
		if took := time.Since(began); took > 200*time.Millisecond {
			t.Errorf("they waited for %s", took)
		}
		if errs[0] == nil || !strings.Contains(errs[0].Error(), "whether this was recorded shows when it does") || errs[1] == nil || errors.Is(errs[1], errs[0]) {
			t.Errorf("got %v, %v", errs[0], errs[1])
		}
		answered()
		d.release()
		synctest.Wait()
		if _, tail, _ := l.View(); !slices.Equal(reasons(tail), []string{"0"}) || !slices.Equal(reasons(d.Records()), []string{"0"}) {
			t.Errorf("folded %v, written %v", reasons(tail), reasons(d.Records()))
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestAFactThatCannotBeWrittenHarmsNoOther: of several that are written at once only its caller is told.
func TestAFactThatCannotBeWrittenHarmsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, "")
		d.set(hangs)
		var all sync.WaitGroup
		why := []string{"first", "one", unwritable, "two"}
		errs := make([]error, len(why))
		for i, reason := range why {
			all.Go(func() { errs[i] = l.Record(ana, "", hold(reason)) })
			synctest.Wait()
		}
		d.release()
		d.set(refuses)
		all.Wait()
		for i, err := range errs {
			if (err != nil) != (why[i] == unwritable) {
				t.Errorf("%s: %v", why[i], err)
			}
		}
		if got, want := reasons(d.Records()), []string{"first", "one", "two"}; !slices.Equal(got, want) {
			t.Errorf("the journal has %v, want %v", got, want)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestARollbackWaitsForNoFactBesideIt: one of those that are written at once
// cannot be, each is written alone, and then the disk hangs.
func TestARollbackWaitsForNoFactBesideIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, "")
		d.set(hangs)
		var all sync.WaitGroup
		all.Go(func() { _ = l.Record(ana, "", hold("first")) })
		synctest.Wait()
		all.Go(func() { _ = l.Record(ana, "", hold(unwritable)) })
		synctest.Wait()
		l.RollbackBegins()
		down := make(chan struct{})
		go func() {
			defer close(down)
			l.RecordAnyway(ana, "", hold("down"))
		}()
		synctest.Wait()
		d.set(refuses)
		refusing := d.Fault
		n := 0
		d.Fault = func(entries []journal.Entry, write func() ([]model.Record, error)) ([]model.Record, error) {
			if n++; n == 2 { // the first alone
				d.set(hangs)
			}
			return refusing(entries, write)
		}
		d.release()
		d.set(refuses)
		<-down
		if _, tail, _ := l.View(); !slices.Contains(reasons(tail), "down") {
			t.Errorf("the rollback went on with its fact not folded: %v", reasons(tail))
		}
		d.release()
		all.Wait()
		synctest.Wait()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if got := reasons(d.Records()); strings.Count(strings.Join(got, " "), "down") != 1 {
			t.Errorf("the journal has %v", got)
		}
	})
}

// TestAFailedSyncRefusesAllButRollbacks and is never tried again.
func TestAFailedSyncRefusesAllButRollbacks(t *testing.T) {
	for _, mode := range []int{fails, unsyncs} {
		t.Run(modes[mode], func(t *testing.T) {
			d := newDisk()
			l := openOn(t, d, t.TempDir())
			d.set(mode)
			if err := l.Record(ana, "", hold("one")); !errors.Is(err, syscall.EIO) {
				t.Errorf("acknowledged: %v", err)
			}
			if _, _, trouble := l.View(); !strings.Contains(trouble, "only rollbacks still run") || l.State().Held {
				t.Errorf("trouble %q, held %v", trouble, l.State().Held)
			}
			l.RecordAnyway(ana, "", model.StepIntended{Plan: "down"})
			asked := d.appends
			l.RecordAnyway(ana, "", model.StepEnded{Plan: "down"})
			if err := l.Record(ana, "", hold("two")); err == nil {
				t.Error("acknowledged")
			}
			if s := l.State(); s.Unaudited != 2 || d.appends != asked {
				t.Errorf("%d unaudited; the disk was asked %d times more", s.Unaudited, d.appends-asked)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// reserving is a store on a full disk with a reserve.
type reserving struct {
	recordtest.Store
	full, reserve bool
}

func (r *reserving) open(dir string, each func(model.Record) error) (journal.Store, journal.Report, error) {
	_, report, err := r.Open(dir, each)
	return r, report, err
}

func (r *reserving) AppendEntries(last uint64, entries []journal.Entry) ([]model.Record, error) {
	if r.full {
		return nil, fmt.Errorf("%w: %w", journal.ErrPoisoned, journal.ErrFull)
	}
	return r.Store.AppendEntries(last, entries)
}

func (r *reserving) Reserved() bool { return r.reserve }

func (r *reserving) UseReserve() error {
	if !r.reserve {
		return journal.ErrFull
	}
	r.reserve, r.full = false, false
	return nil
}

func TestTheReserveIsForRollbacks(t *testing.T) {
	s := &reserving{reserve: true}
	l, err := Open(Options{Now: time.Now, OpenStore: s.open, Changed: func() {}})
	if err != nil {
		t.Fatal(err)
	}
	s.full = true
	if err := l.Record(ana, "", hold("one")); !errors.Is(err, journal.ErrFull) || !s.reserve {
		t.Errorf("got %v; the reserve is there: %v", err, s.reserve)
	}
	l.RecordAnyway(ana, "", hold("down"))
	if _, _, trouble := l.View(); trouble != onReserve || l.State().Unaudited != 0 || len(s.Records()) != 1 {
		t.Errorf("trouble %q, %d unaudited, %d written", trouble, l.State().Unaudited, len(s.Records()))
	}
	s.full = true
	l.RecordAnyway(ana, "", hold("down again"))
	if l.State().Unaudited != 1 {
		t.Errorf("without a reserve: %d unaudited", l.State().Unaudited)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestADiskThatHangsDoesNotHoldUpTheEnd for more than two seconds.
func TestADiskThatHangsDoesNotHoldUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		l := openOn(t, d, "")
		d.set(hangs)
		l.RollbackBegins()
		l.RecordAnyway(ana, "", hold("down"))
		began := time.Now()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("it took %s", took)
		}
		d.release() // else its goroutine stays, as it may in a process that ends
	})
}
