package execute

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"sync"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/plan"
)

// desk is an engine in memory: it folds what is recorded, and nothing else.
type desk struct {
	mu      sync.Mutex
	s       model.State
	records []model.Record
	broken  error // the journal's
	lost    error // the lock is, and why
	asks    map[model.FlagID]model.Switch
	runs    map[model.FlagID]func() model.Value
	group   sync.WaitGroup
	// readings are the newest of each metric.
	readings map[model.MetricID]model.Reading
	told     func(model.Event) // called after each record; may be nil
}

func (d *desk) State() model.State {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.s
}

func (d *desk) Record(_ model.IntentID, must bool, events ...model.Event) error {
	d.mu.Lock()
	if d.broken != nil && !must {
		defer d.mu.Unlock()
		return d.broken
	}
	for _, e := range events {
		rec := model.Record{Seq: d.s.Seq + 1, At: time.Now(), Event: e}
		d.s = model.Apply(d.s, rec)
		d.records = append(d.records, rec)
	}
	told := d.told
	d.mu.Unlock()
	if told != nil {
		for _, e := range events {
			told(e)
		}
	}
	return nil
}

func (d *desk) Held() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost
}

func (d *desk) Stored(ctx context.Context, f *model.Flag, within time.Duration) (model.Value, error) {
	type answer struct {
		v   model.Value
		err error
	}
	ctx, done := context.WithTimeout(ctx, within)
	said := make(chan answer, 1)
	d.Go(func() {
		defer done()
		defer func() {
			if v := recover(); v != nil {
				said <- answer{err: fmt.Errorf("panic: %v", v)}
			}
		}()
		v, err := d.asks[f.ID].Observe(ctx)
		said <- answer{v, err}
	})
	select {
	case a := <-said:
		if a.err == nil {
			_ = d.Record("", true, model.FlagObserved{Flag: f.ID, Value: a.v})
		}
		return a.v, a.err
	case <-ctx.Done():
		return model.Value{}, fmt.Errorf("no answer within %s: %w", within, ctx.Err())
	}
}

func (d *desk) Running(_ context.Context, f *model.Flag) (model.Value, error) {
	if d.runs[f.ID] == nil {
		return model.Value{}, nil
	}
	v := d.runs[f.ID]()
	_ = d.Record("", true, model.FlagObserved{Flag: f.ID, Value: v, Effective: true})
	return v, nil
}

func (d *desk) Reading(id model.MetricID) (model.Reading, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, ok := d.readings[id]
	return r, ok
}

func (d *desk) Say(int, string) {}
func (d *desk) Go(f func())     { d.group.Go(f) }
func (d *desk) MakeRoom()       {}

// ends returns how the plan's steps ended, by their titles' order.
func (d *desk) plan() *model.PlanState {
	s := d.State()
	return s.Plan
}

// shop is a service of two flags: one in a file that a restart makes live, one
// of a flag service that is live at once, and may be sick.
type shop struct {
	mu       sync.Mutex
	file     model.Value
	live     model.Value
	starts   int
	restarts int
	fileAt   time.Time // of the first write
	sick     sick
}

// sick is a store whose reading hangs or panics, and which takes writes only from some time on.
type sick struct {
	mu       sync.Mutex
	value    model.Value
	hangs    bool // a look never answers, whatever its context says
	panics   bool
	bombs    bool // a write panics
	from     time.Time
	wrote    time.Time // first
	released chan struct{}
}

func (s *sick) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *sick) Observe(context.Context) (model.Value, error) {
	s.mu.Lock()
	hangs, v, panics := s.hangs, s.value, s.panics
	s.mu.Unlock()
	if panics {
		panic("bomb")
	}
	if hangs {
		<-s.released
	}
	return v, nil
}

func (s *sick) Set(_ context.Context, v model.Value) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bombs {
		panic("bomb")
	}
	if time.Now().Before(s.from) {
		return fmt.Errorf("503 Service Unavailable")
	}
	if s.wrote.IsZero() {
		s.wrote = time.Now()
	}
	s.value = v
	return nil
}

// fileSwitch is the file.
type fileSwitch struct{ w *shop }

func (f fileSwitch) Observe(context.Context) (model.Value, error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return f.w.file, nil
}

func (f fileSwitch) Set(_ context.Context, v model.Value) error {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if f.w.fileAt.IsZero() {
		f.w.fileAt = time.Now()
	}
	f.w.file = v
	return nil
}

// Preview says nothing.
func (w *shop) Preview(model.Args) model.Preview { return model.Preview{} }

// Do restarts the service, which takes 100 ms.
func (w *shop) Do(ctx context.Context, _ model.Args, _ io.Writer) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(100 * time.Millisecond):
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.restarts++
	w.starts++
	w.live = w.file
	return nil
}

// Read says how often the service was started.
func (w *shop) Read(context.Context) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strconv.Itoa(w.starts), nil
}

// newShop is a shop whose flags are on, with a desk at which the emergency
// rollback, or the entering of its only phase, is armed and fired.
func newShop(t *testing.T, in model.Intent, change func(*model.Rollout)) (*shop, *desk, Tools) {
	t.Helper()
	on, off := model.BoolValue(true), model.BoolValue(false)
	w := &shop{file: on, live: on, starts: 1, sick: sick{value: on, released: make(chan struct{})}}
	r := &model.Rollout{
		Flags: []model.Flag{
			{ID: "real", Type: model.Bool, Safe: off, Apply: []model.ActionID{"restart"}, Effective: true},
			{ID: "sick", Type: model.Bool, Safe: off},
		},
		Actions: []model.ActionSpec{{ID: "restart", Timeout: 5 * time.Second, Idempotent: true, Seen: true}},
		Phases:  []model.Phase{{ID: "one", Flags: []model.Setting{{Flag: "real", Value: on}, {Flag: "sick", Value: on}}}},
		Rollbacks: []model.Rollback{{ID: "off", Emergency: true, Scope: model.ScopeSafe, Budget: time.Minute, Steady: time.Second,
			Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: off, Within: 2 * time.Second}}}},
	}
	if change != nil {
		change(r)
	}
	if in.Kind == model.ArmEnter {
		w.file, w.live, w.sick.value = off, off, off
	}
	d := &desk{asks: map[model.FlagID]model.Switch{"real": fileSwitch{w}, "sick": &w.sick}}
	d.runs = map[model.FlagID]func() model.Value{"real": func() model.Value {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.live
	}}
	for _, f := range []model.FlagID{"real", "sick"} {
		_ = d.Record("", true, model.FlagObserved{Flag: f, Value: w.file})
	}
	_ = d.Record("", true, model.FlagObserved{Flag: "real", Value: w.live, Effective: true})
	in.ID = "p"
	p, err := plan.Resolve(r, &d.s, model.Verdict{Headline: model.GO}, in)
	if err != nil {
		t.Fatal(err)
	}
	_ = d.Record("", true, model.PlanArmed{Plan: p}, model.PlanFired{Plan: p.ID})
	return w, d, Tools{
		Rollout: r, Now: time.Now, Switches: d.asks, Patience: 5 * time.Second,
		Effective: map[model.FlagID]model.Reader{"real": w}, Actions: map[model.ActionID]model.Action{"restart": w},
		Seen: map[model.ActionID]model.Reader{"restart": w},
	}
}

var (
	rollback = model.Intent{Kind: model.ArmRollback}
	enter    = model.Intent{Kind: model.ArmEnter, Reason: "test"}
)

// run executes the plan that was fired, and waits for what was given up.
func run(d *desk, t Tools, w *shop) *model.PlanState {
	r := New(d.plan().Plan, "p", d, t)
	r.Execute()
	close(w.sick.released)
	d.group.Wait()
	return d.plan()
}
