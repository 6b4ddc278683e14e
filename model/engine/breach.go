package engine

import (
	"time"

	"gonogo/model"
)

// failingLine returns the first metric that makes the gate NO-GO, and why; or "".
// A check that failed is none: nothing was measured to go wrong.
func failingLine(gate *model.Verdict) string {
	if gate.Headline != model.NoGo {
		return ""
	}
	for _, line := range gate.Lines {
		if line.Metric != "" && line.State == model.Fail {
			return line.Title + ": " + line.Reason
		}
	}
	return ""
}

// breachBegins reports whether a metric makes the gate NO-GO of which nothing is noted
// yet, as where a check had made it so before.
func breachBegins(gate *model.Verdict, s *model.State) bool {
	return s.Breach.Since.IsZero() && failingLine(gate) != ""
}

// breachOf returns since when something was seen to have gone wrong, T0, and what:
// the first NO-GO without a GO since, or the guard's trip, whichever came earlier. That
// its source is lost meanwhile does not undo it.
func breachOf(s *model.State, gate *model.Verdict) (time.Time, string) {
	switch {
	case s.Incident.Open() && !s.Incident.Breach.IsZero():
		return s.Incident.Breach, s.Incident.Why
	case !s.Breach.Since.IsZero():
		return s.Breach.Since, s.Breach.Why
	case s.Headline == model.NoGo && failingLine(gate) != "": // written by an older gonogo
		return s.HeadlineSince, failingLine(gate)
	}
	return time.Time{}, ""
}
