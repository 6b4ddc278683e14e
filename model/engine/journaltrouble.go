package engine

import (
	"errors"
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// roomFor is how long a way down waits for the journal's reserve to be given up.
const roomFor = 300 * time.Millisecond

var errNoAnswer = fmt.Errorf("it has not answered for %s", model.FormatDuration(allowance))

// mine reports whether this engine is sure to own the journal, whoever touched its file.
func (l *ledger) mine() bool { return l.ours != nil && l.ours() == nil }

func movedTrouble(err error) string {
	return model.Inert("the journal was changed by somebody else (" + err.Error() + "): nothing is recorded any more, only rollbacks run, UNAUDITED; " +
		"put the journal back, then end this gonogo and start it again")
}

// tell shows trouble with the journal.
func (l *ledger) tell(text string) {
	l.mu.Lock()
	l.trouble = text
	l.mu.Unlock()
	l.changed()
}

// giveRoom releases the journal's reserve to a disk that is full.
func (l *ledger) giveRoom() {
	done := make(chan struct{})
	go func() { // ends with the store's answer
		defer close(done)
		if l.useReserve() {
			l.tell("the disk is full: the journal's reserve was given up for a rollback; free some space")
		}
	}()
	timer := time.NewTimer(roomFor)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// check looks whether the journal is still the one that this engine writes, and
// could be written; lost is why the lock is not this engine's any more.
func (l *ledger) check(lost error) {
	err := lost
	if s, ok := l.store.(interface{ Check() error }); ok && err == nil {
		err = s.Check()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.trouble
	switch {
	case l.memory != nil || l.writing.busy: // it is said, or its append will say so
	case errors.Is(err, journal.ErrMoved) && l.mine():
		l.memory, l.trouble = err, movedTrouble(err)
	case errors.Is(err, journal.ErrMoved):
		l.giveUp(err)
	case err != nil:
		l.looked = model.Inert("the journal cannot be written: " + err.Error() + "; only rollbacks still run")
		l.trouble = l.looked
	case l.looked != "" && l.trouble == l.looked: // mended
		l.looked, l.trouble = "", ""
	}
	if l.trouble != was {
		l.changed()
	}
}
