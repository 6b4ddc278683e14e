package gate

import (
	"gonogo/model"
)

// oneOf makes alternatives of checks with the same OneOf: once one of them holds the others are not
// needed, and one that was seen not to hold stops nothing while another may still hold. Lines
// from the first on are those of the checks, in their order.
func oneOf(checks []model.Check, lines []model.Line) {
	for i := range checks {
		name := checks[i].OneOf
		if name == "" {
			continue
		}
		by, open := "", false
		for k := range checks {
			if checks[k].OneOf != name {
				continue
			}
			if lines[k].State == model.Pass && lines[k].Spared == "" {
				by = checks[k].Text
			}
			open = open || lines[k].State != model.Fail
		}
		l := &lines[i]
		switch {
		case by != "" && l.State != model.Pass:
			l.State, l.Spared, l.Reason = model.Pass, model.Inert(by), "not needed: "+model.Inert(by)
		case by == "" && l.State == model.Fail && open:
			l.State, l.Reason = model.Manual, "FAILED, and another of "+model.Inert(name)+" may do: "+l.Reason
		case by == "" && l.State != model.Fail:
			l.Reason += " (one of " + model.Inert(name) + " is enough)"
		}
	}
}
