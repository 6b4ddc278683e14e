package rehearse

import (
	"fmt"
	"math"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
)

const (
	healthyFor   = time.Hour // before a regression is injected, at most
	mostInjected = 40        // attempts that one regression is injected into
)

// ratios are how many times what is allowed regressions are.
var ratios = [...]float64{2, 3, 5}

// regressions injects regressions into every counted metric that is judged: at many
// starts, once the attempt was healthy for an hour (or half of its soak), good events turn bad at random.
func (b *bench) regressions(of reduced, out *Phase, name string) error {
	horizon := out.Lasts
	if out.Soak > 0 {
		horizon = out.Soak
	}
	for _, id := range out.Judged {
		m, t := of.rollout.Metric(id), b.tracks[id]
		if m == nil || t == nil || !m.Counted {
			out.NotInjected = append(out.NotInjected, string(id)+" (counts no events)")
			continue
		}
		base, ok := b.allowed(m)
		if !ok {
			out.NotInjected = append(out.NotInjected, fmt.Sprintf("%s (what it allows is not known)", id))
			continue
		}
		alone := of
		alone.rollout = only(of.rollout, model.Phase{ID: of.phase.ID, Limit: of.phase.Limit, Gate: []model.MetricID{id}}, []model.MetricID{id}, b.tracks)
		alone.phase = &alone.rollout.Phases[0]
		for _, times := range ratios {
			if times*base >= 1 {
				out.NotInjected = append(out.NotInjected, fmt.Sprintf("%s at %g× (%.3g%% would be more than all)", id, times, 100*times*base))
				continue
			}
			b.stage = fmt.Sprintf("%s: %s at %g× what is allowed", name, id, times)
			r, err := b.regression(alone, m, times, times*base, horizon)
			if err != nil {
				return err
			}
			out.Regressions = append(out.Regressions, r)
		}
	}
	return nil
}

// allowed returns the share of bad events that m allows, of one with a control at the
// share that the control had.
func (b *bench) allowed(m *model.Metric) (float64, bool) {
	share, times, ok := gate.Allows(m)
	if !ok {
		return 0, false
	}
	if times {
		control := b.tracks[m.Control]
		if control == nil {
			return 0, false
		}
		recorded, _ := control.share(b.From, b.Except)
		share *= recorded
	}
	return share, share > 0
}

func (b *bench) regression(of reduced, m *model.Metric, times, share float64, horizon time.Duration) (Regression, error) {
	at, _, lasts := b.beginnings(horizon)
	out := Regression{Metric: m.ID, Times: times, Share: share, Within: lasts}
	recorded, _ := b.tracks[m.ID].share(b.From, b.Except)
	chance := 0.0
	if recorded < share {
		chance = (share - recorded) / (1 - recorded)
	}
	every := max(1, (len(at)+mostInjected-1)/mostInjected)
	var seen []time.Duration
	for i := 0; i < len(at); i += every {
		b.far = func(time.Time) float64 { return float64(i) / float64(len(at)) }
		injected, after, err := b.inject(of, m.ID, at[i], lasts, chance, uint64(i)) //nolint:gosec // a small number
		switch {
		case err != nil:
			return out, err
		case !injected:
			continue
		case after >= 0:
			seen = append(seen, after)
		default:
			out.Missed++
		}
		out.Injected++
	}
	out.Median, out.P90 = quantile(seen, 0.5), quantile(seen, 0.9)
	return out, nil
}

// inject returns how long an attempt takes to see that good events of metric id turn bad with a
// chance; -1: it does not within lasts. injected is false where it never was healthy, failed before,
// or met an excepted time or the end of the history.
func (b *bench) inject(of reduced, id model.MetricID, begun time.Time, lasts time.Duration, chance float64, seed uint64) (injected bool, after time.Duration, err error) {
	s, err := b.begin(of, begun)
	if err != nil {
		return false, -1, err
	}
	added := adder{chance: chance, random: b.Random(seed)}
	s.alter = func(of model.MetricID, r model.Reading) model.Reading {
		if of != id {
			return r
		}
		return added.alter(r)
	}
	healthy := begun.Add(min(healthyFor, lasts/2))
	for now := begun; now.Before(b.To) && within(b.Except, now) < 0; now = now.Add(b.step) {
		s.read(now)
		s.keeper.Judge(&s.state, now, s.step)
		line, _ := s.keeper.Line(id)
		switch {
		case added.since.IsZero() && line.State == model.Fail, added.since.IsZero() && now.Sub(begun) > lasts:
			return false, -1, nil
		case added.since.IsZero() && !now.Before(healthy) && line.State == model.Pass:
			added.since = now
		case added.since.IsZero():
		case line.State == model.Fail:
			return true, now.Sub(added.since), nil
		case now.Sub(added.since) >= lasts:
			return true, -1, nil
		}
		if err := b.tick(now); err != nil {
			return false, -1, err
		}
	}
	return false, -1, nil
}

// adder turns good events bad from since on, each with the same chance.
type adder struct {
	since      time.Time // zero: not yet
	chance     float64
	random     func() float64
	bad, total float64 // of the reading before
	more       float64 // bad ones by now
}

func (a *adder) alter(r model.Reading) model.Reading {
	if !r.Counted {
		return r
	}
	if total, bad := r.Total-a.total, r.Bad-a.bad; !a.since.IsZero() && total >= 0 && bad >= 0 {
		a.more += binomial(max(total-bad, 0), a.chance, a.random)
	}
	a.bad, a.total = r.Bad, r.Total
	r.Bad += a.more
	return r
}

// binomial draws how many of n events happen, each with chance p: by skipping over those that do not
// (Devroye 1986, X.4.3), and where many do by the normal distribution nearest to it.
func binomial(n, p float64, random func() float64) float64 {
	n = math.Floor(n)
	switch {
	case n <= 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	}
	if n*p > 200 && n*(1-p) > 200 {
		z := math.Sqrt(-2*math.Log(1-random())) * math.Cos(2*math.Pi*random())
		return min(max(math.Round(n*p+z*math.Sqrt(n*p*(1-p))), 0), n)
	}
	k, at := 0.0, 0.0
	for scale := math.Log1p(-p); ; k++ {
		at += math.Floor(math.Log(1-random())/scale) + 1
		if at > n {
			return k
		}
	}
}
