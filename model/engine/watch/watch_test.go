package watch

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// book is a journal in memory.
type book struct {
	mu     sync.Mutex
	state  model.State
	events []model.Event
}

func (b *book) State() model.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

func (b *book) Record(by model.Actor, cause model.IntentID, events ...model.Event) error {
	b.RecordAnyway(by, cause, events...)
	return nil
}

func (b *book) RecordAnyway(by model.Actor, cause model.IntentID, events ...model.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range events {
		b.events = append(b.events, e)
		b.state = model.Apply(b.state, model.Record{Seq: b.state.Seq + 1, At: time.Now(), By: by, Cause: cause, Event: e})
	}
}

func (b *book) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.events)
}

// store is a flag's store and the service that reads it.
type store struct {
	mu    sync.Mutex
	value model.Value
	err   error
	asked int
	hangs chan struct{} // nil: it does not
}

func (s *store) Observe(context.Context) (model.Value, error) {
	s.mu.Lock()
	s.asked++
	v, err, hangs := s.value, s.err, s.hangs
	s.mu.Unlock()
	if hangs != nil {
		<-hangs
	}
	return v, err
}

func (s *store) Set(context.Context, model.Value) error { return errors.New("nobody sets it here") }

func (s *store) set(v model.Value, err error) {
	s.mu.Lock()
	s.value, s.err = v, err
	s.mu.Unlock()
}

func (s *store) looks() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// service reads back what a store holds.
type service struct{ *store }

func (s service) Read(ctx context.Context) (string, error) {
	v, err := s.Observe(ctx)
	return v.Text, err
}

func flags(s *store, live *store, b *book) (*Flags, *model.Flag) {
	r := &model.Rollout{Flags: []model.Flag{{ID: "real", Type: model.Bool, Every: time.Minute}}}
	parts := model.Parts{Switches: map[model.FlagID]model.Switch{"real": s}}
	if live != nil {
		parts.Effective = map[model.FlagID]model.Reader{"real": service{live}}
	}
	return NewFlags(r, parts, model.Actor{Name: "gonogo"}, b, NewMeters(r, parts, func() {}), func() {}), &r.Flags[0]
}

// TestAStoreThatHangsIsGivenUp: after its time, while the look itself goes on; who ends
// waits for that, and no longer than it was told to.
func TestAStoreThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := make(chan struct{})
		b := &book{}
		w, f := flags(&store{hangs: hangs}, nil, b)
		began := time.Now()
		_, err := w.Stored(t.Context(), f, 2*time.Second)
		if took := time.Since(began); took != 2*time.Second || err == nil || !strings.HasPrefix(err.Error(), "no answer within 2s") {
			t.Errorf("after %s: %v", took, err)
		}
		if b.state.Flags["real"].StoredErr == "" {
			t.Error("that it does not answer was not recorded")
		}
		ctx, done := context.WithTimeout(t.Context(), 3*time.Second)
		defer done()
		w.End(ctx)
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("the end came after %s", took)
		}
		close(hangs)
		w.End(t.Context())
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("with nothing under way the end came after %s", took)
		}
	})
}

// TestAPanicOfAStoreIsItsError: it ends no other look.
func TestAPanicOfAStoreIsItsError(t *testing.T) {
	w, f := flags(nil, nil, &book{})
	w.switches["real"] = panics{}
	if _, err := w.Stored(t.Context(), f, time.Minute); err == nil || err.Error() != "panic: no store" {
		t.Error(err)
	}
	w.switches["real"] = nil
	if _, err := w.Stored(t.Context(), f, time.Minute); err == nil || err.Error() != `flag "real" has no switch` {
		t.Error(err)
	}
}

type panics struct{ model.Switch }

func (panics) Observe(context.Context) (model.Value, error) { panic("no store") }

// TestOnlyChangesAreRecorded: of a store and of the running service, values and errors alike.
func TestOnlyChangesAreRecorded(t *testing.T) {
	on, off, down := model.BoolValue(true), model.BoolValue(false), errors.New("refused\x1b[2J")
	b, stored, live := &book{}, &store{}, &store{}
	w, f := flags(stored, live, b)
	for i, c := range []struct {
		stored, live       model.Value
		storedErr, liveErr error
		records            int
	}{
		{on, on, nil, nil, 2}, {on, on, nil, nil, 0}, {off, on, nil, nil, 1}, {off, off, nil, nil, 1},
		{off, off, down, nil, 1}, {off, off, down, down, 1}, {off, off, down, down, 0}, {off, off, nil, nil, 2},
	} {
		before := b.count()
		stored.set(c.stored, c.storedErr)
		live.set(c.live, c.liveErr)
		_, _ = w.Stored(t.Context(), f, time.Minute)
		_, _ = w.Running(t.Context(), f)
		if got := b.count() - before; got != c.records {
			t.Errorf("%d: %d records, wanted %d", i, got, c.records)
		}
		s := b.state.Flags["real"]
		if c.storedErr == nil && !s.Stored.Equal(c.stored) || c.liveErr == nil && !s.Effective.Equal(c.live) || strings.Contains(s.StoredErr, "\x1b") {
			t.Errorf("%d: %+v", i, s)
		}
	}
}

// TestNothingIsRecordedOfALookThatWasEnded: its caller's end is no news of the flag.
func TestNothingIsRecordedOfALookThatWasEnded(t *testing.T) {
	b := &book{}
	w, f := flags(&store{value: model.BoolValue(true)}, &store{err: errors.New("refused")}, b)
	ctx, done := context.WithCancel(t.Context())
	done()
	_, err := w.Stored(ctx, f, time.Minute)
	_, liveErr := w.Running(ctx, f)
	if err == nil || liveErr == nil || b.count() != 0 {
		t.Errorf("%v, %v, %d records", err, liveErr, b.count())
	}
}

// TestAFlagIsLookedAtInItsTimeAndWhenAsked: and it is known which were looked at.
func TestAFlagIsLookedAtInItsTimeAndWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{value: model.BoolValue(true)}
		w, f := flags(s, nil, &book{})
		if w.Looked("real") {
			t.Error("it was looked at before anybody did")
		}
		ctx, end := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { w.Watch(ctx, f) })
		synctest.Wait()
		for i, step := range []struct {
			wait time.Duration
			ask  bool
			want int
		}{{0, false, 1}, {30 * time.Second, false, 1}, {0, true, 2}, {30 * time.Second, false, 3}, {time.Minute, false, 4}} {
			time.Sleep(step.wait)
			if step.ask {
				w.All()
			}
			synctest.Wait()
			if got := s.looks(); got != step.want || !w.Looked("real") {
				t.Errorf("%d: %d looks, wanted %d", i, got, step.want)
			}
		}
		end()
		group.Wait()
	})
}

// TestAValueReadFromAMetricIsItsNewest: and an error while there is none, or its series has ended.
func TestAValueReadFromAMetricIsItsNewest(t *testing.T) {
	r := &model.Rollout{Flags: []model.Flag{{ID: "weight", Type: model.Number, EffectiveMetric: "w"}}, Metrics: []model.Metric{{ID: "w", Source: "prom"}}}
	m := NewMeters(r, model.Parts{}, func() {})
	w := NewFlags(r, model.Parts{}, model.Actor{}, &book{}, m, func() {})
	f := &r.Flags[0]
	if _, err := w.Running(t.Context(), f); err == nil || !strings.Contains(err.Error(), "no answer yet") {
		t.Error(err)
	}
	m.Reading("prom", "w", model.Reading{At: time.Unix(1, 0), Value: 12.5})
	if v, err := w.Running(t.Context(), f); err != nil || v.Text != "12.5" {
		t.Errorf("%v, %v", v, err)
	}
	m.Reading("prom", "w", model.Reading{At: time.Unix(2, 0), Value: 12.5, Ended: true})
	if _, err := w.Running(t.Context(), f); err == nil || !strings.Contains(err.Error(), "has ended") {
		t.Error(err)
	}
}

// source fails a number of times, then works until it is ended.
type source struct {
	mu     sync.Mutex
	fails  int
	panics bool
	starts []time.Time
}

func (s *source) Run(ctx context.Context, out model.Emitter) error {
	s.mu.Lock()
	s.starts = append(s.starts, time.Now())
	n := len(s.starts)
	s.mu.Unlock()
	switch {
	case n > s.fails:
		out.Reading("error", model.Reading{Value: 0.5})
		<-ctx.Done()
		return ctx.Err()
	case s.panics:
		panic("on purpose")
	}
	return errors.New("gave up")
}

// TestASourceIsStartedAgain: after 1, 2, 4 … 30 s, whether it gives up or panics, and its
// metrics show why meanwhile.
func TestASourceIsStartedAgain(t *testing.T) {
	for _, panicking := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			r := &model.Rollout{Metrics: []model.Metric{{ID: "error", Source: "prom"}, {ID: "other", Source: "host"}}}
			m := NewMeters(r, model.Parts{}, func() {})
			s := &source{fails: 7, panics: panicking}
			ctx, end := context.WithCancel(t.Context())
			var group sync.WaitGroup
			began := time.Now()
			group.Go(func() { (&Sources{Rollout: r, Now: time.Now, Records: &book{}, Meters: m}).Run(ctx, "prom", s) })
			synctest.Wait()
			want := map[bool]string{false: `source "prom": gave up`, true: `source "prom": panic: on purpose`}[panicking]
			if got, _ := m.Newest("error"); got.Err == nil || got.Err.Error() != want {
				t.Errorf("its metric shows %v, wanted %q", got.Err, want)
			}
			if _, there := m.Newest("other"); there {
				t.Error("another source's metric shows its trouble")
			}
			time.Sleep(2 * time.Minute)
			synctest.Wait()
			var after []time.Duration
			for _, at := range s.starts {
				after = append(after, at.Sub(began))
			}
			sec := time.Second
			if all := []time.Duration{0, sec, 3 * sec, 7 * sec, 15 * sec, 31 * sec, 61 * sec, 91 * sec}; !slices.Equal(after, all) {
				t.Errorf("started after %v, wanted %v", after, all)
			}
			if got, _ := m.Newest("error"); got.Err != nil || got.Value != 0.5 || got.At.IsZero() {
				t.Errorf("it works, and its metric shows %+v", got)
			}
			end()
			group.Wait()
		})
	}
}

// TestAChartIsNeverRewritten: what a snapshot holds stays as it was, however many
// points come; the chart keeps its ends and no more than it may.
func TestAChartIsNeverRewritten(t *testing.T) {
	m := NewMeters(&model.Rollout{}, model.Parts{}, func() {})
	at := func(i int) time.Time { return time.Unix(int64(i), 0) }
	var kept [][]model.Point
	var copies [][]model.Point
	for i := range 5 * maxPoints {
		m.Reading("prom", "error", model.Reading{At: at(i), Value: float64(i)})
		m.Reading("prom", "error", model.Reading{At: at(i - 3), Value: -1}) // one that is late is not taken
		if i%1000 == 0 {
			charts, _, _ := m.Charts()
			kept = append(kept, charts["error"].Points)
			copies = append(copies, slices.Clone(charts["error"].Points))
		}
	}
	for i := range kept {
		if !slices.Equal(kept[i], copies[i]) {
			t.Fatalf("snapshot %d was written again", i)
		}
	}
	points := m.Points("error")
	if n := len(points); n > maxPoints || points[0].At != at(0) || points[n-1].At != at(5*maxPoints-1) {
		t.Errorf("%d points from %s to %s", n, points[0].At, points[n-1].At)
	}
	if !slices.IsSortedFunc(points, func(a, b model.Point) int { return a.At.Compare(b.At) }) {
		t.Error("they are out of order")
	}
}

// TestAnAnswerWithoutAValueIsNoTroubleOfItsSource: an empty answer says that the source works.
func TestAnAnswerWithoutAValueIsNoTroubleOfItsSource(t *testing.T) {
	r := &model.Rollout{Metrics: []model.Metric{{ID: "error", Source: "prom"}}}
	for _, c := range []struct {
		err error
		ok  bool
	}{{nil, true}, {model.ErrEmpty, true}, {model.ErrNoSeries, true}, {model.ErrAmbiguous, true}, {errors.New("refused\x1b[2J"), false}} {
		m := NewMeters(r, model.Parts{}, func() {})
		m.Reading("prom", "error", model.Reading{At: time.Unix(1, 0), Err: c.err})
		_, health, answered := m.Charts()
		if len(health) != 1 || health[0].OK != c.ok || answered != 1 || strings.Contains(health[0].Err, "\x1b") {
			t.Errorf("%v: %+v, %d answered", c.err, health, answered)
		}
	}
}
