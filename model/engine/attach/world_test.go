package attach

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/engine"
)

// world is a service with one flag, which it obeys at once, and one metric.
type world struct {
	mu    sync.Mutex
	real  model.Value
	polls int
}

func newWorld() *world { return &world{real: model.BoolValue(false)} }

func (w *world) with(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// Observe implements model.Switch.
func (w *world) Observe(context.Context) (v model.Value, err error) {
	w.with(func() { v = w.real })
	return v, nil
}

// Set implements model.Switch.
func (w *world) Set(_ context.Context, v model.Value) error {
	w.with(func() { w.real = v })
	return nil
}

// Read implements model.Reader: the value in effect.
func (w *world) Read(context.Context) (text string, err error) {
	w.with(func() { text = w.real.Encode() })
	return text, nil
}

// Run implements model.Source: every 10 ms all is well.
func (w *world) Run(ctx context.Context, out model.Emitter) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		w.with(func() { w.polls++ })
		now := time.Now()
		out.Reading("error", model.Reading{At: now, SampleAt: now, Value: 0.002})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func rollout() *model.Rollout {
	on, off := model.BoolValue(true), model.BoolValue(false)
	return &model.Rollout{
		ID: "test", Title: "Test", ConfigHash: "c0ffee", Environment: model.Environment{Name: "test"},
		Metrics: []model.Metric{{ID: "error", Source: "fake", Unit: model.Ratio, Target: &model.Target{Op: "<", Value: .01, Text: "< 1%"},
			StaleAfter: 5 * time.Second, Every: time.Second, Timeout: time.Second}},
		Flags: []model.Flag{{ID: "real", Type: model.Bool, Safe: off, Effective: true, Every: 50 * time.Millisecond}},
		Phases: []model.Phase{
			{ID: "staging", Title: "Staging"},
			{ID: "ten", Title: "10%", Flags: []model.Setting{{Flag: "real", Value: on}}, Gate: []model.MetricID{"error"},
				Checks: []model.Check{{ID: "leak", Text: "No leakage"}}},
		},
		Rollbacks: []model.Rollback{{ID: "quick", Title: "Everything off", Emergency: true, Budget: 20 * time.Second, Scope: model.ScopeSafe,
			Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: off, Within: 2 * time.Second}}}},
	}
}

func options(w *world, dir string) Options {
	return Options{Options: engine.Options{
		Rollout: rollout(), Dir: dir, Actor: model.Actor{Name: "gonogo", Via: "engine"}, Now: time.Now, Version: "test",
		Build: func() (model.Parts, error) {
			return model.Parts{
				Sources:   map[string]model.BuiltSource{"fake": {Kind: "fake", Source: w}},
				Switches:  map[model.FlagID]model.Switch{"real": w},
				Effective: map[model.FlagID]model.Reader{"real": w},
			}, nil
		},
	}}
}

// pilot drives a seat from a test.
type pilot struct {
	t    testing.TB
	seat *Seat
	box  <-chan *model.Snapshot
	last *model.Snapshot
	stop func()
	n    int
}

// board runs a seat until the test ends, or stop is called, and waits for its first answers.
func board(t testing.TB, o Options) *pilot {
	t.Helper()
	p := run(t, o)
	p.until("the first answers", func(s *model.Snapshot) bool { return s.Waiting == 0 })
	return p
}

// run runs a seat until the test ends, or stop is called.
func run(t testing.TB, o Options) *pilot {
	t.Helper()
	seat := NewSeat(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	box, done := seat.Subscribe()
	go func() { ended <- seat.Run(ctx) }()
	p := &pilot{t: t, seat: seat, box: box}
	p.stop = sync.OnceFunc(func() {
		done()
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("seat: %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Error("the seat does not end")
		}
	})
	t.Cleanup(p.stop)
	return p
}

func (p *pilot) until(what string, ok func(*model.Snapshot) bool) *model.Snapshot {
	p.t.Helper()
	deadline := time.After(20 * time.Second)
	for p.last == nil || !ok(p.last) {
		select {
		case s, open := <-p.box:
			if !open {
				p.t.Fatalf("waiting for %s: the seat ended", what)
			}
			p.last = s
		case <-deadline:
			p.t.Fatalf("no %s in time; last snapshot: %+v", what, p.last)
		}
	}
	return p.last
}

// ask submits an intent and returns its answer.
func (p *pilot) ask(in model.Intent) model.Answer {
	p.t.Helper()
	p.n++
	in.ID, in.By = model.IntentID(fmt.Sprintf("%s-%d-%p", p.t.Name(), p.n, p)), model.Actor{Name: "ana", Via: "command"}
	if err := p.seat.Submit(context.Background(), in); err != nil {
		p.t.Fatal(err)
	}
	var a model.Answer
	p.until("an answer", func(s *model.Snapshot) bool {
		var known bool
		a, known = s.Answer(in.ID)
		return known
	})
	return a
}

// does submits an intent that must be taken, and waits for its plan's end.
func (p *pilot) does(in model.Intent) *model.PlanState {
	p.t.Helper()
	in.Yes = true
	if a := p.ask(in); a.Err != "" {
		p.t.Fatalf("%s refused: %s", in.Kind, a.Err)
	}
	return p.until("the plan's end", func(s *model.Snapshot) bool { return s.State.Plan != nil && s.State.Plan.Status == model.Ended }).State.Plan
}

func (p *pilot) enter(phase model.PhaseID) {
	p.t.Helper()
	if got := p.does(model.Intent{Kind: model.ArmEnter, Phase: phase, Reason: "test"}); got.Outcome != model.Verified {
		p.t.Fatalf("entering %s: %s: %s", phase, got.Outcome, got.Summary)
	}
	p.until("phase "+string(phase), func(s *model.Snapshot) bool { return s.State.Phase == phase })
}
