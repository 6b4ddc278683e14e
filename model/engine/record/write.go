package record

import (
	"errors"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// record has events written, waits for that as long as it may, and returns why they are not.
func (l *Ledger) record(by model.Actor, cause model.IntentID, must bool, events []model.Event) error {
	if len(events) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	j := &job{by: by, cause: cause, at: l.writer.now(), events: events, must: must, began: time.Now(), done: make(chan struct{})}
	if l.standing.lost != nil {
		return l.forego(j)
	}
	if l.writer.behind != nil {
		return l.postpone(j)
	}
	l.enqueue(j)
	return l.await(j)
}

// enqueue has j written after what is there already.
func (l *Ledger) enqueue(j *job) {
	w := &l.writer
	w.queue = append(w.queue, j)
	if !w.busy {
		w.busy = true
		w.group.Go(l.work)
	}
}

// work writes the queue until nothing is left of it.
func (l *Ledger) work() {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := &l.writer
	for l.standing.lost == nil && (len(w.queue) > 0 || w.behind != nil) {
		b := w.take()
		l.put(b, true)
		if w.quit {
			return
		}
		w.flying = nil
		if w.behind != nil && len(w.queue) == 0 && w.untold == 0 {
			l.caughtUp()
		}
	}
	for _, j := range w.queue {
		l.fails(j)
	}
	w.queue, w.busy = nil, false
}

// put writes a batch, without the lock, and takes what came of it. One that
// failed for one of its jobs is put again, each job alone.
func (l *Ledger) put(b batch, together bool) {
	if b.left = l.unaudited.left; l.opening != nil {
		b.opening = l.opening()
	}
	l.mu.Unlock()
	records, freed, err := l.writer.put(b)
	mine := errors.Is(err, journal.ErrMoved) && l.mine()
	l.mu.Lock()
	switch {
	case l.writer.quit:
	case together && b.separable(err):
		for i, j := range b.jobs {
			switch l.writer.flying = b.jobs[i:]; {
			case l.writer.quit:
			case l.standing.lost != nil:
				l.fails(j)
			default:
				l.put(l.writer.batch(j), false)
			}
		}
	case err != nil:
		l.crashed(b, err, mine)
	default:
		l.landed(b, records, freed)
	}
}

// landed folds what was written and is not folded yet, and tells who waits.
func (l *Ledger) landed(b batch, records []model.Record, freed bool) {
	if len(records) == 0 {
		return
	}
	at := 0
	next := func() model.Record { at++; return records[at-1] }
	if b.opening != nil {
		l.opening = nil
		l.fold(next())
	}
	if b.left != nil {
		l.history.adopt(next())
		l.unaudited.landed()
		l.forget()
	}
	for _, j := range b.jobs {
		for range j.events {
			if r := next(); !j.held {
				l.fold(r)
			}
		}
		j.end(nil)
	}
	if b.late != nil {
		l.history.adopt(next())
		l.writer.untold -= b.late.Count
		l.unaudited.told += b.late.Count
	}
	l.writer.seq = records[len(records)-1].Seq
	if l.anchor != nil {
		l.anchor.note(records)
	}
	switch {
	case freed:
		l.standing.trouble = onReserve
	case l.standing.trouble == "" && !l.writer.reserved():
		l.standing.trouble = noReserve
	}
	l.history.wake()
	l.changed()
}

// crashed takes a batch that could not be written; mine: whoever touched the
// file, this engine holds the lock. Where it has facts of a rollback, or some were
// folded before they were on disk, the ledger goes on in memory.
func (l *Ledger) crashed(b batch, err error, mine bool) {
	seq, trouble := l.history.state.Seq, l.standing.trouble
	must := b.must || l.writer.untold > 0
	l.standing.failed(err, mine, must)
	lost := l.standing.lost != nil
	if lost && must && b.opening != nil {
		l.remember(l.writer.engine, "", l.writer.now(), []model.Event{b.opening})
		l.opening = nil
	}
	for _, j := range b.jobs {
		if lost {
			l.fails(j)
		} else {
			j.end(refusal(err))
		}
	}
	l.writer.untold = 0
	if lost {
		l.writer.behind = nil
		l.unaudited.keep(&l.history, &l.standing)
	}
	l.pace.quicken()
	if l.history.state.Seq != seq || l.standing.trouble != trouble { // else who judges again would fail again, at once
		l.changed()
	}
}

// fails ends a job that the journal will not have.
func (l *Ledger) fails(j *job) {
	switch {
	case l.standing.lost == nil, j.over && !j.must:
	case j.held: // it was folded, and counts as missing
	default:
		j.end(l.forego(j))
	}
}

// forego takes a job that no journal will have: a rollback's, and the end of
// what runs, are remembered; whoever else asked is told that nothing was recorded. They keep
// their time: what was written all the same, and not acknowledged, is known by it.
func (l *Ledger) forego(j *job) error {
	if j.must || ends(j.events) {
		l.remember(j.by, j.cause, j.at, j.events)
		l.changed()
	}
	if j.must {
		return nil
	}
	return refusal(l.standing.lost)
}

// remember folds events that are on no disk.
func (l *Ledger) remember(by model.Actor, cause model.IntentID, at time.Time, events []model.Event) {
	for _, e := range events {
		r := model.Record{Seq: l.history.state.Seq + 1, At: at, By: by, Cause: cause, Prev: l.history.state.Sum, Event: e}
		l.fold(r)
		l.unaudited.add(r)
	}
	l.history.state.Unaudited += len(events)
	l.unaudited.keep(&l.history, &l.standing)
	l.history.wake()
}

// fold folds r. The end of a rollback ends the hurry that it was for.
func (l *Ledger) fold(r model.Record) {
	l.history.fold(r)
	switch r.Event.(type) {
	case model.PlanEnded, model.PlanVetoed:
		if !l.history.descends() {
			l.pace.urgent = false
		}
	}
}

// forget takes away what was left for the engines to come, once the journal
// tells of all of it: rather twice than never.
func (l *Ledger) forget() {
	if l.unaudited.dir != "" && l.writer.untold == 0 && l.unaudited.left == nil && l.standing.lost == nil {
		l.unaudited.keeper.drop(l.unaudited.dir)
	}
}
