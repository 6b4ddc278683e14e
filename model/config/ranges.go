package config

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"gonogo/model"
)

// A target with two sides is two metrics: the one that is written, which keeps the upper side, and one
// computed of it, named NAME.least, with the lower. Whoever asks for the first asks for both.

var (
	aroundOther = regexp.MustCompile(`^within ([0-9.]+)% of ([A-Za-z0-9_.-]+)$`)
	fromTo      = regexp.MustCompile(`^([^<>=!]+) to ([^<>=!]+)$`)
	inExpr      = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// sides returns the upper and the lower side of a target with two; false: it has one.
func sides(text string) (upper, lower string, two bool) {
	text = strings.Join(strings.Fields(text), " ")
	if m := aroundOther.FindStringSubmatch(text); m != nil {
		p, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return "", "", false
		}
		side := func(op string, share float64) string {
			return fmt.Sprintf("%s %s%% of %s", op, strconv.FormatFloat(share, 'f', -1, 64), m[2])
		}
		return side("<=", 100+p), side(">=", 100-p), true
	}
	if m := fromTo.FindStringSubmatch(text); m != nil {
		return "<= " + m[2], ">= " + m[1], true
	}
	return "", "", false
}

// lowerSide is the lower side of a target with two, as it is written for a metric of its own.
type lowerSide struct {
	text   string
	around bool // it is a distance from another value
}

// twoSided returns the keys of metric id with the upper side of its target, and notes the lower, where
// it has two sides.
func (r metricReader) twoSided(id, path string, raw any) any {
	values, _ := raw.(map[string]any)
	text, _ := values["target"].(string)
	upper, lower, two := sides(text)
	around := strings.HasPrefix(strings.TrimSpace(text), "within")
	if !two {
		return raw
	}
	at, before := join(path, "target"), r.errors()
	switch {
	case !inExpr.MatchString(id):
		r.fail(at, "a target with two sides makes a metric that is computed of this one, and %s cannot stand in an expression: expected a name of letters, digits and _", quote(id))
	case strings.HasSuffix(upper, " of "+string(model.OfControl)):
		r.fail(at, "a control is compared with by events, on one side: expected something like \"<= 115%% of control\", or within of another metric")
	case values["expr"] != nil:
		r.fail(at, "this metric is computed already, and nothing can be computed of it: expected one side here, and a metric of its own for the other")
	}
	values = maps.Clone(values)
	values["target"] = upper
	if r.errors() > before { // said once: nothing follows from half a target
		delete(values, "target")
		return values
	}
	r.lower[model.MetricID(id)] = lowerSide{lower, around}
	return values
}

// lowerSide returns the metric that is held against the lower side of m's target; nil: it has one side.
func (r metricReader) lowerSide(m *model.Metric) *model.Metric {
	lower, two := r.lower[m.ID]
	if !two {
		return nil
	}
	if m.Target != nil {
		m.Target.Around = lower.around
	}
	out := model.Metric{
		ID: leastOf(m.ID), Title: m.Title + ", at least", Role: m.Role, Unit: m.Unit, Expr: string(m.ID), For: m.For, Link: m.Link,
		Settle: m.Settle, Waits: m.Waits, Every: m.Every, Timeout: m.Timeout, StaleAfter: m.StaleAfter, Baseline: m.Baseline, Recent: m.Recent,
	}
	out.Target = targetReader(r).target(join(join("metric", string(m.ID)), "target"), lower.text, &out)
	if out.Target != nil {
		out.Target.Around = lower.around
	}
	return &out
}

// isLeast reports whether m is made for the lower side of another metric's target.
func isLeast(m *model.Metric) bool { return m.Expr != "" && m.ID == leastOf(model.MetricID(m.Expr)) }

func leastOf(id model.MetricID) model.MetricID { return id + ".least" }

// both returns ids, each with the metric of its lower side behind it where it has two.
func (d *draft) both(ids []model.MetricID) []model.MetricID {
	var out []model.MetricID
	for _, id := range ids {
		out = append(out, id)
		if _, two := d.lower[id]; two {
			out = append(out, leastOf(id))
		}
	}
	return out
}
