package gate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
)

// contender judges a flight: it looks at what was counted since its last look and may
// roll back, once.
type contender interface {
	// look takes the events of the sum and, of a metric by part, of each part.
	look(sum evidence.Counts, parts []evidence.Counts, at time.Duration) (roll, goes bool)
}

// gonogo is the gate of a guarded metric with a target of 1%, or of 120% of a control,
// and no alert; with the guard's rule, and a countdown of a minute.
type gonogo struct {
	w     *world
	k     *Keeper
	state model.State
	error model.Reading
	old   model.Reading
	parts []model.PartCount
	gone  []model.Gone
	at    time.Duration
	fires time.Duration // when the countdown is over; 0: the guard is not armed
}

func newGonogo(t testing.TB, w *world) *gonogo {
	t.Helper()
	m := countedMetric(t, "< 1%", "")
	r := &model.Rollout{Guard: &model.Guard{On: []model.MetricID{"error"}, Part: "some", Countdown: time.Minute}}
	if w.control != nil {
		old := countedMetric(t, "< 50%", "")
		old.ID = "old"
		m.Control, m.Target = "old", target(t, "<= 120% of control", model.Ratio)
		r.Metrics = append(r.Metrics, old)
	}
	g := &gonogo{w: w}
	if w.parts > 0 {
		m.By = "tenant"
	}
	for i := range w.parts {
		g.parts = append(g.parts, model.PartCount{Part: fmt.Sprint("t", i)})
	}
	r.Metrics = append(r.Metrics, m)
	k, err := NewKeeper(r)
	if err != nil {
		t.Fatal(err)
	}
	g.k = k
	g.look(evidence.Counts{}, make([]evidence.Counts, w.parts), 0)
	return g
}

func (g *gonogo) look(sum evidence.Counts, parts []evidence.Counts, at time.Duration) (roll, goes bool) {
	now := t0.Add(at)
	for i, p := range parts {
		g.parts[i].Bad, g.parts[i].Total = g.parts[i].Bad+p.Bad, g.parts[i].Total+p.Total
	}
	g.error = model.Reading{At: now, Counted: true, Bad: g.error.Bad + sum.Bad, Total: g.error.Total + sum.Total,
		Breakdown: &model.Breakdown{Parts: append([]model.PartCount(nil), g.parts...)}}
	g.fleet(now, at)
	g.old = model.Reading{At: now, Counted: true, Bad: g.old.Bad + sum.ControlBad, Total: g.old.Total + sum.ControlTotal}
	g.k.Read("error", g.error)
	g.k.Read("old", g.old)
	g.k.Judge(&g.state, now, at-g.at)
	g.at = at
	line, _ := g.k.Line("error")
	switch {
	case line.State != model.Fail:
		g.fires = 0
	case g.fires == 0:
		g.fires = at + time.Minute
	case at >= g.fires:
		roll, _ = g.k.LastWord("error")
	}
	return roll, line.State == model.Pass
}

// fleet tells which processes run, and which are gone.
func (g *gonogo) fleet(now time.Time, at time.Duration) {
	if g.w.fleet == nil {
		return
	}
	b := g.error.Breakdown
	b.Running = g.w.fleet(at)
	for i := len(g.gone); i < g.w.fleet(0)-b.Running; i++ {
		g.gone = append(g.gone, model.Gone{Name: fmt.Sprint("i", i), At: now})
	}
	b.Gone = g.gone
}

// rival judges the share of bad events of each minute by a plain threshold of 1%,
// and rolls back when more checks failed than it allows. A minute without events
// fails: the query has no value. There is no relation to a control in its default rules.
//
// Argo Rollouts: an AnalysisTemplate with interval 1m, successCondition
// "result <= 0.01" and failureLimit 0, which is the default: the first failure aborts.
// Flagger: interval 1m, threshold 5, request-success-rate min 99: the fifth failed
// check rolls back; a good one in between takes none away.
type rival struct {
	allowed, failed int
	minute          evidence.Counts
	next            time.Duration
	good            bool
}

func (r *rival) look(sum evidence.Counts, _ []evidence.Counts, at time.Duration) (roll, goes bool) {
	r.minute = r.minute.Plus(sum)
	if r.next == 0 {
		r.next = time.Minute
	}
	if at >= r.next {
		r.good = r.minute.Total > 0 && r.minute.Share() <= .01
		if !r.good {
			r.failed++
		}
		r.minute, r.next = evidence.Counts{}, at+time.Minute
	}
	return r.failed > r.allowed, r.good
}

// poisson returns how many events come where so many come on average.
func poisson(r *rand.Rand, mean float64) int {
	if mean > 60 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n, p := 0, r.Float64()
	for least := math.Exp(-mean); p > least; n++ {
		p *= r.Float64()
	}
	return n
}

// binomial returns how many of n events are bad when each is with probability p.
func binomial(r *rand.Rand, n int, p float64) (bad float64) {
	for range n {
		if r.Float64() < p {
			bad++
		}
	}
	return bad
}
