package config

import (
	"cmp"
	"strings"
	"time"

	"gonogo/model"
)

// sloPrefix stands before the name of an SLO where metrics are named.
const sloPrefix = "slo."

// leastSize is how much history keeps at least: a few of the database's blocks.
const leastSize = 16 << 20

// history reads how much is kept of all metrics.
func (top topReader) history() {
	k, _, _ := optional[historyKeys](top.reader, "history")
	size, err := model.ParseAmount(k.Size, model.Bytes)
	switch {
	case err != nil:
		top.fail("history.size", "%s", err)
	case size < leastSize:
		top.fail("history.size", "expected at least 16MiB, found %s", quote(k.Size))
	}
	if k.Keep < 0 || k.Keep > 0 && k.Keep < time.Hour {
		top.fail("history.keep", "expected at least 1h, or 0s for none, found %s", quote(model.FormatDuration(k.Keep)))
	}
	top.cfg.Rollout.History = model.HistorySpec{Keep: k.Keep, Size: int64(size)}
}

// targeted reports whether a metric or SLO has a target, be it a wrong one.
func (r *reader) targeted(name string) bool {
	if slo, is := strings.CutPrefix(name, sloPrefix); is && r.written("slo", slo, "target") != nil {
		return true
	}
	return r.written("metric", name, "target") != nil
}

// tableOf returns the path of the table that a metric is of.
func tableOf(m *model.Metric) string {
	if m.SLO != nil {
		return string(m.ID) // slo.NAME
	}
	if isLeast(m) {
		return join("metric", m.Expr)
	}
	return join("metric", string(m.ID))
}

// sloReader reads what is judged of kept history. Each is a metric named slo.NAME.
type sloReader struct{ *draft }

func (r sloReader) slos() {
	keep := r.cfg.Rollout.History.Keep
	r.each("slo", func(id, path string, raw any) {
		t, _ := r.table(path, raw, KeysOf[sloKeys](), false)
		k := Into[sloKeys](t, "")
		name := model.MetricID(sloPrefix + id)
		if r.cfg.Rollout.Metric(name) != nil {
			r.fail(path, "there is a metric %s already: expected another name", quote(string(name)))
			return
		}
		if keep > 0 && k.Over > keep {
			r.fail(join(path, "over"), "%s is longer than history is kept (%s): expected a shorter time, or a larger keep in [history]", model.FormatDuration(k.Over), model.FormatDuration(keep))
		}
		if keep == 0 {
			r.fail(path, "history is not kept, so it can never be judged: expected keep in [history] longer than %s", model.FormatDuration(k.Over))
		}
		m := model.Metric{
			ID: name, Title: cmp.Or(model.Inert(k.Title), id), SLO: &model.SLO{Of: model.MetricID(k.Metric), Over: k.Over},
			Every: min(max(k.Over/1000, time.Minute), 10*time.Minute), Timeout: 10 * time.Second, Baseline: 15 * time.Minute, Waits: true,
		}
		m.StaleAfter = 3 * m.Every
		if k.Metric != "" && r.ref(join(path, "metric"), "metric", k.Metric) {
			of := r.cfg.Rollout.Metric(m.SLO.Of)
			switch {
			case of == nil:
			case of.SLO != nil:
				r.fail(join(path, "metric"), "%s is an SLO itself: expected the metric that it is judged of", quote(k.Metric))
			default:
				m.Unit, m.Role = of.Unit, of.Role
				m.Title = cmp.Or(model.Inert(k.Title), of.Title+", "+model.FormatDuration(k.Over))
			}
		}
		m.Target = targetReader(r).target(join(path, "target"), k.Target, &m)
		m.Alert = targetReader(r).target(join(path, "alert"), k.Alert, &m)
		r.cfg.Rollout.Metrics = append(r.cfg.Rollout.Metrics, m)
	})
}
