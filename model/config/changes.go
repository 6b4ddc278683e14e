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
			out = append(out, "+ "+at+": "+cut(shown(is), 0))
		case !has:
			out = append(out, "- "+at+": "+cut(shown(was), 0))
		case exact(was) != exact(is):
			old, now := both(shown(was), shown(is))
			out = append(out, "~ "+at+": "+old+" → "+now)
		}
	}
	return out
}

// exact returns a value so that two are alike only where they mean the same: 1 and 1.0
// do, 1 and "1" do not, nor does a list of two texts mean one of both.
func exact(v any) string { return fmt.Sprintf("%#v", v) }

// shown returns a value for a person, whole.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return `"` + model.Inert(v) + `"`
	case []any:
		items := make([]string, len(v))
		for i, e := range v {
			items[i] = shown(e)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]any:
		var items []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			items = append(items, model.Inert(name)+" = "+shown(v[name]))
		}
		return "{ " + strings.Join(items, ", ") + " }"
	}
	return model.Inert(fmt.Sprint(v))
}

// mostShown is how much of a value a line of Changes shows, in characters.
const mostShown = 200

// both returns two values in short. Where they are long they begin a little before
// they differ: that is what a person must see.
func both(was, is string) (string, string) {
	const before = 40
	a, b := []rune(was), []rune(is)
	if len(a) <= mostShown && len(b) <= mostShown {
		return was, is
	}
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	from := max(0, same-before)
	return cut(was, from), cut(is, from)
}

// cut returns what is shown of text from the from-th character on, … for the rest.
func cut(text string, from int) string {
	r := []rune(text)
	front, back := "", ""
	if from > 0 {
		front = "…"
	}
	r = r[from:]
	if len(r) > mostShown {
		r, back = r[:mostShown], "…"
	}
	return front + string(r) + back
}
