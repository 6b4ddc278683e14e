package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/gate"
)

// metricReader reads [metric.NAME].
type metricReader struct{ *draft }

func (r metricReader) metrics() {
	common := KeysOf[metricKeys]()
	r.each("metric", func(id, path string, raw any) {
		before := r.errors()
		raw = r.twoSided(id, path, raw)
		values, _ := raw.(map[string]any)
		name, named := values["source"].(string)
		source := r.sourceOf(name)
		var kind SourceKind
		known := false
		if source != nil {
			kind, known = r.kinds.Sources[source.Kind]
		}
		keys := slices.Concat(common, kind.MetricKeys)
		_, read := values["read"]
		_, computed := values["expr"]
		_, own := values["own"]
		if (read || own) && source == nil {
			keys = append(keys, counting()...)
		}
		t, _ := r.table(path, raw, keys, !known && !read && !computed && !own)
		k := Into[metricKeys](t, "")
		if unit := string(ownUnit(model.Own(k.Own))); k.Own != "" && k.Unit == "" {
			k.Unit = unit
		} else if k.Own != "" && k.Unit != unit {
			r.fail(join(path, "unit"), "expected %q, which %s is counted in, found %s", unit, k.Own, quote(k.Unit))
		}
		r.origin(path, values, name, named)
		m := r.metric(id, path, k, t)
		if k.Read != nil && !named {
			peopleReader(r).metric(path, values, k.Read, &m)
		}
		if k.Own != "" {
			m.Own = model.Own(k.Own)
			ownReader(r).metric(path, values, &m)
		}
		r.counted(path, t, source, kind)
		m.Refused = r.emptyZero(path, t, kind)
		part := MetricPart{Metric: m, Table: t}
		if known && r.errors() == before {
			r.ofKind(path, t, kind, &part)
		}
		if source != nil {
			source.Metrics = append(source.Metrics, part)
		}
		r.cfg.Rollout.Metrics = append(r.cfg.Rollout.Metrics, part.Metric)
		low := r.lowerSide(&part.Metric)
		targetReader(r).agree(path, &part.Metric, low)
		if low != nil {
			r.cfg.Rollout.Metrics = append(r.cfg.Rollout.Metrics, *low)
		}
	})
}

// origin checks that a metric comes from a source, from an expression, or from people.
func (r metricReader) origin(path string, values map[string]any, source string, named bool) {
	_, hasSource := values["source"]
	_, hasExpr := values["expr"]
	_, hasRead := values["read"]
	_, hasOwn := values["own"]
	switch {
	case hasOwn && (hasSource || hasExpr || hasRead):
		r.fail(join(path, "own"), "it comes from elsewhere already: expected one of source, expr, read and own")
	case hasRead && (hasSource || hasExpr):
		r.fail(join(path, "read"), "it comes from elsewhere already: expected one of source, expr and read")
	case hasSource && hasExpr:
		r.fail(join(path, "expr"), "it comes from a source already: expected either source or expr")
	case named:
		r.ref(join(path, "source"), "source", source)
	case !hasSource && !hasExpr && !hasRead && !hasOwn && values != nil:
		r.fail(join(path, "source"), "missing: expected the name of a [source.NAME], or expr, or read where people read it, or own for the rollout's own past")
	}
}

// ofKind fills in what the source's kind knows of the metric, and takes over
// what it finds wrong with it.
func (r metricReader) ofKind(path string, t Table, kind SourceKind, part *MetricPart) {
	m := &part.Metric
	if kind.Describe != nil {
		m.Query = kind.Describe(*part)
	}
	if kind.Lint != nil {
		found := kind.Lint(*part)
		r.take(below(path, found))
		if i := slices.IndexFunc(found, func(f Finding) bool { return f.Refused }); i >= 0 {
			m.Refused = model.Inert(found[i].Message)
		}
	}
	if kind.Facts != nil {
		facts := kind.Facts(*part)
		m.Window, m.CountOver = facts.Window, facts.CountWindow
		if !t.Has("stale_after") {
			m.StaleAfter = max(m.StaleAfter, facts.Renews)
		}
	}
	if !t.Has("settle") {
		m.Settle = m.Window
	}
	m.Bad, m.Good, m.Total = model.Inert(t.String("bad")), model.Inert(t.String("good")), model.Inert(t.String("total"))
	m.Counted = m.Bad+m.Good != "" && m.Total != "" && t.String("decide") != "window"
	m.Variant = model.Inert(t.String("variant"))
	r.asked(path, t, m)
	m.By, m.GoneOK = model.Inert(t.String("by")), t.String("gone") == "ignore"
	if err := gate.Countable(m); err != nil {
		r.fail(join(path, "bad"), "%s", err)
	}
}

// asked reads the share that a variant is to get.
func (r metricReader) asked(path string, t Table, m *model.Metric) {
	at, text := join(path, "asked"), strings.TrimSpace(t.String("asked"))
	switch {
	case text == "" && m.Variant == "":
		return
	case text == "":
		r.fail(join(path, "variant"), "expected asked beside it: the share that is to get it, such as \"10%%\", or the name of a flag")
		return
	case m.Variant == "" || m.Total == "":
		r.fail(at, "expected variant and total beside it: the counters of the events that get the new variant, and of all")
	case m.Target != nil || m.Alert != nil:
		r.fail(at, "it is what the metric is held against: expected neither target nor alert beside it")
	case m.Unit != model.Ratio:
		r.fail(at, "expected unit = \"ratio\"")
	}
	m.Asked = &model.Asked{Text: model.Inert(text)}
	if share, ok := strings.CutSuffix(text, "%"); ok {
		v, err := strconv.ParseFloat(strings.TrimSpace(share), 64)
		if err != nil || !(v >= 0 && v <= 100) {
			r.fail(at, "expected a share from 0%% to 100%%, or the name of a flag, found %s", quote(text))
		}
		m.Asked.Share = v / 100
		return
	}
	if !r.ref(at, "flag", text) {
		return
	}
	m.Asked.Flag = model.FlagID(text)
	if kind, _ := r.written("flag", text, "type").(string); kind != string(model.Number) {
		r.fail(at, "the flag %s is no number: expected one that holds 0 to 100, or a share such as \"10%%\"", quote(text))
	}
}

// emptyZero refuses on_empty = "zero" without a denominator: a zero that stands
// for what is not there would look the same with every target dead. It returns why.
func (r metricReader) emptyZero(path string, t Table, kind SourceKind) string {
	if t.String("on_empty") != "zero" || t.Has("count") || t.Has("total") {
		return ""
	}
	if kind.Facts != nil && kind.Facts(MetricPart{Table: t}).Counts {
		return ""
	}
	const why = "nothing tells a healthy zero from targets that are gone: expected `count` or `total` beside on_empty, which shows that there was traffic"
	at := join(path, "on_empty")
	r.refuse(at, "%s", why)
	return why
}

// metric returns the metric that keys describe; t has them as they are written.
func (r metricReader) metric(id, path string, k metricKeys, t Table) model.Metric {
	m := model.Metric{
		ID: model.MetricID(id), Title: titleOr(k.Title, id), Role: model.Inert(k.Role), Source: k.Source,
		Unit: model.Unit(k.Unit), For: k.For, AlertFor: k.AlertFor,
		MinCount: k.MinCount, EmptyZero: k.OnEmpty == "zero", Expr: model.Inert(k.Expr), Baseline: k.Baseline,
		Control: model.MetricID(k.Control), Recent: k.Recent, Waits: k.Settle != nil,
		Link: model.Inert(k.Link), Every: k.Every, Timeout: cmp.Or(k.Timeout, min(k.Every, 10*time.Second)),
		StaleAfter: cmp.Or(k.StaleAfter, max(2*time.Minute, 3*k.Every)),
	}
	r.link(join(path, "link"), k.Link)
	if k.Settle != nil {
		m.Settle = *k.Settle
	}
	switch id {
	case string(model.OfBaseline):
		r.fail(path, "a metric cannot have this name: in a target it means the metric's own baseline")
	case string(model.OfControl):
		r.fail(path, "a metric cannot have this name: in a target it means the metric's control")
	}
	m.Target = targetReader(r).target(join(path, "target"), k.Target, &m)
	m.Alert = targetReader(r).target(join(path, "alert"), k.Alert, &m)
	m.Warn = targetReader(r).target(join(path, "warn"), k.Warn, &m)
	if m.Timeout > m.Every {
		r.fail(join(path, "timeout"), "expected at most every (%s), found %s", model.FormatDuration(m.Every), quote(t.String("timeout")))
	}
	m.Alpha, m.Beta = r.own(join(path, "alpha"), k.Alpha), r.own(join(path, "beta"), k.Beta)
	if m.MinCount < 0 {
		r.fail(join(path, "min_count"), "expected 0 or more, found %s", found(m.MinCount))
	}
	return m
}

// own returns the error rate that a metric has for itself; 0: none.
func (r metricReader) own(path string, v *float64) float64 {
	if v == nil {
		return 0
	}
	chance(r.reader, path, *v)
	r.warn(path, "counts for this metric alone, beside what the others share: expected [evidence] %s, which is for the whole attempt", path[strings.LastIndex(path, ".")+1:])
	return *v
}

// chance checks an error rate of a test.
func chance(r *reader, path string, v float64) {
	if v <= 0 || v >= 0.5 {
		r.fail(path, "expected more than 0 and less than 0.5, such as 0.01, found %s", found(v))
	}
}

// counted checks that a metric which wants a number of events can know it.
func (r metricReader) counted(path string, t Table, source *SourcePart, kind SourceKind) {
	if t.Number("min_count") <= 0 || source == nil || t.Has("count") {
		return
	}
	if kind.Facts != nil && kind.Facts(MetricPart{Table: t}).Counts {
		return
	}
	at := join(path, "min_count")
	if slices.ContainsFunc(kind.MetricKeys, func(k Key) bool { return k.Name == "count" }) {
		r.fail(at, "the number of events is not known, so the metric would never pass: expected `count` beside it, which says how to get it")
	} else if kind.MetricKeys != nil {
		r.warn(at, "a source of kind %s may not tell the number of events; the metric does not pass without", source.Kind)
	}
}
