package history

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"gonogo/internal/tsdb"
	"gonogo/model"
)

// Past is what was kept of a time, for reports. It changes nothing, and may be read beside a
// living engine.
type Past struct {
	r    *tsdb.Reader
	asks asks
}

// OpenPast opens what the engine of the state directory dir kept of a rollout's metrics from
// one time to another.
func OpenPast(dir string, rollout *model.Rollout, from, to time.Time) (*Past, error) {
	r, err := tsdb.OpenReader(filepath.Join(dir, folder), from, to)
	if err != nil {
		return nil, err
	}
	return &Past{r, asksOf(rollout)}, nil
}

// Points returns the values of metric id, the last of each step, oldest first, and a NaN where
// nothing came for three steps.
func (p *Past) Points(ctx context.Context, id model.MetricID, step time.Duration) ([]model.Point, error) {
	var out []model.Point
	of, known := p.asks.series(id, value)
	if !known {
		return nil, nil
	}
	err := p.r.Each(ctx, of, func(at time.Time, v float64) bool {
		out = addPoint(out, model.Point{At: at, V: v}, step)
		return ctx.Err() == nil
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return out, fmt.Errorf("history of %s: %w", id, err)
	}
	return out, nil
}

// Close lets go of it.
func (p *Past) Close() { p.r.Close() }
