package evidence

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// split plays looks of n events each, of which a share gets the variant, until something is
// proved; it returns after how many events, +Inf for never.
func split(t testing.TB, asked, share float64, n, looks int, seed uint64) (off, met float64) {
	t.Helper()
	m, err := NewMismatch(asked, .01, .05)
	if err != nil {
		t.Fatal(err)
	}
	off, met = math.Inf(1), math.Inf(1)
	random := rand.New(rand.NewPCG(seed, 5))
	var s Matching
	for i := range looks {
		c := Counts{Total: float64(n)}
		for range n {
			if random.Float64() < share {
				c.Bad++
			}
		}
		m.Look(&s, c, time.Duration(i)*time.Second)
		if s.Off {
			off = min(off, float64((i+1)*n))
		}
		if s.Met {
			met = min(met, float64((i+1)*n))
		}
	}
	return off, met
}

// TestAMismatchIsSeen: what was asked and a little beside it is met, and what is off is
// proved, soon where it is far.
func TestAMismatchIsSeen(t *testing.T) {
	for name, c := range map[string]struct {
		asked, share float64
		off, met     float64 // in so many events at the median; 0: in no run of 60
	}{
		"as asked":        {asked: .1, share: .1, met: 800},
		"tolerated":       {asked: .1, share: .108, met: 1500},
		"10% is 14.2%":    {asked: .1, share: .142, off: 4000},
		"10% is 20%":      {asked: .1, share: .2, off: 500},
		"10% is 5%":       {asked: .1, share: .05, off: 2500},
		"10% is nothing":  {asked: .1, share: 0, off: 200},
		"50% is 60%":      {asked: .5, share: .6, off: 2500},
		"50%":             {asked: .5, share: .5, met: 200},
		"nobody":          {asked: 0, share: 0, met: 350},
		"not quite none":  {asked: 0, share: .001, off: 3000},
		"everyone":        {asked: 1, share: 1, met: 350},
		"not quite all":   {asked: 1, share: .999, off: 3000},
		"one in a 1000":   {asked: .001, share: .001, met: 1000},
		"one in a 1000 5": {asked: .001, share: .02, off: 500},
	} {
		t.Run(name, func(t *testing.T) {
			var offs, mets []float64
			for seed := range uint64(60) {
				off, met := split(t, c.asked, c.share, 20, 400, seed)
				offs, mets = append(offs, off), append(mets, met)
			}
			slices.Sort(offs)
			slices.Sort(mets)
			if c.off == 0 && !math.IsInf(offs[1], 1) || c.off > 0 && offs[30] > c.off {
				t.Errorf("off after %v events, wanted %v", offs[30], c.off)
			}
			if c.met > 0 && mets[30] > c.met {
				t.Errorf("met after %v events, wanted %v", mets[30], c.met)
			}
		})
	}
}

// TestAMismatchIsSeldomInvented: however often one looks, at the edge of what is tolerated.
func TestAMismatchIsSeldomInvented(t *testing.T) {
	wrong := 0
	for seed := range uint64(1000) {
		if off, _ := split(t, .1, .11, 5, 600, seed); !math.IsInf(off, 1) {
			wrong++
		}
	}
	if wrong > 10 {
		t.Errorf("%d of 1000 runs, wanted at most 1%%", wrong)
	}
}

// TestAMismatchEnds: when the events since show that it is over.
func TestAMismatchEnds(t *testing.T) {
	m, err := NewMismatch(.1, .01, .05)
	if err != nil {
		t.Fatal(err)
	}
	var s Matching
	m.Look(&s, Counts{Bad: 500, Total: 1000}, time.Second)
	if !s.Off {
		t.Fatal("half is no tenth")
	}
	m.Look(&s, Counts{Bad: 50, Total: 100}, time.Second)
	if m.Look(&s, Counts{Bad: 10, Total: 100}, time.Second); !s.Off {
		t.Error("a hundred events do not end it")
	}
	for range 200 {
		m.Look(&s, Counts{Bad: 10, Total: 100}, time.Second)
	}
	if s.Off || !s.Met {
		t.Errorf("a tenth of 20,000: %+v", s)
	}
}

// TestMatchingIsKept: whatever comes, it is a plain number, and the same after a restart.
func TestMatchingIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		asked := rapid.SampledFrom([]float64{0, 1e-12, .001, .1, .5, .9, 1 - 1e-12, 1}).Draw(t, "asked")
		m, err := NewMismatch(asked, .01, .05)
		if err != nil {
			t.Fatal(err)
		}
		var s Matching
		for range rapid.IntRange(1, 20).Draw(t, "looks") {
			k := Counts{Bad: rapid.Float64().Draw(t, "bad"), Total: rapid.Float64().Draw(t, "total")}
			m.Look(&s, k, 0)
			if l := m.Log(s.Counts); math.IsNaN(l) || math.IsInf(l, 0) {
				t.Fatalf("log %v of %+v", l, s)
			}
			text, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			var again Matching
			if err := json.Unmarshal(text, &again); err != nil || again != s {
				t.Fatalf("%v: %+v and %+v", err, s, again)
			}
		}
	})
}
