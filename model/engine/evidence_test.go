package engine

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/journal"
)

// meter reports what the running service uses as a metric, as a scrape would:
// each sample is as old as lag.
type meter struct {
	w   *world
	lag time.Duration
}

func (m meter) Run(ctx context.Context, out model.Emitter) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		m.w.mu.Lock()
		v := 0.0
		if m.w.live["real"].Equal(model.BoolValue(true)) {
			v = 1
		}
		m.w.mu.Unlock()
		now := time.Now()
		out.Reading("on", model.Reading{At: now, SampleAt: now.Add(-m.lag), Value: v})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func TestEffectiveByMetric(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		lag     time.Duration
		lies    bool
		outcome model.Outcome
	}{
		{"a fresh sample", 0, false, model.Verified},
		{"only samples from before the restart", time.Hour, false, model.Unverified},
		{"a restart that does nothing", 0, true, model.Partial},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld()
			w.store["real"], w.live["real"] = model.BoolValue(true), model.BoolValue(true)
			w.lies = c.lies
			o := options(t, w, t.TempDir())
			o.Rollout.Metrics = append(o.Rollout.Metrics, model.Metric{ID: "on", Source: "meter", StaleAfter: 5 * time.Second, Every: time.Second, Timeout: time.Second})
			o.Rollout.Flags[0].EffectiveMetric = "on"
			o.Rollout.Actions[0].Idempotent = false
			o.Rollout.Rollbacks[0].Verify = []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: model.BoolValue(false), Within: 500 * time.Millisecond}}
			build := o.Build
			o.Build = func() (model.Parts, error) {
				parts, err := build()
				delete(parts.Effective, "real")
				parts.Sources["meter"] = model.BuiltSource{Kind: "fake", Source: meter{w, c.lag}}
				return parts, err
			}
			p := board(t, o)
			if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != c.outcome {
				t.Errorf("%s: %s", got.Outcome, got.Summary)
			}
		})
	}
}

// TestMarkSurvivesAKill starts an engine on a rollback that was killed after its
// restart: the line that the restart wrote is newer than the mark that was journaled
// before it, and counts; one that is older does not.
func TestMarkSurvivesAKill(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		lines   []string // of the log; two were there when it was marked
		outcome model.Outcome
	}{
		{"the restart wrote a line", []string{"disabled", "x", "disabled"}, model.Verified},
		{"the line is older", []string{"disabled", "x", "y"}, model.Unverified},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, dir := newWorld(), t.TempDir()
			log := &fakeLog{lines: []string{"disabled", "x"}}
			build := func(log *fakeLog, o *Options) {
				o.Rollout.Rollbacks[0].Verify = []model.Verify{{Kind: model.VerifySource, Witness: "w", Title: "log says so", Within: time.Second}}
				parts := o.Build
				o.Build = func() (model.Parts, error) {
					p, err := parts()
					p.Witnesses = map[string]model.Witness{"w": log}
					return p, err
				}
			}
			o := options(t, w, dir)
			build(log, &o)
			p := board(t, o)
			p.enter("ten")
			p.does(model.Intent{Kind: model.ArmRollback})
			p.stop()
			whole, err := os.ReadFile(filepath.Join(dir, journal.Name))
			if err != nil {
				t.Fatal(err)
			}
			cut := bytes.Index(whole, []byte("now 3")) // the end of the restart's step
			cut += bytes.IndexByte(whole[cut:], '\n') + 1
			again := t.TempDir()
			rechain(t, again, whole[:cut])
			o = options(t, w, again)
			build(&fakeLog{lines: c.lines}, &o)
			if got := board(t, o).ended(); got.Outcome != c.outcome {
				t.Errorf("%s: %s", got.Outcome, got.Summary)
			}
		})
	}
}

// TestReaderThatComesBackProvesNothing has what shows a restart unreadable before
// it, and readable after, though nothing was restarted.
func TestReaderThatComesBackProvesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.store["real"], w.live["real"] = model.BoolValue(true), model.BoolValue(true)
	w.deaf, w.lies = true, true
	w.onRestart = func() { w.deaf = false }
	o := options(t, w, t.TempDir())
	o.Rollout.Actions[0].Idempotent, o.Rollout.Actions[0].Timeout = false, 300*time.Millisecond
	o.Rollout.Flags[0].Effective = false // so it is inferred from the restart
	o.Rollout.Rollbacks[0].Verify = []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: model.BoolValue(false), Within: 300 * time.Millisecond}}
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		delete(parts.Effective, "real")
		parts.Seen["restart"] = readerFunc(func() (string, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.deaf {
				return "", errors.New("connection refused")
			}
			return strconv.Itoa(w.starts), nil
		})
		return parts, err
	}
	p := board(t, o)
	for range 2 { // the second finds the flag set already, and the service still not restarted
		w.with(func() { w.deaf = true })
		if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome == model.Verified {
			t.Errorf("VERIFIED by a reader that came back: %s", got.Summary)
		}
	}
}
