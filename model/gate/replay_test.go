package gate

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"gonogo/model/evidence"
)

var full = flag.Bool("full", false, "replay many more flights")

const day = 24 * time.Hour

// world is a flight: what share of the events is bad, and how many come.
type world struct {
	name    string
	length  time.Duration
	turns   time.Duration // when it goes bad; the length where it never does
	every   time.Duration // between looks
	share   func(at time.Duration) float64
	control func(at time.Duration) float64 // share of a concurrent control with 9 times the traffic; nil for none
	traffic func(at time.Duration) float64 // times the world's rate; nil for once
	parts   int                            // tenants of equal size; the first of them goes bad
	fleet   func(at time.Duration) int     // processes that run; nil: that is not told
}

func always(p float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return p }
}

// step goes from one share to another for some time.
func step(from, to float64, at, long time.Duration) func(time.Duration) float64 {
	return func(t time.Duration) float64 {
		if t > at && t <= at+long {
			return to
		}
		return from
	}
}

func worlds() []world {
	const look = 15 * time.Second
	w := []world{
		{name: "steady at 0.5%", length: 6 * time.Hour, turns: 6 * time.Hour, every: look, share: always(.005)},
		{name: "steady at 0.9%", length: 6 * time.Hour, turns: 6 * time.Hour, every: time.Second, share: always(.009)},
	}
	for _, ratio := range []float64{2, 3, 5, 10} {
		w = append(w, world{
			name: fmt.Sprintf("step to %v×", ratio), length: 2 * time.Hour, turns: time.Hour, every: look,
			share: step(.005, ratio*.01, time.Hour, day),
		})
	}
	burn := func(t time.Duration) float64 { return .005 + .045*max(0, (t-time.Hour).Hours()/2) }
	drift := func(t time.Duration) float64 { return .005 + .025*min(1, t.Hours()) }
	return append(
		w,
		world{name: "30 s spike of 50%", length: 2 * time.Hour, turns: 2 * time.Hour, every: look, share: step(.005, .5, time.Hour, 30*time.Second)},
		world{name: "slow burn to 5% in 2 h", length: 3 * time.Hour, turns: time.Hour + 14*time.Minute, every: look, share: burn},
		world{name: "drift of both to 3%", length: 3 * time.Hour, turns: 3 * time.Hour, every: look, share: drift, control: drift},
		world{name: "canary 3× its control", length: 2 * time.Hour, turns: time.Hour, every: look, share: step(.005, .015, time.Hour, day), control: always(.005)},
		world{name: "one bad tenant of 100", length: 3 * time.Hour, turns: time.Hour, every: look, share: step(.003, .5, time.Hour, day), parts: 100},
		world{name: "half a fleet gone", length: 2 * time.Hour, turns: 2 * time.Hour, every: look, share: always(.005), traffic: step(1, .5, time.Hour, day),
			fleet: func(at time.Duration) int { return int(step(8, 4, time.Hour, day)(at)) }},
	)
}

// flight is what came of one run.
type flight struct {
	rolled  time.Duration // when it was rolled back, 0 where it was not
	goes    int           // looks with GO
	looks   int           // from the first GO on
	flips   int           // GO that was lost
	firstGo time.Duration
}

// fly plays a world once to each contender.
func (w *world) fly(r *rand.Rand, rate float64, all []contender) []flight {
	out, going := make([]flight, len(all)), make([]bool, len(all))
	parts := make([]evidence.Counts, w.parts)
	for at := w.every; at <= w.length; at += w.every {
		sum := w.draw(r, rate, at, parts)
		for i, p := range all {
			f := &out[i]
			if f.rolled > 0 {
				continue
			}
			roll, goes := p.look(sum, parts, at)
			if goes && f.firstGo == 0 {
				f.firstGo = at
			}
			if f.firstGo > 0 {
				f.looks++
			}
			if goes {
				f.goes++
			} else if going[i] {
				f.flips++
			}
			going[i] = goes
			if roll {
				f.rolled = at
			}
		}
	}
	return out
}

// draw returns what comes between two looks, and fills in parts.
func (w *world) draw(r *rand.Rand, rate float64, at time.Duration, parts []evidence.Counts) (sum evidence.Counts) {
	mean := rate * w.every.Seconds()
	if w.traffic != nil {
		mean *= w.traffic(at)
	}
	if w.parts > 0 {
		for i := range parts {
			share := .003
			if i == 0 {
				share = w.share(at)
			}
			n := poisson(r, mean/float64(w.parts))
			parts[i] = evidence.Counts{Bad: binomial(r, n, share), Total: float64(n)}
			sum = sum.Plus(parts[i])
		}
		return sum
	}
	n := poisson(r, mean)
	sum = evidence.Counts{Bad: binomial(r, n, w.share(at)), Total: float64(n)}
	if w.control != nil {
		m := poisson(r, 9*mean)
		sum.ControlBad, sum.ControlTotal = binomial(r, m, w.control(at)), float64(m)
	}
	return sum
}

// score sums up the flights of one contender in one world.
type score struct {
	runs, wrong, caught int // rolled back before it went bad, and after
	after, firstGo      []int
	goes, flips, hours  float64 // of the time from the first GO on
}

func (t *score) add(w *world, f flight) {
	t.runs++
	switch {
	case f.rolled > w.turns:
		t.caught++
		t.after = append(t.after, int((f.rolled - w.turns).Seconds()))
	case f.rolled > 0:
		t.wrong++
	}
	if f.firstGo > 0 {
		t.firstGo = append(t.firstGo, int(f.firstGo.Seconds()))
	}
	t.goes += float64(f.goes) / float64(max(f.looks, 1))
	t.flips += float64(f.flips)
	t.hours += (time.Duration(f.looks) * w.every).Hours()
}

func (t *score) percent(n int) float64 { return 100 * float64(n) / float64(t.runs) }

func (t *score) String() string {
	s := fmt.Sprintf("wrong %5.1f%%", t.percent(t.wrong))
	if t.caught > 0 {
		s += fmt.Sprintf("  caught %5.1f%% in %4.0f s", t.percent(t.caught), median(t.after))
	}
	return s
}

func (t *score) while(w *world) string {
	if w.turns < w.length {
		return ""
	}
	first := 0.0
	if len(t.firstGo) > 0 {
		first = median(t.firstGo)
	}
	return fmt.Sprintf("  first GO after %3.0f s, GO %5.1f%% from then on, lost %.2f times/h", first, 100*t.goes/float64(len(t.firstGo)), t.flips/t.hours)
}

// TestReplay plays worlds to the gate with its guard, and to the default rules of Argo
// Rollouts and Flagger, and prints the table of docs/gates.md (-v).
func TestReplay(t *testing.T) {
	runs := 8
	if *full {
		runs = 400
	}
	for wi, w := range worlds() {
		if !*full && w.every < 15*time.Second {
			w.every = 15 * time.Second
		}
		for _, rate := range []float64{1, 10, 100} {
			var scores [3]score
			var mu sync.Mutex
			var wg sync.WaitGroup
			for half := range 2 {
				wg.Go(func() {
					r := rand.New(rand.NewPCG(11, uint64(wi*1000)+uint64(rate*2)+uint64(half)))
					for range runs / 2 {
						all := []contender{newGonogo(t, &w), &rival{}, &rival{allowed: 4}}
						flights := w.fly(r, rate, all)
						mu.Lock()
						for i, f := range flights {
							scores[i].add(&w, f)
						}
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			t.Logf("%-22s %3v/s | gonogo %v%s | Argo %v | Flagger %v", w.name, rate, &scores[0], scores[0].while(&w), &scores[1], &scores[2])
			judgeReplay(t, &w, rate, &scores[0])
		}
	}
}

// judgeReplay holds gonogo to what docs/gates.md promises.
func judgeReplay(t *testing.T, w *world, rate float64, g *score) {
	slack := 1.0 // few runs show little
	if !*full {
		slack = 25
	}
	spike := w.name == "30 s spike of 50%"
	if most := .5 * slack; g.percent(g.wrong) > most && !(spike && rate < 10) {
		t.Errorf("%s at %v/s: %.1f%% rolled back wrongly", w.name, rate, g.percent(g.wrong))
	}
	if w.turns < w.length && rate >= 10 && g.percent(g.caught) < 100-slack && w.parts == 0 {
		t.Errorf("%s at %v/s: only %.1f%% caught", w.name, rate, g.percent(g.caught))
	}
	if w.name == "steady at 0.9%" && *full && (100*g.goes/float64(len(g.firstGo)) < 97 || g.flips/g.hours > .4) {
		t.Errorf("%s at %v/s: GO %.1f%% of the time, lost %.2f times an hour", w.name, rate, 100*g.goes/float64(len(g.firstGo)), g.flips/g.hours)
	}
}

func median(v []int) float64 {
	slices.Sort(v)
	return float64(v[len(v)/2])
}
