package model

import "time"

// ReportKind is what a report is about, as in `gonogo report --KIND`.
type ReportKind string

// The reports that are sent by themselves.
const (
	ReportDaily    ReportKind = "daily"
	ReportWeekly   ReportKind = "weekly"
	ReportPhase    ReportKind = "phase"    // when one was left for the next
	ReportIncident ReportKind = "incident" // when a rollback was verified
	ReportFinal    ReportKind = "final"    // when the last phase's gate first comes to GO
)

// ReportSpec is a report that is written and sent by itself.
type ReportSpec struct {
	Kind   ReportKind    `json:"kind"`
	At     time.Duration `json:"at,omitempty"`   // of a daily or weekly one: since midnight, of a weekly one since Monday, in Zone
	Zone   string        `json:"zone,omitempty"` // empty: UTC
	Notify []ActionID    `json:"notify"`
}

// ReportMade: a report was written, or could not be.
type ReportMade struct {
	Kind  ReportKind `json:"kind"`
	Of    time.Time  `json:"of"` // what it was due at
	Phase PhaseID    `json:"phase,omitempty"`
	Path  string     `json:"path,omitempty"`
	Err   string     `json:"err,omitempty"`
}

func (ReportMade) event() {}

func applyReport(s State, e ReportMade) State {
	s.Reports = with(s.Reports, e.Kind, e.Of)
	return s
}

// ReportDue returns when the report of spec was due last, up to now, and the phase that it is of;
// false: it never was, or was made already. Nothing is due before the first phase was entered.
func (s *State) ReportDue(r *Rollout, spec *ReportSpec, now time.Time) (at time.Time, phase PhaseID, due bool) {
	if len(s.Attempts) == 0 {
		return at, "", false
	}
	began := s.Attempts[0].Entered
	switch spec.Kind {
	case ReportDaily, ReportWeekly:
		at = spec.last(now)
	case ReportPhase:
		for i := len(s.Attempts) - 1; i >= 0; i-- {
			if a := &s.Attempts[i]; !a.Left.IsZero() && !a.Back {
				at, phase = a.Left, a.Phase
				break
			}
		}
	case ReportIncident:
		if s.Incident != nil {
			at = s.Incident.Verified
		}
	case ReportFinal:
		if n := len(r.Phases); n > 0 && s.Phase == r.Phases[n-1].ID && s.Headline == GO && s.Attempt() != nil {
			at = s.Attempt().Entered // once an attempt
		}
	}
	return at, phase, !at.IsZero() && !at.Before(began) && at.After(s.Reports[spec.Kind])
}

// last returns the last time up to now that a daily or weekly report is due at.
func (spec *ReportSpec) last(now time.Time) time.Time {
	zone, err := time.LoadLocation(spec.Zone)
	if err != nil { // the config was checked on a machine that knew it
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date()
	clock, every := spec.At, 1
	if spec.Kind == ReportWeekly {
		every = 7
		d -= (int(now.In(zone).Weekday()) + 6) % 7 // this week's Monday
		d += int(clock / (24 * time.Hour))
		clock %= 24 * time.Hour
	}
	at := time.Date(y, m, d, int(clock/time.Hour), int(clock/time.Minute)%60, 0, 0, zone)
	if at.After(now) {
		at = time.Date(y, m, d-every, int(clock/time.Hour), int(clock/time.Minute)%60, 0, 0, zone)
	}
	return at.UTC()
}
