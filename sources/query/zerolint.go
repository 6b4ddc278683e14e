package query

import (
	"slices"

	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model"
	"gonogo/model/config"
)

// instead says how to write what lintZero refuses.
const instead = "write (… or vector(0)) around the numerator only, over a denominator that ends with its targets, such as sum(rate(ALL_total[5m]))"

// lintZero refuses what makes a zero of targets that are gone: a zero may stand
// for a numerator only, beside a denominator that is there and grows.
func lintZero(query, count parser.Expr, m model.Metric, k Keys) []config.Finding {
	var found []config.Finding
	refuse := func(key, message string) {
		found = append(found, config.Finding{Key: key, Message: message, Refused: true})
	}
	zero := m.EmptyZero || query != nil && standsIn(query)
	if zero && count != nil && k.Total == "" && alwaysAnswers(count) {
		refuse("count", "it answers also where nothing is there, so it never shows that there was traffic: expected something like sum(increase(ALL_total[5m]))")
	}
	if query == nil {
		return found
	}
	counted := k.Total != "" || count != nil
	switch {
	case zeroDenominator(query):
		refuse("query", "the denominator answers also where nothing is there, so targets that are gone look like healthy ones: "+instead)
	case counted || !standsIn(query):
	case divides(query):
		refuse("query", "it answers a number also where the whole ratio is missing, so targets that are gone look like healthy ones: "+instead)
	case alertsOnly(query):
	case config.MetByZero(m.Target) && !calls(query, "absent", "absent_over_time"):
		refuse("query", "it answers a number also where no series is there, so targets that are gone look like healthy ones: "+
			"give count, such as sum(increase(ALL_total[5m])), which shows that there was traffic")
	}
	return found
}

// zeroed reports whether an empty answer is taken for zero, and what counts events.
func zeroed(m model.Metric, k Keys) bool {
	return m.EmptyZero && (k.Count != "" || k.Total != "")
}

// zeroDenominator reports whether a division in expr has a denominator that
// stands in for series which are not there.
func zeroDenominator(expr parser.Expr) bool {
	found := false
	inspect(expr, func(n parser.Node) {
		if b, ok := n.(*parser.BinaryExpr); ok && b.Op == parser.DIV {
			found = found || standsIn(b.RHS)
		}
	})
	return found
}

// alertsOnly reports whether expr reads alerts, and nothing else.
func alertsOnly(expr parser.Expr) bool {
	all := selectors(expr)
	return len(all) > 0 && !slices.ContainsFunc(all, func(s selector) bool { return s.expr.Name != "ALERTS" })
}
