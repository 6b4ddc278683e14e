package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/engine/feed"
	"gonogo/model/engine/record"
	"gonogo/model/journal"
)

// world is a service with a store of flags that it reads only when it starts.
type world struct {
	mu        sync.Mutex
	store     map[model.FlagID]model.Value
	live      map[model.FlagID]model.Value
	starts    int
	restarts  int           // times the action ran
	writes    int           // times the store was written
	lies      bool          // the restart ends well and restarts nothing
	stuck     bool          // the store refuses to be written
	refuses   bool          // likewise a store that is live at once
	gate      chan struct{} // if not nil, a restart waits for it
	failing   bool          // the service errs: the error metric is high
	down      bool          // the source has nothing but errors
	silent    bool          // the source says nothing any more
	best      bool          // the service errs hardly at all
	polls     int
	most      int    // if not 0, the service errs with more tenants than this
	everyone  int    // times at which everyone was seen on: on, and an empty list
	onStart   func() // what it does whenever it starts
	deaf      bool   // what shows its start cannot be read
	onRestart func() // what happens when it is told to restart, whether it does or not
}

// watch notes whether everyone is on. The caller holds the lock.
func (w *world) watch() {
	if w.live["real"].Equal(model.BoolValue(true)) && len(w.live["tenants"].Items) == 0 {
		w.everyone++
	}
}

func newWorld() *world {
	w := &world{store: map[model.FlagID]model.Value{}, live: map[model.FlagID]model.Value{}, starts: 1}
	for _, id := range []model.FlagID{"real", "tenants"} {
		v := model.BoolValue(false)
		if id == "tenants" {
			v = model.ListValue()
		}
		w.store[id], w.live[id] = v, v
	}
	return w
}

func (w *world) with(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

type fakeSwitch struct {
	w  *world
	id model.FlagID
}

func (s fakeSwitch) Observe(context.Context) (model.Value, error) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return s.w.store[s.id], nil
}

func (s fakeSwitch) Set(ctx context.Context, v model.Value) error {
	return s.SetGroup(ctx, []model.SwitchChange{{Switch: s, Value: v}})
}

func (s fakeSwitch) Group() string { return "one file" }

func (s fakeSwitch) SetGroup(_ context.Context, changes []model.SwitchChange) error {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.w.stuck {
		return errors.New("read-only file system")
	}
	s.w.writes++
	for _, c := range changes {
		s.w.store[c.Switch.(fakeSwitch).id] = c.Value
	}
	return nil
}

type readerFunc func() (string, error)

func (f readerFunc) Read(context.Context) (string, error) { return f() }

type restart struct{ w *world }

func (restart) Preview(model.Args) model.Preview { return model.Preview{Title: "restart"} }

func (a restart) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	_, _ = fmt.Fprintln(log, "restarting\x1b[31m")
	a.w.mu.Lock()
	wait := a.w.gate
	a.w.restarts++
	a.w.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	if a.w.onRestart != nil {
		a.w.onRestart()
	}
	if !a.w.lies {
		a.w.starts++
		for id, v := range a.w.store {
			a.w.live[id] = v
		}
		a.w.watch()
		if a.w.onStart != nil {
			a.w.onStart()
		}
	}
	return nil
}

// fakeSource answers every 10 ms for the metric error.
type fakeSource struct{ w *world }

func (s fakeSource) Run(ctx context.Context, out model.Emitter) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		s.w.mu.Lock()
		v := 0.002
		if s.w.failing && s.w.live["real"].Equal(model.BoolValue(true)) {
			v = 0.2
		}
		if s.w.most > 0 && s.w.live["real"].Equal(model.BoolValue(true)) && len(s.w.live["tenants"].Items) > s.w.most {
			v = 0.2
		}
		if s.w.best {
			v = 0
		}
		s.w.polls++
		down, silent := s.w.down, s.w.silent
		s.w.mu.Unlock()
		now := time.Now()
		switch {
		case down:
			out.Trouble("error", errors.New("refused"))
		case !silent:
			out.Reading("error", model.Reading{At: now, SampleAt: now, Value: v})
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// hungSource never answers, and does not even look at ctx before release.
type hungSource struct{ release chan struct{} }

func (s hungSource) Run(ctx context.Context, _ model.Emitter) error {
	<-s.release
	<-ctx.Done()
	return ctx.Err()
}

func target(text string, op string, v float64) *model.Target {
	return &model.Target{Op: op, Value: v, Text: text}
}

func rollout() *model.Rollout {
	on, off := model.BoolValue(true), model.BoolValue(false)
	gate := []model.MetricID{"error"}
	return &model.Rollout{
		ID: "test", Title: "Test", ConfigHash: "c0ffee", Environment: model.Environment{Name: "test"},
		Emergency: model.Emergency{Confirm: model.ConfirmCountdown, Countdown: 50 * time.Millisecond},
		Metrics: []model.Metric{{ID: "error", Source: "fake", Unit: model.Ratio, Target: target("< 1%", "<", .01), Alert: target("> 5%", ">", .05),
			StaleAfter: 5 * time.Second, Every: time.Second, Timeout: time.Second}},
		Flags: []model.Flag{
			{ID: "real", Type: model.Bool, Safe: off, Apply: []model.ActionID{"restart"}, Effective: true, Every: 50 * time.Millisecond},
			{ID: "tenants", Type: model.List, SafeKeep: true, Empty: "everyone", Needs: []model.FlagID{"real"}, Apply: []model.ActionID{"restart"}, Effective: true, Every: 50 * time.Millisecond},
		},
		Actions: []model.ActionSpec{{ID: "restart", Title: "restart", Timeout: 5 * time.Second, Idempotent: true, Seen: true}},
		Phases: []model.Phase{
			{ID: "staging", Title: "Staging"},
			{ID: "ten", Title: "10%", Flags: []model.Setting{{Flag: "real", Value: on}, {Flag: "tenants", Value: model.ListValue("a", "b")}}, Gate: gate,
				Checks: []model.Check{{ID: "leak", Text: "No leakage"}}},
			{ID: "all", Title: "Everyone", Flags: []model.Setting{{Flag: "tenants", Value: model.ListValue()}}, Gate: gate},
		},
		Rollbacks: []model.Rollback{{ID: "quick", Title: "Everything off", Emergency: true, Budget: 20 * time.Second, Scope: model.ScopeSafe,
			Run: []model.ActionID{"restart"}, Verify: []model.Verify{
				{Kind: model.VerifyFlag, Flag: "real", Is: off, Within: 2 * time.Second},
				{Kind: model.VerifyMetric, Metric: "error", Target: target("< 1%", "<", .01), Within: 2 * time.Second, Title: "error < 1%"},
			}}},
	}
}

func options(t testing.TB, w *world, dir string) Options {
	return Options{
		Rollout: rollout(), Dir: dir, Actor: model.Actor{Name: "gonogo", Via: "engine"}, Now: time.Now, Version: "test",
		Build: func() (model.Parts, error) {
			effective := func(id model.FlagID) model.Reader {
				return readerFunc(func() (string, error) {
					w.mu.Lock()
					defer w.mu.Unlock()
					return w.live[id].Encode(), nil
				})
			}
			return model.Parts{
				Sources:   map[string]model.BuiltSource{"fake": {Kind: "fake", Source: fakeSource{w}}},
				Switches:  map[model.FlagID]model.Switch{"real": fakeSwitch{w, "real"}, "tenants": fakeSwitch{w, "tenants"}},
				Effective: map[model.FlagID]model.Reader{"real": effective("real"), "tenants": effective("tenants")},
				Actions:   map[model.ActionID]model.Action{"restart": restart{w}},
				Seen: map[model.ActionID]model.Reader{"restart": readerFunc(func() (string, error) {
					w.mu.Lock()
					defer w.mu.Unlock()
					return strconv.Itoa(w.starts), nil
				})},
			}, nil
		},
	}
}

// pilot drives an engine from a test.
type pilot struct {
	t      testing.TB
	feed   *feed.Feed
	engine *Engine
	box    <-chan *model.Snapshot
	last   *model.Snapshot
	stop   func()
	n      int
}

// board runs an engine until the test ends, or stop is called, and waits for its first answers.
func board(t testing.TB, o Options) *pilot {
	t.Helper()
	p := start(t, o)
	p.until("the first answers", func(s *model.Snapshot) bool { return s.Waiting == 0 })
	return p
}

// start runs an engine until the test ends, or stop is called.
func start(t testing.TB, o Options) *pilot {
	t.Helper()
	take := record.TakeLock
	if o.Down {
		take = record.TakeLockDown
	}
	l, _ := take(o.Dir)
	if l == nil {
		t.Fatalf("no lock of %s", o.Dir)
	}
	f := feed.New(nil)
	e, err := Open(o, l, f)
	if err != nil {
		l.Release()
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	box, done := f.Subscribe()
	go func() {
		err := e.Run(ctx, nil)
		f.Close()
		l.Release()
		ended <- err
	}()
	var once sync.Once
	p := &pilot{t: t, feed: f, engine: e, box: box}
	p.stop = func() {
		once.Do(func() {
			done()
			cancel()
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("engine: %v", err)
				}
			case <-time.After(30 * time.Second):
				t.Error("the engine does not end")
			}
		})
	}
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
				p.t.Fatalf("waiting for %s: the engine ended", what)
			}
			p.last = s
		case <-deadline:
			p.t.Fatalf("no %s in time; plan %+v, gate %+v, answers %+v", what, p.last.State.Plan, p.last.Gate, p.last.Answers)
		}
	}
	return p.last
}

// ask submits an intent and returns its answer.
func (p *pilot) ask(in model.Intent) model.Answer {
	p.t.Helper()
	p.n++
	in.ID = model.IntentID(fmt.Sprintf("%s-%d-%p", p.t.Name(), p.n, p))
	if in.By.Name == "" {
		in.By = model.Actor{Name: "ana", Via: "command"}
	}
	if err := p.feed.Submit(context.Background(), in); err != nil {
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
	return p.ended()
}

func (p *pilot) ended() *model.PlanState {
	p.t.Helper()
	return p.until("the plan's end", func(s *model.Snapshot) bool { return s.State.Plan != nil && s.State.Plan.Status == model.Ended }).State.Plan
}

func (p *pilot) enter(phase model.PhaseID) {
	p.t.Helper()
	got := p.does(model.Intent{Kind: model.ArmEnter, Phase: phase, Reason: "test"})
	if got.Outcome != model.Verified {
		p.t.Fatalf("entering %s: %s: %s", phase, got.Outcome, got.Summary)
	}
	p.until("phase "+string(phase), func(s *model.Snapshot) bool { return s.State.Phase == phase })
}

// events returns the names of the journal's events, in order.
func events(t testing.TB, dir string) []string {
	t.Helper()
	var names []string
	report, err := journal.Read(dir+"/"+journal.Name, func(r model.Record) error {
		names = append(names, model.EventName(r.Event))
		return nil
	})
	if err != nil || report.Problem != nil {
		t.Fatalf("journal: %v %v", err, report.Problem)
	}
	return names
}

// inOrder reports whether want stands in names in this order, with others between.
func inOrder(names []string, want ...string) bool {
	for _, w := range want {
		i := slices.Index(names, w)
		if i < 0 {
			return false
		}
		names = names[i+1:]
	}
	return true
}
