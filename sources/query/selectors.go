package query

import (
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
)

// need says what it means that a selector matches nothing at the moment.
type need int

const (
	required    need = iota // the value rests on nothing current
	alternative             // likewise, unless another alternative is there
	optional                // nothing: the query provides for it (or vector(0), absent, unless)
)

// selector is one vector selector of a query, placed where the query evaluates it.
type selector struct {
	expr    *parser.VectorSelector
	text    string        // of expr, with its @ and offset
	at      *int64        // the @ time in ms; nil: the evaluation's time
	offset  time.Duration // back from there
	need    need
	absence bool // it is in absent(), or behind unless: that it is missing is what is asked
}

// place is where and how a part of the query is evaluated.
type place struct {
	at      *int64
	offset  time.Duration
	need    need
	absence bool
}

// moved returns p with a selector's or subquery's own @ and offset.
func (p place) moved(offset time.Duration, at *int64, startOrEnd parser.ItemType) place {
	if at != nil || startOrEnd != 0 {
		// In an instant query @ start() and @ end() are the evaluation's time.
		p.at, p.offset = at, 0
	}
	p.offset += offset
	return p
}

func (p place) needing(n need) place {
	p.need = max(p.need, n)
	return p
}

// selectors returns the distinct selectors of expr. One that is used several
// times has the strictest of its needs.
func selectors(expr parser.Expr) []selector {
	var found []selector
	index := map[string]int{}
	walk(expr, place{}, func(s selector) {
		if i, ok := index[s.text]; ok {
			found[i].need = min(found[i].need, s.need)
			return
		}
		index[s.text] = len(found)
		found = append(found, s)
	})
	return found
}

func walk(node parser.Node, p place, found func(selector)) {
	switch e := node.(type) {
	case *parser.VectorSelector:
		p = p.moved(e.OriginalOffset, e.Timestamp, e.StartOrEnd)
		plain := &parser.VectorSelector{LabelMatchers: e.LabelMatchers, OriginalOffset: p.offset, Timestamp: p.at}
		if prom.LegacyValidation.IsValidMetricName(e.Name) {
			plain.Name = e.Name // otherwise the name's matcher stands in the braces
		}
		found(selector{expr: plain, text: plain.String(), at: p.at, offset: p.offset, need: p.need, absence: p.absence})
	case *parser.SubqueryExpr:
		walk(e.Expr, p.moved(e.OriginalOffset, e.Timestamp, e.StartOrEnd), found)
	case *parser.BinaryExpr:
		left, right := p, p
		switch e.Op {
		case parser.LOR:
			left, right = p.needing(alternative), p.needing(alternative)
			if alwaysAnswers(e.RHS) {
				left = p.needing(optional)
			}
		case parser.LUNLESS:
			right = p.needing(optional)
			right.absence = true
		}
		walk(e.LHS, left, found)
		walk(e.RHS, right, found)
	case *parser.Call:
		if e.Func.Name == "absent" || e.Func.Name == "absent_over_time" {
			p = p.needing(optional)
			p.absence = true
		}
		for _, arg := range e.Args {
			walk(arg, p, found)
		}
	default:
		for child := range parser.ChildrenIter(node) {
			walk(child, p, found)
		}
	}
}

// alwaysAnswers reports whether expr has a value without any series, as vector(0) has.
func alwaysAnswers(expr parser.Expr) bool {
	always := true
	walk(expr, place{}, func(s selector) { always = always && s.need == optional })
	return always
}
