package words

import (
	"strings"

	"gonogo/model"
)

// Doubts returns what cannot be relied upon of a plan that was fired, a line each:
// the one list from which its first line, its summary and its box are made. There is none
// after VERIFIED and READY. A step that has not ended is in doubt once the plan has.
func Doubts(p *model.PlanState) []string {
	if p.FiredAt.IsZero() || p.Outcome == model.Verified || p.Outcome == model.Ready {
		return nil
	}
	var out []string
	for i := range p.Plan.Steps {
		var st model.StepState
		if i < len(p.Steps) {
			st = p.Steps[i]
		}
		if st.Outcome.OK() || st.Outcome == "" && p.Status == model.Running {
			continue
		}
		how := "not done"
		if st.Outcome != "" {
			how = Outcome(st.Outcome)
		}
		if st.Detail != "" {
			how += ": " + st.Detail
		}
		out = append(out, p.Plan.Steps[i].Title+", "+how)
	}
	return append(out, p.Doubted...)
}

// InDoubt is that list on one line, as the first line of a plan that left
// something in doubt.
func InDoubt(p *model.PlanState) string {
	if list := Doubts(p); len(list) > 0 {
		return model.Inert("not confirmed: " + strings.Join(list, "; "))
	}
	return "not confirmed"
}
