package engine

import (
	"errors"
	"fmt"
	"path/filepath"
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
	against, unread := openAgainst(o.Rollout.Anchor)
	if against != nil {
		defer against.Close()
	}
	found := l.openStore(o, against)
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
	if against != nil {
		other, err := against.End(found.report)
		if unread = err; other != nil && other.Kind != journal.AnchorDamaged {
			_ = found.store.Close() // it is not written
			l.anotherOne(other)
			return l, nil
		}
		if other != nil && found.report.Records > 0 {
			unread = other
		}
	}
	l.store, l.writing.seq = found.store, found.report.Seq
	l.trouble = reportTrouble(found.report)
	if o.DirTrouble != "" {
		l.trouble = model.Inert(o.DirTrouble)
	}
	if o.Rollout.Anchor != "" {
		if unread != nil {
			l.adrift = model.Inert(unread.Error() + "; nobody can tell whether the journal is whole")
		}
		l.anchor = startAnchoring(o.Rollout.Anchor, found.report.Records > 0, l.adrift, l.tellAnchor)
	}
	return l, nil
}

// openAgainst opens the anchor at path to compare the journal with it; nil for "" and where it cannot be read.
func openAgainst(path string) (*journal.Against, error) {
	if path == "" {
		return nil, nil
	}
	a, err := journal.OpenAgainst(path)
	if err != nil {
		return nil, err // not a: the anchor is said to be unreadable, and the journal counts
	}
	return a, nil
}

// opened is what opening the journal gave.
type opened struct {
	store  journal.Store
	report journal.Report
	err    error
}

// openStore opens the journal and folds its records; for a way down also those
// of one that can only be read.
func (l *ledger) openStore(o Options, against *journal.Against) opened {
	open := o.OpenJournal
	if open == nil {
		open = openFile
	}
	each := func(r model.Record) error {
		if o.reading != nil {
			o.reading()
		}
		if against != nil {
			against.See(r)
		}
		l.fold(r)
		return nil
	}
	var got opened
	got.store, got.report, got.err = open(o.Dir, each)
	if got.err != nil && l.state.Seq == 0 && o.Down && !errors.Is(got.err, journal.ErrDamaged) && o.OpenJournal == nil {
		_, _ = journal.Read(filepath.Join(o.Dir, journal.Name), each) // what cannot be read either is said already
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
