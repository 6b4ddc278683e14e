package engine

import (
	"fmt"
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

// baselines measures the baseline of each metric. Its error says of the first that cannot be frozen why, and what to do.
func baselines(r *model.Rollout, state *model.State, meters *watch.Meters, judge *judge, now time.Time, ids []model.MetricID, why string) ([]model.Event, error) {
	var out []model.Event
	for _, id := range ids {
		m := r.Metric(id)
		switch {
		case m == nil:
			return nil, refuse("there is no metric %q", id)
		case m.Read != nil:
			return nil, refuse("%s is read by people: a baseline is the mean of many readings, and they take few", id)
		}
		frozen, lack := baseline(m, state, meters, judge, now)
		if lack != nil {
			return nil, refuse("the baseline of %s cannot be frozen: %s", id, lack.text())
		}
		frozen.Why = why
		out = append(out, frozen)
	}
	return out, nil
}

// lack is why a baseline cannot be frozen yet.
type lack struct {
	why  string
	more time.Duration // how long until it can be; 0: not known
}

func (l *lack) text() string {
	if l.more <= 0 {
		return l.why
	}
	return l.why + ": " + model.FormatDuration(l.more) + " more"
}

// baseline measures the baseline of m: the mean of its readings within its window, none of them from before the
// last change has settled.
func baseline(m *model.Metric, state *model.State, meters *watch.Meters, judge *judge, now time.Time) (model.BaselineFrozen, *lack) {
	got, have := meters.Newest(m.ID)
	if _, ok := gate.Usable(m, got, have, now); !ok {
		line := judge.line(m.ID)
		return model.BaselineFrozen{}, &lack{why: fmt.Sprintf("it is %s, %s", line.State, line.Reason)}
	}
	since := now.Add(-m.Baseline)
	settled := state.Changed.At.Add(m.Settle)
	late := !state.Changed.At.IsZero() && settled.After(since)
	if late {
		since = settled
	}
	mean, n, from := meanOf(meters.Points(m.ID), since, now)
	if least := m.Baseline / 2; n < leastPoints || now.Sub(from) < least {
		out := &lack{why: fmt.Sprintf("%d readings over %s, of at least %s", n, model.FormatDuration(now.Sub(from).Truncate(time.Second)), model.FormatDuration(least))}
		if late {
			out.why += ", none from before " + state.Changed.What + " has settled"
		}
		if settled.After(now) {
			least += settled.Sub(now)
		}
		if out.more = (least - now.Sub(from)).Round(time.Second); n < leastPoints {
			out.more = max(out.more, time.Duration(leastPoints-n)*m.Every)
		}
		return model.BaselineFrozen{}, out
	}
	return model.BaselineFrozen{Metric: m.ID, Value: model.Float(mean), Window: now.Sub(from).Round(time.Second), Points: n, Query: m.Query}, nil
}

// unready are the lines of the gate for baselines that the next phase freezes, and that cannot be frozen yet.
func unready(r *model.Rollout, state *model.State, meters *watch.Meters, judge *judge, now time.Time) []model.Line {
	next := r.Upward(state)
	if next == nil {
		return nil
	}
	var out []model.Line
	for _, id := range next.Freeze {
		m := r.Metric(id)
		if m == nil {
			continue
		}
		if _, lack := baseline(m, state, meters, judge, now); lack != nil {
			out = append(out, gate.BaselineLine(m, lack.why, lack.more))
		}
	}
	return out
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
