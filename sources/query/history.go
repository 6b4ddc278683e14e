package query

import (
	"context"
	"math"
	"time"

	"gonogo/model"
)

const (
	historySpan   = time.Hour
	historyPoints = 600
)

// History fills the chart of metric id with what the backend remembers of the
// last hour, with a NaN in every gap. It is best effort: where the answer is
// an error or more than one series, it adds nothing.
func (q *Query) History(ctx context.Context, b Backend, id model.MetricID, every time.Duration, out model.Emitter) {
	step := max(every, historySpan/historyPoints)
	now := time.Now()
	m, err := b.Range(ctx, q.Text, now.Add(-historySpan), now, step)
	if err != nil || len(m) != 1 || ctx.Err() != nil {
		return
	}
	var last time.Time
	var points []model.Point
	add := func(at time.Time, v float64) { points = append(points, model.Point{At: at, V: v}) }
	for _, p := range m[0].Values {
		at := p.Timestamp.Time()
		if !at.Before(now) {
			break
		}
		if !last.IsZero() && at.Sub(last) > step+step/2 {
			add(last.Add(step), math.NaN())
		}
		add(at, float64(p.Value))
		last = at
	}
	if end := last.Add(step); !last.IsZero() && now.Sub(last) > step+step/2 {
		add(end, math.NaN())
	}
	out.Past(id, points)
}
