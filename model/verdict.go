package model

import "time"

// MetricState is what is known of a metric or check against what is wanted.
type MetricState string

// The states of a line, best first. NoSeries is an empty answer whose selector
// matches nothing at all: a name or label is probably mistyped.
const (
	Pass       MetricState = "PASS"
	Manual     MetricState = "MANUAL"     // a person's check, not signed
	Unread     MetricState = "UNREAD"     // nobody has read a metric that people read, or not since the last change
	Soaking    MetricState = "SOAKING"    // all else passes, the minimum is not served
	Held       MetricState = "HELD"       // a person stopped all ways up
	Collecting MetricState = "COLLECTING" // too few events, `for` not yet served, or a change under way
	Below      MetricState = "BELOW"      // a partial way down: the rollout stands below its phase
	NoTraffic  MetricState = "NO-TRAFFIC" // denominator zero
	NoData     MetricState = "NO-DATA"
	NoSeries   MetricState = "NO-SERIES"
	Stale      MetricState = "STALE"
	Ambiguous  MetricState = "AMBIGUOUS"
	Down       MetricState = "DOWN"
	Warn       MetricState = "WARN"
	Fail       MetricState = "FAIL"
	// Drift: a flag of a phase that was entered is not as the phase set it, or not in effect.
	Drift MetricState = "DRIFT"
	// NotSafe: a rollback ended, and it is not confirmed that it worked.
	NotSafe     MetricState = "NOT SAFE"
	RollingBack MetricState = "ROLLING BACK"
)

var severity = map[MetricState]int{
	Pass: 0, Manual: 1, Unread: 2, Soaking: 3, Held: 4, Collecting: 5, Below: 6, NoTraffic: 7, NoData: 8, NoSeries: 9,
	Stale: 10, Ambiguous: 11, Down: 12, Warn: 13, Fail: 14, Drift: 15, NotSafe: 16, RollingBack: 17,
}

// Severity orders states from 0, Pass, to 17, RollingBack; an unknown state is worst.
func (s MetricState) Severity() int {
	if n, ok := severity[s]; ok {
		return n
	}
	return len(severity)
}

// Headline is a gate's answer in one word.
type Headline string

// GO only if every line is PASS.
const (
	GO      Headline = "GO"
	NoGo    Headline = "NO-GO"   // something is measured to be wrong
	Hold    Headline = "HOLD"    // collecting, soaking, held, below the phase, or a person's turn
	Unknown Headline = "UNKNOWN" // no data, stale, source down
	// What is said of a rollback goes before all that the gate's lines say.
	GateRollingBack Headline = "ROLLING BACK"
	GateNotSafe     Headline = "NOT SAFE"
)

// OfRollback reports whether a rollback runs, or was not confirmed.
func (h Headline) OfRollback() bool { return h == GateRollingBack || h == GateNotSafe }

// Headline returns what a gate says whose worst line is s.
func (s MetricState) Headline() Headline {
	switch s {
	case Pass:
		return GO
	case Manual, Unread, Soaking, Held, Collecting, Below:
		return Hold
	case Warn, Fail, Drift:
		return NoGo
	case NotSafe:
		return GateNotSafe
	case RollingBack:
		return GateRollingBack
	}
	return Unknown
}

// Streak is how long a metric has been on one side of its thresholds, in
// observed time, and how far its evidence is. It is journaled, so that a restart does not
// forget it.
type Streak struct {
	Target   time.Duration `json:"target,omitempty"`  // the target has held
	Alert    time.Duration `json:"alert,omitempty"`   // the alert has held
	Counted  Counting      `json:"counted,omitzero"`  // of a metric that counts bad and total events
	Parts    *PartsCounted `json:"parts,omitempty"`   // of its parts; nil: none yet
	Evidence Evidence      `json:"evidence,omitzero"` // as older gonogos counted; it is read and not used
}

// Evidence is what a sequential test of older gonogos had counted and decided.
type Evidence struct {
	Bad     float64 `json:"bad,omitempty"`
	Total   float64 `json:"total,omitempty"`
	Decided string  `json:"decided,omitempty"`
}

// Line is one line of a gate, or a metric outside it: what it is, what is
// wanted, and why it is in its state.
type Line struct {
	Metric    MetricID      `json:"metric,omitempty"` // empty for a check, a flag, the soak, or what the rollout stands in
	Check     CheckID       `json:"check,omitempty"`
	Flag      FlagID        `json:"flag,omitempty"` // of a phase that was entered, and not as it should be
	Title     string        `json:"title"`
	State     MetricState   `json:"state"`
	Value     Float         `json:"value"`
	HasValue  bool          `json:"has_value"`
	Unit      Unit          `json:"unit,omitempty"`
	Target    string        `json:"target,omitempty"`
	Threshold Float         `json:"threshold"` // the target's, resolved; only if HasTarget
	HasTarget bool          `json:"has_target,omitempty"`
	Alert     string        `json:"alert,omitempty"`
	AlertAt   Float         `json:"alert_at"` // the alert's threshold, resolved
	HasAlert  bool          `json:"has_alert,omitempty"`
	Warned    string        `json:"warned,omitempty"` // the warn threshold that its value is beyond, though it passes; empty: none
	SampleAt  time.Time     `json:"sample_at,omitzero"`
	Held      time.Duration `json:"held,omitempty"` // how long it has been in this state's condition
	Count     float64       `json:"count,omitempty"`
	HasCount  bool          `json:"has_count,omitempty"`
	Rate      float64       `json:"rate,omitempty"`     // events a second, as they come now; 0: not known
	Settling  time.Duration `json:"settling,omitempty"` // what is left until its window holds nothing from before the last change
	Missing   string        `json:"missing,omitempty"`  // what the value provides for, and nothing is seen of, such as failures before the first
	Lines     Lines         `json:"log_lines,omitzero"` // the newest log lines that it counted
	Thin      bool          `json:"thin,omitempty"`     // too little evidence for the soak clock
	Test      *Sequential   `json:"test,omitempty"`     // its sequential test, where it has one
	Part      string        `json:"part,omitempty"`     // the part of it that is worst, where it is not the whole that is
	// More is how many further events would change the state, if they come as
	// MoreOf says, and MoreTime how long they take at Rate; 0: not known.
	More     float64       `json:"more_events,omitempty"`
	MoreOf   EventKind     `json:"more_of,omitempty"`
	MoreTime time.Duration `json:"more_time,omitempty"`
	Baseline MetricID      `json:"baseline,omitempty"` // the line is about this metric's baseline, which the next phase freezes
	Reason   string        `json:"reason,omitempty"`   // why this state
	Spared   string        `json:"spared,omitempty"`   // of a check that is not needed: the one that holds in its place
}

// EventKind says what events a Line waits for.
type EventKind string

// Events as they come, whatever they are; as they come, with the present share
// of bad ones; or without a single bad one among them.
const (
	AnyEvents   EventKind = "any"
	SuchEvents  EventKind = "such"
	CleanEvents EventKind = "clean"
)

// Verdict is a gate's answer, with its lines in the order of the config.
type Verdict struct {
	Phase    PhaseID     `json:"phase"`
	Headline Headline    `json:"headline"`
	Worst    MetricState `json:"worst"`
	Lines    []Line      `json:"lines"`
	Passed   int         `json:"passed"`           // lines in PASS
	Reasons  []string    `json:"reasons"`          // one for each line that is not PASS, worst first; then Notes
	Notes    []string    `json:"notes,omitempty"`  // what is said beside the lines: an override, a veto
	Healthy  bool        `json:"healthy"`          // the soak clock runs
	Closed   string      `json:"closed,omitempty"` // why nothing goes up at this time, and until when; empty: it may
	Breach   MetricID    `json:"breach,omitempty"` // what the guard acts on; empty: nothing
}
