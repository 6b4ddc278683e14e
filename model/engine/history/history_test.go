package history

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/internal/tsdb"
	"gonogo/model"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// keeper is a History for a test, with what it told.
type keeper struct {
	*History
	mu       sync.Mutex
	notes    []string
	filled   map[model.MetricID][]model.Point
	readings map[model.MetricID]model.Reading
	more     chan struct{}
}

func begin(t *testing.T, dir string, change func(*Options), slos ...model.Metric) *keeper {
	t.Helper()
	k := &keeper{filled: map[model.MetricID][]model.Point{}, readings: map[model.MetricID]model.Reading{}, more: make(chan struct{}, 100)}
	told := func(f func()) {
		k.mu.Lock()
		f()
		k.mu.Unlock()
		k.more <- struct{}{}
	}
	r := &model.Rollout{History: model.HistorySpec{Keep: 30 * 24 * time.Hour, Size: 1 << 30}, Metrics: []model.Metric{
		{ID: "error", Every: 15 * time.Second},
		{ID: "counted", Every: 15 * time.Second, Counted: true, Target: &model.Target{Op: "<"}},
		{ID: "good", Every: 15 * time.Second, Counted: true, Target: &model.Target{Op: ">"}},
	}}
	r.Metrics = append(r.Metrics, slos...)
	o := Options{Dir: dir, Rollout: r, Now: func() time.Time { return now },
		Note:    func(text string) { told(func() { k.notes = append(k.notes, text) }) },
		Fill:    func(id model.MetricID, p []model.Point) { told(func() { k.filled[id] = p }) },
		Reading: func(id model.MetricID, r model.Reading) { told(func() { k.readings[id] = r }) }}
	if change != nil {
		change(&o)
	}
	k.History = Begin(o)
	t.Cleanup(k.Close)
	return k
}

// until waits until ok.
func (k *keeper) until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		k.mu.Lock()
		is := ok()
		k.mu.Unlock()
		if is {
			return
		}
		select {
		case <-k.more:
		case <-deadline:
			t.Fatalf("no %s in time; it told %q", what, k.notes)
		}
	}
}

func sloOf(id, of string, over time.Duration) model.Metric {
	return model.Metric{ID: model.MetricID(id), SLO: &model.SLO{Of: model.MetricID(of), Over: over}, Every: time.Minute}
}

// TestChartsAreFullAfterARestart: what was read before is there again, and the gaps are.
func TestChartsAreFullAfterARestart(t *testing.T) {
	dir := t.TempDir()
	k := begin(t, dir, nil)
	for at := now.Add(-20 * time.Minute); at.Before(now); at = at.Add(15 * time.Second) {
		r := model.Reading{At: at, Value: at.Sub(now).Minutes()}
		switch since := now.Sub(at); {
		case since == 10*time.Minute:
			r.Value = math.NaN()
		case since > 14*time.Minute && since <= 16*time.Minute:
			r.Err = errors.New("refused")
		}
		k.Add("error", r)
	}
	k.Close()
	k = begin(t, dir, nil)
	k.until(t, "chart", func() bool { return len(k.filled["error"]) > 0 })
	points := k.filled["error"]
	gaps := 0
	for i, p := range points {
		if i > 0 && !p.At.After(points[i-1].At) {
			t.Fatalf("%s comes after %s", p.At, points[i-1].At)
		}
		if math.IsNaN(p.V) {
			gaps++
		} else if p.V != p.At.Sub(now).Minutes() {
			t.Fatalf("%v at %s", p.V, p.At)
		}
	}
	if first := points[0].At; !first.Equal(now.Add(-20 * time.Minute)) {
		t.Errorf("it begins at %s", first)
	}
	if gaps != 2 || !math.IsNaN(points[len(points)-1].V) { // two minutes of trouble, and the end
		t.Errorf("%d gaps, and the last point is %v", gaps, points[len(points)-1])
	}
	if len(points) < 70 || len(k.notes) > 0 {
		t.Errorf("%d points; told %q", len(points), k.notes)
	}
}

// TestAMetricThatAsksSomethingElseBeginsItsHistoryAnew: samples of another query or unit under the
// same name are not its own, neither in a chart nor in a report; they are there again when it
// asks as before.
func TestAMetricThatAsksSomethingElseBeginsItsHistoryAnew(t *testing.T) {
	dir := t.TempDir()
	asking := func(change func(*model.Metric)) func(*Options) {
		return func(o *Options) { change(&o.Rollout.Metrics[0]) }
	}
	before := asking(func(m *model.Metric) { m.Unit, m.Query = "seconds", "latency" })
	for name, after := range map[string]func(*Options){
		"a title":        asking(func(m *model.Metric) { m.Unit, m.Query, m.Title = "seconds", "latency", "Latency" }),
		"another unit":   asking(func(m *model.Metric) { m.Unit, m.Query = "ms", "latency" }),
		"another query":  asking(func(m *model.Metric) { m.Unit, m.Query = "seconds", "latency * 1000" }),
		"another source": asking(func(m *model.Metric) { m.Unit, m.Query, m.Source = "seconds", "latency", "other" }),
	} {
		dir := filepath.Join(dir, name)
		k := begin(t, dir, before)
		k.Add("error", model.Reading{At: now.Add(-time.Minute), Value: 0.2})
		k.Close()
		k = begin(t, dir, after)
		k.Add("good", model.Reading{At: now.Add(-time.Minute), Value: 1})
		k.Close()
		k = begin(t, dir, after)
		k.until(t, "chart", func() bool { return len(k.filled["good"]) > 0 })
		k.Close()
		past, err := OpenPast(dir, k.o.Rollout, now.Add(-time.Hour), now)
		if err != nil {
			t.Fatal(err)
		}
		reported, err := past.Points(t.Context(), "error", time.Second)
		past.Close()
		want := 0
		if name == "a title" {
			want = 1
		}
		if values := func(points []model.Point) (n int) {
			for _, p := range points {
				if !math.IsNaN(p.V) {
					n++
				}
			}
			return n
		}; err != nil || values(reported) != want || values(k.filled["error"]) != want {
			t.Errorf("%s: reported %v, shown %v, %v; want %d of each", name, reported, k.filled["error"], err, want)
		}
	}
}

// TestSLOsAreJudgedOfWhatWasKept: by Σbad/Σtotal over restarts of the count, or by the mean; what is
// known of too little of the time is not judged.
func TestSLOsAreJudgedOfWhatWasKept(t *testing.T) {
	dir := t.TempDir()
	k := begin(t, dir, nil)
	bads, totals := 0.0, 0.0
	for at := now.Add(-time.Hour); !at.After(now); at = at.Add(15 * time.Second) {
		if now.Sub(at) == 30*time.Minute {
			bads, totals = 0, 0 // another run of the source
		}
		v := 1.0
		if now.Sub(at) < 15*time.Minute {
			v = 3
		}
		k.Add("error", model.Reading{At: at, Value: v})
		k.Add("counted", model.Reading{At: at, Value: 1, Counted: true, Bad: bads, Total: totals})
		k.Add("good", model.Reading{At: at, Value: 1, Counted: true, Bad: bads, Total: totals})
		bads, totals = bads+1, totals+50
	}
	k.Close()
	k = begin(t, dir, nil, sloOf("slo.mean", "error", time.Hour), sloOf("slo.counted", "counted", time.Hour), sloOf("slo.good", "good", time.Hour),
		sloOf("slo.long", "error", 2*time.Hour), sloOf("slo.nothing", "gone", time.Hour))
	k.until(t, "judgement", func() bool { return len(k.readings) == 5 })
	near := func(id model.MetricID, want float64) {
		t.Helper()
		if r := k.readings[id]; r.Err != nil || math.Abs(r.Value-want) > .02 || !r.At.Equal(now) {
			t.Errorf("%s is %v (%v), wanted %v", id, r.Value, r.Err, want)
		}
	}
	near("slo.mean", 1.5)
	near("slo.counted", .02)
	near("slo.good", .98)
	if r := k.readings["slo.counted"]; !r.HasCount || math.Abs(r.Count-12000) > 100 {
		t.Errorf("it rests on %v events", r.Count)
	}
	for id, want := range map[model.MetricID]string{"slo.long": "50% of 2h is covered", "slo.nothing": "the config has no metric"} {
		if r := k.readings[id]; !errors.Is(r.Err, model.ErrUncovered) || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("%s: %v, wanted %q", id, r.Err, want)
		}
	}
}

// TestADamagedHistoryBeginsAnew: it is moved aside, which is said, and the rollout goes on.
func TestADamagedHistoryBeginsAnew(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, folder, "wal"), []byte("no folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	k := begin(t, dir, nil, sloOf("slo.mean", "error", time.Hour))
	k.until(t, "judgement", func() bool { return len(k.readings) == 1 })
	if len(k.notes) != 1 || !strings.Contains(k.notes[0], "begins anew; what there was lies in "+filepath.Join(dir, folder)+".damaged-2026") {
		t.Errorf("told %q", k.notes)
	}
	if info, err := os.Stat(filepath.Join(dir, folder)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the new one: %v, %v", info, err)
	}
}

// TestADamagedLogIsSaid: what is lost behind the damage is told, and the rest is kept.
func TestADamagedLogIsSaid(t *testing.T) {
	dir := t.TempDir()
	begin(t, dir, nil, sloOf("slo.mean", "error", time.Hour)).Close()
	logs, err := filepath.Glob(filepath.Join(dir, folder, "wal", "0*"))
	if err != nil || len(logs) == 0 {
		t.Fatal(logs, err)
	}
	if err := os.WriteFile(logs[0], []byte(strings.Repeat("damaged ", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	k := begin(t, dir, nil, sloOf("slo.mean", "error", time.Hour))
	k.until(t, "judgement", func() bool { return len(k.readings) == 1 })
	if len(k.notes) != 1 || !strings.Contains(k.notes[0], "samples of the last hours before this start are lost") {
		t.Errorf("told %q", k.notes)
	}
}

// TestTwoDoNotKeepTheSame: another process that has the database keeps it, and nothing is moved.
func TestTwoDoNotKeepTheSame(t *testing.T) {
	dir := t.TempDir()
	first := begin(t, dir, nil, sloOf("slo.mean", "error", time.Hour))
	first.until(t, "judgement", func() bool { return len(first.readings) == 1 })
	second := begin(t, dir, nil, sloOf("slo.mean", "error", time.Hour))
	second.until(t, "judgement", func() bool { return len(second.readings) == 1 })
	if r := second.readings["slo.mean"]; !errors.Is(r.Err, model.ErrUncovered) || !strings.Contains(r.Err.Error(), "cannot be opened") {
		t.Errorf("the second: %v", r.Err)
	}
	if !slices.ContainsFunc(second.notes, func(s string) bool { return strings.Contains(s, "another process has it open") }) {
		t.Errorf("told %q", second.notes)
	}
}

// TestNobodyWaitsForHistory: where its disk hangs, samples are dropped and counted, and neither
// adding nor closing waits for long.
func TestNobodyWaitsForHistory(t *testing.T) {
	h := Begin(Options{Rollout: &model.Rollout{Metrics: []model.Metric{{ID: "error"}}}, Now: time.Now})
	h.done, h.quit = make(chan struct{}), make(chan struct{}) // as if its goroutine hung
	for range queue + 10 {
		h.Add("error", model.Reading{At: now, Value: 1})
	}
	if got := h.dropped.Load(); got != 10 {
		t.Errorf("%d were dropped, wanted 10", got)
	}
	h.Close() // ends, after its grace
}

// TestHistoryIsOff: then it keeps nothing, makes no folder, and an SLO says why it is not judged.
func TestHistoryIsOff(t *testing.T) {
	dir := t.TempDir()
	k := begin(t, dir, func(o *Options) { o.Rollout.History.Keep = 0 }, sloOf("slo.mean", "error", time.Hour))
	k.Add("error", model.Reading{At: now, Value: 1})
	if r := k.readings["slo.mean"]; !errors.Is(r.Err, model.ErrUncovered) || !strings.Contains(r.Err.Error(), "history is off") {
		t.Errorf("got %v", r.Err)
	}
	k.Close()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
	if _, err := k.Points(context.Background(), "error", now.Add(-time.Hour), now, time.Second); !errors.Is(err, errClosed) {
		t.Errorf("reading: %v", err)
	}
}

// opened returns a history below dir whose goroutine does not run.
func opened(b *testing.B, dir string, r *model.Rollout) *History {
	h := &History{o: Options{Dir: dir, Rollout: r, Now: time.Now, Note: func(text string) { b.Error(text) }},
		asks: asksOf(r), samples: make(chan tsdb.Sample, queue), done: make(chan struct{}), said: map[string]bool{}}
	if !h.open() {
		b.Fatal("it does not open")
	}
	return h
}

// BenchmarkAppendSecond writes what 500 metrics bring in a second, half of them counted.
func BenchmarkAppendSecond(b *testing.B) {
	r := &model.Rollout{History: model.HistorySpec{Keep: 30 * 24 * time.Hour, Size: 1 << 30}}
	ids := make([]model.MetricID, 500)
	for i := range ids {
		ids[i] = model.MetricID("metric" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
		r.Metrics = append(r.Metrics, model.Metric{ID: ids[i]})
	}
	h := opened(b, b.TempDir(), r)
	defer h.close()
	at := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Second)
		for i, id := range ids {
			h.Add(id, model.Reading{At: at, Value: float64(at.Unix()%1000) * float64(i), Counted: i%2 == 0, Bad: float64(at.Unix()), Total: 100 * float64(at.Unix())})
		}
		h.write()
	}
}

// BenchmarkHistoryDay writes a day of 100 metrics, each every 15 s, and tells what a sample takes on
// the disk in the end, write-ahead log and all.
func BenchmarkHistoryDay(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		r := &model.Rollout{History: model.HistorySpec{Keep: 30 * 24 * time.Hour, Size: 1 << 30}}
		ids := make([]model.MetricID, 100)
		for i := range ids {
			ids[i] = model.MetricID(string(rune('a'+i%10)) + string(rune('a'+i/10)))
			r.Metrics = append(r.Metrics, model.Metric{ID: ids[i]})
		}
		h := opened(b, dir, r)
		random := rand.New(rand.NewPCG(1, 2))
		samples := 0
		for at := now.Add(-24 * time.Hour); at.Before(now); at = at.Add(15 * time.Second) {
			for _, id := range ids {
				h.Add(id, model.Reading{At: at, Value: math.Round(1e4*random.Float64()) / 1e6})
				samples++
			}
			h.write()
		}
		h.close()
		size := int64(0)
		_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
			if err == nil && !info.IsDir() {
				size += info.Size()
			}
			return nil
		})
		b.ReportMetric(float64(size)/float64(samples), "B/sample")
	}
}
