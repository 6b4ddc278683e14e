package gate

import (
	"math"
	"time"

	"gonogo/model"
)

// unread returns why nothing that a person read of m counts now, or usable: a
// change of the service asks for a new reading.
func unread(m *model.Metric, r *model.Reading, have bool) cause {
	switch {
	case m.Read == nil:
	case !have:
		return neverRead
	case r.Before != "":
		return readBefore
	}
	return usable
}

// person takes over who read the value, and how long ago in words that change seldom.
func (f *finding) person(in *Input) {
	r := &in.Reading
	f.by, f.note, f.change = r.By, r.Note, r.Before
	f.age = seldom(in.Now.Sub(r.At))
}

// seldom cuts an age to minutes, hours or days.
func seldom(d time.Duration) time.Duration {
	switch {
	case d.Abs() < time.Hour:
		return d.Truncate(time.Minute)
	case d.Abs() < 48*time.Hour:
		return d.Truncate(time.Hour)
	}
	return d.Truncate(24 * time.Hour)
}

// unreadWords says why a metric that people read has no value that counts;
// empty where it has one.
func (f *finding) unreadWords(m *model.Metric) string {
	switch f.cause {
	case neverRead:
		return "nobody has read it: " + howToRead(m)
	case readBefore:
		return model.FormatValue(m.Unit, math.Float64frombits(f.value)) + " was " + f.readBy() + ", before " + model.Inert(f.change) + ": read it again, " + howToRead(m)
	case oldSample, oldAnswer:
		return f.readBy() + ", and counts for " + model.FormatDuration(m.StaleAfter) + ": read it again, " + howToRead(m)
	case futureSample, futureAnswer:
		return "read by " + model.Inert(f.by) + " " + model.FormatDuration(-f.age) + " in the future: do the clocks agree?"
	}
	return ""
}

// readWords says who read a value that counts, and what they noted.
func (f *finding) readWords() string {
	text := ", " + f.readBy()
	if f.note != "" {
		text += ": " + model.Inert(f.note)
	}
	return text
}

// readBy says who read the value, and how long ago.
func (f *finding) readBy() string {
	ago := "just now"
	if f.age >= time.Minute {
		ago = model.FormatDuration(f.age) + " ago"
	}
	return "read by " + model.Inert(f.by) + " " + ago
}

// howToRead says how a person tells gonogo what they read, and where they look.
func howToRead(m *model.Metric) string {
	value := model.SampleAmount(m.Unit)
	switch m.Unit {
	case model.Ratio:
		value = "0.3%"
	case model.Count, model.Plain:
		value = "12"
	}
	text := "R, or gonogo read " + model.Inert(string(m.ID)) + " " + value
	for i, where := range []string{m.Read.From, m.Read.Link} {
		switch {
		case where == "":
		case i == 1 && m.Read.From != "":
			text += ", " + model.Inert(where)
		default:
			text += ", from " + model.Inert(where)
		}
	}
	return text
}
