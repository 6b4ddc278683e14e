package model

import "time"

// IntentID names one intent; its sender makes it up, unique for all time.
type IntentID string

// Actor is who did something: a person at a terminal or in a script, or gonogo itself.
type Actor struct {
	Name string `json:"name"`           // user name
	Host string `json:"host,omitempty"` // where from
	Via  string `json:"via"`            // cockpit | command | engine | guard
}

// What Actor.Via is where no person acts.
const (
	ViaEngine = "engine"
	ViaGuard  = "guard"
)

// IntentKind is what a person asks for.
type IntentKind string

// What can be asked. Arm… resolves a plan and shows it; nothing happens before Fire.
const (
	ArmEnter    IntentKind = "arm-enter"    // Phase, Reason
	ArmFlip     IntentKind = "arm-flip"     // Flag, Value, Reason
	ArmRollback IntentKind = "arm-rollback" // Rollback, or Flag: back to its safe value; neither: the emergency one. Remove
	ArmDrill    IntentKind = "arm-drill"    // Rollback
	Fire        IntentKind = "fire"         // Plan, Hash: what is armed, as it was shown
	Veto        IntentKind = "veto"         // Plan: armed, not yet fired; Reason, where the guard armed it
	Cancel      IntentKind = "cancel"       // Plan: running, ends at the next step's boundary
	Sign        IntentKind = "sign"         // Check, Reason as a note
	Unsign      IntentKind = "unsign"       // Check
	HoldOn      IntentKind = "hold"         // Reason: no phase may be entered
	Resume      IntentKind = "resume"
	Adopt       IntentKind = "adopt"            // take the changed config: Reason holds its hash
	LookConfig  IntentKind = "look-config"      // read the config on disk, and show what adopting it would change
	Refresh     IntentKind = "refresh"          // observe every flag now
	RunCheck    IntentKind = "run-check"        // Check: find out now
	ConfirmLast IntentKind = "confirm-rollback" // Reason: a person vouches that the last rollback is in effect
	VerifyLast  IntentKind = "verify-rollback"  // look at every verify of the last rollback again
	Freeze      IntentKind = "freeze"           // Metrics; none: every metric that rests on its baseline
	RecordGates IntentKind = "record-gates"     // Gates: how a rehearsal of the gates on history went
	OpenSilence IntentKind = "silence"          // Silence, For, Reason
	EndSilence  IntentKind = "end-silence"      // Silence
	Acknowledge IntentKind = "acknowledge"      // Reason as a note: a person has taken on what calls for people
	ReadMetric  IntentKind = "read"             // Metrics, which is one; Value, a Text as a person writes it, such as "0.3%"; Reason as a note
)

// Intent is one wish of a person. The engine checks it, journals it and acts on it.
type Intent struct {
	ID       IntentID        `json:"id"`
	By       Actor           `json:"by"`
	Seen     uint64          `json:"seen"` // Snapshot.Seq that the person saw
	Kind     IntentKind      `json:"kind"`
	Phase    PhaseID         `json:"phase,omitempty"`
	Flag     FlagID          `json:"flag,omitempty"`
	Value    Value           `json:"value,omitzero"`
	Check    CheckID         `json:"check,omitempty"`
	Metrics  []MetricID      `json:"metrics,omitempty"`
	Silence  SilenceID       `json:"silence,omitempty"`
	For      time.Duration   `json:"for,omitempty"`
	Rollback RollbackID      `json:"rollback,omitempty"`
	Remove   []string        `json:"remove,omitempty"` // what was picked to be taken out of the list that the rollback asks for
	Plan     PlanID          `json:"plan,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Hash     string          `json:"hash,omitempty"` // of a Fire: of the plan that was shown
	Yes      bool            `json:"yes,omitempty"`  // of an Arm…: fire it at once, whatever it turns out to be
	Gates    *GatesRehearsed `json:"gates,omitempty"`
	May      Access          `json:"-"` // what its sender may do: the engine says, never the message
}

// Answer is what became of an intent: an empty Err means that it was taken.
type Answer struct {
	Intent  IntentID  `json:"intent"`
	At      time.Time `json:"at"`
	Err     string    `json:"err,omitempty"`
	Refused bool      `json:"refused,omitempty"` // a precondition did not hold, rather than gonogo failing
	// NeedsReason says that the same intent with a Reason would not be refused for the want of one.
	NeedsReason bool `json:"needs_reason,omitempty"`
}
