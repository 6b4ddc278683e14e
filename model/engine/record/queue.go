package record

import (
	"errors"
	"slices"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// job is what one caller has to be recorded.
type job struct {
	by     model.Actor
	cause  model.IntentID
	at     time.Time
	events []model.Event
	must   bool // of a rollback: it waits for no disk, and is never refused
	held   bool // its events were folded before they were on disk
	began  time.Time
	over   bool          // nobody waits for it any more
	done   chan struct{} // closed when it is over
	err    error         // why it was not recorded
}

// end tells who waits for j.
func (j *job) end(err error) {
	if !j.over {
		j.over, j.err = true, err
		close(j.done)
	}
}

// batch is what is written at once, in this order.
type batch struct {
	opening model.Event      // of this engine; nil: it was written before
	left    *model.Unaudited // of an engine before
	jobs    []*job
	late    *model.Unaudited // of this engine: facts that were folded first
	last    uint64           // the record that it goes behind
	must    bool             // a rollback waits for it
}

// entries returns the batch as its store gets it.
func (b *batch) entries(engine model.Actor, now time.Time) []journal.Entry {
	var out []journal.Entry
	if b.opening != nil {
		out = append(out, journal.Entry{At: now, By: engine, Event: b.opening})
	}
	if b.left != nil {
		out = append(out, journal.Entry{At: now, By: engine, Event: *b.left})
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

// separable reports whether the jobs may be written one by one after err: one
// of them cannot be written, and harms no other.
func (b *batch) separable(err error) bool {
	return err != nil && len(b.jobs) > 1 && !errors.Is(err, journal.ErrPoisoned) && !errors.Is(err, journal.ErrMoved)
}

// writer is the queue to the store. All of it is under the ledger's lock, but
// put and what else asks the store: of those one runs at a time, and waits for the disk.
type writer struct {
	store  journal.Store // nil: there is none that may be written
	engine model.Actor
	now    func() time.Time

	queue  []*job
	flying []*job // being written
	group  sync.WaitGroup
	busy   bool   // a goroutine works at the queue
	seq    uint64 // of the last record on disk
	behind error  // the store does not answer, and since: a rollback waits for it no more
	untold int    // facts that were folded before they were on disk, and are not told of in the journal
	quit   bool   // the engine has ended: the next one owns the journal
}

// take makes a batch of all that waits.
func (w *writer) take() batch {
	b := w.batch(w.queue...)
	w.queue, w.flying = nil, w.queue
	if w.untold > 0 {
		b.late = &model.Unaudited{Count: w.untold, Reason: model.Inert(w.behind.Error())}
	}
	return b
}

func (w *writer) batch(jobs ...*job) batch {
	must := slices.ContainsFunc(jobs, func(j *job) bool { return j.must })
	return batch{jobs: jobs, last: w.seq, must: must}
}

// withdraw takes j from the queue, and reports whether it was still there.
func (w *writer) withdraw(j *job) bool {
	i := slices.Index(w.queue, j)
	if i < 0 {
		return false
	}
	w.queue = slices.Delete(w.queue, i, i+1)
	return true
}

// put writes the batch. Where it must, it gives the reserve of space to a disk that is full, which freed says.
func (w *writer) put(b batch) (records []model.Record, freed bool, err error) {
	entries := b.entries(w.engine, w.now())
	records, err = w.store.AppendEntries(b.last, entries)
	if err != nil && b.must && errors.Is(err, journal.ErrFull) && w.free() {
		freed = true
		records, err = w.store.AppendEntries(b.last, entries)
	}
	return records, freed, err
}

// free reports whether the store had a reserve of space and gave it up.
func (w *writer) free() bool {
	s, ok := w.store.(journal.Reserver)
	return ok && s.UseReserve() == nil
}

// reserved reports whether the store has a reserve of space, or knows of none.
func (w *writer) reserved() bool {
	s, ok := w.store.(journal.Reserver)
	return !ok || s.Reserved()
}

// look returns why the next append would fail, as far as the store can say.
func (w *writer) look() error {
	if s, ok := w.store.(journal.Checker); ok {
		return s.Check()
	}
	return nil
}
