package query

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	prom "github.com/prometheus/common/model"

	"gonogo/model"
	"gonogo/sources/poll"
)

// MaxSeries is how many series an answer may have; more is trouble.
const MaxSeries = 10_000

// Backend evaluates PromQL.
type Backend interface {
	// Instant evaluates expr at the time at, or now on the backend's own clock
	// for the zero time. The answer's samples carry the evaluation's time.
	Instant(ctx context.Context, expr string, at time.Time) (prom.Value, error)
	// Range evaluates expr from start to end, both included, every step.
	Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (prom.Matrix, error)
}

// Session asks one query again and again, and remembers its counters. It is
// for one goroutine, and one Run of a source.
type Session struct {
	q        *Query
	asked    int // questions so far, answered or not
	counters counters
}

// Begin returns a session that has not asked anything yet.
func (q *Query) Begin() *Session { return &Session{q: q} }

// Ask asks now, for the metric m, two questions at most. It fails with
// model.ErrEmpty, ErrNoSeries, ErrAmbiguous or ErrPartial, or with the
// backend's error; beside ErrEmpty and ErrNoSeries the reading has the count
// and counters all the same, if they are known. A value that rests on selectors
// without a current sample counts as older than m.StaleAfter, whatever that is.
func (s *Session) Ask(ctx context.Context, b Backend, m model.Metric) (model.Reading, error) {
	s.asked++
	q, r := s.q, model.Reading{At: time.Now()}
	answer, err := b.Instant(ctx, q.Text, time.Time{})
	if err != nil {
		return r, fmt.Errorf("query: %w", err)
	}
	value, evaluated, err := single(answer)
	if err != nil {
		return r, err
	}
	if evaluated == 0 {
		return s.empty(ctx, b, m, r)
	}
	r.Value, r.SampleAt = value, r.At
	if q.extras == "" {
		return r, nil
	}
	answer, err = b.Instant(ctx, q.extras, evaluated.Time())
	if err != nil {
		return r, fmt.Errorf("%s: %w", q.besides(), err)
	}
	parts, err := untag(answer)
	if err != nil {
		return r, fmt.Errorf("%s: %w", q.besides(), err)
	}
	if err := s.beside(&r, parts, m); err != nil {
		return r, err
	}
	age, current := q.age(parts.values, evaluated)
	if !current {
		age = max(gone, 2*m.StaleAfter)
	}
	r.SampleAt = r.At.Add(-age)
	return r, nil
}

// empty says why there is no value: ErrNoSeries if a selector that the query
// rests on matched nothing lately either, else ErrEmpty. It adds to r what is
// known beside the value.
func (s *Session) empty(ctx context.Context, b Backend, m model.Metric, r model.Reading) (model.Reading, error) {
	empty := fmt.Errorf("%w: the query's answer is empty", model.ErrEmpty)
	question := s.q.presence()
	if question == "" {
		return r, empty
	}
	answer, err := b.Instant(ctx, question, time.Time{})
	if err != nil {
		return r, empty
	}
	parts, err := untag(answer)
	if err != nil {
		return r, empty
	}
	if err := s.beside(&r, parts, m); err != nil {
		return r, err
	}
	for i, sel := range s.q.selectors {
		if _, ok := parts.values[strconv.Itoa(i)]; !ok && sel.need == required {
			return r, fmt.Errorf("%w: %s matched nothing in the last %s: is the name right?",
				model.ErrNoSeries, poll.Cut(sel.text, 120), model.FormatDuration(recent))
		}
	}
	return r, empty
}

// beside adds to r what parts tell of the number of events.
func (s *Session) beside(r *model.Reading, parts parts, m model.Metric) error {
	if s.q.Count != "" {
		if parts.counts > 1 {
			return fmt.Errorf("%w: count has %d; put sum() around it", model.ErrAmbiguous, parts.counts)
		}
		r.HasCount = true
		if n := parts.values[tagCount]; n > 0 && !math.IsInf(n, 0) {
			r.Count = n
		}
	}
	if s.q.Total != "" {
		s.counters.take(tally{asked: s.asked, at: r.At, evaluated: parts.evaluated, bad: parts.bad, total: parts.total}, m.Every)
		r.Bad, r.Total, r.Counted = s.counters.bad.events, s.counters.total.events, true
	}
	return nil
}

// besides names what is asked besides the value, for errors.
func (q *Query) besides() string {
	switch {
	case q.Total != "" && q.Count != "":
		return "age of the data, count, bad and total"
	case q.Total != "":
		return "age of the data, bad and total"
	case q.Count != "":
		return "age of the data, and count"
	}
	return "age of the data"
}

// Stale reports whether r's value rests on selectors without a current sample.
func Stale(r model.Reading) bool { return r.At.Sub(r.SampleAt) >= gone }
