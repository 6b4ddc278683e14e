package gate

import (
	"strconv"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// eventWords says what counted events prove of a metric, or do not.
func (f *finding) eventWords(m *model.Metric, in *Input) string {
	t := &f.tally
	switch f.cause {
	case provedBad:
		text := "confirmed " + beyond(m, failing(m)) + t.of(m) + ": " + counted(m, t.counts) + ago(t.since) + t.beside()
		switch {
		case f.state == model.Warn:
			return text + ", FAIL in " + model.FormatDuration(m.AlertFor-f.held)
		case f.held >= time.Second:
			return text + ", for " + model.FormatDuration(f.held)
		}
		return text
	case provedOff:
		return "confirmed " + beyond(m, m.Target) + t.of(m) + ": " + counted(m, t.counts) + ago(t.since) + t.beside()
	case doubtful:
		return counted(m, t.counts) + t.of(m) + " in the last " + model.FormatDuration(in.Recent.Span) + " speak against " + m.Target.Text + t.beside()
	case noEvents:
		return "no event was counted for " + model.FormatDuration(quietFor(m)) + ": wait for traffic"
	case undecided:
		if t.counts.Total == 0 {
			return "no event is counted yet" + t.toGo(in.Rate)
		}
		return counted(m, t.counts) + ago(t.since) + " prove nothing yet" + t.toGo(in.Rate)
	}
	text := "confirmed " + within(m, in.Tests) + " by " + number(t.counts.Total) + " events, " + shareOf(t.counts) + " bad" + controls(m, t.counts)
	if f.worse {
		text += "; the control is much worse: are the two swapped?"
	}
	return text
}

// of names the part that it is about: " for tenant tenant_f".
func (t *tally) of(m *model.Metric) string {
	if t.part == "" {
		return ""
	}
	text := " for " + m.By + " " + t.part
	if strings.ContainsAny(t.part, ", ;:") {
		text = " for " + m.By + " " + strconv.Quote(t.part)
	}
	if t.also > 0 {
		text += " (and " + number(float64(t.also)) + " more)"
	}
	return text
}

// beside says how the other parts are: "; the other 99: 0.3% of late".
func (t *tally) beside() string {
	if t.part == "" || t.others == 0 {
		return ""
	}
	return "; the other " + number(float64(t.others)) + ": " + t.rest
}

// toGo says how many more events it takes to GO, and how long those take at a rate a
// second: ": GO after about 73 more (12m)".
func (t *tally) toGo(rate float64) string {
	if t.more <= 0 {
		return ""
	}
	text := ": GO after about " + number(t.more) + " more"
	if t.clean && t.counts.Bad > 0 {
		text += " without a bad one"
	}
	if d := lasts(t.more, rate); d > 0 {
		text += " (" + model.FormatDuration(d) + ")"
	}
	return text
}

// failing returns the threshold whose breach is FAIL.
func failing(m *model.Metric) *model.Target {
	if m.Alert != nil {
		return m.Alert
	}
	return m.Target
}

// beyond says on which side of its threshold a share was proved to be: "above 5%", of a
// target on the side that it does not want.
func beyond(m *model.Metric, t *model.Target) string {
	side := "above "
	if isMore(t.Op) != (t == m.Alert) {
		side = "below "
	}
	return side + amount(m, t)
}

// within says what was proved for a GO: the share is on the good side of the alert, or of
// what stands for one.
func within(m *model.Metric, tests *Tests) string {
	if m.Alert != nil {
		side := "below "
		if !isMore(m.Alert.Op) {
			side = "above "
		}
		return side + amount(m, m.Alert)
	}
	if tests.goes.Control {
		return "below " + times(tests.goes.Poor) + " of " + model.Inert(string(m.Control))
	}
	if isMore(m.Target.Op) {
		return "above " + model.FormatValue(m.Unit, 1-tests.goes.Poor)
	}
	return "below " + model.FormatValue(m.Unit, tests.goes.Poor)
}

// amount writes a threshold without its operator.
func amount(m *model.Metric, t *model.Target) string {
	if t.Of == model.OfControl {
		return times(t.Value) + " of " + model.Inert(string(m.Control))
	}
	return model.FormatValue(m.Unit, t.Value)
}

// times writes a factor as a percentage: "120%".
func times(v float64) string { return model.FormatValue(model.Ratio, v) }

// counted says what was counted: "31 of 400 events bad", and of a control likewise.
func counted(m *model.Metric, k evidence.Counts) string {
	return number(k.Bad) + " of " + number(k.Total) + " events bad" + controls(m, k)
}

func controls(m *model.Metric, k evidence.Counts) string {
	if m.Control == "" {
		return ""
	}
	return " (" + model.Inert(string(m.Control)) + ": " + number(k.ControlBad) + " of " + number(k.ControlTotal) + ")"
}

func shareOf(k evidence.Counts) string { return model.FormatValue(model.Ratio, k.Share()) }

// ago says since when events were counted, where that is long enough to say.
func ago(d time.Duration) string {
	if d < time.Minute {
		return ""
	}
	return " in " + model.FormatDuration(d)
}
