package rehearse

import (
	"time"

	"gonogo/model"
	"gonogo/model/gate"
)

// feed is one metric's readings, as they are handed to a keeper.
type feed struct {
	id    model.MetricID
	track *Track
	last  int
}

// stay is one attempt on the recorded clock.
type stay struct {
	reduced
	keeper  *gate.Keeper
	state   model.State
	feeds   []feed
	verdict model.Verdict
	soak    time.Duration
	step    time.Duration
	alter   func(id model.MetricID, r model.Reading) model.Reading // nil: readings are as recorded

	armed time.Time // the guard is; zero: it is not
	spent bool      // it fired in this attempt
	stood int       // how often it was armed for a failure that was over before it fired
}

// begin begins an attempt at at: the gate was judged before, and then the phase is
// entered, as it is live.
func (b *bench) begin(of reduced, at time.Time) (*stay, error) {
	keeper, err := gate.NewKeeper(of.rollout)
	if err != nil {
		return nil, err
	}
	s := &stay{reduced: of, keeper: keeper, step: b.step}
	for i := range of.rollout.Metrics {
		id := of.rollout.Metrics[i].ID
		if t := b.tracks[id]; t != nil {
			s.feeds = append(s.feeds, feed{id: id, track: t, last: -1})
		}
	}
	s.state.Baselines = b.Baselines
	before := at.Add(-b.step)
	s.read(before)
	keeper.Judge(&s.state, before, 0)
	s.state = Entered(of.phase.ID, at, of.flips, b.Baselines)
	keeper.Begin(&s.state)
	return s, nil
}

// Entered returns the state of a rollout that enters a phase at at. Where the phase flips
// flags that is a change of the service.
func Entered(id model.PhaseID, at time.Time, flips bool, baselines map[model.MetricID]model.Baseline) model.State {
	s := model.State{Phase: id, Baselines: baselines, Attempts: []model.Attempt{{Phase: id, N: 1, Entered: at, Seq: 1}}}
	if flips {
		s.Changed = model.ServiceChange{Seq: 1, At: at, What: "entering " + string(id)}
	}
	return s
}

func (s *stay) read(now time.Time) {
	for i := range s.feeds {
		f := &s.feeds[i]
		at := f.track.index(now)
		if at < 0 || at == f.last {
			continue
		}
		f.last = at
		r, _ := f.track.At(now)
		if s.alter != nil {
			r = s.alter(f.id, r)
		}
		s.keeper.Read(f.id, r)
	}
}

// look looks at everything at now, a step after the look before.
func (s *stay) look(now time.Time) {
	s.read(now)
	looked := s.keeper.Look(&s.state, &s.state, s.verdict, s.soak, now, s.step)
	s.verdict, s.soak = looked.Verdict, looked.Soak
}

// fires lets the guard see the last look, and reports whether it rolls back. It arms
// for what it watches, stands down when that is over, and when its countdown
// is over waits for the last word, as the engine's does.
func (s *stay) fires(now time.Time) bool {
	g, failing := s.rollout.Guard, s.verdict.Breach
	switch {
	case g == nil || g.Mode == model.GuardOff || s.spent:
		return false
	case failing == "":
		if !s.armed.IsZero() {
			s.armed = time.Time{}
			s.stood++
		}
		return false
	case s.armed.IsZero():
		s.armed = now
	}
	if now.Sub(s.armed) < g.Countdown {
		return false
	}
	confirms, asked := s.keeper.LastWord(failing)
	s.spent = confirms || !asked
	return s.spent
}
