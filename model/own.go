package model

import "time"

// Own names what a metric of the rollout's own past is of: its journal, no source.
type Own string

// OwnRollbacks counts rollbacks that were fired, drills apart. OwnMTTR is the mean time to
// recovery in seconds, from the breach, or where gonogo saw none from firing, until a rollback was verified
// (T0 to T3); while an incident is open its time so far counts. OwnOverrides counts phases entered
// against the gate.
const (
	OwnRollbacks Own = "rollbacks"
	OwnMTTR      Own = "mttr"
	OwnOverrides Own = "overrides"
)

// OwnPast is what a rollout's own metrics are made of, over all of its journal.
type OwnPast struct {
	Rollbacks int           `json:"rollbacks,omitempty"` // fired, drills apart
	Overrides int           `json:"overrides,omitempty"` // phases entered against the gate
	Recovered int           `json:"recovered,omitempty"` // incidents that ended with a verified rollback
	Took      time.Duration `json:"took,omitempty"`      // those incidents, from T0 to T3, together
}

// applyPast counts what a rollout's own metrics are made of.
func applyPast(s State, r Record) State {
	switch e := r.Event.(type) {
	case PhaseEntered:
		if e.Override != "" {
			s.Past.Overrides++
		}
	case PlanFired:
		if p := s.PlanOf(e.Plan); p != nil && p.Plan.Kind == PlanRollback && p.Plan.Drill == "" {
			s.Past.Rollbacks++
		}
	case Recovered:
		from := e.Breach
		if from.IsZero() {
			from = e.Fired
		}
		s.Past.Recovered++
		s.Past.Took += max(e.Verified.Sub(from), 0)
	}
	return s
}

// OwnValue returns the value of what a metric of the rollout's own past is of at now, and in
// words what the value alone does not say.
func (s *State) OwnValue(of Own, now time.Time) (v float64, says string) {
	switch of {
	case OwnRollbacks:
		return float64(s.Past.Rollbacks), ""
	case OwnOverrides:
		return float64(s.Past.Overrides), ""
	}
	n, took := s.Past.Recovered, s.Past.Took
	if i := s.Incident; i.Open() {
		from := i.Breach
		if from.IsZero() {
			from = i.Fired
		}
		n, took, says = n+1, took+max(now.Sub(from), 0), "an incident is still open"
	}
	if n == 0 {
		return 0, "nothing has had to recover yet"
	}
	return took.Seconds() / float64(n), says
}
