package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"gonogo/model"
)

// errClosed is what reading ends with before the database is open, and after it was closed.
var errClosed = errors.New("history is not open")

// each calls do with the samples of a series of a metric, see tsdb.Samples.
func (h *History) each(ctx context.Context, id model.MetricID, what string, from, to time.Time, do func(at time.Time, v float64) bool) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.db == nil {
		return errClosed
	}
	of, known := h.asks.series(id, what)
	if !known {
		return nil
	}
	return h.db.Each(ctx, of, from, to, do)
}

// Points returns the values of metric id from one time to another, both included: the last
// of each step, oldest first, and a NaN where nothing came for three steps. It fails before
// the database is open, and with the database's error.
func (h *History) Points(ctx context.Context, id model.MetricID, from, to time.Time, step time.Duration) ([]model.Point, error) {
	var out []model.Point
	err := h.each(ctx, id, value, from, to, func(at time.Time, v float64) bool {
		out = addPoint(out, model.Point{At: at, V: v}, step)
		return ctx.Err() == nil
	})
	if err == nil {
		err = ctx.Err()
	}
	return out, err
}

// addPoint adds a point, instead of the last one where that is of the same step.
func addPoint(out []model.Point, p model.Point, step time.Duration) []model.Point {
	n := len(out)
	switch {
	case n == 0:
		return append(out, p)
	case step > 0 && out[n-1].At.UnixMilli()/step.Milliseconds() == p.At.UnixMilli()/step.Milliseconds() && !math.IsNaN(out[n-1].V):
		out[n-1] = p
		return out
	case p.At.Sub(out[n-1].At) > 3*step:
		out = append(out, gapAfter(out[n-1]))
	}
	return append(out, p)
}

// gapAfter is where a chart's line ends.
func gapAfter(p model.Point) model.Point {
	return model.Point{At: p.At.Add(time.Millisecond), V: math.NaN()}
}

const (
	filled  = 24 * time.Hour // how far back charts are filled,
	fine    = time.Hour      // and how far of that closely
	fineBy  = 2 * time.Second
	coarser = time.Minute
)

// fill fills the charts with what was kept.
func (h *History) fill() {
	if h.o.ReadOnly {
		return
	}
	now := h.o.Now()
	for i := range h.o.Rollout.Metrics {
		m := &h.o.Rollout.Metrics[i]
		if m.Read != nil { // the journal has those
			continue
		}
		ctx := context.Background()
		points, err := h.Points(ctx, m.ID, now.Add(-filled), now.Add(-fine), max(coarser, m.Every))
		if err == nil {
			var late []model.Point
			late, err = h.Points(ctx, m.ID, now.Add(-fine), now, max(fineBy, m.Every))
			points = slices.Concat(points, late)
		}
		if err != nil {
			h.say(fmt.Sprintf("%v: its chart begins now", err))
			continue
		}
		if len(points) > 0 {
			h.o.Fill(m.ID, append(points, gapAfter(points[len(points)-1])))
		}
	}
}
