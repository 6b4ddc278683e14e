package history

import (
	"context"
	"fmt"
	"time"

	"gonogo/model"
)

const (
	// enough is how much of its time an SLO must know.
	enough = 0.9
	// buckets is how finely that is looked at.
	buckets = 10_000
)

// slo is one that is judged from history.
type slo struct {
	id     model.MetricID
	of     *model.Metric // nil: the config has it no more
	over   time.Duration
	every  time.Duration // between two judgements
	judged time.Time
}

func newSLO(r *model.Rollout, m *model.Metric) *slo {
	return &slo{id: m.ID, of: r.Metric(m.SLO.Of), over: m.SLO.Over, every: m.Every}
}

// judge returns what history says of the SLO at now: of a metric that counts events the share
// of bad ones (of good ones where its target asks for those), Σbad/Σtotal; of any other its mean over the time. Where less than 90%
// of the time is covered the error is model.ErrUncovered.
func (s *slo) judge(ctx context.Context, h *History, now time.Time) model.Reading {
	r := model.Reading{At: now}
	if s.of == nil {
		r.Err = fmt.Errorf("%w: the config has no metric for it", model.ErrUncovered)
		return r
	}
	from := now.Add(-s.over)
	c := newCoverage(from, s.over, s.of.Every)
	var err error
	if s.of.Counted {
		var b, t increase
		err = h.each(ctx, s.of.ID, bad, from, now, func(_ time.Time, v float64) bool { b.add(v); return true })
		if err == nil {
			err = h.each(ctx, s.of.ID, total, from, now, func(at time.Time, v float64) bool { t.add(v); c.add(at, 0); return true })
		}
		r.Count, r.HasCount = t.sum, true
		r.Value = b.sum / t.sum
		if wantsGood(s.of) {
			r.Value = 1 - r.Value
		}
	} else {
		err = h.each(ctx, s.of.ID, value, from, now, func(at time.Time, v float64) bool { c.add(at, v); return true })
		r.Value = c.mean()
	}
	switch covered := c.covered(); {
	case err != nil:
		r.Err = err
	case covered < enough:
		r.Err = fmt.Errorf("%w: %s of %s is covered by what was kept, %s is needed", model.ErrUncovered,
			model.FormatValue(model.Ratio, covered), model.FormatDuration(s.over), model.FormatValue(model.Ratio, enough))
	}
	return r
}

// wantsGood reports whether a counted metric is the share of good events: "> 99%".
func wantsGood(m *model.Metric) bool { return m.Target != nil && m.Target.Op[0] == '>' }

// increase sums up by how much a counter grew, which begins anew now and then.
type increase struct {
	sum, last float64
	known     bool
}

func (i *increase) add(v float64) {
	switch {
	case !i.known:
		i.known = true
	case v >= i.last:
		i.sum += v - i.last
	default: // it began anew, at 0
		i.sum += v
	}
	i.last = v
}

// coverage tells which part of a time there are samples of, and their mean by time.
type coverage struct {
	from  time.Time
	width time.Duration
	n     []float64
	sum   []float64
}

func newCoverage(from time.Time, over, every time.Duration) *coverage {
	width := max(over/buckets, 2*every, time.Millisecond)
	n := max(int(over/width), 1)
	return &coverage{from: from, width: width, n: make([]float64, n), sum: make([]float64, n)}
}

func (c *coverage) add(at time.Time, v float64) {
	i := min(max(int(at.Sub(c.from)/c.width), 0), len(c.n)-1)
	c.n[i]++
	c.sum[i] += v
}

// covered returns the part of the time that has a sample, 0 to 1.
func (c *coverage) covered() float64 {
	with := 0
	for _, n := range c.n {
		if n > 0 {
			with++
		}
	}
	return float64(with) / float64(len(c.n))
}

// mean returns the mean of what is covered, each piece of time counting the same; NaN of nothing.
func (c *coverage) mean() float64 {
	sum, with := 0.0, 0.0
	for i, n := range c.n {
		if n > 0 {
			sum += c.sum[i] / n
			with++
		}
	}
	return sum / with
}
