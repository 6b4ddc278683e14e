package engine

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

const noReserve = "there is no room for the journal's reserve: free some disk space, a rollback may need it"

// openLedger opens the journal and folds it. Of a damaged one, and of one that
// is not what its anchor knows, it folds what is there, and never writes it. Where it cannot be
// opened for writing only a way down goes on, likewise.
func openLedger(o Options, changed func()) (*ledger, error) {
	l := &ledger{dir: o.Dir, log: o.SystemLog, now: o.Now, engine: o.Actor, changed: changed, ending: make(chan struct{})}
	l.writing.pace = pace{always: o.Down, begun: time.Now(), left: allowance, turn: make(chan struct{})}
	found := l.openStore(o)
	l.audited = l.state.Unaudited
	l.word = foreseen(o.Dir)
	l.recall()
	var damage *journal.Damage
	switch {
	case errors.As(found.err, &damage):
		l.damaged(damage)
		return l, nil
	case found.err != nil && o.Down:
		l.unusable(found.err)
		return l, nil
	case found.err != nil:
		return nil, fmt.Errorf("%w; rollbacks still run: gonogo rollback", found.err)
	}
	if found.other != nil && found.other.Kind != journal.AnchorDamaged {
		_ = found.store.Close() // it is not written
		l.anotherOne(found.other)
		return l, nil
	}
	l.store, l.writing.seq = found.store, found.report.Seq
	l.trouble = reportTrouble(found.report)
	if o.DirTrouble != "" {
		l.trouble = model.Inert(o.DirTrouble)
	}
	if o.Rollout.Anchor != "" {
		if found.unread != nil {
			l.adrift = model.Inert(found.unread.Error() + "; nobody can tell whether the journal is whole")
		}
		l.anchor = startAnchoring(o.Rollout.Anchor, found.report.Records > 0, l.adrift, l.tellAnchor)
	}
	return l, nil
}

// opened is what opening the journal gave.
type opened struct {
	store  journal.Store
	report journal.Report
	err    error
	other  *journal.Damage // what its anchor knows better
	unread error           // why the anchor cannot tell
}

// openStore opens the journal and folds its records. A way down waits no longer
// than allowance for a disk that gives nothing.
func (l *ledger) openStore(o Options) opened {
	if !o.Down {
		return openWith(o, l.foldRead)
	}
	var mu sync.Mutex
	last, gone := time.Now(), false
	done := make(chan opened, 1)
	go func() { // ends with the disk's answer
		got := openWith(o, func(r model.Record) error {
			mu.Lock()
			defer mu.Unlock()
			if last = time.Now(); gone {
				return errNoAnswer
			}
			return l.foldRead(r)
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
		if gone {
			return opened{err: errNoAnswer}
		}
	}
}

func (l *ledger) foldRead(r model.Record) error {
	l.fold(r)
	return nil
}

// openWith opens the journal, gives its records to fold and compares them with
// the anchor; for a way down it reads also what cannot be written.
func openWith(o Options, fold func(model.Record) error) opened {
	var got opened
	var against *journal.Against
	if o.Rollout.Anchor != "" {
		if against, got.unread = journal.OpenAgainst(o.Rollout.Anchor); got.unread == nil {
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
	open := o.OpenJournal
	if open == nil {
		open = openFile
	}
	got.store, got.report, got.err = open(o.Dir, each)
	switch {
	case got.err != nil && read == 0 && o.Down && o.OpenJournal == nil && !errors.Is(got.err, journal.ErrDamaged):
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

// damaged goes on from the good records of a damaged journal.
func (l *ledger) damaged(d *journal.Damage) {
	why := fmt.Sprintf("the journal is damaged at line %d", d.Line)
	l.readOnly(why, fmt.Sprintf("%s (%s): read-only; only rollbacks run, UNAUDITED. "+
		"`gonogo log --verify` says more; end gonogo and restore the journal from a copy, or move it away to start anew", why, d.Kind))
}

// anotherOne goes on from a journal that its anchor proves to be another than was written.
func (l *ledger) anotherOne(d *journal.Damage) {
	why := fmt.Sprintf("the journal is not the one that its anchor knows (%s: %s)", d.Kind, d.Detail)
	l.readOnly(why, why+": read-only; only rollbacks run, UNAUDITED. `gonogo log --verify` says more; "+
		"end gonogo and put the newest journal back, or move the anchor away if this one is to count")
}

// unusable goes on from what could be read of a journal that cannot be written.
func (l *ledger) unusable(err error) {
	why := "the journal cannot be used: " + err.Error()
	l.readOnly(why, why+"; this rollback runs in memory, UNAUDITED. Mend the state directory "+l.dir+" (writable, mode 700, its files yours), then look at gonogo rollback --last")
}

// readOnly goes on from the good records of a journal, in memory. Nobody knows
// what came behind them, so a plan that seems to be under way is given up.
func (l *ledger) readOnly(why, trouble string) {
	l.reason = errors.New(why)
	l.memory = refuse("%s: read-only, only rollbacks run; see gonogo log --verify", why)
	l.trouble = model.Inert(trouble)
	if l.word != nil {
		l.acted = true // what this engine adds is told of as well
	}
	if p := l.state.ActivePlan(); p != nil {
		l.remember(l.engine, "", l.now(), []model.Event{model.PlanEnded{Plan: p.Plan.ID, Outcome: model.NeedsHuman,
			Summary: why + ", so nobody knows how this went on: look at the flags"}})
	}
}

// reportTrouble says what a person should know of how the journal was found.
func reportTrouble(r journal.Report) string {
	switch {
	case r.Torn > 0:
		return fmt.Sprintf("the journal's last record was unfinished (a crash): %d bytes were cut off and kept in %s", r.Torn, model.Inert(r.Kept))
	case !r.Reserved:
		return noReserve
	}
	return ""
}
