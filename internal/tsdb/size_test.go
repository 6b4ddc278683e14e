package tsdb

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// TestTheOldestGoesForSize: of more than its size the database keeps the newest, and Oldest tells from when.
func TestTheOldestGoesForSize(t *testing.T) {
	s, err := OpenSamples(t.TempDir(), Options{Keep: 90 * 24 * time.Hour, Size: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	random := rand.New(rand.NewPCG(1, 2))
	began := time.Now().Add(-60 * 24 * time.Hour).Truncate(time.Hour)
	for at := began; at.Before(time.Now()); at = at.Add(time.Minute) {
		samples := make([]Sample, 8)
		for i := range samples {
			samples[i] = Sample{Series{"m" + strconv.Itoa(i), "value"}, at.UnixMilli(), random.Float64()}
		}
		if err := s.Write(samples); err != nil {
			t.Fatal(err)
		}
	}
	tick, deadline := time.NewTicker(20*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for { // the database compacts by itself
		if first, known := s.Oldest(); known && first.After(began.Add(24*time.Hour)) {
			break
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("nothing went")
		}
	}
	newest := time.Time{}
	if err := s.Each(t.Context(), Series{"m0", "value"}, time.Now().Add(-time.Hour), time.Now(), func(at time.Time, _ float64) bool { newest = at; return true }); err != nil || time.Since(newest) > 2*time.Minute {
		t.Errorf("the newest is of %v: %v", newest, err)
	}
}
