package engine

import (
	"errors"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// closeFor is how long the engine's end waits for a journal that does not answer.
const closeFor = time.Second

// job is what one caller has to be recorded.
type job struct {
	by     model.Actor
	cause  model.IntentID
	at     time.Time
	events []model.Event
	must   bool
	held   bool // its events were folded before they were on disk
	began  time.Time
	over   bool          // nobody waits for it any more
	done   chan struct{} // closed when it is over
	err    error         // why it was not recorded
}

func (j *job) end(err error) {
	if !j.over {
		j.over, j.err = true, err
		close(j.done)
	}
}

// writing is the ledger's queue to its store. All of it is under the ledger's lock.
type writing struct {
	queue  []*job
	flying []*job // being written
	group  sync.WaitGroup
	busy   bool   // a goroutine works at the queue
	seq    uint64 // of the last record on disk
	behind error  // the store does not answer, and since: a way down waits for it no more
	quit   bool   // the engine has ended: the next one owns the journal
	untold int    // facts that were folded before they were on disk, and are not told of in the journal
	pace   pace
}

// settled waits until the queue is empty, no longer than d, and reports whether it is.
func (w *writing) settled(d time.Duration) bool {
	done := make(chan struct{})
	go func() { // ends with the last append
		w.group.Wait()
		close(done)
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// enqueue has j written after what is there already.
func (l *ledger) enqueue(j *job) {
	w := &l.writing
	w.queue = append(w.queue, j)
	if !w.busy {
		w.busy = true
		w.group.Go(l.work)
	}
}

// work writes the queue until nothing is left of it.
func (l *ledger) work() {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := &l.writing
	for l.memory == nil && (len(w.queue) > 0 || w.behind != nil) {
		b := l.take()
		l.mu.Unlock()
		records, err := l.put(b)
		l.mu.Lock()
		if w.flying = nil; w.quit {
			return
		}
		if err != nil && len(b.jobs) > 1 && !errors.Is(err, journal.ErrPoisoned) && !errors.Is(err, journal.ErrMoved) {
			l.putEach(b) // one of them cannot be written, and harms no other
		} else {
			l.landed(b, records, err)
		}
		if w.behind != nil && len(w.queue) == 0 && w.untold == 0 {
			l.caughtUp()
		}
	}
	for _, j := range w.queue {
		l.fails(j)
	}
	w.queue, w.busy = nil, false
}

// batch is what is written at once, in this order.
type batch struct {
	opening model.Event
	word    *model.Unaudited // of an engine before
	jobs    []*job
	late    *model.Unaudited // of this engine
	last    uint64
	must    bool
}

// take makes a batch of all that waits.
func (l *ledger) take() batch {
	w := &l.writing
	b := batch{jobs: w.queue, word: l.word, last: w.seq}
	w.queue, w.flying = nil, w.queue
	if l.opening != nil {
		b.opening = l.opening()
	}
	for _, j := range b.jobs {
		b.must = b.must || j.must
	}
	if w.untold > 0 {
		b.late = &model.Unaudited{Count: w.untold, Reason: model.Inert(w.behind.Error())}
	}
	return b
}

// entries returns the batch as its store gets it.
func (b *batch) entries(engine model.Actor, now time.Time) []journal.Entry {
	var out []journal.Entry
	if b.opening != nil {
		out = append(out, journal.Entry{At: now, By: engine, Event: b.opening})
	}
	if b.word != nil {
		out = append(out, journal.Entry{At: now, By: engine, Event: *b.word})
	}
	for _, j := range b.jobs {
		for _, e := range j.events {
			out = append(out, journal.Entry{At: j.at, By: j.by, Cause: j.cause, Event: e})
		}
	}
	if b.late != nil {
		out = append(out, journal.Entry{At: now, By: engine, Event: *b.late})
	}
	return out
}

// put writes the batch. A way down gets the reserve of a disk that is full.
func (l *ledger) put(b batch) ([]model.Record, error) {
	entries := b.entries(l.engine, l.now())
	records, err := appendEntries(l.store, b.last, entries)
	if err != nil && b.must && errors.Is(err, journal.ErrFull) && l.useReserve() {
		l.tell("the disk is full: the journal is on its reserve; free some space")
		records, err = appendEntries(l.store, b.last, entries)
	}
	return records, err
}

// appendEntries adds entries behind record last, in one write where the store can.
func appendEntries(s journal.Store, last uint64, entries []journal.Entry) ([]model.Record, error) {
	if all, ok := s.(interface {
		AppendEntries(uint64, []journal.Entry) ([]model.Record, error)
	}); ok {
		return all.AppendEntries(last, entries)
	}
	var out []model.Record
	for len(entries) > 0 {
		e, n := entries[0], 1
		events := []model.Event{e.Event}
		for ; n < len(entries) && entries[n].By == e.By && entries[n].Cause == e.Cause && entries[n].At.Equal(e.At); n++ {
			events = append(events, entries[n].Event)
		}
		records, err := s.AppendAll(last, e.At, e.By, e.Cause, events...)
		if err != nil {
			return nil, err
		}
		out, last, entries = append(out, records...), last+uint64(n), entries[n:]
	}
	return out, nil
}

// putEach writes the jobs of a batch one by one.
func (l *ledger) putEach(b batch) {
	for _, j := range b.jobs {
		if l.memory != nil {
			l.fails(j)
			continue
		}
		one := batch{jobs: []*job{j}, last: l.writing.seq, must: j.must, word: l.word}
		if l.opening != nil {
			one.opening = l.opening()
		}
		l.mu.Unlock()
		records, err := l.put(one)
		l.mu.Lock()
		l.landed(one, records, err)
	}
}

// landed folds what was written and is not folded yet, and tells who waits.
func (l *ledger) landed(b batch, records []model.Record, err error) {
	if err != nil {
		l.crashed(b, err)
		return
	}
	if len(records) == 0 {
		return
	}
	at := 0
	next := func() model.Record { at++; return records[at-1] }
	if b.opening != nil {
		l.opening = nil
		l.foldNext(next())
	}
	if b.word != nil {
		l.adopt(next())
		l.audited += b.word.Count
		l.word = nil
		l.forget()
	}
	for _, j := range b.jobs {
		for range j.events {
			if r := next(); !j.held {
				l.foldNext(r)
			}
		}
		j.end(nil)
	}
	if b.late != nil {
		l.adopt(next())
		l.writing.untold -= b.late.Count
		l.audited += b.late.Count
	}
	l.writing.seq = records[len(records)-1].Seq
	if l.anchor != nil {
		l.anchor.note(records)
	}
	if s, ok := l.store.(interface{ Reserved() bool }); ok && l.trouble == "" && !s.Reserved() {
		l.trouble = noReserve
	}
	l.wake()
	l.changed()
}

// foldNext folds a record that is on disk. What was folded before it was there may have taken its number.
func (l *ledger) foldNext(r model.Record) {
	r.Seq = max(r.Seq, l.state.Seq+1)
	l.fold(r)
}

// adopt takes a record whose facts are folded already.
func (l *ledger) adopt(r model.Record) {
	r.Seq = max(r.Seq, l.state.Seq+1)
	l.state.Seq, l.state.Sum, l.state.At = r.Seq, r.Sum, r.At
	l.tail = append(l.tail, r)
}

// crashed takes a batch that could not be written. Where it has facts of a way
// down, or some were folded before they were on disk, the ledger goes on in memory.
func (l *ledger) crashed(b batch, err error) {
	seq, trouble := l.state.Seq, l.trouble
	defer func() {
		if l.state.Seq != seq || l.trouble != trouble { // else who judges again would fail again, at once
			l.changed()
		}
	}()
	must := b.must || l.writing.untold > 0
	switch {
	case errors.Is(err, journal.ErrMoved) && !l.mine():
		l.giveUp(err)
	case errors.Is(err, journal.ErrMoved):
		l.memory = err
		l.trouble = movedTrouble(err)
	default:
		l.trouble = model.Inert("the journal cannot be written: " + err.Error() + "; only rollbacks still run")
		if must {
			l.memory = err
		}
	}
	if l.memory != nil && must && b.opening != nil {
		l.remember(l.engine, "", l.now(), []model.Event{b.opening})
		l.opening = nil
	}
	for _, j := range b.jobs {
		l.fails(j)
		if l.memory == nil {
			j.end(l.lost(err))
		}
	}
	l.writing.untold = 0
	if l.memory != nil {
		l.writing.behind = nil
		l.leaveWord(nil)
	}
	l.quicken()
}

// fails ends a job that the journal will not have.
func (l *ledger) fails(j *job) {
	if l.memory == nil || j.over && !j.must {
		return
	}
	if j.held {
		return // it was folded, and counts as missing
	}
	j.end(l.forego(j.by, j.cause, j.must, j.events))
}
