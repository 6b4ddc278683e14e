package config

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"gonogo/model"
)

// checkReader reads the checks of a phase.
type checkReader struct{ *draft }

// checks reads a phase's checks. Those without an id get one made from their
// text, which is another than all those that are written.
func (r checkReader) checks(path string, raw any) []model.Check {
	list, ok := raw.([]any)
	if !ok {
		r.fail(path, "expected a list of tables like [{ text = \"…\" }] and names of [check.NAME], found %s", found(raw))
		return nil
	}
	var out []model.Check
	taken := map[model.CheckID]bool{}
	for i, e := range list {
		at := element(path, i)
		if name, is := e.(string); is {
			if len(r.namedChecks) == 0 {
				r.fail(at, "expected a table like { text = %s }, or the name of a [check.NAME], found a text", quote(name))
			} else if r.ref(at, "check", name) {
				if taken[model.CheckID(name)] {
					r.fail(at, "%s is another check of this phase already", quote(name))
				}
				out = append(out, r.namedChecks[name])
				taken[model.CheckID(name)] = true
			}
			continue
		}
		t, ok := r.table(at, e, r.keysOf(e), false)
		k := Into[checkKeys](t, "")
		check := r.check(at, k, t, ok, "")
		if k.ID != nil {
			switch check.ID = model.CheckID(*k.ID); {
			case !idPattern.MatchString(string(check.ID)):
				r.fail(join(at, "id"), "expected letters, digits, _, - and . (64 at most, no - or . in front), found %s", quote(string(check.ID)))
			case taken[check.ID]:
				r.fail(join(at, "id"), "%s is the id of another check of this phase", quote(string(check.ID)))
			}
			taken[check.ID] = true
		}
		if slices.ContainsFunc(out, func(o model.Check) bool { return o.Text == check.Text && o.Text != "" }) {
			r.fail(join(at, "text"), "%s is another check of this phase already", quote(check.Text))
		}
		out = append(out, check)
	}
	for i := range out {
		if out[i].ID == "" {
			out[i].ID = freeID(out[i].Text, taken)
			taken[out[i].ID] = true
		}
	}
	return out
}

const (
	probeEvery   = 5 * time.Minute
	probeTimeout = 10 * time.Second
)

// keysOf returns the keys that the check raw may have: those of the http
// reader besides, where it asks one.
func (r checkReader) keysOf(raw any) []Key {
	keys := KeysOf[checkKeys]()
	values, _ := raw.(map[string]any)
	_, http := values["http"]
	_, source := values["source"]
	if !http && !source {
		return keys
	}
	for _, k := range r.kinds.Actions["http"].ReaderKeys {
		if k.Name != "http" {
			keys = append(keys, k)
		}
	}
	return append(keys, KeysOf[askKeys]()...)
}

// howChecked reads who finds out whether a check holds, and when again.
func (r checkReader) howChecked(path string, k checkKeys, t Table, check *model.Check) {
	how := []string{"run", "metric", "http", "source", "drill", "history"} // who finds out
	var named []string
	for _, key := range how {
		if t.Has(key) {
			named = append(named, key)
		}
	}
	if len(named) > 1 {
		r.fail(path, "expected only one of the keys %s, found %s", strings.Join(how, ", "), strings.Join(named, " and "))
		return
	}
	check.Every = k.Every
	probe := t.Has("http") || t.Has("source")
	for _, key := range []string{"is", "timeout"} {
		if t.Has(key) && !probe {
			r.fail(join(path, key), "is for an http check: expected http or source beside it")
		}
	}
	if t.Has("match") {
		r.matched(join(path, "match"), k.Match, probe || t.Has("run"), t.Has("is"), check)
	}
	if t.Has("within") && !t.Has("drill") && !t.Has("history") {
		r.fail(join(path, "within"), "is for a rehearsal: expected drill beside it, with the name of a rollback, or history")
	}
	if t.Has("real") && !t.Has("drill") {
		r.fail(join(path, "real"), "is for a drill: expected drill beside it, with the name of a rollback")
	}
	switch {
	case t.Has("run"):
		if r.ref(join(path, "run"), "action", k.Run) {
			check.Kind, check.Action = model.CheckRun, model.ActionID(k.Run)
			if a := r.cfg.Rollout.Action(check.Action); a != nil {
				check.Timeout = a.Timeout
			}
		}
	case t.Has("metric"):
		r.metricCheck(path, k, check)
	case t.Has("drill"):
		r.drillCheck(path, k, check)
	case t.Has("history"):
		r.gatesCheck(path, k, check)
	case probe:
		r.probeCheck(path, k, t, check)
	}
}

// matched reads what a line of what a check printed, or was answered, must match.
func (r checkReader) matched(path, expr string, finds, is bool, check *model.Check) {
	switch re, err := regexp.Compile(expr); {
	case err != nil:
		r.fail(path, "expected a regular expression (RE2), such as \"^OK$\", found %s: %s", quote(expr), strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	case expr == "":
		r.fail(path, "matches every line: expected a regular expression, such as \"^OK$\"")
	case re.MatchString(""):
		r.fail(path, "matches an empty line, so it would pass whatever is printed, and where nothing is: expected what only a pass prints, such as \"^OK$\"")
	case !finds:
		r.fail(path, "is for what an action prints or a URL answers: expected run, http or source beside it")
	case is:
		r.fail(path, "is says already what it must answer: expected one of is and match")
	}
	check.Match = expr
}

func (r checkReader) metricCheck(path string, k checkKeys, check *model.Check) {
	if !r.ref(join(path, "metric"), "metric", k.Metric) {
		return
	}
	check.Kind, check.Metric = model.CheckMetric, model.MetricID(k.Metric)
	if m := r.cfg.Rollout.Metric(check.Metric); m != nil && !r.targeted(k.Metric) {
		r.fail(join(path, "metric"), "%s has no target, so nothing tells whether it holds: expected a metric with one", quote(string(m.ID)))
	}
	if _, two := r.lower[check.Metric]; two {
		r.fail(join(path, "metric"), "%s has a target with two sides, which is two lines of a gate: expected it in the phase's gate", quote(k.Metric))
	}
	if k.Every > 0 {
		r.fail(join(path, "every"), "a metric is read all the time: remove it, or set every in [metric.%s]", check.Metric)
	}
}

// probeCheck reads a check that asks a URL, or a path below a source's URL.
func (r checkReader) probeCheck(path string, k checkKeys, t Table, check *model.Check) {
	rest := maps.Clone(t.values)
	for _, key := range []string{"text", "id", "every", "timeout", "is", "source", "link", "match", "group", "one_of"} {
		delete(rest, key)
	}
	if t.Has("source") && !r.viaSource(path, t, rest) {
		return
	}
	check.Kind, check.Probe = model.CheckProbe, path
	check.Every, check.Timeout = cmp.Or(k.Every, probeEvery), cmp.Or(k.Timeout, probeTimeout)
	if k.Is != nil {
		if check.Want = plainText(k.Is); check.Want == "" {
			r.fail(join(path, "is"), "expected true, false, a number or a text, found %s", found(k.Is))
		}
	}
	address, _ := rest["http"].(string)
	check.Asks = cmp.Or(t.String("method"), "GET") + " " + place(address)
	if more := t.String("path"); more != "" {
		check.Asks = strings.TrimRight(check.Asks, "/") + "/" + strings.TrimLeft(model.Inert(more), "/")
	}
	r.cfg.Probes[path] = Part{ID: path, Kind: "http", Table: NewTable(rest), Dir: r.cfg.Dir}
}

// viaSource takes the url of the source that the check names, and what its http table
// says; what the check says itself wins.
func (r checkReader) viaSource(path string, t Table, rest map[string]any) bool {
	at := join(path, "source")
	if !r.ref(at, "source", t.String("source")) {
		return false
	}
	s := r.sourceOf(t.String("source"))
	if s == nil || s.Kind != "http" {
		r.fail(at, "%s is not of kind http: expected one that is, or a check with http = URL", quote(t.String("source")))
		return false
	}
	r.asked[s.ID] = true
	rest["http"] = s.Table.Any("url")
	settings := s.Table.Table("http")
	for key, v := range settings.values {
		if !t.Has(key) {
			rest[key] = v
		}
	}
	headers := map[string]any{}
	for _, from := range []Table{s.Table, settings, t} {
		if m, ok := from.Any("headers").(map[string]any); ok {
			maps.Copy(headers, m)
		}
	}
	if len(headers) > 0 {
		rest["headers"] = headers
	}
	return true
}
