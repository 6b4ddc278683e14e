package engine

import (
	"errors"
	"maps"
	"math"
	"sync"
	"time"

	"gonogo/model"
)

// meters are the newest readings, the charts and the sources' health.
type meters struct {
	mu       sync.Mutex
	readings map[model.MetricID]model.Reading
	series   map[model.MetricID]model.Series
	health   []model.SourceHealth
	changed  func()
}

func newMeters(r *model.Rollout, parts model.Parts, changed func()) *meters {
	m := &meters{
		readings: map[model.MetricID]model.Reading{}, series: map[model.MetricID]model.Series{}, changed: changed,
	}
	seen := map[string]bool{}
	for _, metric := range r.Metrics {
		if metric.Source != "" && !seen[metric.Source] {
			seen[metric.Source] = true
			m.health = append(m.health, model.SourceHealth{ID: metric.Source, Kind: parts.Sources[metric.Source].Kind, OK: true})
		}
	}
	return m
}

func (m *meters) sample(id model.MetricID, at time.Time, v float64) {
	m.mu.Lock()
	m.series[id] = addPoint(m.series[id], at, v)
	m.mu.Unlock()
	m.changed()
}

// reading takes r, from source, as the newest of metric id. What it cannot
// read leaves a gap in the chart.
func (m *meters) reading(source string, id model.MetricID, r model.Reading) {
	v := r.Value
	if r.Err != nil {
		v = math.NaN()
	}
	m.mu.Lock()
	m.readings[id] = r
	m.series[id] = addPoint(m.series[id], r.At, v)
	m.noteHealth(source, r.At, r.Err)
	m.mu.Unlock()
	m.changed()
}

// computed takes the reading of a metric that is computed of others, if it is new.
func (m *meters) computed(id model.MetricID, r model.Reading) {
	if was, ok := m.get(id); ok && was.At.Equal(r.At) && (was.Err == nil) == (r.Err == nil) {
		return
	}
	m.reading("", id, r)
}

// newest returns the newest reading of each metric.
func (m *meters) newest() map[model.MetricID]model.Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.readings)
}

func (m *meters) noteHealth(source string, at time.Time, err error) {
	for i := range m.health {
		h := &m.health[i]
		if h.ID != source {
			continue
		}
		if err == nil || answered(err) {
			h.OK, h.Err, h.LastOK = true, "", at
		} else {
			h.OK, h.Err = false, model.Inert(err.Error())
		}
	}
}

// answered reports whether err is an answer of a source that works.
func answered(err error) bool {
	return errors.Is(err, model.ErrEmpty) || errors.Is(err, model.ErrNoSeries) || errors.Is(err, model.ErrAmbiguous)
}

func (m *meters) get(id model.MetricID) (model.Reading, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.readings[id]
	return r, ok
}

// points returns metric id's chart.
func (m *meters) points(id model.MetricID) []model.Point {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.series[id].Points
}

// copies returns what a snapshot holds of the meters, and how many metrics answered.
func (m *meters) copies() (map[model.MetricID]model.Series, []model.SourceHealth, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.series), append([]model.SourceHealth(nil), m.health...), len(m.readings)
}
