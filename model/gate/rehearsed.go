package gate

import (
	"fmt"
	"time"

	"gonogo/model"
)

// viaGates is the line of a check that holds while the gates were rehearsed on
// recorded history not long ago. A rehearsal of less history, of some phases only, or of
// gates that are others by now does not count, nor does one that did not pass.
func viaGates(c *model.Check, r *model.Rollout, s *model.State, now time.Time) model.Line {
	line := model.Line{Check: c.ID, Title: model.Inert(c.Text), State: model.Manual}
	last := s.LastRehearsal(c.History, model.GatesHash(r))
	if word, signed := s.Checks[c.ID]; signed && !word.Ran && (last == nil || word.At.After(last.At)) {
		line.State, line.SampleAt, line.Reason = model.Pass, word.At, resultBy(&word)
		return line // a person vouches for it instead
	}
	do := "gonogo rehearse --gates --since " + short(c.History)
	if last == nil {
		line.Reason = "not rehearsed on " + model.FormatDuration(c.History) + " of history" + instead(r, s) + ": " + do
		return line
	}
	line.SampleAt = last.At
	text := fmt.Sprintf("%s ago by %s, on %s of history: %s", model.FormatDuration(now.Sub(last.At).Truncate(time.Minute)), model.Inert(last.By.Name),
		model.FormatDuration(last.To.Sub(last.From)), model.Inert(last.Summary))
	switch {
	case now.Sub(last.At) >= c.Within:
		line.Reason = "rehearsed too long ago (" + text + "): " + do
	case !last.Passed:
		line.State, line.Reason = model.Fail, "the rehearsal did not pass ("+text+"): mend the gates, or except what was real, then "+do
	default:
		line.State, line.Reason = model.Pass, "rehearsed "+text
	}
	return line
}

// instead says why the newest rehearsal does not count, if there was one.
func instead(r *model.Rollout, s *model.State) string {
	n := len(s.Rehearsals)
	if n == 0 {
		return ""
	}
	switch last := &s.Rehearsals[n-1]; {
	case last.Gates != model.GatesHash(r):
		return " (the last rehearsal was of other gates)"
	case !last.All:
		return " (the last rehearsal was not of all phases)"
	default:
		return " (the last rehearsal had " + model.FormatDuration(last.To.Sub(last.From)) + ")"
	}
}

// short writes a duration as a flag takes it: "30d", "36h".
func short(d time.Duration) string {
	if day := 24 * time.Hour; d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return d.String()
}
