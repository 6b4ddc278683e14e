package config

import (
	"time"

	"gonogo/model"
)

// guard reads what acts without a person.
func (c *checker) guard() {
	raw, there := c.doc["guard"]
	if !there {
		return
	}
	t, ok := c.table("guard", raw, guardKeys(), false)
	g := model.Guard{
		On: texts[model.MetricID](c.refs("guard", "on", t, "metric")), Mode: model.GuardNotify,
		Countdown: c.positive("guard.countdown", t, "countdown", time.Minute),
		Veto:      c.positive("guard.veto", t, "veto", 30*time.Minute),
	}
	g.Notify = texts[model.ActionID](c.refs("guard", "notify", t, "action"))
	if t.Has("mode") {
		g.Mode = model.GuardMode(t.String("mode"))
	}
	if t.Has("on") && len(t.Strings("on")) == 0 {
		c.fail("guard.on", "is empty: expected the metrics whose FAIL it acts on")
	}
	if name := t.String("rollback"); t.Has("rollback") && c.ref("guard.rollback", "rollback", name) {
		g.Rollback = model.RollbackID(name)
	}
	if ok {
		c.cfg.Rollout.Guard = &g
	}
}
