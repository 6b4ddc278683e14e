package evidence

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"time"
)

// At p = q exactly, 200,000 events with a look after each, R reaches 100 in at
// most 1.5% of the runs.
func TestTheEdgeOfGoodIsSeldomFailed(t *testing.T) {
	runs := 100
	if *full {
		runs = 2000
	}
	d := mustDetect(t, mustShare(t, .01), .01, day)
	false1 := make([]int, 2)
	var wg sync.WaitGroup
	for half := range false1 {
		wg.Go(func() {
			r := seeded(uint64(half))
			for range runs / 2 {
				if eventsToFail(&d, r, 0, .01, .01, 200, 200_000) > 0 {
					false1[half]++
				}
			}
		})
	}
	wg.Wait()
	failed := false1[0] + false1[1]
	t.Logf("%d of %d runs failed", failed, runs)
	if float64(failed) > max(.015*float64(runs), 2) {
		t.Errorf("%d of %d runs failed, want 1.5%% at most", failed, runs)
	}
}

// Events to FAIL, medians, 100 events a minute, are as the design's within 10%.
func TestEventsToFail(t *testing.T) {
	runs := 500
	if *full {
		runs = 4000
	}
	d := mustDetect(t, mustShare(t, .01), .01, day)
	for _, v := range []struct {
		healthy int
		ratio   float64
		want    float64
	}{{0, 2, 1391}, {0, 3, 436}, {0, 5, 144}, {5000, 2, 2827}, {5000, 3, 938}, {5000, 5, 318}} {
		t.Run(fmt.Sprintf("%vx after %d", v.ratio, v.healthy), func(t *testing.T) {
			r := seeded(uint64(v.healthy) + uint64(v.ratio))
			var took []int
			for range runs {
				n := eventsToFail(&d, r, v.healthy, healthyShare, v.ratio*.01, 100, 1e6)
				if n > 0 {
					took = append(took, n)
				}
			}
			got := median(took)
			t.Logf("median %v events, the design's %v", got, v.want)
			if !near(got, v.want, .10) {
				t.Errorf("median %v events, want %v within 10%%", got, v.want)
			}
		})
	}
}

// What is said before is within 15% of what simulations need.
func TestForeseenEventsAreAsSimulated(t *testing.T) {
	runs := 300
	if *full {
		runs = 2000
	}
	for _, v := range []struct {
		q, alpha  float64
		perMinute int
	}{{.01, .01, 100}, {.01, .01, 6}, {.01, .0005, 1000}, {.05, .01, 100}, {.05, .0005, 100}, {.1, .0001, 600}} {
		d := mustDetect(t, mustShare(t, v.q), v.alpha, day)
		for _, ratio := range ratios[:4] {
			if ratio*v.q >= 1 {
				continue
			}
			r := seeded(uint64(v.perMinute))
			var took []int
			for range runs {
				took = append(took, eventsToFail(&d, r, 0, 0, ratio*v.q, v.perMinute, 1e6))
			}
			got, want := d.ToFail(Traffic{PerSecond: float64(v.perMinute) / 60}, ratio*v.q), median(took)
			if !near(got, want, .15) && math.Abs(got-want) > 2 {
				t.Errorf("%v× of %v at %d a minute, alpha %v: foresees %v events, it took %v", ratio, v.q, v.perMinute, v.alpha, got, want)
			}
		}
	}
}

func TestForeseenEventsAgainstAControlAreAsSimulated(t *testing.T) {
	c, err := AtMostTimes(1.2)
	if err != nil {
		t.Fatal(err)
	}
	d := mustDetect(t, c, .01, day)
	tr := Traffic{PerSecond: 10, ControlPerSecond: 90, ControlShare: .01}
	for _, ratio := range []float64{2, 3, 5} {
		r := seeded(uint64(ratio))
		share := ratio * 1.2 * .01
		var took []int
		for range 300 {
			s := d.Begin(0)
			for i := 1; !s.Proved; i++ {
				d.Look(&s, Counts{binomial(r, 10, share), 10, binomial(r, 90, .01), 90}, time.Duration(i)*time.Second)
			}
			took = append(took, int(s.Counts.Total))
		}
		if got, want := d.ToFail(tr, share), median(took); !near(got, want, .15) {
			t.Errorf("%v×: foresees %v events, it took %v", ratio, got, want)
		}
	}
}

func TestSees(t *testing.T) {
	d := mustDetect(t, mustShare(t, .01), .01, day)
	all, n, first := d.Sees(Traffic{PerSecond: 1}, 20*time.Minute)
	for _, s := range all[:n] {
		t.Logf("%v× after %v events, %v", s.Ratio, s.Events, s.After)
	}
	if n != 5 || all[first].Ratio != 3 || all[first].After > 20*time.Minute || all[first-1].After <= 20*time.Minute {
		t.Errorf("the smallest regression seen in 20 minutes is %d of %+v", first, all[:n])
	}
	if _, n, first := d.Sees(Traffic{}, time.Hour); first != n {
		t.Error("without traffic something is seen")
	}
	a, _ := AcceptShare(.01, .05, .05)
	if need, such := a.ToGo(&Accepting{}, Traffic{}, .2); such || need != 73 {
		t.Errorf("to GO at a share of 20%%: %v events, such %v", need, such)
	}
	b, _ := AcceptTimes(1, 2, .05)
	if need, _ := b.ToGo(&Accepting{}, Traffic{PerSecond: 1}, .01); !math.IsInf(need, 1) {
		t.Errorf("without a control's events GO takes %v events", need)
	}
}
