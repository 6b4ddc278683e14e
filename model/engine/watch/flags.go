package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"gonogo/model"
)

// observeTimeout is how long a store or the running service may take to answer.
const observeTimeout = 5 * time.Second

// Records is the journal as who watches may use it.
type Records interface {
	// State returns the rollout as it is folded now.
	State() model.State
	// Record journals events; none of them counts where it fails.
	Record(by model.Actor, cause model.IntentID, events ...model.Event) error
	// RecordAnyway journals events, or keeps them in memory where that fails.
	RecordAnyway(by model.Actor, cause model.IntentID, events ...model.Event)
}

// Flags looks at the flags: what their stores hold, and what the running service says.
type Flags struct {
	by        model.Actor
	switches  map[model.FlagID]model.Switch
	effective map[model.FlagID]model.Reader
	records   Records
	changed   func()
	givenUp   sync.WaitGroup // looks and writes that were given up, see End
	asked     map[model.FlagID]chan struct{}
	mu        sync.Mutex
	looked    map[model.FlagID]bool // observed since NewFlags
}

// NewFlags returns what looks at the flags of r with parts, and records what it
// sees in by's name. changed is called after each look, and must not block.
func NewFlags(r *model.Rollout, parts model.Parts, by model.Actor, records Records, meters *Meters, changed func()) *Flags {
	f := &Flags{
		by: by, switches: parts.Switches, effective: map[model.FlagID]model.Reader{}, records: records, changed: changed,
		asked: map[model.FlagID]chan struct{}{}, looked: map[model.FlagID]bool{},
	}
	maps.Copy(f.effective, parts.Effective)
	for i := range r.Flags {
		spec := &r.Flags[i]
		f.asked[spec.ID] = make(chan struct{}, 1)
		if spec.EffectiveMetric != "" {
			f.effective[spec.ID] = meters.Reader(spec.EffectiveMetric)
		}
	}
	return f
}

// Watch observes a flag every Flag.Every, and when it is asked to, until ctx is done.
func (w *Flags) Watch(ctx context.Context, f *model.Flag) {
	tick := time.NewTicker(max(f.Every, 100*time.Millisecond))
	defer tick.Stop()
	for {
		_, _ = w.Stored(ctx, f, observeTimeout) // recorded; errors too
		_, _ = w.Running(ctx, f)
		w.mu.Lock()
		w.looked[f.ID] = true
		w.mu.Unlock()
		w.changed()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-w.asked[f.ID]:
		}
	}
}

// All has every flag observed now.
func (w *Flags) All() {
	for _, c := range w.asked {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Looked reports whether the flag was observed, well or not.
func (w *Flags) Looked(id model.FlagID) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.looked[id]
}

// Stored reads what the flag's store holds, within a time, and records it if it is
// another value than before. It goes on when the time is over, whether or not the
// switch has ended by then: what that says later is dropped.
func (w *Flags) Stored(ctx context.Context, f *model.Flag, within time.Duration) (model.Value, error) {
	sw := w.switches[f.ID]
	if sw == nil {
		return model.Value{}, fmt.Errorf("flag %q has no switch", f.ID)
	}
	v, err := w.ask(ctx, sw, within)
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	ev := model.FlagObserved{Flag: f.ID, Value: v}
	if err != nil {
		ev.Value, ev.Err = model.Value{}, model.Inert(err.Error())
	}
	old := w.records.State().Flags[f.ID]
	if ev.Err != old.StoredErr || err == nil && (old.Stored.Type != v.Type || !old.Stored.Equal(v)) {
		w.records.RecordAnyway(w.by, "", ev)
	}
	return v, err
}

// ask asks the switch for its value, and goes on after within whether or not
// the switch has ended by then: what it says later is dropped.
func (w *Flags) ask(ctx context.Context, sw model.Switch, within time.Duration) (model.Value, error) {
	type answer struct {
		v   model.Value
		err error
	}
	timed, done := context.WithTimeout(ctx, within)
	said := make(chan answer, 1)
	w.givenUp.Go(func() { // it has its time, and a child's to be ended
		defer done()
		defer func() {
			if v := recover(); v != nil {
				said <- answer{err: fmt.Errorf("panic: %v", v)}
			}
		}()
		v, err := sw.Observe(timed)
		said <- answer{v, err}
	})
	select {
	case a := <-said:
		return a.v, a.err
	case <-timed.Done():
	}
	select {
	case a := <-said: // both at once
		return a.v, a.err
	default:
		return model.Value{}, fmt.Errorf("no answer within %s: %w", model.FormatDuration(within), timed.Err())
	}
}

// Running reads what the running service says, likewise; the zero Value where it cannot be asked.
func (w *Flags) Running(ctx context.Context, f *model.Flag) (model.Value, error) {
	reader := w.effective[f.ID]
	if reader == nil {
		return model.Value{}, nil
	}
	v, err := readValue(ctx, reader, f.Type)
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	ev := model.FlagObserved{Flag: f.ID, Value: v, Effective: true}
	if err != nil {
		ev.Value, ev.Err = model.Value{}, model.Inert(err.Error())
	}
	old := w.records.State().Flags[f.ID]
	settles := err == nil && old.Pending && v.Equal(old.Want)
	if ev.Err != old.EffectErr || settles || err == nil && (old.Inferred || old.Effective.Type != v.Type || !old.Effective.Equal(v)) {
		w.records.RecordAnyway(w.by, "", ev)
	}
	return v, err
}

// Go runs f, and End waits for it.
func (w *Flags) Go(f func()) { w.givenUp.Go(f) }

// End waits for what was given up, so that its children are ended, but no longer
// than ctx: a store may hang for ever.
func (w *Flags) End(ctx context.Context) {
	ctx, done := context.WithCancel(ctx)
	go func() { // ends with what was given up
		defer done()
		w.givenUp.Wait()
	}()
	<-ctx.Done()
}

func readValue(ctx context.Context, r model.Reader, t model.ValueType) (model.Value, error) {
	timed, done := context.WithTimeout(ctx, observeTimeout)
	defer done()
	text, err := r.Read(timed)
	if err != nil {
		return model.Value{}, err
	}
	v, err := model.ParseValue(t, text)
	if err != nil {
		return v, errors.New(model.Masked(r, err.Error()))
	}
	return v, nil
}
