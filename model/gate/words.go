package gate

import (
	"errors"
	"math"
	"strconv"
	"time"

	"gonogo/model"
)

// words says why the metric is in its state, in one inert line.
func (f *finding) words(m *model.Metric, in *Input) string {
	if f.noticed {
		return f.saidWords(m, in) + ", and worth a look: " + m.Warn.Text
	}
	return f.saidWords(m, in)
}

// saidWords are the plain ones, and what the source or a person says beside the value.
func (f *finding) saidWords(m *model.Metric, in *Input) string {
	if m.Read == nil && f.says != "" {
		return f.plainWords(m, in) + ": " + model.Inert(f.says)
	}
	if m.Read == nil {
		return f.plainWords(m, in)
	}
	if text := f.unreadWords(m); text != "" {
		return text
	}
	return f.plainWords(m, in) + f.readWords()
}

func (f *finding) plainWords(m *model.Metric, in *Input) string {
	v := math.Float64frombits(f.value)
	switch f.cause {
	case noAnswer:
		return "no answer yet"
	case noValue:
		return troubleWords(f.state, in.Reading.Err)
	case refused:
		return model.FormatValue(m.Unit, v) + " proves nothing: " + m.Refused
	case endedSeries:
		return f.endedWords()
	case oldSample, oldAnswer, futureSample, futureAnswer:
		return f.staleWords(m)
	case nothingToDivideBy:
		return "the value is NaN: there was nothing to divide by, so wait for traffic"
	case notANumber:
		return "the value is NaN, not a number"
	case infinite:
		return "the value is infinite: the denominator is zero, so wait for traffic"
	case unknownEvents:
		return "number of events unknown, " + number(m.MinCount) + " needed: does the metric have a count?"
	case fewEvents:
		return number(f.count) + " of " + number(m.MinCount) + " events, " + number(math.Ceil(m.MinCount-f.count)) + " more needed"
	case settling:
		return "settling for " + model.FormatDuration(f.age) + " more: its window holds data from before " + model.Inert(f.change)
	case targetUnresolved:
		return unresolved("target", m.Target)
	case alertUnresolved:
		return unresolved("alert", m.Alert)
	case nothingAsked:
		return model.FormatValue(m.Unit, v) + ", nothing is asked of it"
	case notHeld:
		if in.Tests != nil {
			return f.eventWords(m, in) + ", held " + model.FormatDuration(f.held) + " of " + model.FormatDuration(m.For)
		}
		return position(m.Unit, v, m.Target, f.limit) + ", held " + model.FormatDuration(f.held) + " of " + model.FormatDuration(m.For)
	case alerting:
		return f.alertWords(m, v)
	case askedUnknown, offAsked, undecidedAsked, asAsked:
		return f.askedWords(m)
	case noControl:
		return "its control " + model.Inert(string(m.Control)) + " counts nothing any more, so nothing can be held against it, and nothing fails: does the old version still run?"
	case processesGone:
		return f.gone.words()
	case provedBad, provedOff, doubtful, noEvents, undecided, provedGood:
		return f.eventWords(m, in)
	}
	if in.Tests != nil {
		return f.eventWords(m, in)
	}
	return position(m.Unit, v, m.Target, f.limit)
}

func troubleWords(state model.MetricState, err error) string {
	text := model.Inert(err.Error())
	switch state {
	case model.Ambiguous:
		return text + ": narrow the query or aggregate it to one value"
	case model.NoSeries:
		return text + ": nothing at all matches, is a name or label mistyped?"
	case model.NoData:
		if isInput(err) || errors.Is(err, model.ErrUncovered) || errors.Is(err, model.ErrUnwatched) {
			return text
		}
		return text + ": wait for the first sample"
	}
	return text
}

func (f *finding) staleWords(m *model.Metric) string {
	what := "sample"
	if f.cause == oldAnswer || f.cause == futureAnswer {
		what = "answer"
	}
	if f.cause == futureSample || f.cause == futureAnswer {
		return "last " + what + " is " + model.FormatDuration(f.age) + " in the future: do the clocks agree?"
	}
	return "last " + what + " " + model.FormatDuration(f.age) + " ago, stale after " + model.FormatDuration(m.StaleAfter)
}

// endedWords says since when a series has no current sample; past an hour the
// source does not look back.
func (f *finding) endedWords() string {
	since := model.FormatDuration(f.age)
	if f.age >= time.Hour {
		since = "more than " + model.FormatDuration(time.Hour)
	}
	return "a series behind it has ended, last sample " + since + " ago: does its target still run?"
}

func (f *finding) alertWords(m *model.Metric, v float64) string {
	text := position(m.Unit, v, m.Alert, f.alert) + " (alert)"
	if f.state == model.Warn {
		return text + ", FAIL in " + model.FormatDuration(m.AlertFor-f.held)
	}
	if f.held > 0 {
		return text + " for " + model.FormatDuration(f.held)
	}
	return text
}

func unresolved(what string, t *model.Target) string {
	switch t.Of {
	case "":
		return "the " + what + " " + t.Text + " cannot be compared with"
	case model.OfBaseline:
		return "the " + what + " rests on a baseline, and none is frozen: gonogo baseline freeze"
	}
	return "the " + what + " is relative to " + model.Inert(string(t.Of)) + ", which has no usable value now"
}

// position says where v is from the threshold: "1.4% is above 1%", and what
// the threshold comes of, where that is another metric.
func position(u model.Unit, v float64, t *model.Target, limit float64) string {
	have, want := model.FormatValue(u, v), model.FormatValue(u, limit)
	if have == want && v != limit { // rounded to the same
		have, want = precise(u, v), precise(u, limit)
	}
	where := " is exactly "
	switch {
	case v > limit:
		where = " is above "
	case v < limit:
		where = " is below "
	}
	text := have + where + want
	if holds, _ := compare(v, t.Op, limit); !holds && v == limit {
		text += ", wants " + t.Op
	}
	if t.Of != "" {
		text += " (" + t.Text + ")"
	}
	return text
}

// precise writes v with more digits than anybody wants to read.
func precise(u model.Unit, v float64) string {
	switch u {
	case model.Ratio:
		return strconv.FormatFloat(v*100, 'g', 10, 64) + "%"
	case model.Seconds:
		return strconv.FormatFloat(v, 'g', 10, 64) + "s"
	}
	return strconv.FormatFloat(v, 'g', 10, 64)
}

// number writes a number of events.
func number(v float64) string {
	if math.Abs(v) < 1e15 {
		return strconv.FormatFloat(math.Trunc(v), 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
