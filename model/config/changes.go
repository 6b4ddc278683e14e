package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gonogo/model"
)

// Changes says what a config's text has that an older one has not, and the
// reverse, a line a key in the order of the names: "+ rollback.slow", "- metric.p95",
// "~ flag.real.safe: true → false". A table that is new or gone as a whole is one
// line. It is empty where only comments, order or spelling differ, and where one of
// the two is no TOML.
func Changes(before, after []byte) []string {
	var docs [2]map[string]any
	for i, data := range [][]byte{before, after} {
		docs[i] = map[string]any{}
		if newIndex(string(data)).deep > 0 {
			return nil
		}
		if _, err := decode(string(data), &docs[i]); err != nil {
			return nil
		}
		plain(docs[i])
	}
	return changes("", docs[0], docs[1], nil)
}

// changes adds to out how the table at path differs.
func changes(path string, before, after map[string]any, out []string) []string {
	names := slices.Collect(maps.Keys(before))
	for name := range after {
		if _, both := before[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		was, had := before[name]
		is, has := after[name]
		at := model.Inert(join(path, name))
		wasTable, _ := was.(map[string]any)
		isTable, _ := is.(map[string]any)
		switch {
		case wasTable != nil && isTable != nil, path == "" && !had && isTable != nil, path == "" && !has && wasTable != nil:
			out = changes(join(path, name), wasTable, isTable, out)
		case !had && isTable != nil:
			out = append(out, "+ "+at)
		case !has && wasTable != nil:
			out = append(out, "- "+at)
		case !had:
			out = append(out, "+ "+at+": "+shown(is))
		case !has:
			out = append(out, "- "+at+": "+shown(was))
		case fmt.Sprint(was) != fmt.Sprint(is):
			out = append(out, "~ "+at+": "+shown(was)+" → "+shown(is))
		}
	}
	return out
}

// shown returns a value for a person, in short.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case []any:
		items := make([]string, len(v))
		for i, e := range v {
			items[i] = shown(e)
		}
		return cut("["+strings.Join(items, ", ")+"]", 200)
	case map[string]any:
		var items []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			items = append(items, model.Inert(name)+" = "+shown(v[name]))
		}
		return cut("{ "+strings.Join(items, ", ")+" }", 200)
	}
	return model.Inert(fmt.Sprint(v))
}

func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
