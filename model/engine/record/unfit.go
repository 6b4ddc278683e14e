package record

import (
	"errors"
	"fmt"

	"gonogo/model"
	"gonogo/model/journal"
)

// unfit says why a journal is not written: in short, and for people with what to do.
type unfit struct{ why, trouble string }

// unfit judges a journal as it was opened; nil: it may be written. The error is
// for who wants no rollback: only that goes on without a journal.
func (f *found) unfit(o *Options) (*unfit, error) {
	var damage *journal.Damage
	switch {
	case f.err == nil && f.other != nil && f.other.Kind != journal.AnchorDamaged:
		return anotherOne(f.other), nil
	case f.err == nil:
		return nil, nil
	case errors.Is(f.err, journal.ErrDamaged) && errors.As(f.err, &damage):
		return damaged(damage), nil
	case o.Down:
		return unusable(f.err, o.Dir), nil
	}
	return nil, fmt.Errorf("%w; rollbacks still run: gonogo rollback", f.err)
}

// damaged is a journal of which only the records before the damage count.
func damaged(d *journal.Damage) *unfit {
	why := fmt.Sprintf("the journal is damaged at line %d", d.Line)
	return &unfit{why, fmt.Sprintf("%s (%s): read-only; only rollbacks run, UNAUDITED. "+
		"`gonogo log --verify` says more; end gonogo and restore the journal from a copy, or move it away to start anew", why, d.Kind)}
}

// anotherOne is a journal that its anchor proves to be another than was written.
func anotherOne(d *journal.Damage) *unfit {
	why := fmt.Sprintf("the journal is not the one that its anchor knows (%s: %s)", d.Kind, d.Detail)
	return &unfit{why, why + ": read-only; only rollbacks run, UNAUDITED. `gonogo log --verify` says more; " +
		"end gonogo and put the newest journal back, or move the anchor away if this one is to count"}
}

// unusable is a journal that cannot be opened: what could be read of it counts.
func unusable(err error, dir string) *unfit {
	why := "the journal cannot be used: " + err.Error()
	do := "Mend the state directory " + dir + " (writable, mode 700, its files yours), then look at gonogo rollback --last"
	if errors.Is(err, journal.ErrNewer) {
		do = "Nothing of the journal is known here: look at the flags"
	}
	return &unfit{why, why + "; this rollback runs in memory, UNAUDITED. " + do}
}

// readOnly goes on in memory from what counts of a journal that is not written.
// Nobody knows what came behind that, so a plan that seems to be under way is given up.
func (l *Ledger) readOnly(u *unfit) {
	l.standing.unfit = errors.New(u.why)
	l.history.state.Damaged = model.Inert(u.why)
	l.standing.lost = fmt.Errorf("%w: %s: read-only, only rollbacks run; see gonogo log --verify", model.ErrRefused, u.why)
	l.standing.trouble = model.Inert(u.trouble)
	if l.unaudited.left != nil {
		l.unaudited.acted = true // what this engine adds is told of as well
	}
	if p := l.history.state.ActivePlan(); p != nil {
		l.remember(l.writer.engine, "", l.writer.now(), []model.Event{model.PlanEnded{Plan: p.Plan.ID, Outcome: model.NeedsHuman,
			Summary: u.why + ", so nobody knows how this went on: look at the flags"}})
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
