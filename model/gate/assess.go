package gate

import (
	"errors"
	"math"
	"time"

	"gonogo/model"
)

// cause is why a metric is in its state. It leads to words only where somebody reads them.
type cause int

const (
	noAnswer   cause = iota
	neverRead        // of a metric that people read: nobody did
	readBefore       // likewise: the service changed since
	noValue          // the source has trouble
	endedSeries
	oldSample
	oldAnswer
	futureSample
	futureAnswer
	notANumber
	nothingToDivideBy
	infinite
	settling
	fewEvents
	unknownEvents
	refused // check does: a value that is good proves nothing
	usable  // what follows needs a value that can be judged
	targetUnresolved
	alertUnresolved
	nothingAsked
	onTarget
	offTarget
	notHeld
	alerting
	// What follows is of counted events.
	provedBad  // above the alert's share
	provedOff  // above the target's
	doubtful   // the last minutes speak against the target
	noEvents   // for a while
	undecided  // nothing is proved yet
	provedGood // below the alert's share
	processesGone
	noControl // counts, so there is nothing to hold it against
	// What follows is of the share that a variant is to get.
	askedUnknown
	offAsked
	undecidedAsked
	asAsked
)

// finding is what a judgement found, without words. Two judgements with equal
// findings have the same words, so they are made once.
type finding struct {
	state model.MetricState
	cause cause
	value uint64 // bits of the value, so that NaN equals NaN

	limit, alert       float64 // the thresholds, resolved
	hasLimit, hasAlert bool
	count              float64
	age                time.Duration // of what is old, whole seconds
	held               time.Duration // in the condition of its state, whole seconds
	errAt              time.Time     // when the reading with the error came
	change             string        // what it settles from, or what came after it was read
	by, note           string        // of a value that a person read
	says               string        // what the source says beside the value
	tally              tally
	part               string // the part that is worst, where it is not the whole that is
	gone               gone
	noticed            bool    // beyond its warn, where it passes
	worse              bool    // its control is much worse than it
	asked              float64 // the share that a variant is to get
}

// assess says whether a reading can be judged: the cause usable and the state
// PASS mean that it can, with the value; any other state is the line's.
// Without a value v is NaN.
func assess(m *model.Metric, r *model.Reading, have bool, now time.Time) (v float64, state model.MetricState, why cause, age time.Duration) {
	if why = unread(m, r, have); why == neverRead {
		return math.NaN(), model.Unread, why, 0
	} else if why == readBefore {
		return r.Value, model.Unread, why, 0
	}
	if !have {
		return math.NaN(), model.NoData, noAnswer, 0
	}
	v = r.Value
	if r.Err != nil {
		if state = troubled(m, r); state != model.Pass {
			return math.NaN(), state, noValue, 0
		}
		v = 0
	}
	if r.Ended && r.Err == nil {
		return v, model.Stale, endedSeries, max(now.Sub(sampledAt(r)), 0).Truncate(time.Second)
	}
	if why, age = staleness(m, r, now); why != usable {
		return v, model.Stale, why, age
	}
	switch {
	case math.IsNaN(v) && quotient(m.Unit):
		return v, model.NoTraffic, nothingToDivideBy, 0
	case math.IsNaN(v):
		return v, model.NoData, notANumber, 0
	case math.IsInf(v, 0):
		return v, model.NoTraffic, infinite, 0
	case !m.Counted && m.MinCount > 0 && (!r.HasCount || !finite(r.Count)): // of a counted one the events since the change count
		return v, model.Collecting, unknownEvents, 0
	case !m.Counted && m.MinCount > 0 && r.Count < m.MinCount:
		return v, model.Collecting, fewEvents, 0
	case m.Refused != "":
		return v, model.NoData, refused, 0
	}
	return v, model.Pass, usable, 0
}

// Usable returns the value of m's reading if it is worth comparing with: an
// answer, fresh, finite, and of enough events. It is what Values should look up.
func Usable(m *model.Metric, r model.Reading, have bool, now time.Time) (float64, bool) {
	v, state, _, _ := assess(m, &r, have, now)
	return v, state == model.Pass
}

// troubled says which state an answer without a value is; PASS means that the
// metric takes it for zero, which it may where other events were counted meanwhile.
func troubled(m *model.Metric, r *model.Reading) model.MetricState {
	var input *inputError
	err := r.Err
	switch {
	case errors.As(err, &input):
		return input.state
	case errors.Is(err, model.ErrAmbiguous):
		return model.Ambiguous
	case errors.Is(err, model.ErrCollecting):
		return model.Collecting
	case errors.Is(err, model.ErrUncovered), errors.Is(err, model.ErrUnwatched):
		return model.NoData
	case !errors.Is(err, model.ErrNoSeries) && !errors.Is(err, model.ErrEmpty):
		return model.Down
	case r.Traffic == model.TrafficNone:
		return model.NoTraffic
	case m.EmptyZero && m.Refused == "" && r.Traffic == model.TrafficFlows:
		return model.Pass
	case errors.Is(err, model.ErrNoSeries):
		return model.NoSeries
	}
	return model.NoData
}

// sampledAt returns how old what r says is at best: its value, or beside trouble its counts.
func sampledAt(r *model.Reading) time.Time {
	if r.SampleAt.IsZero() || r.Err != nil && !r.Counted {
		return r.At
	}
	return r.SampleAt
}

// countedAt is of when the oldest sample is that the counts of r rest on.
func countedAt(r *model.Reading) time.Time {
	if !r.CountedAt.IsZero() {
		return r.CountedAt
	}
	return sampledAt(r)
}

// staleness returns why r is no evidence for now, and its age in whole seconds,
// or usable.
func staleness(m *model.Metric, r *model.Reading, now time.Time) (cause, time.Duration) {
	limit := m.StaleAfter
	for _, t := range [...]struct {
		at            time.Time
		past, foreign cause
	}{{sampledAt(r), oldSample, futureSample}, {r.At, oldAnswer, futureAnswer}} {
		switch age := now.Sub(t.at); {
		case age > limit:
			return t.past, age.Truncate(time.Second)
		case -age > limit:
			return t.foreign, (-age).Truncate(time.Second)
		}
	}
	return usable, 0
}

// quotient reports whether values of unit u come of a division by a number of
// events, as a share, a mean or a quantile does, so that NaN means none.
func quotient(u model.Unit) bool { return u == model.Ratio || u == model.Seconds }
