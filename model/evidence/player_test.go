package evidence

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// player is one judge of a flight: it looks at what was counted since its last
// look and may roll back, once.
type player interface {
	// look takes the events of the sum and, of a metric by part, of each part.
	look(sum Counts, parts []Counts, at time.Duration) (roll, goes bool)
}

const countdown = time.Minute

// line is the evidence of a metric or of one of its parts.
type line struct {
	d       Detector
	r       Recovery
	state   State
	recover Recovering
	last    LastWord
	endsAt  time.Duration // of the countdown, where the claim is proved false
}

// look says whether the guard fires.
func (l *line) look(c Counts, parts int, at time.Duration) bool {
	failed := l.state.Proved
	l.last.Add(c, at)
	if !failed {
		l.d.Look(&l.state, c, at)
		if l.state.Proved {
			l.endsAt, l.recover = at+countdown, Recovering{Since: at}
		}
		return false
	}
	l.r.Look(&l.recover, c, at)
	if l.recover.Proved {
		l.d.Change(&l.state, at)
		return false
	}
	return at >= l.endsAt && l.last.Confirms(&l.d.Claim, parts)
}

// gonogo plays what the design says of a guarded metric with a target of 1%, or
// of 120% of a control, and no alert.
type gonogo struct {
	lines  []line // the sum, then the parts
	a      Acceptor
	accept Accepting
	recent Window
	doubt  bool
}

func newGonogo(t testing.TB, control bool, parts int) *gonogo {
	t.Helper()
	c := mustShare(t, .01)
	a, err := AcceptShare(.01, 0, .05)
	if control {
		c, _ = AtMostTimes(1.2)
		a, err = AcceptTimes(1.2, 0, .05)
	}
	if err != nil {
		t.Fatal(err)
	}
	split := Split{Alpha: .01, Metrics: 1, Parts: parts}
	alpha := split.Whole()
	if parts > 0 {
		alpha = split.First()
	}
	d := mustDetect(t, c, alpha, day)
	r, err := NewRecovery(c, .05)
	if err != nil {
		t.Fatal(err)
	}
	g := &gonogo{a: a, recent: Window{Span: 15 * time.Minute}}
	for range parts + 1 {
		g.lines = append(g.lines, line{d: d, r: r, state: d.Begin(0), last: NewLastWord(countdown)})
	}
	return g
}

func (g *gonogo) look(sum Counts, parts []Counts, at time.Duration) (roll, goes bool) {
	g.recent.Add(sum, at)
	failed := false
	for i := range g.lines {
		c, was := sum, g.lines[i].state.Proved
		if i > 0 {
			c = parts[i-1]
		}
		roll = g.lines[i].look(c, len(g.lines), at) || roll
		failed = failed || g.lines[i].state.Proved
		if was && !g.lines[i].state.Proved && i == 0 {
			g.accept = Accepting{Since: at}
		}
	}
	g.a.Look(&g.accept, sum, at)
	g.doubt = g.recent.Doubts(&g.lines[0].d.Claim, len(g.lines), g.doubt)
	return roll, g.accept.Proved && !failed && !g.doubt && g.recent.Sum.Total > 0
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
	minute          Counts
	next            time.Duration
	good            bool
}

func (r *rival) look(sum Counts, _ []Counts, at time.Duration) (roll, goes bool) {
	r.minute = r.minute.Plus(sum)
	if r.next == 0 {
		r.next = time.Minute
	}
	if at >= r.next {
		r.good = r.minute.Total > 0 && r.minute.Share() <= .01
		if !r.good {
			r.failed++
		}
		r.minute, r.next = Counts{}, at+time.Minute
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
