package model

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is a fact: something that happened, and is journaled before anybody is
// told of it.
type Event interface{ event() }

// EngineStarted: an engine took the state directory's lock.
type EngineStarted struct {
	PID        int    `json:"pid"`
	Host       string `json:"host"`
	Version    string `json:"version"`
	Rollout    string `json:"rollout"`
	ConfigHash string `json:"config_hash"`
}

// EngineStopped: an engine let go of it in order.
type EngineStopped struct {
	PID    int    `json:"pid"`
	Reason string `json:"reason,omitempty"`
}

// ConfigAdopted: from here on the rollout is defined by the config of this hash.
type ConfigAdopted struct {
	Hash     string `json:"hash"`
	Previous string `json:"previous,omitempty"`
}

// IntentTaken: a person's wish was accepted.
type IntentTaken struct {
	Intent Intent `json:"intent"`
}

// PhaseEntered: the phase's flags were seen in effect, and its attempt begins.
type PhaseEntered struct {
	Phase    PhaseID  `json:"phase"`
	Attempt  int      `json:"attempt"` // from 1
	Plan     PlanID   `json:"plan"`
	Override string   `json:"override,omitempty"` // the reason for entering against the gate
	Headline Headline `json:"headline,omitempty"` // of the gate that was left
}

// PhaseLeft: a rollback took the rollout back; it stands in To now, "" being
// before the first phase.
type PhaseLeft struct {
	From PhaseID `json:"from"`
	To   PhaseID `json:"to"`
	Plan PlanID  `json:"plan"`
}

// HoldChanged: somebody stopped, or let go on, all ways up.
type HoldChanged struct {
	Held   bool   `json:"held"`
	Reason string `json:"reason,omitempty"`
}

// Progress: time served so far, of the phase's soak and of the metrics' streaks
// that changed since the last one.
type Progress struct {
	Phase   PhaseID             `json:"phase"`
	Attempt int                 `json:"attempt"`
	Soak    time.Duration       `json:"soak"` // in this attempt, all together
	Streaks map[MetricID]Streak `json:"streaks,omitempty"`
}

// GateChanged: the gate's headline changed.
type GateChanged struct {
	Phase   PhaseID  `json:"phase"`
	From    Headline `json:"from,omitempty"`
	To      Headline `json:"to"`
	Reasons []string `json:"reasons,omitempty"`
}

// FlagObserved: a flag's stored or effective value was seen to be another than before.
type FlagObserved struct {
	Flag      FlagID `json:"flag"`
	Value     Value  `json:"value"`
	Effective bool   `json:"effective,omitempty"` // what the running service says, rather than the store
	Inferred  bool   `json:"inferred,omitempty"`  // effective by inference: stored, and the process is newer
	Err       string `json:"err,omitempty"`       // it could not be seen
}

// CheckSigned: a person vouches for a check.
type CheckSigned struct {
	Phase   PhaseID `json:"phase"`
	Attempt int     `json:"attempt"`
	Check   CheckID `json:"check"`
	Note    string  `json:"note,omitempty"`
}

// CheckBegan: gonogo runs the check's action, or asks its probe.
type CheckBegan struct {
	Phase   PhaseID `json:"phase"`
	Attempt int     `json:"attempt"`
	Check   CheckID `json:"check"`
}

// CheckEnded: and this is what came of it.
type CheckEnded struct {
	Phase   PhaseID       `json:"phase"`
	Attempt int           `json:"attempt"`
	Check   CheckID       `json:"check"`
	OK      bool          `json:"ok"`
	Detail  string        `json:"detail,omitempty"`
	Output  string        `json:"output,omitempty"` // head and tail of what it printed, inert
	Took    time.Duration `json:"took,omitempty"`
}

// BaselineFrozen: later values of the metric are compared with this one.
type BaselineFrozen struct {
	Metric MetricID      `json:"metric"`
	Value  Float         `json:"value"`
	Window time.Duration `json:"window"`
	Points int           `json:"points"`
	Query  string        `json:"query,omitempty"`
	Why    string        `json:"why,omitempty"` // the phase about to be entered, or a person's reason
}

// GuardTripped: a guarded metric came to FAIL; the breach begins.
type GuardTripped struct {
	Metric MetricID  `json:"metric"`
	Reason string    `json:"reason,omitempty"`
	Mode   GuardMode `json:"mode"`
}

// GuardCleared: no guarded metric is in FAIL any more.
type GuardCleared struct {
	Metric MetricID `json:"metric"`
	Now    string   `json:"now,omitempty"` // what the metric says instead
}

// CheckUnsigned: and takes it back.
type CheckUnsigned struct {
	Phase   PhaseID `json:"phase"`
	Attempt int     `json:"attempt"`
	Check   CheckID `json:"check"`
}

// PlanArmed: a plan was resolved and is shown. It fires at FireAt if that is
// not zero, else when a person says so.
type PlanArmed struct {
	Plan   Plan      `json:"plan"`
	FireAt time.Time `json:"fire_at,omitzero"`
}

// PlanVetoed: an armed plan will not run. A person's veto of the guard's plan
// holds the guard back until Until.
type PlanVetoed struct {
	Plan   PlanID    `json:"plan"`
	Reason string    `json:"reason,omitempty"`
	Until  time.Time `json:"until,omitzero"`
}

// PlanFired: the plan runs from here on.
type PlanFired struct {
	Plan PlanID `json:"plan"`
	How  string `json:"how"` // enter | countdown | --yes
}

// PlanJoined: somebody else asked for a rollback that runs already.
type PlanJoined struct {
	Plan PlanID `json:"plan"`
}

// StepIntended: the step's effect is about to be tried.
type StepIntended struct {
	Plan   PlanID `json:"plan"`
	Step   int    `json:"step"`
	Try    int    `json:"try"`              // from 1
	Before string `json:"before,omitempty"` // what its seen reader said before, to compare with
}

// StepEnded: and this is what came of it.
type StepEnded struct {
	Plan    PlanID  `json:"plan"`
	Step    int     `json:"step"`
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail,omitempty"`
	Output  string  `json:"output,omitempty"` // head and tail of what it printed, inert
}

// PlanEnded: the plan is over.
type PlanEnded struct {
	Plan    PlanID  `json:"plan"`
	Outcome Outcome `json:"outcome"`
	Summary string  `json:"summary,omitempty"`
}

// ClockJumped: the wall clock moved against the monotonic one. Nothing else changes.
type ClockJumped struct {
	By time.Duration `json:"by"`
}

// Unaudited: facts that could not be journaled when they happened.
type Unaudited struct {
	Count  int    `json:"count"`
	Reason string `json:"reason"`
}

func (EngineStarted) event()  {}
func (EngineStopped) event()  {}
func (ConfigAdopted) event()  {}
func (IntentTaken) event()    {}
func (PhaseEntered) event()   {}
func (PhaseLeft) event()      {}
func (HoldChanged) event()    {}
func (Progress) event()       {}
func (GateChanged) event()    {}
func (FlagObserved) event()   {}
func (CheckSigned) event()    {}
func (CheckUnsigned) event()  {}
func (CheckBegan) event()     {}
func (CheckEnded) event()     {}
func (BaselineFrozen) event() {}
func (GuardTripped) event()   {}
func (GuardCleared) event()   {}
func (PlanArmed) event()      {}
func (PlanVetoed) event()     {}
func (PlanFired) event()      {}
func (PlanJoined) event()     {}
func (StepIntended) event()   {}
func (StepEnded) event()      {}
func (PlanEnded) event()      {}
func (ClockJumped) event()    {}
func (Unaudited) event()      {}

// EventName returns the name of e's type as the journal writes it, such as "PhaseEntered".
func EventName(e Event) string {
	return fmt.Sprintf("%T", e)[len("model."):]
}

// UnmarshalEvent is the inverse of json.Marshal for the event called name.
// It fails for an unknown name and for JSON that does not fit it.
func UnmarshalEvent(name string, data []byte) (Event, error) {
	switch name {
	case "EngineStarted":
		return decode[EngineStarted](data)
	case "EngineStopped":
		return decode[EngineStopped](data)
	case "ConfigAdopted":
		return decode[ConfigAdopted](data)
	case "IntentTaken":
		return decode[IntentTaken](data)
	case "PhaseEntered":
		return decode[PhaseEntered](data)
	case "PhaseLeft":
		return decode[PhaseLeft](data)
	case "HoldChanged":
		return decode[HoldChanged](data)
	case "Progress":
		return decode[Progress](data)
	case "GateChanged":
		return decode[GateChanged](data)
	case "FlagObserved":
		return decode[FlagObserved](data)
	case "CheckSigned":
		return decode[CheckSigned](data)
	case "CheckUnsigned":
		return decode[CheckUnsigned](data)
	case "CheckBegan":
		return decode[CheckBegan](data)
	case "CheckEnded":
		return decode[CheckEnded](data)
	case "BaselineFrozen":
		return decode[BaselineFrozen](data)
	case "GuardTripped":
		return decode[GuardTripped](data)
	case "GuardCleared":
		return decode[GuardCleared](data)
	case "PlanArmed":
		return decode[PlanArmed](data)
	case "PlanVetoed":
		return decode[PlanVetoed](data)
	case "PlanFired":
		return decode[PlanFired](data)
	case "PlanJoined":
		return decode[PlanJoined](data)
	case "StepIntended":
		return decode[StepIntended](data)
	case "StepEnded":
		return decode[StepEnded](data)
	case "PlanEnded":
		return decode[PlanEnded](data)
	case "ClockJumped":
		return decode[ClockJumped](data)
	case "Unaudited":
		return decode[Unaudited](data)
	}
	return nil, fmt.Errorf("unknown event %q: was it written by a newer gonogo?", Inert(name))
}

func decode[E Event](data []byte) (Event, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("event %s: %w", EventName(e), err)
	}
	return e, nil
}

// Hash is a sha256 sum in hex, or empty before the first record.
type Hash string

// Record is an Event as the journal keeps it: numbered, dated, signed with who
// and why, and chained to the one before.
type Record struct {
	Seq   uint64 // from 1, without gaps
	At    time.Time
	By    Actor
	Cause IntentID // the intent that led to it; may be empty
	Prev  Hash     // Sum of the record before
	Sum   Hash     // of this record's bytes, which hold Prev
	Event Event
}

type recordJSON struct {
	Seq   uint64          `json:"seq"`
	At    time.Time       `json:"at"`
	By    Actor           `json:"by"`
	Cause IntentID        `json:"cause,omitempty"`
	Prev  Hash            `json:"prev"`
	Sum   Hash            `json:"sum,omitempty"`
	Type  string          `json:"type"`
	Event json.RawMessage `json:"event"`
}

// MarshalJSON writes the record with its event's type beside it.
func (r Record) MarshalJSON() ([]byte, error) {
	e, err := json.Marshal(r.Event)
	if err != nil {
		return nil, err
	}
	return json.Marshal(recordJSON{r.Seq, r.At, r.By, r.Cause, r.Prev, r.Sum, EventName(r.Event), e})
}

// UnmarshalJSON is the inverse of MarshalJSON; it does not check the chain.
func (r *Record) UnmarshalJSON(data []byte) error {
	var j recordJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	e, err := UnmarshalEvent(j.Type, j.Event)
	if err != nil {
		return err
	}
	*r = Record{j.Seq, j.At, j.By, j.Cause, j.Prev, j.Sum, e}
	return nil
}
