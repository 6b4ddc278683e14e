package model

import "time"

// State is where a rollout stands: the fold of its records, see Apply.
type State struct {
	Seq           uint64                 `json:"seq"` // of the last record
	Sum           Hash                   `json:"sum"` // of the last record
	At            time.Time              `json:"at"`  // of the last record
	ConfigHash    string                 `json:"config_hash"`
	Phase         PhaseID                `json:"phase"`           // "" before the first phase
	Attempts      []Attempt              `json:"attempts"`        // of all phases, in the order they were entered; the last is current unless Left is set
	Below         *BelowPhase            `json:"below,omitempty"` // the rollout stands below Phase; nil: it does not
	Set           map[FlagID]Value       `json:"set,omitempty"`   // what the phases entered set, as resolved
	Held          bool                   `json:"held,omitempty"`
	HeldBy        Actor                  `json:"held_by,omitzero"`
	HeldReason    string                 `json:"held_reason,omitempty"`
	Headline      Headline               `json:"headline,omitempty"`      // the last one journaled
	HeadlineSince time.Time              `json:"headline_since,omitzero"` // of its record
	Breach        Breach                 `json:"breach,omitzero"`         // what was seen to go wrong, without a GO since
	Streaks       map[MetricID]Streak    `json:"streaks,omitempty"`
	Baselines     map[MetricID]Baseline  `json:"baselines,omitempty"`
	Changed       ServiceChange          `json:"changed,omitzero"` // the last thing that makes older readings say little
	Guard         GuardState             `json:"guard,omitzero"`
	Flags         map[FlagID]FlagState   `json:"flags,omitempty"`
	Checks        map[CheckID]CheckState `json:"checks,omitempty"`     // of the current attempt
	Plan          *PlanState             `json:"plan,omitempty"`       // armed, running, or the last one that ended
	Preempted     *PlanState             `json:"preempted,omitempty"`  // ran when another was armed, and has not ended
	LastDown      *PlanState             `json:"last_down,omitempty"`  // the last rollback that fired, also while it runs
	Marks         []Mark                 `json:"marks,omitempty"`      // for the charts, oldest first, at most 200
	Incident      *Incident              `json:"incident,omitempty"`   // the last one; nil: none yet
	Drills        map[RollbackID]Drill   `json:"drills,omitempty"`     // the last rehearsal of each rollback
	Rehearsals    []GatesRehearsal       `json:"rehearsals,omitempty"` // of the gates on history, the newest last, at most 8
	Unaudited     int                    `json:"unaudited,omitempty"`
	Damaged       string                 `json:"damaged,omitempty"` // why the journal is not to be believed past what is folded here; set by the ledger, by no record
	Engine        int                    `json:"engine,omitempty"`  // pid of the engine that wrote last and has not stopped in order
	// Readings are the last of each metric that people read.
	Readings  map[MetricID]PersonReading `json:"readings,omitempty"`
	Silences  map[SilenceID]SilenceState `json:"silences,omitempty"`  // the last of each name
	Watches   map[string]WatchState      `json:"watches,omitempty"`   // what the guards that arm nothing see, by name
	Reports   map[ReportKind]time.Time   `json:"reports,omitempty"`   // what the last of each was due at
	Past      OwnPast                    `json:"past,omitzero"`       // what its own metrics are made of
	Escalated map[Condition]Escalated    `json:"escalated,omitempty"` // the last of each
	SignOff   map[CheckID]CheckState     `json:"sign_off,omitempty"`  // of the plan as a whole
}

// Attempt is one stay in a phase.
type Attempt struct {
	Phase    PhaseID       `json:"phase"`
	N        int           `json:"n"` // from 1, for each phase
	Entered  time.Time     `json:"entered"`
	By       Actor         `json:"by"`
	Left     time.Time     `json:"left,omitzero"`
	Back     bool          `json:"back,omitempty"` // left by a rollback
	Soak     time.Duration `json:"soak"`           // healthy and observed
	Override string        `json:"override,omitempty"`
	Seq      uint64        `json:"seq,omitempty"` // of the record that began it
}

// FlagState is what is known of a flag. A value here was observed, never assumed.
type FlagState struct {
	Stored      Value     `json:"stored,omitzero"`
	StoredAt    time.Time `json:"stored_at,omitzero"` // when it was first seen so
	StoredErr   string    `json:"stored_err,omitempty"`
	Effective   Value     `json:"effective,omitzero"`
	EffectiveAt time.Time `json:"effective_at,omitzero"`
	EffectErr   string    `json:"effect_err,omitempty"`
	Inferred    bool      `json:"inferred,omitempty"` // Effective was not read back but concluded
	Want        Value     `json:"want,omitzero"`      // what a plan set last; zero: gonogo never set it
	Pending     bool      `json:"pending,omitempty"`  // set by the running plan, its effect not yet seen
}

// Drift reports whether the store holds another value than gonogo set.
func (f FlagState) Drift() bool {
	return !f.Want.IsZero() && !f.Stored.IsZero() && !f.Pending && !f.Stored.Equal(f.Want)
}

// Unapplied reports whether the running service is seen to use another value than the store has.
func (f FlagState) Unapplied() bool {
	return !f.Stored.IsZero() && !f.Effective.IsZero() && f.Stored.Type != Unset && !f.Stored.Equal(f.Effective)
}

// Current returns the value that counts: the effective one if it is known, else the stored.
func (f FlagState) Current() Value {
	if !f.Effective.IsZero() {
		return f.Effective
	}
	return f.Stored
}

// CheckState is what is known of a check: a signature, or how its last run
// ended. A run that began and has no end yet leaves what was known before.
type CheckState struct {
	By     Actor         `json:"by"`
	At     time.Time     `json:"at"`
	Note   string        `json:"note,omitempty"`
	Ran    bool          `json:"ran,omitempty"`    // gonogo found out, rather than a person's word
	Failed bool          `json:"failed,omitempty"` // it does not hold
	Took   time.Duration `json:"took,omitempty"`
	Output string        `json:"output,omitempty"` // head and tail of what it printed, or the answer
	Proofs []Proven      `json:"proofs,omitempty"` // of a signature: what was proved in the gate then
	Config string        `json:"config,omitempty"` // of a signature of the plan: the hash of the config that it is for
}

// Counts reports whether the result of check c still counts at now.
func (s CheckState) Counts(c *Check, now time.Time) bool {
	return c.Every <= 0 || now.Sub(s.At) < c.Every
}

// Baseline is a metric's value at a time that later values are compared with.
type Baseline struct {
	Value  Float         `json:"value"` // the mean of its readings
	At     time.Time     `json:"at"`    // when it was frozen
	Window time.Duration `json:"window"`
	Points int           `json:"points"` // readings, > 0
	Query  string        `json:"query,omitempty"`
	By     Actor         `json:"by"`
}

// ServiceChange is a change of the running service: a flag, or a restart.
type ServiceChange struct {
	Seq  uint64    `json:"seq"` // of its record: a clock that is set moves At, and is no change
	At   time.Time `json:"at"`
	What string    `json:"what"`
}

// GuardState is what the guard sees and has done.
type GuardState struct {
	Metric   MetricID  `json:"metric,omitempty"` // the breach that goes on: its first metric
	Reason   string    `json:"reason,omitempty"`
	Since    time.Time `json:"since,omitzero"`
	Spent    bool      `json:"spent,omitempty"` // it fired in this attempt, and does so once
	Veto     time.Time `json:"veto,omitzero"`   // a veto is in force until then
	VetoBy   Actor     `json:"veto_by,omitzero"`
	VetoNote string    `json:"veto_note,omitempty"`
}

// Vetoed reports whether a veto of the guard is in force at now.
func (g *GuardState) Vetoed(now time.Time) bool { return now.Before(g.Veto) }

// PlanStatus is where a plan is between armed and ended.
type PlanStatus string

// An Armed plan waits for its countdown or a person, and never fires after its engine died.
const (
	Armed   PlanStatus = "armed"
	Vetoed  PlanStatus = "vetoed"
	Running PlanStatus = "running"
	Ended   PlanStatus = "ended"
)

// PlanState is a plan and how far it is. T1 is FiredAt, T2 ContainedAt, T3 VerifiedAt.
type PlanState struct {
	Plan        Plan        `json:"plan"`
	Status      PlanStatus  `json:"status"`
	By          Actor       `json:"by"` // who armed it
	ArmedAt     time.Time   `json:"armed_at"`
	ArmedSeq    uint64      `json:"armed_seq"`        // of the record that armed it
	FireAt      time.Time   `json:"fire_at,omitzero"` // end of the countdown; zero: waits for a person
	FiredAt     time.Time   `json:"fired_at,omitzero"`
	FiredBy     Actor       `json:"fired_by,omitzero"`
	ContainedAt time.Time   `json:"contained_at,omitzero"` // what it sets was in effect
	VerifiedAt  time.Time   `json:"verified_at,omitzero"`
	EndedAt     time.Time   `json:"ended_at,omitzero"`
	Outcome     Outcome     `json:"outcome,omitempty"`
	Summary     string      `json:"summary,omitempty"`
	Steps       []StepState `json:"steps"` // one for each of Plan.Steps
	Joined      []Actor     `json:"joined,omitempty"`
	Notified    []Notice    `json:"notified,omitempty"`
	Note        string      `json:"note,omitempty"`      // why it never ran
	StoppedBy   Actor       `json:"stopped_by,omitzero"` // of one that never ran: who kept it from that, gonogo itself where nobody did
	Doubted     []string    `json:"doubted,omitempty"`   // what is in doubt beside its steps
	// Confirm… say of a rollback that ended without VERIFIED what came after.
	ConfirmedAt time.Time  `json:"confirmed_at,omitzero"`
	ConfirmedBy Actor      `json:"confirmed_by,omitzero"`
	Confirmed   ConfirmHow `json:"confirmed,omitempty"`
	ConfirmNote string     `json:"confirm_note,omitempty"` // the person's reason, or what was seen
	LookedAt    time.Time  `json:"looked_at,omitzero"`     // looked at again, and not confirmed
	LookedNote  string     `json:"looked_note,omitempty"`  // why not
	WentOn      bool       `json:"went_on,omitempty"`      // a phase was entered after it
}

// StepState is how far a step is. A step without Outcome whose Tries is not 0 runs.
type StepState struct {
	Tries   int       `json:"tries,omitempty"`
	Again   bool      `json:"again,omitempty"` // begun once more after it had ended: of a set, its flag had flipped back
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	Before  string    `json:"before,omitempty"`
	Seen    string    `json:"seen,omitempty"`   // what shows an action's effect said then
	Mark    string    `json:"mark,omitempty"`   // what is old for a verify's witness
	Marked  bool      `json:"marked,omitempty"` // it was taken
	Outcome Outcome   `json:"outcome,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Output  string    `json:"output,omitempty"`
	// Of a step that people do: who signed it, when, and what they noted.
	SignedBy   Actor     `json:"signed_by,omitzero"`
	SignedAt   time.Time `json:"signed_at,omitzero"`
	SignedNote string    `json:"signed_note,omitempty"`
}

// Breach is something that was measured to go wrong.
type Breach struct {
	Since time.Time `json:"since,omitzero"` // zero: none
	Why   string    `json:"why,omitempty"`
}

// Incident is the time from a breach to a verified rollback. It stays open
// until one was verified, or confirmed later, however many are tried.
type Incident struct {
	Breach    time.Time `json:"breach,omitzero"` // T0; zero: gonogo saw nothing wrong before
	Why       string    `json:"why,omitempty"`
	Fired     time.Time `json:"fired"`              // T1
	Contained time.Time `json:"contained,omitzero"` // T2
	Verified  time.Time `json:"verified,omitzero"`  // T3
	Plan      PlanID    `json:"plan"`               // the newest of its rollbacks
	Outcome   Outcome   `json:"outcome,omitempty"`  // of that; empty while it runs
	Left      bool      `json:"left,omitempty"`     // people went on without a verified rollback
}

// Open reports whether the clock still runs.
func (i *Incident) Open() bool { return i != nil && i.Verified.IsZero() && !i.Left }

// Drill is a rehearsal of a rollback.
type Drill struct {
	At      time.Time     `json:"at"` // when it ended
	By      Actor         `json:"by"`
	How     Rehearsal     `json:"how"`
	Outcome Outcome       `json:"outcome"`
	Took    time.Duration `json:"took"`
	Budget  time.Duration `json:"budget"`
	Plan    PlanID        `json:"plan"`
}

// Passed reports whether the drill showed that the rollback works (real), or
// that it could be run (dry), within its budget.
func (d Drill) Passed() bool {
	return d.Took <= d.Budget && (d.Outcome == Verified || d.How == RehearseDry && d.Outcome == Ready)
}

// Notice is one notification that was sent, or could not be.
type Notice struct {
	Action ActionID `json:"action"`
	Title  string   `json:"title"`
	Err    string   `json:"err,omitempty"`
}

// Mark is something that a chart shows a mark for.
type Mark struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Attempt returns the current attempt, or nil before the first phase and below one.
func (s *State) Attempt() *Attempt {
	if s.Phase == "" || len(s.Attempts) == 0 {
		return nil
	}
	a := &s.Attempts[len(s.Attempts)-1]
	if !a.Left.IsZero() {
		return nil
	}
	return a
}

// LastAttempt returns the newest attempt of phase id, or nil.
func (s *State) LastAttempt(id PhaseID) *Attempt {
	for i := len(s.Attempts) - 1; i >= 0; i-- {
		if s.Attempts[i].Phase == id {
			return &s.Attempts[i]
		}
	}
	return nil
}

// PlanOf returns the plan id if it is the newest, or runs still though another
// was armed since; else nil.
func (s *State) PlanOf(id PlanID) *PlanState {
	for _, p := range []*PlanState{s.Plan, s.Preempted} {
		if p != nil && p.Plan.ID == id {
			return p
		}
	}
	return nil
}

// ActivePlan returns the plan that is armed or runs, or nil.
func (s *State) ActivePlan() *PlanState {
	if s.Plan != nil && (s.Plan.Status == Armed || s.Plan.Status == Running) {
		return s.Plan
	}
	return nil
}

// firedBy returns who fired plan id, or otherwise.
func (s *State) firedBy(id PlanID, otherwise Actor) Actor {
	if s.Plan != nil && s.Plan.Plan.ID == id && s.Plan.FiredBy.Name != "" {
		return s.Plan.FiredBy
	}
	return otherwise
}

// step returns the plan's step n, or nil.
func (s *State) step(id PlanID, n int) *Step {
	p := s.PlanOf(id)
	if p == nil || n < 0 || n >= len(p.Plan.Steps) {
		return nil
	}
	return &p.Plan.Steps[n]
}
