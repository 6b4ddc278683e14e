package model

import (
	"encoding/json"
	"fmt"
	"time"
)

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
	case "MetricRead":
		return decode[MetricRead](data)
	case "SilenceChanged":
		return decode[SilenceChanged](data)
	case "GatesRehearsed":
		return decode[GatesRehearsed](data)
	case "GuardTripped":
		return decode[GuardTripped](data)
	case "GuardCleared":
		return decode[GuardCleared](data)
	case "EscalationCalled":
		return decode[EscalationCalled](data)
	case "EscalationTold":
		return decode[EscalationTold](data)
	case "Acknowledged":
		return decode[Acknowledged](data)
	case "ManualSigned":
		return decode[ManualSigned](data)
	case "ReportMade":
		return decode[ReportMade](data)
	case "Confirmed":
		return decode[Confirmed](data)
	case "StillConfirmed":
		return decode[StillConfirmed](data)
	case "NotConfirmed":
		return decode[NotConfirmed](data)
	case "PlanArmed":
		return decode[PlanArmed](data)
	case "PlanVetoed":
		return decode[PlanVetoed](data)
	case "PlanFired":
		return decode[PlanFired](data)
	case "PlanJoined":
		return decode[PlanJoined](data)
	case "EvidenceMarked":
		return decode[EvidenceMarked](data)
	case "Recovered":
		return decode[Recovered](data)
	case "Notified":
		return decode[Notified](data)
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
