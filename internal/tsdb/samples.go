package tsdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	prom "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// Series names what samples are of: two texts, which are its labels.
type Series struct{ Metric, What string }

// The labels of a Series, and the name of all.
const (
	allSeries   = "gonogo"
	metricLabel = "metric"
	whatLabel   = "what"
)

// Sample is one value, at a time in milliseconds since 1970.
type Sample struct {
	Series Series
	At     int64
	V      float64
}

// Samples is a DB of samples by Series. Write is for one goroutine at a time.
type Samples struct {
	db       *DB
	refs     map[Series]ref
	repaired bool
}

// ref is what the database calls a series by.
type ref struct {
	ref    storage.SeriesRef
	labels labels.Labels
}

// OpenSamples opens the samples in dir, see Open.
func OpenSamples(dir string, o Options) (*Samples, error) {
	o.Counts = prometheus.NewRegistry()
	db, err := Open(dir, o)
	if err != nil {
		return nil, err
	}
	return &Samples{db: db, refs: map[Series]ref{}, repaired: repaired(o.Counts)}, nil
}

// Repaired reports whether the log of samples was damaged when it was opened: those behind
// the damage, of the last hours at most, are lost.
func (s *Samples) Repaired() bool { return s.repaired }

// repaired reports whether a database has counted damage.
func repaired(counts *prometheus.Registry) bool {
	families, err := counts.Gather()
	if err != nil {
		return false // it is for people only
	}
	for _, f := range families {
		if name := f.GetName(); name == "prometheus_tsdb_wal_corruptions_total" || name == "prometheus_tsdb_mmap_chunk_corruptions_total" {
			for _, m := range f.GetMetric() {
				if m.GetCounter().GetValue() > 0 {
					return true
				}
			}
		}
	}
	return false
}

// Write adds samples, all in one commit. One that is not newer than what its series has, as
// where the clock was set back, is passed over. The error is that of the disk: what could be
// written is.
func (s *Samples) Write(samples []Sample) error {
	app := s.db.Appender(context.Background())
	var lost error
	for _, one := range samples {
		r, known := s.refs[one.Series]
		if !known {
			r.labels = labels.FromStrings(prom.MetricNameLabel, allSeries, metricLabel, one.Series.Metric, whatLabel, one.Series.What)
		}
		got, err := app.Append(r.ref, r.labels, one.At, one.V)
		switch {
		case err == nil:
			r.ref = got
			s.refs[one.Series] = r
		case errors.Is(err, storage.ErrDuplicateSampleForTimestamp), errors.Is(err, storage.ErrOutOfOrderSample),
			errors.Is(err, storage.ErrOutOfBounds), errors.Is(err, storage.ErrTooOldSample):
		default:
			lost = err
		}
	}
	if err := app.Commit(); err != nil {
		return fmt.Errorf("write history: %w", err)
	}
	if lost != nil {
		return fmt.Errorf("write history: %w", lost)
	}
	return nil
}

// Each calls do with the samples of a series from one time to another, both included, in
// their order, until it returns false. It may be called beside Write.
func (s *Samples) Each(ctx context.Context, of Series, from, to time.Time, do func(at time.Time, v float64) bool) error {
	q, err := s.db.Querier(from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return fmt.Errorf("read history of %s: %w", of.Metric, err)
	}
	defer func() { _ = q.Close() }() // it was only read
	return each(ctx, q, of, do)
}

func each(ctx context.Context, q storage.Querier, of Series, do func(at time.Time, v float64) bool) error {
	set := q.Select(ctx, false, nil,
		labels.MustNewMatcher(labels.MatchEqual, prom.MetricNameLabel, allSeries),
		labels.MustNewMatcher(labels.MatchEqual, metricLabel, of.Metric),
		labels.MustNewMatcher(labels.MatchEqual, whatLabel, of.What))
	for set.Next() {
		samples := set.At().Iterator(nil)
		for samples.Next() == chunkenc.ValFloat {
			if at, v := samples.At(); !do(time.UnixMilli(at), v) {
				return nil
			}
		}
		if err := samples.Err(); err != nil {
			return fmt.Errorf("read history of %s: %w", of.Metric, err)
		}
	}
	if err := set.Err(); err != nil {
		return fmt.Errorf("read history of %s: %w", of.Metric, err)
	}
	return nil
}

// Oldest returns from when on there are samples; false: there are none.
func (s *Samples) Oldest() (time.Time, bool) {
	blocks := s.db.Blocks()
	if len(blocks) > 0 {
		return time.UnixMilli(blocks[0].MinTime()), true
	}
	if first := s.db.Head().MinTime(); first != math.MaxInt64 { // the last hours
		return time.UnixMilli(first), true
	}
	return time.Time{}, false
}

// Close writes what is in memory and lets go of the directory.
func (s *Samples) Close() error { return s.db.Close() }
