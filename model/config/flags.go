package config

import (
	"slices"

	"gonogo/model"
)

// flagReader reads [flag.NAME].
type flagReader struct{ *draft }

func (r flagReader) flags() {
	known := r.able(func(k ActionKind) bool { return k.BuildSwitch != nil })
	r.each("flag", func(id, path string, raw any) {
		if id == "phase" {
			r.fail(path, "a flag cannot have this name: in a rollback, \"phase\" means all flags of the phase")
			return
		}
		kind, ok := r.kind(path, raw, known)
		t, _ := r.table(path, raw, withKinds(KeysOf[flagKeys](), known, r.kinds.Actions[kind].SwitchKeys), !ok)
		k := Into[flagKeys](t, "")
		f := model.Flag{
			ID: model.FlagID(id), Title: titleOr(k.Title, id), Kind: kind, Type: model.ValueType(k.Type), Empty: k.Empty,
			Needs: texts[model.FlagID](r.refs(path, "needs", t, "flag")),
			Apply: texts[model.ActionID](r.refs(path, "apply", t, "action")),
			Every: k.Every, Scope: inert(k.Scope), Store: r.kinds.Actions[kind].Store,
		}
		r.safe(join(path, "safe"), k.Safe, &f)
		r.empty(join(path, "empty"), &f)
		r.population(join(path, "population"), k.Population, &f)
		if k.Effective != nil {
			r.effective(join(path, "effective"), k.Effective, &f)
		}
		r.cfg.Switches[f.ID] = Part{ID: id, Kind: kind, Table: t, Dir: r.cfg.Dir}
		r.cfg.Rollout.Flags = append(r.cfg.Rollout.Flags, f)
	})
	for _, f := range r.cfg.Rollout.Flags {
		if r.needsItself(f.ID, f.ID, map[model.FlagID]bool{}) {
			r.fail(join(join("flag", string(f.ID)), "needs"), "%s needs itself, directly or by others: expected its masters only", quote(string(f.ID)))
		}
	}
}

// effective reads how the value in use is read back from the running service.
func (r flagReader) effective(path string, raw any, f *model.Flag) {
	metric, is := r.metricOf(path, raw)
	switch {
	case is && metric != "" && (f.Type == model.List || f.Type == model.Text):
		r.fail(path, "a metric is a number, and %s is a %s: expected one of the other ways to read it back, { http = \"http://…\", json = \"…\" }", quote(string(f.ID)), f.Type)
	case is:
		f.EffectiveMetric, f.Effective = metric, metric != ""
	default:
		if part, ok := r.readBack(path, raw, "metric"); ok {
			r.cfg.Effective[f.ID], f.Effective = part, true
		}
	}
}

// needsItself reports whether id is among what from needs, however far away.
func (r flagReader) needsItself(from, id model.FlagID, seen map[model.FlagID]bool) bool {
	f := r.cfg.Rollout.Flag(from)
	if f == nil || seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(f.Needs, func(n model.FlagID) bool { return n == id || r.needsItself(n, id, seen) })
}

// safe reads the value that every rollback returns to.
func (r flagReader) safe(path string, raw any, f *model.Flag) {
	switch raw {
	case nil:
	case "keep":
		f.SafeKeep = true
	default:
		if v, ok := r.flagValue(path, f, raw); ok {
			f.Safe = v
		}
	}
}

// empty reads what an empty list means: nothing else can tell, and a wrong
// guess would open a flag to everyone.
func (r flagReader) empty(path string, f *model.Flag) {
	there := r.written("flag", string(f.ID), "empty") != nil
	switch {
	case f.Type == model.List && !there:
		r.fail(path, "missing: expected \"everyone\" or \"nobody\": a list must say what the service takes an empty one for")
	case f.Type != model.List && f.Type != "" && there:
		r.fail(path, "only a list can be empty: remove it, or set type = \"list\"")
	}
}
