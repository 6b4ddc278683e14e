package headless

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// standing returns a snapshot of a rollout of three phases that stands in the second.
func standing() *model.Snapshot {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := &model.Rollout{
		ID: "shop", Title: "Shop", Environment: model.Environment{Name: "prod", Critical: true},
		Phases: []model.Phase{{ID: "one", Title: "One tenant", Soak: time.Hour}, {ID: "half", Title: "Half", Soak: 2 * time.Hour}, {ID: "all", Title: "All"}},
	}
	return &model.Snapshot{Rollout: r, At: at, State: model.State{Phase: "half", Attempts: []model.Attempt{
		{Phase: "one", N: 1, Entered: at.Add(-3 * time.Hour), Left: at.Add(-2 * time.Hour), Soak: time.Hour},
		{Phase: "half", N: 2, Entered: at.Add(-time.Hour), Soak: 30 * time.Minute, By: model.Actor{Name: "ana"}},
	}}, Gate: model.Verdict{Headline: model.Hold, Phase: "half"}}
}

// TestStatusSaysWhereTheRolloutStands: the phases with their soak, and whatever else is to be
// known before somebody goes on, each in a line of its own.
func TestStatusSaysWhereTheRolloutStands(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*model.Snapshot)
		says   []string
		not    string
	}{
		{"where it is critical", nil, []string{"Shop · PROD · 2026-01-02 03:04:05Z\n"}, ""},
		{"its phases", nil, []string{"✔ one          One tenant soaked 1h, all of it\n", "▶ half         Half soaked 30m of 2h, attempt 2\n", "  all          All\n"}, "HELD"},
		{"before the first", func(s *model.Snapshot) { s.State.Phase, s.State.Attempts, s.Gate.Phase = "", nil, "one" },
			[]string{"  one          One tenant\n", "Gate of one (not entered yet): HOLD, 0 of 0\n"}, "▶"},
		{"that a rollback took it back", func(s *model.Snapshot) { s.State.Attempts[1].Back, s.State.Phase = true, "one" },
			[]string{"▶ one ", "↓ half "}, "✔"},
		{"that it stands below its phase", func(s *model.Snapshot) {
			s.State.Below = &model.BelowPhase{Phase: "half", At: s.At.Add(-time.Minute), Text: "tenants 15 → 3, below Half"}
		}, []string{"↓ half         Half soaked 30m of 2h, attempt 2  BELOW IT since 2026-01-02 03:03:05Z: tenants 15 → 3, below Half\n"}, "▶"},
		{"that somebody holds it", func(s *model.Snapshot) {
			s.State.Held, s.State.HeldBy, s.State.HeldReason = true, model.Actor{Name: "bob"}, "a freeze"
		}, []string{"HELD by bob: a freeze\n"}, ""},
		{"that it goes against the gate", func(s *model.Snapshot) { s.State.Attempts[1].Override = "the metric lies" },
			[]string{"OVERRIDE by ana: the metric lies\n", ", entered against the gate: the metric lies\n"}, ""},
		{"that a phase before was entered against its gate", func(s *model.Snapshot) { s.State.Attempts[0].Override = "in haste" },
			[]string{"✔ one          One tenant soaked 1h, all of it, entered against the gate: in haste\n"}, "OVERRIDE"},
		{"which source is down", func(s *model.Snapshot) {
			s.Sources = []model.SourceHealth{{ID: "prom", Err: "connection refused"}, {ID: "db", OK: true}}
		}, []string{"source prom is DOWN: connection refused\n"}, "source db"},
		{"trouble with the journal", func(s *model.Snapshot) { s.Journal = "the disk is full" }, []string{"! the disk is full\n"}, ""},
		{"no trouble where there is none", nil, []string{"Gate of half: HOLD, 0 of 0\n"}, "\n! "},
		{"its last plan", func(s *model.Snapshot) {
			s.State.Plan = &model.PlanState{Plan: model.Plan{Title: "Off"}, Status: model.Ended, Outcome: model.Partial}
		}, []string{"Last plan: Off, ended PARTIAL\n"}, ""},
		{"a plan that runs", func(s *model.Snapshot) {
			s.State.Plan = &model.PlanState{Plan: model.Plan{Title: "Off"}, Status: model.Running}
		}, []string{"Last plan: Off, running\n"}, ""},
		{"a plan that was confirmed since", func(s *model.Snapshot) {
			s.State.Plan = &model.PlanState{Plan: model.Plan{Title: "Off"}, Status: model.Ended, Outcome: model.Unverified, ConfirmedAt: s.At, Confirmed: model.ByPerson, ConfirmedBy: model.Actor{Name: "bob"}}
		}, []string{"Last plan: Off, ended UNVERIFIED, ", "bob"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := standing()
			if c.change != nil {
				c.change(s)
			}
			var b strings.Builder
			WriteStatus(&b, s)
			for _, text := range c.says {
				if !strings.Contains(b.String(), text) {
					t.Errorf("it does not say %q:\n%s", text, b.String())
				}
			}
			if c.not != "" && strings.Contains(b.String(), c.not) {
				t.Errorf("it says %q:\n%s", c.not, b.String())
			}
		})
	}
}

// TestTheGateIsWrittenLineByLine: values in their unit, no value where there is none, and no
// blanks at a line's end.
func TestTheGateIsWrittenLineByLine(t *testing.T) {
	s := standing()
	s.Gate = model.Verdict{Headline: model.NoGo, Phase: "half", Passed: 1, Notes: []string{"a freeze begins soon"}, Lines: []model.Line{
		{Title: "Errors", State: model.Fail, Value: 0.031, HasValue: true, Unit: model.Ratio, Target: "< 1%", Reason: "3.1% is not < 1%"},
		{Title: "Logs look right", State: model.Manual},
		{Title: "Half is soaked", State: model.Pass, Target: "2h"},
	}}
	want := `Gate of half: NO-GO, 1 of 3
  ! a freeze begins soon
  FAIL         Errors                           3.1%  < 1%       3.1% is not < 1%
  MANUAL       Logs look right
  PASS         Half is soaked                         2h
`
	var b strings.Builder
	if writeGate(&b, s); b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// TestStatusSaysWhatTheGuardDoes: that it counts down, what it sees, who vetoed it until when,
// and that it has fired; a veto that lapsed and a plan of a person are none of its doings.
func TestStatusSaysWhatTheGuardDoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*model.Snapshot)
		want   string
	}{
		{"nothing", func(*model.Snapshot) {}, ""},
		{"armed", func(s *model.Snapshot) {
			s.State.Plan = &model.PlanState{Plan: model.Plan{Title: "Off\x1b[2J", Guard: true}, Status: model.Armed, FireAt: s.At.Add(time.Minute)}
		}, "GUARD armed Off␛[2J: fires at 03:05:05Z unless vetoed (gonogo veto --reason T)\n"},
		{"a person's plan", func(s *model.Snapshot) {
			s.State.Plan = &model.PlanState{Plan: model.Plan{Title: "Off"}, Status: model.Armed, FireAt: s.At.Add(time.Minute)}
		}, ""},
		{"fired", func(s *model.Snapshot) {
			s.State.Plan = &model.PlanState{Plan: model.Plan{Title: "Off", Guard: true}, Status: model.Running}
			s.State.Guard.Spent = true
		}, "Guard fired in this attempt, and does so once\n"},
		{"sees", func(s *model.Snapshot) {
			s.State.Guard = model.GuardState{Metric: "error", Reason: "3% is not < 1%", Since: s.At.Add(-time.Minute)}
		}, "Guard sees a breach since 03:03:05Z: error, 3% is not < 1%\n"},
		{"vetoed", func(s *model.Snapshot) {
			s.State.Guard = model.GuardState{Veto: s.At.Add(time.Minute), VetoBy: model.Actor{Name: "bob"}, VetoNote: "a blip"}
		}, "Guard vetoed by bob until 03:05:05Z: a blip\n"},
		{"vetoed until now", func(s *model.Snapshot) {
			s.State.Guard = model.GuardState{Veto: s.At, VetoBy: model.Actor{Name: "bob"}, VetoNote: "a blip"}
		}, ""},
	} {
		s := standing()
		c.change(s)
		var b strings.Builder
		if writeGuard(&b, s); b.String() != c.want {
			t.Errorf("%s: %q, wanted %q", c.name, b.String(), c.want)
		}
	}
}

// TestAStatusHasNoVerdictOfALostEngine: what was GO is not GO any more, as text, as JSON and as
// the gate's exit status.
func TestAStatusHasNoVerdictOfALostEngine(t *testing.T) {
	s := standing()
	s.Gate = model.Verdict{Headline: model.GO, Healthy: true}
	if got := NewReport(s).Gate; got.Headline != model.GO {
		t.Fatalf("%+v", got)
	}
	s.Lost = "the engine is gone"
	if got := NewReport(s).Gate; got.Headline != model.Unknown || got.Healthy {
		t.Errorf("%+v", got)
	}
	if got := NewGateReport(s); got.Headline != model.Unknown || Status(ofHeadline(got.Headline)) != ExitUnknown {
		t.Errorf("%+v", got)
	}
	var b strings.Builder
	if WriteStatus(&b, s); strings.Contains(b.String(), "GO,") || !strings.Contains(b.String(), "UNKNOWN") {
		t.Errorf("%s", b.String())
	}
}

// TestTheStatusReportHoldsWhatTheTextDoes: for a script, under names that stay.
func TestTheStatusReportHoldsWhatTheTextDoes(t *testing.T) {
	s := standing()
	s.State.Held, s.State.HeldReason, s.Journal, s.State.Unaudited = true, "a freeze", "the disk is full", 2
	s.State.Below = &model.BelowPhase{Phase: "half", Text: "below"}
	b, err := json.Marshal(NewReport(s))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"rollout": "shop", "title": "Shop", "environment": "prod", "phase": "half", "held": true, "held_reason": "a freeze",
		"journal_trouble": "the disk is full", "unaudited": 2.0, "at": "2026-01-02T03:04:05Z",
	} {
		if got[name] != want {
			t.Errorf("%s is %v, wanted %v", name, got[name], want)
		}
	}
	for _, name := range []string{"attempt", "below", "gate", "engine"} {
		if got[name] == nil {
			t.Errorf("no %s in %s", name, b)
		}
	}
}
