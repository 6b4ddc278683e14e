package gate

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/plan"

	"pgregory.net/rapid"
)

// historian lives through a random history of a rollout: people, rollbacks,
// flags changed by hand, readings and restarts. It keeps what happened in its
// own words, to compare with what the gate says of the records.
type historian struct {
	rt    *rapid.T
	r     *model.Rollout
	k     *Keeper
	s     model.State
	v     model.Verdict
	now   time.Time
	seq   uint64
	dead  bool                         // every target is
	store map[model.FlagID]model.Value // what the flags are
	live  map[model.FlagID]model.Value
	want  map[model.FlagID]model.Value // what they were when the phase was entered
	below bool                         // something of the phase was taken back
	down  string                       // a rollback that runs, or was not verified
	runs  *model.Plan
	at    int // the next step of runs
	spoil bool
}

func historyRollout(t testing.TB) *model.Rollout {
	on, off, list := model.BoolValue(true), model.BoolValue(false), model.ListValue
	m := *errorMetric(t)
	m.For, m.Settle = 0, 0
	gate := []model.MetricID{m.ID}
	verify := []model.Verify{{Kind: model.VerifyFlag, Flag: "real", Is: off, Within: time.Second, Title: "off"}}
	return &model.Rollout{
		Metrics: []model.Metric{m},
		Flags: []model.Flag{
			{ID: "real", Type: model.Bool, Safe: off, Effective: true},
			{ID: "tenants", Type: model.List, SafeKeep: true, Empty: "everyone", Population: []string{"a", "b", "c"}, Effective: true, Needs: []model.FlagID{"real"}},
		},
		Phases: []model.Phase{
			{ID: "one", Title: "One", Flags: []model.Setting{{Flag: "real", Value: on}, {Flag: "tenants", Value: list("a")}}, Gate: gate},
			{ID: "two", Title: "Two", Flags: []model.Setting{{Flag: "tenants", Value: list("a", "b")}}, Gate: gate, Checks: []model.Check{{ID: "word"}}},
			{ID: "all", Title: "All", Flags: []model.Setting{{Flag: "tenants", Value: list()}}, Gate: gate},
		},
		Rollbacks: []model.Rollback{
			{ID: "quick", Title: "Off", Emergency: true, Scope: model.ScopeSafe, Budget: time.Minute, Verify: verify},
			{ID: "back", Title: "Back", Scope: model.ScopePhase, Budget: time.Minute},
			{ID: "few", Title: "Few", Scope: model.ScopeSet, Set: []model.Setting{{Flag: "tenants", Value: list("a")}}, Budget: time.Minute},
		},
	}
}

func (h *historian) tell(events ...model.Event) {
	for _, e := range events {
		h.seq++
		h.s = model.Apply(h.s, model.Record{Seq: h.seq, At: h.now, By: model.Actor{Name: "ana"}, Event: e})
	}
}

func (h *historian) observe() {
	for id := range h.store {
		if f := h.s.Flags[id]; !f.Stored.Equal(h.store[id]) {
			h.tell(model.FlagObserved{Flag: id, Value: h.store[id]})
		}
		if f := h.s.Flags[id]; !f.Effective.Equal(h.live[id]) {
			h.tell(model.FlagObserved{Flag: id, Value: h.live[id], Effective: true})
		}
	}
}

func (h *historian) chance(name string, of int) bool {
	return rapid.IntRange(0, of-1).Draw(h.rt, name) == 0
}

// happen lets one thing happen.
func (h *historian) happen() {
	h.now = h.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(h.rt, "dt")) * time.Second)
	switch rapid.IntRange(0, 11).Draw(h.rt, "what") {
	case 0:
		h.dead = h.chance("dies", 2)
	case 1: // by hand: in the file, perhaps with a restart
		h.hand("real", model.BoolValue(h.chance("on", 2)))
	case 2:
		h.hand("tenants", model.ListValue("b"))
	case 3: // and mended again
		for id, v := range h.want {
			h.store[id], h.live[id] = v, v
		}
	case 4:
		if held := h.chance("hold", 2); held != h.s.Held {
			h.tell(model.HoldChanged{Held: held, Reason: "lunch"})
		}
	case 5: // the engine begins anew
		h.tell(model.EngineStopped{}, model.EngineStarted{PID: 2})
		h.k, _ = NewKeeper(h.r)
		h.k.Restore(&h.s)
	case 6:
		if a := h.s.Attempt(); a != nil {
			h.tell(model.CheckSigned{Phase: a.Phase, Attempt: a.N, Check: "word"})
		}
	case 7:
		h.arm(model.Intent{Kind: model.ArmRollback, Rollback: rapid.SampledFrom([]model.RollbackID{"quick", "back", "few"}).Draw(h.rt, "rollback")})
	case 8:
		in := model.Intent{Kind: model.ArmFlip, Flag: "tenants", Value: rapid.SampledFrom([]model.Value{model.ListValue("a"), model.ListValue("a", "b"), model.ListValue()}).Draw(h.rt, "flip")}
		h.arm(in)
	default:
		h.arm(model.Intent{Kind: model.ArmEnter, Reason: rapid.SampledFrom([]string{"", "I must"}).Draw(h.rt, "reason")})
	}
	for range rapid.IntRange(0, 8).Draw(h.rt, "steps") {
		h.step()
	}
	h.observe()
}

// hand changes a flag behind gonogo's back.
func (h *historian) hand(id model.FlagID, v model.Value) {
	if h.runs != nil {
		return
	}
	switch rapid.IntRange(0, 2).Draw(h.rt, "where") {
	case 0:
		h.store[id] = v
	case 1:
		h.live[id] = v
	default:
		h.store[id], h.live[id] = v, v
	}
}

// arm resolves and fires a plan; one that runs is let end first.
func (h *historian) arm(in model.Intent) {
	for h.runs != nil {
		h.step()
	}
	h.observe()
	h.judge()
	in.ID = model.IntentID(fmt.Sprint("p", h.seq))
	plan, err := plan.Resolve(h.r, &h.s, h.v, in)
	if err != nil {
		return
	}
	h.tell(model.PlanArmed{Plan: plan})
	if h.chance("vetoed", 6) {
		h.tell(model.PlanVetoed{Plan: plan.ID})
		return
	}
	h.tell(model.PlanFired{Plan: plan.ID})
	h.runs, h.at, h.spoil = &plan, 0, h.chance("spoilt", 3)
	if plan.Kind == model.PlanRollback {
		h.down = "runs"
	}
}

// step does the next step of the plan that runs, or ends it.
func (h *historian) step() {
	p := h.runs
	if p == nil {
		return
	}
	if h.at < len(p.Steps) {
		n, st := h.at, p.Steps[h.at]
		h.at++
		h.tell(model.StepIntended{Plan: p.ID, Step: n, Try: 1})
		outcome := model.StepDone
		if h.spoil && h.chance("fails", 2) {
			outcome = rapid.SampledFrom([]model.Outcome{model.StepFailed, model.StepUnsure, model.StepSkipped}).Draw(h.rt, "outcome")
		}
		if outcome == model.StepDone || outcome == model.StepUnsure {
			for _, c := range st.Changes {
				h.store[c.Flag], h.live[c.Flag] = c.To, c.To
				if was, ok := h.want[c.Flag]; ok && p.Kind == model.PlanRollback && !was.Equal(c.To) {
					h.below = true
				}
				if was, ok := h.want[c.Flag]; ok && p.Kind == model.PlanFlip && !was.Equal(c.To) && (len(was.Items) == 0 || len(c.To.Items) > 0 && len(c.To.Items) < len(was.Items)) {
					h.below = true
				}
			}
		}
		h.observe()
		h.tell(model.StepEnded{Plan: p.ID, Step: n, Outcome: outcome})
		return
	}
	h.runs = nil
	outcome := model.Verified
	for _, st := range h.s.PlanOf(p.ID).Steps {
		if !st.Outcome.OK() {
			outcome = model.Partial
		}
	}
	h.tell(model.PlanEnded{Plan: p.ID, Outcome: outcome})
	switch {
	case outcome != model.Verified && p.Kind == model.PlanRollback:
		h.down = string(outcome)
	case outcome != model.Verified:
	case p.Kind == model.PlanEnter:
		h.tell(model.PhaseEntered{Phase: p.Phase, Attempt: int(h.seq), Plan: p.ID})
		h.down, h.below = "", false
		for _, set := range model.PhaseSettings(h.r, nil, p.Phase) {
			h.want[set.Flag] = set.Value
		}
	case p.Kind == model.PlanRollback:
		h.down = ""
		if p.Leaves {
			h.tell(model.PhaseLeft{From: p.From, To: p.Phase, Plan: p.ID})
			h.below = false
			clear(h.want)
			if p.Phase != "" {
				for _, set := range model.PhaseSettings(h.r, nil, p.Phase) {
					h.want[set.Flag] = set.Value
				}
			}
		}
	}
}

func (h *historian) judge() {
	reading := model.Reading{At: h.now, Value: .001}
	if h.dead {
		reading.Err = errors.New("connection refused")
	}
	h.k.Read("error", reading)
	h.k.Judge(&h.s, h.now, time.Second)
	h.v = Decide(h.r, &h.s, h.k.Line, 0, h.now, h.v)
}

// wrong says why GO would be a lie; empty if it would not.
func (h *historian) wrong() string {
	switch {
	case h.down != "":
		return "a rollback " + h.down
	case h.s.Held:
		return "it is held"
	case h.dead:
		return "every target is dead"
	case h.below:
		return "it stands below the phase"
	}
	for id, v := range h.want {
		if !h.store[id].Equal(v) || !h.live[id].Equal(v) {
			return fmt.Sprintf("%s is %s, in effect %s, wanted %s", id, h.store[id], h.live[id], v)
		}
	}
	return ""
}

// TestNeverGoWhateverHappened: after any history of flags, plans, readings,
// holds and restarts the gate does not say GO while a rollback runs or is not
// verified, while a flag of a phase that was entered is not as it was set or not in effect,
// while every target is dead, below the phase, or while it is held.
func TestNeverGoWhateverHappened(t *testing.T) {
	r, gos, seen := historyRollout(t), 0, map[model.Headline]int{}
	rapid.Check(t, func(rt *rapid.T) {
		h := &historian{rt: rt, r: r, now: t0, store: map[model.FlagID]model.Value{}, live: map[model.FlagID]model.Value{}, want: map[model.FlagID]model.Value{}}
		for _, id := range []model.FlagID{"real", "tenants"} {
			h.store[id] = model.BoolValue(false)
			if id == "tenants" {
				h.store[id] = model.ListValue("a", "b", "c")
			}
			h.live[id] = h.store[id]
		}
		h.k, _ = NewKeeper(r)
		h.observe()
		for range rapid.IntRange(1, 30).Draw(rt, "events") {
			h.happen()
			h.judge()
			seen[h.v.Headline]++
			why := h.wrong()
			if h.v.Headline == model.GO && why != "" {
				rt.Fatalf("the gate says GO, but %s", why)
			}
			if h.down != "" && h.v.Healthy || h.below && h.v.Healthy {
				rt.Fatalf("the soak runs, but %s", why)
			}
			if h.down != "" && h.v.Headline != model.GateRollingBack && h.v.Headline != model.GateNotSafe {
				rt.Fatalf("a rollback %s, but the gate says %s", h.down, h.v.Headline)
			}
			if h.v.Headline == model.GO && h.s.Phase != "" {
				gos++
			}
		}
	})
	for _, headline := range []model.Headline{model.GO, model.NoGo, model.Hold, model.Unknown, model.GateRollingBack, model.GateNotSafe} {
		if seen[headline] == 0 {
			t.Errorf("no history came to %s: the test shows little", headline)
		}
	}
	if gos == 0 {
		t.Error("no history came to GO in a phase: the test shows nothing")
	}
	t.Logf("%d times GO in a phase, %v", gos, seen)
}
