// Package sql reads metrics from databases: one row, one column, a number. As
// a witness it asks what came after a mark, which is the database's own time:
// clocks are never compared.
//
// A source runs one goroutine a metric, see package poll, and opens a
// connection for each question, at most Width at a time: nothing is kept open
// between questions, so a database that went away and came back needs no care.
// Every question runs in a read-only transaction with a limit on the server's side
// (statement_timeout, max_statement_time).
// Nothing is written, and rows past the second are never read. No error holds
// the DSN or its password.
package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/poll"
)

// Width is how many connections one source has at a time.
const Width = 4

// keys are those of a source that is a database.
type keys struct {
	Driver  string        `toml:"driver" required:"true" oneof:"postgres,mariadb,mysql" help:"the kind of database"`
	DSN     string        `toml:"dsn" required:"true" secret:"only" help:"how to connect, as env:NAME or file:PATH, such as postgres://gonogo_ro:…@db.internal/logs or mariadb://gonogo_ro:…@db.internal/logs?tls=true"`
	Timeout time.Duration `toml:"timeout" default:"5s" help:"for one answer"`
}

// metricKeys are those of a metric.
type metricKeys struct {
	Query string `toml:"query" required:"true" help:"a query that answers one row with one number"`
}

// witnessKeys are those of a verify.
type witnessKeys struct {
	Query string `toml:"query" required:"true" help:"a query that answers one number of what is newer than $since"`
	Is    string `toml:"is" required:"true" help:"what the number must be, such as \"> 0\""`
}

func queryOf(m config.MetricPart) string { return config.Into[metricKeys](m.Table, "").Query }

func askedBy(w config.WitnessPart) string { return config.Into[witnessKeys](w.Table, "").Query }

// Kind returns the kind "sql".
func Kind() config.SourceKind {
	return config.SourceKind{
		Doc:             "asks a database for one number",
		Keys:            config.KeysOf[keys](),
		MetricKeys:      config.KeysOf[metricKeys](),
		Lint:            lint,
		Facts:           facts,
		Describe:        func(m config.MetricPart) string { return oneLine(queryOf(m), maxDescription) },
		Build:           build,
		WitnessKeys:     config.KeysOf[witnessKeys](),
		LintWitness:     lintWitness,
		DescribeWitness: describeWitness,
		BuildWitness:    buildWitness,
	}
}

func build(part config.SourcePart) (model.Source, error) {
	db, err := open(part)
	if err != nil {
		return nil, err
	}
	return &source{db: db, metrics: part.Metrics}, nil
}

type source struct {
	db      database
	metrics []config.MetricPart
}

// Run implements model.Source.
func (s *source) Run(ctx context.Context, out model.Emitter) error {
	return poll.Loop{
		Metrics: s.metrics,
		Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
			v, err := s.db.number(ctx, queryOf(m))
			return model.Reading{Value: v}, err
		},
	}.Run(ctx, out)
}

func buildWitness(part config.WitnessPart) (model.Witness, error) {
	db, err := open(part.Source)
	if err != nil {
		return nil, err
	}
	query, n := db.bind(askedBy(part))
	if n == 0 {
		return nil, fmt.Errorf("query: has no %s", since)
	}
	if part.Is == nil {
		return nil, fmt.Errorf("is: missing")
	}
	return &witness{db: db, query: query, params: n, is: *part.Is}, nil
}

type witness struct {
	db    database
	query string // with parameters for the mark
	// params is how many there are.
	params int
	is     model.Target
}

// Mark implements model.Witness: the database's own time, and this machine's just before.
func (w *witness) Mark(ctx context.Context) (string, error) {
	here := time.Now()
	at, err := w.db.now(ctx)
	if err != nil {
		return "", poll.Inert(err)
	}
	return markOf(at, here), nil
}

func markOf(at, here time.Time) string {
	return at.UTC().Format(time.RFC3339Nano) + " " + here.UTC().Format(time.RFC3339Nano)
}

// parseMark returns the two times of a mark; here is zero where it has but the database's.
func parseMark(mark string) (at, here time.Time, err error) {
	first, second, both := strings.Cut(mark, " ")
	if at, err = time.Parse(time.RFC3339Nano, first); err == nil && both {
		here, err = time.Parse(time.RFC3339Nano, second)
	}
	if err != nil {
		err = fmt.Errorf("mark %q is no time", poll.Cut(mark, 60))
	}
	return at, here, err
}

// Advance implements model.Advancer: the two clocks are as far apart as they were
// when the mark was taken.
func (w *witness) Advance(mark string, to time.Time) (string, error) {
	at, here, err := parseMark(mark)
	switch {
	case err != nil:
		return "", err
	case here.IsZero():
		return "", errors.New("the mark does not say when it was taken")
	case to.Before(here):
		return mark, nil
	}
	return markOf(at.Add(to.Sub(here)), to), nil
}

// Look implements model.Witness. A query without an answer shows nothing.
func (w *witness) Look(ctx context.Context, mark string) (bool, string, error) {
	at, _, err := parseMark(mark)
	if err != nil {
		return false, "", err
	}
	v, err := w.db.number(ctx, w.query, w.db.args(at, w.params)...)
	if err != nil {
		return false, "", poll.Inert(err)
	}
	return holds(w.is, v), fmt.Sprintf("%s (wanted %s)", text(v), w.is.Text), nil
}
