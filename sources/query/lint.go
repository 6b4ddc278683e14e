package query

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model"
	"gonogo/model/config"
)

// Lint looks at one metric's query and count: what does not parse or is no
// number is an error, what parses and is likely wrong a warning.
func Lint(m config.MetricPart) []config.Finding {
	k := keysOf(m)
	query, found := lintText("query", k.Query)
	count, more := lintText("count", k.Count)
	found = append(found, more...)
	if query != nil {
		for _, message := range lintUnit(query, m.Metric, k) {
			found = append(found, config.Finding{Key: "query", Message: message, Warning: true})
		}
	}
	found = append(found, lintZero(query, count, m.Metric, k)...)
	return append(found, lintCounters(k)...)
}

// lintText looks at the PromQL of key by itself. It returns nil where there is
// none, and where it does not parse.
func lintText(key, text string) (parser.Expr, []config.Finding) {
	if text == "" {
		return nil, nil
	}
	expr, err := parse(text)
	if err != nil {
		return nil, []config.Finding{{Key: key, Message: err.Error()}}
	}
	var found []config.Finding
	for _, message := range lintHistograms(expr) {
		found = append(found, config.Finding{Key: key, Message: message, Warning: true})
	}
	return expr, found
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

// lintUnit looks at what the query answers, and what the metric takes it for.
func lintUnit(expr parser.Expr, m model.Metric, k Keys) []string {
	division := quotient(expr)
	switch {
	case m.Unit != model.Ratio && !likeShare(m):
		return nil
	case division != nil:
		return lintRatio(division, m, k)
	case !calls(expr, "rate", "irate", "increase") || divides(expr) || calls(expr, "histogram_quantile") || ofSeconds(expr):
		return nil
	}
	what, of := "events per second", "the rate of all events"
	if !calls(expr, "rate", "irate") {
		what, of = "a number of events", "all events"
	}
	if m.Unit == model.Ratio {
		return []string{what + ", not a share of them, but the unit is ratio: divide by " + of}
	}
	return []string{what + ", not a share of them, but held against less than 1: divide by " + of + " and set unit = \"ratio\", or say unit = \"per_second\" if that is meant"}
}

// likeShare reports whether a metric without a unit is held against what only a
// share would be: an error rate below 1.
func likeShare(m model.Metric) bool {
	if m.Unit != model.Plain || m.Role != "error" && m.Role != "fallback" && m.Role != "success" {
		return false
	}
	small := func(t *model.Target) bool { return t != nil && t.Of == "" && t.Value > 0 && t.Value < 1 }
	return small(m.Target) || small(m.Alert)
}

// ofSeconds reports whether expr reads counters of seconds only, whose rate is
// a share of the time.
func ofSeconds(expr parser.Expr) bool {
	for _, s := range selectors(expr) {
		name := strings.TrimSuffix(strings.TrimSuffix(s.expr.Name, "_total"), "_sum")
		if !strings.HasSuffix(name, "_seconds") {
			return false
		}
	}
	return true
}

// lintRatio looks at a query that comes down to a division.
func lintRatio(division *parser.BinaryExpr, m model.Metric, k Keys) []string {
	var messages []string
	if k.Count == "" && k.Total == "" && calls(division.RHS, perSecond[:]...) {
		messages = append(messages, "is NaN without traffic, and nothing tells how much there was: give count, such as sum(increase(ALL_total[5m])), and min_count")
	}
	if !zeroed(m, k) && absentFailures(division.LHS, m.Role == "error") {
		messages = append(messages, "the numerator does not exist before the first failure: write (… or vector(0)) around it, and around nothing else")
	}
	if adds(division.RHS) && absentFailures(division.RHS, false) {
		messages = append(messages, "the denominator adds failures, which do not exist before the first one, and then there is no value at all: write (… or vector(0)) around them")
	}
	if calls(division, perSecond[:]...) && perInstance(division) {
		messages = append(messages, "one value for each instance and label, where one is needed: put sum(…) around both sides")
	}
	return messages
}

// adds reports whether expr is a sum of terms.
func adds(expr parser.Expr) bool {
	switch e := expr.(type) {
	case *parser.ParenExpr:
		return adds(e.Expr)
	case *parser.BinaryExpr:
		return e.Op == parser.ADD
	}
	return false
}

// perInstance reports whether expr puts no series together, nor names an instance.
func perInstance(expr parser.Expr) bool {
	apart := true
	inspect(expr, func(n parser.Node) {
		switch e := n.(type) {
		case *parser.AggregateExpr:
			apart = false
		case *parser.Call:
			apart = apart && e.Func.Name != "scalar" && e.Func.Name != "histogram_quantile"
		case *parser.VectorSelector:
			for _, l := range e.LabelMatchers {
				apart = apart && (l.Name != "instance" && l.Name != "pod" || l.Type != labels.MatchEqual)
			}
		}
	})
	return apart
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

// absentFailures reports whether expr counts failures, as all of it does or by
// its names, and has no value where there are none.
func absentFailures(expr parser.Expr, all bool) bool {
	for _, s := range selectors(expr) {
		if s.need != required {
			continue
		}
		name := strings.ToLower(s.text)
		if all || strings.Contains(name, "fail") || strings.Contains(name, "error") || strings.Contains(name, `"5..`) {
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
