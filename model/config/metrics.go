package config

import (
	"maps"
	"slices"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
)

// minEvery is the shortest time between two readings of a metric or flag.
const minEvery = 100 * time.Millisecond

func (c *checker) sources() {
	known := slices.Sorted(maps.Keys(c.kinds.Sources))
	c.each("source", func(id, path string, raw any) {
		kind, ok := c.kind(path, raw, known)
		t, _ := c.table(path, raw, append([]Key{kindKey(known)}, c.kinds.Sources[kind].Keys...), !ok)
		c.cfg.Sources = append(c.cfg.Sources, SourcePart{Part: Part{ID: id, Kind: kind, Table: t, Dir: c.cfg.Dir}})
	})
}

// sourceOf returns the source named name, or nil.
func (c *checker) sourceOf(name string) *SourcePart {
	i := slices.IndexFunc(c.cfg.Sources, func(s SourcePart) bool { return s.ID == name })
	if i < 0 {
		return nil
	}
	return &c.cfg.Sources[i]
}

func (c *checker) metrics() {
	c.each("metric", func(id, path string, raw any) {
		before := c.errors()
		values, _ := raw.(map[string]any)
		name, _ := values["source"].(string)
		source := c.sourceOf(name)
		var kind SourceKind
		known := false
		if source != nil {
			kind, known = c.kinds.Sources[source.Kind]
		}
		t, _ := c.table(path, raw, append(metricKeys(), kind.MetricKeys...), !known)
		if t.Has("source") {
			c.ref(join(path, "source"), "source", name)
		}
		m := c.metric(id, path, t)
		c.counted(path, t, source, kind)
		part := MetricPart{Metric: m, Table: t}
		if known && c.errors() == before {
			if kind.Describe != nil {
				part.Metric.Query = kind.Describe(part)
			}
			if kind.Lint != nil {
				c.findings(path, kind.Lint(part))
			}
		}
		if source != nil {
			source.Metrics = append(source.Metrics, part)
		}
		c.cfg.Rollout.Metrics = append(c.cfg.Rollout.Metrics, part.Metric)
	})
	c.relations()
}

// metric returns the metric of table t.
func (c *checker) metric(id, path string, t Table) model.Metric {
	m := model.Metric{
		ID: model.MetricID(id), Title: titleOr(t, id), Role: model.Inert(t.String("role")), Source: t.String("source"),
		Unit: model.Unit(t.String("unit")), For: t.Duration("for", 0), AlertFor: t.Duration("alert_for", 0),
		MinCount: t.Number("min_count"), EmptyZero: t.String("on_empty") == "zero",
	}
	m.Target = c.target(join(path, "target"), t.String("target"), &m)
	m.Alert = c.target(join(path, "alert"), t.String("alert"), &m)
	m.Every = c.every(path, t, 15*time.Second)
	m.Timeout = c.positive(join(path, "timeout"), t, "timeout", min(m.Every, 10*time.Second))
	if m.Timeout > m.Every {
		c.fail(join(path, "timeout"), "expected at most every (%s), found %s", model.FormatDuration(m.Every), quote(t.String("timeout")))
	}
	m.StaleAfter = c.positive(join(path, "stale_after"), t, "stale_after", max(2*time.Minute, 3*m.Every))
	if m.MinCount < 0 {
		c.fail(join(path, "min_count"), "expected 0 or more, found %s", found(t.Any("min_count")))
	}
	return m
}

// every returns how often the part at path is read.
func (c *checker) every(path string, t Table, otherwise time.Duration) time.Duration {
	d := t.Duration("every", otherwise)
	if t.Has("every") && d < minEvery {
		c.fail(join(path, "every"), "expected at least %s, found %s", model.FormatDuration(minEvery), quote(t.String("every")))
		return otherwise
	}
	return d
}

// target reads the target or alert at path; nil where there is none.
func (c *checker) target(path, text string, m *model.Metric) *model.Target {
	if text == "" {
		return nil
	}
	t, err := gate.ParseTarget(text, m.Unit)
	if err != nil {
		c.fail(path, "%s", err)
		return nil
	}
	return &t
}

// relations checks the targets that refer to other metrics.
func (c *checker) relations() {
	r := &c.cfg.Rollout
	for i := range r.Metrics {
		m := &r.Metrics[i]
		path := join("metric", string(m.ID))
		c.relation(join(path, "target"), m, m.Target)
		c.relation(join(path, "alert"), m, m.Alert)
	}
}

// relation checks that the metric which the target t of m refers to is there,
// another one, and of the same unit.
func (c *checker) relation(path string, m *model.Metric, t *model.Target) {
	if t == nil || t.Of == "" {
		return
	}
	if t.Of == m.ID {
		c.fail(path, "%s is measured against itself: expected another metric", quote(string(m.ID)))
		return
	}
	if !c.ref(path, "metric", string(t.Of)) {
		return
	}
	if other := c.cfg.Rollout.Metric(t.Of); other != nil && other.Unit != m.Unit {
		c.fail(path, "%s is in %s, but %s in %s: expected the same unit", quote(string(m.ID)), unitName(m.Unit), quote(string(t.Of)), unitName(other.Unit))
	}
}

func unitName(u model.Unit) string {
	if u == model.Plain {
		return "plain numbers"
	}
	return string(u)
}

// findings takes over what a kind says about the part at path.
func (c *checker) findings(path string, all []Finding) {
	for _, f := range all {
		at := path
		if f.Key != "" {
			at = join(path, f.Key)
		}
		if f.Warning {
			c.warn(at, "%s", f.Message)
		} else {
			c.fail(at, "%s", f.Message)
		}
	}
}

// counted checks that a metric which wants a number of events can know it.
func (c *checker) counted(path string, t Table, source *SourcePart, kind SourceKind) {
	if t.Number("min_count") <= 0 || source == nil || t.Has("count") {
		return
	}
	at := join(path, "min_count")
	if slices.ContainsFunc(kind.MetricKeys, func(k Key) bool { return k.Name == "count" }) {
		c.fail(at, "the number of events is not known, so the metric would never pass: expected `count` beside it, which says how to get it")
	} else if kind.MetricKeys != nil {
		c.warn(at, "a source of kind %s may not tell the number of events; the metric does not pass without", source.Kind)
	}
}
