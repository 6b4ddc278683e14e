package config

import (
	"strconv"
	"strings"

	"gonogo/model"
)

// flagValue returns raw, written at path, as a value of flag f.
func (d *draft) flagValue(path string, f *model.Flag, raw any) (model.Value, bool) {
	before := d.errors()
	v := model.Value{Type: f.Type}
	switch f.Type {
	case model.Bool:
		b, ok := raw.(bool)
		if !ok {
			d.fail(path, "%s is a bool: expected true or false, found %s", quote(string(f.ID)), found(raw))
		}
		v = model.BoolValue(b)
	case model.Number:
		if !isNumber(raw) {
			d.fail(path, "%s is a number: expected a number without quotes, found %s", quote(string(f.ID)), found(raw))
		}
		v.Text = plainText(raw)
	case model.Text:
		s, ok := raw.(string)
		if !ok {
			d.fail(path, "%s is a string: expected a text in quotes, found %s", quote(string(f.ID)), found(raw))
		}
		v.Text = s
	case model.List:
		v.Items = d.items(path, f, raw)
	default:
		return v, false // its type is wrong, which was said
	}
	return v, d.errors() == before
}

// items returns raw as the items of a list flag. They must come back the same
// from a store that keeps them comma separated.
func (d *draft) items(path string, f *model.Flag, raw any) []string {
	list, ok := raw.([]any)
	if !ok {
		d.fail(path, "%s is a list: expected a list of texts like [\"a\", \"b\"], found %s", quote(string(f.ID)), found(raw))
		return nil
	}
	var items []string
	listed := map[string]bool{}
	for i, e := range list {
		s, ok := e.(string)
		at := element(path, i)
		switch {
		case !ok:
			d.fail(at, "%s is a list of texts: expected a text in quotes, found %s", quote(string(f.ID)), found(e))
		case s == "" || strings.Contains(s, ",") || strings.TrimSpace(s) != s:
			d.fail(at, "an item is kept comma separated: expected a text without commas and without blanks around it, found %s", quote(s))
		case listed[s]:
			d.fail(at, "%s is listed twice", quote(s))
		}
		listed[s] = true
		items = append(items, s)
		if strings.Contains(s, "…") || strings.Contains(s, "...") {
			d.warn(at, "%s looks like a placeholder: write the items out", quote(s))
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
func (d *draft) settings(path string, raw any, noAsk string) []model.Setting {
	values, ok := raw.(map[string]any)
	if !ok {
		d.fail(path, "expected a table of flags and values like { NAME = true }, found %s", found(raw))
		return nil
	}
	var out []model.Setting
	for _, name := range d.inOrder(path, values) {
		at := join(path, name)
		if !d.ref(at, "flag", name) {
			continue
		}
		f := d.cfg.Rollout.Flag(model.FlagID(name))
		if f == nil {
			continue
		}
		if v, ok := d.wish(at, f, values[name], noAsk); ok {
			if !v.IsZero() {
				out = append(out, model.Setting{Flag: f.ID, Value: v})
			}
			continue
		}
		if v, ok := d.flagValue(at, f, values[name]); ok {
			out = append(out, model.Setting{Flag: f.ID, Value: v})
		}
	}
	return out
}
