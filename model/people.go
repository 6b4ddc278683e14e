package model

import (
	"cmp"
	"slices"
	"time"
)

// PeopleRead is where people read a metric that no source has.
type PeopleRead struct {
	From  string        `json:"from,omitempty"` // what they look at, such as Crashlytics; inert
	Link  string        `json:"link,omitempty"` // http or https; inert
	Every time.Duration `json:"every"`          // a reading counts for so long, > 0
}

// maxEarlier is how many readings of a metric are kept beside the last.
const maxEarlier = 100

// PersonReading is what a person read last of a metric.
type PersonReading struct {
	Value   Float            `json:"value"` // in Unit
	Unit    Unit             `json:"unit,omitempty"`
	By      Actor            `json:"by"`
	At      time.Time        `json:"at"`
	Seq     uint64           `json:"seq"` // of its record
	Note    string           `json:"note,omitempty"`
	Earlier []EarlierReading `json:"earlier,omitempty"` // for the charts, in the same unit, oldest first, at most 100
}

// EarlierReading is a reading that another took the place of.
type EarlierReading struct {
	Value Float     `json:"value"`
	At    time.Time `json:"at"`
}

// after returns the reading of r, which takes the place of p.
func (p PersonReading) after(r Record, e MetricRead) PersonReading {
	out := PersonReading{Value: e.Value, Unit: e.Unit, By: r.By, At: r.At, Seq: r.Seq, Note: e.Note}
	if p.Seq > 0 && p.Unit == e.Unit {
		out.Earlier = append(slices.Clone(p.Earlier[max(0, len(p.Earlier)-maxEarlier+1):]), EarlierReading{Value: p.Value, At: p.At})
	}
	return out
}

// ReadBy returns what a person read last of m, as it is judged; false where
// nobody did. A reading from before the last change of the service says so. One in
// another unit than m has by now is none.
func (s *State) ReadBy(m *Metric) (Reading, bool) {
	got, ok := s.Readings[m.ID]
	if m.Read == nil || !ok || got.Unit != m.Unit {
		return Reading{}, false
	}
	r := Reading{At: got.At, SampleAt: got.At, Value: float64(got.Value), By: got.By.Name, Note: got.Note}
	if s.Changed.Seq > got.Seq {
		r.Before = cmp.Or(s.Changed.What, "the last change")
	}
	return r, true
}

// ByPeople reports whether what is said of metric id rests on what people read:
// it is read by them, computed of such a metric, or held against one.
func (r *Rollout) ByPeople(id MetricID) bool {
	m := r.Metric(id)
	if m == nil || r.ValueByPeople(id) {
		return m != nil
	}
	for _, t := range []*Target{m.Target, m.Alert} {
		if t != nil && r.ValueByPeople(t.Of) {
			return true
		}
	}
	return false
}

// ValueByPeople reports whether people read metric id, or one that it is computed of.
func (r *Rollout) ValueByPeople(id MetricID) bool {
	m := r.Metric(id)
	if m == nil || m.Read != nil {
		return m != nil
	}
	return slices.ContainsFunc(m.Inputs, func(id MetricID) bool {
		in := r.Metric(id)
		return in != nil && in.Read != nil
	})
}
