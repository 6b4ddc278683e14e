package engine

import (
	"cmp"
	"errors"
	"fmt"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// ledger is the state and its journal: what is recorded is on disk first, then
// folded, then told. Its lock is never held over anything that a disk may keep waiting:
// the store is written by one goroutine at a time, see writer.go.
type ledger struct {
	mu      sync.Mutex
	store   journal.Store // nil: there is none that may be written
	anchor  *anchoring    // nil: none
	state   model.State
	tail    []model.Record
	touched uint64             // seq of the last record that a way up rests on: phase, plan, hold, config
	opening func() model.Event // the engine's first record, written before its first fact; then nil
	memory  error              // the journal is lost, and why: facts stay in memory
	reason  error              // why it never was this engine's to write; nil: see memory
	fenced  error              // somebody else owns the journal, and why
	ours    func() error       // why the lock is lost; nil: another file in the journal's place is another owner
	trouble string             // for people
	looked  string             // trouble that check found
	adrift  string             // trouble with the anchor, likewise
	dir     string
	log     func(string)     // the system's; nil: none
	word    *model.Unaudited // what an engine before this one could not journal, folded already; nil: nothing
	audited int              // facts of state.Unaudited that are told of in the journal
	held    []model.Record   // facts of this engine that were told before a journal had them
	acted   bool             // a plan ran whose facts are among them
	keeper  keeper           // of the word that is left of them
	writing writing
	now     func() time.Time
	engine  model.Actor
	changed func()
	ending  chan struct{} // closed and replaced at each record, for those who wait for one
}

func (l *ledger) fold(r model.Record) {
	l.state = model.Apply(l.state, r)
	switch r.Event.(type) {
	case model.PhaseEntered, model.PhaseLeft, model.HoldChanged, model.ConfigAdopted, model.PlanFired, model.PlanEnded:
		l.touched = r.Seq
	}
	switch r.Event.(type) {
	case model.PlanEnded, model.PlanVetoed:
		l.relax()
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
	if len(events) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.memory != nil {
		return l.forego(by, cause, must, events)
	}
	j := &job{by: by, cause: cause, at: l.now(), events: events, must: must, began: time.Now(), done: make(chan struct{})}
	if l.writing.behind != nil {
		return l.defers(j)
	}
	l.enqueue(j)
	return l.await(j)
}

// forego takes events that no journal will have: a way down's, and the end of
// what runs, are remembered; whoever else asked is told that nothing was recorded.
func (l *ledger) forego(by model.Actor, cause model.IntentID, must bool, events []model.Event) error {
	if must || ends(events) {
		l.remember(by, cause, l.now(), events)
		l.changed()
	}
	if must {
		return nil
	}
	return l.lost(l.memory)
}

// ends reports whether events end a plan or its steps, so that it does not
// stand on the screen as running for ever.
func ends(events []model.Event) bool {
	for _, e := range events {
		switch e.(type) {
		case model.StepEnded, model.PlanEnded:
			return true
		}
	}
	return false
}

// lost says that nothing is recorded any more because of err.
func (l *ledger) lost(err error) error {
	if errors.Is(err, model.ErrRefused) {
		return err
	}
	return fmt.Errorf("the journal cannot be written: %w", err)
}

// useReserve reports whether the store had a reserve of space and gave it up.
func (l *ledger) useReserve() bool {
	s, ok := l.store.(interface{ UseReserve() error })
	return ok && s.UseReserve() == nil
}

// remember folds events that are on no disk.
func (l *ledger) remember(by model.Actor, cause model.IntentID, at time.Time, events []model.Event) {
	for _, e := range events {
		r := model.Record{Seq: l.state.Seq + 1, At: at, By: by, Cause: cause, Prev: l.state.Sum, Event: e}
		l.fold(r)
		l.held = append(l.held, r)
	}
	l.state.Unaudited += len(events)
	l.leaveWord(events)
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
	return l.state, tail[:len(tail):len(tail)], cmp.Or(l.trouble, l.adrift)
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
	l.giveUp(err)
}

// giveUp is fence, under the lock.
func (l *ledger) giveUp(err error) {
	if l.fenced != nil {
		return
	}
	l.memory, l.fenced = err, err
	l.trouble = model.Inert(err.Error() + ": this gonogo writes nothing any more; end it")
	l.quicken()
}

// fencedBy returns why somebody else may own the journal now, or nil.
func (l *ledger) fencedBy() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fenced
}

// tellAnchor shows what is wrong with the anchor, "" for nothing any more.
func (l *ledger) tellAnchor(text string) {
	l.mu.Lock()
	said := l.adrift
	l.adrift = text
	l.mu.Unlock()
	if said != text {
		l.changed()
	}
}

// unfinished returns the plan whose end is the very last record, with where it
// leads still missing: the records of one write need not all survive a crash.
func (l *ledger) unfinished() *model.PlanState {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.state.Plan
	if p == nil || len(l.tail) == 0 || !p.Plan.Leaves || !p.Outcome.Lands() {
		return nil
	}
	if _, ok := l.tail[len(l.tail)-1].Event.(model.PlanEnded); !ok {
		return nil
	}
	return p
}

// started reports whether this engine has recorded anything.
func (l *ledger) started() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.opening == nil
}

// close ends the anchor and the store. Nothing may be recorded after it. A disk
// that does not answer holds the end up no longer than closeFor.
func (l *ledger) close() error {
	l.mu.Lock()
	anchor, store := l.anchor, l.store
	l.anchor = nil
	l.mu.Unlock()
	written := l.writing.settled(closeFor)
	l.mu.Lock()
	l.writing.quit = true
	l.mu.Unlock()
	l.lastWord()
	if anchor != nil {
		anchor.close() // not under the lock, which it takes to tell of trouble
	}
	if store == nil || !written {
		return nil // an append under way holds the store; it ends with the process
	}
	return store.Close()
}
