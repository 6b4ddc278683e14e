package watch

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// metered returns the meters of two sources, and how often they said that something is new.
func metered() (*Meters, *int) {
	n := 0
	r := &model.Rollout{Metrics: []model.Metric{{ID: "error", Source: "prom"}, {ID: "latency", Source: "prom"}, {ID: "orders", Source: "db"}, {ID: "sum", Expr: "error + orders"}}}
	parts := model.Parts{Sources: map[string]model.BuiltSource{"prom": {Kind: "prometheus"}, "db": {Kind: "sql"}}}
	return NewMeters(r, parts, func() { n++ }), &n
}

// TestAComputedReadingIsTakenOnce: it is worked out again and again of the same readings, and is
// new only where these are, or where it begins or ends to fail.
func TestAComputedReadingIsTakenOnce(t *testing.T) {
	at, broken := time.Unix(1000, 0), errors.New("error has no value")
	for _, c := range []struct {
		name  string
		first model.Reading
		then  model.Reading
		taken bool
	}{
		{"the same", model.Reading{At: at, Value: 1}, model.Reading{At: at, Value: 1}, false},
		{"a later one", model.Reading{At: at, Value: 1}, model.Reading{At: at.Add(time.Second), Value: 1}, true},
		{"the same in another zone", model.Reading{At: at, Value: 1}, model.Reading{At: at.UTC(), Value: 1}, false},
		{"it fails now", model.Reading{At: at, Value: 1}, model.Reading{At: at, Err: broken}, true},
		{"it fails still", model.Reading{At: at, Err: broken}, model.Reading{At: at, Err: errors.New("x")}, false},
		{"it fails no more", model.Reading{At: at, Err: broken}, model.Reading{At: at, Value: 2}, true},
	} {
		m, n := metered()
		m.Computed("sum", c.first)
		m.Computed("sum", c.then)
		want := 1
		if c.taken {
			want = 2
		}
		if *n != want {
			t.Errorf("%s: it was new %d times, wanted %d", c.name, *n, want)
		}
		got, _ := m.Newest("sum")
		if c.taken && (got.Err == nil) != (c.then.Err == nil) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	m, _ := metered()
	m.Computed("sum", model.Reading{At: at, Err: broken})
	if _, health, _ := m.Charts(); !health[0].OK || !health[1].OK {
		t.Errorf("what is computed is no source's trouble: %+v", health)
	}
}

// TestWhatIsHandedOutIsNotChangedLater: readings, charts and health are as they were then.
func TestWhatIsHandedOutIsNotChangedLater(t *testing.T) {
	m, _ := metered()
	at := time.Unix(1000, 0)
	m.Reading("prom", "error", model.Reading{At: at, Value: 1})
	all := m.All()
	charts, health, answered := m.Charts()
	m.Reading("prom", "error", model.Reading{At: at.Add(time.Second), Err: errors.New("refused")})
	m.Reading("db", "orders", model.Reading{At: at, Value: 3})
	if len(all) != 1 || all["error"].Value != 1 || answered != 1 || len(charts["error"].Points) != 1 || !health[0].OK {
		t.Errorf("%+v, %+v, %+v, %d", all, charts, health, answered)
	}
	all["error"], charts["error"], health[0].OK = model.Reading{Value: 9}, model.Series{}, true
	if got := m.All(); len(got) != 2 || got["error"].Err == nil || len(m.Points("error")) != 2 {
		t.Errorf("whoever has them can change them: %+v", got)
	}
	if _, health, _ := m.Charts(); health[0].OK {
		t.Error("whoever has the health can change it")
	}
}

// TestASampleOfThePastIsChartedAndNotJudged: it is no reading, and says nothing of its source.
func TestASampleOfThePastIsChartedAndNotJudged(t *testing.T) {
	m, n := metered()
	at := time.Unix(1000, 0)
	m.Past("error", []model.Point{{At: at, V: 0}, {At: at.Add(time.Second), V: 1}, {At: at.Add(2 * time.Second), V: 2}})
	m.Past("error", nil)
	if got := m.Points("error"); len(got) != 3 || got[2].V != 2 || *n != 1 {
		t.Errorf("%+v, new %d times", got, *n)
	}
	if _, known := m.Newest("error"); known || len(m.All()) > 0 {
		t.Error("a sample is taken for a reading")
	}
	m.Reading("prom", "error", model.Reading{At: at.Add(10 * time.Second), Err: errors.New("refused")})
	if got := m.Points("error"); len(got) != 4 || !math.IsNaN(got[3].V) {
		t.Errorf("what could not be read leaves no gap: %+v", got)
	}
}

// TestASourceIsDownUntilItAnswers: with why and since when; what it answers without a value is
// an answer.
func TestASourceIsDownUntilItAnswers(t *testing.T) {
	at := time.Unix(1000, 0)
	for _, c := range []struct {
		name string
		err  error
		ok   bool
		says string
	}{
		{"a value", nil, true, ""}, {"no data", fmt.Errorf("x: %w", model.ErrEmpty), true, ""}, {"no series", model.ErrNoSeries, true, ""}, {"several", model.ErrAmbiguous, true, ""},
		{"collecting", model.ErrCollecting, true, ""}, {"refused", errors.New("refused\x1b[2J"), false, "refused␛[2J"}, {"a doubt of its own", model.ErrPartial, false, "answered with a warning"},
	} {
		m, _ := metered()
		m.Reading("prom", "error", model.Reading{At: at, Value: 1})
		m.Reading("prom", "latency", model.Reading{At: at.Add(time.Minute), Err: c.err})
		_, health, _ := m.Charts()
		last := at
		if c.ok {
			last = at.Add(time.Minute)
		}
		if h := health[0]; h.ID != "prom" || h.Kind != "prometheus" || h.OK != c.ok || h.Err != c.says || !h.LastOK.Equal(last) {
			t.Errorf("%s: %+v", c.name, h)
		}
		if len(health) != 2 || health[1].ID != "db" || !health[1].OK {
			t.Errorf("%s: of the others: %+v", c.name, health)
		}
	}
}

// tells is a source that tells what it has, and gives up.
type tells func(model.Emitter) error

func (f tells) Run(_ context.Context, out model.Emitter) error { return f(out) }

// TestWhatASourceEmitsGoesWhereItBelongs: facts to the journal in its own name, samples and
// readings to the meters, dated where they are not; trouble has a reason.
func TestWhatASourceEmitsGoesWhereItBelongs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _ := metered()
		journal := &names{book: &book{}}
		now := time.Now()
		s := &Sources{Rollout: &model.Rollout{}, Host: "here", Now: time.Now, Records: journal, Meters: m}
		ctx, stop := context.WithCancel(t.Context())
		s.Run(ctx, "prom", tells(func(out model.Emitter) error {
			defer stop()
			if err := out.Fact(model.ClockJumped{By: time.Second}); err != nil {
				t.Error(err)
			}
			out.Past("error", []model.Point{{At: now.Add(-time.Minute), V: 7}})
			out.Reading("error", model.Reading{Value: 1})
			out.Trouble("latency", nil)
			return nil
		}))
		if len(journal.by) != 1 || journal.by[0].Name != "prom" || journal.by[0].Host != "here" || journal.by[0].Via != model.ViaEngine {
			t.Errorf("facts by %+v", journal.by)
		}
		if r, ok := m.Newest("error"); !ok || !r.At.Equal(now) || r.Value != 1 || len(m.Points("error")) != 2 {
			t.Errorf("%+v, %+v", r, m.Points("error"))
		}
		if r, _ := m.Newest("latency"); r.Err == nil || r.Err.Error() != "trouble without a reason" {
			t.Errorf("%+v", r)
		}
	})
}

// names is a book that remembers who recorded.
type names struct {
	*book
	by []model.Actor
}

func (n *names) Record(by model.Actor, cause model.IntentID, events ...model.Event) error {
	n.by = append(n.by, by)
	return n.book.Record(by, cause, events...)
}

// TestASourceThatEndsByItselfIsTroubleOfItsMetrics: it is not taken for one that has nothing to say.
func TestASourceThatEndsByItselfIsTroubleOfItsMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _ := metered()
		s := &Sources{Rollout: &model.Rollout{Metrics: []model.Metric{{ID: "error", Source: "prom"}, {ID: "orders", Source: "db"}}}, Now: time.Now, Records: &book{}, Meters: m}
		ctx, stop := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer stop()
		s.Run(ctx, "prom", tells(func(model.Emitter) error { return nil }))
		if got, _ := m.Newest("error"); got.Err == nil || got.Err.Error() != `source "prom": it ended by itself` {
			t.Errorf("%v", got.Err)
		}
		if got, known := m.Newest("orders"); known {
			t.Errorf("of another source: %+v", got)
		}
	})
}

// TestEveryFlagIsLookedAtWhenAsked: at once, and not only when it is due.
func TestEveryFlagIsLookedAtWhenAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &store{value: model.BoolValue(true)}, &store{value: model.BoolValue(false)}
		r := &model.Rollout{Flags: []model.Flag{{ID: "a", Type: model.Bool, Every: time.Hour}, {ID: "b", Type: model.Bool, Every: time.Hour}}}
		parts := model.Parts{Switches: map[model.FlagID]model.Switch{"a": a, "b": b}}
		w := NewFlags(r, parts, model.Actor{Name: "gonogo"}, &book{}, NewMeters(r, parts, func() {}), func() {})
		if w.Looked("a") {
			t.Error("looked at before anybody did")
		}
		ctx, stop := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for i := range r.Flags {
			group.Go(func() { w.Watch(ctx, &r.Flags[i]) })
		}
		synctest.Wait()
		w.All()
		synctest.Wait()
		if a.looks() != 2 || b.looks() != 2 || !w.Looked("a") || !w.Looked("b") || w.Looked("c") {
			t.Errorf("looked %d and %d times", a.looks(), b.looks())
		}
		stop()
		group.Wait()
	})
}

// TestTheEndWaitsForWhatGoesOn: for as long as it is told to.
func TestTheEndWaitsForWhatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := flags(nil, nil, &book{})
		began, goes := time.Now(), make(chan struct{})
		w.Go(func() { <-goes })
		time.AfterFunc(3*time.Second, func() { close(goes) })
		w.End(t.Context())
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("the end came after %s", took)
		}
	})
}
