package config

import (
	"cmp"
	"slices"
	"strings"

	"gonogo/model"
)

// metricOf reads a table { metric = "NAME" } at path, and reports whether it is
// one; the name is "" where it is wrong, which was said.
func (d *draft) metricOf(path string, raw any) (id model.MetricID, is bool) {
	values, ok := raw.(map[string]any)
	if !ok || values["metric"] == nil {
		return "", false
	}
	k, _, ok := read[seenByMetric](d.reader, path, raw)
	if ok && d.ref(join(path, "metric"), "metric", k.Metric) {
		id = model.MetricID(k.Metric)
		d.notByPeople(join(path, "metric"), id)
	}
	return id, true
}

// readBack reads the table of a reader at path: the key that has a kind's name
// tells the kind. What it may be besides (also) is only for the message.
func (d *draft) readBack(path string, raw any, also ...string) (Part, bool) {
	known := d.able(func(k ActionKind) bool { return k.BuildReader != nil })
	values, ok := raw.(map[string]any)
	if !ok {
		d.fail(path, "expected a table like { http = \"http://…\", json = \"…\" }, found %s", found(raw))
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
		d.fail(path, "expected one of the keys %s, which says what is read; found %s", choice, cmp.Or(strings.Join(d.inOrder(path, values), ", "), "none"))
		return Part{}, false
	case 1:
	default:
		d.fail(path, "expected only one of the keys %s, found %s", choice, strings.Join(named, " and "))
		return Part{}, false
	}
	t, ok := d.table(path, raw, d.kinds.Actions[named[0]].ReaderKeys, false)
	return Part{ID: path, Kind: named[0], Table: t, Dir: d.cfg.Dir}, ok
}
