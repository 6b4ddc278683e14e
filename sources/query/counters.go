package query

import (
	"math"
	"time"

	prom "github.com/prometheus/common/model"
)

const (
	// keepSeries is the least time for which a series that is in no answer any
	// more is remembered, so that a scrape gap neither loses nor doubles.
	keepSeries = time.Hour
	// minCurrent is the least time for which an answer tells that what comes
	// new in the next one was born meanwhile.
	minCurrent = 2 * time.Minute
	// maxCount is the largest value of a counter that still counts by one.
	maxCount = 1 << 53
)

// counters turns the answers of a metric's counters of bad and of all events
// into how many of them there were since the first answer. It sees each series
// on its own, as each has resets of its own:
//
//   - one that grew counts by what it grew, also across answers it is not in;
//   - one that shrank was reset: it counts by its new value. What it counted
//     between its last sample and the reset is lost, and a reset after which it
//     grew past its last value before it was sampled is not seen;
//   - one that is missing while another of its process was reset was reset too:
//     it counts from 0 when it comes back. Otherwise it counts on from its last
//     value, as a page that could not be read is no reset;
//   - one that is new counts by its whole value, as a healthy service has no
//     series of failures until the first, which begins with 1. Where the answer
//     before does not tell that it was not there already, it is a base only.
//
// Samples that are no count (NaN, infinite, negative, past 2^53) are taken for
// missing. All answers must come from one server: of two that scrape at
// different moments, the one behind looks like a reset. The zero counters have
// had no answer. They are for one goroutine.
type counters struct {
	bad, total counter
	good       bool               // bad counts the good ones
	by         prom.LabelName     // each of its values is counted on its own, too; empty: none
	sum        events             // of all series
	parts      map[string]*events // by the value of by
	processes  map[prom.Fingerprint]process
	wiggles    wiggles
	at         time.Time // of the newest answer taken, on our clock; zero: none
	evaluated  prom.Time // likewise, on the backend's clock; 0: not known
	asked      int       // which question it answered
}

// tally is an answer for the counters.
type tally struct {
	asked      int       // the question's number
	at         time.Time // when it was asked for
	evaluated  prom.Time // on the backend's clock; 0: not known, as the answer is empty
	bad, total prom.Vector
}

// take adds an answer, of a metric that is asked every so often.
//
// In each step total grows by at least what bad does: where the counters of one
// event are not sampled together, total is ahead until its series make up for it.
func (c *counters) take(answer tally, every time.Duration) {
	limit := max(3*every, minCurrent)
	passed := answer.at.Sub(c.at)
	if c.evaluated != 0 && answer.evaluated != 0 {
		onServer := answer.evaluated.Sub(c.evaluated)
		if onServer < 0 && onServer >= -limit {
			return // from before the newest answer: the clock was set back a little
		}
		if onServer < -limit {
			c.bad.forget()
			c.total.forget()
		}
		passed = max(passed, onServer)
	}
	current := !c.at.IsZero() && answer.asked == c.asked+1 && passed <= limit
	traffic, resets := c.total.found, map[prom.Fingerprint]bool{}
	c.bad.take(answer.bad, answer.at, current && (traffic || c.bad.found), resets, func(s seen) { c.count(s, s.grew, 0) })
	c.wiggles.next()
	c.total.take(answer.total, answer.at, current && traffic, resets, func(s seen) {
		c.count(s, 0, s.grew)
		c.runs(s, answer.at)
		c.wiggles.note(s)
	})
	c.bad.restart(resets, answer.at)
	c.total.restart(resets, answer.at)
	c.sum.step(c.good)
	for _, part := range c.parts {
		part.step(c.good)
	}
	c.tidy(answer.at)
	c.at, c.asked = answer.at, answer.asked
	if answer.evaluated != 0 {
		c.evaluated = answer.evaluated
	}
}

// counter is one of the counters: a vector of series.
type counter struct {
	series map[prom.Fingerprint]sighting
	found  bool // whether the newest answer had a series
}

// seen is a series of an answer.
type seen struct {
	metric    prom.Metric
	process   prom.Fingerprint // what exposes it; 0: not known
	was, grew float64          // its value before; events since then
	shrank    bool
}

// sighting is the last sample of a series.
type sighting struct {
	value   float64
	at      time.Time        // of the answer it was in
	process prom.Fingerprint // what exposes it; 0: not known
}

// forget makes of the next answer a first one.
func (c *counter) forget() { c.series, c.found = nil, false }

// take tells what each series of v adds, and notes the processes whose counters
// shrank in resets. Born says that a series not seen before began to count
// since the last answer.
func (c *counter) take(v prom.Vector, at time.Time, born bool, resets map[prom.Fingerprint]bool, tell func(seen)) {
	if c.series == nil {
		c.series = make(map[prom.Fingerprint]sighting, len(v))
		born = false
	}
	c.found = false
	for _, s := range v {
		value := float64(s.Value)
		if s.Histogram != nil || math.IsNaN(value) || value < 0 || value > maxCount {
			continue
		}
		c.found = true
		key := s.Metric.Fingerprint()
		last, known := c.series[key]
		process := last.process
		if !known {
			process = processOf(s.Metric)
		}
		one := seen{metric: s.Metric, process: process, was: last.value}
		switch {
		case known && value >= last.value:
			one.grew = value - last.value
		case known:
			one.grew, one.shrank = value, true
			resets[process] = true
		case born:
			one.grew = value
		}
		tell(one)
		c.series[key] = sighting{value: value, at: at, process: process}
	}
	c.tidy(at)
}

// restart lets the series of processes that are not in the answer of at begin at 0.
func (c *counter) restart(processes map[prom.Fingerprint]bool, at time.Time) {
	if len(processes) == 0 {
		return
	}
	for key, s := range c.series {
		if s.process != 0 && processes[s.process] && !s.at.Equal(at) {
			s.value = 0
			c.series[key] = s
		}
	}
}

// targetLabels are the labels that tell one process from another.
var targetLabels = [...]prom.LabelName{
	"instance", "pod", "container", "namespace", "job", "exported_instance", "exported_pod", "exported_job",
}

// processOf returns what exposes the series m, or 0 where its labels do not tell.
func processOf(m prom.Metric) prom.Fingerprint {
	if m["instance"] == "" && m["pod"] == "" {
		return 0
	}
	own := prom.Metric{}
	for _, name := range targetLabels {
		if v := m[name]; v != "" {
			own[name] = v
		}
	}
	return own.Fingerprint()
}

// tidy makes room where more series are remembered than an answer may have:
// those go that have been away for keepSeries, and all that are away where that
// is not enough.
func (c *counter) tidy(now time.Time) {
	if len(c.series) <= MaxSeries {
		return
	}
	keep := keepSeries
	if len(c.series) > 4*MaxSeries {
		keep = time.Nanosecond
	}
	for key, s := range c.series {
		if now.Sub(s.at) >= keep {
			delete(c.series, key)
		}
	}
}
