package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonogo/model"
	"gonogo/model/journal"
)

// TestStepDownKilledAtEveryRecord starts an engine on a way down in levels, cut
// after each of its records, with the world as the kill could have left it: it takes
// up the way at the level it was at, and ends it.
func TestStepDownKilledAtEveryRecord(t *testing.T) {
	t.Parallel()
	_, p := crowd(t, 3)
	if o := p.does(model.Intent{Kind: model.ArmRollback, Rollback: "down"}); o.Outcome != model.Verified {
		t.Fatal(o.Summary)
	}
	p.stop()
	dir := p.engine.o.Dir
	whole, err := os.ReadFile(filepath.Join(dir, journal.Name))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	from, to := planSpan(t, dir)
	for cut := from; cut < to; cut++ {
		for _, happened := range []bool{true, false} {
			t.Run(fmt.Sprintf("after %d of %d, effect %v", cut, to, happened), func(t *testing.T) {
				t.Parallel()
				resumed(t, lines[:from], lines[from:cut], happened)
			})
		}
	}
}

// resumed builds the world from the records of a killed way down, and starts an engine on it.
func resumed(t *testing.T, before, ours [][]byte, happened bool) {
	w := newWorld()
	all := strings.Split("a,b,c,d,e,f,g,h,i,j", ",")
	on := model.BoolValue(true)
	w.store["real"], w.live["real"], w.most = on, on, 3
	w.store["tenants"], w.live["tenants"] = model.ListValue(all...), model.ListValue(all...)
	var plan model.Plan
	for _, line := range before {
		var r model.Record
		if err := r.UnmarshalJSON(line); err != nil {
			t.Fatal(err)
		}
		if e, ok := r.Event.(model.PlanArmed); ok {
			plan = e.Plan
		}
	}
	effect := func(n int) { // of step n
		switch st := plan.Steps[n]; st.Kind {
		case model.StepSet:
			w.store["tenants"] = st.Changes[0].To
		case model.StepRun:
			w.starts++
			w.live["tenants"] = w.store["tenants"]
		}
	}
	pending := -1
	for _, line := range ours {
		var r model.Record
		if err := r.UnmarshalJSON(line); err != nil {
			t.Fatal(err)
		}
		switch e := r.Event.(type) {
		case model.StepIntended:
			pending = e.Step
		case model.StepEnded:
			if e.Outcome == model.StepDone {
				effect(e.Step)
			}
			if e.Step == pending {
				pending = -1
			}
		}
	}
	if pending >= 0 && happened {
		effect(pending)
	}
	starts := strconv.Itoa(w.starts)
	dir := t.TempDir()
	o := options(t, w, dir)
	o.Rollout.Flags[1].Population = all
	o.Rollout.Rollbacks = append(o.Rollout.Rollbacks, down())
	rechain(t, dir, bytes.Join(append(slices.Clone(before), ours...), nil))
	p := board(t, o)
	got := p.ended()
	if got.Outcome != model.Verified {
		t.Errorf("%s: %s (began with start %s)", got.Outcome, got.Summary, starts)
	}
	w.with(func() {
		if n := len(w.live["tenants"].Items); n != 2 {
			t.Errorf("%d tenants left, wanted 2", n)
		}
		if w.restarts > 2 {
			t.Errorf("%d restarts for two levels", w.restarts)
		}
	})
}
