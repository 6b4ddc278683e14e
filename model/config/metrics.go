package config

import (
	"errors"
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
		c.origin(path, values, t, name)
		m := c.metric(id, path, t)
		c.counted(path, t, source, kind)
		m.Refused = c.emptyZero(path, t, kind)
		part := MetricPart{Metric: m, Table: t}
		if known && c.errors() == before {
			c.ofKind(path, t, kind, &part)
		}
		if source != nil {
			source.Metrics = append(source.Metrics, part)
		}
		c.cfg.Rollout.Metrics = append(c.cfg.Rollout.Metrics, part.Metric)
	})
	c.relations()
	c.exprs()
}

// origin checks that a metric comes from a source or from an expression.
func (c *checker) origin(path string, values map[string]any, t Table, source string) {
	_, hasSource := values["source"]
	_, hasExpr := values["expr"]
	switch {
	case hasSource && hasExpr:
		c.fail(join(path, "expr"), "it comes from a source already: expected either source or expr")
	case t.Has("source"):
		c.ref(join(path, "source"), "source", source)
	case !hasSource && !hasExpr && values != nil:
		c.fail(join(path, "source"), "missing: expected the name of a [source.NAME], or expr")
	}
}

// ofKind fills in what the source's kind knows of the metric, and takes over
// what it finds wrong with it.
func (c *checker) ofKind(path string, t Table, kind SourceKind, part *MetricPart) {
	m := &part.Metric
	if kind.Describe != nil {
		m.Query = kind.Describe(*part)
	}
	if kind.Lint != nil {
		found := kind.Lint(*part)
		c.findings(path, found)
		if i := slices.IndexFunc(found, func(f Finding) bool { return f.Refused }); i >= 0 {
			m.Refused = model.Inert(found[i].Message)
		}
	}
	if kind.Facts != nil {
		facts := kind.Facts(*part)
		m.Window, m.CountOver = facts.Window, facts.CountWindow
	}
	if !t.Has("settle") {
		m.Settle = m.Window
	}
	m.Bad, m.Total = model.Inert(t.String("bad")), model.Inert(t.String("total"))
	m.Counted = m.Bad != "" && m.Total != ""
	if _, err := gate.TestOf(m); err != nil {
		c.fail(join(path, "bad"), "%s", err)
	}
}

// emptyZero refuses on_empty = "zero" without a denominator: a zero that stands
// for what is not there would look the same with every target dead. It returns why.
func (c *checker) emptyZero(path string, t Table, kind SourceKind) string {
	if t.String("on_empty") != "zero" || t.Has("count") || t.Has("total") {
		return ""
	}
	if kind.Facts != nil && kind.Facts(MetricPart{Table: t}).Counts {
		return ""
	}
	const why = "nothing tells a healthy zero from targets that are gone: expected `count` or `total` beside on_empty, which shows that there was traffic"
	at := join(path, "on_empty")
	c.refuse(at, "%s", why)
	return why
}

// metric returns the metric of table t.
func (c *checker) metric(id, path string, t Table) model.Metric {
	m := model.Metric{
		ID: model.MetricID(id), Title: titleOr(t, id), Role: model.Inert(t.String("role")), Source: t.String("source"),
		Unit: model.Unit(t.String("unit")), For: t.Duration("for", 0), AlertFor: t.Duration("alert_for", 0),
		MinCount: t.Number("min_count"), EmptyZero: t.String("on_empty") == "zero", Expr: model.Inert(t.String("expr")),
		Settle: t.Duration("settle", 0), Baseline: c.positive(join(path, "baseline"), t, "baseline", 15*time.Minute),
		Alpha: c.chance(path, t, "alpha", 0.01), Beta: c.chance(path, t, "beta", 0.05),
	}
	if id == string(model.OfBaseline) {
		c.fail(path, "a metric cannot have this name: in a target it means the metric's own baseline")
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

// chance returns an error rate of a sequential test.
func (c *checker) chance(path string, t Table, key string, otherwise float64) float64 {
	if !t.Has(key) {
		return otherwise
	}
	v := t.Number(key)
	if v <= 0 || v >= 0.5 {
		c.fail(join(path, key), "expected more than 0 and less than 0.5, such as 0.01, found %s", found(t.Any(key)))
		return otherwise
	}
	return v
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
	if t == nil || t.Of == "" || t.Of == model.OfBaseline {
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
		c.fail(path, "%s is in %s, but %s in %s: expected the same unit", quote(string(m.ID)), gate.UnitName(m.Unit), quote(string(t.Of)), gate.UnitName(other.Unit))
	}
}

// exprs compiles the metrics that are computed of others. One of these cannot
// be computed of another.
func (c *checker) exprs() {
	r := &c.cfg.Rollout
	units := func(id model.MetricID) (model.Unit, bool) {
		m := r.Metric(id)
		if m == nil || m.Expr != "" {
			return "", false
		}
		return m.Unit, true
	}
	for i := range r.Metrics {
		m := &r.Metrics[i]
		if m.Expr == "" {
			continue
		}
		path := join(join("metric", string(m.ID)), "expr")
		e, err := gate.CompileExpr(m.Expr, units)
		var missing *gate.UnknownMetric
		switch {
		case errors.As(err, &missing) && r.Metric(missing.ID) != nil:
			c.fail(path, "%s is computed itself: expected metrics that come from a source", quote(string(missing.ID)))
		case errors.As(err, &missing):
			c.ref(path, "metric", string(missing.ID))
		case err != nil:
			c.fail(path, "%s", err)
		case !e.Loose && e.Unit != m.Unit:
			c.fail(path, "its value is in %s, but unit says %s: expected the same", gate.UnitName(e.Unit), gate.UnitName(m.Unit))
		default:
			m.Inputs, m.Query = e.Inputs, m.Expr
			for _, id := range e.Inputs {
				m.Settle = max(m.Settle, r.Metric(id).Settle)
			}
		}
	}
}

// findings takes over what a kind says about the part at path.
func (c *checker) findings(path string, all []Finding) {
	for _, f := range all {
		at := path
		if f.Key != "" {
			at = join(path, f.Key)
		}
		switch {
		case f.Warning:
			c.warn(at, "%s", f.Message)
		case f.Refused:
			c.refuse(at, "%s", f.Message)
		default:
			c.fail(at, "%s", f.Message)
		}
	}
}

// counted checks that a metric which wants a number of events can know it.
func (c *checker) counted(path string, t Table, source *SourcePart, kind SourceKind) {
	if t.Number("min_count") <= 0 || source == nil || t.Has("count") {
		return
	}
	if kind.Facts != nil && kind.Facts(MetricPart{Table: t}).Counts {
		return
	}
	at := join(path, "min_count")
	if slices.ContainsFunc(kind.MetricKeys, func(k Key) bool { return k.Name == "count" }) {
		c.fail(at, "the number of events is not known, so the metric would never pass: expected `count` beside it, which says how to get it")
	} else if kind.MetricKeys != nil {
		c.warn(at, "a source of kind %s may not tell the number of events; the metric does not pass without", source.Kind)
	}
}
