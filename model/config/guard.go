package config

import (
	"slices"

	"gonogo/model"
)

// guards reads what acts without a person: one guard in [guard], or several in [guard.NAME].
func (top topReader) guards() {
	all, _ := top.doc["guard"].(map[string]any)
	var names []string
	single := false
	for _, name := range top.inOrder("guard", all) {
		if _, table := all[name].(map[string]any); table {
			names = append(names, name)
		} else {
			single = true
		}
	}
	switch {
	case len(names) == 0:
		if g, ok := top.guard("guard", top.doc["guard"]); ok {
			top.cfg.Rollout.Guard = g
		}
		return
	case single:
		top.fail("guard", "expected either the keys of one guard, or tables [guard.NAME]; found both: move the keys into a table")
		return
	}
	for _, name := range names {
		path := join("guard", name)
		if !idPattern.MatchString(name) {
			top.fail(path, "expected a name of letters, digits, _, - and . (64 at most, no - or . in front), found %s", quote(name))
			continue
		}
		g, ok := top.guard(path, all[name])
		if !ok {
			continue
		}
		g.Name = name
		switch main := top.cfg.Rollout.Guard; {
		case g.Mode != model.GuardArmed:
			top.cfg.Rollout.Watches = append(top.cfg.Rollout.Watches, *g)
		case main != nil:
			top.fail(join(path, "mode"), "%s is armed already, and two could roll back against each other: expected \"block\" or \"notify\"", quote(main.Name))
		default:
			top.cfg.Rollout.Guard = g
		}
	}
}

// guard reads one guard.
func (top topReader) guard(path string, raw any) (*model.Guard, bool) {
	if raw == nil {
		return nil, false
	}
	k, t, ok := read[guardKeys](top.reader, path, raw)
	g := model.Guard{
		On: texts[model.MetricID](top.refs(path, "on", t, "metric")), Mode: model.GuardMode(k.Mode),
		Countdown: k.Countdown, Veto: k.Veto,
	}
	g.Notify = texts[model.ActionID](top.refs(path, "notify", t, "action"))
	if k.On != nil && len(k.On) == 0 {
		top.fail(join(path, "on"), "is empty: expected the metrics whose FAIL it acts on")
	}
	if ok && k.Rollback == "" && (path == "guard" || g.Mode == model.GuardArmed) && g.Mode != model.GuardBlock {
		top.fail(join(path, "rollback"), "missing: expected the name of a [rollback.NAME]")
	}
	if k.Rollback != "" && top.ref(join(path, "rollback"), "rollback", k.Rollback) {
		g.Rollback = model.RollbackID(k.Rollback)
	}
	if k.Part != "" && top.ref(join(path, "part"), "rollback", k.Part) {
		g.Part = model.RollbackID(k.Part)
		if b := top.cfg.Rollout.Rollback(g.Part); b != nil && b.Asks() == "" {
			top.fail(join(path, "part"), "%s asks for nobody to take out: expected a rollback that sets a list flag to \"ask:remove\"", quote(k.Part))
		}
	}
	return &g, ok
}

// guarded reports whether a guard of the document runs the rollback id, by one of its keys.
func (d *draft) guarded(id model.RollbackID, keys ...string) bool {
	guard, _ := d.doc["guard"].(map[string]any)
	names := func(t map[string]any) bool {
		return slices.ContainsFunc(keys, func(key string) bool { return t[key] == any(string(id)) })
	}
	if names(guard) {
		return true
	}
	for _, raw := range guard {
		if t, ok := raw.(map[string]any); ok && names(t) {
			return true
		}
	}
	return false
}
