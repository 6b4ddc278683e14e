package model

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// threePhases is a rollout whose phases set two flags, and a third one that is kept.
func threePhases() *Rollout {
	on, off := BoolValue(true), BoolValue(false)
	return &Rollout{
		Flags: []Flag{{ID: "real", Safe: off}, {ID: "tenants", Type: List, Safe: ListValue("none")}, {ID: "kept", SafeKeep: true}, {ID: "other", Safe: on}},
		Phases: []Phase{
			{ID: "one", Flags: []Setting{{"real", on}}},
			{ID: "half", Flags: []Setting{{"tenants", Value{Type: Share, Text: "50"}}, {"kept", on}}},
			{ID: "all", Flags: []Setting{{"tenants", ListValue()}}},
		},
		Metrics:   []Metric{{ID: "error"}},
		Actions:   []ActionSpec{{ID: "restart"}},
		Rollbacks: []Rollback{{ID: "slow"}, {ID: "off", Emergency: true}},
	}
}

// settings returns settings as "real=true tenants=[]".
func settings(all []Setting) string {
	var out []string
	for _, s := range all {
		out = append(out, string(s.Flag)+"="+s.Value.String())
	}
	return strings.Join(out, " ")
}

// TestWhatIsNotThereIsNil: of every kind of thing that a rollout names.
func TestWhatIsNotThereIsNil(t *testing.T) {
	r := threePhases()
	if r.Metric("error") != &r.Metrics[0] || r.Flag("kept") != &r.Flags[2] || r.Action("restart") != &r.Actions[0] ||
		r.Phase("half") != &r.Phases[1] || r.Rollback("off") != &r.Rollbacks[1] || r.EmergencyRollback() != &r.Rollbacks[1] {
		t.Error("what is there is not found, or a copy of it is")
	}
	if r.Metric("") != nil || r.Flag("reel") != nil || r.Action("") != nil || r.Phase("") != nil || r.Rollback("of") != nil || (&Rollout{}).EmergencyRollback() != nil {
		t.Error("what is not there is found")
	}
}

// TestTheWayUpGoesPhaseByPhase: the first one before any, none after the last; below a phase it
// is entered again; a phase that the config has no more is where nothing was entered.
func TestTheWayUpGoesPhaseByPhase(t *testing.T) {
	for _, c := range []struct {
		name               string
		at                 PhaseID
		below              bool
		next, up, judgedBy PhaseID
		index              int
	}{
		{"before the first", "", false, "one", "one", "one", -1},
		{"in the first", "one", false, "half", "half", "one", 0},
		{"below one", "half", true, "all", "half", "half", 1},
		{"in the last", "all", false, "", "", "all", 2},
		{"below the last", "all", true, "", "all", "all", 2},
		{"in one that is gone", "gone", false, "one", "one", "one", -1},
	} {
		r, s := threePhases(), State{Phase: c.at}
		if c.below {
			s.Below = &BelowPhase{Phase: c.at}
		}
		id := func(p *Phase) PhaseID {
			if p == nil {
				return ""
			}
			return p.ID
		}
		if id(r.NextPhase(c.at)) != c.next || id(r.Upward(&s)) != c.up || id(r.JudgedPhase(c.at)) != c.judgedBy || r.PhaseIndex(c.at) != c.index {
			t.Errorf("%s: next %q, up %q, judged by %q, place %d", c.name, id(r.NextPhase(c.at)), id(r.Upward(&s)), id(r.JudgedPhase(c.at)), r.PhaseIndex(c.at))
		}
	}
}

// TestAPhaseSetsItsFlagsAndThoseBefore: what only later phases set is to be safe, but for a flag
// that is kept; what no phase sets is left alone.
func TestAPhaseSetsItsFlagsAndThoseBefore(t *testing.T) {
	for id, want := range map[PhaseID]string{
		"": "real=false tenants=none", "one": "real=true tenants=none", "half": "real=true tenants=50% kept=true", "all": "real=true tenants=[] kept=true",
	} {
		if got := settings(PhaseSettings(threePhases(), nil, id)); got != want {
			t.Errorf("%q: %s, wanted %s", id, got, want)
		}
	}
}

// TestWhatWasEnteredIsWhatItsPlansSet: of a share the list that it came to, below a phase what
// the way down set; a share whose list is not known is not made up.
func TestWhatWasEnteredIsWhatItsPlansSet(t *testing.T) {
	five, two := ListValue(people(5)...), ListValue(people(2)...)
	for _, c := range []struct {
		name string
		s    State
		want string
	}{
		{"nothing", State{}, ""},
		{"a phase that is gone", State{Phase: "gone"}, ""},
		{"the first", State{Phase: "one"}, "real=true"},
		{"a share that is not known", State{Phase: "half"}, "real=true kept=true"},
		{"a share that is", State{Phase: "half", Set: map[FlagID]Value{"tenants": five}}, "real=true tenants=t01,t02,t03,t04,t05 kept=true"},
		{"below it", State{Phase: "half", Below: &BelowPhase{}, Set: map[FlagID]Value{"tenants": five}, Flags: map[FlagID]FlagState{"tenants": {Want: two}}}, "real=true tenants=t01,t02 kept=true"},
		{"not below it", State{Phase: "half", Set: map[FlagID]Value{"tenants": five}, Flags: map[FlagID]FlagState{"tenants": {Want: two}}}, "real=true tenants=t01,t02,t03,t04,t05 kept=true"},
		{"what no phase sets", State{Phase: "all", Set: map[FlagID]Value{"other": BoolValue(false)}}, "real=true tenants=[] kept=true"},
	} {
		if got := settings(EnteredFlags(threePhases(), &c.s)); got != c.want {
			t.Errorf("%s: %s, wanted %s", c.name, got, c.want)
		}
	}
}

// TestAPartialWayDownStandsBelowItsPhase: from its first effect on, however it ends; once for
// each flag, and until a phase is entered.
func TestAPartialWayDownStandsBelowItsPhase(t *testing.T) {
	set := func(n int, flag FlagID, below string) Step {
		return Step{N: n, Kind: StepSet, Changes: []Change{{Flag: flag, From: BoolValue(true), To: BoolValue(false)}}, Below: below}
	}
	p := Plan{ID: "a", Kind: PlanFlip, From: "ten", Phase: "ten", Steps: []Step{set(0, "real", "real is false"), set(1, "cache", "cache is false"), set(2, "log", "")}}
	ends := func(n int, o Outcome) StepEnded { return StepEnded{Plan: "a", Step: n, Outcome: o} }
	begin := []Event{PhaseEntered{Phase: "ten", Attempt: 1}, PlanArmed{Plan: p}, PlanFired{Plan: "a", How: "enter"}}
	for _, c := range []struct {
		name string
		tale []Event
		want string // "": not below
	}{
		{"before its first effect", nil, ""},
		{"after it", []Event{ends(0, StepDone)}, "real is false"},
		{"after both", []Event{ends(0, StepDone), ends(1, StepDone)}, "real is false; cache is false"},
		{"the same once more", []Event{ends(0, StepDone), ends(0, StepDone)}, "real is false"},
		{"it was so before", []Event{ends(0, StepAlready)}, "real is false"},
		{"nobody knows", []Event{ends(0, StepUnsure)}, "real is false"},
		{"it failed", []Event{ends(0, StepFailed)}, ""},
		{"it was skipped", []Event{ends(0, StepSkipped)}, ""},
		{"what takes nothing of the phase back", []Event{ends(2, StepDone)}, ""},
		{"the plan fails after it", []Event{ends(0, StepDone), ends(1, StepFailed), PlanEnded{Plan: "a", Outcome: Partial}}, "real is false"},
		{"and the phase is entered again", []Event{ends(0, StepDone), PlanEnded{Plan: "a", Outcome: Verified}, PhaseEntered{Phase: "ten", Attempt: 2}}, ""},
		{"and a rollback leaves it", []Event{ends(0, StepDone), PlanEnded{Plan: "a", Outcome: Verified}, PhaseLeft{From: "ten", Plan: "a"}}, ""},
	} {
		var s State
		for i, e := range slices.Concat(begin, c.tale) {
			s = Apply(s, Record{Seq: uint64(i) + 1, At: time.Unix(int64(i), 0), By: Actor{Name: "ana"}, Event: e})
		}
		got := ""
		if s.Below != nil {
			got = s.Below.Text
		}
		if got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
		if c.want != "" && (s.Attempt() != nil || s.Phase != "ten" || s.Below.By.Name != "ana") {
			t.Errorf("%s: it still soaks: %+v, below by %q", c.name, s.Attempt(), s.Below.By.Name)
		}
	}
}

// TestAFlagThatIsSeenToBeAnotherContradictsItsRollback: in the store or read back; what cannot be
// seen, was inferred, or was spared says nothing.
func TestAFlagThatIsSeenToBeAnotherContradictsItsRollback(t *testing.T) {
	on, off := BoolValue(true), BoolValue(false)
	p := &PlanState{Plan: Plan{Steps: []Step{
		{Kind: StepSet, Changes: []Change{{Flag: "real", From: on, To: off}}},
		{Kind: StepSet, Changes: []Change{{Flag: "cache", From: on, To: off}}},
		{Kind: StepVerify, Verify: &Verify{Kind: VerifyFlag, Flag: "log", Is: on}},
	}}, Steps: []StepState{{Outcome: StepDone}, {Outcome: StepSpared}, {}}}
	for _, c := range []struct {
		name  string
		flags map[FlagID]FlagState
		want  FlagID
	}{
		{"nothing seen", nil, ""},
		{"as it set them", map[FlagID]FlagState{"real": {Stored: off, Effective: off}, "log": {Stored: on, Effective: on}}, ""},
		{"stored as another", map[FlagID]FlagState{"real": {Stored: on, Effective: off}}, "real"},
		{"in effect as another", map[FlagID]FlagState{"real": {Stored: off, Effective: on}}, "real"},
		{"not readable", map[FlagID]FlagState{"real": {Stored: on, StoredErr: "x"}}, ""},
		{"not said", map[FlagID]FlagState{"real": {Stored: off, Effective: on, EffectErr: "x"}}, ""},
		{"inferred", map[FlagID]FlagState{"real": {Stored: off, Effective: on, Inferred: true}}, ""},
		{"what was spared", map[FlagID]FlagState{"cache": {Stored: on, Effective: on}}, ""},
		{"what is verified", map[FlagID]FlagState{"log": {Stored: off}}, "log"},
		{"the store has no such key", map[FlagID]FlagState{"real": {Stored: Value{Type: Unset}}}, "real"},
		{"the first by name", map[FlagID]FlagState{"real": {Stored: on}, "log": {Stored: off}}, "log"},
	} {
		s := State{Flags: c.flags}
		if got, _ := s.Contradicts(p); got != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, got, c.want)
		}
	}
}

// TestTheWorstLineMakesTheHeadline: whatever states there are, and one that nobody knows is worst of all.
func TestTheWorstLineMakesTheHeadline(t *testing.T) {
	order := []MetricState{Pass, Manual, Unread, Soaking, Held, Collecting, Below, NoTraffic, NoData, NoSeries, Stale, Ambiguous, Down, Warn, Fail, Drift, NotSafe, RollingBack, "LUCKY"}
	for i, state := range order {
		if state.Severity() != i {
			t.Errorf("%s is %d, wanted %d", state, state.Severity(), i)
		}
	}
	for _, c := range []struct {
		lines []MetricState
		want  Headline
	}{
		{nil, GO}, {[]MetricState{Pass, Pass}, GO}, {[]MetricState{Pass, Manual}, Hold}, {[]MetricState{Soaking, Held, Collecting, Below}, Hold},
		{[]MetricState{Manual, NoTraffic}, Unknown}, {[]MetricState{NoData, Soaking}, Unknown}, {[]MetricState{Stale, Warn}, NoGo},
		{[]MetricState{Down, Fail}, NoGo}, {[]MetricState{Drift}, NoGo}, {[]MetricState{Fail, NotSafe}, GateNotSafe}, {[]MetricState{RollingBack, NotSafe}, GateRollingBack},
		{[]MetricState{Pass, "LUCKY"}, Unknown}, {[]MetricState{RollingBack, "LUCKY"}, Unknown},
	} {
		var v Verdict
		for i, state := range c.lines {
			v.Lines = append(v.Lines, Line{Title: fmt.Sprint(i), State: state, Reason: "why"})
		}
		v.Conclude(Verdict{})
		if v.Headline != c.want || v.Headline.OfRollback() != (c.want == GateNotSafe || c.want == GateRollingBack) {
			t.Errorf("%v: %s, wanted %s", c.lines, v.Headline, c.want)
		}
	}
}

// TestReasonsComeWorstFirst: one for each line that does not pass, in the config's order where
// they are as bad, then the notes; words that still fit are used again.
func TestReasonsComeWorstFirst(t *testing.T) {
	v := Verdict{Notes: []string{"a freeze"}, Lines: []Line{{Title: "a", State: Manual, Reason: "1"}, {Title: "b", State: Pass}, {Title: "c", State: Fail, Reason: "2"}, {Title: "d", State: Manual, Reason: "3"}}}
	v.Conclude(Verdict{})
	if want := []string{"c: 2", "a: 1", "d: 3", "a freeze"}; !slices.Equal(v.Reasons, want) || v.Passed != 1 || v.Worst != Fail {
		t.Errorf("%q, %d passed, worst %s", v.Reasons, v.Passed, v.Worst)
	}
	again := Verdict{Notes: []string{"a freeze"}, Lines: slices.Clone(v.Lines)}
	if again.Conclude(v); &again.Reasons[0] != &v.Reasons[0] {
		t.Error("the same words were made anew")
	}
	for name, change := range map[string]func(*Verdict){
		"a state":  func(v *Verdict) { v.Lines[0].State = Pass },
		"a reason": func(v *Verdict) { v.Lines[0].Reason = "other" },
		"a note":   func(v *Verdict) { v.Notes = []string{"no freeze"} },
		"a line":   func(v *Verdict) { v.Lines = v.Lines[1:] },
	} {
		other := Verdict{Notes: []string{"a freeze"}, Lines: slices.Clone(v.Lines)}
		change(&other)
		if other.Conclude(v); slices.Equal(other.Reasons, v.Reasons) {
			t.Errorf("%s changed, and the reasons are those of before", name)
		}
	}
}

// TestAResultCountsForItsTime: for all the attempt where it has none.
func TestAResultCountsForItsTime(t *testing.T) {
	at := time.Unix(1000, 0)
	for _, c := range []struct {
		every, later time.Duration
		want         bool
	}{{0, 1000 * time.Hour, true}, {time.Hour, time.Hour - 1, true}, {time.Hour, time.Hour, false}} {
		if got := (CheckState{At: at}).Counts(&Check{Every: c.every}, at.Add(c.later)); got != c.want {
			t.Errorf("every %s, %s later: %t", c.every, c.later, got)
		}
	}
	for kind, want := range map[CheckKind]bool{CheckSign: false, CheckRun: false, CheckProbe: true, CheckMetric: true, CheckDrill: true} {
		if got := (&Check{Kind: kind}).Automatic(); got != want {
			t.Errorf("%q finds out by itself: %t", kind, got)
		}
	}
	if !(&Check{Kind: CheckRun, Every: time.Hour}).Automatic() {
		t.Error("a run that is due waits for a person")
	}
}

// TestADrillPassesWithinItsBudget: a dry one is READY, a real one VERIFIED.
func TestADrillPassesWithinItsBudget(t *testing.T) {
	for _, c := range []struct {
		how     Rehearsal
		outcome Outcome
		took    time.Duration
		want    bool
	}{
		{RehearseDry, Ready, time.Minute, true}, {RehearseDry, Verified, time.Minute, true}, {RehearseReal, Verified, time.Minute, true}, {RehearseReal, Ready, time.Minute, false},
		{RehearseReal, Inferred, time.Minute, false}, {RehearseDry, Ready, time.Minute + 1, false}, {RehearseReal, Verified, time.Hour, false}, {RehearseDry, Failed, 0, false},
	} {
		if got := (Drill{How: c.how, Outcome: c.outcome, Took: c.took, Budget: time.Minute}).Passed(); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
	for o, want := range map[Outcome]bool{Verified: true, Inferred: true, Unverified: false, Ready: false, Partial: false, NeedsHuman: false} {
		if o.Lands() != want {
			t.Errorf("%s lands: %t", o, o.Lands())
		}
	}
}

// TestEveryPartIsNamedByWhatItIsPartOf: so that its trouble is told with it.
func TestEveryPartIsNamedByWhatItIsPartOf(t *testing.T) {
	p := Parts{
		Sources: map[string]BuiltSource{"prom": {}}, Switches: map[FlagID]Switch{"real": nil}, Effective: map[FlagID]Reader{"real": nil}, Actions: map[ActionID]Action{"restart": nil},
		Seen: map[ActionID]Reader{"restart": nil}, Probes: map[string]Reader{"check ready": nil}, Witnesses: map[string]Witness{"rollback off": nil},
	}
	var got []string
	p.Each(func(what string, _ any) { got = append(got, what) })
	want := []string{"source prom", "flag real", "flag real.effective", "action restart", "action restart.seen", "check ready", "rollback off"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestHasteIsOfTheContext: a way down says it, and it does not outlive that.
func TestHasteIsOfTheContext(t *testing.T) {
	ctx, stop := context.WithCancelCause(WithHaste(t.Context()))
	defer stop(errors.New("the test ended"))
	if Hasty(t.Context()) || !Hasty(ctx) {
		t.Error("haste is not where it was said")
	}
}
