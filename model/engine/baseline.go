package engine

import (
	"math"
	"time"

	"gonogo/model"
	"gonogo/model/engine/watch"
	"gonogo/model/gate"
)

// leastPoints is how many readings a baseline needs at least.
const leastPoints = 3

// onBaselines returns the metrics whose target or alert rests on a baseline.
func onBaselines(r *model.Rollout) []model.MetricID {
	var ids []model.MetricID
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.OnBaseline() {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// baselines measures the baseline of each metric: the mean of its readings
// within its window, none of them from before the last change has settled.
func baselines(r *model.Rollout, state *model.State, meters *watch.Meters, judge *judge, now time.Time, ids []model.MetricID, why string) ([]model.Event, error) {
	var out []model.Event
	for _, id := range ids {
		m := r.Metric(id)
		if m == nil {
			return nil, refuse("there is no metric %q", id)
		}
		if m.Read != nil {
			return nil, refuse("%s is read by people: a baseline is the mean of many readings, and they take few", id)
		}
		got, have := meters.Newest(id)
		if _, ok := gate.Usable(m, got, have, now); !ok {
			line := judge.line(id)
			return nil, refuse("the baseline of %s cannot be frozen: it is %s, %s", id, line.State, line.Reason)
		}
		since := now.Add(-m.Baseline)
		settled := state.Changed.At.Add(m.Settle)
		late := !state.Changed.At.IsZero() && settled.After(since)
		if late {
			since = settled
		}
		mean, n, from := meanOf(meters.Points(id), since, now)
		if n < leastPoints || now.Sub(from) < m.Baseline/2 {
			text := "%s has %d readings over %s, and its baseline needs those of at least %s"
			if late {
				text += ", none from before " + state.Changed.What + " has settled"
			}
			return nil, refuse(text, id, n, model.FormatDuration(now.Sub(from).Truncate(time.Second)), model.FormatDuration(m.Baseline/2))
		}
		out = append(out, model.BaselineFrozen{Metric: id, Value: model.Float(mean), Window: now.Sub(from).Round(time.Second), Points: n, Query: m.Query, Why: why})
	}
	return out, nil
}

// meanOf returns the mean of the points from since to now, how many they are,
// and when the first was.
func meanOf(points []model.Point, since, now time.Time) (mean float64, n int, from time.Time) {
	from = now
	for _, p := range points {
		if p.At.Before(since) || p.At.After(now) || math.IsNaN(p.V) || math.IsInf(p.V, 0) {
			continue
		}
		if n == 0 {
			from = p.At
		}
		n++
		mean += (p.V - mean) / float64(n)
	}
	return mean, n, from
}
