package config

import (
	"maps"
	"reflect"
	"slices"
)

// defaultsReader fills in what [defaults.SECTION] says: a key that every table [SECTION.NAME]
// has unless it says otherwise.
type defaultsReader struct{ *draft }

// shared are the sections whose tables may have defaults.
func (r defaultsReader) shared() []string {
	return []string{"metric", "flag", "action", "phase", "rollback", "check"}
}

func (r defaultsReader) defaults() {
	raw, there := r.doc["defaults"]
	if !there {
		return
	}
	all, ok := raw.(map[string]any)
	if !ok {
		r.fail("defaults", "expected tables like [defaults.flag], found %s", found(raw))
		return
	}
	for _, section := range r.inOrder("defaults", all) {
		path := join("defaults", section)
		given, ok := all[section].(map[string]any)
		switch {
		case !slices.Contains(r.shared(), section):
			r.fail(path, "%s", unknown("table", section, r.shared()))
		case !ok:
			r.fail(path, "expected a table, found %s", found(all[section]))
		default:
			r.fill(section, path, given)
		}
	}
}

// fill gives the tables of a section what they do not say themselves.
func (r defaultsReader) fill(section, path string, given map[string]any) {
	common, all := r.keys(section)
	given = maps.Clone(given)
	for _, key := range r.inOrder(path, given) {
		if !slices.Contains(all, key) {
			r.fail(join(path, key), "%s", unknown("key", key, all))
			delete(given, key)
		}
	}
	tables, _ := r.doc[section].(map[string]any)
	for _, name := range r.names(section) {
		table, ok := tables[name].(map[string]any)
		if !ok {
			continue // which is said where it is read
		}
		for _, key := range r.inOrder(path, given) {
			if _, own := table[key]; own || !r.fits(section, key, common, table, given) {
				continue
			}
			table[key] = given[key]
			r.index.move(join(path, key), join(join(section, name), key))
		}
	}
}

// keys returns the keys that every table of a section may have, and all that any may.
func (r defaultsReader) keys(section string) (common, all []string) {
	var more []Key
	var own []Key
	switch section {
	case "metric":
		own = KeysOf[metricKeys]()
		for _, k := range r.kinds.Sources {
			more = append(more, k.MetricKeys...)
		}
	case "flag":
		own = KeysOf[flagKeys]()
		for _, k := range r.kinds.Actions {
			more = append(more, k.SwitchKeys...)
		}
	case "action":
		own = KeysOf[actionKeys]()
		for _, k := range r.kinds.Actions {
			more = append(more, k.Keys...)
		}
	case "phase":
		own = KeysOf[phaseKeys]()
	case "rollback":
		own = KeysOf[rollbackKeys]()
	case "check":
		own = KeysOf[checkKeys]()
	}
	for _, k := range own {
		common = append(common, k.Name)
	}
	all = slices.Clone(common)
	for _, k := range more {
		all = append(all, k.Name)
	}
	slices.Sort(all)
	return common, slices.Compact(all)
}

// fits reports whether a default key may stand in a table: what only one kind has is for
// tables of that kind, and where a metric comes from is said once.
func (r defaultsReader) fits(section, key string, common []string, table, given map[string]any) bool {
	says := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { _, has := table[k]; return has })
	}
	switch section {
	case "metric":
		origin := []string{"source", "expr", "read", "own"}
		if slices.Contains(origin, key) {
			return !says(origin...)
		}
		if says("read", "own") && readByPeopleNot(key) || says("own") && key == "unit" {
			return false
		}
		other := says(origin...) && !reflect.DeepEqual(table["source"], given["source"])
		return !other || slices.Contains(common, key)
	case "flag", "action":
		own, has := table["kind"]
		other := has && !reflect.DeepEqual(own, given["kind"])
		return !other || slices.Contains(common, key)
	case "rollback":
		if key == "flags" || key == "run" {
			return !says("levels", "steps")
		}
	}
	return true
}
