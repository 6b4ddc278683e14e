package prometheus

import (
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"gonogo/internal/testserver"
	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

func ask(id, query, count string) config.MetricPart {
	return sourcetest.Metric(id, map[string]any{"query": query, "count": count})
}

// start runs a source with metrics against the real server p.
func start(t *testing.T, url string, metrics ...config.MetricPart) *sourcetest.Recorder {
	t.Helper()
	out, _ := sourcetest.Start(t, Kind(), sourcetest.Part(t, map[string]any{"url": url}, metrics...))
	return out
}

func isValue(v float64) func(model.Reading) bool {
	return func(r model.Reading) bool { return r.Err == nil && r.Value == v }
}

func TestRealServer(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "a 3\nb{x=\"1\"} 1\nb{x=\"2\"} 2\nzero 0\n")
	}))
	defer target.Close()
	p := testserver.StartPrometheus(t, target.URL)
	start(t, p.URL, ask("a", "a", "")).Wait(t, "a", 30*time.Second, isValue(3))

	tests := map[string]struct {
		query, count string
		want         float64
		wantCount    float64
		wantErr      error
	}{
		"gauge":            {query: "a", want: 3},
		"sum":              {query: "sum(b)", want: 3},
		"scalar":           {query: "scalar(a) * 2", want: 6},
		"no selector":      {query: "vector(4)", want: 4},
		"count":            {query: "a", count: "sum(b)", want: 3, wantCount: 3},
		"count scalar":     {query: "a", count: "scalar(a)", want: 3, wantCount: 3},
		"count of nothing": {query: "a", count: "sum(nothing)", want: 3},
		"absent numerator": {query: "(sum(nothing) or vector(0)) / sum(b)", want: 0},
		"no series":        {query: "sum(nothing)", wantErr: model.ErrNoSeries},
		"empty":            {query: "a > 5", wantErr: model.ErrEmpty},
		"ambiguous":        {query: "b", wantErr: model.ErrAmbiguous},
		"ambiguous count":  {query: "a", count: "b", wantErr: model.ErrAmbiguous},
		"NaN":              {query: "zero / zero", want: math.NaN()},
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
			if test.wantErr != nil {
				return
			}
			if r.Value != test.want && !(math.IsNaN(r.Value) && math.IsNaN(test.want)) {
				t.Errorf("value %v, want %v", r.Value, test.want)
			}
			if r.HasCount != (test.count != "") || r.Count != test.wantCount {
				t.Errorf("count %v (%v), want %v", r.Count, r.HasCount, test.wantCount)
			}
			if age := r.At.Sub(r.SampleAt); age < 0 || age > time.Minute {
				t.Errorf("age %v, want a short one", age)
			}
		})
	}
}

// TestRealServerStale: samples with a timestamp of their own that does not
// move grow old; a series that vanished makes the value stale at once, though
// a range still answers.
func TestRealServerStale(t *testing.T) {
	var gone atomic.Bool
	stamp := time.Now().Add(-30 * time.Second)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "old 1 "+formatMillis(stamp)+"\n")
		if !gone.Load() {
			_, _ = io.WriteString(w, "mortal 1\n")
		}
	}))
	defer target.Close()
	p := testserver.StartPrometheus(t, target.URL)
	out := start(t, p.URL, ask("old", "old", ""), ask("mortal", "sum(sum_over_time(mortal[5m])) * 0", ""))

	first := out.Wait(t, "old", 30*time.Second, isValue(1))
	age := first.At.Sub(first.SampleAt)
	if age < 25*time.Second {
		t.Errorf("age %v of a sample 30 s old", age)
	}
	out.Wait(t, "old", 30*time.Second, func(r model.Reading) bool { return r.Err == nil && r.At.Sub(r.SampleAt) > age })

	out.Wait(t, "mortal", 30*time.Second, func(r model.Reading) bool { return isValue(0)(r) && r.At.Sub(r.SampleAt) < time.Minute })
	gone.Store(true)
	out.Wait(t, "mortal", 30*time.Second, func(r model.Reading) bool { return isValue(0)(r) && r.Ended })
}

func TestRealServerHangs(t *testing.T) {
	p := testserver.StartPrometheus(t)
	m := ask("m", "vector(1)", "")
	m.Metric.Timeout = 500 * time.Millisecond
	out := start(t, p.URL, m)
	out.Value(t, "m", 1)
	if err := syscall.Kill(p.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	out.Wait(t, "m", 30*time.Second, func(r model.Reading) bool {
		return r.Err != nil && r.Err.Error() == "timed out after 500ms"
	})
	if err := syscall.Kill(p.PID, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	n := len(out.Events())
	out.Wait(t, "m", 30*time.Second, func(r model.Reading) bool { return len(out.Events()) > n+1 && r.Err == nil })
	p.Stop()
	out.Wait(t, "m", 30*time.Second, func(r model.Reading) bool { return r.Err != nil })
}
