package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gonogo/model"
)

// people returns n names.
func people(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("t%02d", i+1)
	}
	return out
}

func ladderRollout() *model.Rollout {
	r := testRollout()
	r.Flags[1].Population = people(30)
	r.Rollbacks = append(r.Rollbacks,
		model.Rollback{ID: "some", Title: "Some out", Scope: model.ScopeSet, Budget: time.Minute, Rehearse: model.RehearseDry,
			Set:    []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Remove}}},
			Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "tenants", Within: time.Minute}}},
		model.Rollback{ID: "down", Title: "Step down", Scope: model.ScopeSet, Budget: time.Hour, Rehearse: model.RehearseReal,
			Levels: []model.Level{
				{Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Share, Text: "25"}}}, Wait: 10 * time.Minute, Until: []model.MetricID{"error"}},
				{Set: []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Share, Text: "10"}}}, Wait: 10 * time.Minute, Until: []model.MetricID{"error"}},
			},
			Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "tenants", Within: 2 * time.Minute}, {Kind: model.VerifyHTTP, Title: "it answers", Within: time.Minute}}},
	)
	return r
}

func at(tenants ...string) model.State {
	return model.State{Phase: "ten", Flags: map[model.FlagID]model.FlagState{
		"real":    {Stored: model.BoolValue(true)},
		"tenants": {Stored: model.ListValue(tenants...)},
		"exports": {Stored: model.BoolValue(true)},
	}}
}

func TestLadder(t *testing.T) {
	half := at(people(15)...)
	mixed := at("t30", "t01", "t29", "t02", "t28", "t03", "t27", "t04", "t26")
	for _, c := range []struct {
		name   string
		state  model.State
		intent model.Intent
		steps  []string
		err    string
	}{
		{"one flag", half, model.Intent{Kind: model.ArmRollback, Flag: "exports"}, []string{"contain exports: true → false", "verify exports is false"}, ""},
		{"one flag that is kept", half, model.Intent{Kind: model.ArmRollback, Flag: "tenants"}, nil, "leaves tenants as it is"},
		{"one flag that is not there", half, model.Intent{Kind: model.ArmRollback, Flag: "x"}, nil, `no flag "x"`},
		{"some out", at("a", "b", "c"), model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"b"}},
			[]string{"contain tenants: a,b,c → a,c", "apply restart", "verify tenants is a,c"}, ""},
		{"nobody picked", at("a", "b"), model.Intent{Kind: model.ArmRollback, Rollback: "some"}, nil, "pick which to take out of tenants: a, b"},
		{"one that is not on it", at("a", "b"), model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"z"}}, nil, `does not hold "z"`},
		{"all out would let everyone in", at("a", "b"), model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"a", "b"}}, nil, "means everyone"},
		{"out of everyone", at(), model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: people(29)},
			[]string{"contain tenants: everyone (30) → t30", "apply restart", "verify tenants is t30"}, ""},
		{"not observed", model.State{Phase: "ten"}, model.Intent{Kind: model.ArmRollback, Rollback: "some", Remove: []string{"a"}}, nil, "was not observed"},
		{"in steps, from half", half, model.Intent{Kind: model.ArmRollback, Rollback: "down"}, []string{
			"contain tenants: 15 → 7, out: t08, t09, t10, t11, t12, t13, t14, t15", "apply restart",
			"verify tenants is t01,t02,t03,t04 and 3 more", "hold wait 10m; stop here if on target: error",
			"contain tenants: 7 → 3, out: t04, t05, t06, t07", "apply restart",
			"verify tenants is t01,t02,t03", "hold wait 10m; stop here if on target: error",
			"verify it answers"}, ""},
		{"those on it stay, in their order", mixed, model.Intent{Kind: model.ArmRollback, Rollback: "down"}, []string{
			"contain tenants: 9 → 7, out: t04, t26", "apply restart",
			"verify tenants is t30,t01,t29,t02 and 3 more", "hold wait 10m; stop here if on target: error",
			"contain tenants: 7 → 3, out: t02, t28, t03, t27", "apply restart",
			"verify tenants is t30,t01,t29", "hold wait 10m; stop here if on target: error",
			"verify it answers"}, ""},
		{"in steps, from where nobody knows", model.State{Phase: "ten"}, model.Intent{Kind: model.ArmRollback, Rollback: "down"}, nil, "was not observed"},
		{"a dry drill", at("a", "b"), model.Intent{Kind: model.ArmDrill, Rollback: "some"},
			[]string{"contain tenants: a,b → a,b", "apply restart", "verify tenants is a,b"}, ""},
		{"a drill of nothing", half, model.Intent{Kind: model.ArmDrill}, nil, `no rollback ""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Resolve(ladderRollout(), &c.state, model.Verdict{}, c.intent)
			if c.err != "" {
				if !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, wanted %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := titles(p); !slices.Equal(got, c.steps) {
				t.Errorf("steps\n%q, wanted\n%q", got, c.steps)
			}
		})
	}
}

func TestShareNeverWidensOnTheWayDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pop := people(rapid.IntRange(1, 40).Draw(t, "population"))
		now := rapid.SliceOfDistinct(rapid.SampledFrom(pop), func(s string) string { return s }).Draw(t, "now")
		f := &model.Flag{ID: "tenants", Type: model.List, Empty: rapid.SampledFrom([]string{"everyone", "nobody"}).Draw(t, "empty"), Population: pop}
		v, err := share(f, model.ListValue(now...), model.Value{Type: model.Share, Text: fmt.Sprint(rapid.IntRange(1, 100).Draw(t, "percent"))}, true)
		if err == nil && widens(f, model.ListValue(now...), v) && len(now) > 0 {
			t.Fatalf("%v became %v", now, v.Items)
		}
	})
}

func TestDrills(t *testing.T) {
	r, s := ladderRollout(), at("a", "b", "c")
	dry, err := Resolve(r, &s, model.Verdict{}, model.Intent{Kind: model.ArmDrill, Rollback: "some"})
	if err != nil || dry.Kind != model.PlanDrill || dry.Drill != model.RehearseDry || dry.Leaves {
		t.Errorf("dry: %v, %+v", err, dry)
	}
	real, err := Resolve(r, &s, model.Verdict{}, model.Intent{Kind: model.ArmDrill, Rollback: "down"})
	if err != nil || real.Kind != model.PlanRollback || real.Drill != model.RehearseReal {
		t.Errorf("real: %v, %+v", err, real)
	}
}

func TestIncident(t *testing.T) {
	t0 := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	s, seq := model.State{Phase: "ten"}, uint64(0)
	do := func(after time.Duration, e model.Event) {
		seq++
		s = model.Apply(s, model.Record{Seq: seq, At: t0.Add(after), Event: e})
	}
	plan := func(id model.PlanID, drill model.Rehearsal) model.Plan {
		return model.Plan{ID: id, Kind: model.PlanRollback, Drill: drill, Rollback: "quick", Budget: time.Minute, Steps: []model.Step{{Kind: model.StepSet, Changes: []model.Change{{Flag: "real"}}}}}
	}
	do(0, model.PlanArmed{Plan: plan("d", model.RehearseReal)})
	do(1, model.PlanFired{Plan: "d"})
	do(2, model.PlanEnded{Plan: "d", Outcome: model.Verified})
	if s.Incident != nil || s.LastDown != nil || !s.Drills["quick"].Passed() {
		t.Fatalf("a drill is an incident: %+v %+v %+v", s.Incident, s.LastDown, s.Drills)
	}
	do(time.Minute, model.PlanArmed{Plan: plan("a", "")})
	do(2*time.Minute, model.PlanFired{Plan: "a", Breach: t0, Why: "errors"})
	do(3*time.Minute, model.StepEnded{Plan: "a", Step: 0, Outcome: model.StepDone})
	do(4*time.Minute, model.PlanEnded{Plan: "a", Outcome: model.Unverified})
	if i := s.Incident; !i.Open() || i.Outcome != model.Unverified || !i.Contained.Equal(t0.Add(3*time.Minute)) {
		t.Fatalf("after an unverified rollback: %+v", i)
	}
	do(5*time.Minute, model.PlanArmed{Plan: plan("b", "")})
	do(6*time.Minute, model.PlanFired{Plan: "b"})
	do(7*time.Minute, model.PlanEnded{Plan: "b", Outcome: model.Verified})
	i := s.Incident
	if i.Open() || !i.Breach.Equal(t0) || !i.Fired.Equal(t0.Add(2*time.Minute)) || !i.Verified.Equal(t0.Add(7*time.Minute)) {
		t.Errorf("the clock does not run from the first to the last: %+v", i)
	}
	emergency := plan("c", "")
	emergency.Emergency = true
	do(8*time.Minute, model.PlanArmed{Plan: emergency})
	do(9*time.Minute, model.PlanFired{Plan: "c"})
	if !s.Incident.Open() || !s.Incident.Breach.IsZero() {
		t.Errorf("the next incident: %+v", s.Incident)
	}
	do(10*time.Minute, model.PlanEnded{Plan: "c", Outcome: model.Partial})
	do(11*time.Minute, model.PhaseEntered{Phase: "ten", Attempt: 2})
	if s.Incident.Open() {
		t.Error("people went on, and the clock still runs")
	}
}

// TestNoListIsEmptiedUnderItsMaster: where empty means everyone, a way down
// empties a list only once its master is off, whoever switched that off.
func TestNoListIsEmptiedUnderItsMaster(t *testing.T) {
	r := ladderRollout()
	r.Flags[1].SafeKeep, r.Flags[1].Safe = false, model.ListValue()
	r.Phases[2].Flags = []model.Setting{{Flag: "tenants", Value: model.ListValue("a", "b")}}
	r.Phases[1].Flags = []model.Setting{{Flag: "real", Value: model.BoolValue(true)}}
	on, off := at("a", "b"), at("a", "b")
	on.Phase, off.Phase = "all", "all"
	off.Flags["real"] = model.FlagState{Stored: model.BoolValue(false), Effective: model.BoolValue(false)}
	if _, err := Resolve(r, &on, model.Verdict{}, model.Intent{Kind: model.ArmRollback, Flag: "tenants"}); !errors.Is(err, model.ErrRefused) || !strings.Contains(err.Error(), "switch its master off") {
		t.Errorf("under a master that is on: %v", err)
	}
	if _, err := Resolve(r, &off, model.Verdict{}, model.Intent{Kind: model.ArmRollback, Flag: "tenants"}); err != nil {
		t.Errorf("under one that is off: %v", err)
	}
	p, err := Resolve(r, &on, model.Verdict{}, model.Intent{Kind: model.ArmRollback, Rollback: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if st := p.Steps[0]; len(st.Changes[0].To.Items) != 0 || !slices.Equal(st.After, []model.FlagID{"real"}) {
		t.Errorf("the phase's list is emptied at once: %+v", st)
	}
}

// TestPhaseInHand: the phase's flags are those of the phase that is being
// entered, though the rollout does not stand in it yet.
func TestPhaseInHand(t *testing.T) {
	r, s := ladderRollout(), at("a")
	s.Plan = &model.PlanState{Plan: model.Plan{Kind: model.PlanEnter, Phase: "all"}, Status: model.Ended, FiredAt: time.Unix(1, 0), Outcome: model.Partial}
	p, err := Resolve(r, &s, model.Verdict{}, model.Intent{Kind: model.ArmRollback, Rollback: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if got := titles(p)[:2]; !slices.Equal(got, []string{"contain tenants: a → a", "contain exports: true → false"}) || p.Leaves || p.Phase != "ten" {
		t.Errorf("steps %q, leaves %v for %q", got, p.Leaves, p.Phase)
	}
}

// TestPreemptedPlanKeepsItsState: a plan that runs while another is armed is
// told to its end, and not lost.
func TestPreemptedPlanKeepsItsState(t *testing.T) {
	s, seq := model.State{}, uint64(0)
	do := func(e model.Event) {
		seq++
		s = model.Apply(s, model.Record{Seq: seq, At: time.Unix(int64(seq), 0), Event: e})
	}
	steps := []model.Step{{Kind: model.StepSet, Changes: []model.Change{{Flag: "real"}}}, {Kind: model.StepRun}}
	do(model.PlanArmed{Plan: model.Plan{ID: "old", Kind: model.PlanEnter, Steps: steps}})
	do(model.PlanFired{Plan: "old"})
	do(model.StepIntended{Plan: "old", Step: 0, Try: 1})
	do(model.PlanArmed{Plan: model.Plan{ID: "new", Kind: model.PlanRollback, Steps: steps}})
	if s.Preempted == nil || s.PlanOf("old").Steps[0].Tries != 1 {
		t.Fatalf("the plan that runs is lost: %+v", s.Preempted)
	}
	do(model.StepEnded{Plan: "old", Step: 0, Outcome: model.StepDone})
	if s.PlanOf("old").Steps[0].Outcome != model.StepDone || s.Plan.Steps[0].Outcome != "" {
		t.Errorf("its end is folded wrongly: %+v, %+v", s.Preempted.Steps, s.Plan.Steps)
	}
	do(model.PlanEnded{Plan: "old", Outcome: model.Cancelled})
	if s.Preempted != nil || s.Plan.Plan.ID != "new" || s.Plan.Status != model.Armed {
		t.Errorf("after its end: %+v, %+v", s.Preempted, s.Plan)
	}
}
