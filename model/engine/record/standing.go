package record

import (
	"cmp"
	"errors"
	"fmt"

	"gonogo/model"
	"gonogo/model/journal"
)

const (
	onReserve  = "the disk is full: the journal is on its reserve; free some space"
	gaveRoom   = "the disk is full: the journal's reserve was given up for a rollback; free some space"
	noReserve  = "there is no room for the journal's reserve: free some disk space, a rollback may need it"
	hungDisk   = "the journal does not answer (a disk that hangs?): the rollback goes on without it, UNAUDITED; what it does is held and written when the disk answers"
	neverHeard = "the journal does not answer: whether this was recorded shows when it does; a rollback goes first"
)

// errNoAnswer is a journal for which a rollback waits no longer.
var errNoAnswer = fmt.Errorf("it has not answered for %s", model.FormatDuration(allowance))

// standing is how the ledger stands with its journal: whether it is still
// written, and what people should know of it. All of it is under the ledger's lock.
type standing struct {
	lost    error  // the journal is written no more, and why: facts stay in memory
	unfit   error  // why it never was this engine's to write; nil: see lost
	fenced  error  // another engine may own it, and why
	trouble string // for people; "": none
	looked  string // trouble that a look found, rather than a write
	anchor  string // trouble with the anchor
}

// text returns what a person should know, "" for nothing.
func (s *standing) text() string { return cmp.Or(s.trouble, s.anchor) }

// why returns why facts are in memory only.
func (s *standing) why() error { return cmp.Or(s.unfit, s.lost, errNoAnswer) }

// fence gives the journal up for good, because another engine may own it.
func (s *standing) fence(err error) {
	if s.fenced != nil {
		return
	}
	s.lost, s.fenced = err, err
	s.trouble = model.Inert(err.Error() + ": this gonogo writes nothing any more; end it")
}

// moved takes it that somebody else touched the file. An engine that is sure to
// hold the lock (mine) is not fenced by that: nobody else records.
func (s *standing) moved(err error, mine bool) {
	if !mine {
		s.fence(err)
		return
	}
	s.lost = err
	s.trouble = model.Inert("the journal was changed by somebody else (" + err.Error() + "): nothing is recorded any more, only rollbacks run, UNAUDITED; " +
		"put the journal back, then end this gonogo and start it again")
}

// failed takes it that an append failed. With facts that must not be lost the
// journal is given up: they stay in memory.
func (s *standing) failed(err error, mine, must bool) {
	if errors.Is(err, journal.ErrMoved) {
		s.moved(err, mine)
		return
	}
	s.trouble = cannotWrite(err)
	if must {
		s.lost = err
	}
}

// checked takes what a look at the idle journal found: err, or nil for nothing.
func (s *standing) checked(err error, mine bool) {
	switch {
	case errors.Is(err, journal.ErrMoved):
		s.moved(err, mine)
	case err != nil:
		s.looked = cannotWrite(err)
		s.trouble = s.looked
	case s.looked != "" && s.trouble == s.looked: // mended
		s.looked, s.trouble = "", ""
	}
}

func cannotWrite(err error) string {
	return model.Inert("the journal cannot be written: " + err.Error() + "; only rollbacks still run")
}

// refusal is what who asked is told of a fact that is not recorded because of err.
func refusal(err error) error {
	if errors.Is(err, model.ErrRefused) {
		return err
	}
	return fmt.Errorf("the journal cannot be written: %w", err)
}
