package query

import (
	"strconv"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model"
)

const (
	// tagEvent and tagGrowth, with a number behind them, are the newest sample of a
	// selector of the denominator, and by how much its series grew.
	tagEvent  = "event"
	tagGrowth = "growth"
	// leastGrowth is how far back growth is looked for where the query looks at
	// one moment only: two samples must lie in it.
	leastGrowth = 5 * time.Minute
)

// standsIn reports whether expr answers a value of its own making where none
// of its series is there, as "… or vector(0)" does.
func standsIn(expr parser.Expr) bool { return len(selectors(expr)) > 0 && alwaysAnswers(expr) }

// traffic asks whether the denominator is there and grows; empty where there is none.
func (q *Query) traffic() string {
	within, question := q.window, ""
	if within <= 0 {
		within = leastGrowth
	}
	for i, s := range q.events {
		m := &parser.MatrixSelector{VectorSelector: s.expr, Range: within}
		question = or(question, tagged("max(timestamp("+s.text+"))", tagEvent+strconv.Itoa(i)))
		question = or(question, tagged("sum(increase("+m.String()+"))", tagGrowth+strconv.Itoa(i)))
	}
	return question
}

// flows says what p tells of the denominator, whose samples may be so old.
func (q *Query) flows(p parts, staleAfter time.Duration) model.Traffic {
	if len(q.events) == 0 {
		return model.TrafficUnknown
	}
	age, current := aged(q.events, tagEvent, p)
	if !current || staleAfter > 0 && age > staleAfter {
		return model.TrafficUnknown
	}
	if n, counted := p.values[tagCount]; q.Total == "" && (!counted || !(n > 0)) {
		return model.TrafficNone
	}
	for i := range q.events {
		if p.values[tagGrowth+strconv.Itoa(i)] > 0 {
			return model.TrafficFlows
		}
	}
	return model.TrafficNone
}
