package config

import (
	"slices"

	"gonogo/model"
)

func lintFlag(in *finished, f *model.Flag) findings {
	var out findings
	path := join("flag", string(f.ID))
	part := in.Switches[f.ID]
	kind := in.kinds.Actions[part.Kind]
	if kind.LintSwitch != nil {
		out = append(out, below(path, kind.LintSwitch(part))...)
	}
	if kind.AtStart && len(f.Apply) == 0 {
		out.warn(path, "a %s value is live only after a restart: expected apply = [\"…\"] with the action that does it", part.Kind)
	}
	out = append(out, lintPopulation(in, f)...)
	switch {
	case f.Type != model.List:
	case f.Empty == "everyone":
		out = append(out, lintEveryone(in, f)...)
	case f.Empty == "nobody":
		out = append(out, lintNobody(in, f)...)
	}
	return out
}

// emptySafe reports whether every rollback empties the list f.
func emptySafe(f *model.Flag) bool {
	return !f.SafeKeep && !f.Safe.IsZero() && len(f.Safe.Items) == 0
}

// empties reports whether settings empty the list f.
func empties(settings []model.Setting, f *model.Flag) bool {
	return slices.ContainsFunc(settings, func(s model.Setting) bool {
		return s.Flag == f.ID && s.Value.Type == model.List && len(s.Value.Items) == 0
	})
}

// lintEveryone looks for rollbacks that empty a list whose empty value lets
// everyone in.
func lintEveryone(in *finished, f *model.Flag) findings {
	var out findings
	const both = "[] is the way up in %s and the rollback here, but to the service it means one of both, everyone: "
	up := ""
	for _, p := range in.Rollout.Phases {
		if up == "" && empties(p.Flags, f) {
			up = join("phase", string(p.ID))
		}
	}
	safe := join(join("flag", string(f.ID)), "safe")
	switch {
	case !emptySafe(f):
	case up != "":
		out.warn(safe, both+"expected \"keep\" and a master flag in needs, or some items", up)
	case len(f.Needs) == 0:
		out.warn(safe, "an empty list means everyone here, so a rollback would open the flag to all: expected \"keep\" and a master flag in needs, or some items")
	}
	for i := range in.Rollout.Rollbacks {
		for _, s := range setsOf(&in.Rollout.Rollbacks[i]) {
			at := join(s.path, string(f.ID))
			switch {
			case !empties(s.set, f):
			case up != "":
				out.warn(at, both+"expected those that may stay, or a master flag turned off instead", up)
			case !turnsOff(s.all, f.Needs):
				out.warn(at, "an empty list means everyone here, so the rollback would open the flag to all: expected those that may stay, or a master flag turned off instead")
			}
		}
	}
	return out
}

// turnsOff reports whether settings set one of the masters to false.
func turnsOff(settings []model.Setting, masters []model.FlagID) bool {
	return slices.ContainsFunc(settings, func(s model.Setting) bool {
		return slices.Contains(masters, s.Flag) && s.Value.Equal(model.BoolValue(false))
	})
}

// lintNobody looks for phases that empty a list which an earlier one filled,
// where emptying it is the way back.
func lintNobody(in *finished, f *model.Flag) findings {
	var out findings
	down := ""
	if emptySafe(f) {
		down = join(join("flag", string(f.ID)), "safe")
	}
	for _, b := range in.Rollout.Rollbacks {
		if down == "" && slices.ContainsFunc(setsOf(&b), func(s setAt) bool { return empties(s.set, f) }) {
			down = join("rollback", string(b.ID))
		}
	}
	filled := false
	for _, p := range in.Rollout.Phases {
		if down != "" && filled && empties(p.Flags, f) {
			out.warn(join(join(join("phase", string(p.ID)), "flags"), string(f.ID)),
				"[] is the rollback in %s and the way up here, but to the service it means one of both, nobody: expected the items, or another flag for everyone", down)
		}
		filled = filled || slices.ContainsFunc(p.Flags, func(s model.Setting) bool { return s.Flag == f.ID && !empties([]model.Setting{s}, f) })
	}
	return out
}
