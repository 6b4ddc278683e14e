package record

import (
	"errors"
	"time"

	"gonogo/model"
)

// RollbackAsked says that a rollback was asked for: what goes before it and
// waits for the journal waits no longer than that would. What it returns is called
// once, when the rollback was taken or refused.
func (l *Ledger) RollbackAsked() (answered func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace.ask()
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pace.answered()
	}
}

// RollbackBegins begins the allowance of a rollback that is armed or fired now.
// It ends with the plan's end, or its veto.
func (l *Ledger) RollbackBegins() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pace.descend()
}

// await waits until j is over, as long as it may.
func (l *Ledger) await(j *job) error {
	if j.must {
		l.pace.enter()
		defer l.pace.leave()
	}
	for !j.over {
		limit, bounded := l.pace.patience(j)
		if bounded && limit <= 0 {
			l.giveUpOn(j)
			break
		}
		l.waitFor(j, limit, bounded)
	}
	return j.err
}

// waitFor lets go of the lock until something happened that j's caller must look at.
func (l *Ledger) waitFor(j *job, limit time.Duration, bounded bool) {
	turn := l.pace.turn
	l.mu.Unlock()
	defer l.mu.Lock()
	var late <-chan time.Time
	if bounded {
		timer := time.NewTimer(max(limit, time.Millisecond))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-j.done:
	case <-turn:
	case <-late:
	}
}

// giveUpOn ends j's wait for a store that does not answer.
func (l *Ledger) giveUpOn(j *job) {
	switch {
	case j.must:
		l.fallBehind()
	case l.writer.withdraw(j):
		j.end(refusal(errNoAnswer))
	default:
		j.end(errors.New(neverHeard))
	}
}

// fallBehind goes on without the store's answer: what waits of rollbacks is
// folded now and written when the store can, and all else is refused meanwhile.
func (l *Ledger) fallBehind() {
	w := &l.writer
	if w.behind == nil {
		w.behind = errNoAnswer
		l.standing.trouble = hungDisk
		l.unaudited.syslog("the journal in " + l.unaudited.dir + " does not answer: a rollback goes on without it, UNAUDITED")
	}
	for _, j := range w.flying {
		l.hold(j)
	}
	rest := w.queue[:0:0]
	for _, j := range w.queue {
		if !j.must {
			j.end(refusal(errNoAnswer))
			continue
		}
		l.hold(j)
		rest = append(rest, j)
	}
	w.queue = rest
	l.changed()
}

// hold folds a rollback's job before it is on disk.
func (l *Ledger) hold(j *job) {
	if !j.must || j.held {
		return
	}
	j.held = true
	l.writer.untold += len(j.events)
	l.remember(j.by, j.cause, j.at, j.events)
	j.end(nil)
}

// postpone takes a job while the store does not answer: a rollback's is folded
// now, and so is the end of what runs, whose caller is told that it is on no disk yet.
func (l *Ledger) postpone(j *job) error {
	var err error
	if !j.must {
		if err = refusal(errNoAnswer); !ends(j.events) {
			return err
		}
		j.must = true
	}
	l.enqueue(j)
	l.hold(j)
	l.changed()
	return err
}

// caughtUp ends the time without answers: all of it is on disk now.
func (l *Ledger) caughtUp() {
	l.writer.behind, l.standing.trouble = nil, ""
	l.unaudited.clear()
	l.forget()
	l.changed()
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
