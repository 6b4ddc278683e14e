package query

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	prom "github.com/prometheus/common/model"

	"gonogo/model"
	"gonogo/sources/poll"
)

const (
	// maxParts is how many values the label of `by` may have.
	maxParts = 200
	// maxGone is how many processes that are gone are named.
	maxGone = 50
	// maxName is how long the name of a part or process may be, in runes.
	maxName = 80
)

// events are those of all series, or of one part of them, since the first answer.
type events struct {
	bad, total float64
	ahead      float64 // by how much total is ahead of its series
	good       float64 // where good ones are counted instead of bad ones
	all        float64 // likewise: what the series of total grew by
	// What the series of the answer that is taken grew by.
	newBad, newTotal float64
}

// step counts what an answer brought. In each step total grows by at least what
// bad does: where the counters of one event are not sampled together, total is
// ahead until its series make up for it. Where the good ones are counted, the
// others are bad.
func (e *events) step(good bool) {
	bad, total := e.newBad, e.newTotal
	e.newBad, e.newTotal = 0, 0
	if good {
		e.good += bad
		e.all += total
		bad = max(0, e.all-e.good-e.bad)
	}
	counted := max(bad, total-e.ahead)
	e.ahead += counted - total
	e.bad += bad
	e.total += counted
}

// count adds what a series grew by to all, and to its part.
func (c *counters) count(s seen, bad, total float64) {
	c.sum.newBad += bad
	c.sum.newTotal += total
	if c.by == "" {
		return
	}
	value := string(s.metric[c.by])
	if value == "" {
		return
	}
	name := poll.Cut(model.Inert(value), maxName)
	part := c.parts[name]
	if part == nil {
		if c.parts == nil {
			c.parts = map[string]*events{}
		}
		if len(c.parts) > maxParts { // one more tells that there are too many
			return
		}
		part = &events{}
		c.parts[name] = part
	}
	part.newBad += bad
	part.newTotal += total
}

// process is one of those that expose the series of total.
type process struct {
	name    string
	at      time.Time // of the answer that it was in last
	counted bool      // it counted an event since the first answer
}

// runs notes that a process exposes a series.
func (c *counters) runs(s seen, at time.Time) {
	if s.process == 0 {
		return
	}
	p, known := c.processes[s.process]
	if !known {
		if c.processes == nil {
			c.processes = map[prom.Fingerprint]process{}
		}
		p.name = string(cmp.Or(s.metric["instance"], s.metric["pod"]))
		if own := s.metric["exported_instance"]; own != "" {
			p.name += "/" + string(own)
		}
		p.name = poll.Cut(model.Inert(p.name), maxName)
	}
	p.at, p.counted = at, p.counted || s.grew > 0
	c.processes[s.process] = p
}

// tidy forgets processes that are away for longer than their series are remembered.
func (c *counters) tidy(now time.Time) {
	for key, p := range c.processes {
		if now.Sub(p.at) >= keepSeries && len(c.processes) > maxGone {
			delete(c.processes, key)
		}
	}
}

// breakdown returns what the reading is made of, nil where nothing is to be told.
func (c *counters) breakdown() *model.Breakdown {
	out := model.Breakdown{Parts: make([]model.PartCount, 0, len(c.parts))}
	for _, name := range slices.Sorted(maps.Keys(c.parts)) {
		e := c.parts[name]
		out.Parts = append(out.Parts, model.PartCount{Part: name, Bad: e.bad, Total: e.total})
	}
	for _, p := range c.processes {
		switch {
		case p.at.Equal(c.at):
			out.Running++
		case p.counted:
			out.Gone = append(out.Gone, model.Gone{Name: p.name, At: p.at})
		}
	}
	slices.SortFunc(out.Gone, func(a, b model.Gone) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Name, b.Name))
	})
	out.Gone = out.Gone[:min(len(out.Gone), maxGone)]
	if len(out.Parts) == 0 && out.Running == 0 && len(out.Gone) == 0 {
		return nil
	}
	return &out
}

// trouble says why the counters cannot be counted; nil: they can, or have no series now.
func (c *counters) trouble() error {
	switch {
	case !c.total.found:
		return nil
	case c.good && !c.bad.found:
		return fmt.Errorf("%w: good matches nothing while total does, so each event would be a bad one: is the name or the bucket's le right?", model.ErrUncountable)
	case c.wiggles.many():
		return fmt.Errorf("%w: total shrank in 3 of the last %d answers: give a counter, which only grows until its process restarts, and without sum()", model.ErrUncountable, looked)
	case c.by == "":
	case len(c.parts) > maxParts:
		return fmt.Errorf("%w: by = %q has more than %d values: choose a label with fewer, or leave some out by a matcher in bad and total", model.ErrUncountable, c.by, maxParts)
	case len(c.parts) == 0:
		return fmt.Errorf("%w: no series of total has the label %s, which by names", model.ErrUncountable, c.by)
	}
	return nil
}

// looked is in how many answers a number that goes up and down is looked for.
const looked = 12

// wiggles tells a counter from a number that goes up and down: in which of the last
// answers a series shrank to no less than half of what it was. A restarted
// process counts anew from 0.
type wiggles uint32

// next makes room for another answer.
func (w *wiggles) next() { *w = *w << 1 & (1<<looked - 1) }

// note notes a series of the newest answer.
func (w *wiggles) note(s seen) {
	if s.shrank && s.was > 10 && s.grew >= s.was/2 {
		*w |= 1
	}
}

// many reports whether it went up and down three times in those.
func (w *wiggles) many() bool {
	n := 0
	for v := *w; v != 0; v &= v - 1 {
		n++
	}
	return n >= 3
}
