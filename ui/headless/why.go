package headless

import (
	"math"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// GateReport is what `gonogo gate --json` prints: the verdict, and why, line by line.
type GateReport struct {
	model.Verdict
	At    time.Time    `json:"at"`
	Lines []LineReport `json:"lines"` // in place of the verdict's
}

// LineReport is a line with all that it rests on.
type LineReport struct {
	model.Line
	Query        string               `json:"query,omitempty"` // as sent
	Source       string               `json:"source,omitempty"`
	BadCounter   string               `json:"bad_counter,omitempty"`
	GoodCounter  string               `json:"good_counter,omitempty"`
	TotalCounter string               `json:"total_counter,omitempty"`
	Margin       *model.Float         `json:"margin,omitempty"`      // from the target, in the metric's unit; below 0: off target
	AgeSeconds   *float64             `json:"age_seconds,omitempty"` // of the oldest sample behind it
	HeldSeconds  float64              `json:"held_seconds,omitempty"`
	Baseline     *model.Baseline      `json:"baseline,omitempty"`
	Reading      *model.PersonReading `json:"reading,omitempty"` // of a metric that people read: the last
	Result       *model.CheckState    `json:"result,omitempty"`  // of a check: who or what, when, and its output
	Change       string               `json:"would_change,omitempty"`
	Guides       []model.Guide        `json:"guides,omitempty"` // those that fit the line as it stands
	Links        []model.Link         `json:"links,omitempty"`
}

// NewGateReport returns the report of a snapshot's verdict.
func NewGateReport(s *model.Snapshot) GateReport {
	v := s.VerdictAt(s.At)
	r := GateReport{Verdict: v, At: s.At, Lines: make([]LineReport, 0, len(v.Lines))}
	checks := s.Rollout.JudgedChecks(&s.State)
	for i := range v.Lines {
		r.Lines = append(r.Lines, newLineReport(s, checks, v.Lines[i]))
	}
	return r
}

func newLineReport(s *model.Snapshot, checks []model.Check, line model.Line) LineReport {
	out := LineReport{Line: line, HeldSeconds: math.Floor(line.Held.Seconds())}
	m := s.Rollout.Metric(line.Metric)
	if m != nil {
		out.Query, out.Source, out.BadCounter, out.GoodCounter, out.TotalCounter = m.Query, m.Source, m.Bad, m.Good, m.Total
		out.Margin = margin(m, &line)
		if !line.SampleAt.IsZero() {
			age := math.Round(max(s.At.Sub(line.SampleAt), 0).Seconds()*10) / 10
			out.AgeSeconds = &age
		}
		if b, ok := s.State.Baselines[m.ID]; ok {
			out.Baseline = &b
		}
		if got, ok := s.State.Readings[m.ID]; ok && m.Read != nil {
			out.Reading = &got
		}
	}
	out.Guides, out.Links = s.Rollout.GuidesFor(&line), s.Rollout.LinksFor(&line)
	check := checkOf(checks, line.Check)
	if check == nil {
		out.Change = words.Change(m, &line)
		return out
	}
	out.Change = words.ChangeCheck(check, m, &line)
	if result, ok := s.State.Result(s.Rollout, check); ok {
		out.Result = &result
	}
	return out
}

func checkOf(all []model.Check, id model.CheckID) *model.Check {
	for i := range all {
		if id != "" && all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}

// margin returns how far the value is from the target, above 0 where the target holds.
func margin(m *model.Metric, line *model.Line) *model.Float {
	v, limit := float64(line.Value), float64(line.Threshold)
	if !line.HasValue || !line.HasTarget || m.Target == nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	d := limit - v
	switch m.Target.Op {
	case ">", ">=":
		d = v - limit // rather than -d, which may be -0
	case "==":
		d = 0 - math.Abs(d)
	case "!=":
		d = math.Abs(d)
	}
	out := model.Float(d)
	return &out
}
