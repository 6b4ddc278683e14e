package model

import "time"

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
	Breach  string   `json:"breach,omitempty"` // the first metric that fails, and how; empty: none does
	Proofs  []Proven `json:"proofs,omitempty"` // of GO: what lets it, of metrics that count events
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
	Phase   PhaseID  `json:"phase"`
	Attempt int      `json:"attempt"`
	Check   CheckID  `json:"check"`
	Note    string   `json:"note,omitempty"`
	Proofs  []Proven `json:"proofs,omitempty"` // what was proved in the gate when it was signed
	Config  string   `json:"config,omitempty"` // of a signature of the plan: the hash of the config that it is for
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

// MetricRead: a person read the metric, and this is what they saw.
type MetricRead struct {
	Metric MetricID `json:"metric"`
	Value  Float    `json:"value"`          // in Unit
	Unit   Unit     `json:"unit,omitempty"` // the metric's, then
	Note   string   `json:"note,omitempty"`
}

// GuardTripped: a guarded metric came to FAIL; the breach begins.
type GuardTripped struct {
	Guard  string    `json:"guard,omitempty"` // the name of one that arms nothing; empty: the one that may
	Metric MetricID  `json:"metric"`
	Reason string    `json:"reason,omitempty"`
	Mode   GuardMode `json:"mode"`
}

// GuardCleared: no guarded metric is in FAIL any more; that alone is no end of the breach.
type GuardCleared struct {
	Guard  string   `json:"guard,omitempty"` // as of GuardTripped
	Metric MetricID `json:"metric"`
	Now    string   `json:"now,omitempty"` // what the metric says instead
	// State is the metric's. Only Pass means that the breach is over; after any other
	// that is not known. Empty: written by an older gonogo, or there is no phase any more.
	State MetricState `json:"state,omitempty"`
}

// ConfirmHow says how a rollback that had not ended VERIFIED was confirmed.
type ConfirmHow string

// By itself, when the running service was read back; by looking at every verify
// again; by a person's word.
const (
	ByReadBack ConfirmHow = "read-back"
	ByVerify   ConfirmHow = "verify"
	ByPerson   ConfirmHow = "person"
)

// Confirmed: a rollback that had not ended VERIFIED is known to be in effect by now.
type Confirmed struct {
	Plan   PlanID     `json:"plan"`
	How    ConfirmHow `json:"how"`
	Reason string     `json:"reason,omitempty"` // the person's, or what was seen
}

// StillConfirmed: somebody had a rollback looked at again that was confirmed
// before, and it is in effect still.
type StillConfirmed struct {
	Plan PlanID `json:"plan"`
}

// NotConfirmed: somebody had such a rollback looked at again, to no avail.
type NotConfirmed struct {
	Plan   PlanID `json:"plan"`
	Reason string `json:"reason"`
}

// CheckUnsigned: and takes it back.
type CheckUnsigned struct {
	Phase   PhaseID `json:"phase"`
	Attempt int     `json:"attempt"`
	Check   CheckID `json:"check"`
}

// PlanArmed: a plan was resolved and is shown. It fires at FireAt if that is
// not zero, else when a person says so. Of the plan that is armed already: it was
// resolved anew, since it would do something else by now.
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
	// Breach is T0: since when what the rollback answers to had gone wrong, as
	// gonogo saw it. Zero: it saw nothing wrong.
	Breach time.Time `json:"breach,omitzero"`
	Why    string    `json:"why,omitempty"` // what had gone wrong
}

// EvidenceMarked: the source of a verify said what is old: before the plan's
// restarts, and again once the start of the new process is known. Only what is newer counts.
type EvidenceMarked struct {
	Plan PlanID `json:"plan"`
	Step int    `json:"step"`
	Mark string `json:"mark,omitempty"`
	Err  string `json:"err,omitempty"` // it could not be asked
}

// Recovered: a rollback was verified, and the incident that it answered to is
// over. Times are T0 to T3.
type Recovered struct {
	Plan      PlanID    `json:"plan"`
	Breach    time.Time `json:"breach,omitzero"` // T0; zero: gonogo saw no breach
	Fired     time.Time `json:"fired"`           // T1: the first rollback was authorised
	Contained time.Time `json:"contained"`       // T2
	Verified  time.Time `json:"verified"`        // T3
}

// Notified: people were told, or could not be.
type Notified struct {
	Action ActionID `json:"action"`
	Plan   PlanID   `json:"plan,omitempty"`
	Title  string   `json:"title"`
	Err    string   `json:"err,omitempty"`
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
	Seen    string  `json:"seen,omitempty"`   // of an action: what shows its effect said
}

// PlanEnded: the plan is over.
type PlanEnded struct {
	Plan    PlanID   `json:"plan"`
	Outcome Outcome  `json:"outcome"`
	Summary string   `json:"summary,omitempty"`
	Doubts  []string `json:"doubts,omitempty"` // what is in doubt beside its steps
}

// ClockJumped: the wall clock moved against the monotonic one. Nothing else changes.
type ClockJumped struct {
	By time.Duration `json:"by"`
}

// Unaudited: facts that could not be journaled when they happened. Facts holds
// those of a plan that no record has, as far as they were kept; their numbers and sums mean nothing.
type Unaudited struct {
	Count  int      `json:"count"`
	Reason string   `json:"reason"`
	Facts  []Record `json:"facts,omitempty"`
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
func (MetricRead) event()     {}
func (GuardTripped) event()   {}
func (GuardCleared) event()   {}
func (Confirmed) event()      {}
func (NotConfirmed) event()   {}
func (StillConfirmed) event() {}
func (PlanArmed) event()      {}
func (PlanVetoed) event()     {}
func (PlanFired) event()      {}
func (PlanJoined) event()     {}
func (EvidenceMarked) event() {}
func (Recovered) event()      {}
func (Notified) event()       {}
func (StepIntended) event()   {}
func (StepEnded) event()      {}
func (PlanEnded) event()      {}
func (ClockJumped) event()    {}
func (Unaudited) event()      {}
