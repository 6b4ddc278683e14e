package config

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gonogo/model"
)

// checker turns a decoded document into a Config and gathers what is wrong.
type checker struct {
	file     string
	kinds    Kinds
	index    *index
	doc      map[string]any
	cfg      *Config
	problems []Problem
	asked    map[string]bool // sources that checks use
	read     func(path string) ([]byte, error)
}

// fail notes an error at the key path.
func (c *checker) fail(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{File: c.file, Line: c.index.line(path), Key: path, Message: model.Inert(fmt.Sprintf(format, args...))})
}

// warn notes a warning at the key path.
func (c *checker) warn(path, format string, args ...any) {
	c.fail(path, format, args...)
	c.problems[len(c.problems)-1].Warning = true
}

// refuse notes what check fails on, and a rollout that runs does not.
func (c *checker) refuse(path, format string, args ...any) {
	c.fail(path, format, args...)
	c.problems[len(c.problems)-1].Refused = true
}

// errors counts the errors so far.
func (c *checker) errors() int {
	n := 0
	for _, p := range c.problems {
		if !p.Warning && !p.Refused {
			n++
		}
	}
	return n
}

// document checks the whole file. What others refer to comes first.
func (c *checker) document() {
	tables := []string{"rollout", "environment", "emergency", "source", "metric", "flag", "action", "phase", "rollback", "guard", "journal", "access"}
	for _, name := range c.inOrder("", c.doc) {
		if !slices.Contains(tables, name) {
			c.fail(join("", name), "%s", unknown("table or key", name, tables))
		}
	}
	c.rollout()
	c.environment()
	c.emergency()
	c.sources()
	c.metrics()
	c.actions()
	c.flags()
	c.phases()
	c.rollbacks()
	c.guard()
	c.journal()
	c.access()
	c.lint()
}

// inOrder returns the keys of the table at path in the order in which they are written.
func (c *checker) inOrder(path string, table map[string]any) []string {
	place := func(name string) int {
		if n, ok := c.index.order[join(path, name)]; ok {
			return n
		}
		return len(c.index.order)
	}
	return slices.SortedFunc(maps.Keys(table), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
}

// names returns the names of the tables [section.NAME], in the order written.
func (c *checker) names(section string) []string {
	tables, _ := c.doc[section].(map[string]any)
	return c.inOrder(section, tables)
}

// idPattern is what the name of a metric, flag, phase … may be: it is used in
// commands, in targets and as the name of a file.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)

// each calls do for every table [section.NAME] with a good name.
func (c *checker) each(section string, do func(id, path string, raw any)) {
	raw, there := c.doc[section]
	if !there {
		return
	}
	if _, ok := raw.(map[string]any); !ok {
		c.fail(section, "expected tables [%s.NAME], found %s", section, found(raw))
		return
	}
	tables := raw.(map[string]any)
	for _, name := range c.names(section) {
		path := join(section, name)
		if !idPattern.MatchString(name) {
			c.fail(path, "expected a name of letters, digits, _, - and . (64 at most, no - or . in front), found %s", quote(name))
			continue
		}
		do(name, path, tables[name])
	}
}

// table checks the table at path against the keys it may have and returns
// those that are right. An open table may have other keys too: what it should
// have is not known. It reports whether nothing was wrong.
func (c *checker) table(path string, raw any, keys []Key, open bool) (Table, bool) {
	values, ok := raw.(map[string]any)
	if !ok {
		c.fail(path, "expected a table, found %s", shape(raw))
		return Table{}, false
	}
	good, before := map[string]any{}, c.errors()
	for _, name := range c.inOrder(path, values) {
		i := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name })
		if i < 0 {
			if !open {
				c.fail(join(path, name), "%s", unknownKey(name, keys))
			}
			continue
		}
		if c.value(join(path, name), keys[i], values[name]) {
			good[name] = values[name]
		}
	}
	for _, k := range keys {
		if _, there := values[k.Name]; k.Required && !there {
			c.fail(join(path, k.Name), "missing: expected %s", k.Help)
		}
	}
	return Table{good}, c.errors() == before
}

// unknownKey says that a table has no key of this name.
func unknownKey(name string, keys []Key) string {
	known := make([]string, 0, len(keys))
	for _, k := range keys {
		if !slices.Contains(known, k.Name) {
			known = append(known, k.Name)
		}
	}
	return unknown("key", name, known)
}

// ref checks that [section.name] exists.
func (c *checker) ref(path, section, name string) bool {
	known := c.names(section)
	if slices.Contains(known, name) {
		return true
	}
	c.fail(path, "%s", unknown(section+" "+quote(name), name, known))
	return false
}

// refs returns those names listed under key that exist; none may be listed twice.
func (c *checker) refs(path, key string, t Table, section string) []string {
	var out []string
	for i, name := range t.Strings(key) {
		at := join(path, key)
		if _, list := t.Any(key).([]any); list {
			at = element(at, i)
		}
		if slices.Contains(out, name) {
			c.fail(at, "%s is listed twice", quote(name))
		} else if c.ref(at, section, name) {
			out = append(out, name)
		}
	}
	return out
}

// kind returns the kind that the table at path names. Where it is none of
// known, that is an error.
func (c *checker) kind(path string, raw any, known []string) (string, bool) {
	values, _ := raw.(map[string]any)
	kind, ok := values["kind"].(string)
	switch {
	case values == nil, ok && slices.Contains(known, kind):
		return kind, ok
	case ok:
		text := unknown("kind "+quote(kind), kind, known)
		if near := nearest(kind, known); near != "" {
			text += " (" + choices("known", known) + ")"
		}
		c.fail(join(path, "kind"), "%s", text)
	}
	return "", false
}

// texts returns list as ids of another type.
func texts[T ~string](list []string) []T {
	var out []T
	for _, s := range list {
		out = append(out, T(s))
	}
	return out
}

// inert returns list with every text made inert.
func inert(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, model.Inert(s))
	}
	return out
}

// titleOr returns the table's title, or otherwise.
func titleOr(t Table, otherwise string) string {
	if title := strings.TrimSpace(t.String("title")); title != "" {
		return model.Inert(title)
	}
	return otherwise
}
