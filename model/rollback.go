package model

import "time"

// GuardMode is what a guard does about a breach.
type GuardMode string

// Off looks away, Notify only says it, Block says it and stops the way up, Armed rolls back unless vetoed.
const (
	GuardOff    GuardMode = "off"
	GuardNotify GuardMode = "notify"
	GuardBlock  GuardMode = "block"
	GuardArmed  GuardMode = "armed"
)

// Guard rolls back without a person, and always says so first. Those of other modes only tell.
type Guard struct {
	Name      string        `json:"name,omitempty"` // of [guard.NAME]; empty: it is the only one
	Rollback  RollbackID    `json:"rollback"`
	Part      RollbackID    `json:"part,omitempty"` // taken instead where only some parts of a metric fail: it takes those out; empty: none
	On        []MetricID    `json:"on"`             // only a FAIL of one of these counts
	Countdown time.Duration `json:"countdown"`      // > 0, time for a veto
	Veto      time.Duration `json:"veto"`           // > 0, after which a veto lapses
	Mode      GuardMode     `json:"mode"`
	Notify    []ActionID    `json:"notify,omitempty"` // told of a breach, and of its end
}

// Scope is which flags a rollback touches.
type Scope string

// ScopeSafe sets every flag to its safe value, ScopePhase those of the current
// phase, ScopeSet those that the rollback lists.
const (
	ScopeSafe  Scope = "safe"
	ScopePhase Scope = "phase"
	ScopeSet   Scope = "set"
)

// Rollback is one way down.
type Rollback struct {
	ID        RollbackID    `json:"id"`
	Title     string        `json:"title"`
	Emergency bool          `json:"emergency,omitempty"` // what `!` runs; exactly one has it
	Budget    time.Duration `json:"budget"`              // > 0; the whole plan ends within it
	Steady    time.Duration `json:"steady,omitempty"`    // what was seen must stand so long after the last effect
	Scope     Scope         `json:"scope"`
	Set       []Setting     `json:"set,omitempty"`
	Run       []ActionID    `json:"run,omitempty"`
	Levels    []Level       `json:"levels,omitempty"` // of a rollback in several, instead of Set and Run
	Verify    []Verify      `json:"verify,omitempty"`
	Notify    []ActionID    `json:"notify,omitempty"` // told when it fires and when it ended; never waited for
	Rehearse  Rehearsal     `json:"rehearse"`         // how a drill runs it
}

// Asks returns the flag out of whose list a person, or the guard, picks what is taken; "" where there is none.
func (b *Rollback) Asks() FlagID {
	for _, set := range b.Set {
		if set.Value.Type == Remove {
			return set.Flag
		}
	}
	return ""
}

// Level is one of a rollback in several levels. After it gonogo waits for Wait; if
// every metric of Until is then on target, the rollback ends
// there, else it goes on to the next. Of a way up it is the other way round: only if every metric
// of Until is then on target, it goes on.
type Level struct {
	Set   []Setting     `json:"set"`
	Run   []ActionID    `json:"run,omitempty"`
	Wait  time.Duration `json:"wait,omitempty"`
	Until []MetricID    `json:"until,omitempty"`
}

// Rehearsal is how a drill runs a rollback.
type Rehearsal string

// A dry drill observes everything that the rollback would use and changes
// nothing; a real one runs it.
const (
	RehearseDry  Rehearsal = "dry"
	RehearseReal Rehearsal = "real"
)

// VerifyKind says how it is seen that a plan did what it should.
type VerifyKind string

// The kinds of verification.
const (
	VerifyFlag   VerifyKind = "flag"
	VerifyMetric VerifyKind = "metric"
	VerifyHTTP   VerifyKind = "http"
	VerifyRun    VerifyKind = "run"
	VerifyManual VerifyKind = "manual" // a person does it, and signs it
	VerifySource VerifyKind = "source" // a source's own evidence: lines of a log, rows of a database
)

// PassesNeeded is how many readings in a row must hold for a metric's verify.
const PassesNeeded = 3

// Verify is one check of a plan's effect; which fields count depends on Kind.
type Verify struct {
	Kind   VerifyKind `json:"kind"`
	Title  string     `json:"title"`
	Flag   FlagID     `json:"flag,omitempty"` // "phase": every flag of the phase
	Is     Value      `json:"is,omitzero"`    // zero: whatever the plan set
	ID     CheckID    `json:"id,omitempty"`   // of what a person does: its name in commands
	Metric MetricID   `json:"metric,omitempty"`
	Target *Target    `json:"target,omitempty"`
	Probe  string     `json:"probe,omitempty"` // names the http probe in the engine's parts
	Want   string     `json:"want,omitempty"`  // what the probe must answer
	Action ActionID   `json:"action,omitempty"`
	// Witness names what finds the source's evidence in the engine's parts.
	Witness string        `json:"witness,omitempty"`
	Silent  bool          `json:"silent,omitempty"` // what the witness is asked for holds where there is nothing at all
	After   time.Duration `json:"after,omitempty"`  // looked at no sooner than this, from the end of the restarts
	Within  time.Duration `json:"within"`           // > 0, from the end of the restarts
}
