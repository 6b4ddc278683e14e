package gate

import (
	"time"

	"gonogo/model"
)

// planLine is the line of a signature of the whole plan; signed: it counts for the config that
// runs.
func planLine(c *model.Check, sig model.CheckState, signed bool) model.Line {
	line := model.Line{Check: c.ID, Title: model.Inert(c.Text), State: model.Manual}
	switch {
	case signed:
		line.State, line.SampleAt, line.Reason = model.Pass, sig.At, resultBy(&sig)
	case sig.Config != "":
		line.Reason = "signed by " + model.Inert(sig.By.Name) + " for another config: look at what changed, then gonogo sign " + model.Inert(string(c.ID))
	case c.Title != "":
		line.Reason = "needs sign-off by somebody with the title " + c.Title + ": gonogo sign " + string(c.ID)
	default:
		line.Reason = "needs sign-off before the first phase: space, or gonogo sign " + model.Inert(string(c.ID))
	}
	return line
}

// later lets a check that is not due yet stop nothing, unless it is known not to hold.
func later(c *model.Check, s *model.State, now time.Time, line model.Line) model.Line {
	due := c.DueAt(s.Attempt())
	switch {
	case c.After <= 0 || line.State == model.Pass || line.State == model.Fail:
	case due.IsZero():
		line.State, line.Reason = model.Pass, "due "+model.FormatDuration(c.After)+" after the phase is entered"
	case now.Before(due):
		line.State, line.Reason = model.Pass, "due in "+model.FormatDuration(due.Sub(now).Truncate(time.Minute))
	default:
		line.Reason = "due since " + model.FormatDuration(now.Sub(due).Truncate(time.Minute)) + ": " + line.Reason
	}
	return line
}
