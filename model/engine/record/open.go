package record

import (
	"errors"
	"path/filepath"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// Options say what a Ledger works on.
type Options struct {
	Dir    string      // the state directory; must exist, and its lock be held; "": none
	Anchor string      // the anchor's path; "": none
	Engine model.Actor // of what the ledger records by itself
	Now    func() time.Time
	// Opening makes the engine's first record, which is written before its first fact; nil: there is none.
	Opening func() model.Event
	// Down is an engine that is there for one rollback: trouble with the journal
	// does not keep it from that, it goes on in memory.
	Down bool
	// DirTrouble is what is wrong with the state directory, for people; "": nothing.
	DirTrouble string
	// Held returns why the state directory's lock is not held any more, see Lock.Held; nil: there is none.
	Held func() error
	// OpenStore opens the journal, with each of its records given to each; nil:
	// the file in Dir. Of one whose error is a *journal.Damage the records before it count.
	OpenStore func(dir string, each func(model.Record) error) (journal.Store, journal.Report, error)
	// Reading is called for each record that is read while the ledger opens; nil: nobody cares.
	Reading func()
	// Changed is called when something was recorded, or the trouble is another. It
	// must not block, nor call the ledger.
	Changed func()
	// SystemLog tells the system's log what no journal could be told; nil: nobody is.
	SystemLog func(text string)
}

// Open opens the journal and folds it. Of a damaged one, and of one that is not
// what its anchor knows, it folds what is there, and never writes it. Where it cannot be
// opened only a rollback goes on (Options.Down), likewise; else that is the error. The
// caller must Close the Ledger.
func Open(o Options) (*Ledger, error) {
	l := &Ledger{
		changed: o.Changed, held: o.Held, opening: o.Opening,
		history:   history{grown: make(chan struct{})},
		unaudited: unaudited{dir: o.Dir, log: o.SystemLog},
		writer:    writer{engine: o.Engine, now: o.Now},
		pace:      newPace(o.Down),
	}
	found := openStore(&o, l.history.fold)
	l.unaudited.told = l.history.state.Unaudited
	left := readLeft(o.Dir)
	if left != nil {
		l.unaudited.left = l.history.recall(left)
	}
	unfit, err := found.unfit(&o)
	if err != nil {
		return nil, err
	}
	if unfit != nil {
		if found.store != nil {
			_ = found.store.Close() // it is not written
		}
		l.readOnly(unfit)
		return l, nil
	}
	l.writer.store, l.writer.seq = found.store, found.report.Seq
	if left != nil {
		l.forget() // where the journal tells of all of it
	}
	l.standing.trouble = reportTrouble(found.report)
	if o.DirTrouble != "" {
		l.standing.trouble = model.Inert(o.DirTrouble)
	}
	if o.Anchor != "" {
		if found.unread != nil {
			l.standing.anchor = model.Inert(found.unread.Error() + "; nobody can tell whether the journal is whole")
		}
		l.anchor = startAnchoring(o.Anchor, found.report.Records > 0, l.standing.anchor, l.tellAnchor)
	}
	return l, nil
}

// found is what opening the journal gave.
type found struct {
	store  journal.Store
	report journal.Report
	err    error
	other  *journal.Damage // what its anchor knows better
	unread error           // why the anchor cannot tell
}

// openStore opens the journal and gives its records to fold. A rollback waits no longer
// than allowance for a disk that gives nothing.
func openStore(o *Options, fold func(model.Record)) found {
	if !o.Down {
		return openWith(o, func(r model.Record) error {
			fold(r)
			return nil
		})
	}
	var mu sync.Mutex
	last, gone := time.Now(), false
	done := make(chan found, 1)
	go func() { // ends with the disk's answer
		got := openWith(o, func(r model.Record) error {
			mu.Lock()
			defer mu.Unlock()
			if last = time.Now(); gone {
				return errNoAnswer
			}
			fold(r)
			return nil
		})
		mu.Lock()
		defer mu.Unlock()
		if gone && got.store != nil {
			_ = got.store.Close()
		}
		done <- got
	}()
	tick := time.NewTicker(allowance / 10)
	defer tick.Stop()
	for {
		select {
		case got := <-done:
			return got
		case <-tick.C:
		}
		mu.Lock()
		gone = time.Since(last) > allowance
		mu.Unlock()
		if !gone {
			continue
		}
		select {
		case got := <-done: // just before
			return got
		default:
			return found{err: errNoAnswer}
		}
	}
}

// openWith opens the journal, gives its records to fold and compares them with
// the anchor; for a rollback it reads also what cannot be written.
func openWith(o *Options, fold func(model.Record) error) found {
	var got found
	var against *journal.Against
	if o.Anchor != "" {
		if against, got.unread = journal.OpenAgainst(o.Anchor); got.unread == nil {
			defer against.Close()
		}
	}
	read := 0
	each := func(r model.Record) error {
		if o.Reading != nil {
			o.Reading()
		}
		if read++; got.unread == nil && against != nil {
			against.See(r)
		}
		return fold(r)
	}
	open := o.OpenStore
	if open == nil {
		open = openFile
	}
	got.store, got.report, got.err = open(o.Dir, each)
	switch {
	case got.err != nil && read == 0 && o.Down && o.OpenStore == nil && !errors.Is(got.err, journal.ErrDamaged):
		_, _ = journal.Read(filepath.Join(o.Dir, journal.Name), each) // what cannot be read either is said already
	case got.err == nil && got.unread == nil && against != nil:
		if got.other, got.unread = against.End(got.report); got.other != nil && got.other.Kind == journal.AnchorDamaged && got.report.Records > 0 {
			got.unread = got.other
		}
	}
	return got
}

func openFile(dir string, each func(model.Record) error) (journal.Store, journal.Report, error) {
	file, report, err := journal.OpenSoon(dir, each)
	if err != nil {
		return nil, report, err // not file: a nil *journal.File would be no nil Store
	}
	return file, report, nil
}
