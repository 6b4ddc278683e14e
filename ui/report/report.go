package report

import (
	"time"

	"gonogo/model"
)

// Kind is what a report is about.
type Kind string

// Of the last day, the last week, one phase, one incident, or all of it.
const (
	Daily    Kind = "daily"
	Weekly   Kind = "weekly"
	OfPhase  Kind = "phase"
	Incident Kind = "incident"
	Final    Kind = "final"
)

// Span is the time that a report is about.
type Span struct {
	Kind     Kind
	Phase    model.PhaseID // of OfPhase
	From, To time.Time     // From zero: from the beginning
}

// Report is how a rollout went in a time.
type Report struct {
	Title, Service, Environment string
	Kind                        Kind
	From, To                    time.Time // what it is about
	Rollout                     string    // its id
	Config                      string    // sha256 of the config, hex, as it is by now
	Records                     int       // read
	Stands                      string    // where the rollout stands: "50% of tenants", "below …", "not started"
	Gate                        model.Headline
	Trouble                     string // why it may be incomplete, such as a damaged journal; empty: it is whole

	Phases     []Phase
	Decisions  []Decision
	Signatures []Signature
	Incidents  []IncidentTimes
	Drills     []Drill
	Readings   []Reading
	SLOs       []SLO
	Charts     []Chart
	Risks      []model.Risk // as the plan has them; not in a daily or weekly report
	Open       []string     // what is still to be done
}

// Phase is what was planned of a phase, and what was.
type Phase struct {
	ID       model.PhaseID
	Title    string
	Soak     time.Duration // planned at least
	Limit    time.Duration // overdue after; 0: never
	Attempts []Attempt
	Owner    string
	At       time.Time // when it was planned to be entered; zero: no time
	State    string    // "done", "here", "below", "skipped", "ahead"
}

// Attempt is one stay in a phase.
type Attempt struct {
	Entered, Left time.Time     // Left zero: it goes on
	Active        time.Duration // healthy and observed
	Waiting       time.Duration // all other time
	By            string
	Back          bool   // left by a rollback
	Override      string // why it was entered against the gate
}

// Decision is something that somebody decided, on what was known.
type Decision struct {
	At       time.Time
	By       string
	What     string         // "entered 10% of tenants", "rolled back: Everything off"
	Gate     model.Headline // when it was decided; empty: not known
	Reason   string
	Against  bool     // against the gate
	Evidence []string // what was proved, a line each
	Outcome  model.Outcome
}

// Signature is a check that somebody vouched for, or that gonogo found out.
type Signature struct {
	At       time.Time
	By       string
	Phase    model.PhaseID
	Check    string
	Note     string
	Ran, OK  bool // gonogo found out; it holds
	Evidence []string
}

// IncidentTimes are the times of a rollback that was verified, or is not yet.
type IncidentTimes struct {
	Why, How, By                       string // what went wrong; what rolled back; who fired it
	Breach, Fired, Contained, Verified time.Time
	Outcome                            model.Outcome
}

// Drill is a rehearsal of a rollback.
type Drill struct {
	At           time.Time
	By, Rollback string
	How          model.Rehearsal
	Outcome      model.Outcome
	Took, Budget time.Duration
}

// Reading is what a person read.
type Reading struct {
	At               time.Time
	By, Metric, Note string
	Value            string
}

// SLO is one as it stands.
type SLO struct {
	Title, Value, Target, Why string
	State                     string // held, missed or UNKNOWN
}

// Chart is a metric over the time of a report.
type Chart struct {
	Metric        model.MetricID
	Title         string
	Unit          model.Unit
	Target, Alert string
	TargetAt      float64 // NaN: none, or it is relative
	AlertAt       float64
	Points        []model.Point
	Marks         []Mark // phases, rollbacks
}

// Mark is something that happened, on a chart.
type Mark struct {
	At   time.Time
	Text string
}
