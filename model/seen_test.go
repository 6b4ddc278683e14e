package model

import (
	"testing"
	"time"
)

// TestVerdictAt: what was GO once is not GO for ever.
func TestVerdictAt(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := &Rollout{Metrics: []Metric{{ID: "error", StaleAfter: time.Minute, Every: time.Second}}}
	good := Snapshot{At: at, Rollout: r, Gate: Verdict{Headline: GO, Worst: Pass, Passed: 1, Healthy: true, Lines: []Line{{Metric: "error", Title: "Errors", State: Pass, SampleAt: at}}}}
	if v := good.VerdictAt(at.Add(time.Minute)); v.Headline != GO || !v.Healthy {
		t.Errorf("fresh: %+v", v)
	}
	v := good.VerdictAt(at.Add(2 * time.Minute))
	if v.Headline != Unknown || v.Worst != Stale || v.Passed != 0 || v.Healthy || v.Reasons[0] != "Errors: no newer sample came" {
		t.Errorf("old: %+v", v)
	}
	if good.Gate.Lines[0].State != Pass {
		t.Error("the snapshot was changed")
	}
	lost := good
	lost.Lost = "taking over"
	if v := lost.VerdictAt(at); v.Headline != Unknown || v.Healthy {
		t.Errorf("without an engine: %+v", v)
	}
	if v := (&Snapshot{}).VerdictAt(at); v.Headline != Unknown {
		t.Errorf("no verdict yet: %+v", v)
	}
}
