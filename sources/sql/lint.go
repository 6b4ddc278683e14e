package sql

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// maxDescription is how much of a query is shown, in bytes.
const maxDescription = 400

func lint(m config.MetricPart) []config.Finding {
	query := queryOf(m)
	if _, n := bindSince(query); n > 0 {
		return []config.Finding{{Key: "query", Message: "$since is for a rollback's verify only: expected something like now() - interval '1 hour'"}}
	}
	if hasParameter(query) {
		return []config.Finding{{Key: "query", Message: "has a parameter like $1, which nothing fills in: write the value"}}
	}
	return nil
}

func lintWitness(w config.WitnessPart) []config.Finding {
	query := askedBy(w)
	if driver := w.Source.Table.String("driver"); driver == "mariadb" || driver == "mysql" {
		if hasMark(query) {
			return []config.Finding{{Key: "query", Message: "has a parameter, a question mark, which nothing fills in: expected $since, or the value"}}
		}
	} else if hasParameter(query) {
		return []config.Finding{{Key: "query", Message: "has a parameter like $1, which nothing fills in: expected $since, or the value"}}
	}
	if _, n := binder(w.Source.Table.String("driver"))(query); n == 0 {
		return []config.Finding{{Key: "query", Message: "has no $since outside quotes and comments, so rows from before the rollback would count: " +
			"expected something like \"… AND timestamp > $since\""}}
	}
	return nil
}

var (
	counting = regexp.MustCompile(`(?is)^\s*select\s+count\s*\(`)
	lookback = regexp.MustCompile(`(?i)\binterval\s*'?\s*(\d+)\s*'?\s*(second|sec|minute|min|hour|day|week)s?\b`)
	units    = map[string]time.Duration{"second": time.Second, "sec": time.Second, "minute": time.Minute, "min": time.Minute,
		"hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour}
)

// facts reads the plain cases: the longest interval in the query is how far
// it looks back, and a mere count answers 0 where nothing was measured.
func facts(m config.MetricPart) config.Facts {
	query := queryOf(m)
	f := config.Facts{Silent: counting.MatchString(query)}
	for _, match := range lookback.FindAllStringSubmatch(query, -1) {
		n, err := strconv.Atoi(match[1])
		unit := units[strings.ToLower(match[2])]
		if err != nil || n > int(math.MaxInt64/int64(unit)) {
			continue
		}
		f.Window = max(f.Window, time.Duration(n)*unit)
	}
	return f
}

func describeWitness(w config.WitnessPart) string {
	is := ""
	if w.Is != nil {
		is = " " + w.Is.Text
	}
	return model.Inert(w.Source.ID) + is + ": " + oneLine(askedBy(w), 120)
}

// oneLine returns query in one line, inert and cut.
func oneLine(query string, size int) string {
	return poll.Cut(strings.Join(strings.Fields(query), " "), size)
}

// text returns v for people.
func text(v float64) string { return strconv.FormatFloat(v, 'g', 10, 64) }

// holds reports whether v is as t wants it; NaN never is.
func holds(t model.Target, v float64) bool {
	if math.IsNaN(v) {
		return false
	}
	switch t.Op {
	case "<":
		return v < t.Value
	case "<=":
		return v <= t.Value
	case ">":
		return v > t.Value
	case ">=":
		return v >= t.Value
	case "==":
		return v == t.Value
	case "!=":
		return v != t.Value
	}
	return false
}
