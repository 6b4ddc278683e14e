package config

import (
	"maps"
	"strings"
	"time"

	"gonogo/model"
)

const (
	probeEvery   = 5 * time.Minute
	probeTimeout = 10 * time.Second
)

// checkKeysOf returns the keys that the check raw may have: those of the http
// reader besides, where it asks one.
func (c *checker) checkKeysOf(raw any) []Key {
	keys := checkKeys()
	values, _ := raw.(map[string]any)
	_, http := values["http"]
	_, source := values["source"]
	if !http && !source {
		return keys
	}
	for _, k := range c.kinds.Actions["http"].ReaderKeys {
		if k.Name != "http" {
			keys = append(keys, k)
		}
	}
	return append(keys,
		Key{Name: "http", Type: SecretText, Help: "a URL to ask"},
		Key{Name: "source", Type: String, Help: "the name of a [source.NAME] of kind http, whose url and headers are used"})
}

// howChecked reads who finds out whether a check holds, and when again.
func (c *checker) howChecked(path string, t Table, check *model.Check) {
	how := []string{"run", "metric", "http", "source", "drill"} // who finds out
	var named []string
	for _, key := range how {
		if t.Has(key) {
			named = append(named, key)
		}
	}
	if len(named) > 1 {
		c.fail(path, "expected only one of the keys %s, found %s", strings.Join(how, ", "), strings.Join(named, " and "))
		return
	}
	check.Every = c.positive(join(path, "every"), t, "every", 0)
	probe := t.Has("http") || t.Has("source")
	for _, key := range []string{"is", "timeout"} {
		if t.Has(key) && !probe {
			c.fail(join(path, key), "is for an http check: expected http or source beside it")
		}
	}
	for _, key := range []string{"within", "real"} {
		if t.Has(key) && !t.Has("drill") {
			c.fail(join(path, key), "is for a drill: expected drill beside it, with the name of a rollback")
		}
	}
	switch {
	case t.Has("run"):
		if c.ref(join(path, "run"), "action", t.String("run")) {
			check.Kind, check.Action = model.CheckRun, model.ActionID(t.String("run"))
			if a := c.cfg.Rollout.Action(check.Action); a != nil {
				check.Timeout = a.Timeout
			}
		}
	case t.Has("metric"):
		c.metricCheck(path, t, check)
	case t.Has("drill"):
		c.drillCheck(path, t, check)
	case probe:
		c.probeCheck(path, t, check)
	}
}

func (c *checker) metricCheck(path string, t Table, check *model.Check) {
	if !c.ref(join(path, "metric"), "metric", t.String("metric")) {
		return
	}
	check.Kind, check.Metric = model.CheckMetric, model.MetricID(t.String("metric"))
	values, _ := c.doc["metric"].(map[string]any)[string(check.Metric)].(map[string]any)
	if m := c.cfg.Rollout.Metric(check.Metric); m != nil && values["target"] == nil {
		c.fail(join(path, "metric"), "%s has no target, so nothing tells whether it holds: expected a metric with one", quote(string(m.ID)))
	}
	if t.Has("every") {
		c.fail(join(path, "every"), "a metric is read all the time: remove it, or set every in [metric.%s]", check.Metric)
	}
}

// probeCheck reads a check that asks a URL, or a path below a source's URL.
func (c *checker) probeCheck(path string, t Table, check *model.Check) {
	rest := maps.Clone(t.values)
	for _, key := range []string{"text", "id", "every", "timeout", "is", "source"} {
		delete(rest, key)
	}
	if t.Has("source") && !c.viaSource(path, t, rest) {
		return
	}
	check.Kind, check.Probe = model.CheckProbe, path
	check.Every = c.positive(join(path, "every"), t, "every", probeEvery)
	check.Timeout = c.positive(join(path, "timeout"), t, "timeout", probeTimeout)
	if t.Has("is") {
		if check.Want = plainText(t.Any("is")); check.Want == "" {
			c.fail(join(path, "is"), "expected true, false, a number or a text, found %s", found(t.Any("is")))
		}
	}
	address, _ := rest["http"].(string)
	method := t.String("method")
	if method == "" {
		method = "GET"
	}
	check.Asks = method + " " + place(address)
	if more := t.String("path"); more != "" {
		check.Asks = strings.TrimRight(check.Asks, "/") + "/" + strings.TrimLeft(model.Inert(more), "/")
	}
	c.cfg.Probes[path] = Part{ID: path, Kind: "http", Table: NewTable(rest), Dir: c.cfg.Dir}
}

// viaSource takes url and headers of the source that the check names.
func (c *checker) viaSource(path string, t Table, rest map[string]any) bool {
	at := join(path, "source")
	if !c.ref(at, "source", t.String("source")) {
		return false
	}
	s := c.sourceOf(t.String("source"))
	if s == nil || s.Kind != "http" {
		c.fail(at, "%s is not of kind http: expected one that is, or a check with http = URL", quote(t.String("source")))
		return false
	}
	if s.Table.Has("http") {
		c.fail(at, "%s has an http table, whose credentials a check does not use: expected headers there, or a check with http = URL", quote(s.ID))
		return false
	}
	c.asked[s.ID] = true
	rest["http"] = s.Table.Any("url")
	headers := map[string]any{}
	for _, from := range []Table{s.Table, t} {
		if m, ok := from.Any("headers").(map[string]any); ok {
			maps.Copy(headers, m)
		}
	}
	if len(headers) > 0 {
		rest["headers"] = headers
	}
	return true
}
