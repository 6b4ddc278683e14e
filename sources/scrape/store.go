package scrape

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"gonogo/internal/tsdb"
	"gonogo/sources/query"
)

const (
	retention  = 15 * 24 * time.Hour
	lookback   = 5 * time.Minute
	maxSamples = 2_000_000 // that one query may hold in memory
)

// store is the TSDB with a PromQL engine over it. It is a query.Backend.
type store struct {
	db     *tsdb.DB
	engine *promql.Engine
}

// openStore opens the TSDB in dir, which it makes if needed, readable by its owner only.
func openStore(dir string) (*store, error) {
	db, err := tsdb.Open(dir, tsdb.Options{Keep: retention, Unlocked: true}) // the state directory has a lock that dies with its holder
	if err != nil {
		return nil, fmt.Errorf("%w; move that folder away to start anew", err)
	}
	engine := promql.NewEngine(promql.EngineOpts{
		Logger:                   slog.New(slog.DiscardHandler),
		MaxSamples:               maxSamples,
		Timeout:                  time.Minute, // each question's own timeout comes first
		LookbackDelta:            lookback,
		NoStepSubqueryIntervalFn: func(int64) int64 { return (15 * time.Second).Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		Parser:                   parser.NewParser(parser.Options{}),
	})
	return &store{db: db, engine: engine}, nil
}

func (s *store) close() error {
	return errors.Join(s.engine.Close(), s.db.Close())
}

// endAll marks every series that is still current as stale, just behind its last
// sample. What an engine before this one collected stays, for ranges and
// charts, but is current no more until a page of now has it.
func (s *store) endAll(ctx context.Context, now time.Time) error {
	q, err := s.db.Querier(now.Add(-lookback).UnixMilli(), math.MaxInt64)
	if err != nil {
		return storeError(err)
	}
	defer func() { _ = q.Close() }() // it was only read
	app := s.appender(ctx)
	all := q.Select(ctx, false, nil, labels.MustNewMatcher(labels.MatchNotEqual, prom.MetricNameLabel, ""))
	var samples chunkenc.Iterator
	for all.Next() {
		samples = all.At().Iterator(samples)
		last, v := int64(0), math.Float64frombits(value.StaleNaN)
		for samples.Next() == chunkenc.ValFloat {
			last, v = samples.At()
		}
		if err = samples.Err(); err != nil {
			break
		}
		if value.IsStaleNaN(v) {
			continue
		}
		if _, err = app.Append(0, all.At().Labels(), last+1, math.Float64frombits(value.StaleNaN)); err != nil {
			break
		}
	}
	if err = errors.Join(err, all.Err()); err != nil {
		_ = app.Rollback() // the first error says it all
		return storeError(err)
	}
	if err := app.Commit(); err != nil {
		return storeError(err)
	}
	return nil
}

func (s *store) appender(ctx context.Context) storage.Appender { return s.db.Appender(ctx) }

// Instant implements query.Backend.
func (s *store) Instant(ctx context.Context, expr string, at time.Time) (prom.Value, error) {
	if at.IsZero() {
		at = time.Now()
	}
	q, err := s.engine.NewInstantQuery(ctx, s.db, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result, err := evaluate(ctx, q, expr)
	if err != nil {
		return nil, err
	}
	switch v := result.Value.(type) {
	case promql.Scalar:
		return &prom.Scalar{Value: prom.SampleValue(v.V), Timestamp: prom.Time(v.T)}, nil
	case promql.Vector:
		if err := query.Bound(len(v)); err != nil {
			return nil, err
		}
		out := make(prom.Vector, len(v))
		for i, p := range v {
			out[i] = &prom.Sample{Metric: metric(p.Metric), Value: prom.SampleValue(p.F), Timestamp: prom.Time(p.T)}
			if p.H != nil {
				out[i].Histogram, out[i].Value = &prom.SampleHistogram{}, prom.SampleValue(math.NaN())
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("it answers a %s where a number is needed", result.Value.Type())
}

// Range implements query.Backend.
func (s *store) Range(ctx context.Context, expr string, start, end time.Time, step time.Duration) (prom.Matrix, error) {
	q, err := s.engine.NewRangeQuery(ctx, s.db, nil, expr, start, end, step)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result, err := evaluate(ctx, q, expr)
	if err != nil {
		return nil, err
	}
	m, err := result.Matrix()
	if err != nil {
		return nil, err
	}
	if err := query.Bound(len(m)); err != nil {
		return nil, err
	}
	out := make(prom.Matrix, len(m))
	for i, series := range m {
		out[i] = &prom.SampleStream{Metric: metric(series.Metric)}
		for _, p := range series.Floats {
			out[i].Values = append(out[i].Values, prom.SamplePair{Timestamp: prom.Time(p.T), Value: prom.SampleValue(p.F)})
		}
	}
	return out, nil
}

// evaluate executes q, which is expr. What the engine warns about is no answer;
// what it merely informs of is.
func evaluate(ctx context.Context, q promql.Query, expr string) (*promql.Result, error) {
	result := q.Exec(ctx)
	if result.Err != nil {
		return nil, result.Err
	}
	warnings, _ := result.Warnings.AsStrings(expr, 0, 1)
	slices.Sort(warnings) // the engine has them in a map
	return result, query.Doubt(warnings, func(text string) string { return text })
}

func metric(l labels.Labels) prom.Metric {
	m := prom.Metric{}
	l.Range(func(l labels.Label) { m[prom.LabelName(l.Name)] = prom.LabelValue(l.Value) })
	return m
}
