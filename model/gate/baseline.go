package gate

import (
	"time"

	"gonogo/model"
)

// BaselineLine says that the baseline of m is to be frozen before the next phase, why that cannot be done yet, and how
// much longer it takes (0: not known).
func BaselineLine(m *model.Metric, why string, more time.Duration) model.Line {
	line := model.Line{Baseline: m.ID, Title: "Baseline of " + m.Title, State: model.Collecting, Reason: model.Inert(why)}
	if step := 10 * time.Second; more > 0 {
		line.MoreTime = (more + step - 1).Truncate(step) // so that it changes seldom
		line.Reason = model.FormatDuration(line.MoreTime) + " more: it is frozen before the next phase"
	}
	return line
}
