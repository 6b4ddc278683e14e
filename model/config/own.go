package config

import (
	"time"

	"gonogo/model"
)

// ownReader reads the metrics of the rollout's own past.
type ownReader struct{ *draft }

// How often such a metric is looked at, and how old its value may be.
const (
	ownEvery = 5 * time.Second
	ownStale = time.Minute
)

// ownUnit is what the values of such a metric are.
func ownUnit(of model.Own) model.Unit {
	if of == model.OwnMTTR {
		return model.Seconds
	}
	return model.Count
}

// metric completes m, which is of the journal; values are as they are written.
func (r ownReader) metric(path string, values map[string]any, m *model.Metric) {
	for _, not := range notRead {
		for _, key := range not.keys {
			if _, there := values[key]; there {
				r.fail(join(path, key), "it is of the rollout's own journal, which is there at once and never old: remove it")
			}
		}
	}
	for key, t := range map[string]*model.Target{"target": m.Target, "alert": m.Alert} {
		if t != nil && t.Of == model.OfBaseline {
			r.fail(join(path, key), "a baseline is of what a service does: expected a number")
		}
	}
	m.For, m.AlertFor, m.MinCount, m.EmptyZero, m.Settle, m.Waits = 0, 0, 0, false, 0, false
	m.Every, m.StaleAfter, m.Timeout = ownEvery, ownStale, ownEvery
}
