package config

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// able returns the names of the kinds of actions that can do something, in
// alphabetical order.
func (c *checker) able(can func(ActionKind) bool) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(c.kinds.Actions)) {
		if can(c.kinds.Actions[name]) {
			out = append(out, name)
		}
	}
	return out
}

func (c *checker) actions() {
	known := c.able(func(k ActionKind) bool { return k.Build != nil })
	c.each("action", func(id, path string, raw any) {
		kind, ok := c.kind(path, raw, known)
		t, _ := c.table(path, raw, append(actionKeys(known), c.kinds.Actions[kind].Keys...), !ok)
		spec := model.ActionSpec{
			ID: model.ActionID(id), Title: titleOr(t, id), Kind: kind, Idempotent: t.Bool("idempotent"),
			Timeout: c.positive(join(path, "timeout"), t, "timeout", 30*time.Second),
			Seen:    t.Has("seen"),
		}
		if spec.Seen {
			c.seen(join(path, "seen"), t.Any("seen"), &spec)
		}
		c.cfg.Actions[spec.ID] = Part{ID: id, Kind: kind, Table: t, Dir: c.cfg.Dir}
		c.cfg.Rollout.Actions = append(c.cfg.Rollout.Actions, spec)
	})
}

// seen reads how an action is seen to have happened.
func (c *checker) seen(path string, raw any, spec *model.ActionSpec) {
	if values, ok := raw.(map[string]any); ok && values["metric"] != nil {
		t, ok := c.table(path, raw, []Key{{Name: "metric", Type: String, Required: true, Help: "the name of a [metric.NAME]"}}, false)
		if ok && c.ref(join(path, "metric"), "metric", t.String("metric")) {
			spec.SeenMetric = model.MetricID(t.String("metric"))
		}
		return
	}
	if part, ok := c.reader(path, raw, "metric"); ok {
		c.cfg.Seen[spec.ID] = part
	}
}

// reader reads the table of a reader at path: the key that has a kind's name
// tells the kind. What it may be besides (also) is only for the message.
func (c *checker) reader(path string, raw any, also ...string) (Part, bool) {
	known := c.able(func(k ActionKind) bool { return k.BuildReader != nil })
	values, ok := raw.(map[string]any)
	if !ok {
		c.fail(path, "expected a table like { http = \"http://…\", json = \"…\" }, found %s", found(raw))
		return Part{}, false
	}
	var named []string
	for _, kind := range known {
		if _, ok := values[kind]; ok {
			named = append(named, kind)
		}
	}
	choice := strings.Join(slices.Sorted(slices.Values(append(also, known...))), ", ")
	switch len(named) {
	case 0:
		c.fail(path, "expected one of the keys %s, which says what is read; found %s", choice, cmp.Or(strings.Join(c.inOrder(path, values), ", "), "none"))
		return Part{}, false
	case 1:
	default:
		c.fail(path, "expected only one of the keys %s, found %s", choice, strings.Join(named, " and "))
		return Part{}, false
	}
	t, ok := c.table(path, raw, c.kinds.Actions[named[0]].ReaderKeys, false)
	return Part{ID: path, Kind: named[0], Table: t, Dir: c.cfg.Dir}, ok
}
