package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"
)

// ErrRefused is what is wrapped when a precondition does not hold.
var ErrRefused = errors.New("refused")

// ErrNeedsReason is what is wrapped beside ErrRefused when an intent lacks nothing but a reason.
var ErrNeedsReason = errors.New("needs a reason")

const (
	// SetTimeout is how long setting a flag may take.
	SetTimeout = 10 * time.Second
	// ForwardBudget bounds plans that have no budget of their own.
	ForwardBudget = 15 * time.Minute
)

// PlanID names one plan; it is the ID of the intent that armed it.
type PlanID string

// PlanKind is what a plan is for.
type PlanKind string

// The kinds of plans: all are run by the same executor.
const (
	PlanEnter    PlanKind = "enter"    // a phase
	PlanFlip     PlanKind = "flip"     // one flag
	PlanRollback PlanKind = "rollback" // a way down, or a real drill of one
	PlanDrill    PlanKind = "drill"    // a dry drill: it observes, and changes nothing
)

// Plan is what will be done, resolved and frozen: it is shown, hashed and
// journaled before anything happens.
type Plan struct {
	ID        PlanID        `json:"id"`
	Kind      PlanKind      `json:"kind"`
	Title     string        `json:"title"`
	Phase     PhaseID       `json:"phase,omitempty"` // entered by it, or stood in once it is verified
	From      PhaseID       `json:"from,omitempty"`  // stood in when it was resolved
	Rollback  RollbackID    `json:"rollback,omitempty"`
	Flag      FlagID        `json:"flag,omitempty"`
	Emergency bool          `json:"emergency,omitempty"`
	Leaves    bool          `json:"leaves,omitempty"` // once verified, the rollout stands in Phase
	Short     []Setting     `json:"short,omitempty"`  // what Phase wants of the flags that this leaves at less: the rollout then stands below it
	Guard     bool          `json:"guard,omitempty"`  // armed by the guard, for Reason
	Parts     []string      `json:"parts,omitempty"`  // of a rollback that takes some out of a list: those
	Drill     Rehearsal     `json:"drill,omitempty"`  // it is a rehearsal, and how it is run
	Notify    []ActionID    `json:"notify,omitempty"` // told when it fires and when it ended
	Freeze    []MetricID    `json:"freeze,omitempty"` // baselines to freeze before its first step
	Budget    time.Duration `json:"budget"`
	Steady    time.Duration `json:"steady,omitempty"`   // of a rollback: what was seen must stand so long after the last effect
	Headline  Headline      `json:"headline"`           // the gate's, when it was resolved
	Override  bool          `json:"override,omitempty"` // against the gate, with Reason
	Reason    string        `json:"reason,omitempty"`
	Warnings  []string      `json:"warnings,omitempty"`
	Steps     []Step        `json:"steps"`
	Hash      string        `json:"hash"` // of its effects, see Seal
}

// effects is what of a plan its hash covers: what it does, in which order, and
// what it wants to see after. What was observed before, and what is said of it, is not in it.
type effects struct {
	Kind     PlanKind
	Phase    PhaseID
	Rollback RollbackID
	Flag     FlagID
	Leaves   bool
	Drill    Rehearsal
	Notify   []ActionID
	Freeze   []MetricID
	Budget   time.Duration
	Steps    []Step
}

// Seal returns p with its hash: sha256 over its effects, hex. A flag that was
// observed to be another meanwhile leaves it as it is, unless that changes what the plan does.
func (p Plan) Seal() Plan {
	does := effects{p.Kind, p.Phase, p.Rollback, p.Flag, p.Leaves, p.Drill, p.Notify, p.Freeze, p.Budget, slices.Clone(p.Steps)}
	for i := range does.Steps {
		st := &does.Steps[i]
		st.Title, st.Below, st.Everyone, st.Changes = "", "", "", slices.Clone(st.Changes)
		for c := range st.Changes {
			st.Changes[c].From = Value{}
		}
	}
	b, err := json.Marshal(does)
	if err != nil {
		panic("model: a plan is always JSON: " + err.Error())
	}
	sum := sha256.Sum256(b)
	p.Hash = hex.EncodeToString(sum[:])
	return p
}

// Stage is the part of a plan that a step belongs to: contain → apply → verify.
type Stage string

// The stages, in their order.
const (
	StageContain Stage = "contain" // flags, in parallel
	StageApply   Stage = "apply"   // restarts, one after the other
	StageHold    Stage = "hold"    // between the levels of a way down
	StageVerify  Stage = "verify"  // all at once, each within its time
	StageBefore  Stage = "before"  // what a phase runs before its flags are set
	StageAfter   Stage = "after"   // and after they are in effect
)

// StepKind is what a step does.
type StepKind string

// The kinds of steps.
const (
	StepSet    StepKind = "set"
	StepRun    StepKind = "run"
	StepHold   StepKind = "hold"
	StepVerify StepKind = "verify"
)

// Change is one flag's change within a step. From is what was seen when the
// plan was resolved.
type Change struct {
	Flag FlagID `json:"flag"`
	From Value  `json:"from"`
	To   Value  `json:"to"`
}

// Step is one step of a plan.
type Step struct {
	N          int           `json:"n"` // its place in the plan, from 0
	Stage      Stage         `json:"stage"`
	Level      int           `json:"level,omitempty"` // of a way down in several steps, from 1; 0: of the whole plan
	Kind       StepKind      `json:"kind"`
	Title      string        `json:"title"`
	Changes    []Change      `json:"changes,omitempty"` // of a set: one atomic write
	Action     ActionID      `json:"action,omitempty"`
	Preview    string        `json:"preview,omitempty"`
	Idempotent bool          `json:"idempotent,omitempty"`
	Verify     *Verify       `json:"verify,omitempty"`
	Timeout    time.Duration `json:"timeout"`            // of a set or run; of a verify its Within
	Wave       int           `json:"wave,omitempty"`     // of a set: those of a lower one come first
	After      []FlagID      `json:"after,omitempty"`    // masters that must be seen off first: the step widens
	Until      []MetricID    `json:"until,omitempty"`    // of a hold: if these are on target after it, the way down ends
	Below      string        `json:"below,omitempty"`    // of a set: what it takes back of the phase stood in
	Everyone   string        `json:"everyone,omitempty"` // of a set from or to an empty list that lets everyone in: how that is said
}

// Outcome is how a step or a plan ended.
type Outcome string

// How a step ends.
const (
	StepDone    Outcome = "done"
	StepAlready Outcome = "already"     // unchanged: it was so before
	StepFailed  Outcome = "failed"      // it was refused, or seen not to have happened
	StepUnsure  Outcome = "unknown"     // timed out: it may have happened
	StepUnseen  Outcome = "unseen"      // it ended well, but its effect was not seen
	StepSkipped Outcome = "skipped"     // not tried, see the detail
	StepSpared  Outcome = "not-needed"  // the way down ended well before it
	StepEnough  Outcome = "enough"      // of a hold: its metrics are on target, and the way down ends here
	StepHuman   Outcome = "needs-human" // it may or may not have run, and must not run twice
)

// OK reports whether a step that ended with o can be relied upon.
func (o Outcome) OK() bool {
	return o == StepDone || o == StepAlready || o == StepSpared || o == StepEnough
}

// How a plan ends. Only Verified means that everything was confirmed.
const (
	Verified   Outcome = "VERIFIED"
	Inferred   Outcome = "INFERRED"    // of a rollback: done, by a restart that was seen; a value was never read back
	Ready      Outcome = "READY"       // of a dry drill: everything that the rollback would use was observed
	Unverified Outcome = "UNVERIFIED"  // done, but not seen
	Partial    Outcome = "PARTIAL"     // some of it was not done
	Failed     Outcome = "FAILED"      // nothing of it could be done
	Cancelled  Outcome = "CANCELLED"   // a person, or a rollback, ended it
	Fenced     Outcome = "FENCED"      // the state directory's lock was lost meanwhile
	Refused    Outcome = "REFUSED"     // a precondition did not hold
	NeedsHuman Outcome = "NEEDS-HUMAN" // gonogo cannot find out by itself
)

// Lands reports whether a plan that ended with o leads to its phase: it is down,
// or up, as far as gonogo can know.
func (o Outcome) Lands() bool { return o == Verified || o == Inferred }

// Unfired is why a plan that was armed never ran.
type Unfired string

// The reasons. Gonogo itself lets one go that nobody confirmed, that an engine
// which died had armed, or that the guard has no reason for any more.
const (
	UnfiredVeto   Unfired = "vetoed"    // a person stopped the guard
	UnfiredCancel Unfired = "cancelled" // a person did not want it
	UnfiredItself Unfired = "not run"   // nobody stopped it
)

// Unfired returns why p, whose status is Vetoed, never ran.
func (p *PlanState) Unfired() Unfired {
	switch {
	case p.StoppedBy.Via == ViaGuard || p.StoppedBy.Via == ViaEngine:
		return UnfiredItself
	case p.Plan.Guard:
		return UnfiredVeto
	}
	return UnfiredCancel
}
