package rehearse

import (
	"errors"
	"math"
	"slices"
	"time"

	"gonogo/model"
)

// Track is what a source remembers of one metric: a reading every Every from From on,
// in a few bytes each.
type Track struct {
	From   time.Time
	Every  time.Duration
	Whole  bool // there were too many parts to keep: the metric is judged whole
	points []point
	errs   []error
	texts  map[string]uint16 // of errs
	miss   []string
	broken []*model.Breakdown
	parts  int // counts in broken, all together
}

type point struct {
	value, count, bad, total float64
	age                      time.Duration
	err, miss                uint16 // from 1 in errs and miss; 0: none
	broken                   int32  // likewise in broken
	traffic                  model.Traffic
	is                       flags
}

type flags uint8

const (
	hasCount flags = 1 << iota
	counted
	ended
)

const (
	maxTexts = 1000
	// maxParts is how many counts of parts a track keeps, of 40 bytes each.
	maxParts = 3_000_000
)

var errOther = errors.New("trouble of another kind")

// NewTrack returns an empty track of readings from from on.
func NewTrack(from time.Time, every time.Duration) *Track {
	return &Track{From: from, Every: every, texts: map[string]uint16{}}
}

// Add takes the next reading, which is Every after the last one.
func (t *Track) Add(r model.Reading) {
	p := point{value: r.Value, count: r.Count, bad: r.Bad, total: r.Total, traffic: r.Traffic}
	if !r.SampleAt.IsZero() {
		p.age = r.At.Sub(r.SampleAt)
	}
	if r.HasCount {
		p.is |= hasCount
	}
	if r.Counted {
		p.is |= counted
	}
	if r.Ended {
		p.is |= ended
	}
	if r.Err != nil {
		p.err = t.errAt(r.Err)
	}
	if r.Missing != "" {
		p.miss = t.missAt(r.Missing)
	}
	if r.Breakdown != nil {
		p.broken = t.brokenAt(r.Breakdown)
	}
	t.points = append(t.points, p)
}

func (t *Track) errAt(err error) uint16 {
	text := err.Error()
	if n, ok := t.texts[text]; ok {
		return n
	}
	if len(t.errs) >= maxTexts {
		err = kindOf(err)
		text = err.Error()
		if n, ok := t.texts[text]; ok {
			return n
		}
	}
	t.errs = append(t.errs, err)
	n := uint16(len(t.errs)) //nolint:gosec // at most maxTexts and one of each kind
	t.texts[text] = n
	return n
}

// kindOf returns what kind of trouble err is, which is what is judged.
func kindOf(err error) error {
	for _, kind := range []error{model.ErrCollecting, model.ErrNoSeries, model.ErrEmpty, model.ErrAmbiguous, model.ErrPartial} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return errOther
}

func (t *Track) missAt(text string) uint16 {
	i := slices.Index(t.miss, text)
	switch {
	case i < 0 && len(t.miss) >= maxTexts:
		i = 0
	case i < 0:
		i = len(t.miss)
		t.miss = append(t.miss, text)
	}
	return uint16(i + 1) //nolint:gosec // at most maxTexts
}

func (t *Track) brokenAt(b *model.Breakdown) int32 {
	if n := len(t.broken); n > 0 && same(t.broken[n-1], b) {
		return int32(n) //nolint:gosec // as many as there are points
	}
	if t.Whole {
		b = &model.Breakdown{Running: b.Running, Gone: b.Gone}
	}
	t.broken = append(t.broken, b)
	if t.parts += len(b.Parts); t.parts > maxParts && !t.Whole {
		t.Whole = true
		for i, old := range t.broken {
			t.broken[i] = &model.Breakdown{Running: old.Running, Gone: old.Gone}
		}
	}
	return int32(len(t.broken)) //nolint:gosec // as many as there are points
}

func same(a, b *model.Breakdown) bool {
	return a.Running == b.Running && slices.Equal(a.Gone, b.Gone) && slices.Equal(a.Parts, b.Parts)
}

// Len returns how many readings there are.
func (t *Track) Len() int { return len(t.points) }

// At returns the newest reading at now; have is false before the first one.
func (t *Track) At(now time.Time) (r model.Reading, have bool) {
	i := t.index(now)
	if i < 0 {
		return model.Reading{}, false
	}
	p := &t.points[i]
	at := t.From.Add(time.Duration(i) * t.Every)
	r = model.Reading{
		At: at, SampleAt: at.Add(-p.age), Value: p.value, Count: p.count, HasCount: p.is&hasCount != 0,
		Bad: p.bad, Total: p.total, Counted: p.is&counted != 0, Traffic: p.traffic, Ended: p.is&ended != 0,
	}
	if p.err > 0 {
		r.Err = t.errs[p.err-1]
	}
	if p.miss > 0 {
		r.Missing = t.miss[p.miss-1]
	}
	if p.broken > 0 {
		r.Breakdown = t.broken[p.broken-1]
	}
	return r, true
}

func (t *Track) index(now time.Time) int {
	if now.Before(t.From) || len(t.points) == 0 {
		return -1
	}
	return min(int(now.Sub(t.From)/t.Every), len(t.points)-1)
}

// answers reports whether there was an answer at point p: a value, or events that were counted.
func (p *point) answers() bool {
	return p.err == 0 && p.is&ended == 0 || p.err > 0 && p.traffic == model.TrafficFlows
}

// First returns when the first answer is from; false where there is none.
func (t *Track) First() (time.Time, bool) {
	for i := range t.points {
		if t.points[i].answers() {
			return t.From.Add(time.Duration(i) * t.Every), true
		}
	}
	return time.Time{}, false
}

// minGap is from how long on a gap is told.
const minGap = time.Hour

// cover returns which share of the moments from from on has an answer, and the gaps of an
// hour and more.
func (t *Track) cover(from time.Time) (share float64, gaps []Span) {
	first := max(t.index(from), 0)
	answered, since := 0, -1
	end := func(i int) {
		if since >= 0 && time.Duration(i-since)*t.Every >= minGap {
			gaps = append(gaps, Span{t.From.Add(time.Duration(since) * t.Every), t.From.Add(time.Duration(i) * t.Every)})
		}
		since = -1
	}
	for i := first; i < len(t.points); i++ {
		if t.points[i].answers() {
			answered++
			end(i)
		} else if since < 0 {
			since = i
		}
	}
	end(len(t.points))
	if n := len(t.points) - first; n > 0 {
		share = float64(answered) / float64(n)
	}
	return share, gaps
}

// share returns the share of bad events outside the spans, 0 where none was counted.
func (t *Track) share(from time.Time, except []Span) (share, perSecond float64) {
	var bad, total, seconds float64
	for i := max(t.index(from), 0) + 1; i < len(t.points); i++ {
		p, was := &t.points[i], &t.points[i-1]
		at := t.From.Add(time.Duration(i) * t.Every)
		if p.is&was.is&counted == 0 || p.total < was.total || within(except, at) >= 0 {
			continue
		}
		bad, total, seconds = bad+max(p.bad-was.bad, 0), total+p.total-was.total, seconds+t.Every.Seconds()
	}
	if total <= 0 || math.IsNaN(total) {
		return 0, 0
	}
	return bad / total, total / seconds
}
