package poll

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
	"gonogo/model/config"
	"gonogo/sources/sourcetest"
)

// said is an Emitter that writes down what it is told, with the time since the start.
type said struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func (s *said) add(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf("%v ", time.Since(s.start))+fmt.Sprintf(format, args...))
}

func (s *said) Fact(model.Event) error                     { return nil }
func (s *said) Past(id model.MetricID, p []model.Point)    { s.add("%s past %v", id, p[0].V) }
func (s *said) Reading(id model.MetricID, r model.Reading) { s.add("%s %v", id, r.Value) }
func (s *said) Trouble(id model.MetricID, err error)       { s.add("%s ! %v", id, err) }
func metric(id model.MetricID, every, timeout time.Duration) config.MetricPart {
	return config.MetricPart{Metric: model.Metric{ID: id, Every: every, Timeout: timeout}}
}

// run runs l for d of the bubble's time and returns what it said.
func run(t *testing.T, d time.Duration, l Loop) []string {
	t.Helper()
	out := &said{start: time.Now()}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := l.Run(ctx, out); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run returned %v, want its context's error", err)
	}
	return out.lines
}

func check(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAsksAtOnceAndThenEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0.0
		got := run(t, 25*time.Second, Loop{
			Metrics: []config.MetricPart{metric("m", 10*time.Second, time.Second)},
			Ask: func(context.Context, config.MetricPart) (model.Reading, error) {
				n++
				return model.Reading{Value: n}, nil
			},
		})
		check(t, got, "0s m 1", "10s m 2", "20s m 3")
	})
}

func TestPastComesAfterTheFirstValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := run(t, 5*time.Second, Loop{
			Metrics: []config.MetricPart{metric("m", 10*time.Second, 10*time.Second)},
			Past: func(ctx context.Context, m config.MetricPart, out model.Emitter) {
				out.Past(m.Metric.ID, []model.Point{{At: time.Now(), V: 7}})
				<-ctx.Done() // a server that is slow with the past
			},
			Ask: func(context.Context, config.MetricPart) (model.Reading, error) { return model.Reading{Value: 1}, nil },
		})
		check(t, got, "0s m 1", "0s m past 7")
	})
}

func TestSlowDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := run(t, 9*time.Second, Loop{
			Metrics: []config.MetricPart{metric("slow", 3*time.Second, 2500*time.Millisecond), metric("m", 4*time.Second, time.Second)},
			Ask: func(ctx context.Context, m config.MetricPart) (model.Reading, error) {
				if m.Metric.ID == "slow" {
					<-ctx.Done()
					return model.Reading{}, fmt.Errorf("get: %w", ctx.Err())
				}
				return model.Reading{}, nil
			},
		})
		check(t, got, "0s m 0", "2.5s slow ! timed out after 2.5s", "4s m 0",
			"5.5s slow ! timed out after 2.5s", "8s m 0",
			"8.5s slow ! timed out after 2.5s")
	})
}

func TestWidth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asking, most := 0, 0
		var metrics []config.MetricPart
		for i := range 40 {
			metrics = append(metrics, metric(model.MetricID(fmt.Sprint(i)), time.Minute, 10*time.Second))
		}
		got := run(t, 20*time.Second, Loop{Metrics: metrics, Ask: func(ctx context.Context, _ config.MetricPart) (model.Reading, error) {
			mu.Lock()
			asking++
			most = max(most, asking)
			mu.Unlock()
			<-ctx.Done()
			mu.Lock()
			asking--
			mu.Unlock()
			return model.Reading{}, ctx.Err()
		}})
		if most != Width {
			t.Errorf("%d questions at a time, want %d", most, Width)
		}
		if len(got) != 40 {
			t.Errorf("%d answers, want trouble for each of 40", len(got))
		}
		for _, line := range got {
			if !strings.HasPrefix(line, "10s ") {
				t.Errorf("%s: want it after the timeout, 10s", line)
			}
		}
	})
}

func TestPanicIsTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := run(t, 5*time.Second, Loop{
			Metrics: []config.MetricPart{metric("m", 3*time.Second, time.Second)},
			Ask:     func(context.Context, config.MetricPart) (model.Reading, error) { panic("\x1boops") },
		})
		check(t, got, "0s m ! panic while asking: ␛oops", "3s m ! panic while asking: ␛oops")
	})
}

// TestEmptyButCounted: an empty value with a number of events is a reading, for
// on_empty may make it a zero of so many; another error never is.
func TestEmptyButCounted(t *testing.T) {
	known := model.Reading{HasCount: true, Count: 7, Counted: true, Total: 3}
	tests := map[string]struct {
		reading model.Reading
		err     error
		want    model.Reading
	}{
		"empty":           {known, model.ErrEmpty, known},
		"no series":       {known, model.ErrNoSeries, known},
		"count only":      {model.Reading{HasCount: true}, model.ErrEmpty, model.Reading{HasCount: true}},
		"counters only":   {model.Reading{Counted: true}, model.ErrEmpty, model.Reading{Counted: true}},
		"nothing known":   {model.Reading{}, model.ErrEmpty, model.Reading{}},
		"ambiguous":       {known, model.ErrAmbiguous, model.Reading{}},
		"partial":         {known, model.ErrPartial, model.Reading{}},
		"any other error": {known, errors.New("no"), model.Reading{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				out := sourcetest.NewRecorder()
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				err := Loop{
					Metrics: []config.MetricPart{metric("m", time.Minute, time.Minute)},
					Ask:     func(context.Context, config.MetricPart) (model.Reading, error) { return test.reading, test.err },
				}.Run(ctx, out)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Run returned %v", err)
				}
				got := out.First(t, "m")
				if !errors.Is(got.Err, test.err) || got.At.IsZero() {
					t.Errorf("got %+v, want %v", got, test.err)
				}
				got.Err, got.At = nil, time.Time{}
				if got != test.want {
					t.Errorf("got  %+v\nwant %+v", got, test.want)
				}
			})
		})
	}
}

func TestNothingAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := run(t, time.Second, Loop{
			Metrics: []config.MetricPart{metric("m", time.Minute, time.Minute)},
			Ask: func(ctx context.Context, _ config.MetricPart) (model.Reading, error) {
				<-ctx.Done()
				return model.Reading{}, ctx.Err()
			},
		})
		check(t, got)
	})
}

func TestNoMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { check(t, run(t, time.Second, Loop{})) })
}

func TestInert(t *testing.T) {
	long := errors.New(strings.Repeat("ö", 400))
	tests := map[string]struct {
		err  error
		want string
	}{
		"plain":   {errors.New("no"), "no"},
		"hostile": {errors.New("\x1b[2J\x07"), "␛[2J␇"},
		"long":    {long, strings.Repeat("ö", 150) + "…"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Inert(test.err)
			if got.Error() != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if !errors.Is(got, test.err) {
				t.Error("the error is lost")
			}
		})
	}
	if Inert(nil) != nil {
		t.Error("nil became an error")
	}
}

// TestSpreadOverTheInterval: all are asked at once first, then each at its own
// moment; a batch stays together, and no gap is longer than the interval.
func TestSpreadOverTheInterval(t *testing.T) {
	value := func(context.Context, config.MetricPart) (model.Reading, error) { return model.Reading{Value: 1}, nil }
	second := 10 * time.Second
	metrics := []config.MetricPart{metric("a", second, second), metric("b", second, second)}
	synctest.Test(t, func(t *testing.T) {
		got := run(t, 16*time.Second, Loop{Metrics: metrics, Ask: value})
		slices.Sort(got)
		check(t, got, "0s a 1", "0s b 1", "10s a 1", "15s b 1", "5s b 1")
	})
	synctest.Test(t, func(t *testing.T) {
		var rounds []int
		got := run(t, 16*time.Second, Loop{Metrics: metrics, Batch: 2, Round: func(asks int) (Ask, func()) {
			rounds = append(rounds, asks)
			return value, func() {}
		}})
		slices.Sort(got)
		check(t, got, "0s a 1", "0s b 1", "10s a 1", "10s b 1")
		if !slices.Equal(rounds, []int{2, 2}) {
			t.Errorf("rounds of %v, want two of two", rounds)
		}
	})
}
