// Package sourcetest is the contract that every kind of source passes (Run), and
// an Emitter that remembers (Recorder). Only tests import it.
package sourcetest

import (
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// Event is one call of an Emitter's Sample, Reading or Trouble.
type Event struct {
	Metric  model.MetricID
	Sample  model.Point   // of a Sample
	Reading model.Reading // of a Reading, or of a Trouble, whose error is in Err
	Past    bool          // it was a Sample
}

// Recorder is an Emitter that remembers all it got. It is safe for concurrent use.
type Recorder struct {
	mu     sync.Mutex
	events []Event
	facts  []model.Event
	more   chan struct{} // closed at the next event
}

// NewRecorder returns an empty Recorder.
func NewRecorder() *Recorder { return &Recorder{more: make(chan struct{})} }

func (r *Recorder) add(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	close(r.more)
	r.more = make(chan struct{})
}

// Fact implements model.Emitter.
func (r *Recorder) Fact(e model.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.facts = append(r.facts, e)
	return nil
}

// Past implements model.Emitter.
func (r *Recorder) Past(id model.MetricID, points []model.Point) {
	for _, p := range points {
		r.add(Event{Metric: id, Sample: p, Past: true})
	}
}

// Reading implements model.Emitter.
func (r *Recorder) Reading(id model.MetricID, reading model.Reading) {
	r.add(Event{Metric: id, Reading: reading})
}

// Trouble implements model.Emitter.
func (r *Recorder) Trouble(id model.MetricID, err error) {
	r.add(Event{Metric: id, Reading: model.Reading{At: time.Now(), Err: err}})
}

// Events returns what came so far, in order.
func (r *Recorder) Events() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Event(nil), r.events...)
}

// Samples returns the samples of the past that came so far for a metric.
func (r *Recorder) Samples(id model.MetricID) []model.Point {
	var points []model.Point
	for _, e := range r.Events() {
		if e.Past && e.Metric == id {
			points = append(points, e.Sample)
		}
	}
	return points
}

// Wait returns the first reading or trouble of a metric for which ok is true.
// The test fails if it does not come within d.
func (r *Recorder) Wait(t testing.TB, id model.MetricID, d time.Duration, ok func(model.Reading) bool) model.Reading {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	var last model.Reading
	for from := 0; ; {
		r.mu.Lock()
		events, more := r.events[from:], r.more
		from = len(r.events)
		r.mu.Unlock()
		for _, e := range events {
			if e.Metric != id || e.Past {
				continue
			}
			if last = e.Reading; ok(last) {
				return last
			}
		}
		select {
		case <-more:
		case <-timer.C:
			t.Fatalf("metric %q: what was awaited did not come within %v; last: %+v", id, d, last)
		}
	}
}

// First waits for the first reading or trouble of a metric.
func (r *Recorder) First(t testing.TB, id model.MetricID) model.Reading {
	t.Helper()
	return r.Wait(t, id, 20*time.Second, func(model.Reading) bool { return true })
}

// Value waits for a reading of a metric with exactly the value v.
func (r *Recorder) Value(t testing.TB, id model.MetricID, v float64) model.Reading {
	t.Helper()
	return r.Wait(t, id, 20*time.Second, func(g model.Reading) bool { return g.Err == nil && g.Value == v })
}
