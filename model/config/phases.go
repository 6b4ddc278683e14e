package config

import (
	"strings"

	"gonogo/model"
)

// phaseReader reads [phase.NAME].
type phaseReader struct{ *draft }

func (r phaseReader) phases() {
	if phases, ok := r.doc["phase"].(map[string]any); len(phases) == 0 && (ok || r.doc["phase"] == nil) {
		r.fail("phase", "missing: expected at least one table [phase.NAME]")
	}
	r.each("phase", func(id, path string, raw any) {
		k, t, _ := read[phaseKeys](r.reader, path, raw)
		p := model.Phase{
			ID: model.PhaseID(id), Title: titleOr(k.Title, id), Soak: k.Soak, Limit: k.Limit, Watch: k.Watch,
			Gate: r.both(r.gateOf(path, t)),
		}
		if p.Limit > 0 && p.Limit < p.Soak {
			r.fail(join(path, "limit"), "expected at least soak (%s), found %s", quote(t.String("soak")), quote(t.String("limit")))
		}
		if k.Flags != nil {
			p.Flags = r.settings(join(path, "flags"), k.Flags, askInPhase)
		}
		if k.Check != nil {
			p.Checks = checkReader(r).checks(join(path, "check"), k.Check)
		}
		r.notFrozen(path, t, texts[model.MetricID](t.Strings("freeze")))
		p.Freeze = r.both(texts[model.MetricID](r.refs(path, "freeze", t, "metric")))
		if k.Rollback != nil && r.ref(join(path, "rollback"), "rollback", *k.Rollback) {
			p.Rollback = model.RollbackID(*k.Rollback)
		}
		p.Approve = r.approve(path, t)
		if k.NotBefore != "" {
			p.NotBefore = closedReader(r).when(join(path, "not_before"), k.NotBefore)
		}
		if k.At != "" {
			p.At = closedReader(r).when(join(path, "at"), k.At)
			if p.At.Before(p.NotBefore) {
				r.fail(join(path, "at"), "is before not_before, so it can never be entered then: expected a later time")
			}
		}
		p.Before = texts[model.ActionID](r.refs(path, "before", t, "action"))
		p.After = texts[model.ActionID](r.refs(path, "after", t, "action"))
		if k.Again != nil {
			p.Again = r.again(join(path, "again"), k.Again)
		}
		p.Optional, p.Owner = k.Optional, model.Inert(strings.TrimSpace(k.Owner))
		p.Objectives, p.Activities, p.Links = inert(k.Objectives), inert(k.Activities), r.links(join(path, "links"), k.Links, r.fail)
		r.cfg.Rollout.Phases = append(r.cfg.Rollout.Phases, p)
	})
}

// again reads the levels by which a phase is entered again.
func (r phaseReader) again(path string, raw any) []model.Level {
	list, ok := raw.([]any)
	if !ok {
		r.fail(path, levelsLike, found(raw))
		return nil
	}
	var out []model.Level
	for i, e := range list {
		level := rollbackReader(r).level(element(path, i), e)
		if level.Wait == 0 {
			r.warn(element(path, i), "nothing is waited for after it: expected wait, such as \"10m\"")
		}
		out = append(out, level)
	}
	return out
}
