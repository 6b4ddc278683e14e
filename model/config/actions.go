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
			ID: model.ActionID(id), Title: titleOr(t, id), Kind: kind, Idempotent: c.kinds.Actions[kind].Idempotent,
			Timeout: c.positive(join(path, "timeout"), t, "timeout", cmp.Or(c.kinds.Actions[kind].Timeout, 30*time.Second)),
			Seen:    t.Has("seen"),
		}
		if t.Has("idempotent") {
			spec.Idempotent = t.Bool("idempotent")
		}
		part := Part{ID: id, Kind: kind, Table: t, Dir: c.cfg.Dir}
		if spec.Seen {
			c.seen(join(path, "seen"), t.Any("seen"), &spec)
		} else if byDefault := c.kinds.Actions[kind].SeenByDefault; byDefault != nil {
			if reader, ok := byDefault(part); ok {
				reader.ID, reader.Each = join(path, "seen"), true
				c.cfg.Seen[spec.ID], spec.Seen = reader, true
			}
		}
		c.cfg.Actions[spec.ID] = part
		c.cfg.Rollout.Actions = append(c.cfg.Rollout.Actions, spec)
	})
}

// seen reads how an action is seen to have happened.
func (c *checker) seen(path string, raw any, spec *model.ActionSpec) {
	if metric, is := c.metricOf(path, raw); is {
		spec.SeenMetric = metric
		return
	}
	if part, ok := c.reader(path, raw, "metric"); ok {
		part.Each = true
		c.cfg.Seen[spec.ID] = part
	}
}

// metricOf reads a table { metric = "NAME" } at path, and reports whether it is
// one; the name is "" where it is wrong, which was said.
func (c *checker) metricOf(path string, raw any) (id model.MetricID, is bool) {
	values, ok := raw.(map[string]any)
	if !ok || values["metric"] == nil {
		return "", false
	}
	t, ok := c.table(path, raw, []Key{{Name: "metric", Type: String, Required: true, Help: "the name of a [metric.NAME]"}}, false)
	if ok && c.ref(join(path, "metric"), "metric", t.String("metric")) {
		id = model.MetricID(t.String("metric"))
	}
	return id, true
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
