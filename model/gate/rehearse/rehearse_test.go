package rehearse

import (
	"math/rand/v2"
	"testing"
	"time"

	"gonogo/model"
)

var begun = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func random(seed uint64) func() float64 { return rand.New(rand.NewPCG(seed, 1)).Float64 }

// rollout returns one with a phase whose gate is a counted error share, guarded.
func rollout() *model.Rollout {
	return &model.Rollout{
		ID: "r",
		Metrics: []model.Metric{{
			ID: "error", Unit: model.Ratio, Counted: true, Every: 15 * time.Second, StaleAfter: 2 * time.Minute, Recent: 15 * time.Minute,
			Target: &model.Target{Op: "<", Value: 0.01, Text: "< 1%"}, Alert: &model.Target{Op: ">", Value: 0.05, Text: "> 5%"},
		}},
		Phases: []model.Phase{{ID: "half", Soak: 30 * time.Minute, Limit: 12 * time.Hour, Gate: []model.MetricID{"error"}}},
		Guard:  &model.Guard{Mode: model.GuardArmed, On: []model.MetricID{"error"}, Countdown: time.Minute},
	}
}

// world makes the history of a service with so many events a second, of which share is bad.
func world(days float64, perSecond float64, share func(at time.Duration) float64) *Track {
	t := NewTrack(begun, 15*time.Second)
	next := random(7)
	bad, total := 0.0, 0.0
	for i := range int(days * 24 * 240) {
		at := time.Duration(i) * t.Every
		n := perSecond * 15
		total += n
		bad += binomial(n, share(at), next)
		t.Add(model.Reading{At: begun.Add(at), SampleAt: begun.Add(at), Value: share(at), Bad: bad, Total: total, Counted: true})
	}
	return t
}

func steady(share float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return share }
}

func rehearse(t testing.TB, r *model.Rollout, tracks map[model.MetricID]*Track, to time.Time, except ...Span) Report {
	t.Helper()
	var phases []*model.Phase
	for i := range r.Phases {
		phases = append(phases, &r.Phases[i])
	}
	rep, err := Rehearse(r, phases, tracks, Options{From: begun, To: to, Except: except, Random: random})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func TestBig(t *testing.T) {
	r := rollout()
	now := time.Now()
	tr := world(30, 10, steady(0.003))
	t.Log(time.Since(now))
	now = time.Now()
	rep := rehearse(t, r, map[model.MetricID]*Track{"error": tr}, begun.Add(30*24*time.Hour))
	t.Logf("%v %+v", time.Since(now), rep)
}
