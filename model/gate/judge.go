package gate

import (
	"errors"
	"math"
	"strconv"
	"time"

	"gonogo/model"
)

// Judge says what state metric m is in at now, by its newest reading r, where
// there is one (have). Values gives the other metrics that relations compare
// with. Prev is what the last call returned, and dt the observed time since then
// (0 the first time, and after time that nobody watched): it is credited to the streaks.
//
// The target's streak grows while the target is known to hold, and starts
// anew otherwise. The alert's grows while the alert is known to hold, starts
// anew when it is known not to, and stands still while nothing is known, so that
// a source that fails now and then does not hide an alert.
func Judge(m *model.Metric, r model.Reading, have bool, values Values, prev model.Streak, now time.Time, dt time.Duration) (model.Line, model.Streak) {
	line := newLine(m, values)
	v, state, reason := assess(m, r, have, now)
	fill(&line, r, have, v)
	if state != model.Pass {
		line.State, line.Reason = state, reason
		return line, model.Streak{Alert: prev.Alert}
	}
	return compared(m, line, float64(line.Value), prev, max(dt, 0))
}

// Usable returns the value of m's reading if it is worth comparing with: an
// answer, fresh, finite, and of enough events. It is what Values should look up.
func Usable(m *model.Metric, r model.Reading, have bool, now time.Time) (float64, bool) {
	v, state, _ := assess(m, r, have, now)
	return v, state == model.Pass
}

// newLine returns the line as far as it does not depend on the reading.
func newLine(m *model.Metric, values Values) model.Line {
	line := model.Line{Metric: m.ID, Title: title(m), Unit: m.Unit}
	if m.Target != nil {
		line.Target = m.Target.Text
		v, ok := Threshold(*m.Target, values)
		if line.HasTarget = ok; ok {
			line.Threshold = model.Float(v)
		}
	}
	if m.Alert != nil {
		line.Alert = m.Alert.Text
		v, ok := Threshold(*m.Alert, values)
		if line.HasAlert = ok; ok {
			line.AlertAt = model.Float(v)
		}
	}
	return line
}

func title(m *model.Metric) string {
	if m.Title != "" {
		return model.Inert(m.Title)
	}
	return model.Inert(string(m.ID))
}

// fill adds the reading, also one that cannot be used: it is shown, not judged.
func fill(line *model.Line, r model.Reading, have bool, v float64) {
	if !have || r.Err != nil && math.IsNaN(v) {
		return
	}
	line.Value, line.HasValue = model.Float(v), true
	line.SampleAt = sampledAt(r)
	if r.HasCount && finite(r.Count) {
		line.Count, line.HasCount = r.Count, true
	}
}

// sampledAt returns how old r's value is at best.
func sampledAt(r model.Reading) time.Time {
	if r.SampleAt.IsZero() || r.Err != nil {
		return r.At
	}
	return r.SampleAt
}

// assess says whether the reading can be judged: Pass means that it can, with
// the value; any other state is the line's. Without a value v is NaN.
func assess(m *model.Metric, r model.Reading, have bool, now time.Time) (v float64, state model.MetricState, reason string) {
	if !have {
		return math.NaN(), model.NoData, "no answer yet"
	}
	v = r.Value
	if r.Err != nil {
		if state, reason = trouble(m, r.Err); state != model.Pass {
			return math.NaN(), state, reason
		}
		v = 0
	}
	if reason = staleness(m, r, now); reason != "" {
		return v, model.Stale, reason
	}
	switch {
	case math.IsNaN(v) && quotient(m.Unit):
		return v, model.NoTraffic, "the value is NaN: there was nothing to divide by, so wait for traffic"
	case math.IsNaN(v):
		return v, model.NoData, "the value is NaN, not a number"
	case math.IsInf(v, 0):
		return v, model.NoTraffic, "the value is infinite: the denominator is zero, so wait for traffic"
	case tooFew(m, r.Count, r.HasCount):
		return v, model.Collecting, fewReason(m, r)
	}
	return v, model.Pass, ""
}

// trouble says which state an answer without a value is; Pass means that the
// metric takes it for zero.
func trouble(m *model.Metric, err error) (model.MetricState, string) {
	text := model.Inert(err.Error())
	switch {
	case errors.Is(err, model.ErrAmbiguous):
		return model.Ambiguous, text + ": narrow the query or aggregate it to one value"
	case errors.Is(err, model.ErrNoSeries) || errors.Is(err, model.ErrEmpty):
		if m.EmptyZero {
			return model.Pass, ""
		}
		if errors.Is(err, model.ErrNoSeries) {
			return model.NoData, text + ": nothing at all matches, is a name or label mistyped?"
		}
		return model.NoData, text + `: wait for the first sample; where none means zero, set on_empty = "zero"`
	}
	return model.Down, text
}

// staleness returns why r is no evidence for now, or "".
func staleness(m *model.Metric, r model.Reading, now time.Time) string {
	limit := m.StaleAfter
	for _, t := range [...]struct {
		at   time.Time
		what string
	}{{sampledAt(r), "sample"}, {r.At, "answer"}} {
		switch age := now.Sub(t.at); {
		case age > limit:
			return "last " + t.what + " " + model.FormatDuration(age) + " ago, stale after " + model.FormatDuration(limit)
		case -age > limit:
			return "last " + t.what + " is " + model.FormatDuration(-age) + " in the future: do the clocks agree?"
		}
	}
	return ""
}

// quotient reports whether values of unit u come of a division by a number of
// events, as a share, a mean or a quantile does, so that NaN means none.
func quotient(u model.Unit) bool { return u == model.Ratio || u == model.Seconds }

// tooFew reports whether there are too few events to judge m. A number that is
// not known is too few.
func tooFew(m *model.Metric, count float64, known bool) bool {
	enough := known && count >= m.MinCount // never for NaN
	return m.MinCount > 0 && !enough
}

func fewReason(m *model.Metric, r model.Reading) string {
	if !r.HasCount || !finite(r.Count) {
		return "number of events unknown, " + number(m.MinCount) + " needed: does the metric have a count?"
	}
	return number(r.Count) + " of " + number(m.MinCount) + " events, " + number(math.Ceil(m.MinCount-r.Count)) + " more needed"
}

// number writes a number of events.
func number(v float64) string {
	if math.Abs(v) < 1e15 {
		return strconv.FormatFloat(math.Trunc(v), 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
