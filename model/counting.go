package model

import (
	"time"

	"gonogo/model/evidence"
)

// Counting is how far the evidence of a metric that counts events is, in one
// attempt. It is journaled with the metric's streak, so that a restart forgets no
// proof and spends no alpha twice. All of it is comparable with ==.
type Counting struct {
	Begun  bool                `json:"begun,omitempty"`
	At     time.Duration       `json:"at,omitempty"`     // observed since the attempt began, at the last look
	Change uint64              `json:"change,omitempty"` // Seq of the ServiceChange since which it counts
	Fail   evidence.State      `json:"fail,omitzero"`    // against the alert's share; without an alert the target's
	Warn   evidence.State      `json:"warn,omitzero"`    // against the target's share, where there is an alert
	Go     evidence.Accepting  `json:"go,omitzero"`      // that the share is below the alert's
	Over   evidence.Recovering `json:"over,omitzero"`    // that what Fail proved is over
	Better evidence.Recovering `json:"better,omitzero"`  // likewise of Warn
	Recent evidence.Counts     `json:"recent,omitzero"`  // of the last minutes, see Metric.Recent
	Doubt  bool                `json:"doubt,omitempty"`  // those speak against the target
	Asked  float64             `json:"asked,omitempty"`  // of a metric with Asked: the share that Match is about
	Match  evidence.Matching   `json:"match,omitzero"`   // likewise: whether that is what the variant gets
}

// Proved reports what has been proved and is not over.
func (c *Counting) Proved() (fails, warns, goes bool) {
	return c.Fail.Proved, c.Warn.Proved, c.Go.Proved
}

// PartsCounted is how far the evidence of each part of a metric is, in one attempt.
// Nobody may change it once it is in a Streak.
type PartsCounted struct {
	First int            `json:"first"` // parts that were there when the attempt began to count
	Parts []PartCounting `json:"parts"` // those first, by name; then as they came
}

// PartCounting is how far that of one part is. Of its tests there is none for going on.
type PartCounting struct {
	Part     string   `json:"part"`
	Counting Counting `json:"counting"`
}

// Proof is a test of counted events as it stands, for people.
type Proof struct {
	Share  Float           `json:"share,omitempty"` // what it speaks about: this share of bad events,
	Times  Float           `json:"times,omitempty"` // or so many times the control's
	Counts evidence.Counts `json:"counts"`          // what it rests on
	Since  time.Duration   `json:"since"`           // when those began, after the attempt did
	Proved bool            `json:"proved,omitempty"`
	At     time.Duration   `json:"at,omitempty"` // of the proof, likewise
	Log    Float           `json:"log"`          // natural logarithm of the evidence,
	Bound  Float           `json:"bound"`        // and where it is a proof
}

// Sequential is how the tests of a metric that counts events stand, for people.
type Sequential struct {
	Fail    Proof   `json:"fail"`            // above the alert's share: FAIL
	Warn    *Proof  `json:"warn,omitempty"`  // above the target's share: WARN; nil without an alert
	Go      Proof   `json:"go"`              // below the alert's share: PASS
	Over    *Proof  `json:"over,omitempty"`  // that what was proved against it is over; nil: nothing was
	Doubt   bool    `json:"doubt,omitempty"` // the last minutes speak against the target
	Recent  Recent  `json:"recent"`
	Promise float64 `json:"promise"` // the chance of a false FAIL in this attempt is at most this
	Alpha   float64 `json:"alpha"`   // the metric's share of the attempt's
	Beta    float64 `json:"beta"`    // chance to pass what is poor
	Sees    []Sight `json:"sees,omitempty"`
	// Of a metric that is judged by part, too.
	By       string      `json:"by,omitempty"`        // the label
	PartsAll int         `json:"parts_all,omitempty"` // how many parts there are
	Parts    []PartProof `json:"parts,omitempty"`     // what fails, and the worst five of the others
}

// Proven is what let a metric that counts events pass at a moment: it is journaled where
// the gate comes to GO, and beside a signature, so that it is known later what those saw.
type Proven struct {
	Metric MetricID        `json:"metric"`
	Counts evidence.Counts `json:"counts"`
	Share  float64         `json:"share"` // of bad events, 0 to 1
	Over   time.Duration   `json:"over"`  // how long it took to count them
	Says   string          `json:"says"`  // the gate's line
}

// Proofs returns what lets the metrics pass that v asks for and that count events.
func (v *Verdict) Proofs() []Proven {
	var out []Proven
	for i := range v.Lines {
		line := &v.Lines[i]
		if t := line.Test; t != nil && t.Go.Proved && line.State == Pass {
			out = append(out, Proven{Metric: line.Metric, Counts: t.Go.Counts, Share: t.Go.Counts.Share(), Over: t.Go.At - t.Go.Since, Says: line.Reason})
		}
	}
	return out
}

// PartProof is how one part of a metric stands, for people.
type PartProof struct {
	Part  string          `json:"part"`
	State MetricState     `json:"state"` // FAIL, WARN, or PASS for one that nothing speaks against
	Last  evidence.Counts `json:"last"`  // what the last minutes counted, see Sequential.Recent
	Fail  Proof           `json:"fail"`  // above the alert's share
}

// Recent is what the last minutes counted.
type Recent struct {
	Counts evidence.Counts `json:"counts"`
	Over   time.Duration   `json:"over"`
}

// Sight is a regression that would be seen at the present traffic: Ratio times what is
// allowed, after about so many events and so much time from the beginning of an attempt.
type Sight struct {
	Ratio  float64       `json:"ratio"`
	Events float64       `json:"events"`
	After  time.Duration `json:"after"`
}

// EvidenceSpec is what [evidence] says: the chances for a whole attempt.
type EvidenceSpec struct {
	Alpha float64 `json:"alpha"` // to fail what is good, 0 to 0.5
	Beta  float64 `json:"beta"`  // to pass what is poor, 0 to 0.5
}
