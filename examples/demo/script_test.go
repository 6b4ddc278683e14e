package demo

import (
	"testing"
	"time"

	"gonogo/model"
)

// TestTheScriptDoesWhatAPersonWould: enter, sign, go on with GO, wait while a plan runs, and end after the emergency rollback.
func TestTheScriptDoesWhatAPersonWould(t *testing.T) {
	r := &model.Rollout{Phases: []model.Phase{{ID: "one"}, {ID: "two"}}}
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	snap := func(after time.Duration, st model.State, headline model.Headline, lines ...model.Line) *model.Snapshot {
		return &model.Snapshot{Rollout: r, At: at.Add(after), State: st, Gate: model.Verdict{Headline: headline, Lines: lines}}
	}
	unsigned := model.Line{Check: "seen", State: model.Manual}
	for _, c := range []struct {
		name string
		snap func(after time.Duration) *model.Snapshot
		want model.Intent
	}{
		{"the first phase", func(d time.Duration) *model.Snapshot { return snap(d, model.State{}, model.Hold) }, model.Intent{Kind: model.ArmEnter, Phase: "one"}},
		{"a check to sign", func(d time.Duration) *model.Snapshot {
			return snap(d, model.State{Phase: "one"}, model.Hold, unsigned)
		}, model.Intent{Kind: model.Sign, Check: "seen"}},
		{"GO", func(d time.Duration) *model.Snapshot { return snap(d, model.State{Phase: "one"}, model.GO) }, model.Intent{Kind: model.ArmEnter, Phase: "two"}},
		{"the last phase", func(d time.Duration) *model.Snapshot { return snap(d, model.State{Phase: "two"}, model.GO) }, model.Intent{}},
		{"NO-GO", func(d time.Duration) *model.Snapshot { return snap(d, model.State{Phase: "one"}, model.NoGo) }, model.Intent{}},
		{"a plan", func(d time.Duration) *model.Snapshot {
			return snap(d, model.State{Phase: "one", Plan: &model.PlanState{Status: model.Armed}}, model.GO)
		}, model.Intent{}},
		{"below its phase", func(d time.Duration) *model.Snapshot {
			return snap(d, model.State{Phase: "one", Below: &model.BelowPhase{Phase: "one"}}, model.Hold)
		}, model.Intent{Kind: model.ArmEnter, Phase: "one"}},
	} {
		var p pilot
		if in, over := p.next(c.snap(0)); in.Kind != "" || over {
			t.Errorf("%s: acts before anybody could look: %+v, %t", c.name, in, over)
		}
		in, over := p.next(c.snap(pause))
		if over || in.Kind != c.want.Kind || in.Phase != c.want.Phase || in.Check != c.want.Check || in.Yes != (in.Kind == model.ArmEnter) {
			t.Errorf("%s: %+v, %t, want %+v", c.name, in, over, c.want)
		}
		if in, _ := p.next(c.snap(pause + time.Second)); in.Kind != "" {
			t.Errorf("%s: asks twice: %+v", c.name, in)
		}
	}
	var p pilot
	down := model.State{LastDown: &model.PlanState{Plan: model.Plan{Emergency: true}, Status: model.Ended}}
	if _, over := p.next(snap(0, down, model.NoGo)); over {
		t.Error("it ends before anybody could look")
	}
	if _, over := p.next(snap(3*pause, down, model.NoGo)); !over {
		t.Error("it does not end")
	}
}
