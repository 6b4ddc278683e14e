package rehearse

import (
	"time"

	"gonogo/model"
)

// Span is a stretch of time.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// within returns which of the spans holds at, or -1.
func within(spans []Span, at time.Time) int {
	for i, s := range spans {
		if !at.Before(s.From) && at.Before(s.To) {
			return i
		}
	}
	return -1
}

// Report is what a rehearsal found.
type Report struct {
	From    time.Time     `json:"from"` // of the history that there is
	To      time.Time     `json:"to"`
	Asked   time.Duration `json:"asked"` // how much history was asked for
	Except  []Span        `json:"except,omitempty"`
	Metrics []Metric      `json:"metrics"`
	Phases  []Phase       `json:"phases"`
	Passed  bool          `json:"passed"`
	Why     []string      `json:"why,omitempty"` // why it did not pass
}

// Metric is what there is of one metric's history.
type Metric struct {
	ID       model.MetricID `json:"metric"`
	Coverage float64        `json:"coverage"`          // share of the moments with an answer, 0 to 1
	Gaps     []Span         `json:"gaps,omitempty"`    // of an hour and more
	Without  string         `json:"without,omitempty"` // why there is none; empty: there is
	Note     string         `json:"note,omitempty"`
}

// Phase is what the gate of a phase, or of several with the same gate, would have said.
type Phase struct {
	Phases      []model.PhaseID            `json:"phases"`
	Step        time.Duration              `json:"step"`  // between two looks
	Lasts       time.Duration              `json:"lasts"` // of an attempt
	Soak        time.Duration              `json:"soak,omitempty"`
	Judged      []model.MetricID           `json:"judged"`
	LeftOut     []string                   `json:"left_out,omitempty"` // what counts as passed, and why
	Shares      map[model.Headline]float64 `json:"shares"`             // of the looks outside what is excepted
	Soaking     float64                    `json:"soaking"`            // of the HOLD: that waits for the soak alone
	Worst       map[model.MetricID]float64 `json:"worst,omitempty"`    // share of the looks at which a line was NO-GO or UNKNOWN
	Fires       []Fire                     `json:"fires,omitempty"`
	StoodDown   int                        `json:"stood_down"`   // armed, and the failure was over before it fired
	Guard       model.GuardMode            `json:"guard"`        // empty: none
	False       int                        `json:"false_fires"`  // fires that are not excepted
	Starts      Starts                     `json:"starts"`       //
	Regressions []Regression               `json:"regressions"`  //
	MinCounts   []MinCount                 `json:"min_counts"`   //
	NotInjected []string                   `json:"not_injected"` // metrics without injected regressions, and why
}

// Fire is one time that the guard would have rolled back.
type Fire struct {
	Metric   model.MetricID `json:"metric"`
	Armed    time.Time      `json:"armed"`
	At       time.Time      `json:"at"`
	Saw      string         `json:"saw"`               // the line's reason then
	Until    time.Time      `json:"until,omitzero"`    // when the failure was over; zero: not within the attempt
	Excepted bool           `json:"excepted,omitzero"` // it lies within what was excepted
}

// Starts is how soon attempts that began all over the history came to GO.
type Starts struct {
	Every    time.Duration `json:"every"`
	Counted  int           `json:"counted"`
	Reached  int           `json:"reached"`  // GO within Lasts
	LeftOut  int           `json:"left_out"` // met an excepted time before GO
	Lasts    time.Duration `json:"lasts"`    // shorter than an attempt where the history is
	Median   time.Duration `json:"median"`   // of those that reached GO
	P90      time.Duration `json:"p90"`
	Evidence time.Duration `json:"evidence"` // median until everything but the soak had passed
}

// Share returns the share of starts that reached GO.
func (s *Starts) Share() float64 {
	if s.Counted == 0 {
		return 0
	}
	return float64(s.Reached) / float64(s.Counted)
}

// Regression is how soon injected regressions were seen.
type Regression struct {
	Metric   model.MetricID `json:"metric"`
	Times    float64        `json:"times"`    // what the alert, or without one the target, allows
	Share    float64        `json:"share"`    // of bad events, 0 to 1
	Within   time.Duration  `json:"within"`   // of this much time: the soak, or the attempt
	Injected int            `json:"injected"` // into so many attempts
	Missed   int            `json:"missed"`   // no FAIL within that time
	Median   time.Duration  `json:"median"`   // until FAIL
	P90      time.Duration  `json:"p90"`
}

// MinCount is whether a metric's min_count is ever reached.
type MinCount struct {
	Metric  model.MetricID `json:"metric"`
	Want    float64        `json:"want"`
	Reached float64        `json:"reached"` // share of the moments; of a metric that counts, of the starts
}
