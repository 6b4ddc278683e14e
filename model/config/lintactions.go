package config

import (
	"slices"

	"gonogo/model"
)

func lintAction(in *finished, a *model.ActionSpec) findings {
	var out findings
	path := join("action", string(a.ID))
	part := in.Actions[a.ID]
	if lint := in.kinds.Actions[part.Kind].Lint; lint != nil {
		out = append(out, below(path, lint(part))...)
	}
	if facts := in.actionFacts(a.ID); facts.KeepsEnv != "" && appliesAtStart(in, a.ID) {
		out.warn(join(path, facts.Key), "%s", facts.KeepsEnv)
	}
	return out
}

// appliesAtStart reports whether action id is what makes a flag live that the
// service reads when it starts: it is in its apply, or a rollback that sets it runs it.
func appliesAtStart(in *finished, id model.ActionID) bool {
	r := &in.Rollout
	atStart := func(f *model.Flag) bool { return in.kinds.Actions[f.Kind].AtStart }
	for i := range r.Flags {
		if f := &r.Flags[i]; atStart(f) && slices.Contains(f.Apply, id) {
			return true
		}
	}
	for i := range r.Rollbacks {
		b := &r.Rollbacks[i]
		for _, flags := range in.setBy(b) {
			if slices.Contains(runOf(b), id) && slices.ContainsFunc(flags, atStart) {
				return true
			}
		}
	}
	return false
}
