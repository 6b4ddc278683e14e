package model

import (
	"context"
	"maps"
	"slices"
	"time"
)

// SilenceID names one [silence.NAME].
type SilenceID string

// SilenceSpec is what people may open while a rollout is under way: notifications of the
// alerts that it means are held back for a while. It changes no verdict.
type SilenceSpec struct {
	ID     SilenceID     `json:"id"`
	Title  string        `json:"title"`
	Source string        `json:"source"`
	What   string        `json:"what"`    // which alerts, for people; inert
	AtMost time.Duration `json:"at_most"` // it may be opened for so long at most, > 0
}

// Silence returns the silence named id, or nil.
func (r *Rollout) Silence(id SilenceID) *SilenceSpec {
	i := slices.IndexFunc(r.Silences, func(s SilenceSpec) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return &r.Silences[i]
}

// Silencer opens and ends one silence where the alerts are.
type Silencer interface {
	// Open opens a silence as asked, and returns what names it there. It is idempotent:
	// one with the ask's mark that stands already is that one. An error that is an
	// ErrRefused is for good; after any other it may be open.
	Open(ctx context.Context, ask SilenceAsk) (ref string, err error)
	// End ends the silence ref; without one, that with the mark. One that is over is no error.
	End(ctx context.Context, ref, mark string) error
	// Look returns whether the silence ref stands, and until when.
	Look(ctx context.Context, ref string) (stands bool, until time.Time, err error)
}

// SilenceAsk is what is asked of a Silencer.
type SilenceAsk struct {
	Until  time.Time
	By     string // who asks for it
	Reason string
	Mark   string // unique for all time: by it a silence is found again whose answer was lost
}

// SilenceStatus is how far a silence is.
type SilenceStatus string

// What becomes of a silence, in this order.
const (
	SilenceOpening SilenceStatus = "opening" // asked for; whether it stands is not known yet
	SilenceOpen    SilenceStatus = "open"    // seen to stand
	SilenceEnding  SilenceStatus = "ending"  // its end is asked for
	SilenceEnded   SilenceStatus = "ended"   // seen not to stand any more
	SilenceFailed  SilenceStatus = "failed"  // it was refused
)

// SilenceChanged: a silence came to a status.
type SilenceChanged struct {
	Silence SilenceID     `json:"silence"`
	Status  SilenceStatus `json:"status"`
	Until   time.Time     `json:"until,omitzero"`   // when it ends by itself
	Reason  string        `json:"reason,omitempty"` // of who asked for it
	Mark    string        `json:"mark,omitempty"`   // of a SilenceAsk, where it is asked for
	Ref     string        `json:"ref,omitempty"`    // names it where the alerts are
	Detail  string        `json:"detail,omitempty"` // why it failed, or who else ended it
}

func (SilenceChanged) event() {}

// SilenceState is how the last silence of a name stands.
type SilenceState struct {
	Status SilenceStatus `json:"status"`
	By     Actor         `json:"by"` // who asked for it
	At     time.Time     `json:"at"` // when
	Until  time.Time     `json:"until"`
	Reason string        `json:"reason"`
	Mark   string        `json:"mark"`
	Ref    string        `json:"ref,omitempty"`
	Detail string        `json:"detail,omitempty"`
}

// Unsettled reports whether something was asked that is not known to have happened.
func (s SilenceState) Unsettled() bool {
	return s.Status == SilenceOpening || s.Status == SilenceEnding
}

// Stands reports whether alerts may be silenced by it at now, as far as is known.
func (s SilenceState) Stands(now time.Time) bool {
	return (s.Status == SilenceOpen || s.Unsettled()) && now.Before(s.Until)
}

func applySilence(s State, r Record, e SilenceChanged) State {
	is := s.Silences[e.Silence]
	if e.Status == SilenceOpening && e.Mark != "" {
		is = SilenceState{By: r.By, At: r.At, Until: e.Until, Reason: e.Reason, Mark: e.Mark}
	}
	is.Status, is.Detail = e.Status, e.Detail
	if e.Ref != "" {
		is.Ref = e.Ref
	}
	if !e.Until.IsZero() {
		is.Until = e.Until
	}
	s.Silences = maps.Clone(s.Silences)
	if s.Silences == nil {
		s.Silences = map[SilenceID]SilenceState{}
	}
	s.Silences[e.Silence] = is
	return s
}
