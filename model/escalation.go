package model

import (
	"slices"
	"time"
)

// Contact is somebody to turn to; all inert.
type Contact struct {
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
	How  string `json:"how,omitempty"` // a text or an address
}

// Condition is something that calls for people.
type Condition string

// OnBreach: something that was measured is at fault, and no GO and no verified rollback came
// since. OnOverdue: the phase is past its limit. OnUnverified: a rollback ended, and was not confirmed.
const (
	OnBreach     Condition = "breach"
	OnOverdue    Condition = "overdue"
	OnUnverified Condition = "not verified"
)

// Conditions are all of them, the gravest first.
func Conditions() []Condition { return []Condition{OnUnverified, OnBreach, OnOverdue} }

// Escalation is who is told of what lasts: one level of several, in the order of Level.
type Escalation struct {
	Level  int           `json:"level"` // from 1
	Who    string        `json:"who"`   // a contact's name or role; inert
	After  time.Duration `json:"after"` // >= 0, since it began
	On     []Condition   `json:"on"`
	Notify []ActionID    `json:"notify"`
}

// Alarm is a condition that lasts.
type Alarm struct {
	On    Condition `json:"on"`
	Since time.Time `json:"since"`
	What  string    `json:"what,omitempty"` // inert
}

// Escalated is how far a condition was escalated. It is about the one that began at Since.
type Escalated struct {
	Since  time.Time `json:"since"`
	Level  int       `json:"level,omitempty"` // the highest whose turn came; 0: none
	Told   int       `json:"told,omitempty"`  // the highest that was told; 0: none
	ToldAt time.Time `json:"told_at,omitzero"`
	Untold []Untold  `json:"untold,omitempty"`         // those whose turn came, and of whom nothing says that they were told
	By     Actor     `json:"acknowledged_by,omitzero"` // who acknowledged it
	At     time.Time `json:"acknowledged_at,omitzero"` // zero: nobody did
	Note   string    `json:"note,omitempty"`
	Over   bool      `json:"over,omitempty"` // those who were told were told that it is over, too
}

// Untold is a level that was not told yet, as far as is known.
type Untold struct {
	Level int       `json:"level"`
	At    time.Time `json:"at"`            // when the last try began, or failed
	Tries int       `json:"tries"`         // >= 1
	Err   string    `json:"err,omitempty"` // why the last try failed; "": it is under way, or was cut short
}

// Again returns when the next try is due after one that failed: 30 s later, then twice as long each time, at most 5 minutes.
func (u Untold) Again() time.Time {
	const first, most = 30 * time.Second, 5 * time.Minute
	return u.At.Add(min(first<<min(u.Tries-1, 8), most))
}

// EscalationCalled: the telling of a level begins.
type EscalationCalled struct {
	On    Condition `json:"on"`
	Since time.Time `json:"since"`
	Level int       `json:"level"` // from 1
	Who   string    `json:"who,omitempty"`
	What  string    `json:"what,omitempty"`
}

// EscalationTold: a level was told of a condition, or could not be; Over: all that were told were told of its end.
type EscalationTold struct {
	On    Condition `json:"on"`
	Since time.Time `json:"since"`
	Level int       `json:"level"`
	Who   string    `json:"who,omitempty"`
	What  string    `json:"what,omitempty"`
	Err   string    `json:"err,omitempty"` // why nobody could be told
	Over  bool      `json:"over,omitempty"`
}

// Acknowledged: a person has taken a condition on; nobody else is told of it.
type Acknowledged struct {
	On    Condition `json:"on"`
	Since time.Time `json:"since"`
	Note  string    `json:"note,omitempty"`
}

func (EscalationCalled) event() {}
func (EscalationTold) event()   {}
func (Acknowledged) event()     {}

// Alarms returns the conditions that last at now, the gravest first.
func (s *State) Alarms(r *Rollout, now time.Time) []Alarm {
	var out []Alarm
	if p := s.RollbackOpen(); p != nil && p.Status == Ended {
		out = append(out, Alarm{OnUnverified, p.EndedAt, Inert(p.Plan.Title + " ended " + string(p.Outcome))})
	}
	safe := s.Incident != nil && s.Incident.Verified.After(s.Breach.Since) && s.Headline != NoGo
	if !s.Breach.Since.IsZero() && !safe && (s.Phase != "" || s.Incident.Open()) {
		out = append(out, Alarm{OnBreach, s.Breach.Since, Inert(s.Breach.Why)})
	}
	if p, a := r.Phase(s.Phase), s.Attempt(); p != nil && a != nil && p.Limit > 0 {
		if over := a.Entered.Add(p.Limit); !now.Before(over) {
			out = append(out, Alarm{OnOverdue, over, Inert("phase " + string(p.ID) + " was to take " + FormatDuration(p.Limit))})
		}
	}
	return out
}

// EscalatedFor returns how far alarm a was escalated: nothing of an earlier one counts.
func (s *State) EscalatedFor(a Alarm) Escalated {
	if e, ok := s.Escalated[a.On]; ok && e.Since.Equal(a.Since) {
		return e
	}
	return Escalated{Since: a.Since}
}

// NextLevel returns the escalation that comes next for alarm a, and when its turn is: at once where nobody at the
// level before could be told. Nil: all had their turn, it was acknowledged, or none is for it.
func (s *State) NextLevel(r *Rollout, a Alarm) (*Escalation, time.Time) {
	e := s.EscalatedFor(a)
	if !e.At.IsZero() {
		return nil, time.Time{}
	}
	next := find(r.Escalations, func(l *Escalation) bool { return l.Level > e.Level && slices.Contains(l.On, a.On) })
	if next == nil {
		return nil, time.Time{}
	}
	if u := e.untold(e.Level); u != nil && u.Err != "" {
		return next, a.Since
	}
	return next, a.Since.Add(next.After)
}

func (e *Escalated) untold(level int) *Untold {
	return find(e.Untold, func(u *Untold) bool { return u.Level == level })
}

func applyEscalation(s State, r Record) State {
	switch e := r.Event.(type) {
	case EscalationCalled:
		is := s.EscalatedFor(Alarm{On: e.On, Since: e.Since})
		is.Level, is.Over = max(is.Level, e.Level), false
		is.tried(e.Level, Untold{Level: e.Level, At: r.At, Tries: 1})
		s.Escalated = with(s.Escalated, e.On, is)
	case EscalationTold:
		is := s.EscalatedFor(Alarm{On: e.On, Since: e.Since})
		switch u := is.untold(e.Level); {
		case e.Over:
			is.Over = true
		case e.Err == "":
			if is.Level = max(is.Level, e.Level); e.Level >= is.Told {
				is.Told, is.ToldAt = e.Level, r.At
			}
			is.Untold = slices.DeleteFunc(slices.Clone(is.Untold), func(u Untold) bool { return u.Level == e.Level })
		case u != nil:
			is.tried(e.Level, Untold{Level: e.Level, At: r.At, Err: e.Err})
		}
		s.Escalated = with(s.Escalated, e.On, is)
	case Acknowledged:
		is := s.EscalatedFor(Alarm{On: e.On, Since: e.Since})
		is.By, is.At, is.Note = r.By, r.At, e.Note
		s.Escalated = with(s.Escalated, e.On, is)
	}
	return s
}

// tried notes what is known of a level that was not told; its tries are added up.
func (e *Escalated) tried(level int, now Untold) {
	e.Untold = slices.Clone(e.Untold) // others may hold the old one
	if was := e.untold(level); was != nil {
		now.Tries += was.Tries
		*was = now
		return
	}
	e.Untold = append(e.Untold, now)
}
