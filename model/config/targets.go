package config

import (
	"errors"
	"strings"

	"gonogo/model"
	"gonogo/model/gate"
)

// targetReader reads what a metric is held against, and what it is computed of.
type targetReader struct{ *draft }

// target reads the target or alert at path; nil where there is none.
func (r targetReader) target(path, text string, m *model.Metric) *model.Target {
	if text == "" {
		return nil
	}
	t, err := gate.ParseTarget(text, m.Unit)
	if err != nil {
		r.fail(path, "%s", err)
		return nil
	}
	return &t
}

// agree checks that what a metric is held against does not contradict itself. low is its lower side; nil: it has one side.
func (r targetReader) agree(path string, m, low *model.Metric) {
	var sides []*model.Target // those that are amounts
	fixed := m.Target != nil && m.Target.Of == ""
	if fixed {
		sides = append(sides, m.Target)
	}
	if low != nil && low.Target != nil && low.Target.Of == "" {
		sides = append(sides, low.Target)
		if fixed && !gate.Meet(sides...) {
			r.fail(join(path, "target"), "no value is both %s and %s: expected the smaller one first", low.Target.Text, m.Target.Text)
			return
		}
	}
	if a := m.Alert; fixed && a != nil && a.Of == "" && gate.Meet(append(sides, a)...) {
		r.fail(join(path, "alert"), "a value could be within the target and in alert at once: expected an alert beyond the target, such as %s", quote(beyond(m)))
	}
	r.notice(join(path, "warn"), m, sides, low != nil)
}

// notice checks the warn of m: an amount within the target, on the side where it gets worse.
func (r targetReader) notice(path string, m *model.Metric, sides []*model.Target, two bool) {
	t := m.Warn
	switch {
	case t == nil:
	case t.Of != "":
		r.fail(path, "a notice is of an amount: expected something like %s", quote(t.Op+" "+model.SampleAmount(m.Unit)))
	case m.Target == nil:
		r.fail(path, "the metric has no target, so it always passes: expected target, of which warn is a part")
	case len(sides) == 0:
	case !gate.Meet(append(sides, t)...):
		var texts []string
		for _, s := range sides {
			texts = append(texts, s.Text)
		}
		r.fail(path, "beyond the target %s it is WARN already: expected what is within it", strings.Join(texts, " and "))
	case !two && upward(t.Op) != 0 && upward(t.Op) == upward(m.Target.Op):
		r.fail(path, "it is of values that get better: with the target %s a notice is on the other side, such as %s", m.Target.Text, quote(turned(t)))
	}
}

// upward says whether op asks for more (1), for less (-1), or for neither.
func upward(op string) int {
	switch op {
	case ">", ">=":
		return 1
	case "<", "<=":
		return -1
	}
	return 0
}

// turned writes t the other way round.
func turned(t *model.Target) string {
	return strings.NewReplacer("<", ">", ">", "<").Replace(t.Op) + strings.TrimPrefix(t.Text, t.Op)
}

// beyond writes an alert that does not contradict the target of m.
func beyond(m *model.Metric) string {
	if upward(m.Target.Op) == 0 {
		return turned(m.Alert)
	}
	return turned(m.Target)
}

// relations checks the targets that refer to other metrics.
func (r targetReader) relations() {
	all := &r.cfg.Rollout
	for i := range all.Metrics {
		m := &all.Metrics[i]
		path := tableOf(m)
		r.control(path, m)
		if !isLeast(m) { // it is said of the upper side already
			r.relation(join(path, "target"), m, m.Target)
		}
		r.relation(join(path, "alert"), m, m.Alert)
	}
}

// control checks that what m is compared with counts events as well.
func (r targetReader) control(path string, m *model.Metric) {
	compares := m.Target != nil && m.Target.Of == model.OfControl || m.Alert != nil && m.Alert.Of == model.OfControl
	at := join(path, "control")
	switch {
	case m.Control == "" && compares:
		r.fail(path, "its target or alert is relative to a control, and none is named: expected control = \"NAME\", a metric with bad and total that is read at the same time")
	case m.Control == "":
	case !compares:
		r.fail(at, "neither target nor alert compares it with its control: expected something like target = \"<= 120%% of control\"")
	case m.Control == m.ID:
		r.fail(at, "%s is measured against itself: expected another metric", quote(string(m.ID)))
	case r.ref(at, "metric", string(m.Control)):
		if other := r.cfg.Rollout.Metric(m.Control); other != nil && !other.Counted {
			r.fail(at, "%s counts no events: expected a metric with bad and total", quote(string(m.Control)))
		} else if other != nil && other.Control == m.ID {
			r.fail(at, "%s and %s are each other's control: expected control only in that of the new version", quote(string(m.ID)), quote(string(m.Control)))
		} else if other != nil && other.Total == m.Total && other.Bad == m.Bad && other.Good == m.Good {
			r.fail(at, "%s counts the very same events: expected the counters of the old version there", quote(string(m.Control)))
		} else if !m.Counted {
			r.fail(at, "this metric counts no events: expected bad and total beside it")
		}
	}
}

// relation checks that the metric which the target t of m refers to is there,
// another one, and of the same unit.
func (r targetReader) relation(path string, m *model.Metric, t *model.Target) {
	if t == nil || t.Of == "" || t.Of == model.OfBaseline || t.Of == model.OfControl {
		return
	}
	if t.Of == m.ID {
		r.fail(path, "%s is measured against itself: expected another metric", quote(string(m.ID)))
		return
	}
	if !r.ref(path, "metric", string(t.Of)) {
		return
	}
	if other := r.cfg.Rollout.Metric(t.Of); other != nil && other.Unit != m.Unit {
		r.fail(path, "%s is in %s, but %s in %s: expected the same unit", quote(string(m.ID)), gate.UnitName(m.Unit), quote(string(t.Of)), gate.UnitName(other.Unit))
	}
}

// exprs compiles the metrics that are computed of others. One of these cannot
// be computed of another.
func (r targetReader) exprs() {
	all := &r.cfg.Rollout
	units := func(id model.MetricID) (model.Unit, bool) {
		m := all.Metric(id)
		if m == nil || m.Expr != "" {
			return "", false
		}
		return m.Unit, true
	}
	for i := range all.Metrics {
		m := &all.Metrics[i]
		if m.Expr == "" {
			continue
		}
		path := join(join("metric", string(m.ID)), "expr")
		e, err := gate.CompileExpr(m.Expr, units)
		var missing *gate.UnknownMetric
		switch {
		case errors.As(err, &missing) && all.Metric(missing.ID) != nil:
			r.fail(path, "%s is computed itself: expected metrics that come from a source", quote(string(missing.ID)))
		case errors.As(err, &missing):
			r.ref(path, "metric", string(missing.ID))
		case err != nil:
			r.fail(path, "%s", err)
		case !e.Loose && e.Unit != m.Unit:
			r.fail(path, "its value is in %s, but unit says %s: expected the same", gate.UnitName(e.Unit), gate.UnitName(m.Unit))
		default:
			m.Inputs, m.Query = e.Inputs, m.Expr
			for _, id := range e.Inputs {
				in := all.Metric(id)
				m.Settle = max(m.Settle, in.Settle)
				if in.Read != nil && r.written("metric", string(m.ID), "stale_after") == nil { // its value is as old as what was read
					m.StaleAfter = max(m.StaleAfter, in.Read.Every)
				}
			}
		}
	}
}
