package config

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// verifyReader reads how a rollback is seen to have worked.
type verifyReader struct{ *draft }

// verifies reads how a rollback is seen to have worked.
func (r verifyReader) verifies(path string, raw any, b *model.Rollback) {
	list, ok := raw.([]any)
	if !ok {
		r.fail(path, "expected a list of tables like [{ flag = \"…\", is = false }], found %s", found(raw))
		return
	}
	kinds := append([]string{"flag", "metric", "http", "run", "manual"}, byWitness()...)
	start := r.errors()
	for i, e := range list {
		at := element(path, i)
		values, ok := e.(map[string]any)
		if !ok {
			r.fail(at, "expected a table like { flag = \"…\", is = false }, found %s", found(e))
			continue
		}
		var named []string
		for _, kind := range kinds {
			if _, ok := values[kind]; ok {
				named = append(named, kind)
			}
		}
		if len(named) != 1 {
			r.fail(at, "expected exactly one of the keys %s, found %s", strings.Join(kinds, ", "), cmp.Or(strings.Join(r.inOrder(at, values), ", "), "none"))
			continue
		}
		before := r.errors()
		v := r.verify(at, named[0], values, b)
		if r.errors() == before {
			b.Verify = append(b.Verify, v)
		}
	}
	if r.errors() == start {
		r.silence(path, b)
	}
}

// verify reads one verify of a kind.
func (r verifyReader) verify(path, kind string, values map[string]any, b *model.Rollback) model.Verify {
	switch model.VerifyKind(kind) {
	case model.VerifyFlag:
		return r.verifyFlag(path, values, b)
	case model.VerifyMetric:
		return r.verifyMetric(path, values)
	case model.VerifyHTTP:
		return r.verifyHTTP(path, values)
	case model.VerifyRun:
		return r.verifyRun(path, values)
	case model.VerifyManual:
		return r.verifyManual(path, values, b)
	}
	return r.witness(path, kind, values)
}

func (r verifyReader) verifyMetric(path string, values map[string]any) model.Verify {
	k, _, ok := read[verifyMetricKeys](r.reader, path, values)
	v := model.Verify{Kind: model.VerifyMetric, Within: k.Within}
	if !ok || !r.ref(join(path, "metric"), "metric", k.Metric) {
		return v
	}
	if m := r.cfg.Rollout.Metric(model.MetricID(k.Metric)); m != nil {
		r.notByPeople(join(path, "metric"), m.ID)
		targets := targetReader(r)
		v.Metric, v.Target = m.ID, targets.target(join(path, "is"), k.Is, m)
		targets.relation(join(path, "is"), m, v.Target)
		if v.Target != nil {
			r.notByPeople(join(path, "is"), v.Target.Of)
		}
		v.Title = m.Title + " " + model.Inert(k.Is)
	}
	return v
}

func (r verifyReader) verifyRun(path string, values map[string]any) model.Verify {
	k, _, ok := read[verifyRunKeys](r.reader, path, values)
	v := model.Verify{Kind: model.VerifyRun, Within: k.Within}
	if ok && r.ref(join(path, "run"), "action", k.Run) {
		v.Action = model.ActionID(k.Run)
		if a := r.cfg.Rollout.Action(v.Action); a != nil {
			v.Title = a.Title + " ends well"
		}
	}
	return v
}

// verifyManual reads what a person does: never where nobody may be there.
func (r verifyReader) verifyManual(path string, values map[string]any, b *model.Rollback) model.Verify {
	k, _, ok := read[verifyManualKeys](r.reader, path, values)
	at := join(path, "manual")
	text := model.Inert(strings.TrimSpace(k.Manual))
	taken := map[model.CheckID]bool{}
	for _, v := range b.Verify {
		taken[v.ID] = true
	}
	if ok {
		switch {
		case b.Emergency:
			r.fail(at, "the emergency rollback must need no person: expected it in another rollback, or in a [[guide]]")
		case r.guarded(b.ID, "rollback", "part"):
			r.fail(at, "the guard runs this rollback when nobody may be there: expected it in another rollback")
		case r.written("rollback", string(b.ID), "budget") == nil: // people take their time
			b.Budget = max(b.Budget, 5*time.Minute+k.Within)
		case k.Within >= b.Budget:
			r.fail(join(path, "within"), "is no less than the rollback's budget (%s): expected less, or a larger budget", model.FormatDuration(b.Budget))
		}
	}
	return model.Verify{Kind: model.VerifyManual, ID: freeID(text, taken), Title: text + " (by hand)", Within: k.Within}
}

func (r verifyReader) verifyFlag(path string, values map[string]any, b *model.Rollback) model.Verify {
	k, _, ok := read[verifyFlagKeys](r.reader, path, values)
	v := model.Verify{Kind: model.VerifyFlag, Within: k.Within}
	if !ok {
		return v
	}
	v.Flag = model.FlagID(k.Flag)
	if k.Flag == "phase" {
		v.Title = "the phase's flags"
		if k.Is != nil {
			r.fail(join(path, "is"), "the phase's flags go back each to its own value: remove it, or name one flag")
		}
		if b.Scope != model.ScopePhase && b.Scope != "" {
			r.fail(join(path, "flag"), "the rollback does not set the phase's flags: expected the name of a flag, or flags = \"phase\" in the rollback")
		}
		return v
	}
	if !r.ref(join(path, "flag"), "flag", k.Flag) {
		return v
	}
	f := r.cfg.Rollout.Flag(v.Flag)
	if f == nil {
		return v
	}
	v.Title = f.Title + " as it was set"
	if k.Is != nil {
		v.Is, _ = r.flagValue(join(path, "is"), f, k.Is)
		v.Title = f.Title + " is " + v.Is.String()
		return v
	}
	listed := slices.ContainsFunc(setsOf(b), func(at setAt) bool {
		return slices.ContainsFunc(at.set, func(s model.Setting) bool { return s.Flag == f.ID })
	})
	if b.Scope == model.ScopeSet && !listed || b.Scope == model.ScopeSafe && f.SafeKeep {
		r.fail(join(path, "is"), "missing: the rollback does not set %s, so expected the value that it shall have", quote(k.Flag))
	}
	return v
}

func (r verifyReader) verifyHTTP(path string, values map[string]any) model.Verify {
	v := model.Verify{Kind: model.VerifyHTTP, Probe: path}
	reader, ok := r.kinds.Actions["http"]
	if !ok || reader.BuildReader == nil {
		r.fail(path, "nothing here can read http")
		return v
	}
	t, ok := r.table(path, values, append(KeysOf[verifyHTTPKeys](), reader.ReaderKeys...), false)
	k := Into[verifyHTTPKeys](t, "")
	v.Within = k.Within
	if !ok {
		return v
	}
	v.Title = places(t.Strings("http"))
	if k.Is != nil {
		v.Want = plainText(k.Is)
		if v.Want == "" {
			r.fail(join(path, "is"), "expected true, false, a number or a text, found %s", found(k.Is))
		}
		if field := t.String("json"); field != "" {
			v.Title += " " + model.Inert(field) + " ="
		}
		v.Title += " " + model.Inert(v.Want)
	}
	rest := maps.Clone(t.values)
	delete(rest, "is")
	delete(rest, "within")
	r.cfg.Probes[path] = Part{ID: path, Kind: "http", Table: NewTable(rest), Dir: r.cfg.Dir}
	return v
}

// places says for a title who answers.
func places(addresses []string) string {
	if len(addresses) == 1 {
		return place(addresses[0]) + " answers"
	}
	all := make([]string, len(addresses))
	for i, address := range addresses {
		all[i] = place(address)
	}
	return strings.Join(all, ", ") + " answer"
}

// place returns an address for a title: without what may hold a secret.
func place(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		if is, _ := secretRef(address); is {
			return model.Inert(address)
		}
		return "http"
	}
	return model.Inert(u.Host + u.Path)
}
