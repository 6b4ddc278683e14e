package gate

import (
	"fmt"
	"time"

	"gonogo/model"
)

// viaMetric is the line of a check that holds while a metric passes.
func viaMetric(c *model.Check, metric model.Line) model.Line {
	line := metric
	line.Check, line.Title = c.ID, model.Inert(c.Text)
	return line
}

// viaDrill is the line of a check that holds while a rollback was rehearsed
// not long ago. Only time makes an old one FAIL; it asks for a person's hand.
func viaDrill(c *model.Check, s *model.State, now time.Time) model.Line {
	line := model.Line{Check: c.ID, Title: model.Inert(c.Text), State: model.Manual}
	drill, known := s.Drills[c.Drill]
	if word, signed := s.Checks[c.ID]; signed && !word.Ran && word.At.After(drill.At) {
		line.State, line.SampleAt, line.Reason = model.Pass, word.At, resultBy(&word)
		return line // a person vouches for it instead
	}
	do := "gonogo rehearse " + model.Inert(string(c.Drill))
	if !known {
		line.Reason = "never rehearsed: " + do
		return line
	}
	line.SampleAt = drill.At
	age := now.Sub(drill.At)
	text := fmt.Sprintf("%s, %s ago, by %s: %s in %s of %s", drill.How, model.FormatDuration(age.Truncate(time.Minute)), model.Inert(drill.By.Name),
		drill.Outcome, model.FormatDuration(drill.Took.Round(time.Second)), model.FormatDuration(drill.Budget))
	switch {
	case age >= c.Within:
		line.Reason = "rehearsed too long ago (" + text + "): " + do
	case c.Real && drill.How != model.RehearseReal:
		line.Reason = "only a real drill counts (" + text + "): " + do
	case !drill.Passed():
		line.State, line.Reason = model.Fail, "the drill did not succeed ("+text+"): mend it, then "+do
	default:
		line.State, line.Reason = model.Pass, "rehearsed "+text
	}
	return line
}

// checkLine is the line of a check that a person signs, or that gonogo runs. It
// is the at-th of the verdict, whose words in the verdict before may still fit.
func checkLine(c *model.Check, result model.CheckState, known bool, now time.Time, before model.Verdict, at int) model.Line {
	line := model.Line{Check: c.ID, Title: model.Inert(c.Text)}
	counts := known && result.Counts(c, now)
	switch {
	case counts && result.Failed:
		line.State, line.SampleAt = model.Fail, result.At
	case counts:
		line.State, line.SampleAt = model.Pass, result.At
	case known && c.Automatic():
		line.State, line.Reason = model.Collecting, "due: the last result is "+model.FormatDuration(now.Sub(result.At).Truncate(time.Minute))+" old"
	case known:
		line.State, line.Reason = model.Manual, "due again, "+every(c)+": last "+resultBy(&result)
	case c.Automatic():
		line.State, line.Reason = model.Collecting, "not found out yet"
	case c.Kind == model.CheckRun:
		line.State, line.Reason = model.Manual, "waits to be run: "+model.Inert(string(c.Action))
	default:
		line.State, line.Reason = model.Manual, "needs sign-off: space, or gonogo sign "+model.Inert(string(c.ID))
	}
	if !counts {
		return line
	}
	if at < len(before.Lines) {
		if was := &before.Lines[at]; was.Check == c.ID && was.State == line.State && was.SampleAt.Equal(line.SampleAt) && was.Reason != "" {
			line.Reason = was.Reason
			return line
		}
	}
	line.Reason = resultBy(&result)
	return line
}

func every(c *model.Check) string { return "every " + model.FormatDuration(c.Every) }

// resultBy says who or what found a result out, and how.
func resultBy(s *model.CheckState) string {
	var text string
	switch {
	case s.Failed:
		text = "failed"
	case s.Ran:
		text = "passed"
	default:
		text = "signed by " + model.Inert(s.By.Name)
	}
	if s.Note != "" {
		text += ": " + model.Inert(s.Note)
	}
	return text
}

func soakLine(p *model.Phase, s *model.State, served time.Duration, healthy bool) model.Line {
	out := s.Phase == "" || s.Below != nil
	if out {
		served = 0 // the phase is judged before it is entered
	}
	line := model.Line{Title: "Soak", State: model.Pass, Held: served}
	if served >= p.Soak {
		line.Reason = "soaked " + model.FormatDuration(p.Soak)
		return line
	}
	line.Reason = model.FormatDuration(served) + " of " + model.FormatDuration(p.Soak)
	line.State, line.MoreTime = model.Soaking, p.Soak-served
	switch {
	case out:
		line.Reason += ", starts when the phase is entered"
	case !healthy:
		line.Reason += ", stands still until every metric is on target"
	}
	return line
}
