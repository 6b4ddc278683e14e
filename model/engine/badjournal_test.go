package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/engine/feed"
	"gonogo/model/engine/record"
	"gonogo/model/journal"
)

// TestMain keeps what engines leave outside their state directories in a place of its own.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "gonogo-run-")
	if err == nil {
		err = os.Setenv("XDG_RUNTIME_DIR", dir)
	}
	if err == nil {
		err = testserver.Overlap(12)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// badFile is a journal whose disk does something at a record and ever after.
type badFile struct {
	*journal.File
	mu     sync.Mutex
	at     string // name of the event that it waits for; "": the first
	struck bool
	fault  func(f *journal.File, last uint64, entries []journal.Entry) ([]model.Record, error)
}

func (b *badFile) AppendEntries(last uint64, entries []journal.Entry) ([]model.Record, error) {
	b.mu.Lock()
	b.struck = b.struck || b.at == "" || slices.ContainsFunc(entries, func(e journal.Entry) bool { return model.EventName(e.Event) == b.at })
	struck := b.struck
	b.mu.Unlock()
	if !struck {
		return b.File.AppendEntries(last, entries)
	}
	return b.fault(b.File, last, entries)
}

func (b *badFile) open(dir string, each func(model.Record) error) (journal.Store, journal.Report, error) {
	f, report, err := journal.OpenSoon(dir, each)
	if err != nil {
		return nil, report, err
	}
	b.File = f
	return b, report, nil
}

type fault = func(f *journal.File, last uint64, entries []journal.Entry) ([]model.Record, error)

func poisoned(err error) error { return fmt.Errorf("%w: %w", journal.ErrPoisoned, err) }

// failing refuses every write.
func failing(err error) fault {
	return func(*journal.File, uint64, []journal.Entry) ([]model.Record, error) { return nil, poisoned(err) }
}

// unsynced writes, and then fails to sync: what was written stays to be read.
func unsynced() fault {
	failed := false
	return func(f *journal.File, last uint64, entries []journal.Entry) ([]model.Record, error) {
		if !failed {
			failed = true
			_, _ = f.AppendEntries(last, entries)
		}
		return nil, poisoned(syscall.EIO)
	}
}

// once does something to the file before it is written.
func once(do func(path string) error, path func() string) fault {
	did := false
	return func(f *journal.File, last uint64, entries []journal.Entry) ([]model.Record, error) {
		if !did {
			did = true
			if err := do(path()); err != nil {
				return nil, err
			}
		}
		return f.AppendEntries(last, entries)
	}
}

func replaceByCopy(path string) error {
	b, err := os.ReadFile(path)
	return errors.Join(err, os.WriteFile(path+".copy", b, 0o600), os.Rename(path+".copy", path))
}

func appendLine(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("x\n")
	return errors.Join(err, f.Close())
}

// TestJournalNeverStopsAWayDown makes each fault of a journal at each moment of
// a rollback: it ends verified all the same, is said to be UNAUDITED then and ever after, and
// no later engine runs it again.
func TestJournalNeverStopsAWayDown(t *testing.T) {
	faults := map[string]func(path func() string, release <-chan struct{}) fault{
		"EIO at write": func(func() string, <-chan struct{}) fault { return failing(syscall.EIO) },
		"EIO at fsync": func(func() string, <-chan struct{}) fault { return unsynced() },
		"read-only":    func(func() string, <-chan struct{}) fault { return failing(syscall.EROFS) },
		"full": func(func() string, <-chan struct{}) fault {
			return failing(errors.Join(journal.ErrFull, syscall.ENOSPC))
		},
		"hangs": func(_ func() string, release <-chan struct{}) fault {
			return func(f *journal.File, last uint64, entries []journal.Entry) ([]model.Record, error) {
				records, err := f.AppendEntries(last, entries)
				<-release
				return records, err
			}
		},
		"replaced": func(path func() string, _ <-chan struct{}) fault { return once(replaceByCopy, path) },
		"removed":  func(path func() string, _ <-chan struct{}) fault { return once(os.Remove, path) },
		"truncated": func(path func() string, _ <-chan struct{}) fault {
			return once(func(p string) error { return os.Truncate(p, 0) }, path)
		},
		"appended": func(path func() string, _ <-chan struct{}) fault { return once(appendLine, path) },
	}
	for name, make1 := range faults {
		for _, at := range []string{"IntentTaken", "PlanFired", "StepIntended", "StepEnded", "PlanEnded"} {
			t.Run(name+" at "+at, func(t *testing.T) {
				t.Parallel()
				w, dir := newWorld(), t.TempDir()
				p := board(t, options(t, w, dir))
				p.enter("ten")
				p.stop()
				o, release := options(t, w, dir), make(chan struct{})
				t.Cleanup(sync.OnceFunc(func() { close(release) }))
				bad := &badFile{at: at, fault: make1(func() string { return filepath.Join(dir, journal.Name) }, release)}
				o.OpenJournal = bad.open
				p = board(t, o)
				rollsBack(t, w, p)
				p.stop()
				staysDown(t, w, options(t, w, dir))
			})
		}
	}
}

// rollsBack has the pilot's engine roll back, without its journal.
func rollsBack(t *testing.T, w *world, p *pilot) {
	t.Helper()
	began := time.Now()
	got := p.does(model.Intent{Kind: model.ArmRollback})
	if got.Outcome != model.Verified {
		t.Errorf("the rollback ended %s: %s", got.Outcome, got.Summary)
	}
	t.Logf("contained after %v", got.ContainedAt.Sub(began))
	if p.last.State.Unaudited == 0 || p.last.Journal == "" {
		t.Errorf("%d facts UNAUDITED, trouble %q", p.last.State.Unaudited, p.last.Journal)
	}
	w.with(func() {
		if !w.live["real"].Equal(model.BoolValue(false)) {
			t.Error("the flag is on")
		}
		w.restarts, w.writes = 0, 0
	})
}

// staysDown opens the rollout again, twice: what ended in memory is known, and not done again.
func staysDown(t *testing.T, w *world, o Options) {
	t.Helper()
	for n := range 2 {
		p := board(t, o)
		s := p.until("the plan's end", func(s *model.Snapshot) bool { return s.State.Plan == nil || s.State.Plan.Status == model.Ended })
		if d := s.State.LastDown; d == nil || d.Outcome != model.Verified && s.Journal == "" {
			t.Errorf("engine %d: the last rollback is %+v", n, d)
		}
		if s.State.Unaudited == 0 {
			t.Errorf("engine %d: UNAUDITED is forgotten", n)
		}
		if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: fmt.Sprint("look at it ", n)}); a.Err == "" { // so that it writes
			p.ask(model.Intent{Kind: model.Resume})
		}
		p.stop()
		w.with(func() {
			if w.restarts+w.writes > 0 {
				t.Errorf("engine %d: %d restarts and %d writes more", n, w.restarts, w.writes)
			}
		})
	}
}

// TestWayDownWhoseJournalCannotBeOpened opens for a rollback what no other command may.
func TestWayDownWhoseJournalCannotBeOpened(t *testing.T) {
	for _, errno := range []error{syscall.EIO, syscall.EROFS, syscall.EPERM, syscall.EACCES, syscall.ENOSPC} {
		t.Run(errno.Error(), func(t *testing.T) {
			t.Parallel()
			w, dir := newWorld(), t.TempDir()
			p := board(t, options(t, w, dir))
			p.enter("ten")
			p.stop()
			o := options(t, w, dir)
			o.OpenJournal = func(_ string, each func(model.Record) error) (journal.Store, journal.Report, error) {
				report, err := journal.Read(filepath.Join(dir, journal.Name), each)
				return nil, report, errors.Join(err, fmt.Errorf("journal: %w", errno))
			}
			l, err := record.TakeLock(dir)
			if err != nil {
				t.Fatal(err)
			}
			e, err := Open(o, l, feed.New(nil))
			l.Release()
			if !errors.Is(err, errno) || !strings.Contains(err.Error(), "gonogo rollback") {
				t.Fatalf("for no way down: %v, %v", e, err)
			}
			o.Down = true
			p = board(t, o)
			if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); !a.Refused {
				t.Errorf("a signature: %+v", a)
			}
			if a := p.ask(model.Intent{Kind: model.ArmEnter, Phase: "all", Yes: true, Reason: "test"}); !a.Refused {
				t.Errorf("forward: %+v", a)
			}
			rollsBack(t, w, p)
			p.stop()
			staysDown(t, w, options(t, w, dir))
		})
	}
}

// TestWayDownWithoutAStateDirectory rolls back where there can be no state directory.
func TestWayDownWithoutAStateDirectory(t *testing.T) {
	w := newWorld()
	w.with(func() { w.store["real"], w.live["real"] = model.BoolValue(true), model.BoolValue(true) })
	file := filepath.Join(t.TempDir(), "in the way")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	o := options(t, w, filepath.Join(file, "state"))
	o.Down, o.DirTrouble = true, "no directory"
	rollsBack(t, w, board(t, o))
}

// TestJournalThatAnswersLate holds what a rollback does while the disk hangs,
// and writes it in order when the disk answers; that it was UNAUDITED stays.
func TestJournalThatAnswersLate(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(t, w, dir))
	p.enter("ten")
	p.stop()
	release := make(chan struct{})
	bad := &badFile{at: "PlanArmed", fault: func(f *journal.File, last uint64, entries []journal.Entry) ([]model.Record, error) {
		records, err := f.AppendEntries(last, entries)
		<-release
		return records, err
	}}
	o := options(t, w, dir)
	o.OpenJournal = bad.open
	p = board(t, o)
	began := time.Now()
	got := p.does(model.Intent{Kind: model.ArmRollback})
	if took := got.ContainedAt.Sub(began); got.Outcome != model.Verified || took > time.Second {
		t.Errorf("%s, contained after %v", got.Outcome, took)
	}
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err == "" {
		t.Error("a signature was acknowledged that is on no disk")
	}
	close(release)
	p.until("the journal", func(s *model.Snapshot) bool { return s.Journal == "" })
	if a := p.ask(model.Intent{Kind: model.HoldOn, Reason: "now"}); a.Err != "" {
		t.Errorf("when it answers again: %s", a.Err)
	}
	if p.last.State.Unaudited == 0 {
		t.Error("UNAUDITED is forgotten")
	}
	p.stop()
	names := events(t, dir)
	if !inOrder(names, "PlanArmed", "PlanFired", "StepIntended", "StepEnded", "PlanEnded", "Unaudited", "HoldChanged") {
		t.Errorf("the journal has %v", names)
	}
	if _, err := os.Lstat(filepath.Join(dir, "journal.unaudited")); err == nil {
		t.Error("journal.unaudited is still there")
	}
	if n := strings.Count(strings.Join(names, " "), "PlanEnded"); n != 2 {
		t.Errorf("%d ends of 2 plans", n)
	}
}

// TestHungRecordYieldsToAWayDown asks for a rollback while a signature waits for the disk.
func TestHungRecordYieldsToAWayDown(t *testing.T) {
	w, dir := newWorld(), t.TempDir()
	p := board(t, options(t, w, dir))
	p.enter("ten")
	p.stop()
	release, struck := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	hit := sync.OnceFunc(func() { close(struck) })
	bad := &badFile{at: "CheckSigned", fault: func(f *journal.File, last uint64, entries []journal.Entry) ([]model.Record, error) {
		records, err := f.AppendEntries(last, entries)
		hit()
		<-release
		return records, err
	}}
	o := options(t, w, dir)
	o.OpenJournal = bad.open
	p = board(t, o)
	if err := p.feed.Submit(context.Background(), model.Intent{ID: "signs", Kind: model.Sign, Check: "leak", By: model.Actor{Name: "ana"}}); err != nil {
		t.Fatal(err)
	}
	<-struck
	began := time.Now()
	got := p.does(model.Intent{Kind: model.ArmRollback})
	if took := got.ContainedAt.Sub(began); got.Outcome != model.Verified || took > 1500*time.Millisecond {
		t.Errorf("%s, contained after %v", got.Outcome, took)
	}
	if a, ok := p.last.Answer("signs"); !ok || a.Err == "" {
		t.Errorf("the signature was answered %+v, %v", a, ok)
	}
}

// TestJournalThatIsTouchedIsSaidAtOnce changes the journal under an idle engine.
func TestJournalThatIsTouchedIsSaidAtOnce(t *testing.T) {
	for name, touch := range map[string]func(string) error{
		"replaced": replaceByCopy, "removed": os.Remove, "appended": appendLine,
		"truncated": func(p string) error { return os.Truncate(p, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, dir := newWorld(), t.TempDir()
			p := board(t, options(t, w, dir))
			p.enter("ten")
			if err := touch(filepath.Join(dir, journal.Name)); err != nil {
				t.Fatal(err)
			}
			p.until("the trouble", func(s *model.Snapshot) bool { return strings.Contains(s.Journal, "changed by somebody else") })
			if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err == "" {
				t.Error("a signature was acknowledged")
			}
			rollsBack(t, w, p)
		})
	}
}

// TestKilledRollbackIsFinished holds that a rollback that was cut off with a whole journal goes
// on; by a config that was changed meanwhile it is not VERIFIED: it may set something else.
func TestKilledRollbackIsFinished(t *testing.T) {
	t.Run("the same config", func(t *testing.T) { finishesKilled(t, "one", model.Verified) })
	t.Run("another config", func(t *testing.T) { finishesKilled(t, "two", model.Unverified) })
}

func finishesKilled(t *testing.T, config string, want model.Outcome) {
	w, dir := newWorld(), t.TempDir()
	o := options(t, w, dir)
	o.Rollout.ConfigHash = "one"
	p := board(t, o)
	p.enter("ten")
	p.does(model.Intent{Kind: model.ArmRollback})
	p.stop()
	path := filepath.Join(dir, journal.Name)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(b), "\n")
	at := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `"type":"PlanFired"`) && strings.Contains(l, "yes") })
	for i, l := range lines { // the last that fired
		if strings.Contains(l, `"type":"PlanFired"`) {
			at = i
		}
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines[:at+1], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	on := model.BoolValue(true)
	w.with(func() { w.store["real"], w.live["real"] = on, on })
	o = options(t, w, dir)
	o.Rollout.ConfigHash = config
	p = board(t, o)
	if got := p.ended(); got.Outcome != want || p.last.State.Unaudited != 0 {
		t.Errorf("%s: %s, %d unaudited", got.Outcome, got.Summary, p.last.State.Unaudited)
	}
	w.with(func() {
		if !w.live["real"].Equal(model.BoolValue(false)) {
			t.Error("it did not go on")
		}
	})
}

// TestWayDownWhoseJournalNeverOpens rolls back on a disk that gives nothing after a few records.
func TestWayDownWhoseJournalNeverOpens(t *testing.T) {
	w, dir, release := newWorld(), t.TempDir(), make(chan struct{})
	p := board(t, options(t, w, dir))
	p.enter("ten")
	p.stop()
	o := options(t, w, dir)
	o.Down = true
	ended := make(chan struct{})
	o.OpenJournal = func(_ string, each func(model.Record) error) (journal.Store, journal.Report, error) {
		defer close(ended)
		report, err := journal.Read(filepath.Join(dir, journal.Name), each)
		<-release
		return nil, report, errors.Join(err, each(model.Record{Seq: report.Seq + 1}))
	}
	began := time.Now()
	p = board(t, o)
	t.Logf("opened after %v", time.Since(began))
	if p.last.State.Phase != "ten" {
		t.Errorf("what was read does not count: phase %q", p.last.State.Phase)
	}
	rollsBack(t, w, p)
	p.stop()
	close(release)
	<-ended
	staysDown(t, w, options(t, w, dir))
}
