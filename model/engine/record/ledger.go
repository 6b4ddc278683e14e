package record

import (
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

const (
	closeFor = time.Second            // how long Close waits for a journal that does not answer
	leftFor  = time.Second            // and for what is left of facts that no journal has
	roomFor  = 300 * time.Millisecond // how long GiveRoom waits for the journal's reserve to be given up
)

// Ledger is the state and its journal: what is recorded is on disk first, then
// folded, then told. Its lock is never held over anything that a disk may keep waiting:
// the store is written by one goroutine at a time, see work. It may be used by several at once.
type Ledger struct {
	changed func()
	held    func() error // why the lock is not held any more; nil: there is none

	mu        sync.Mutex
	opening   func() model.Event // the engine's first record, written before its first fact; then nil
	history   history
	standing  standing
	unaudited unaudited
	writer    writer
	pace      pace
	anchor    *anchoring // nil: none
}

// Record journals events, all or none, and folds them. They are durable when it
// returns nil. The error says why nothing was recorded: the journal cannot be written, or does not
// answer while a rollback is asked for (whether it was recorded is then said to be open). It wraps
// model.ErrRefused where the journal is read-only.
func (l *Ledger) Record(by model.Actor, cause model.IntentID, events ...model.Event) error {
	return l.record(by, cause, false, events)
}

// RecordAnyway records events of a rollback: where the journal cannot be
// written, even with its reserve, or does not answer within what is left of the
// rollback's 500 ms, they are folded in memory, UNAUDITED.
func (l *Ledger) RecordAnyway(by model.Actor, cause model.IntentID, events ...model.Event) {
	_ = l.record(by, cause, true, events) // nil: it is folded in any case
}

// State returns the state as it is folded.
func (l *Ledger) State() model.State {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.history.state
}

// View returns the state, the last records (at most TailLength, not to be
// written) and what is wrong with the journal, for people; "" for nothing.
func (l *Ledger) View() (state model.State, tail []model.Record, trouble string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.history.state, l.history.last(), l.standing.text()
}

// LastTouched returns the number of the last record that a way up rests on: of
// a phase, a plan, a hold or the config.
func (l *Ledger) LastTouched() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.history.touched
}

// Changes returns a channel that is closed at the next record.
func (l *Ledger) Changes() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.history.grown
}

// Unfinished returns the plan whose end is the very last record, with where it
// leads still missing, or nil: a crash may keep the first few records of one write.
func (l *Ledger) Unfinished() *model.PlanState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.history.unfinished()
}

// Started reports whether this engine has recorded anything.
func (l *Ledger) Started() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opening == nil
}

// Fenced returns why this engine must do nothing more to the world, or nil: it
// lost the lock, or somebody else writes the journal. It looks at the lock each time; once
// fenced, it stays so, and nothing is written any more.
func (l *Ledger) Fenced() error {
	var lost error
	if l.held != nil {
		lost = l.held()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if lost != nil {
		l.standing.fence(lost)
		l.pace.quicken()
	}
	return l.standing.fenced
}

// mine reports whether this engine is sure to own the journal, whoever touched
// its file. A store that is no file is whose it says.
func (l *Ledger) mine() bool {
	_, file := l.writer.store.(journal.Checker)
	return file && l.held != nil && l.held() == nil
}

// Check looks whether the journal is still the one that this engine writes, and
// could be written. What is wrong shows in View. It may wait for the disk.
func (l *Ledger) Check() {
	var err error
	if l.held != nil {
		err = l.held()
	}
	mine := l.held != nil && err == nil
	if err == nil {
		err = l.writer.look()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.standing.lost != nil || l.writer.busy {
		return // it is said, or the append will say so
	}
	was := l.standing.trouble
	l.standing.checked(err, mine)
	if l.standing.trouble != was {
		l.pace.quicken()
		l.changed()
	}
}

// GiveRoom releases the journal's reserve to a disk that is full, for something
// else that a rollback has to write there. It waits 300 ms at most.
func (l *Ledger) GiveRoom() {
	done := make(chan struct{})
	go func() { // ends with the store's answer
		defer close(done)
		if l.writer.free() {
			l.mu.Lock()
			l.standing.trouble = gaveRoom
			l.mu.Unlock()
			l.changed()
		}
	}()
	timer := time.NewTimer(roomFor)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// tellAnchor shows what is wrong with the anchor, "" for nothing any more.
func (l *Ledger) tellAnchor(text string) {
	l.mu.Lock()
	said := l.standing.anchor
	l.standing.anchor = text
	l.mu.Unlock()
	if said != text {
		l.changed()
	}
}

// Close ends the anchor and the store. Nothing may be recorded after it. A disk
// that does not answer holds the end up no longer than closeFor.
func (l *Ledger) Close() error {
	l.mu.Lock()
	anchor, store := l.anchor, l.writer.store
	l.anchor = nil
	l.mu.Unlock()
	written := settled(&l.writer.group, closeFor)
	l.mu.Lock()
	l.writer.quit = true
	l.mu.Unlock()
	l.unaudited.keeper.wait(leftFor)
	l.mu.Lock()
	l.unaudited.end(l.history.state.Unaudited, l.standing.why())
	l.mu.Unlock()
	if anchor != nil {
		anchor.close() // not under the lock, which it takes to tell of trouble
	}
	if store == nil || !written {
		return nil // an append under way holds the store; it ends with the process
	}
	return store.Close()
}
