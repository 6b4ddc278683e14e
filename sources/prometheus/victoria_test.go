package prometheus

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// TestVictoriaMetrics: the API of a real VictoriaMetrics answers as Prometheus' does.
func TestVictoriaMetrics(t *testing.T) {
	t.Parallel()
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "a 3\nb{x=\"1\"} 1\nb{x=\"2\"} 2\nzero 0\n")
	}))
	defer target.Close()
	p := testserver.StartVictoriaMetrics(t, target.URL)
	start(t, p.URL, ask("a", "a", "")).Wait(t, "a", 60*time.Second, isValue(3))
	tests := map[string]struct {
		query, count string
		want         float64
		wantErr      error
	}{
		"gauge":            {query: "a", want: 3},
		"sum":              {query: "sum(b)", want: 3},
		"scalar":           {query: "scalar(a) * 2", want: 6},
		"no selector":      {query: "vector(4)", want: 4},
		"count":            {query: "a", count: "sum(b)", want: 3},
		"absent numerator": {query: "(sum(nothing) or vector(0)) / sum(b)", want: 0},
		"no series":        {query: "sum(nothing)", wantErr: model.ErrNoSeries},
		"empty":            {query: "a > 5", wantErr: model.ErrEmpty},
		"ambiguous":        {query: "b", wantErr: model.ErrAmbiguous},
		"NaN":              {query: "zero / zero", wantErr: model.ErrEmpty}, // it answers no NaN
	}
	var metrics []config.MetricPart
	for name, test := range tests {
		metrics = append(metrics, ask(name, test.query, test.count))
	}
	out := start(t, p.URL, metrics...)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := out.First(t, model.MetricID(name))
			if !errors.Is(r.Err, test.wantErr) {
				t.Fatalf("error %v, want %v", r.Err, test.wantErr)
			}
			if test.wantErr == nil && r.Value != test.want {
				t.Errorf("value %v, want %v", r.Value, test.want)
			}
			if age := r.At.Sub(r.SampleAt); test.wantErr == nil && (age < 0 || age > time.Minute) {
				t.Errorf("age %v, want a short one", age)
			}
		})
	}
}

// TestVictoriaMetricsStale: what vanished grows old there, though a range still answers; and what is counted, and its past, come as from Prometheus.
func TestVictoriaMetricsStale(t *testing.T) {
	t.Parallel()
	var gone atomic.Bool
	began := time.Now()
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, "requests_total %d\nerrors_total %d\n", time.Since(began).Milliseconds(), time.Since(began).Milliseconds()/10)
		if !gone.Load() {
			_, _ = io.WriteString(w, "mortal 1\n")
		}
	}))
	defer target.Close()
	p := testserver.StartVictoriaMetrics(t, target.URL)
	counted := sourcetest.Metric("counted", map[string]any{"query": "sum(rate(errors_total[30s])) / sum(rate(requests_total[30s]))", "bad": "errors_total", "total": "requests_total"})
	counted.Metric.Bad, counted.Metric.Total = "errors_total", "requests_total"
	out := start(t, p.URL, ask("mortal", "sum(sum_over_time(mortal[5m])) * 0", ""), counted)
	out.Wait(t, "mortal", 60*time.Second, func(r model.Reading) bool { return isValue(0)(r) && r.At.Sub(r.SampleAt) < time.Minute })
	first := out.Wait(t, "counted", 30*time.Second, func(r model.Reading) bool { return r.Err == nil && r.Counted && r.Total > 0 })
	out.Wait(t, "counted", 30*time.Second, func(r model.Reading) bool {
		return r.Err == nil && r.Total > first.Total && math.Abs(r.Bad/r.Total-.1) < .01 && math.Abs(r.Value-.1) < .01
	})
	gone.Store(true)
	out.Wait(t, "mortal", 90*time.Second, func(r model.Reading) bool { return isValue(0)(r) && (r.Ended || r.At.Sub(r.SampleAt) > 10*time.Second) })

	s, err := build(sourcetest.Part(t, map[string]any{"url": p.URL}, counted))
	if err != nil {
		t.Fatal(err)
	}
	over := model.Past{From: time.Now().Add(-30 * time.Second).Truncate(time.Second), Every: 5 * time.Second}
	over.To = over.From.Add(20 * time.Second)
	deadline := time.Now().Add(90 * time.Second)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for recalled := 0; recalled < 3; <-tick.C { // what is younger than 30 s it does not tell yet
		recalled = 0
		if err := s.(*source).Recall(t.Context(), "counted", over, func(r model.Reading) error {
			if r.Err == nil && r.Counted {
				recalled++
			}
			return nil
		}); err != nil || time.Now().After(deadline) {
			t.Fatalf("%d moments recalled: %v", recalled, err)
		}
	}
}
