package config

import (
	"slices"

	"gonogo/model"
)

func (c *checker) lintAction(a *model.ActionSpec) {
	path := join("action", string(a.ID))
	part := c.cfg.Actions[a.ID]
	if lint := c.kinds.Actions[part.Kind].Lint; lint != nil {
		c.findings(path, lint(part))
	}
	if facts := c.actionFacts(a.ID); facts.KeepsEnv != "" && c.appliesDotenv(a.ID) {
		c.warn(join(path, facts.Key), "%s", facts.KeepsEnv)
	}
}

// actionFacts returns what its kind knows of action id.
func (c *checker) actionFacts(id model.ActionID) ActionFacts {
	part := c.cfg.Actions[id]
	if facts := c.kinds.Actions[part.Kind].Facts; facts != nil {
		return facts(part)
	}
	return ActionFacts{}
}

// appliesDotenv reports whether action id is what makes a dotenv flag live: it
// is in its apply, or a rollback that sets it runs it.
func (c *checker) appliesDotenv(id model.ActionID) bool {
	r := &c.cfg.Rollout
	for _, f := range r.Flags {
		if f.Kind == "dotenv" && slices.Contains(f.Apply, id) {
			return true
		}
	}
	for i := range r.Rollbacks {
		b := &r.Rollbacks[i]
		for _, flags := range c.setBy(b) {
			if slices.Contains(runOf(b), id) && slices.ContainsFunc(flags, func(f *model.Flag) bool { return f.Kind == "dotenv" }) {
				return true
			}
		}
	}
	return false
}

// setBy returns the flags that rollback b sets: for one that takes a phase
// back, those of each phase.
func (c *checker) setBy(b *model.Rollback) [][]*model.Flag {
	r := &c.cfg.Rollout
	switch b.Scope {
	case model.ScopePhase:
		var all [][]*model.Flag
		for _, p := range r.Phases {
			all = append(all, c.flagsOf(p.Flags))
		}
		return all
	case model.ScopeSafe:
		var flags []*model.Flag
		for i := range r.Flags {
			if !r.Flags[i].SafeKeep {
				flags = append(flags, &r.Flags[i])
			}
		}
		return [][]*model.Flag{flags}
	}
	at := setsOf(b)
	return [][]*model.Flag{c.flagsOf(at[len(at)-1].all)}
}
