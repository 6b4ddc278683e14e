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
	counted  time.Time // of the oldest sample that those rest on; zero: none yet
	now      func() time.Time
}

// Begin returns a session that has not asked anything yet.
func (q *Query) Begin() *Session {
	return &Session{q: q, now: time.Now, counters: counters{good: q.good, by: prom.LabelName(q.by)}}
}

// Ask asks now, for the metric m, two questions, and a third where a series has
// ended, or no alert is there. It fails with model.ErrEmpty, ErrNoSeries,
// ErrAmbiguous or ErrPartial, or with the backend's error; beside ErrEmpty and
// ErrNoSeries the reading has the count and counters all the same, if they are
// known. A value that rests on selectors without a current sample has Ended; one
// that rests on no series at all is ErrEmpty, unless events are counted
// meanwhile, or the rules of the alerts asked for are seen to be evaluated.
func (s *Session) Ask(ctx context.Context, b Backend, m model.Metric) (model.Reading, error) {
	s.asked++
	q, r := s.q, model.Reading{At: s.now()}
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
	if parts.evaluated == 0 {
		parts.evaluated = evaluated
	}
	r.Missing = q.missing(parts)
	if q.placeholder {
		if r.Traffic = q.flows(parts, m.StaleAfter); len(q.events) > 0 && r.Traffic != model.TrafficFlows {
			return r, fmt.Errorf("%w: %s", model.ErrEmpty, q.noTraffic(r.Traffic))
		}
		if len(q.events) == 0 && !q.present(parts) {
			return s.standIn(ctx, b, r, evaluated)
		}
	}
	age, current := aged(q.selectors, "", parts)
	if !current {
		r.Ended = true
		age = q.since(ctx, b, parts)
	}
	r.SampleAt = r.At.Add(-age)
	return r, nil
}

// standIn is the reading r of a query whose value rests on no series at all.
func (s *Session) standIn(ctx context.Context, b Backend, r model.Reading, evaluated prom.Time) (model.Reading, error) {
	if names, ok := s.q.alerts(); ok {
		age, err := evaluatedAgo(ctx, b, names, evaluated)
		if err != nil {
			return r, fmt.Errorf("%w: no alert is there, and that its rule is evaluated cannot be known: %w", model.ErrEmpty, err)
		}
		r.SampleAt = r.At.Add(-age)
		return r, nil
	}
	return r, fmt.Errorf("%w: no series is there, and what the query answers then proves nothing (give count or total)", model.ErrEmpty)
}

// noTraffic says what is wrong with the denominator.
func (q *Query) noTraffic(t model.Traffic) string {
	what := "count"
	if q.Total != "" {
		what = "total"
	}
	if t == model.TrafficNone {
		return what + " does not grow, so a zero proves nothing"
	}
	return what + " has no current sample, so a zero proves nothing (does the target still run?)"
}

// since returns how long ago the oldest of q's selectors that have no current
// sample had the last one; an hour at least where that is not known.
func (q *Query) since(ctx context.Context, b Backend, current parts) time.Duration {
	question := ""
	for i, s := range q.selectors {
		if _, ok := current.values[strconv.Itoa(i)]; !ok && s.need != optional {
			stamp := "max(max_over_time(timestamp(" + s.text + ")["
			question = or(question, tagged(stamp+lately+"])) or "+stamp+before+"]))", strconv.Itoa(i)))
		}
	}
	answer, err := b.Instant(ctx, question, current.evaluated.Time())
	if err != nil {
		return recent
	}
	last, err := untag(answer)
	if err != nil {
		return recent
	}
	oldest := time.Duration(0)
	for i, s := range q.selectors {
		_, ok := current.values[strconv.Itoa(i)]
		if ok || s.need == optional {
			continue
		}
		seconds, known := last.values[strconv.Itoa(i)]
		if !known {
			return recent
		}
		oldest = max(oldest, s.age(seconds, current.evaluated))
	}
	return oldest
}

// empty says why there is no value: ErrNoSeries if a selector that the query
// rests on matched nothing lately either, else ErrEmpty. It adds to r what is
// known beside the value.
func (s *Session) empty(ctx context.Context, b Backend, m model.Metric, r model.Reading) (model.Reading, error) {
	empty := fmt.Errorf("%w: the query's answer is empty", model.ErrEmpty)
	question := s.q.presence()
	if m.EmptyZero {
		question = or(question, s.q.traffic())
	}
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
	if m.EmptyZero {
		if r.Traffic = s.q.flows(parts, m.StaleAfter); r.Traffic != model.TrafficFlows && len(s.q.events) > 0 {
			return r, fmt.Errorf("%w: %s", model.ErrEmpty, s.q.noTraffic(r.Traffic))
		}
	}
	for i, sel := range s.q.selectors {
		if _, ok := parts.values[strconv.Itoa(i)]; !ok && sel.need == required {
			r.Missing = poll.Cut(sel.text, 120)
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
		if err := s.counters.trouble(); err != nil {
			return err
		}
		r.Bad, r.Total, r.Counted = s.counters.sum.bad, s.counters.sum.total, true
		r.Breakdown = s.counters.breakdown()
		r.CountedAt = s.countedAt(r.At, parts)
	}
	return nil
}

// countedAt returns the time of the oldest sample behind the counters. While there is none it stays
// what it was, as what comes back may have counted meanwhile; before the first there is nothing that could.
func (s *Session) countedAt(now time.Time, parts parts) time.Time {
	if len(s.q.counted) == 0 {
		return time.Time{}
	}
	oldest, known := time.Duration(0), false
	for i := range s.q.counted {
		if seconds, ok := parts.values[tagCounted+strconv.Itoa(i)]; ok {
			oldest, known = max(oldest, s.q.counted[i].age(seconds, parts.evaluated)), true
		}
	}
	switch {
	case known:
		s.counted = now.Add(-oldest)
	case len(s.counters.total.series) == 0:
		return now
	}
	return s.counted
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
