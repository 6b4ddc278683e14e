package words

import (
	"time"

	"gonogo/model"
)

// Drill says what kind of rehearsal a plan is, so that nobody takes it for the
// rollback itself, or a real one for a dry one; empty for any other plan.
func Drill(p *model.Plan) string {
	switch {
	case p.Drill == model.RehearseReal:
		return "REAL DRILL"
	case p.Drill != "" || p.Kind == model.PlanDrill:
		return "DRY DRILL"
	}
	return ""
}

// DrillMeans says what firing a drill does.
func DrillMeans(p *model.Plan) string {
	if p.Drill == model.RehearseReal {
		return "this RUNS the rollback, it changes what is live"
	}
	return "nothing will be changed, it only looks"
}

// LastDrill says how a rollback was last rehearsed: when, how, how it ended and
// whether it kept its budget. Known is false where it never was.
func LastDrill(d model.Drill, known bool, now time.Time) string {
	if !known {
		return "never rehearsed"
	}
	how := "dry"
	if d.How == model.RehearseReal {
		how = "real"
	}
	text := "rehearsed " + Age(now.Sub(d.At)) + " ago, " + how + ", " + string(d.Outcome) + ", took " + Took(time.Time{}, time.Time{}.Add(d.Took)) +
		" of " + model.FormatDuration(d.Budget)
	if d.Took > d.Budget {
		text += ", OVER its budget"
	}
	return model.Inert(text)
}
