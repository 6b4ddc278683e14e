package config

import (
	"time"

	"gonogo/model"
)

// lint warns of what is well formed, and yet probably not meant.
func (c *checker) lint() {
	r := &c.cfg.Rollout
	for _, s := range c.cfg.Sources {
		if len(s.Metrics) == 0 {
			c.warn(join("source", s.ID), "no metric comes from it")
		}
	}
	for i := range r.Metrics {
		c.lintMetric(&r.Metrics[i])
	}
	for i := range r.Flags {
		c.lintFlag(&r.Flags[i])
	}
	for i := range r.Phases {
		c.lintPhase(i, &r.Phases[i])
	}
	if len(r.Rollbacks) == 0 && c.doc["rollback"] == nil {
		c.warn("rollback", "there is none, so `!` can do nothing: add a [rollback.NAME] with emergency = true")
	}
	for i := range r.Rollbacks {
		c.lintRollback(&r.Rollbacks[i])
	}
}

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
}

func (c *checker) lintFlag(f *model.Flag) {
	path := join("flag", string(f.ID))
	if f.Kind == "dotenv" && len(f.Apply) == 0 {
		c.warn(path, "a dotenv value is live only after a restart: expected apply = [\"…\"] with the action that does it")
	}
	if f.Type == model.List && f.Empty == "everyone" && !f.SafeKeep && !f.Safe.IsZero() && len(f.Safe.Items) == 0 && len(f.Needs) == 0 {
		c.warn(join(path, "safe"), "an empty list means everyone here, so a rollback would open the flag to all: expected \"keep\" and a master flag in needs, or some items")
	}
}

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
}

func (c *checker) lintRollback(b *model.Rollback) {
	path := join("rollback", string(b.ID))
	values, _ := c.doc["rollback"].(map[string]any)[string(b.ID)].(map[string]any)
	if list, ok := values["verify"].([]any); values["verify"] == nil || ok && len(list) == 0 {
		c.warn(path, "nothing would show that it worked: expected verify = [{ flag = \"…\" }, …]")
	}
	var sum time.Duration
	for _, id := range b.Run {
		if a := c.cfg.Rollout.Action(id); a != nil {
			sum += a.Timeout
		}
	}
	if b.Budget < sum {
		c.warn(join(path, "budget"), "%s is less than its actions may take (%s)", model.FormatDuration(b.Budget), model.FormatDuration(sum))
	}
	for _, v := range b.Verify {
		if v.Within > b.Budget {
			c.warn(join(path, "budget"), "%s is less than the time given to %s (%s)", model.FormatDuration(b.Budget), quote(v.Title), model.FormatDuration(v.Within))
		}
	}
}
