package config

// lint warns of what is well formed, and yet probably not meant.
func (c *checker) lint() {
	r := &c.cfg.Rollout
	for _, s := range c.cfg.Sources {
		if len(s.Metrics) == 0 && !c.asked[s.ID] {
			c.warn(join("source", s.ID), "no metric comes from it, and no check or verify asks it")
		}
	}
	for i := range r.Metrics {
		c.lintMetric(&r.Metrics[i])
	}
	for i := range r.Flags {
		c.lintFlag(&r.Flags[i])
	}
	for i := range r.Actions {
		c.lintAction(&r.Actions[i])
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
	if r.Guard != nil {
		c.lintGuard(r.Guard)
	}
}

// written returns what stands in the file under [section.name], key; nil for nothing.
func (c *checker) written(section, name, key string) any {
	tables, _ := c.doc[section].(map[string]any)
	table, _ := tables[name].(map[string]any)
	return table[key]
}
