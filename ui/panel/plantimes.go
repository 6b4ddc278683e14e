package panel

import (
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// drill says what kind of rehearsal a plan is; empty for any other.
func drill(plan *model.PlanState) string { return words.Drill(&plan.Plan) }

// drillStyle tells a drill that changes nothing from one that does.
func drillStyle(plan *model.PlanState) theme.Style {
	if plan.Plan.Drill == model.RehearseReal {
		return theme.Warn | theme.Bold
	}
	return theme.Notice | theme.Bold
}

// drillMeans is what firing a drill does; nothing for any other plan.
func drillMeans(plan *model.PlanState, w int) [][]span {
	if drill(plan) == "" {
		return nil
	}
	return lines(w, drillStyle(plan), drill(plan)+": "+words.DrillMeans(&plan.Plan))
}

// notified is who was told of the plan, and who could not be.
func notified(plan *model.PlanState, w int) [][]span {
	var told []string
	var out [][]span
	seen := map[string]bool{}
	for _, n := range plan.Notified {
		name := orID(n.Title, string(n.Action))
		switch {
		case seen[name+n.Err]:
		case n.Err != "":
			out = append(out, lines(w, theme.Warn, "could not tell "+name+": "+n.Err)...)
		default:
			told = append(told, name)
		}
		seen[name+n.Err] = true
	}
	if len(told) > 0 {
		out = append(lines(w, theme.Dim, "told: "+words.List(told)), out...)
	}
	return out
}

// incident returns the incident that the plan answers to, or nil.
func incident(p Props, plan *model.PlanState) *model.Incident {
	if i := p.Snap.State.Incident; i != nil && i.Plan == plan.Plan.ID {
		return i
	}
	return nil
}

// planTimes are when a plan was fired and by whom. Of a rollback they are the
// four times of an incident: T0, the breach, T1, fired, T2, contained, T3, verified,
// each with how long it took. The clock runs until T3.
func planTimes(p Props, plan *model.PlanState) [][]span {
	w := p.boxW()
	at := func(t time.Time) span { return span{theme.Normal, t.UTC().Format("15:04:05Z")} }
	by := span{theme.Dim, " by " + plan.FiredBy.Name}
	if plan.Plan.Kind != model.PlanRollback || drill(plan) != "" {
		part := []span{{theme.Dim, "fired "}, at(plan.FiredAt), by}
		if plan.EndedAt.IsZero() {
			return beside(w, part)
		}
		return beside(w, part, []span{{theme.Dim, "took "}, {theme.Strong, words.Took(plan.FiredAt, plan.EndedAt)},
			{theme.Dim, " of " + spell(plan.Plan.Budget)}})
	}
	t0, t1 := time.Time{}, plan.FiredAt
	if i := incident(p, plan); i != nil {
		t0 = i.Breach
		if !i.Fired.IsZero() && i.Fired.Before(t1) {
			t1, by = i.Fired, span{theme.Dim, ", a rollback before this one"}
		}
	}
	breach := []span{{theme.Dim, "T0 "}, {theme.Normal, "no breach seen"}}
	fired := []span{{theme.Dim, "T1 fired "}, at(t1), by}
	if !t0.IsZero() {
		breach = []span{{theme.Dim, "T0 breach "}, at(t0)}
		fired = append(fired, span{theme.Normal, ", " + words.Took(t0, t1) + " after it"})
	}
	contained := []span{{theme.Dim, "T2 contained "}, {theme.Strong, "not yet"}}
	switch {
	case !plan.ContainedAt.IsZero():
		contained[1].text = words.Took(t1, plan.ContainedAt)
		contained = append(contained, span{theme.Dim, " after T1"})
	case plan.Status != model.Running:
		contained[1] = span{theme.Warn | theme.Bold, "no"}
	}
	verified := []span{{theme.Dim, "T3 verified "}}
	v := plan.VerifiedAt
	if v.IsZero() {
		v = plan.ConfirmedAt
	}
	if !v.IsZero() {
		verified = append(verified, span{theme.Strong, words.Took(t1, v)}, span{theme.Dim, " after T1"})
		if !t0.IsZero() {
			verified = append(verified, span{theme.Dim, ", "}, span{theme.Strong, words.Took(t0, v)}, span{theme.Dim, " after T0"})
		}
	} else {
		verified = append(verified, openClock(p, plan, t0, t1)...)
	}
	return append(beside(w, breach, fired), beside(w, contained, verified)...)
}

// openClock is the clock of a rollback that is not verified; it runs on for as
// long as its incident is open.
func openClock(p Props, plan *model.PlanState, t0, t1 time.Time) []span {
	style, text := theme.Warn|theme.Bold, "not yet: "
	i := incident(p, plan)
	if plan.Status != model.Running && !i.Open() {
		return []span{{style, "no: nothing verified it"}}
	}
	if !t0.IsZero() {
		text += words.Clock(p.Now.Sub(t0)) + " since T0, "
	}
	return []span{{style, text + words.Clock(p.Now.Sub(t1)) + " since T1"}}
}

// beside puts parts beside each other, as many on a line as fit.
func beside(w int, parts ...[]span) [][]span {
	var out [][]span
	for _, part := range parts {
		last := len(out) - 1
		if last >= 0 && width(out[last])+3+width(part) <= w {
			out[last] = append(append(out[last], span{theme.Dim, " · "}), part...)
			continue
		}
		out = append(out, part)
	}
	return out
}

// incidentClock is the clock of an open incident, in many words and in few:
// it runs until a rollback was verified. Empty where there is none.
func incidentClock(p Props) (long, short string) {
	if !p.known() || !p.Snap.State.Incident.Open() {
		return "", ""
	}
	i := p.Snap.State.Incident
	from, what := i.Breach, "since the breach"
	if from.IsZero() {
		from, what = i.Fired, "since it was fired"
	}
	clock := words.Clock(p.Now.Sub(from))
	return " INCIDENT " + clock + " " + what + ", not verified ", " INCIDENT " + clock + " "
}

// IncidentNotice tells of an open incident, and how its newest rollback stands.
func IncidentNotice(p Props) (Notice, bool) {
	long, _ := incidentClock(p)
	if long == "" {
		return Notice{}, false
	}
	i := p.Snap.State.Incident
	text := long[1 : len(long)-1]
	if i.Outcome == "" {
		text += " · a rollback runs"
	} else {
		text += " · the last rollback ended " + string(i.Outcome) + ": v shows it"
	}
	return Notice{model.Inert(because(text, i.Why)), theme.NoGo | theme.Bold | theme.Reverse}, true
}
