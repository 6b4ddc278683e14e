package model

import "time"

// MetricState is what is known of a metric or check against what is wanted.
type MetricState string

// The states of a line, best first. NoSeries is NoData with the reason that
// the selector matches nothing at all.
const (
	Pass       MetricState = "PASS"
	Manual     MetricState = "MANUAL"     // a person's check, not signed
	Soaking    MetricState = "SOAKING"    // all else passes, the minimum is not served
	Collecting MetricState = "COLLECTING" // too few events, or `for` not yet served
	NoTraffic  MetricState = "NO-TRAFFIC" // denominator zero
	NoData     MetricState = "NO-DATA"
	Stale      MetricState = "STALE"
	Ambiguous  MetricState = "AMBIGUOUS"
	Down       MetricState = "DOWN"
	Warn       MetricState = "WARN"
	Fail       MetricState = "FAIL"
)

var severity = map[MetricState]int{
	Pass: 0, Manual: 1, Soaking: 2, Collecting: 3, NoTraffic: 4, NoData: 5,
	Stale: 6, Ambiguous: 7, Down: 8, Warn: 9, Fail: 10,
}

// Severity orders states from 0, Pass, to 10, Fail; an unknown state is worst.
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
	Hold    Headline = "HOLD"    // collecting, soaking, or a person's turn
	Unknown Headline = "UNKNOWN" // no data, stale, source down
)

// Headline returns what a gate says whose worst line is s.
func (s MetricState) Headline() Headline {
	switch s {
	case Pass:
		return GO
	case Manual, Soaking, Collecting:
		return Hold
	case Warn, Fail:
		return NoGo
	}
	return Unknown
}

// Streak is how long a metric has been on one side of its thresholds, in
// observed time. It is journaled, so that a restart does not forget it.
type Streak struct {
	Target time.Duration `json:"target,omitempty"` // the target has held
	Alert  time.Duration `json:"alert,omitempty"`  // the alert has held
}

// Line is one line of a gate, or a metric outside it: what it is, what is
// wanted, and why it is in its state.
type Line struct {
	Metric    MetricID      `json:"metric,omitempty"` // empty for a check or the soak
	Check     CheckID       `json:"check,omitempty"`
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
	SampleAt  time.Time     `json:"sample_at,omitzero"`
	Held      time.Duration `json:"held,omitempty"` // how long it has been in this state's condition
	Count     float64       `json:"count,omitempty"`
	HasCount  bool          `json:"has_count,omitempty"`
	Reason    string        `json:"reason,omitempty"` // why this state, and what would change it
}

// Verdict is a gate's answer, with its lines in the order of the config.
type Verdict struct {
	Phase    PhaseID     `json:"phase"`
	Headline Headline    `json:"headline"`
	Worst    MetricState `json:"worst"`
	Lines    []Line      `json:"lines"`
	Passed   int         `json:"passed"`  // lines in PASS
	Reasons  []string    `json:"reasons"` // one for each line that is not PASS, worst first
	Healthy  bool        `json:"healthy"` // the soak clock runs
}
