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

// TestASteadyHistoryPasses: nothing fires, every start comes to GO in time, and regressions of 2×
// to 5× are seen within the soak.
func TestASteadyHistoryPasses(t *testing.T) {
	rep := rehearse(t, rollout(), map[model.MetricID]*Track{"error": world(4, 10, steady(.003))}, begun.Add(4*24*time.Hour))
	if !rep.Passed || len(rep.Why) > 0 {
		t.Fatalf("not passed: %v", rep.Why)
	}
	p := rep.Phases[0]
	if p.Starts.Share() != 1 || p.False != 0 || p.Shares[model.GO] < .9 || rep.Metrics[0].Coverage < .999 {
		t.Errorf("%+v", p)
	}
	if len(p.Regressions) != 3 {
		t.Fatalf("%d regressions were injected", len(p.Regressions))
	}
	for i, r := range p.Regressions {
		if r.Injected == 0 || r.Missed > 0 || r.Median <= 0 || i > 0 && r.Median > p.Regressions[i-1].Median {
			t.Errorf("%+v", r)
		}
	}
}

// TestAnIncidentFailsUnlessItIsExcepted: the guard would have fired, and what it saw is told.
func TestAnIncidentFailsUnlessItIsExcepted(t *testing.T) {
	share := func(at time.Duration) float64 {
		if at > 30*time.Hour && at < 31*time.Hour {
			return .2
		}
		return .003
	}
	tracks := map[model.MetricID]*Track{"error": world(3, 10, share)}
	rep := rehearse(t, rollout(), tracks, begun.Add(3*24*time.Hour))
	p := rep.Phases[0]
	if rep.Passed || p.False != 1 || len(p.Fires) != 1 || p.Fires[0].Metric != "error" || p.Fires[0].Saw == "" {
		t.Fatalf("passed %v, fires %+v", rep.Passed, p.Fires)
	}
	if at := p.Fires[0].At.Sub(begun); at < 30*time.Hour || at > 31*time.Hour {
		t.Errorf("it fired after %v", at)
	}
	rep = rehearse(t, rollout(), tracks, begun.Add(3*24*time.Hour), Span{From: begun.Add(29 * time.Hour), To: begun.Add(33 * time.Hour)})
	if !rep.Passed || rep.Phases[0].False != 0 {
		t.Errorf("excepted, and not passed: %v", rep.Why)
	}
}

// TestPoorServiceDoesNotPass: at its alert no start comes to GO.
func TestPoorServiceDoesNotPass(t *testing.T) {
	rep := rehearse(t, rollout(), map[model.MetricID]*Track{"error": world(2, 10, steady(.05))}, begun.Add(2*24*time.Hour))
	if rep.Passed || rep.Phases[0].Starts.Reached > 0 {
		t.Errorf("passed %v, %+v", rep.Passed, rep.Phases[0].Starts)
	}
}
