package config

import (
	"slices"

	"gonogo/model"
)

// gateReader reads the lists of metrics that several phases ask for: [gates] NAME = ["…"].
type gateReader struct{ *draft }

func (r gateReader) gates() {
	raw, there := r.doc["gates"]
	if !there {
		return
	}
	all, ok := raw.(map[string]any)
	if !ok {
		r.fail("gates", "expected a table of names and lists of metrics, found %s", found(raw))
		return
	}
	r.gateSets = map[string][]model.MetricID{}
	for _, name := range r.inOrder("gates", all) {
		path := join("gates", name)
		before := r.errors()
		switch {
		case !idPattern.MatchString(name):
			r.fail(path, "expected a name of letters, digits, _, - and . (64 at most, no - or . in front), found %s", quote(name))
			continue
		case r.written("metric", name, "title") != nil || r.cfg.Rollout.Metric(model.MetricID(name)) != nil:
			r.fail(path, "there is a metric %s, too: expected another name", quote(name))
			continue
		}
		r.strings(path, all[name])
		r.gateSets[name] = nil
		if r.errors() > before {
			continue
		}
		r.gateSets[name] = texts[model.MetricID](r.refs("gates", name, NewTable(all), "metric"))
		if len(r.gateSets[name]) == 0 && r.errors() == before {
			r.fail(path, "is empty: expected the metrics that must pass")
		}
		if !r.gateUsed(name) {
			r.warn(path, "no phase asks for it: expected gate = %q in one, or remove it", name)
		}
	}
}

// gateUsed reports whether a phase names the list.
func (r gateReader) gateUsed(name string) bool {
	for _, id := range r.names("phase") {
		switch gate := r.written("phase", id, "gate").(type) {
		case string:
			if gate == name {
				return true
			}
		case []any:
			if slices.Contains(gate, any(name)) {
				return true
			}
		}
	}
	return false
}

// gateOf returns the metrics that a phase's gate names, by themselves or as a list of [gates], in
// the order written and each once.
func (r phaseReader) gateOf(path string, t Table) []model.MetricID {
	var out []model.MetricID
	own := map[string]bool{}
	for i, name := range t.Strings("gate") {
		at := join(path, "gate")
		if _, list := t.Any("gate").([]any); list {
			at = element(at, i)
		}
		set, is := r.gateSets[name]
		switch {
		case own[name]:
			r.fail(at, "%s is listed twice", quote(name))
		case is:
			for _, id := range set {
				if !slices.Contains(out, id) {
					out = append(out, id)
				}
			}
		case len(r.gateSets) > 0 && nearest(name, r.names("metric")) == "" && nearest(name, r.names("gates")) != "":
			r.fail(at, "%s", unknown("list in [gates] "+quote(name), name, r.names("gates")))
		case r.ref(at, "metric", name) && !slices.Contains(out, model.MetricID(name)):
			out = append(out, model.MetricID(name))
		}
		own[name] = true
	}
	return out
}
