package evidence

import (
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var full = flag.Bool("full", false, "run the simulations at their full size")

// seeded returns a source of random numbers that is the same at each run.
func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(11, n)) }

func mustShare(t testing.TB, q float64) Claim {
	t.Helper()
	c, err := AtMost(q)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustDetect(t testing.TB, c Claim, alpha float64, limit time.Duration) Detector {
	t.Helper()
	d, err := NewDetector(c, alpha, limit)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// eventsToFail returns how many events prove the claim false, each looked at, so
// many of them a minute, after so many at a healthy share; 0 where most do not.
func eventsToFail(d *Detector, r *rand.Rand, healthy int, good, bad float64, perMinute, most int) int {
	s := d.Begin(0)
	for i := range healthy + most {
		p := good
		if i >= healthy {
			p = bad
		}
		k := Counts{Total: 1}
		if r.Float64() < p {
			k.Bad = 1
		}
		d.Look(&s, k, time.Duration(i)*time.Minute/time.Duration(perMinute))
		if s.Proved {
			return max(i-healthy+1, 1)
		}
	}
	return 0
}

func median(v []int) float64 {
	slices.Sort(v)
	return float64(v[len(v)/2])
}

func near(got, want, part float64) bool { return math.Abs(got-want) <= part*math.Abs(want) }

// healthyShare is what the design's reference had before a regression.
const healthyShare = .005

// binomial returns how many of n events are bad when each is with probability p.
func binomial(r *rand.Rand, n int, p float64) float64 {
	if p <= 0 || n <= 0 {
		return 0
	}
	bad := 0
	for i := -1; ; bad++ { // from one bad event to the next
		skip := math.Log(1-r.Float64()) / math.Log1p(-p)
		if skip >= float64(n) {
			return float64(bad)
		}
		if i += 1 + int(skip); i >= n {
			return float64(bad)
		}
	}
}
