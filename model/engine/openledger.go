package engine

import (
	"errors"
	"fmt"

	"gonogo/model"
	"gonogo/model/journal"
)

// openLedger opens the journal and folds it. Of a damaged one it folds what is
// good before the damage, and never writes it.
func openLedger(o Options, changed func()) (*ledger, error) {
	l := &ledger{dir: o.Dir, word: foreseen(o.Dir), now: o.Now, engine: o.Actor, changed: changed, ending: make(chan struct{})}
	openStore := o.OpenJournal
	if openStore == nil {
		openStore = openFile
	}
	store, report, err := openStore(o.Dir, func(r model.Record) error {
		l.fold(r)
		return nil
	})
	l.audited = l.state.Unaudited
	var damage *journal.Damage
	if errors.As(err, &damage) {
		l.readOnly(damage)
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	l.store = store
	l.trouble = reportTrouble(report)
	if o.Rollout.Anchor != "" {
		l.anchor = startAnchoring(o.Rollout.Anchor, report.Records > 0, l.tellAnchor)
	}
	return l, nil
}

func openFile(dir string, each func(model.Record) error) (journal.Store, journal.Report, error) {
	file, report, err := journal.Open(dir, each)
	if err != nil {
		return nil, report, err // not file: a nil *journal.File would be no nil Store
	}
	return file, report, nil
}

// readOnly goes on from the good records of a damaged journal, in memory.
// Nobody knows what came behind them, so a plan that seems to be under way is given up.
func (l *ledger) readOnly(d *journal.Damage) {
	l.memory = refuse("the journal is damaged at line %d: read-only, only rollbacks run; see gonogo log --verify", d.Line)
	l.trouble = model.Inert(fmt.Sprintf("the journal is damaged at line %d (%s): read-only; only rollbacks run, UNAUDITED. "+
		"`gonogo log --verify` says more; end gonogo and restore the journal from a copy, or move it away to start anew", d.Line, d.Kind))
	if l.word != nil {
		l.state.Unaudited += l.word.Count
		l.acted = true // what this engine adds is told of as well
	}
	if p := l.state.ActivePlan(); p != nil {
		l.remember(l.engine, "", []model.Event{model.PlanEnded{Plan: p.Plan.ID, Outcome: model.NeedsHuman,
			Summary: fmt.Sprintf("the journal is damaged at line %d, so nobody knows how this went on: look at the flags", d.Line)}})
	}
}

// reportTrouble says what a person should know of how the journal was found.
func reportTrouble(r journal.Report) string {
	switch {
	case r.Torn > 0:
		return fmt.Sprintf("the journal's last record was unfinished (a crash): %d bytes were cut off and kept in %s", r.Torn, model.Inert(r.Kept))
	case !r.Reserved:
		return "there is no room for the journal's reserve: free some disk space, a rollback may need it"
	}
	return ""
}
