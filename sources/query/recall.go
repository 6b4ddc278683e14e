package query

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

const (
	// maxPoints is how many moments one range query may have. Prometheus takes 11,000, and
	// for timestamp() of a series time that grows with their square: 0.03 s for 1,000 of
	// them, 1.7 s for 10,000 (2.42).
	maxPoints = 1000
	// firstPoints and leastPoints are of the first stretch that is asked for, and of
	// the shortest that one that fails is tried again with.
	firstPoints, leastPoints = 500, 20
	// maxPairs is how many samples one answer should have at most: of about 30 bytes
	// each, so that it stays below the 8 MiB that are read.
	maxPairs = 150_000
	// hopeless is how many of the shortest stretches may fail in a row.
	hopeless = 40
	// recallTimeout is the least time that one range query has, and aliveTimeout what a
	// server has to show that it lives.
	recallTimeout, aliveTimeout = 30 * time.Second, 10 * time.Second
)

// Recall gives each the reading that Ask would have had at over.From, and every
// over.Every after it, see model.Recorded. The very same questions are asked, of whole
// stretches at a time, and their answers go through Ask moment by moment: what is empty,
// ambiguous or stale, and what the counters counted over resets, is found as it is live.
// Two things cannot be known of the past. Of a series that has ended, how long ago that
// was: it is taken to be an hour, and Ended all the same. Whether a rule of an alert was
// evaluated: it is taken to have been where there is such a rule now, and the server
// had samples of "up" then. A server that was down then shows as a gap.
func (q *Query) Recall(ctx context.Context, b Backend, m model.Metric, over model.Past, each func(model.Reading) error) error {
	if q.movesWithRange() {
		return errors.New("@ start() and @ end() stand for another time in the past: write the query without them")
	}
	p := &past{backend: b, over: over, timeout: max(m.Timeout, recallTimeout), own: q.Text, cuts: map[string]*cut{}}
	s := q.Begin()
	s.now = func() time.Time { return p.now }
	for p.now = over.From; !p.now.After(over.To); p.now = p.now.Add(over.Every) {
		r, err := s.Ask(ctx, p, m)
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.dead != nil {
			return fmt.Errorf("history: %w", poll.Inert(p.dead))
		}
		if err != nil {
			if empty := errors.Is(err, model.ErrEmpty) || errors.Is(err, model.ErrNoSeries); !empty || !r.HasCount && !r.Counted {
				r = model.Reading{}
			}
			r.Err = poll.Inert(err)
		}
		r.At = p.now
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

// movesWithRange reports whether a part of q says @ start() or @ end(), which in a
// range query are the range's.
func (q *Query) movesWithRange() bool {
	moves := false
	for _, text := range []string{q.Text, q.Count, q.Bad, q.Total} {
		expr, err := parse(text)
		if text == "" || err != nil {
			continue
		}
		inspect(expr, func(n parser.Node) {
			switch e := n.(type) {
			case *parser.VectorSelector:
				moves = moves || e.StartOrEnd != 0
			case *parser.SubqueryExpr:
				moves = moves || e.StartOrEnd != 0
			}
		})
	}
	return moves
}

// past is a Backend that answers what another would have answered at now, from ranges.
// It asks for each stretch once, and only what is asked of it.
type past struct {
	backend Backend
	over    model.Past
	timeout time.Duration
	own     string // the metric's query
	now     time.Time
	cuts    map[string]*cut // by expression
	dead    error           // why no history can be had at all
	failed  int             // the shortest stretches that failed in a row
	rules   []Rule
	ruled   error
	asked   bool // for the rules
}

// cut is what an expression answered over a stretch.
type cut struct {
	from, to time.Time // both included
	series   []stream
	err      error // instead of an answer
	points   int   // of the next stretch
	most     int   // that did not fail
}

// stream is one series of an answer, read from its beginning to its end.
type stream struct {
	metric prom.Metric
	values []prom.SamplePair
	others []prom.SampleHistogramPair
}

var errNotRecalled = errors.New("not asked of the past")

// Instant implements Backend, at now whatever at is.
func (p *past) Instant(ctx context.Context, expr string, _ time.Time) (prom.Value, error) {
	if strings.Contains(expr, "["+lately+"]") && !strings.Contains(p.own, "["+lately+"]") {
		return nil, errNotRecalled // when a series ended, which takes hundreds of evaluations for each moment
	}
	c := p.cuts[expr]
	if c == nil {
		c = &cut{points: firstPoints, most: maxPoints}
		p.cuts[expr] = c
	}
	if p.now.Before(c.from) || p.now.After(c.to) {
		p.fetch(ctx, expr, c)
	}
	if c.err != nil {
		return nil, c.err
	}
	return c.at(prom.TimeFromUnixNano(p.now.UnixNano())), nil
}

// Range implements Backend. Nothing asks for it.
func (p *past) Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (prom.Matrix, error) {
	return p.backend.Range(ctx, expr, start, end, step)
}

// fetch asks for the stretch of expr that begins now, a shorter one where that fails.
func (p *past) fetch(ctx context.Context, expr string, c *cut) {
	for {
		c.from, c.to = p.now, p.now.Add(time.Duration(c.points-1)*p.over.Every)
		if c.to.After(p.over.To) {
			c.to = p.now.Add(p.over.To.Sub(p.now).Truncate(p.over.Every))
		}
		timed, done := context.WithTimeout(ctx, p.timeout)
		var m prom.Matrix
		m, c.err = p.backend.Range(timed, expr, c.from, c.to, p.over.Every)
		done()
		if c.err == nil {
			p.failed = 0
			c.take(m)
			return
		}
		if ctx.Err() != nil || !p.lives(ctx, c.err) {
			return
		}
		if c.points <= leastPoints {
			if p.failed++; p.failed >= hopeless {
				p.dead = c.err
			}
			return
		}
		c.points = max(c.points/4, leastPoints)
		c.most = c.points
	}
}

// lives reports whether the server answers at all after err.
func (p *past) lives(ctx context.Context, err error) bool {
	timed, done := context.WithTimeout(ctx, aliveTimeout)
	defer done()
	if _, silent := p.backend.Instant(timed, "vector(1)", time.Time{}); silent != nil {
		p.dead = err
		return false
	}
	return true
}

// take takes an answer, and says how much is asked for next.
func (c *cut) take(m prom.Matrix) {
	c.series = make([]stream, len(m))
	pairs := 0
	for i, s := range m {
		c.series[i] = stream{s.Metric, s.Values, s.Histograms}
		pairs += len(s.Values) + len(s.Histograms)
	}
	wanted := c.points * 4
	if pairs > 0 {
		wanted = min(wanted, int(float64(c.points)*maxPairs/float64(pairs)))
	}
	c.points = min(max(wanted, leastPoints), c.most, maxPoints)
}

// at returns the answer at one moment; moments are asked for in order.
func (c *cut) at(now prom.Time) prom.Vector {
	out := make(prom.Vector, 0, len(c.series))
	samples := make([]prom.Sample, 0, len(c.series))
	for i := range c.series {
		s := &c.series[i]
		for len(s.values) > 0 && s.values[0].Timestamp < now {
			s.values = s.values[1:]
		}
		for len(s.others) > 0 && s.others[0].Timestamp < now {
			s.others = s.others[1:]
		}
		switch {
		case len(s.values) > 0 && s.values[0].Timestamp == now:
			samples = append(samples, prom.Sample{Metric: s.metric, Value: s.values[0].Value, Timestamp: now})
		case len(s.others) > 0 && s.others[0].Timestamp == now:
			samples = append(samples, prom.Sample{Metric: s.metric, Timestamp: now, Histogram: s.others[0].Histogram})
		default:
			continue
		}
		out = append(out, &samples[len(samples)-1])
	}
	return out
}

// Rules implements Ruler: those that there are now, evaluated while the server had samples.
func (p *past) Rules(ctx context.Context) ([]Rule, error) {
	if !p.asked {
		p.asked = true
		if ruler, ok := p.backend.(Ruler); ok {
			p.rules, p.ruled = ruler.Rules(ctx)
		} else {
			p.ruled = errors.New("this source evaluates no rules")
		}
	}
	if p.ruled != nil {
		return nil, p.ruled
	}
	answer, err := p.Instant(ctx, "count(up)", time.Time{})
	if err != nil {
		return nil, err
	}
	var evaluated time.Time
	if up, ok := answer.(prom.Vector); ok && len(up) > 0 {
		evaluated = p.now
	}
	out := make([]Rule, len(p.rules))
	for i, r := range p.rules {
		r.Evaluated = evaluated
		out[i] = r
	}
	return out, nil
}

// RecallOf recalls metric id, which is one of metrics, of b, see Recall.
func RecallOf(ctx context.Context, b Backend, queries map[model.MetricID]*Query, metrics []config.MetricPart, id model.MetricID, over model.Past, each func(model.Reading) error) error {
	for _, m := range metrics {
		if q := queries[id]; m.Metric.ID == id && q != nil {
			return q.Recall(ctx, b, m.Metric, over, each)
		}
	}
	return fmt.Errorf("metric %q: this source has none of that name", id)
}
