package config

import (
	"slices"

	"gonogo/model"
)

// lintPopulation looks for items that the population of f does not have, and
// for shares of it that are nobody.
func lintPopulation(in *finished, f *model.Flag) findings {
	var out findings
	if len(f.Population) == 0 {
		return out
	}
	known := make(map[string]bool, len(f.Population))
	for _, item := range f.Population {
		known[item] = true
	}
	look := func(path string, v model.Value) {
		if v.Type == model.Share && width(f, v) == 0 {
			out.warn(path, "%s of %d is nobody: expected a larger share, or [] if that is meant", v, len(f.Population))
		}
		for i, item := range v.Items {
			if !known[item] {
				out.warn(element(path, i), "%s is not in the population of %s, which has everything that it may hold: expected one of that, or add it there", quote(item), quote(string(f.ID)))
			}
		}
	}
	look(join(join("flag", string(f.ID)), "safe"), f.Safe)
	for _, p := range in.Rollout.Phases {
		for _, set := range p.Flags {
			if set.Flag == f.ID {
				look(join(join(join("phase", string(p.ID)), "flags"), string(f.ID)), set.Value)
			}
		}
	}
	for i := range in.Rollout.Rollbacks {
		for _, s := range setsOf(&in.Rollout.Rollbacks[i]) {
			if n := slices.IndexFunc(s.set, func(set model.Setting) bool { return set.Flag == f.ID }); n >= 0 {
				look(join(s.path, string(f.ID)), s.set[n].Value)
			}
		}
	}
	return out
}
