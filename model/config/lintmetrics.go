package config

import (
	"slices"

	"gonogo/model"
)

func (c *checker) lintMetric(m *model.Metric) {
	path := join("metric", string(m.ID))
	if m.For > 0 && m.Target == nil {
		c.warn(join(path, "for"), "has no effect without a target")
	}
	if m.AlertFor > 0 && m.Alert == nil {
		c.warn(join(path, "alert_for"), "has no effect without an alert")
	}
	if m.StaleAfter < m.Every {
		c.warn(join(path, "stale_after"), "is shorter than every (%s), so the metric is stale before it is read again", model.FormatDuration(m.Every))
	}
	if c.written("metric", string(m.ID), "settle") != nil && m.Settle < m.Window {
		c.warn(join(path, "settle"), "%s is less than the query looks back (%s), so after a restart the time before it still counts: expected at least %s, or nothing, which means that",
			model.FormatDuration(m.Settle), model.FormatDuration(m.Window), model.FormatDuration(m.Window))
	}
}

// metricFacts returns what the source's kind knows of metric id.
func (c *checker) metricFacts(id model.MetricID) Facts {
	for _, s := range c.cfg.Sources {
		kind := c.kinds.Sources[s.Kind]
		i := slices.IndexFunc(s.Metrics, func(p MetricPart) bool { return p.Metric.ID == id })
		if i >= 0 && kind.Facts != nil {
			return kind.Facts(s.Metrics[i])
		}
	}
	return Facts{}
}

// lintPhase looks at what phase p, the i-th, asks before it may be left.
func (c *checker) lintPhase(i int, p *model.Phase) {
	r := &c.cfg.Rollout
	path := join("phase", string(p.ID))
	if i > 0 && i < len(r.Phases)-1 && len(p.Gate) == 0 && len(p.Checks) == 0 {
		c.warn(path, "nothing is asked before it may be left: expected gate or check")
	}
	for n, id := range p.Gate {
		if m := r.Metric(id); m != nil && m.Target == nil {
			c.warn(element(join(path, "gate"), n), "%s has no target, so it passes whenever it has a value", quote(string(id)))
		}
	}
	for n, check := range p.Checks {
		if old := c.actionFacts(check.Action).OldLines; check.Kind == model.CheckRun && old != "" {
			c.warn(join(element(join(path, "check"), n), "run"), "%s", old+oldLine)
		}
	}
}

// lintGuard looks at the metrics whose FAIL a guard acts on.
func (c *checker) lintGuard(g *model.Guard) {
	if g.Mode == model.GuardOff {
		return
	}
	guard, _ := c.doc["guard"].(map[string]any)
	for i, id := range g.On {
		m := c.cfg.Rollout.Metric(id)
		if m == nil {
			continue
		}
		at := "guard.on"
		if _, single := guard["on"].(string); !single {
			at = element(at, i)
		}
		name := join("metric", string(id))
		switch {
		case m.Alert == nil:
			c.warn(at, "%s has no alert, so it never fails, and the guard never acts on it: expected alert in [%s]", quote(string(id)), name)
		case g.Mode == model.GuardArmed && m.AlertFor == 0 && !m.Counted:
			c.warn(at, "%s has no alert_for, so a single bad reading sets off a rollback: expected alert_for in [%s], such as \"2m\"", quote(string(id)), name)
		}
	}
}
