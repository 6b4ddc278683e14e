package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"gonogo/internal/tsdb"
	"gonogo/model"
)

const (
	folder     = "history"
	queue      = 8192            // samples that wait to be written
	writeEvery = time.Second     // and a commit each
	tidyEvery  = time.Minute     // between looks at sizes and SLOs
	closeGrace = 3 * time.Second // for the end
	leastFree  = 64 << 20        // bytes on the disk that history leaves to the journal
)

// Options are what a History works with. All functions may be called by its goroutine at any time.
type Options struct {
	Dir     string // the state directory
	Rollout *model.Rollout
	Now     func() time.Time
	Note    func(text string)                              // tells people
	Fill    func(id model.MetricID, points []model.Point)  // earlier points of a chart, oldest first
	Reading func(id model.MetricID, reading model.Reading) // of an SLO
	// ReadOnly keeps nothing: it is the history of an engine that looks and goes.
	ReadOnly bool
}

// History keeps samples. Its methods may be called by any goroutine.
type History struct {
	o       Options
	asks    asks
	samples chan tsdb.Sample
	dropped atomic.Int64
	quit    chan struct{}
	once    sync.Once
	done    chan struct{}

	mu sync.Mutex    // held while db is read
	db *tsdb.Samples // nil: not open

	batch []tsdb.Sample
	said  map[string]bool // what was told
	first time.Time       // of the oldest block that was seen
	slos  []*slo
}

// What a series of a metric holds. Bad and total are counters, as readings have them: they begin
// anew with each run of a source.
const (
	value = "value"
	bad   = "bad"
	total = "total"
)

// Begin opens the history of o in the background. One that the rollout does not want
// keeps nothing, and knows nothing.
func Begin(o Options) *History {
	h := &History{o: o, asks: asksOf(o.Rollout), samples: make(chan tsdb.Sample, queue), quit: make(chan struct{}), done: make(chan struct{}), said: map[string]bool{}}
	for i := range o.Rollout.Metrics {
		if m := &o.Rollout.Metrics[i]; m.SLO != nil {
			h.slos = append(h.slos, newSLO(o.Rollout, m))
		}
	}
	if o.Rollout.History.Keep <= 0 || o.ReadOnly && len(h.slos) == 0 {
		h.withoutSLOs("history is off: set keep in [history]")
		close(h.done)
		return h
	}
	go h.run()
	return h
}

// Add keeps a reading: its value, and what it counts. It never waits.
func (h *History) Add(id model.MetricID, r model.Reading) {
	if h == nil || h.o.ReadOnly {
		return
	}
	at := r.At.UnixMilli()
	if r.Err == nil && !math.IsNaN(r.Value) && !math.IsInf(r.Value, 0) {
		h.put(id, value, at, r.Value)
	}
	if r.Counted {
		h.put(id, bad, at, r.Bad)
		h.put(id, total, at, r.Total)
	}
}

func (h *History) put(id model.MetricID, what string, at int64, v float64) {
	of, known := h.asks.series(id, what)
	if !known {
		return
	}
	select {
	case <-h.done:
	case h.samples <- tsdb.Sample{Series: of, At: at, V: v}:
	default:
		h.dropped.Add(1)
	}
}

// Close writes what came and closes the database. It waits closeGrace at most.
func (h *History) Close() {
	if h == nil {
		return
	}
	h.once.Do(func() { close(h.quit) })
	timer := time.NewTimer(closeGrace)
	defer timer.Stop()
	select {
	case <-h.done:
	case <-timer.C:
	}
}

// say tells people what they were not told before.
func (h *History) say(text string) {
	if !h.said[text] {
		h.said[text] = true
		h.o.Note(text)
	}
}

func (h *History) run() {
	defer close(h.done)
	defer func() {
		if v := recover(); v != nil {
			h.say(fmt.Sprintf("history: panic: %v: charts, SLOs and reports miss what comes", v))
		}
	}()
	if !h.open() {
		h.withoutSLOs("history cannot be opened")
		return
	}
	defer h.close()
	h.fill()
	h.tidy()
	write, tidy := time.NewTicker(writeEvery), time.NewTicker(tidyEvery)
	defer write.Stop()
	defer tidy.Stop()
	for {
		select {
		case <-h.quit:
			h.write()
			return
		case <-write.C:
			h.write()
		case <-tidy.C:
			h.tidy()
		}
	}
}

// open opens the database, or a new one where it is damaged. It reports whether there is one.
func (h *History) open() bool {
	dir := filepath.Join(h.o.Dir, folder)
	o := tsdb.Options{Keep: h.o.Rollout.History.Keep, Size: h.o.Rollout.History.Size}
	db, err := tsdb.OpenSamples(dir, o)
	if err != nil && !errors.Is(err, os.ErrPermission) && !errors.Is(err, tsdb.ErrBusy) && !h.full() {
		aside := fmt.Sprintf("%s.damaged-%s", dir, h.o.Now().UTC().Format("20060102T150405Z"))
		if os.Rename(dir, aside) == nil {
			h.say(fmt.Sprintf("history was damaged (%v), and begins anew; what there was lies in %s", err, aside))
			db, err = tsdb.OpenSamples(dir, o)
		}
	}
	if err != nil {
		h.say(fmt.Sprintf("%v: charts, SLOs and reports know only what comes from now on", err))
		return false
	}
	if db.Repaired() {
		h.say("history was damaged: samples of the last hours before this start are lost, and show as a gap")
	}
	h.mu.Lock()
	h.db = db
	h.mu.Unlock()
	return true
}

func (h *History) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.db.Close(); err != nil {
		h.say(fmt.Sprintf("close history: %v", err))
	}
	h.db = nil
}

// tidy says what was thrown away for its size, and judges the SLOs that are due.
func (h *History) tidy() {
	if n := h.dropped.Swap(0); n > 0 {
		h.o.Note(fmt.Sprintf("history lost %d samples: does the disk of %s hang, or is it too slow?", n, h.o.Dir))
	}
	if first, ok := h.db.Oldest(); ok {
		kept := h.o.Now().Add(-h.o.Rollout.History.Keep)
		if !h.first.IsZero() && first.After(h.first) && first.After(kept.Add(h.o.Rollout.History.Keep/10)) {
			h.say(fmt.Sprintf("history is more than %s, so the oldest went: it begins at %s now; size in [history] keeps more",
				model.FormatValue(model.Bytes, float64(h.o.Rollout.History.Size)), first.UTC().Format("2006-01-02 15:04Z")))
		}
		h.first = first
	}
	now := h.o.Now()
	for _, s := range h.slos {
		if now.Sub(s.judged) >= s.every {
			s.judged = now
			h.o.Reading(s.id, s.judge(context.Background(), h, now))
		}
	}
}

// write writes what waits, in one commit.
func (h *History) write() {
	h.batch = h.batch[:0]
	for n := len(h.samples); n > 0; n-- {
		h.batch = append(h.batch, <-h.samples)
	}
	if len(h.batch) == 0 {
		return
	}
	if h.full() {
		h.say(fmt.Sprintf("history is not written: %s has less than %s left, which the journal needs: free some space", h.o.Dir, model.FormatValue(model.Bytes, leastFree)))
		return
	}
	if err := h.db.Write(h.batch); err != nil {
		h.say(fmt.Sprintf("%v: charts, SLOs and reports miss what comes: is the disk of %s full?", err, h.o.Dir))
	}
}

// full reports whether the disk has no room for history.
func (h *History) full() bool {
	free, known := tsdb.Free(h.o.Dir)
	return known && free < leastFree
}

// withoutSLOs says of each SLO that it cannot be judged.
func (h *History) withoutSLOs(why string) {
	for _, s := range h.slos {
		h.o.Reading(s.id, model.Reading{At: h.o.Now(), Err: fmt.Errorf("%w: %s", model.ErrUncovered, why)})
	}
}
