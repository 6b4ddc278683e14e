package rehearse

import (
	"slices"
	"time"

	"gonogo/model"
)

// beginnings returns from where on attempts are tried, and for how long: all over the
// history, each with all its time before the end of it, or with half of the history
// where that is shorter.
func (b *bench) beginnings(wanted time.Duration) (at []time.Time, every, lasts time.Duration) {
	span := b.To.Sub(b.From)
	lasts = min(wanted, span/2)
	every = max(min(startEvery, span/40).Truncate(b.step), b.step)
	for t := b.From.Add(b.step); !t.Add(lasts).After(b.To); t = t.Add(every) {
		at = append(at, t)
	}
	return at, every, lasts
}

// starts tries how soon attempts come to GO.
func (b *bench) starts(of reduced, out *Phase, name string) error {
	var at []time.Time
	s := &out.Starts
	at, s.Every, s.Lasts = b.beginnings(out.Lasts)
	b.stage = name + ": time to GO"
	var reached, evidence []time.Duration
	for i, begun := range at {
		b.far = func(time.Time) float64 { return float64(i) / float64(len(at)) }
		toGo, proved, met, err := b.start(of, begun, s.Lasts)
		switch {
		case err != nil:
			return err
		case met:
			s.LeftOut++
			continue
		case toGo >= 0:
			reached = append(reached, toGo)
		}
		if proved >= 0 {
			evidence = append(evidence, proved)
		}
		s.Counted++
	}
	s.Reached, s.Median, s.P90 = len(reached), quantile(reached, 0.5), quantile(reached, 0.9)
	s.Evidence = quantile(evidence, 0.5)
	return nil
}

// start returns how long an attempt takes to GO, and until all but its soak has passed; -1:
// it does not within lasts. met says that an excepted time came first.
func (b *bench) start(of reduced, begun time.Time, lasts time.Duration) (toGo, proved time.Duration, met bool, err error) {
	toGo, proved = -1, -1
	s, err := b.begin(of, begun)
	if err != nil {
		return toGo, proved, false, err
	}
	for now := begun; now.Sub(begun) <= lasts; now = now.Add(b.step) {
		if within(b.Except, now) >= 0 {
			return toGo, proved, true, nil
		}
		s.look(now)
		if proved < 0 && (s.verdict.Worst == model.Pass || s.verdict.Worst == model.Soaking) {
			proved = now.Sub(begun)
		}
		if s.verdict.Headline == model.GO {
			return now.Sub(begun), proved, false, nil
		}
		if err := b.tick(now); err != nil {
			return toGo, proved, false, err
		}
	}
	return toGo, proved, false, nil
}

// quantile returns the q-quantile of all, 0 of none.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	all = slices.Clone(all)
	slices.Sort(all)
	return all[min(int(q*float64(len(all))), len(all)-1)]
}

// minCounts says whether each min_count is ever reached.
func (b *bench) minCounts(of reduced, out *Phase) {
	at, _, lasts := b.beginnings(out.Lasts)
	for _, id := range out.Judged {
		m, t := of.rollout.Metric(id), b.tracks[id]
		if m == nil || t == nil || m.MinCount <= 0 {
			continue
		}
		c := MinCount{Metric: id, Want: m.MinCount}
		reached, all := 0, 0
		if m.Counted {
			for _, begun := range at {
				first, _ := t.At(begun)
				last, _ := t.At(begun.Add(lasts))
				all++
				if last.Total-first.Total >= m.MinCount {
					reached++
				}
			}
		} else {
			for i := max(t.index(b.From), 0); i < len(t.points); i++ {
				all++
				if p := &t.points[i]; p.is&hasCount != 0 && p.count >= m.MinCount {
					reached++
				}
			}
		}
		if all > 0 {
			c.Reached = float64(reached) / float64(all)
		}
		out.MinCounts = append(out.MinCounts, c)
	}
}
