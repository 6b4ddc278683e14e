package query

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model"
	"gonogo/model/config"
)

// Lint looks at one metric's query and count: what does not parse or is no
// number is an error, what parses and is likely wrong a warning.
func Lint(m config.MetricPart) []config.Finding {
	var found []config.Finding
	exprs := map[string]parser.Expr{}
	for _, key := range []string{"query", "count"} {
		text := m.Table.String(key)
		if text == "" {
			continue
		}
		expr, err := parse(text)
		if err != nil {
			found = append(found, config.Finding{Key: key, Message: err.Error()})
			continue
		}
		exprs[key] = expr
		for _, message := range lintHistograms(expr) {
			found = append(found, config.Finding{Key: key, Message: message, Warning: true})
		}
	}
	if expr := exprs["query"]; expr != nil && m.Metric.Unit == model.Ratio {
		for _, message := range lintRatio(expr, m) {
			found = append(found, config.Finding{Key: "query", Message: message, Warning: true})
		}
	}
	return append(found, lintCounters(m)...)
}

// perSecond are the functions that turn counters into something over a window.
var perSecond = [...]string{"rate", "irate", "increase", "delta", "idelta", "deriv"}

// lintHistograms looks at each histogram_quantile of expr.
func lintHistograms(expr parser.Expr) []string {
	var messages []string
	inspect(expr, func(n parser.Node) {
		call, ok := n.(*parser.Call)
		if !ok || call.Func.Name != "histogram_quantile" || len(call.Args) < 2 || !hasBuckets(call.Args[1]) {
			return
		}
		if !calls(call.Args[1], perSecond[:]...) {
			messages = append(messages, "histogram_quantile over the buckets since the process started, not of late: put rate(…[5m]) around them")
		}
		if !keepsLe(call.Args[1]) {
			messages = append(messages, "histogram_quantile without sum by (le): several instances answer several values, and other sums drop the buckets' bounds")
		}
	})
	return messages
}

// hasBuckets reports whether expr reads classic buckets.
func hasBuckets(expr parser.Expr) bool {
	for _, s := range selectors(expr) {
		if strings.HasSuffix(s.expr.Name, "_bucket") {
			return true
		}
	}
	return false
}

// keepsLe reports whether expr aggregates, and by the label le.
func keepsLe(expr parser.Expr) bool {
	aggregates, keeps := false, true
	inspect(expr, func(n parser.Node) {
		if a, ok := n.(*parser.AggregateExpr); ok {
			aggregates = true
			keeps = keeps && slices.Contains(a.Grouping, "le") != a.Without
		}
	})
	return aggregates && keeps
}

// lintRatio looks at the query of a metric whose unit is ratio.
func lintRatio(expr parser.Expr, m config.MetricPart) []string {
	division := quotient(expr)
	if division == nil {
		if calls(expr, "rate", "irate", "increase") && !divides(expr) && !calls(expr, "histogram_quantile") {
			return []string{"a number of events, not a share of them, but the unit is ratio: divide by all events"}
		}
		return nil
	}
	var messages []string
	if m.Table.String("count") == "" && calls(division.RHS, perSecond[:]...) {
		messages = append(messages, "is NaN without traffic, and nothing tells how much there was: give count, such as sum(increase(ALL_total[5m])), and min_count")
	}
	if absentFailures(division.LHS, m.Metric.Role) {
		messages = append(messages, "the numerator does not exist before the first failure: write (… or vector(0)), or set on_empty = \"zero\"")
	}
	return messages
}

// quotient returns the division that expr comes down to, through parentheses
// and sums and products with numbers, such as 1 - a/b; or nil.
func quotient(expr parser.Expr) *parser.BinaryExpr {
	switch e := expr.(type) {
	case *parser.ParenExpr:
		return quotient(e.Expr)
	case *parser.UnaryExpr:
		return quotient(e.Expr)
	case *parser.BinaryExpr:
		_, left := e.LHS.(*parser.NumberLiteral)
		_, right := e.RHS.(*parser.NumberLiteral)
		switch {
		case left && !right && e.Op != parser.DIV:
			return quotient(e.RHS)
		case right:
			return quotient(e.LHS)
		case e.Op == parser.DIV:
			return e
		}
	}
	return nil
}

func divides(expr parser.Expr) bool {
	found := false
	inspect(expr, func(n parser.Node) {
		if b, ok := n.(*parser.BinaryExpr); ok && b.Op == parser.DIV {
			found = true
		}
	})
	return found
}

// absentFailures reports whether numerator counts failures, by its metric's
// role or its names, and has no value where there are none.
func absentFailures(numerator parser.Expr, role string) bool {
	for _, s := range selectors(numerator) {
		if s.need != required {
			continue
		}
		name := strings.ToLower(s.text)
		if role == "error" || strings.Contains(name, "fail") || strings.Contains(name, "error") || strings.Contains(name, `"5..`) {
			return true
		}
	}
	return false
}

// calls reports whether expr calls one of the functions names.
func calls(expr parser.Expr, names ...string) bool {
	found := false
	inspect(expr, func(n parser.Node) {
		if c, ok := n.(*parser.Call); ok && slices.Contains(names, c.Func.Name) {
			found = true
		}
	})
	return found
}

func inspect(node parser.Node, look func(parser.Node)) {
	look(node)
	for child := range parser.ChildrenIter(node) {
		inspect(child, look)
	}
}
