package engine

import (
	"time"

	"gonogo/model"
)

// rehearsed journals how a rehearsal of the gates on history went.
func (e *Engine) rehearsed(in model.Intent) error {
	g := in.Gates
	switch {
	case g == nil, !g.From.Before(g.To), g.Gates == "":
		return refuse("a rehearsal of the gates says of what history and of what gates it was")
	case g.To.After(e.o.Now().Add(time.Minute)):
		return refuse("a rehearsal of history that is still to come: do the clocks agree?")
	}
	ev := *g
	ev.Summary = model.Inert(ev.Summary)
	return e.ledger.Record(in.By, in.ID, ev)
}
