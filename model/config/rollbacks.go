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

func (c *checker) rollbacks() {
	first, emergency := "", ""
	c.each("rollback", func(id, path string, raw any) {
		t, _ := c.table(path, raw, rollbackKeys(), false)
		b := model.Rollback{
			ID: model.RollbackID(id), Title: titleOr(t, id), Emergency: t.Bool("emergency"),
			Budget:   c.positive(join(path, "budget"), t, "budget", 5*time.Minute),
			Run:      texts[model.ActionID](c.refs(path, "run", t, "action")),
			Notify:   texts[model.ActionID](c.refs(path, "notify", t, "action")),
			Rehearse: model.RehearseDry,
		}
		if t.Has("rehearse") {
			b.Rehearse = model.Rehearsal(t.String("rehearse"))
		}
		if t.Has("steps") {
			c.steps(path, t, &b)
		} else {
			c.scope(path, t, &b)
		}
		b.Steady = c.positive(join(path, "steady"), t, "steady", min(maxSteady, b.Budget/10))
		if b.Steady >= b.Budget {
			c.fail(join(path, "steady"), "it is not less than the budget (%s): expected what leaves time for the rest, such as \"10s\"", model.FormatDuration(b.Budget))
		}
		if t.Has("verify") {
			c.verifies(join(path, "verify"), t.Any("verify"), &b)
		}
		if first == "" {
			first = path
		}
		if b.Emergency && emergency != "" {
			c.fail(join(path, "emergency"), "%s is the emergency rollback already: expected exactly one", quote(strings.TrimPrefix(emergency, "rollback.")))
		} else if b.Emergency {
			emergency = path
		}
		c.cfg.Rollout.Rollbacks = append(c.cfg.Rollout.Rollbacks, b)
	})
	if first != "" && emergency == "" {
		c.fail("rollback", "no rollback is for an emergency, so `!` could do nothing: expected emergency = true in exactly one of: %s", strings.Join(c.names("rollback"), ", "))
	}
}

// maxSteady is the longest that a rollback's verifies must stand where it does not say.
const maxSteady = 10 * time.Second

// scope reads which flags a rollback sets.
func (c *checker) scope(path string, t Table, b *model.Rollback) {
	at := join(path, "flags")
	if !t.Has("flags") {
		tables, _ := c.doc["rollback"].(map[string]any)
		if _, table := tables[string(b.ID)].(map[string]any); table {
			c.fail(at, "missing: expected \"safe\", \"phase\", or a table of flags and values, {} for none; or steps")
		}
		return
	}
	switch v := t.Any("flags").(type) {
	case string:
		b.Scope = model.Scope(v)
		if b.Scope != model.ScopeSafe && b.Scope != model.ScopePhase {
			c.fail(at, "expected \"safe\", \"phase\" or a table of flags and values like { NAME = false }, found %s", quote(v))
		}
	case map[string]any:
		b.Scope, b.Set = model.ScopeSet, c.settings(at, v, c.whyNotAsk(b))
		c.asksOnce(at, b)
		if len(v) == 0 && len(b.Run) == 0 {
			c.fail(path, "does nothing: expected flags to set, or actions to run")
		}
	default:
		c.fail(at, "expected \"safe\", \"phase\" or a table of flags and values like { NAME = false }, found %s", found(v))
	}
}

// defaultWithin is the time that a verify has where it does not say.
const defaultWithin = time.Minute

// verifies reads how a rollback is seen to have worked.
func (c *checker) verifies(path string, raw any, b *model.Rollback) {
	list, ok := raw.([]any)
	if !ok {
		c.fail(path, "expected a list of tables like [{ flag = \"…\", is = false }], found %s", found(raw))
		return
	}
	kinds := append([]string{"flag", "metric", "http", "run"}, byWitness()...)
	start := c.errors()
	for i, e := range list {
		at := element(path, i)
		values, ok := e.(map[string]any)
		if !ok {
			c.fail(at, "expected a table like { flag = \"…\", is = false }, found %s", found(e))
			continue
		}
		var named []string
		for _, kind := range kinds {
			if _, ok := values[kind]; ok {
				named = append(named, kind)
			}
		}
		if len(named) != 1 {
			c.fail(at, "expected exactly one of the keys %s, found %s", strings.Join(kinds, ", "), cmp.Or(strings.Join(c.inOrder(at, values), ", "), "none"))
			continue
		}
		before := c.errors()
		v := c.verify(at, named[0], values, b)
		if c.errors() == before {
			b.Verify = append(b.Verify, v)
		}
	}
	if c.errors() == start {
		c.silence(path, b)
	}
}

// verify reads one verify of a kind.
func (c *checker) verify(path, kind string, values map[string]any, b *model.Rollback) model.Verify {
	if slices.Contains(byWitness(), kind) {
		return c.witness(path, kind, values)
	}
	v := model.Verify{Kind: model.VerifyKind(kind)}
	keys := verifyKeys(kind)
	if kind == "http" {
		reader, ok := c.kinds.Actions["http"]
		if !ok || reader.BuildReader == nil {
			c.fail(path, "nothing here can read http")
			return v
		}
		keys = append(keys, reader.ReaderKeys...)
	}
	t, ok := c.table(path, values, keys, false)
	v.Within = c.positive(join(path, "within"), t, "within", defaultWithin)
	if !ok {
		return v
	}
	switch v.Kind {
	case model.VerifyFlag:
		c.verifyFlag(path, t, b, &v)
	case model.VerifyMetric:
		if !c.ref(join(path, "metric"), "metric", t.String("metric")) {
			return v
		}
		if m := c.cfg.Rollout.Metric(model.MetricID(t.String("metric"))); m != nil {
			v.Metric, v.Target = m.ID, c.target(join(path, "is"), t.String("is"), m)
			c.relation(join(path, "is"), m, v.Target)
			v.Title = m.Title + " " + model.Inert(t.String("is"))
		}
	case model.VerifyHTTP:
		c.verifyHTTP(path, t, &v)
	case model.VerifyRun:
		if c.ref(join(path, "run"), "action", t.String("run")) {
			v.Action = model.ActionID(t.String("run"))
			if a := c.cfg.Rollout.Action(v.Action); a != nil {
				v.Title = a.Title + " ends well"
			}
		}
	}
	return v
}

func (c *checker) verifyFlag(path string, t Table, b *model.Rollback, v *model.Verify) {
	name := t.String("flag")
	v.Flag = model.FlagID(name)
	if name == "phase" {
		v.Title = "the phase's flags"
		if t.Has("is") {
			c.fail(join(path, "is"), "the phase's flags go back each to its own value: remove it, or name one flag")
		}
		if b.Scope != model.ScopePhase && b.Scope != "" {
			c.fail(join(path, "flag"), "the rollback does not set the phase's flags: expected the name of a flag, or flags = \"phase\" in the rollback")
		}
		return
	}
	if !c.ref(join(path, "flag"), "flag", name) {
		return
	}
	f := c.cfg.Rollout.Flag(v.Flag)
	if f == nil {
		return
	}
	v.Title = f.Title + " as it was set"
	if t.Has("is") {
		v.Is, _ = c.flagValue(join(path, "is"), f, t.Any("is"))
		v.Title = f.Title + " is " + v.Is.String()
		return
	}
	listed := slices.ContainsFunc(setsOf(b), func(at setAt) bool {
		return slices.ContainsFunc(at.set, func(s model.Setting) bool { return s.Flag == f.ID })
	})
	if b.Scope == model.ScopeSet && !listed || b.Scope == model.ScopeSafe && f.SafeKeep {
		c.fail(join(path, "is"), "missing: the rollback does not set %s, so expected the value that it shall have", quote(name))
	}
}

func (c *checker) verifyHTTP(path string, t Table, v *model.Verify) {
	v.Probe = path
	v.Title = places(t.Strings("http"))
	if t.Has("is") {
		v.Want = plainText(t.Any("is"))
		if v.Want == "" {
			c.fail(join(path, "is"), "expected true, false, a number or a text, found %s", found(t.Any("is")))
		}
		if field := t.String("json"); field != "" {
			v.Title += " " + model.Inert(field) + " ="
		}
		v.Title += " " + model.Inert(v.Want)
	}
	rest := maps.Clone(t.values)
	delete(rest, "is")
	delete(rest, "within")
	c.cfg.Probes[path] = Part{ID: path, Kind: "http", Table: NewTable(rest), Dir: c.cfg.Dir}
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
