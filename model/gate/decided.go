package gate

import (
	"errors"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// tally is what a judgement found of counted events. It is part of a finding, so it
// holds only what words are made of.
type tally struct {
	counts evidence.Counts // what the words are about
	since  time.Duration   // when those began, before now, in whole minutes
	part   string          // whose they are; empty: all
	also   int             // how many other parts are as bad
	others int             // how many others there are,
	rest   string          // and their share of bad events, as people read it
	more   float64         // how many more events it takes to GO; 0: not known
	clean  bool            // of those none may be bad
}

// count takes the events that were counted since the last judgement.
func (in *Input) count(streak *model.Streak, seq uint64) {
	c := &streak.Counted
	if !c.Begun {
		*c = in.Tests.begin()
		c.Change = seq
	}
	if c.Change != seq {
		in.Tests.change(c, seq)
	}
	in.Tests.look(c, in.New, in.Elapsed)
	c.Doubt = in.Recent != nil && in.Recent.Doubts(&in.Tests.target, max(in.Of, 1), c.Doubt)
}

// byEvents finishes the finding of a metric that counts events. They alone decide:
// what the window shows is for the chart. What is against it counts also where
// its window settles, or where check refuses the metric.
func byEvents(m *model.Metric, in *Input, f finding, streak model.Streak) (finding, model.Streak) {
	c := &streak.Counted
	fails, warns, goes := c.Proved()
	doubt, partly, ps := c.Doubt, false, in.Parts
	if ps != nil { // a part that is worse than the sum, or as bad, is what the line is about
		partly = ps.fails > 0 || ps.warns > 0 && !fails || ps.doubts > 0 && !fails && !warns
		fails, warns, doubt = fails || ps.fails > 0, warns || ps.warns > 0, doubt || ps.doubts > 0
	}
	if fails {
		streak.Alert += max(in.Elapsed, 0)
	} else {
		streak.Alert = 0
	}
	good := goes && !fails && !warns && !doubt && !in.Blind && in.Gone.n == 0 && in.Settling == 0
	if good && !in.Quiet {
		streak.Target = in.Prev.Target + max(in.Elapsed, 0)
	}
	say := func(state model.MetricState, why cause, counts evidence.Counts, since time.Duration) (finding, model.Streak) {
		f.state, f.cause = state, why
		f.tally = tally{counts: counts, since: (c.At - since).Truncate(time.Minute)}
		return f, streak
	}
	against := func(state model.MetricState, why cause, counts evidence.Counts, since time.Duration) (finding, model.Streak) {
		if !partly {
			return say(state, why, counts, since)
		}
		f, streak := say(state, why, ps.counts, ps.since)
		f.part, f.tally.part, f.tally.also, f.tally.others, f.tally.rest = ps.worst, ps.worst, ps.also, ps.others, shareOf(ps.rest)
		return f, streak
	}
	switch {
	case fails:
		f.held = streak.Alert.Truncate(time.Second)
		state := model.Fail
		if streak.Alert < m.AlertFor {
			state = model.Warn
		}
		return against(state, provedBad, c.Fail.Rising, c.Fail.RisingAt)
	case warns:
		return against(model.Warn, provedOff, c.Warn.Rising, c.Warn.RisingAt)
	case doubt:
		return against(model.Warn, doubtful, in.Recent.Sum, c.At-in.Recent.Span)
	case m.Refused != "":
		f.state, f.cause = model.NoData, refused
		return f, streak
	case in.Settling > 0:
		f.state, f.cause, f.change, f.age = model.Collecting, settling, in.Change, wholeSeconds(in.Settling)
		return f, streak
	case in.Blind:
		f.state, f.cause = model.NoTraffic, noControl
		return f, streak
	case in.Gone.n > 0:
		f.state, f.cause, f.gone = model.Stale, processesGone, in.Gone
		return f, streak
	case in.Quiet:
		return say(model.NoTraffic, noEvents, c.Go.Counts, c.Go.Since)
	case !goes:
		f, streak := say(model.Collecting, undecided, c.Go.Counts, c.Go.Since)
		more, such := in.Tests.goes.ToGo(&c.Go, in.traffic(), c.Go.Counts.Share())
		if finite(more) {
			f.tally.more, f.tally.clean = more, !such || c.Go.Counts.Bad == 0
		}
		return f, streak
	case m.MinCount > 0 && c.Fail.Counts.Total < m.MinCount:
		f.count = c.Fail.Counts.Total
		return say(model.Collecting, fewEvents, c.Fail.Counts, c.Fail.Since)
	case streak.Target < m.For:
		f.held = streak.Target.Truncate(time.Second)
		return say(model.Collecting, notHeld, c.Go.Counts, c.Go.Since)
	}
	f, streak = say(model.Pass, provedGood, c.Go.Counts, c.Go.At)
	f.worse = in.Tests.swapped(c.Fail.Counts)
	f.tally.since = 0 // what is as it should be is said the same all the time
	return f, streak
}

// decidesByEvents reports whether a reading that was assessed so leaves the decision
// to the events: it is fresh, and what its window lacks the events do not.
func decidesByEvents(m *model.Metric, in *Input, why cause) bool {
	if in.Tests == nil && in.Matched == nil {
		return false
	}
	switch why {
	case usable, refused, nothingToDivideBy, notANumber, infinite:
		return true
	case noValue: // such as a share whose numerator does not exist before the first failure
		r := &in.Reading
		if old, _ := staleness(m, r, in.Now); old != usable || r.Ended {
			return false
		}
		return r.Counted && r.Traffic == model.TrafficFlows && !errors.Is(r.Err, model.ErrCollecting) && !errors.Is(r.Err, model.ErrUnwatched) &&
			(errors.Is(r.Err, model.ErrEmpty) || errors.Is(r.Err, model.ErrNoSeries))
	}
	return false
}
