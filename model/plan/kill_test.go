package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"pgregory.net/rapid"
)

// drawRollout draws a rollout of a master, a list that hangs on it and a third
// flag, which are live at once or by restarts, in one store or in several.
func drawRollout(rt *rapid.T) *model.Rollout {
	on, off := model.BoolValue(true), model.BoolValue(false)
	apply := func(name string) []model.ActionID {
		return rapid.SampledFrom([][]model.ActionID{nil, {"a"}, {"b"}}).Draw(rt, name)
	}
	kind := func(name string) string { return rapid.SampledFrom([]string{"file", "service"}).Draw(rt, name) }
	r := &model.Rollout{
		Flags: []model.Flag{
			{ID: "real", Type: model.Bool, Safe: off, Apply: apply("real"), Kind: kind("real in"), Effective: rapid.Bool().Draw(rt, "real is read")},
			{ID: "list", Type: model.List, Safe: model.ListValue("t1"), Empty: "everyone", Needs: []model.FlagID{"real"}, Apply: apply("list"), Kind: kind("list in"), Effective: rapid.Bool().Draw(rt, "list is read")},
			{ID: "third", Type: model.Bool, Safe: off, Apply: apply("third"), Kind: kind("third in"), Effective: rapid.Bool().Draw(rt, "third is read")},
		},
		Actions: []model.ActionSpec{
			{ID: "a", Timeout: time.Minute, Idempotent: rapid.Bool().Draw(rt, "a twice")},
			{ID: "b", Timeout: time.Minute, Idempotent: rapid.Bool().Draw(rt, "b twice")},
		},
		Phases: []model.Phase{{ID: "one", Title: "One", Flags: []model.Setting{{Flag: "real", Value: on}, {Flag: "list", Value: model.ListValue("t1", "t2", "t3")}, {Flag: "third", Value: on}}}},
	}
	verify := []model.Verify{
		{Kind: model.VerifyFlag, Flag: "real", Within: time.Minute}, {Kind: model.VerifyHTTP, Title: "it answers", Within: time.Minute},
		{Kind: model.VerifySource, Witness: "w", Title: "it says so", Within: time.Minute}, {Kind: model.VerifySource, Witness: "w", Title: "it says nothing", Silent: true, Within: time.Minute},
	}
	steady := time.Duration(rapid.IntRange(0, 5).Draw(rt, "steady")) * time.Second
	level := func(v model.Value, hold time.Duration) model.Level {
		return model.Level{Set: []model.Setting{{Flag: "list", Value: v}}, Wait: hold, Until: []model.MetricID{"error"}}
	}
	emptied := model.ListValue()
	r.Rollbacks = []model.Rollback{
		{ID: "off", Emergency: true, Budget: time.Hour, Steady: steady, Scope: model.ScopeSafe, Verify: verify, Run: rapid.SampledFrom([][]model.ActionID{nil, {"a"}}).Draw(rt, "also runs")},
		{ID: "open", Budget: time.Hour, Steady: steady, Scope: model.ScopeSet, Verify: verify[:2], Set: []model.Setting{{Flag: "list", Value: emptied}, {Flag: "real", Value: off}, {Flag: "third", Value: on}}},
		{ID: "down", Budget: time.Hour, Steady: steady, Scope: model.ScopeSet, Verify: verify[1:3], Rehearse: model.RehearseDry,
			Levels: []model.Level{level(model.ListValue("t1", "t2"), time.Minute), level(model.ListValue("t1"), time.Minute)}},
	}
	return r
}

// fired returns a player of a plan that was armed and fired in a drawn rollout.
func fired(rt *rapid.T, calm bool) *player {
	r := drawRollout(rt)
	on, many := model.BoolValue(true), model.ListValue("t1", "t2", "t3")
	w := service{store: map[model.FlagID]model.Value{"real": on, "list": many, "third": on}, starts: map[model.ActionID]int{}}
	in := rapid.SampledFrom([]model.Intent{
		{Kind: model.ArmRollback, Rollback: "off"}, {Kind: model.ArmRollback, Rollback: "open"}, {Kind: model.ArmRollback, Rollback: "down"},
		{Kind: model.ArmRollback, Flag: "real"}, {Kind: model.ArmEnter, Reason: "test"}, {Kind: model.ArmDrill, Rollback: "down"},
	}).Draw(rt, "asked")
	s := model.State{Phase: "one"}
	if in.Kind == model.ArmEnter {
		off := model.BoolValue(false)
		w.store, s.Phase = map[model.FlagID]model.Value{"real": off, "list": model.ListValue("t1"), "third": off}, ""
	}
	w.live = maps.Clone(w.store)
	y := newPlayer(rt, r, s, w, time.Unix(1e9, 0), calm)
	for id := range w.store {
		y.see(id)
	}
	in.ID = "p"
	p, err := Resolve(r, &y.s, model.Verdict{Headline: model.GO}, in)
	if err != nil {
		rt.Fatal(err)
	}
	y.id = p.ID
	y.tell(model.PlanArmed{Plan: p}, model.PlanFired{Plan: p.ID})
	y.cuts = append(y.cuts, cut{s: y.s, world: y.world.clone(), now: y.now, front: y.front()})
	return y
}

// play plays to the plan's end.
func (y *player) play() {
	for i := 0; !y.once(); i++ {
		if i > 5000 {
			y.rt.Fatalf("it has no end: %+v", y.state().Steps)
		}
	}
	for n, st := range y.state().Steps {
		if st.Outcome == "" {
			y.rt.Fatalf("step %d has no end after %s", n, y.done.Outcome)
		}
	}
	y.check()
}

// check sees that the outcome says no more than what the steps came to.
func (y *player) check() {
	p := y.state()
	unseen, human := false, false
	for n, st := range p.Steps {
		unseen = unseen || !st.Outcome.OK() && (p.Plan.Steps[n].Kind != model.StepRun || st.Outcome != model.StepUnseen)
		human = human || st.Outcome == model.StepHuman
	}
	switch o := y.done.Outcome; {
	case (o == model.Verified || o == model.Inferred || o == model.Ready) && (unseen || len(y.f.Doubts) > 0):
		y.rt.Fatalf("%s after %+v, doubts %v", o, p.Steps, y.f.Doubts)
	case human && o != model.NeedsHuman:
		y.rt.Fatalf("%s, and a step needs a person", o)
	case o == model.Cancelled || o == model.Fenced || o == model.Refused:
		y.rt.Fatalf("%s, and nobody stopped it", o)
	}
	if y.world.everyone {
		y.rt.Fatalf("everyone was on in between: %s", titlesOf(p))
	}
}

func titlesOf(p *model.PlanState) (out []string) {
	for n, st := range p.Plan.Steps {
		out = append(out, fmt.Sprintf("%s: %s", st.Title, p.Steps[n].Outcome))
	}
	return out
}

// TestKilledAnywhereTheRestIsTheSame: at every record of a plan's life, a process
// that knows the journal alone is told to begin what the killed one had under way or
// would have begun next, of the same level.
func TestKilledAnywhereTheRestIsTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		y := fired(rt, false)
		y.play()
		for i, c := range y.cuts {
			z := newPlayer(rt, y.r, c.s, c.world.clone(), c.now, false)
			got := z.front()
			for job := range got {
				// Whether all stands is for each process to see itself.
				again := job == "stand 0" && slices.ContainsFunc(keys(c.front), func(s string) bool { return strings.HasPrefix(s, "done ") })
				if !c.front[job] && !again {
					rt.Fatalf("cut %d of %d: the next process begins %v, the killed one %v\n%v\n%s", i, len(y.cuts), keys(got), keys(c.front), c.s.Plan.Steps, titlesOf(c.s.Plan))
				}
			}
			if len(got) == 0 && len(c.front) > 0 && !anySkippedLater(y, c) {
				rt.Fatalf("cut %d: the next process waits, the killed one has %v under way", i, keys(c.front))
			}
		}
	})
}

// anySkippedLater reports whether a set step waits for its master at the cut: how
// long it does is the process's own to count.
func anySkippedLater(y *player, c cut) bool {
	for n, st := range c.s.Plan.Plan.Steps {
		if st.Kind == model.StepSet && c.s.Plan.Steps[n].Outcome == "" {
			return true
		}
	}
	return false
}

func keys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

// TestKilledAnywhereItEnds: taken up at any record, with what was under way
// done or not, it ends, and says no more than it saw.
func TestKilledAnywhereItEnds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		y := fired(rt, false)
		y.play()
		c := rapid.SampledFrom(y.cuts).Draw(rt, "killed at")
		z := newPlayer(rt, y.r, c.s, c.world.clone(), c.now, false)
		z.happen()
		z.play()
		ended := c.s.Plan.Steps
		for n, st := range z.state().Steps {
			if o := ended[n].Outcome; o != "" && st.Outcome != o && st.Outcome != model.StepUnseen && z.state().Plan.Steps[n].Kind != model.StepSet {
				rt.Fatalf("step %d had ended %s, and is %s", n, o, st.Outcome)
			}
		}
	})
}

// happen lets what was begun and not ended have happened, or not; what is one
// write happens as a whole.
func (y *player) happen() {
	happened := map[string]bool{}
	for n, st := range y.state().Steps {
		step := y.state().Plan.Steps[n]
		if st.Tries == 0 || st.Outcome != "" {
			continue
		}
		what := step.Title
		if step.Kind == model.StepSet && y.r.Flag(step.Changes[0].Flag).Kind == "file" {
			what = "file"
		}
		if _, drawn := happened[what]; !drawn {
			happened[what] = rapid.Bool().Draw(y.rt, "happened")
		}
		if !happened[what] {
			continue
		}
		switch step.Kind {
		case model.StepSet:
			y.set(step.Changes[0].Flag, step.Changes[0].To)
		case model.StepRun:
			y.restart(step.Action)
		}
	}
}

// TestKilledAnywhereInFairWeather: where nothing fails, and actions may run
// twice, a plan that is killed at any record ends as it would have.
func TestKilledAnywhereInFairWeather(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		y := fired(rt, true)
		for i := range y.r.Actions {
			y.r.Actions[i].Idempotent = true
		}
		for i := range y.s.Plan.Plan.Steps {
			y.s.Plan.Plan.Steps[i].Idempotent = true
		}
		y.play()
		want := y.done.Outcome
		for i, c := range y.cuts {
			z := newPlayer(rt, y.r, c.s, c.world.clone(), c.now, true)
			z.happen()
			z.play()
			if z.done.Outcome != want {
				rt.Fatalf("cut %d: %s, not %s: %v", i, z.done.Outcome, want, titlesOf(z.state()))
			}
		}
	})
}
