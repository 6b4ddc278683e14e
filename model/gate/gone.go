package gate

import (
	"time"

	"gonogo/model"
)

// gone are processes that counted events of a metric since the last change and expose no
// current sample any more, where no others came in their place.
type gone struct {
	n, of int
	names string // the first few
}

// gone returns what is gone of m by now. A process counts as gone once its newest
// sample is too old to prove anything.
func (ev *events) gone(m *model.Metric, r *model.Reading, now, changed time.Time) gone {
	b := r.Breakdown
	if b == nil || m.GoneOK {
		return gone{}
	}
	if ev.fresh {
		ev.peak = max(ev.peak, b.Running)
	}
	missing := ev.peak - b.Running
	if missing <= 0 {
		return gone{}
	}
	var g gone
	for _, p := range b.Gone {
		if g.n == missing {
			break
		}
		if !p.At.After(changed) || now.Sub(p.At) <= m.StaleAfter {
			continue
		}
		switch {
		case g.n == 0:
			g.names = p.Name
		case g.n < 3:
			g.names += ", " + p.Name
		case g.n == 3:
			g.names += " …"
		}
		g.n++
	}
	g.of = ev.peak
	return g
}

// words names them: "2 of 8 processes gone: i3, i5".
func (g *gone) words() string {
	return number(float64(g.n)) + " of " + number(float64(g.of)) + " processes that counted are gone: " + g.names + ": start them, or set gone = \"ignore\" where that is meant"
}
