package gate

import (
	"math"
	"time"

	"gonogo/model"
)

// counting turns a metric's cumulative counts into what is new, and knows how fast they come.
type counting struct {
	bad, total float64 // of the reading counted last
	count      float64 // Reading.Count likewise
	at         time.Time
	based      bool // bad and total are from after the last change
	pace       float64
	growth     float64 // of count, a second
}

// rebase makes the next reading the one that is counted from.
func (c *counting) rebase() { *c = counting{at: c.at, pace: c.pace} }

// taken is how a reading was counted.
type taken int

const (
	notTaken    taken = iota // it is not new, or counts no events
	takenAsBase              // counting begins at it
	takenAnew                // its source began anew, so all of it counts
	takenOn                  // it counts by what is more than in the one before
)

// take returns the events of r that were not counted yet, and how they were taken. After
// a change the first reading that rests on samples from after it only is where
// counting begins.
func (c *counting) take(r *model.Reading, have bool, changed time.Time) (bad, total float64, how taken) {
	if !have || r.Err != nil && !r.Counted || !r.At.After(c.at) { // nothing at all may be counted, too
		return 0, 0, notTaken
	}
	dt := r.At.Sub(c.at).Seconds()
	first := c.at.IsZero()
	c.at = r.At
	if r.HasCount && finite(r.Count) {
		if !first && c.count > 0 {
			c.growth = smooth(c.growth, (r.Count-c.count)/dt)
		}
		c.count = r.Count
	}
	if !r.Counted {
		return 0, 0, notTaken
	}
	how = takenOn
	switch {
	case !c.based && !changed.IsZero() && !countedAt(r).After(changed):
		how = takenAsBase
	case !c.based && !changed.IsZero():
		c.based, how = true, takenAsBase
	case r.Bad < c.bad || r.Total < c.total: // the source began anew
		bad, total, how = r.Bad, r.Total, takenAnew
	default:
		c.based = true
		bad, total = r.Bad-c.bad, r.Total-c.total
	}
	if !first && total >= 0 {
		c.pace = smooth(c.pace, total/dt)
	}
	c.bad, c.total = r.Bad, r.Total
	return bad, max(total, bad), how
}

// smooth follows new values by a third each.
func smooth(old, now float64) float64 {
	if old == 0 || math.IsNaN(old) {
		return now
	}
	return old + (now-old)/3
}

// rate returns the events a second as they come now, 0 where it is not known.
func (c *counting) rate(m *model.Metric) float64 {
	switch {
	case c.pace > 0:
		return c.pace
	case m.CountOver > 0:
		return c.count / m.CountOver.Seconds()
	}
	return 0
}

// quietFor returns how long no event may be counted before a proof does not stand any
// more: for the window of the metric's query, or where that is not known for Recent.
func quietFor(m *model.Metric) time.Duration {
	window := max(m.Window, m.CountOver, 2*m.Every)
	if m.Window == 0 && m.CountOver == 0 || window > m.Recent {
		return m.Recent
	}
	return window
}
