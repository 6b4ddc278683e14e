package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

func (c *checker) flags() {
	known := c.able(func(k ActionKind) bool { return k.BuildSwitch != nil })
	c.each("flag", func(id, path string, raw any) {
		if id == "phase" {
			c.fail(path, "a flag cannot have this name: in a rollback, \"phase\" means all flags of the phase")
			return
		}
		kind, ok := c.kind(path, raw, known)
		t, _ := c.table(path, raw, append(flagKeys(known), c.kinds.Actions[kind].SwitchKeys...), !ok)
		f := model.Flag{
			ID: model.FlagID(id), Title: titleOr(t, id), Kind: kind, Type: model.ValueType(t.String("type")),
			Needs: texts[model.FlagID](c.refs(path, "needs", t, "flag")),
			Apply: texts[model.ActionID](c.refs(path, "apply", t, "action")),
			Every: c.every(path, t, 5*time.Second), Scope: inert(t.Strings("scope")),
		}
		c.safe(path, t, &f)
		c.empty(path, t, &f)
		c.population(path, t, &f)
		if t.Has("effective") {
			c.effective(join(path, "effective"), t.Any("effective"), &f)
		}
		c.cfg.Switches[f.ID] = Part{ID: id, Kind: kind, Table: t, Dir: c.cfg.Dir}
		c.cfg.Rollout.Flags = append(c.cfg.Rollout.Flags, f)
	})
	for _, f := range c.cfg.Rollout.Flags {
		if c.needs(f.ID, f.ID, map[model.FlagID]bool{}) {
			c.fail(join(join("flag", string(f.ID)), "needs"), "%s needs itself, directly or by others: expected its masters only", quote(string(f.ID)))
		}
	}
}

// effective reads how the value in use is read back from the running service.
func (c *checker) effective(path string, raw any, f *model.Flag) {
	metric, is := c.metricOf(path, raw)
	switch {
	case is && metric != "" && (f.Type == model.List || f.Type == model.Text):
		c.fail(path, "a metric is a number, and %s is a %s: expected one of the other ways to read it back, { http = \"http://…\", json = \"…\" }", quote(string(f.ID)), f.Type)
	case is:
		f.EffectiveMetric, f.Effective = metric, metric != ""
	default:
		if part, ok := c.reader(path, raw, "metric"); ok {
			c.cfg.Effective[f.ID], f.Effective = part, true
		}
	}
}

// needs reports whether id is among what from needs, however far away.
func (c *checker) needs(from, id model.FlagID, seen map[model.FlagID]bool) bool {
	f := c.cfg.Rollout.Flag(from)
	if f == nil || seen[from] {
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(f.Needs, func(n model.FlagID) bool { return n == id || c.needs(n, id, seen) })
}

// safe reads the value that every rollback returns to.
func (c *checker) safe(path string, t Table, f *model.Flag) {
	if !t.Has("safe") {
		return
	}
	if t.String("safe") == "keep" {
		f.SafeKeep = true
		return
	}
	if v, ok := c.flagValue(join(path, "safe"), f, t.Any("safe")); ok {
		f.Safe = v
	}
}

// empty reads what an empty list means: nothing else can tell, and a wrong
// guess would open a flag to everyone.
func (c *checker) empty(path string, t Table, f *model.Flag) {
	at := join(path, "empty")
	f.Empty = t.String("empty")
	values, _ := c.doc["flag"].(map[string]any)[string(f.ID)].(map[string]any)
	_, there := values["empty"]
	switch {
	case f.Type == model.List && !there:
		c.fail(at, "missing: expected \"everyone\" or \"nobody\": a list must say what the service takes an empty one for")
	case f.Type != model.List && f.Type != "" && there:
		c.fail(at, "only a list can be empty: remove it, or set type = \"list\"")
	}
}

// flagValue returns raw, written at path, as a value of flag f.
func (c *checker) flagValue(path string, f *model.Flag, raw any) (model.Value, bool) {
	before := c.errors()
	v := model.Value{Type: f.Type}
	switch f.Type {
	case model.Bool:
		b, ok := raw.(bool)
		if !ok {
			c.fail(path, "%s is a bool: expected true or false, found %s", quote(string(f.ID)), found(raw))
		}
		v = model.BoolValue(b)
	case model.Number:
		if !isNumber(raw) {
			c.fail(path, "%s is a number: expected a number without quotes, found %s", quote(string(f.ID)), found(raw))
		}
		v.Text = plainText(raw)
	case model.Text:
		s, ok := raw.(string)
		if !ok {
			c.fail(path, "%s is a string: expected a text in quotes, found %s", quote(string(f.ID)), found(raw))
		}
		v.Text = s
	case model.List:
		v.Items = c.items(path, f, raw)
	default:
		return v, false // its type is wrong, which was said
	}
	return v, c.errors() == before
}

// items returns raw as the items of a list flag. They must come back the same
// from a store that keeps them comma separated.
func (c *checker) items(path string, f *model.Flag, raw any) []string {
	list, ok := raw.([]any)
	if !ok {
		c.fail(path, "%s is a list: expected a list of texts like [\"a\", \"b\"], found %s", quote(string(f.ID)), found(raw))
		return nil
	}
	var items []string
	listed := map[string]bool{}
	for i, e := range list {
		s, ok := e.(string)
		at := element(path, i)
		switch {
		case !ok:
			c.fail(at, "%s is a list of texts: expected a text in quotes, found %s", quote(string(f.ID)), found(e))
		case s == "" || strings.Contains(s, ",") || strings.TrimSpace(s) != s:
			c.fail(at, "an item is kept comma separated: expected a text without commas and without blanks around it, found %s", quote(s))
		case listed[s]:
			c.fail(at, "%s is listed twice", quote(s))
		}
		listed[s] = true
		items = append(items, s)
		if strings.Contains(s, "…") || strings.Contains(s, "...") {
			c.warn(at, "%s looks like a placeholder: write the items out", quote(s))
		}
	}
	return items
}

// plainText returns a text, number or bool as text; "" for anything else.
func plainText(raw any) string {
	switch v := raw.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// settings reads a table of flags and values at path, in the order written.
// noAsk says why nobody can be asked for a value; "" where a person can.
func (c *checker) settings(path string, raw any, noAsk string) []model.Setting {
	values, ok := raw.(map[string]any)
	if !ok {
		c.fail(path, "expected a table of flags and values like { NAME = true }, found %s", found(raw))
		return nil
	}
	var out []model.Setting
	for _, name := range c.inOrder(path, values) {
		at := join(path, name)
		if !c.ref(at, "flag", name) {
			continue
		}
		f := c.cfg.Rollout.Flag(model.FlagID(name))
		if f == nil {
			continue
		}
		if v, ok := c.wish(at, f, values[name], noAsk); ok {
			if !v.IsZero() {
				out = append(out, model.Setting{Flag: f.ID, Value: v})
			}
			continue
		}
		if v, ok := c.flagValue(at, f, values[name]); ok {
			out = append(out, model.Setting{Flag: f.ID, Value: v})
		}
	}
	return out
}
