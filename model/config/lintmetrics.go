package config

import (
	"slices"

	"gonogo/model"
)

func lintMetric(in *finished, m *model.Metric) findings {
	var out findings
	path := tableOf(m)
	if m.For > 0 && m.Target == nil {
		out.warn(join(path, "for"), "has no effect without a target")
	}
	if m.AlertFor > 0 && m.Alert == nil {
		out.warn(join(path, "alert_for"), "has no effect without an alert")
	}
	if m.StaleAfter < m.Every {
		out.warn(join(path, "stale_after"), "is shorter than every (%s), so the metric is stale before it is read again", model.FormatDuration(m.Every))
	}
	if in.written("metric", string(m.ID), "settle") != nil && m.Settle > 0 && m.Settle < m.Window { // 0: it does not depend on the flags
		out.warn(join(path, "settle"), "%s is less than the query looks back (%s), so after a restart the time before it still counts: expected at least %s, or nothing, which means that",
			model.FormatDuration(m.Settle), model.FormatDuration(m.Window), model.FormatDuration(m.Window))
	}
	return out
}

// settlesLong reports whether a metric settles for longer than a tenth of a phase's soak,
// which then takes that much longer: entering the phase flips something.
func settlesLong(m *model.Metric, p *model.Phase) bool {
	return p.Soak > 0 && len(p.Flags) > 0 && m.Settle > p.Soak/10 && (!m.Counted || m.Waits)
}

// lintPhase looks at what phase p, the i-th, asks before it may be left.
func lintPhase(in *finished, i int, p *model.Phase) findings {
	var out findings
	r := &in.Rollout
	path := join("phase", string(p.ID))
	if i > 0 && i < len(r.Phases)-1 && len(p.Gate) == 0 && len(p.Checks) == 0 {
		out.warn(path, "nothing is asked before it may be left: expected gate or check")
	}
	for n, id := range p.Gate {
		if m := in.metric(id); m != nil && m.Target == nil && m.Asked == nil {
			out.warn(element(join(path, "gate"), n), "%s has no target, so it passes whenever it has a value", quote(string(id)))
		}
		if m := in.metric(id); m != nil && settlesLong(m, p) {
			out.warn(element(join(path, "gate"), n), "%s decides nothing for %s after each flip or restart, and stops the soak with it, so that %s of soak takes %s: expected a shorter window, or settle = \"0s\" in [%s] where it does not depend on what the phase sets",
				quote(string(id)), model.FormatDuration(m.Settle), model.FormatDuration(p.Soak), model.FormatDuration(p.Soak+m.Settle), join("metric", string(id)))
		}
	}
	for n, check := range p.Checks {
		if old := in.actionFacts(check.Action).OldLines; check.Kind == model.CheckRun && old != "" {
			out.warn(join(element(join(path, "check"), n), "run"), "%s", old+oldLine)
		}
	}
	return out
}

// lintGuard looks at the metrics whose FAIL a guard acts on.
func lintGuard(in *finished, g *model.Guard) findings {
	var out findings
	if g.Mode == model.GuardOff {
		return out
	}
	path := "guard"
	guard, _ := in.doc["guard"].(map[string]any)
	if guard["on"] == nil { // it is one of several
		path = join(path, g.Name)
		guard, _ = guard[g.Name].(map[string]any)
	}
	for i, id := range g.On {
		m := in.metric(id)
		if m == nil {
			continue
		}
		at := join(path, "on")
		if _, single := guard["on"].(string); !single {
			at = element(at, i)
		}
		name := tableOf(m)
		if m.By != "" && g.Part == "" && slices.ContainsFunc(in.Rollout.Rollbacks, func(b model.Rollback) bool { return b.Asks() != "" }) {
			out.warn(at, "%s is judged by %s, and one bad one would roll all of them back: expected guard.part, the name of a rollback that takes it out", quote(string(id)), m.By)
		}
		switch {
		case m.Alert == nil && !m.Counted:
			out.warn(at, "%s has no alert, so it never fails, and the guard never acts on it: expected alert in [%s]", quote(string(id)), name)
		case g.Mode == model.GuardArmed && in.Rollout.ByPeople(id):
			out.warn(at, "%s rests on what people read: the guard only notifies, and never arms a rollback on it", quote(string(id)))
		case g.Mode == model.GuardArmed && m.AlertFor == 0 && !m.Counted:
			out.warn(at, "%s has no alert_for, so a single bad reading sets off a rollback: expected alert_for in [%s], such as \"2m\"", quote(string(id)), name)
		}
	}
	return out
}
