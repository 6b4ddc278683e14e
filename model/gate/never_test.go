package gate

import (
	"errors"
	"math"
	"testing"
	"time"

	"gonogo/model"

	"pgregory.net/rapid"
)

// skeptic is a rollout with everything a gate can ask for, and what it takes
// to be sure of it, in other words than the gate's own.
type skeptic struct {
	r        *model.Rollout
	k        *Keeper
	state    model.State
	now      time.Time
	readings map[model.MetricID]model.Reading
	held     map[model.MetricID]time.Duration // the target was seen to hold, all the time
	clean    map[model.MetricID]float64       // events counted since the last change
	counted  model.Reading                    // up to here
	told     time.Time                        // a person read crash since the last change; zero: nobody did
}

// skepticRollout asks for everything that can be asked for.
func skepticRollout(t testing.TB) *model.Rollout {
	plain, thin, counted, relative, counts, whole := *errorMetric(t), *errorMetric(t), *errorMetric(t), *errorMetric(t), *errorMetric(t), *errorMetric(t)
	plain.ID, plain.For, plain.Settle = "plain", time.Minute, 2*time.Minute
	thin.ID, thin.MinCount = "thin", 100
	counted.ID, counted.Counted, counted.Recent, counted.Settle, counted.Waits = "counted", true, 15*time.Minute, time.Minute, true
	relative.ID, relative.Target, relative.Alert = "relative", target(t, "<= 1.2 * plain", model.Ratio), nil
	counts.ID, counts.Unit, counts.EmptyZero = "counts", model.Count, true
	counts.Target, counts.Alert = target(t, "== 0", model.Count), target(t, "> 3", model.Count)
	whole.ID, whole.Expr, whole.Target, whole.Alert = "whole", "max(plain, thin)", target(t, "< 2%", model.Ratio), nil
	crash := *errorMetric(t)
	crash.ID, crash.Read, crash.StaleAfter = "crash", &model.PeopleRead{Every: 5 * time.Minute}, 5*time.Minute
	return &model.Rollout{Metrics: []model.Metric{plain, thin, counted, relative, counts, whole, crash}, Phases: []model.Phase{{
		ID: "ten", Soak: time.Minute, Gate: []model.MetricID{"plain", "thin", "counted", "relative", "counts", "whole", "crash"},
		Checks: []model.Check{{ID: "word"}, {ID: "daily", Every: time.Hour}, {ID: "suite", Kind: model.CheckRun, Every: time.Hour}, {ID: "lag", Kind: model.CheckMetric, Metric: "plain"}},
	}}}
}

func newSkeptic(r *model.Rollout) *skeptic {
	k, err := NewKeeper(r)
	if err != nil {
		panic(err)
	}
	return &skeptic{
		r: r, k: k, now: t0, state: model.State{Phase: "ten", Checks: map[model.CheckID]model.CheckState{}},
		readings: map[model.MetricID]model.Reading{}, held: map[model.MetricID]time.Duration{}, clean: map[model.MetricID]float64{},
	}
}

// happen lets something happen to the world, mostly something good, so that
// some sequences do come to GO.
func (s *skeptic) happen(rt *rapid.T) {
	if rapid.IntRange(0, 19).Draw(rt, "change") == 0 {
		s.state.Changed = model.ServiceChange{Seq: s.state.Changed.Seq + 1, At: s.now, What: "real is true"}
		s.told = time.Time{}
		clear(s.held)
		clear(s.clean)
	}
	bad := rapid.IntRange(0, 3).Draw(rt, "luck") == 0 // an unlucky moment: anything may go wrong
	s.tell(rt, bad)
	for i := range s.r.Metrics {
		m := &s.r.Metrics[i]
		if m.Read != nil || m.Expr != "" || bad && rapid.IntRange(0, 2).Draw(rt, "answers") == 0 {
			continue
		}
		r := model.Reading{At: s.now, Count: 200, HasCount: true, Counted: true, Bad: s.readings[m.ID].Bad, Total: s.readings[m.ID].Total + 60}
		if m.Unit == model.Ratio {
			r.Value = 0.004
		}
		if bad {
			one := drawReading(rt, s.now)
			one.Counted, one.Bad, one.Total = rapid.Bool().Draw(rt, "counts"), r.Bad, r.Total
			if rapid.Bool().Draw(rt, "fails") {
				one.Bad += 30
			}
			r = one
		}
		s.readings[m.ID] = r
		s.k.Read(m.ID, r)
	}
	for _, c := range s.r.Phases[0].Checks {
		if rapid.IntRange(0, 4).Draw(rt, "signs") > 0 {
			s.state.Checks[c.ID] = model.CheckState{At: s.now.Add(-time.Duration(rapid.IntRange(0, 90).Draw(rt, "signed")) * time.Minute), Failed: rapid.IntRange(0, 9).Draw(rt, "failed") == 0}
		}
	}
}

// tell has a person read crash, now and then, and hands what the state knows to the keeper.
func (s *skeptic) tell(rt *rapid.T, bad bool) {
	if rapid.IntRange(0, 3).Draw(rt, "reads") == 0 {
		got := model.PersonReading{Value: .002, Unit: model.Ratio, At: s.now, Seq: s.state.Changed.Seq, By: model.Actor{Name: "vp"}}
		if bad {
			got.Value, got.Unit = model.Float(rapid.SampledFrom([]float64{.002, .02, .2, math.NaN(), math.Inf(1)}).Draw(rt, "read")), rapid.SampledFrom([]model.Unit{model.Ratio, model.Seconds}).Draw(rt, "unit")
		}
		was := s.state.Readings
		s.state.Readings = map[model.MetricID]model.PersonReading{"crash": got}
		if _, ok := s.state.ReadBy(s.r.Metric("crash")); ok {
			s.told = s.now
		} else { // the engine refuses such a reading
			s.state.Readings = was
		}
	}
	if r, ok := s.state.ReadBy(s.r.Metric("crash")); ok {
		s.k.Read("crash", r)
	}
}

// sure reports whether metric id has a fresh, sufficient reading that is where it should be.
func (s *skeptic) sure(id model.MetricID) bool {
	m := s.r.Metric(id)
	if id == "crash" {
		got := s.state.Readings[id]
		return !s.told.IsZero() && s.now.Sub(s.told) <= m.StaleAfter && got.Value < .01
	}
	r, have := s.readings[id]
	v, sampled := r.Value, r.SampleAt
	if sampled.IsZero() {
		sampled = r.At
	}
	zero := m.EmptyZero && r.Traffic == model.TrafficFlows && (errors.Is(r.Err, model.ErrEmpty) && !errors.Is(r.Err, model.ErrCollecting) || errors.Is(r.Err, model.ErrNoSeries))
	if zero {
		v, sampled = 0, r.At
	}
	if id == "counted" { // its events alone decide, as long as they come
		v = 0
		zero = r.Err == nil || r.Counted && r.Traffic == model.TrafficFlows && !errors.Is(r.Err, model.ErrCollecting) && (errors.Is(r.Err, model.ErrEmpty) || errors.Is(r.Err, model.ErrNoSeries))
		if r.Ended || !zero {
			return false
		}
	}
	switch {
	case !have, r.Err != nil && !zero, r.Ended && !zero, math.IsNaN(v), math.IsInf(v, 0):
		return false
	case s.now.Sub(sampled) > m.StaleAfter, sampled.Sub(s.now) > m.StaleAfter, s.now.Sub(r.At) > m.StaleAfter:
		return false
	case m.MinCount > 0 && (!r.HasCount || math.IsNaN(r.Count) || r.Count < m.MinCount):
		return false
	case !s.state.Changed.At.IsZero() && s.now.Sub(s.state.Changed.At) < m.Settle:
		return false
	}
	switch id {
	case "counts":
		return v == 0
	case "relative":
		return s.sure("plain") && v <= 1.2*s.readings["plain"].Value
	case "counted":
		return s.clean[id] >= 73
	}
	return v < 0.01
}

// watch counts what the skeptic must have seen for as long as it is asked for.
func (s *skeptic) watch(dt time.Duration) {
	if s.sure("plain") {
		s.held["plain"] += dt
	} else {
		s.held["plain"] = 0
	}
	if is := s.readings["counted"]; is.At.After(s.counted.At) && is.Counted && is.Err == nil {
		s.clean["counted"] += is.Total - s.counted.Total
		s.counted = is
	}
}

func (s *skeptic) certain() (bool, string) {
	for _, id := range s.r.Phases[0].Gate {
		switch {
		case id == "whole":
			if !s.sure("plain") && !s.usable("plain") || !s.sure("thin") && !s.usable("thin") || math.Max(s.readings["plain"].Value, s.readings["thin"].Value) >= .02 {
				return false, string(id)
			}
		case !s.sure(id):
			return false, string(id)
		}
	}
	if s.held["plain"] < time.Minute {
		return false, "plain has not held for long enough"
	}
	for _, c := range s.r.Phases[0].Checks {
		got, signed := s.state.Checks[c.ID]
		if c.Kind != model.CheckMetric && (!signed || got.Failed || c.Every > 0 && s.now.Sub(got.At) >= c.Every) {
			return false, string(c.ID)
		}
	}
	return true, ""
}

func (s *skeptic) usable(id model.MetricID) bool {
	_, ok := Usable(s.r.Metric(id), s.readings[id], true, s.now)
	return ok
}

// TestGoIsCertain: whatever happens, in whatever order, the gate says GO only
// where a skeptic, who counts in his own way, would.
func TestGoIsCertain(t *testing.T) {
	gos, r := 0, skepticRollout(t)
	rapid.Check(t, func(rt *rapid.T) {
		s := newSkeptic(r)
		var v model.Verdict
		var soak time.Duration
		for range rapid.IntRange(1, 24).Draw(rt, "steps") {
			dt := time.Duration(rapid.IntRange(0, 90).Draw(rt, "dt")) * time.Second
			s.now = s.now.Add(dt)
			if v.Healthy {
				soak += dt
			}
			s.happen(rt)
			s.k.Judge(&s.state, s.now, dt)
			s.watch(dt)
			v = Decide(s.r, &s.state, s.k.Line, soak, s.now, v)
			if v.Headline != model.GO {
				continue
			}
			gos++
			if ok, why := s.certain(); !ok || soak < time.Minute {
				rt.Fatalf("the gate says GO, but %s (soak %v): %+v", why, soak, s.readings)
			}
		}
	})
	if gos == 0 {
		t.Error("no sequence came to GO: the test shows nothing")
	}
	t.Logf("%d times GO", gos)
}
