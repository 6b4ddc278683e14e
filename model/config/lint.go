package config

// lint warns of what is well formed, and yet probably not meant.
func lint(in *finished) findings {
	var out findings
	r := &in.Rollout
	for _, s := range in.Sources {
		if len(s.Metrics) == 0 && !in.asked[s.ID] {
			out.warn(join("source", s.ID), "no metric comes from it, and no check or verify asks it")
		}
	}
	for i := range r.Metrics {
		out = append(out, lintMetric(in, &r.Metrics[i])...)
	}
	for i := range r.Flags {
		out = append(out, lintFlag(in, &r.Flags[i])...)
	}
	for i := range r.Actions {
		out = append(out, lintAction(in, &r.Actions[i])...)
	}
	for i := range r.Phases {
		out = append(out, lintPhase(in, i, &r.Phases[i])...)
		out = append(out, lintAgain(in, &r.Phases[i])...)
		out = append(out, lintLevels(in, &r.Phases[i])...)
	}
	out = append(out, lintTimes(in)...)
	if len(r.Rollbacks) == 0 && in.doc["rollback"] == nil {
		out.warn("rollback", "there is none, so `!` can do nothing: add a [rollback.NAME] with emergency = true")
	}
	for i := range r.Rollbacks {
		out = append(out, lintRollback(in, &r.Rollbacks[i])...)
	}
	for _, g := range r.Watching() {
		out = append(out, lintGuard(in, &g)...)
	}
	return out
}
