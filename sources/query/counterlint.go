package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model/config"
)

// instances are labels that tell the instances of a service apart.
var instances = [...]string{"instance", "pod"}

// lintCounters looks at one metric's counters of bad or good events, and of all.
func lintCounters(k Keys) []config.Finding {
	bad, name := k.Bad, "bad"
	switch {
	case k.Variant != "" && (k.Bad != "" || k.Good != ""):
		return []config.Finding{{Key: "variant", Message: "it stands beside bad or good: expected a metric of its own"}}
	case k.Variant != "" && k.By != "":
		return []config.Finding{{Key: "by", Message: "a share that is asked is one of all events: expected no by beside variant"}}
	case k.Variant != "":
		bad, name = k.Variant, "variant"
	case k.Bad != "" && k.Good != "":
		return []config.Finding{{Key: "good", Message: "it stands beside bad: expected one of them, as the other follows from total"}}
	case k.Good != "":
		bad, name = k.Good, "good"
	}
	switch {
	case bad == "" && k.Total == "" && k.By != "":
		return []config.Finding{{Key: "by", Message: "expected `bad` (or `good`) and `total` beside it: parts are judged by their events"}}
	case bad == "" && k.Total == "":
		return nil
	case bad == "":
		return []config.Finding{{Key: "total", Message: "expected `bad` beside it: the counter of the bad ones among these events (or `good`)"}}
	case k.Total == "":
		return []config.Finding{{Key: name, Message: "expected `total` beside it: the counter of all events, bad or not"}}
	}
	found := append(lintCounter(name, bad), lintCounter("total", k.Total)...)
	found = append(found, lintBy(k.By, name, bad)...)
	return append(append(found, lintBy(k.By, "total", k.Total)...), lintBucket(k.Good)...)
}

// lintBy looks whether the counter text of key keeps the label by.
func lintBy(by, key, text string) []config.Finding {
	expr, err := parseCounter(text)
	if by == "" || err != nil {
		return nil
	}
	dropped := ""
	inspect(expr, func(n parser.Node) {
		if a, ok := n.(*parser.AggregateExpr); ok && slices.Contains(a.Grouping, by) == a.Without {
			dropped = a.Op.String()
		}
	})
	if dropped == "" {
		return nil
	}
	return []config.Finding{{Key: key, Message: fmt.Sprintf("%s() drops the label %s, which by names: give the counter as it is", dropped, by)}}
}

// lintBucket looks whether a counter of good events that reads buckets reads one bound only.
func lintBucket(good string) []config.Finding {
	expr, err := parseCounter(good)
	if good == "" || err != nil {
		return nil
	}
	for _, s := range selectors(expr) {
		if !strings.HasSuffix(s.expr.Name, "_bucket") {
			continue
		}
		if !slices.ContainsFunc(s.expr.LabelMatchers, func(m *labels.Matcher) bool { return m.Name == "le" && m.Type == labels.MatchEqual }) {
			return []config.Finding{{Key: "good", Message: `it counts every bucket, and an event in several: expected one bound, such as {le="0.25"}`}}
		}
	}
	return nil
}

// lintCounter looks at the counter text of key.
func lintCounter(key, text string) []config.Finding {
	expr, err := parseCounter(text)
	if err != nil {
		return []config.Finding{{Key: key, Message: err.Error()}}
	}
	if what := overTime(expr); what != "" {
		return []config.Finding{{Key: key, Message: fmt.Sprintf("expected the counter as it is, found %s: gonogo counts what it grows by", what)}}
	}
	warn := func(message string) []config.Finding {
		return []config.Finding{{Key: key, Message: message, Warning: true}}
	}
	if len(selectors(expr)) == 0 {
		return []config.Finding{{Key: key, Message: "no counter is in it: expected one, such as requests_total"}}
	}
	if name := hidesResets(expr); name != "" {
		return warn(name + "() hides the restart of one instance, whose count goes back to 0: give the counter itself, or aggregate by (instance)")
	}
	if message := joined(expr); message != "" {
		return warn(message)
	}
	return nil
}

// parseCounter parses a counter, which must be a vector.
func parseCounter(text string) (parser.Expr, error) {
	expr, err := parse(text)
	if err != nil {
		return nil, err
	}
	if expr.Type() != parser.ValueTypeVector {
		return nil, fmt.Errorf("a %s where a counter is needed, with a series for each instance", expr.Type())
	}
	return expr, nil
}

// overTime returns what in expr looks at more than one moment, or "".
func overTime(expr parser.Expr) string {
	what := ""
	inspect(expr, func(n parser.Node) {
		switch e := n.(type) {
		case *parser.Call:
			if what == "" && (slices.Contains(perSecond[:], e.Func.Name) || strings.HasSuffix(e.Func.Name, "_over_time")) {
				what = e.Func.Name + "()"
			}
		case *parser.MatrixSelector, *parser.SubqueryExpr:
			if what == "" {
				what = "a range"
			}
		}
	})
	return what
}

// hidesResets returns the aggregation in expr that puts instances together, or "".
func hidesResets(expr parser.Expr) string {
	name := ""
	inspect(expr, func(n parser.Node) {
		a, ok := n.(*parser.AggregateExpr)
		if !ok || name != "" {
			return
		}
		together := !a.Without
		for _, label := range instances {
			if slices.Contains(a.Grouping, label) {
				together = a.Without
			}
		}
		if together {
			name = a.Op.String()
		}
	})
	return name
}

// joined says what is wrong with how expr makes one counter of two, or "".
func joined(expr parser.Expr) string {
	message := ""
	inspect(expr, func(n parser.Node) {
		b, ok := n.(*parser.BinaryExpr)
		if !ok || message != "" || b.LHS.Type() != parser.ValueTypeVector || b.RHS.Type() != parser.ValueTypeVector {
			return
		}
		switch {
		case b.Op == parser.SUB:
			message = "a difference of counters is none: where it shrinks for a moment it is taken for a restart, and counts anew; give a counter"
		case b.Op == parser.ADD:
			message = `counts nothing where one of the two does not exist yet: write {__name__=~"a_total|b_total"}, whose series are counted each`
		case b.Op == parser.LOR && !alwaysAnswers(b.RHS):
			message = `leaves out what has the same labels on both sides: write {__name__=~"a_total|b_total"}`
		}
	})
	return message
}
