package config

import (
	"cmp"
	"strings"
	"time"

	"gonogo/model"
)

// rollbackReader reads [rollback.NAME].
type rollbackReader struct{ *draft }

func (r rollbackReader) rollbacks() {
	first, emergency := "", ""
	r.each("rollback", func(id, path string, raw any) {
		k, t, _ := read[rollbackKeys](r.reader, path, raw)
		b := model.Rollback{
			ID: model.RollbackID(id), Title: titleOr(k.Title, id), Emergency: k.Emergency,
			Budget:   cmp.Or(k.Budget, 5*time.Minute),
			Run:      texts[model.ActionID](r.refs(path, "run", t, "action")),
			Notify:   texts[model.ActionID](r.refs(path, "notify", t, "action")),
			Rehearse: model.Rehearsal(k.Rehearse),
		}
		if k.Levels != nil {
			r.levels(path, k, &b)
		} else {
			r.scope(path, k.Flags, &b)
		}
		b.Steady = cmp.Or(k.Steady, min(maxSteady, b.Budget/10))
		if b.Steady >= b.Budget {
			r.fail(join(path, "steady"), "it is not less than the budget (%s): expected what leaves time for the rest, such as \"10s\"", model.FormatDuration(b.Budget))
		}
		if k.Verify != nil {
			verifyReader(r).verifies(join(path, "verify"), k.Verify, &b)
		}
		if first == "" {
			first = path
		}
		if b.Emergency && emergency != "" {
			r.fail(join(path, "emergency"), "%s is the emergency rollback already: expected exactly one", quote(strings.TrimPrefix(emergency, "rollback.")))
		} else if b.Emergency {
			emergency = path
		}
		r.cfg.Rollout.Rollbacks = append(r.cfg.Rollout.Rollbacks, b)
	})
	if first != "" && emergency == "" {
		r.fail("rollback", "no rollback is for an emergency, so `!` could do nothing: expected emergency = true in exactly one of: %s", strings.Join(r.names("rollback"), ", "))
	}
}

// maxSteady is the longest that a rollback's verifies must stand where it does not say.
const maxSteady = 10 * time.Second

// scope reads which flags a rollback sets.
func (r rollbackReader) scope(path string, flags any, b *model.Rollback) {
	at := join(path, "flags")
	switch v := flags.(type) {
	case nil:
		tables, _ := r.doc["rollback"].(map[string]any)
		if _, table := tables[string(b.ID)].(map[string]any); table {
			r.fail(at, "missing: expected \"safe\", \"phase\", or a table of flags and values, {} for none; or steps")
		}
	case string:
		b.Scope = model.Scope(v)
		if b.Scope != model.ScopeSafe && b.Scope != model.ScopePhase {
			r.fail(at, "expected \"safe\", \"phase\" or a table of flags and values like { NAME = false }, found %s", quote(v))
		}
	case map[string]any:
		b.Scope, b.Set = model.ScopeSet, r.settings(at, v, r.whyNotAsk(b))
		r.asksOnce(at, b)
		if len(v) == 0 && len(b.Run) == 0 {
			r.fail(path, "does nothing: expected flags to set, or actions to run")
		}
	default:
		r.fail(at, "expected \"safe\", \"phase\" or a table of flags and values like { NAME = false }, found %s", found(v))
	}
}
