package engine

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// diary is what actions of a test did, in their order.
type diary struct {
	mu   sync.Mutex
	text []string
	bad  map[string]bool
}

type entry struct {
	d    *diary
	name string
	w    *world
}

func (entry) Preview(model.Args) model.Preview { return model.Preview{Title: "entry"} }

func (e entry) Do(context.Context, model.Args, io.Writer) error {
	e.d.mu.Lock()
	defer e.d.mu.Unlock()
	on := "off"
	e.w.with(func() {
		if e.w.live["real"].Equal(model.BoolValue(true)) {
			on = "on"
		}
	})
	e.d.text = append(e.d.text, e.name+" while "+on)
	if e.d.bad[e.name] {
		return errors.New("exit status 1")
	}
	return nil
}

// TestAPhaseRunsActionsBeforeAndAfterItsFlags: on the way up only; one before that fails leaves the
// flags as they are and the phase not entered, and then nothing after is run.
func TestAPhaseRunsActionsBeforeAndAfterItsFlags(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	d := &diary{bad: map[string]bool{"migrate": true}}
	for _, id := range []model.ActionID{"migrate", "warm"} {
		o.Rollout.Actions = append(o.Rollout.Actions, model.ActionSpec{ID: id, Title: string(id), Timeout: 5 * time.Second})
	}
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Actions["migrate"], parts.Actions["warm"] = entry{d, "migrate", w}, entry{d, "warm", w}
		return parts, err
	}
	ten := o.Rollout.Phase("ten")
	ten.Before, ten.After = []model.ActionID{"migrate"}, []model.ActionID{"warm"}
	p := board(t, o)
	p.enter("staging")
	failed := p.does(model.Intent{Kind: model.ArmEnter, Phase: "ten", Reason: "r"})
	if failed.Outcome == model.Verified || p.last.State.Phase != "staging" || !slices.Equal(d.text, []string{"migrate while off"}) {
		t.Errorf("%s (%s) in %s, %q", failed.Outcome, failed.Summary, p.last.State.Phase, d.text)
	}
	w.with(func() {
		if w.store["real"].Equal(model.BoolValue(true)) {
			t.Error("a flag was set though what comes before it failed")
		}
	})
	d.bad, d.text = nil, nil
	p.enter("ten")
	if got := strings.Join(d.text, ", "); got != "migrate while off, warm while on" {
		t.Errorf("they ran: %s", got)
	}
	d.text = nil
	if got := p.does(model.Intent{Kind: model.ArmRollback, Rollback: "quick"}); got.Outcome != model.Verified || len(d.text) > 0 {
		t.Errorf("a rollback: %s, ran %q", got.Outcome, d.text)
	}
}
