package attach

import (
	"time"

	"gonogo/model"
)

// message is what goes over the socket, a JSON object a line. The engine sends
// hello once and then a snapshot whenever there is a newer one than it sent
// last; a viewer sends intents.
type message struct {
	Hello    *hello                    `json:"hello,omitempty"`
	Snapshot *model.Snapshot           `json:"snapshot,omitempty"`
	Series   map[model.MetricID]points `json:"series,omitempty"` // what came since the last snapshot
	Intent   *model.Intent             `json:"intent,omitempty"`
}

type hello struct {
	Version int            `json:"version"` // of this protocol
	Rollout *model.Rollout `json:"rollout,omitempty"`
	// Of an engine: what the viewer may do, and why it may not even look.
	Access  model.Access `json:"access,omitempty"`
	Refused string       `json:"refused,omitempty"`
	// Transient is of an engine that ends soon, with its command.
	Transient bool `json:"transient,omitempty"`
	// ReadOnly is of a viewer, as its first message: from then on nothing but looking is taken from it.
	ReadOnly bool `json:"read_only,omitempty"`
}

const (
	wireVersion = 1
	tailLength  = 200 // records that a viewer shows, as many as an engine's snapshot carries
)

// points are the points of a chart from From on, counted from the epoch's start.
type points struct {
	Epoch uint64        `json:"epoch"`
	From  int           `json:"from"`
	At    []int64       `json:"at"` // Unix milliseconds
	V     []model.Float `json:"v"`
}

// delta is what a viewer was sent already.
type delta struct {
	tail   uint64 // seq of the last record
	series map[model.MetricID]points
}

// next returns the message that brings a viewer from d to s.
func (d *delta) next(s *model.Snapshot) message {
	out := *s
	for i, r := range s.Tail {
		if r.Seq > d.tail {
			out.Tail = s.Tail[i:]
			break
		}
		out.Tail = nil
	}
	if n := len(s.Tail); n > 0 {
		d.tail = s.Tail[n-1].Seq
	}
	m := message{Snapshot: &out, Series: map[model.MetricID]points{}}
	if d.series == nil {
		d.series = map[model.MetricID]points{}
	}
	for id, have := range s.Series {
		sent := d.series[id]
		from := sent.From
		if sent.Epoch != have.Epoch || from > len(have.Points) {
			from = 0
		}
		if from == len(have.Points) && sent.Epoch == have.Epoch {
			continue
		}
		p := points{Epoch: have.Epoch, From: from}
		for _, point := range have.Points[from:] {
			p.At = append(p.At, point.At.UnixMilli())
			p.V = append(p.V, model.Float(point.V))
		}
		m.Series[id] = p
		d.series[id] = points{Epoch: have.Epoch, From: len(have.Points)}
	}
	return m
}

// view puts messages together to snapshots again.
type view struct {
	rollout *model.Rollout
	access  model.Access
	tail    []model.Record
	series  map[model.MetricID]model.Series
}

// snapshot returns the whole snapshot of a message that holds one.
func (v *view) snapshot(m message) *model.Snapshot {
	s := m.Snapshot
	s.Rollout, s.Attached, s.Access = v.rollout, true, v.access
	v.tail = append(v.tail, s.Tail...)
	if n := len(v.tail); n > 2*tailLength {
		v.tail = append([]model.Record(nil), v.tail[n-tailLength:]...)
	}
	s.Tail = v.tail[max(0, len(v.tail)-tailLength):len(v.tail):len(v.tail)]
	next := make(map[model.MetricID]model.Series, len(v.series)+len(m.Series))
	for id, have := range v.series {
		next[id] = have
	}
	for id, p := range m.Series {
		have := next[id]
		if p.From == 0 || have.Epoch != p.Epoch {
			have = model.Series{Epoch: p.Epoch}
		}
		for i := range min(len(p.At), len(p.V)) {
			have.Points = append(have.Points, model.Point{At: time.UnixMilli(p.At[i]), V: float64(p.V[i])})
		}
		next[id] = have
	}
	v.series = next
	s.Series = next
	return s
}
