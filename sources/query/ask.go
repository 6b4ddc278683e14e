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

// Ask asks q now, for the metric m. It fails with model.ErrEmpty, ErrNoSeries
// or ErrAmbiguous, or with the backend's error. A value that rests on selectors
// without a current sample counts as older than m.StaleAfter, whatever that is.
func (q *Query) Ask(ctx context.Context, b Backend, m model.Metric) (model.Reading, error) {
	r := model.Reading{At: time.Now()}
	answer, err := b.Instant(ctx, q.Text, time.Time{})
	if err != nil {
		return r, fmt.Errorf("query: %w", err)
	}
	value, evaluated, err := single(answer)
	if err != nil {
		return r, err
	}
	if evaluated == 0 {
		return r, q.explainEmpty(ctx, b)
	}
	r.Value, r.SampleAt = value, r.At
	if q.extras == "" {
		return r, nil
	}
	answer, err = b.Instant(ctx, q.extras, evaluated.Time())
	if err != nil {
		return r, fmt.Errorf("age of the data, and count: %w", err)
	}
	parts, counts, err := untag(answer)
	if err != nil {
		return r, err
	}
	if q.Count != "" {
		if counts > 1 {
			return r, fmt.Errorf("%w: count has %d; put sum() around it", model.ErrAmbiguous, counts)
		}
		r.HasCount = true
		if n := parts[tagCount]; n > 0 && !math.IsInf(n, 0) {
			r.Count = n
		}
	}
	age, current := q.age(parts, evaluated)
	if !current {
		age = max(gone, 2*m.StaleAfter)
	}
	r.SampleAt = r.At.Add(-age)
	return r, nil
}

// Stale reports whether r's value rests on selectors without a current sample.
func Stale(r model.Reading) bool { return r.At.Sub(r.SampleAt) >= gone }

// single returns the only value of answer and the time it was evaluated at,
// which is 0 where there is none.
func single(answer prom.Value) (float64, prom.Time, error) {
	switch v := answer.(type) {
	case *prom.Scalar:
		return float64(v.Value), v.Timestamp, nil
	case prom.Vector:
		if len(v) > 1 {
			return 0, 0, fmt.Errorf("%w: %d where one is needed, such as %s; put sum(), max() or an aggregation of your choice around the query",
				model.ErrAmbiguous, len(v), poll.Cut(v[0].Metric.String(), 80))
		}
		if len(v) == 0 {
			return 0, 0, nil
		}
		if v[0].Histogram != nil {
			return 0, 0, fmt.Errorf("query: it answers a histogram where a number is needed: use histogram_quantile()")
		}
		return float64(v[0].Value), v[0].Timestamp, nil
	case nil:
		return 0, 0, fmt.Errorf("query: it answers nothing: is url a Prometheus?")
	}
	return 0, 0, fmt.Errorf("query: it answers a %s where a number is needed", answer.Type())
}

// untag returns the values of a combined question by their tag, and how many
// series count has.
func untag(answer prom.Value) (parts map[string]float64, counts int, err error) {
	v, ok := answer.(prom.Vector)
	if !ok {
		return nil, 0, fmt.Errorf("age of the data, and count: no vector in the answer")
	}
	parts = map[string]float64{}
	for _, s := range v {
		name := string(s.Metric[tag])
		parts[name] = float64(s.Value)
		if name == tagCount {
			counts++
		}
	}
	return parts, counts, nil
}

// age returns how old the oldest of the newest samples of q's selectors is, on
// the backend's clock; current is false where a selector that counts has none.
func (q *Query) age(parts map[string]float64, evaluated prom.Time) (oldest time.Duration, current bool) {
	alternatives, present := 0, 0
	for i, s := range q.selectors {
		seconds, ok := parts[strconv.Itoa(i)]
		if s.need == alternative {
			alternatives++
		}
		if !ok {
			if s.need == required {
				return 0, false
			}
			continue
		}
		if s.need == alternative {
			present++
		}
		at := evaluated.Time()
		if s.at != nil {
			at = time.UnixMilli(*s.at)
		}
		sample := time.UnixMilli(int64(math.Round(seconds * 1000)))
		oldest = max(oldest, at.Add(-s.offset).Sub(sample))
	}
	return oldest, alternatives == 0 || present > 0
}

// explainEmpty returns ErrNoSeries if a selector that q rests on matched
// nothing lately either, else ErrEmpty.
func (q *Query) explainEmpty(ctx context.Context, b Backend) error {
	empty := fmt.Errorf("%w: the query's answer is empty", model.ErrEmpty)
	if len(q.selectors) == 0 {
		return empty
	}
	answer, err := b.Instant(ctx, q.presence(), time.Time{})
	if err != nil {
		return empty
	}
	parts, _, err := untag(answer)
	if err != nil {
		return empty
	}
	for i, s := range q.selectors {
		if _, ok := parts[strconv.Itoa(i)]; !ok && s.need == required {
			return fmt.Errorf("%w: %s matched nothing in the last %s: is the name right?",
				model.ErrNoSeries, poll.Cut(s.text, 120), model.FormatDuration(recent))
		}
	}
	return empty
}
