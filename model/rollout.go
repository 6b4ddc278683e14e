package model

import "time"

// Identifiers are the table names of the config: stable, shown to people, used
// in the journal.
type (
	MetricID   string
	FlagID     string
	ActionID   string
	PhaseID    string
	CheckID    string
	RollbackID string
)

// Rollout is the definition of a rollout as its config gives it, in the order
// in which it was written. It never changes after it was loaded.
type Rollout struct {
	ID          string        `json:"id"` // names the state directory: [a-z0-9][a-z0-9._-]*
	Title       string        `json:"title"`
	Service     string        `json:"service,omitempty"`
	Links       []Link        `json:"links,omitempty"`
	Environment Environment   `json:"environment"`
	Emergency   Emergency     `json:"emergency"`
	Metrics     []Metric      `json:"metrics"`
	Flags       []Flag        `json:"flags"`
	Actions     []ActionSpec  `json:"actions"`
	Phases      []Phase       `json:"phases"`
	SignOff     []Check       `json:"sign_off,omitempty"` // of the plan as a whole, before the first phase
	Guides      []Guide       `json:"guides,omitempty"`
	Risks       []Risk        `json:"risks,omitempty"`
	Reports     []ReportSpec  `json:"reports,omitempty"`
	Closed      []Closed      `json:"closed,omitempty"` // times in which nothing goes up
	Contacts    []Contact     `json:"contacts,omitempty"`
	Escalations []Escalation  `json:"escalations,omitempty"` // by level, the first first
	Rollbacks   []Rollback    `json:"rollbacks"`
	Guard       *Guard        `json:"guard,omitempty"`   // nil: none
	Watches     []Guard       `json:"watches,omitempty"` // guards that arm nothing, beside Guard
	Silences    []SilenceSpec `json:"silences,omitempty"`
	Evidence    EvidenceSpec  `json:"evidence,omitzero"`
	History     HistorySpec   `json:"history,omitzero"`
	Anchor      string        `json:"anchor,omitempty"` // the file that the journal's sums are kept in as well, absolute; empty: none
	Access      AccessRules   `json:"access,omitzero"`
	ConfigPath  string        `json:"config_path"`
	ConfigHash  string        `json:"config_hash"` // sha256 of the config file, hex
}

// Environment is where the rollout happens; it is always on screen.
type Environment struct {
	Name     string   `json:"name"`
	Critical bool     `json:"critical"`           // confirmations ask for more
	Identity []string `json:"identity,omitempty"` // argv that prints what machine this really is
}

// Confirm is how an emergency rollback is confirmed.
type Confirm string

// Countdown fires by itself unless vetoed; Enter waits for the enter key.
const (
	ConfirmCountdown Confirm = "countdown"
	ConfirmEnter     Confirm = "enter"
)

// Emergency says how `!` is confirmed.
type Emergency struct {
	Confirm   Confirm       `json:"confirm"`
	Countdown time.Duration `json:"countdown"` // > 0; 3 s, 5 s where the environment is critical
}

// Unit is what a metric's values count.
type Unit string

// The units of metrics. A ratio is 0 to 1 and shown as per cent.
const (
	Ratio   Unit = "ratio"
	Seconds Unit = "seconds"
	Count   Unit = "count"
	Bytes   Unit = "bytes"
	PerSec  Unit = "per_second"
	Plain   Unit = ""
)

// Metric is one thing that is measured, and what is wanted of it.
type Metric struct {
	ID         MetricID      `json:"id"`
	Title      string        `json:"title"`
	Role       string        `json:"role,omitempty"`   // success | fallback | error | latency | …: panel and colour
	Source     string        `json:"source,omitempty"` // empty for one that has Expr or Read
	Own        Own           `json:"own,omitempty"`    // of the rollout's own past, instead of a source
	Read       *PeopleRead   `json:"read,omitempty"`   // people read it; nil: gonogo does
	SLO        *SLO          `json:"slo,omitempty"`    // kept history tells it, instead of a source; nil: it does not
	Query      string        `json:"query,omitempty"`  // as sent, for "why"; for other sources what they ask
	Expr       string        `json:"expr,omitempty"`   // computed of other metrics
	Inputs     []MetricID    `json:"inputs,omitempty"` // the metrics that Expr names, each once
	Unit       Unit          `json:"unit,omitempty"`
	Target     *Target       `json:"target,omitempty"` // what GO needs
	Alert      *Target       `json:"alert,omitempty"`  // what a guard acts on; between the two: WARN
	Warn       *Target       `json:"warn,omitempty"`   // within the target, and worth a notice; it decides nothing
	For        time.Duration `json:"for,omitempty"`    // the target must have held so long
	AlertFor   time.Duration `json:"alert_for,omitempty"`
	MinCount   float64       `json:"min_count,omitempty"`  // fewer events than this: COLLECTING
	Window     time.Duration `json:"window,omitempty"`     // the longest range that a value looks back over; 0: none, or not known
	CountOver  time.Duration `json:"count_over,omitempty"` // likewise of its number of events
	Settle     time.Duration `json:"settle,omitempty"`     // after a flip or restart its value decides nothing for so long
	Waits      bool          `json:"waits,omitempty"`      // Settle is written: a metric that counts events, which needs none, waits for it too
	Baseline   time.Duration `json:"baseline,omitempty"`   // what a frozen baseline is the mean of, > 0
	Counted    bool          `json:"counted,omitempty"`    // it counts bad and total events: decided sequentially
	Bad        string        `json:"bad,omitempty"`        // the counter of bad events, as asked
	Good       string        `json:"good,omitempty"`       // the counter of good ones instead
	Total      string        `json:"total,omitempty"`      // the counter of all events, as asked
	By         string        `json:"by,omitempty"`         // the label whose values are judged on their own, too; empty: none
	Asked      *Asked        `json:"asked,omitempty"`      // the share of events that a variant is to get; nil: none
	Variant    string        `json:"variant,omitempty"`    // the counter of its events, beside Total
	GoneOK     bool          `json:"gone_ok,omitempty"`    // a process that counted and is gone does not hold the gate
	Control    MetricID      `json:"control,omitempty"`    // the counted metric that its target and alert compare it with; empty: none
	Recent     time.Duration `json:"recent,omitempty"`     // what no longer proves anything by itself, but raises doubt; > 0 where Counted
	Alpha      float64       `json:"alpha,omitempty"`      // chance to fail what is good, 0 to 0.5; 0: its share of the rollout's
	Beta       float64       `json:"beta,omitempty"`       // chance to pass what is poor, 0 to 0.5; 0: the rollout's
	StaleAfter time.Duration `json:"stale_after"`          // > 0
	Every      time.Duration `json:"every"`                // > 0
	Timeout    time.Duration `json:"timeout"`              // > 0, at most Every
	EmptyZero  bool          `json:"empty_zero,omitempty"` // on_empty = "zero": no series means no events, where others are counted
	Link       string        `json:"link,omitempty"`       // an address that shows more of it, http or https; inert
	Refused    string        `json:"refused,omitempty"`    // why check refuses it: then it never passes; inert
}

// SLO is what is judged of a metric's history: of one that counts events Σbad/Σtotal over so
// long, of any other its mean.
type SLO struct {
	Of   MetricID      `json:"of"`
	Over time.Duration `json:"over"` // > 0
}

// HistorySpec is how much of all metrics' samples is kept.
type HistorySpec struct {
	Keep time.Duration `json:"keep"` // 0: none is
	Size int64         `json:"size"` // bytes, of more the oldest go
}

// Asked is the share of all events that a variant is to get: what a flag holds, from 0 to
// 100, or a fixed one.
type Asked struct {
	Flag  FlagID  `json:"flag,omitempty"`
	Share float64 `json:"share,omitempty"` // 0 to 1, where Flag is empty
	Text  string  `json:"text"`            // as written, for people
}

// Target is a threshold: Op, then Value, or Value times what Of stands for,
// and Plus. Of is another metric, whose current value counts, or OfBaseline.
type Target struct {
	Op    string   `json:"op"` // < <= > >= == !=
	Value float64  `json:"value"`
	Of    MetricID `json:"of,omitempty"`
	Plus  float64  `json:"plus,omitempty"` // in the metric's unit; only beside Of
	// Around says that Value is a distance from 1 to go from the size of what Of names, whatever its sign: within 15% of
	// -10 is from -11.5 to -8.5.
	Around bool   `json:"around,omitempty"`
	Text   string `json:"text"` // as written, for people
}

// OfBaseline in Target.Of is the metric's own frozen baseline; no metric may have this name.
const OfBaseline MetricID = "baseline"

// OfControl in Target.Of is the metric's control; no metric may have this name.
const OfControl MetricID = "control"

// OnBaseline reports whether the metric's target or alert rests on its baseline.
func (m *Metric) OnBaseline() bool {
	return m.Target != nil && m.Target.Of == OfBaseline || m.Alert != nil && m.Alert.Of == OfBaseline
}

// Flag is one thing that can be switched.
type Flag struct {
	ID        FlagID        `json:"id"`
	Title     string        `json:"title"`
	Kind      string        `json:"kind"` // of its provider: dotenv, …
	Type      ValueType     `json:"type"`
	Safe      Value         `json:"safe"`                // what every rollback returns to; zero where SafeKeep
	SafeKeep  bool          `json:"safe_keep,omitempty"` // safe = "keep": a rollback leaves it as it is
	Needs     []FlagID      `json:"needs,omitempty"`     // its masters: on means nothing while one is off
	Empty     string        `json:"empty,omitempty"`     // everyone | nobody: what an empty list means
	Apply     []ActionID    `json:"apply,omitempty"`     // a change is not live until these ran
	Effective bool          `json:"effective"`           // the running service can be asked for the value
	Every     time.Duration `json:"every"`               // how often it is observed, > 0
	Scope     []string      `json:"scope,omitempty"`     // what it touches, for people
	Store     string        `json:"store,omitempty"`     // what its provider keeps it in, for people; empty: a store
	// Population is everything that a list may hold, in the order in which a
	// share of it is filled; empty: not known.
	Population      []string `json:"population,omitempty"`
	EffectiveMetric MetricID `json:"effective_metric,omitempty"` // whose value is the effective one, if a metric's is
}

// ActionSpec is one thing that can be run, as far as the model must know it.
type ActionSpec struct {
	ID         ActionID      `json:"id"`
	Title      string        `json:"title"`
	Kind       string        `json:"kind"`
	Timeout    time.Duration `json:"timeout"`               // > 0
	Idempotent bool          `json:"idempotent"`            // may run twice
	Seen       bool          `json:"seen"`                  // gonogo can see by itself that it happened
	SeenMetric MetricID      `json:"seen_metric,omitempty"` // whose change shows it, if a metric does
	Preview    string        `json:"preview"`               // exactly what will happen, inert
}

// Setting is a flag and the value it shall have.
type Setting struct {
	Flag  FlagID `json:"flag"`
	Value Value  `json:"value"`
}

// Phase is one step of the way up.
type Phase struct {
	ID        PhaseID       `json:"id"`
	Title     string        `json:"title"`
	Soak      time.Duration `json:"soak,omitempty"`  // at least so long healthy and observed; 0: none
	Limit     time.Duration `json:"limit,omitempty"` // overdue after; 0: never
	Watch     time.Duration `json:"watch,omitempty"` // the first hours, with someone at the screen
	Flags     []Setting     `json:"flags,omitempty"`
	Gate      []MetricID    `json:"gate,omitempty"`
	Checks    []Check       `json:"checks,omitempty"`
	Freeze    []MetricID    `json:"freeze,omitempty"`    // whose baselines are frozen before it is entered
	Approve   []string      `json:"approve,omitempty"`   // titles of people who sign before it is entered
	Rollback  RollbackID    `json:"rollback,omitempty"`  // this phase's own way back
	NotBefore time.Time     `json:"not_before,omitzero"` // it may not be entered earlier
	At        time.Time     `json:"at,omitzero"`         // when it is planned to be entered, for people
	Before    []ActionID    `json:"before,omitempty"`    // what is run on the way up, before its flags are set
	After     []ActionID    `json:"after,omitempty"`     // and once they are in effect
	Again     []Level       `json:"again,omitempty"`     // by which it is entered again after a way down
	Optional  bool          `json:"optional,omitempty"`  // it may be passed by
	// Owner, Objectives, Activities and Links are for people: whom to ask first, what the phase
	// is for, what is done in it, and addresses worth having at hand.
	Owner      string   `json:"owner,omitempty"`
	Objectives []string `json:"objectives,omitempty"`
	Activities []string `json:"activities,omitempty"`
	Links      []Link   `json:"links,omitempty"`
}

// CheckKind says who finds out whether a check holds.
type CheckKind string

// A person signs; gonogo runs an action, or asks a probe; or a metric passes.
const (
	CheckSign   CheckKind = ""
	CheckRun    CheckKind = "run"
	CheckProbe  CheckKind = "probe"
	CheckMetric CheckKind = "metric"
	CheckDrill  CheckKind = "drill" // a rollback was rehearsed, not longer ago than Within
	CheckGates  CheckKind = "gates" // the gates were rehearsed on History, not longer ago than Within
	CheckPlan   CheckKind = "plan"  // a person signs the plan as a whole, before the first phase
)

// Check is something that must hold before the phase may be left. Which fields
// count depends on Kind.
type Check struct {
	ID      CheckID       `json:"id"`
	Text    string        `json:"text"`
	Kind    CheckKind     `json:"kind,omitempty"`
	Every   time.Duration `json:"every,omitempty"`  // a result counts for so long; 0: for the whole attempt
	Action  ActionID      `json:"action,omitempty"` // of a run: it passes when it ends well
	Probe   string        `json:"probe,omitempty"`  // names the probe in the engine's parts
	Want    string        `json:"want,omitempty"`   // what the probe must answer; empty: anything
	Match   string        `json:"match,omitempty"`  // a regular expression (RE2) that a line of what a run prints, or a probe answers, must match
	Group   string        `json:"group,omitempty"`  // the heading that it stands under; inert
	OneOf   string        `json:"one_of,omitempty"` // of the checks of a phase with the same one is enough; inert
	Asks    string        `json:"asks,omitempty"`   // what the probe asks, for people
	Metric  MetricID      `json:"metric,omitempty"`
	Timeout time.Duration `json:"timeout,omitempty"` // of a run or probe, > 0
	Drill   RollbackID    `json:"drill,omitempty"`   // of a drill: what must have been rehearsed
	Within  time.Duration `json:"within,omitempty"`  // of a drill or gates, > 0
	History time.Duration `json:"history,omitempty"` // of gates, > 0
	Real    bool          `json:"real,omitempty"`    // of a drill: a dry one does not count
	Link    string        `json:"link,omitempty"`    // an address that shows more of it, http or https; inert
	Title   string        `json:"title,omitempty"`   // of an approval: only people with it sign
	After   time.Duration `json:"after,omitempty"`   // due so long after the phase was entered; before that it stops nothing
}

// Automatic reports whether gonogo finds out by itself, and when it is due.
// A run without Every waits for a person to start it.
func (c *Check) Automatic() bool {
	return c.Kind == CheckProbe || c.Kind == CheckMetric || c.Kind == CheckDrill || c.Kind == CheckGates || c.Kind == CheckRun && c.Every > 0
}

// Metric returns the metric id, or nil.
func (r *Rollout) Metric(id MetricID) *Metric {
	return find(r.Metrics, func(m *Metric) bool { return m.ID == id })
}

// Flag returns the flag id, or nil.
func (r *Rollout) Flag(id FlagID) *Flag {
	return find(r.Flags, func(f *Flag) bool { return f.ID == id })
}

// Action returns the action id, or nil.
func (r *Rollout) Action(id ActionID) *ActionSpec {
	return find(r.Actions, func(a *ActionSpec) bool { return a.ID == id })
}

// Phase returns the phase id, or nil.
func (r *Rollout) Phase(id PhaseID) *Phase {
	return find(r.Phases, func(p *Phase) bool { return p.ID == id })
}

// Rollback returns the rollback id, or nil.
func (r *Rollout) Rollback(id RollbackID) *Rollback {
	return find(r.Rollbacks, func(b *Rollback) bool { return b.ID == id })
}

// EmergencyRollback returns what `!` runs, or nil.
func (r *Rollout) EmergencyRollback() *Rollback {
	return find(r.Rollbacks, func(b *Rollback) bool { return b.Emergency })
}

// PhaseIndex returns the place of phase id in Phases, or -1, which is also
// where a rollout stands before its first phase.
func (r *Rollout) PhaseIndex(id PhaseID) int {
	for i := range r.Phases {
		if r.Phases[i].ID == id {
			return i
		}
	}
	return -1
}

// NextPhase returns the phase after id, the first for "", or nil after the last.
func (r *Rollout) NextPhase(id PhaseID) *Phase {
	i := r.PhaseIndex(id) + 1
	if i >= len(r.Phases) {
		return nil
	}
	return &r.Phases[i]
}

// JudgedPhase returns the phase whose gate counts while the rollout stands in
// id: id itself, or the first one before any was entered.
func (r *Rollout) JudgedPhase(id PhaseID) *Phase {
	if p := r.Phase(id); p != nil {
		return p
	}
	return r.NextPhase("")
}

func find[T any](all []T, match func(*T) bool) *T {
	for i := range all {
		if match(&all[i]) {
			return &all[i]
		}
	}
	return nil
}
