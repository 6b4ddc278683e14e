package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"gonogo/model"
)

// Meters are the newest readings, the charts and the sources' health. All of
// its methods may be called by several goroutines at once.
type Meters struct {
	mu       sync.Mutex
	readings map[model.MetricID]model.Reading
	series   map[model.MetricID]model.Series
	since    map[model.MetricID]time.Time // the first reading of this engine
	health   []model.SourceHealth
	people   map[model.MetricID]bool // those that people read: nobody waits for them
	changed  func()
	keep     func(model.MetricID, model.Reading) // for history; nil: nobody keeps them
}

// Keep has keep called with each reading that is new. It must not block. It is set before the
// sources run.
func (m *Meters) Keep(keep func(model.MetricID, model.Reading)) { m.keep = keep }

// Fill puts what history kept before what metric id's chart has, oldest first.
func (m *Meters) Fill(id model.MetricID, points []model.Point) {
	m.mu.Lock()
	s := m.series[id]
	if len(s.Points) > 0 {
		points = points[:upTo(points, s.Points[0].At)]
	}
	m.series[id] = joined(s, points, s.Points)
	m.mu.Unlock()
	m.changed()
}

// Past puts what a source knows of the past into metric id's chart, oldest first: instead of
// what history knew of that time, and before what was read since.
func (m *Meters) Past(id model.MetricID, points []model.Point) {
	if len(points) == 0 {
		return
	}
	m.mu.Lock()
	s := m.series[id]
	read := len(s.Points)
	if since, ok := m.since[id]; ok {
		read = upTo(s.Points, since)
		points = points[:upTo(points, since)]
	}
	if len(points) > 0 {
		m.series[id] = joined(s, s.Points[:upTo(s.Points[:read], points[0].At)], points, s.Points[read:])
	}
	m.mu.Unlock()
	m.changed()
}

// upTo returns how many points are from before at.
func upTo(points []model.Point, at time.Time) int {
	n, _ := slices.BinarySearchFunc(points, at, func(p model.Point, at time.Time) int { return p.At.Compare(at) })
	return n
}

// joined returns s with other points, which snapshots do not hold yet.
func joined(s model.Series, points ...[]model.Point) model.Series {
	all := slices.Concat(points...)
	if len(all) == len(s.Points) {
		return s
	}
	s = model.Series{Epoch: s.Epoch + 1, Points: all}
	for len(s.Points) > maxPoints {
		s = thin(s)
	}
	return s
}

// NewMeters returns the meters of r, empty. changed is called after each that is new, and must not block.
func NewMeters(r *model.Rollout, parts model.Parts, changed func()) *Meters {
	m := &Meters{
		readings: map[model.MetricID]model.Reading{}, series: map[model.MetricID]model.Series{},
		since:  map[model.MetricID]time.Time{},
		people: map[model.MetricID]bool{}, changed: changed,
	}
	seen := map[string]bool{}
	for _, metric := range r.Metrics {
		if metric.Read != nil {
			m.people[metric.ID] = true
		}
		if metric.Source != "" && !seen[metric.Source] {
			seen[metric.Source] = true
			m.health = append(m.health, model.SourceHealth{ID: metric.Source, Kind: parts.Sources[metric.Source].Kind, OK: true})
		}
	}
	return m
}

// Reading takes r, from source, as the newest of metric id. What it cannot
// read leaves a gap in the chart.
func (m *Meters) Reading(source string, id model.MetricID, r model.Reading) {
	v := r.Value
	if r.Err != nil {
		v = math.NaN()
	}
	m.mu.Lock()
	m.readings[id] = r
	if _, read := m.since[id]; !read {
		m.since[id] = r.At
	}
	m.series[id] = addPoint(m.series[id], r.At, v)
	m.noteHealth(source, r.At, r.Err)
	m.mu.Unlock()
	if m.keep != nil {
		m.keep(id, r)
	}
	m.changed()
}

// Computed takes the reading of a metric that is computed of others, if it is new.
func (m *Meters) Computed(id model.MetricID, r model.Reading) {
	if was, ok := m.Newest(id); ok && was.At.Equal(r.At) && (was.Err == nil) == (r.Err == nil) {
		return
	}
	m.Reading("", id, r)
}

// ByPerson takes r as what a person read last of metric id, after those earlier
// ones. It is the same again and again, until there is another.
func (m *Meters) ByPerson(id model.MetricID, r model.Reading, earlier []model.EarlierReading) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, charted := m.series[id]; !charted {
		for _, p := range earlier {
			m.series[id] = addPoint(m.series[id], p.At, float64(p.Value))
		}
	}
	m.readings[id] = r
	m.series[id] = addPoint(m.series[id], r.At, r.Value)
}

// All returns the newest reading of each metric that answered.
func (m *Meters) All() map[model.MetricID]model.Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.readings)
}

func (m *Meters) noteHealth(source string, at time.Time, err error) {
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

// Newest returns the newest reading of metric id; false: it has not answered yet.
func (m *Meters) Newest(id model.MetricID) (model.Reading, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.readings[id]
	return r, ok
}

// Points returns metric id's chart, oldest first. They are never written again.
func (m *Meters) Points(id model.MetricID) []model.Point {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.series[id].Points
}

// Charts returns what a snapshot holds of the meters, and how many metrics
// answered; those that people read count as if they had.
func (m *Meters) Charts() (map[model.MetricID]model.Series, []model.SourceHealth, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	answered := len(m.people)
	for id := range m.readings {
		if !m.people[id] {
			answered++
		}
	}
	return maps.Clone(m.series), append([]model.SourceHealth(nil), m.health...), answered
}

// Reader returns what reads metric id's newest value as text: a process's start time, say.
func (m *Meters) Reader(id model.MetricID) model.Reader { return metricReader{m, id} }

type metricReader struct {
	meters *Meters
	id     model.MetricID
}

func (m metricReader) Read(context.Context) (string, error) {
	got, ok := m.meters.Newest(m.id)
	if !ok {
		return "", fmt.Errorf("metric %q: no answer yet", m.id)
	}
	if got.Err == nil && got.Ended {
		return "", fmt.Errorf("metric %q: a series behind it has ended: does its target still run?", m.id)
	}
	return strconv.FormatFloat(got.Value, 'f', -1, 64), got.Err
}
