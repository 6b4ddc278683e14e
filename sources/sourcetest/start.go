package sourcetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/config"
)

// Metric returns a metric with the source's keys in table, asked every 50 ms
// with a timeout of 5 s.
func Metric(id string, table map[string]any) config.MetricPart {
	return config.MetricPart{
		Metric: model.Metric{
			ID: model.MetricID(id), Title: id, StaleAfter: 2 * time.Minute,
			Every: 50 * time.Millisecond, Timeout: 5 * time.Second,
		},
		Table: config.NewTable(table),
	}
}

// Part returns a source named "test" with the keys in table, relative to and
// keeping data in folders of the test.
func Part(t testing.TB, table map[string]any, metrics ...config.MetricPart) config.SourcePart {
	t.Helper()
	return config.SourcePart{
		Part:     config.Part{ID: "test", Table: config.NewTable(table), Dir: t.TempDir()},
		Metrics:  metrics,
		StateDir: t.TempDir(),
	}
}

// Start builds part and runs it until stop is called, or the test ends. It
// fails the test if Run does not return within 20 s then, or returns another
// error than its context's.
func Start(t testing.TB, kind config.SourceKind, part config.SourcePart) (out *Recorder, stop func()) {
	t.Helper()
	source, err := kind.Build(part)
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	out = NewRecorder()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- source.Run(ctx, out) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		timer := time.NewTimer(20 * time.Second)
		defer timer.Stop()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("Run returned %v, want %v", err, context.Canceled)
			}
		case <-timer.C:
			t.Errorf("Run did not return within 20 s of its context's end")
		}
	}
	t.Cleanup(stop)
	return out, stop
}
