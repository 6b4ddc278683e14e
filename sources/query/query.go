// Package query is what the sources that speak PromQL share: it parses a
// metric's query, asks it of a Backend, and finds out how old the samples
// behind the answer are.
//
// It keeps nothing between two questions but what a Session must remember of
// counters, and a Joiner of questions in trouble; only a Joiner starts
// goroutines, each for the time of one question. It knows no server: the sources bring
// their Backend. It must not import them.
package query

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"gonogo/model"
)

const (
	// tag is the label that tells the parts of a combined question apart.
	tag      = "gonogo"
	tagCount = "count"
	tagBad   = "bad"
	tagTotal = "total"
	// tagCounted, with a number behind it, is the oldest of the newest samples of a selector of total.
	tagCounted = "counted"
	// maxText is how long a query may be, in bytes: a parser of chains without brackets recurses, too.
	maxText = 16 << 10
	// recent is how far back a selector must have matched to be no typo.
	recent = time.Hour
	// lately and before are where the last sample of a series that ended is looked
	// for, and how closely.
	lately = "5m:1s"
	before = "1h:10s"
)

// Query is a metric's PromQL, parsed. It is immutable.
type Query struct {
	Text        string
	Count       string // may be empty
	Bad, Total  string // the counters; both empty, or none
	good        bool   // Bad counts the good ones
	by          string // the label whose values are counted one by one, too; may be empty
	selectors   []selector
	window      time.Duration // that it looks back
	placeholder bool          // it answers a value also where no series is there
	counted     []selector    // of total
	events      []selector    // of the denominator: total, else count
	beside      string        // the part of a question that asks for count and counters; may be empty
	extras      string        // asks for age and what is beside in one go; empty: nothing to ask
}

// Parse returns the query text together with count, which may be empty. It
// fails if one of them does not parse or does not end in a number.
func Parse(text, count string) (*Query, error) {
	expr, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	q := &Query{Text: text, Count: count, selectors: selectors(expr), window: window(expr), placeholder: standsIn(expr)}
	if count != "" {
		c, err := parse(count)
		if err != nil {
			return nil, fmt.Errorf("count: %w", err)
		}
		inner := count
		if c.Type() == parser.ValueTypeScalar {
			inner = "vector(\n" + count + "\n)"
		}
		q.beside = tagged(inner, tagCount)
	}
	q.finish()
	return q, nil
}

// Counters are what a query counts beside its value.
type Counters struct {
	Bad, Good string // the counter of bad events, or that of good ones
	Total     string
	By        string // a label, whose values are counted one by one, too; empty: none
}

// Counting returns q with counters. It fails if one of them is no vector, or there
// is total alone or without it; it returns q if there is none.
func (q *Query) Counting(of Counters) (*Query, error) {
	bad, name := of.Bad, "bad"
	if of.Good != "" {
		bad, name = of.Good, "good"
	}
	if bad == "" && of.Total == "" {
		return q, nil
	}
	if bad == "" || of.Total == "" || of.Bad != "" && of.Good != "" {
		return nil, errors.New("total needs either bad or good beside it, and they need total")
	}
	if _, err := parseCounter(bad); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if _, err := parseCounter(of.Total); err != nil {
		return nil, fmt.Errorf("total: %w", err)
	}
	total := of.Total
	c := *q
	c.Bad, c.Total, c.good, c.by = bad, total, of.Good != "", of.By
	c.beside = or(q.beside, or(tagged(bad, tagBad), tagged(total, tagTotal)))
	if expr, err := parse(total); err == nil {
		c.counted = slices.DeleteFunc(selectors(expr), func(s selector) bool {
			return s.expr.Name == "" // of series with several names timestamp() makes the same one twice
		})
	}
	for i, s := range c.counted { // the oldest: until it is young, all that is new may be old
		c.beside = or(c.beside, tagged("min(timestamp("+s.text+"))", tagCounted+strconv.Itoa(i)))
	}
	c.finish()
	return &c, nil
}

// finish works out what follows from the parts of q.
func (q *Query) finish() {
	q.events = nil
	for _, text := range []string{q.Total, q.Count} {
		if expr, err := parse(text); text != "" && err == nil && !alwaysAnswers(expr) {
			q.events = selectors(expr)
			break
		}
	}
	q.extras = or(q.beside, q.ages())
	if q.placeholder {
		q.extras = or(q.extras, q.traffic())
	}
}

// ages asks for the newest sample of each selector.
func (q *Query) ages() string {
	var parts []string
	for i, s := range q.selectors {
		parts = append(parts, tagged("max(timestamp("+s.text+"))", strconv.Itoa(i)))
	}
	return strings.Join(parts, " or ")
}

// presence asks which selectors matched something lately, and for what is beside.
func (q *Query) presence() string {
	var parts []string
	for i, s := range q.selectors {
		m := &parser.MatrixSelector{VectorSelector: s.expr, Range: recent}
		parts = append(parts, tagged("group(last_over_time("+m.String()+"))", strconv.Itoa(i)))
	}
	return or(q.beside, strings.Join(parts, " or "))
}

// or joins questions, of which either may be empty.
func or(left, right string) string {
	if left == "" || right == "" {
		return left + right
	}
	return left + " or " + right
}

// tagged wraps expr on lines of its own, as it may end in a comment.
func tagged(expr, value string) string {
	return "label_replace((\n" + expr + "\n), \"" + tag + "\", \"" + value + "\", \"\", \"\")"
}

// parse parses text and sees that it has a value at one moment.
func parse(text string) (parser.Expr, error) {
	if err := model.ShallowText(text); err != nil {
		return nil, fmt.Errorf("is %w", err)
	}
	if len(text) > maxText {
		return nil, fmt.Errorf("is longer than %d KiB: keep a recording rule of it, and ask for that", maxText>>10)
	}
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return nil, fmt.Errorf("not PromQL: %w", err)
	}
	switch expr.Type() {
	case parser.ValueTypeVector, parser.ValueTypeScalar:
		return expr, nil
	case parser.ValueTypeMatrix:
		return nil, fmt.Errorf("a range of values where one is needed: put rate() or another function around it")
	}
	return nil, fmt.Errorf("a %s where a number is needed", expr.Type())
}

// alerts returns what the query asks of alerts, where it asks for nothing else.
func (q *Query) alerts() ([][]*labels.Matcher, bool) {
	var all [][]*labels.Matcher
	for _, s := range q.selectors {
		if s.expr.Name != "ALERTS" || s.at != nil || s.offset != 0 {
			return nil, false
		}
		all = append(all, s.expr.LabelMatchers)
	}
	return all, len(all) > 0
}
