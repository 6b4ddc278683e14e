package engine

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// ledger is the state and its journal: what is recorded is on disk first, then
// folded, then told.
type ledger struct {
	mu      sync.Mutex
	file    *journal.File
	state   model.State
	tail    []model.Record
	touched uint64             // seq of the last record that a way up rests on: phase, plan, hold, config
	opening func() model.Event // the engine's first record, written before its first fact; then nil
	memory  error              // the journal is lost, and why: facts stay in memory
	trouble string             // for people
	now     func() time.Time
	engine  model.Actor
	changed func()
	ending  chan struct{} // closed and replaced at each record, for those who wait for one
}

// openLedger opens dir's journal and folds it.
func openLedger(dir string, now func() time.Time, actor model.Actor, changed func()) (*ledger, error) {
	l := &ledger{now: now, engine: actor, changed: changed, ending: make(chan struct{})}
	file, report, err := journal.Open(dir, func(r model.Record) error {
		l.fold(r)
		return nil
	})
	if err != nil {
		return nil, err
	}
	l.file = file
	l.trouble = reportTrouble(report)
	return l, nil
}

func (l *ledger) fold(r model.Record) {
	l.state = model.Apply(l.state, r)
	switch r.Event.(type) {
	case model.PhaseEntered, model.PhaseLeft, model.HoldChanged, model.ConfigAdopted, model.PlanFired, model.PlanEnded:
		l.touched = r.Seq
	}
	if len(l.tail) >= 2*tailLength {
		l.tail = append([]model.Record(nil), l.tail[tailLength:]...)
	}
	l.tail = append(l.tail, r)
}

// record journals events, durable when it returns nil, and folds them.
func (l *ledger) record(by model.Actor, cause model.IntentID, events ...model.Event) error {
	return l.write(by, cause, false, events)
}

// must records events of a way down: when the journal fails it uses the
// reserve, and if even that fails it goes on in memory, marked unaudited.
func (l *ledger) must(by model.Actor, cause model.IntentID, events ...model.Event) {
	_ = l.write(by, cause, true, events)
}

func (l *ledger) write(by model.Actor, cause model.IntentID, must bool, events []model.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.changed()
	if l.memory != nil {
		if !must {
			return fmt.Errorf("the journal cannot be written: %w", l.memory)
		}
		l.remember(by, cause, events)
		return nil
	}
	if l.opening != nil {
		if err := l.append(l.engine, "", must, l.opening()); err != nil && !must {
			return err
		}
		l.opening = nil
	}
	return l.append(by, cause, must, events...)
}

func (l *ledger) append(by model.Actor, cause model.IntentID, must bool, events ...model.Event) error {
	records, err := l.file.AppendAll(l.state.Seq, l.now(), by, cause, events...)
	if err != nil && must && errors.Is(err, journal.ErrFull) && l.file.UseReserve() == nil {
		l.trouble = "the disk is full: the journal is on its reserve; free some space"
		records, err = l.file.AppendAll(l.state.Seq, l.now(), by, cause, events...)
	}
	if err != nil {
		l.trouble = model.Inert("the journal cannot be written: " + err.Error() + "; only rollbacks still run")
		if must {
			l.memory = err
			l.remember(by, cause, events)
			return nil
		}
		return fmt.Errorf("the journal cannot be written: %w", err)
	}
	for _, r := range records {
		l.fold(r)
	}
	l.wake()
	return nil
}

// remember folds events that are on no disk.
func (l *ledger) remember(by model.Actor, cause model.IntentID, events []model.Event) {
	for _, e := range events {
		l.fold(model.Record{Seq: l.state.Seq + 1, At: l.now(), By: by, Cause: cause, Prev: l.state.Sum, Event: e})
	}
	l.state.Unaudited += len(events)
	l.wake()
}

func (l *ledger) wake() {
	close(l.ending)
	l.ending = make(chan struct{})
}

// view returns the state, the last records and trouble with the journal.
func (l *ledger) view() (model.State, []model.Record, string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tail := l.tail
	if len(tail) > tailLength {
		tail = tail[len(tail)-tailLength:]
	}
	return l.state, tail[:len(tail):len(tail)], l.trouble
}

func (l *ledger) current() model.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

func (l *ledger) lastTouch() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.touched
}

// changes returns a channel that is closed at the next record.
func (l *ledger) changes() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ending
}

// fence stops all writing, because somebody else may own the journal now.
func (l *ledger) fence(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.memory == nil {
		l.memory = err
		l.trouble = model.Inert(err.Error() + ": this gonogo writes nothing any more; end it")
	}
}

// unfinished returns the plan whose end is the very last record, with where it
// leads still missing: the records of one write need not all survive a crash.
func (l *ledger) unfinished() *model.PlanState {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.state.Plan
	if p == nil || len(l.tail) == 0 || !p.Plan.Leaves || p.Outcome != model.Verified {
		return nil
	}
	if _, ok := l.tail[len(l.tail)-1].Event.(model.PlanEnded); !ok {
		return nil
	}
	return p
}

// giveRoom releases the journal's reserve to a disk that is full.
func (l *ledger) giveRoom() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file.UseReserve() == nil {
		l.trouble = "the disk is full: the journal's reserve was given up for a rollback; free some space"
	}
}

// started reports whether this engine has recorded anything.
func (l *ledger) started() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opening == nil
}

func (l *ledger) close() error { return l.file.Close() }

// reportTrouble says what a person should know of how the journal was found.
func reportTrouble(r journal.Report) string {
	switch {
	case r.Torn > 0:
		return fmt.Sprintf("the journal's last record was unfinished (a crash): %d bytes were cut off and kept in %s", r.Torn, model.Inert(r.Kept))
	case !r.Reserved:
		return "there is no room for the journal's reserve: free some disk space, a rollback may need it"
	}
	return ""
}
