package query

import (
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model/config"
)

// Facts returns what the metric's query and count come down to. What does not
// parse has none: Lint says so.
func Facts(m config.MetricPart) config.Facts {
	var facts config.Facts
	k := keysOf(m)
	if expr, err := parse(k.Query); err == nil {
		facts.Window, facts.Silent = window(expr), alwaysAnswers(expr)
	}
	if expr, err := parse(k.Count); err == nil {
		facts.CountWindow = window(expr)
	}
	return facts
}

// window returns how long ago the oldest sample may be that expr takes into
// account: ranges, and offsets, which delay a change as a range does. Ranges of
// nested subqueries add up. It is 0 where expr reads the newest samples only.
func window(expr parser.Expr) time.Duration { return max(0, reach(expr, 0)) }

// reach returns how far back node reads when it is evaluated back ago. A
// selector pinned by @ to a time reaches as far as its own range and offset.
func reach(node parser.Node, back time.Duration) time.Duration {
	switch e := node.(type) {
	case *parser.VectorSelector:
		return place{offset: back}.moved(e.OriginalOffset, e.Timestamp, e.StartOrEnd).offset
	case *parser.MatrixSelector:
		return reach(e.VectorSelector, back) + e.Range
	case *parser.SubqueryExpr:
		p := place{offset: back}.moved(e.OriginalOffset, e.Timestamp, e.StartOrEnd)
		return reach(e.Expr, p.offset+e.Range)
	}
	var longest time.Duration
	for child := range parser.ChildrenIter(node) {
		longest = max(longest, reach(child, back))
	}
	return longest
}
