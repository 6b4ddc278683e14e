package config

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gonogo/model"
)

// reader reads the tables of a document, and gathers what is wrong with them.
type reader struct {
	*report
	doc map[string]any
}

// inOrder returns the keys of the table at path in the order in which they are written.
func (r *reader) inOrder(path string, table map[string]any) []string {
	place := func(name string) int {
		if n, ok := r.index.order[join(path, name)]; ok {
			return n
		}
		return len(r.index.order)
	}
	return slices.SortedFunc(maps.Keys(table), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
}

// names returns the names of the tables [section.NAME], in the order written.
func (r *reader) names(section string) []string {
	tables, _ := r.doc[section].(map[string]any)
	return r.inOrder(section, tables)
}

// idPattern is what the name of a metric, flag, phase … may be: it is used in
// commands, in targets and as the name of a file.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$`)

// each calls do for every table [section.NAME] with a good name.
func (r *reader) each(section string, do func(id, path string, raw any)) {
	raw, there := r.doc[section]
	if !there {
		return
	}
	if _, ok := raw.(map[string]any); !ok {
		r.fail(section, "expected tables [%s.NAME], found %s", section, found(raw))
		return
	}
	tables := raw.(map[string]any)
	for _, name := range r.names(section) {
		path := join(section, name)
		if !idPattern.MatchString(name) {
			r.fail(path, "expected a name of letters, digits, _, - and . (64 at most, no - or . in front), found %s", quote(name))
			continue
		}
		do(name, path, tables[name])
	}
}

// table checks the table at path against the keys it may have and returns
// those that are right. An open table may have other keys too: what it should
// have is not known. It reports whether nothing was wrong.
func (r *reader) table(path string, raw any, keys []Key, open bool) (Table, bool) {
	values, ok := raw.(map[string]any)
	if !ok {
		r.fail(path, "expected a table, found %s", shape(raw))
		return Table{}, false
	}
	good, before := map[string]any{}, r.errors()
	for _, name := range r.inOrder(path, values) {
		i := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name })
		if i < 0 {
			if !open {
				r.fail(join(path, name), "%s", unknownKey(name, keys))
			}
			continue
		}
		now := keys[i].Now
		if now != "" {
			r.warn(join(path, name), "is now called %s: it still counts, but write that", now)
		}
		if k := slices.IndexFunc(keys, func(k Key) bool { return now != "" && k.Name == now }); k >= 0 { // in the same table
			if _, both := values[now]; both {
				r.fail(join(path, name), "is now called %s, which is there too: remove this one", now)
				continue
			}
			r.index.move(join(path, name), join(path, now))
			i, name, values[now] = k, now, values[name]
		}
		if r.value(join(path, name), keys[i], values[name]) {
			good[name] = values[name]
		}
	}
	for _, k := range keys {
		if _, there := values[k.Name]; k.Required && !there {
			r.fail(join(path, k.Name), "missing: expected %s", k.Help)
		}
	}
	return Table{good}, r.errors() == before
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

// written returns what stands in the file under [section.name], key; nil for nothing.
func (r *reader) written(section, name, key string) any { return written(r.doc, section, name, key) }

func written(doc map[string]any, section, name, key string) any {
	tables, _ := doc[section].(map[string]any)
	table, _ := tables[name].(map[string]any)
	return table[key]
}

// ref checks that [section.name] exists.
func (r *reader) ref(path, section, name string) bool {
	tables, _ := r.doc[section].(map[string]any)
	if _, ok := tables[name]; ok {
		return true
	}
	known := r.names(section)
	if section == "metric" { // which an SLO is, too
		slos, _ := r.doc["slo"].(map[string]any)
		if slo, is := strings.CutPrefix(name, sloPrefix); is && slos[slo] != nil {
			return true
		}
		for _, slo := range r.names("slo") {
			known = append(known, sloPrefix+slo)
		}
	}
	r.fail(path, "%s", unknown(section+" "+quote(name), name, known))
	return false
}

// refs returns those names listed under key that exist; none may be listed twice.
func (r *reader) refs(path, key string, t Table, section string) []string {
	var out []string
	seen := map[string]bool{}
	for i, name := range t.Strings(key) {
		at := join(path, key)
		if _, list := t.Any(key).([]any); list {
			at = element(at, i)
		}
		if seen[name] {
			r.fail(at, "%s is listed twice", quote(name))
		} else if r.ref(at, section, name) {
			seen[name], out = true, append(out, name)
		}
	}
	return out
}

// kind returns the kind that the table at path names. Where it is none of
// known, that is an error.
func (r *reader) kind(path string, raw any, known []string) (string, bool) {
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
		r.fail(join(path, "kind"), "%s", text)
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

// titleOr returns title, or otherwise where it is blank.
func titleOr(title, otherwise string) string {
	if title = strings.TrimSpace(title); title != "" {
		return model.Inert(title)
	}
	return otherwise
}

// read reads the table at path, which has the keys of T and no other. Keys that are
// wrong are as if they were not there. It reports whether nothing was wrong.
func read[T any](r *reader, path string, raw any) (keys T, t Table, ok bool) {
	t, ok = r.table(path, raw, KeysOf[T](), false)
	return Into[T](t, ""), t, ok
}
