package panel_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
	"gonogo/ui/theme"
)

// boxed is a snapshot's plan in a box on a screen of w × h cells.
func boxed(s *model.Snapshot, w, h int, change func(*panel.Props)) panel.Box {
	p := props(s, nil)
	p.Size = panel.Size{W: w, H: h}
	if change != nil {
		change(&p)
	}
	return panel.PlanBox(p)
}

// says reports what of want text does not say, and what of not it does.
func says(t *testing.T, text string, want []string, not ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(text, s) {
			t.Errorf("it does not say %q:\n%s", s, text)
		}
	}
	for _, s := range not {
		if s != "" && strings.Contains(text, s) {
			t.Errorf("it says %q:\n%s", s, text)
		}
	}
}

// TestAPlansBoxSaysWhatItIsAndHowItStands: armed, what it would do, why and how it is fired;
// running, how far it is; ended, what came of it.
func TestAPlansBoxSaysWhatItIsAndHowItStands(t *testing.T) {
	for _, c := range []struct {
		name      string
		condition paneltest.Condition
		change    func(*model.Snapshot)
		want      []string
		not       string
	}{
		{"an emergency", paneltest.Armed, nil, []string{"EMERGENCY ", "PRODUCTION", "fires in ", "Esc cancels", "Enter fires now", "armed by ops · budget 2m"}, "GUARD"},
		{"the guard's", paneltest.GuardArmed, nil, []string{"GUARD ", "error FAIL: 6.68% is above 5% (alert) for 4m", "guard fires in 38s", "Esc vetoes, asks why"}, "reason"},
		{"one that waits for a person", paneltest.Armed, func(s *model.Snapshot) { s.State.Plan.FireAt = time.Time{} }, []string{"Enter confirms", "Esc cancels"}, "fires in"},
		{"against the gate", paneltest.Armed, func(s *model.Snapshot) {
			s.State.Plan.Plan.Override, s.State.Plan.Plan.Headline, s.State.Plan.Plan.Reason = true, model.NoGo, "the metric lies"
		}, []string{"! against the gate, which says NO-GO", "reason      the metric lies"}, ""},
		{"with warnings", paneltest.Armed, func(s *model.Snapshot) { s.State.Plan.Plan.Warnings = []string{"tenants is wider than before"} },
			[]string{"! tenants is wider than before"}, "against the gate"},
		{"of one flag", paneltest.Armed, func(s *model.Snapshot) { s.State.Plan.Plan.Kind, s.State.Plan.Plan.Flag = model.PlanFlip, "cache" },
			[]string{"flag cache"}, "→ Internal"},
		{"that leaves the phase", paneltest.Armed, func(s *model.Snapshot) { s.State.Plan.Plan.From, s.State.Plan.Plan.Phase = "p10", "" },
			[]string{"10% of tenants → before the first phase"}, ""},
		{"of a phase that the config has no more", paneltest.Armed, func(s *model.Snapshot) { s.State.Plan.Plan.From, s.State.Plan.Plan.Phase = "gone", "gone" },
			[]string{"gone"}, "→ gone"},
		{"that does nothing", paneltest.Armed, func(s *model.Snapshot) { s.State.Plan.Plan.Steps, s.State.Plan.Steps = nil, nil },
			[]string{"no steps: nothing is set or run"}, ""},
		{"a dry drill", paneltest.DrillArmed, nil, []string{"DRILL", "rehearses, changing nothing"}, "REAL"},
		{"a real drill", paneltest.DrillReal, nil, []string{"REAL DRILL", "runs the rollback for real"}, "changing nothing"},
		{"running", paneltest.Running, nil, []string{"▶ RUNNING 12s of 2m", "━", "┄", "x stops it after this step", "Esc hides this, the plan goes on", "vecsec: waiting for pid 3120 to end"}, "armed by"},
		{"running over its budget", paneltest.Running, func(s *model.Snapshot) { s.State.Plan.FiredAt = paneltest.Now().Add(-3 * time.Minute) },
			[]string{"▶ RUNNING 3m of 2m", strings.Repeat("━", 20)}, "┄"},
		{"which others wanted too", paneltest.Running, func(s *model.Snapshot) { s.State.Plan.Joined = []model.Actor{{Name: "bob"}, {Name: "eve"}} },
			[]string{"joined by bob", "joined by eve"}, ""},
		{"verified", paneltest.Verified, nil, []string{"V E R I F I E D", "all of 5 steps were seen", "Esc closes", "y copies its summary"}, "not safe"},
		{"partial", paneltest.Partial, nil, []string{"P A R T I A L", "✖ not safe: ", "exit status 1", "│ See systemctl status."}, "fires in"},
		{"confirmed since", paneltest.Partial, func(s *model.Snapshot) {
			s.State.Plan.ConfirmedAt, s.State.Plan.Confirmed, s.State.Plan.ConfirmedBy = paneltest.Now(), model.ByPerson, model.Actor{Name: "eve"}
		}, []string{"P A R T I A L", "eve"}, "✖ not safe"},
		{"vetoed", paneltest.GuardVetoed, nil, []string{"V E T O E D", "nothing was done", "a load test, ends 14:30"}, "not safe"},
		{"a drill that ended well", paneltest.DrillReady, nil, []string{"R E A D Y", "everything that the rollback would use was seen"}, "T0"},
		{"in doubt", paneltest.OpenStill, nil, []string{"U N V E R I F I E D", "told: team", "could not tell pager: exit status 1", "the service still says true", "T0 breach 14:17:55Z"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: c.condition})
			if c.change != nil {
				c.change(s)
			}
			says(t, textOf(boxed(s, 100, 40, nil)), c.want, c.not)
		})
	}
	if got := boxed(paneltest.Snapshot(paneltest.Options{Condition: paneltest.Soaking}), 100, 40, nil); got.Title != "" || len(got.Body) > 0 {
		t.Errorf("without a plan: %+v", got)
	}
	if got := panel.PlanBox(panel.Props{}); len(got.Body) > 0 {
		t.Errorf("without a snapshot: %+v", got)
	}
}

// TestNobodyIsOfferedAKeyThatDoesNothing: a viewer that may only look is offered none that changes
// anything, and while the keys do not count yet none is offered that will.
func TestNobodyIsOfferedAKeyThatDoesNothing(t *testing.T) {
	readOnly, early := func(p *panel.Props) { p.ReadOnly = true }, func(p *panel.Props) { p.Early = true }
	waits := func(s *model.Snapshot) { s.State.Plan.FireAt = time.Time{} }
	for _, c := range []struct {
		name      string
		condition paneltest.Condition
		change    func(*model.Snapshot)
		look      func(*panel.Props)
		w         int
		want, not []string
	}{
		{"read-only, counting down", paneltest.Armed, nil, readOnly, 100, []string{"fires in "}, []string{"Enter", "Esc"}},
		{"read-only, waiting", paneltest.Armed, waits, readOnly, 100, []string{"waits for a person with the right to fire it"}, []string{"Enter", "Esc"}},
		{"read-only, running", paneltest.Running, nil, readOnly, 100, []string{"Esc hides this"}, []string{"x stops"}},
		{"early", paneltest.Armed, nil, early, 100, []string{"fires in ", "keys count in a moment"}, []string{"Enter", "Esc"}},
		{"early, with little room", paneltest.Armed, nil, early, 40, []string{"fires in ", "keys count", "in a moment"}, []string{"Enter", "Esc"}},
		{"with little room", paneltest.Armed, nil, nil, 40, []string{"fires in ", "Esc cancels", "Enter fires now"}, []string{"moment"}},
		{"the guard's, with little room", paneltest.GuardArmed, nil, nil, 40, []string{"guard fires in 38s", "Esc vetoes, asks why", "Enter fires now"}, nil},
	} {
		s := paneltest.Snapshot(paneltest.Options{Condition: c.condition})
		if c.change != nil {
			c.change(s)
		}
		t.Run(c.name, func(t *testing.T) { says(t, textOf(boxed(s, c.w, 30, c.look)), c.want, c.not...) })
	}
}

// TestAWayDownInLevelsSaysWhichAreNeeded: what each changes, how long a hold lasts and what it
// waits for, and which level was spared.
func TestAWayDownInLevelsSaysWhichAreNeeded(t *testing.T) {
	down := paneltest.Snapshot(paneltest.Options{Condition: paneltest.SteppedDown})
	got := textOf(boxed(down, 120, 50, nil))
	says(t, got, []string{"level 1 of 2: tenants 15 → 7", "level 2 of 2: tenants 7 → 2", "3:59 left of 5m", "it ends here if these are on target: error FAIL ", "latency PASS "}, "not needed")
	if first, second := strings.Index(got, "level 1 of 2"), strings.Index(got, "level 2 of 2"); first > second {
		t.Errorf("the levels are out of order:\n%s", got)
	}
	spared := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Spared})
	says(t, textOf(boxed(spared, 120, 50, nil)), []string{"level 2 of 2: tenants 7 → 2  not needed", "V E R I F I E D"}, "level 1 of 2: tenants 15 → 7  not needed", "left of")
	down.State.Plan.Plan.Steps[2].Until = nil
	says(t, textOf(boxed(down, 120, 50, nil)), []string{"then it goes on"}, "it ends here if")
	late := boxed(down, 120, 50, func(p *panel.Props) { p.Now = p.Now.Add(time.Hour) })
	says(t, textOf(late), []string{"0:00 left of 5m"})
}

// TestARollbackShowsTheFourTimesOfItsIncident: the clock runs until it is verified, or confirmed.
func TestARollbackShowsTheFourTimesOfItsIncident(t *testing.T) {
	for _, c := range []struct {
		name      string
		condition paneltest.Condition
		change    func(*model.Snapshot)
		want      []string
		not       string
	}{
		{"no breach", paneltest.Verified, nil, []string{"T0 no breach seen", "T1 fired 14:21:55Z by ops", "T2 contained 4.0s after T1", "T3 verified 10s after T1"}, "after T0"},
		{"runs", paneltest.SteppedDown, nil, []string{"T0 breach 14:17:55Z", "after it", "T2 contained not yet", "T3 verified not yet: 04:12 since T0, 01:10 since T1"}, "verified no:"},
		{"verified after a breach", paneltest.Spared, nil, []string{"T3 verified 1m after T1, 4m 2s after T0"}, "not yet"},
		{"ended in doubt", paneltest.OpenStill, nil, []string{"T0 breach 14:17:55Z", "T3 verified not yet: 04:12 since T0"}, "T3 verified no:"},
		{"ended, never contained, without an incident", paneltest.Partial, func(s *model.Snapshot) { s.State.Plan.ContainedAt = time.Time{} },
			[]string{"T2 contained no", "T3 verified no: nothing verified it"}, "not yet"},
		{"confirmed later", paneltest.Partial, func(s *model.Snapshot) {
			s.State.Plan.ConfirmedAt, s.State.Plan.Confirmed = s.State.Plan.FiredAt.Add(90*time.Second), model.ByVerify
		}, []string{"T3 verified 1m 30s after T1"}, "nothing verified it"},
		{"a second rollback of an incident", paneltest.OpenStill, func(s *model.Snapshot) { s.State.Incident.Fired = s.State.Plan.FiredAt.Add(-time.Minute) },
			[]string{", a rollback before this one"}, "by ops ,"},
		{"a way up has none", paneltest.Verified, func(s *model.Snapshot) { s.State.Plan.Plan.Kind = model.PlanEnter },
			[]string{"fired 14:21:55Z by ops", "took 10s of 2m"}, "T1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: c.condition})
			if c.change != nil {
				c.change(s)
			}
			says(t, textOf(boxed(s, 120, 50, nil)), c.want, c.not)
		})
	}
}

// TestAStepSaysHowItWent: its outcome, how often it was tried and how long it took; a list that
// is long has a line of its own, and names everyone where that is what it means.
func TestAStepSaysHowItWent(t *testing.T) {
	list := paneltest.Tenants
	for _, c := range []struct {
		name   string
		status model.PlanStatus
		step   model.Step
		state  model.StepState
		want   []string
		not    string
	}{
		{"armed, a set", model.Armed, model.Step{Kind: model.StepSet, Timeout: 10 * time.Second, Changes: []model.Change{{Flag: "real", From: model.BoolValue(true), To: model.BoolValue(false)}}},
			model.StepState{}, []string{"real: true → false  at most 10s"}, "within"},
		{"armed, a verify", model.Armed, model.Step{Kind: model.StepVerify, Title: "Errors < 1%", Timeout: time.Minute}, model.StepState{}, []string{"Errors < 1%  within 1m"}, "at most"},
		{"armed, a hold", model.Armed, model.Step{Kind: model.StepHold, Title: "Hold", Timeout: time.Minute}, model.StepState{}, []string{"Hold  for 1m", "then it goes on"}, "at most"},
		{"armed, with a preview", model.Armed, model.Step{Kind: model.StepRun, Title: "Restart", Preview: "run systemctl restart x"}, model.StepState{}, []string{"    run systemctl restart x"}, ""},
		{"armed, after others", model.Armed, model.Step{Kind: model.StepSet, Title: "Set", After: []model.FlagID{"a", "b"}}, model.StepState{}, []string{"only after a, b was seen off"}, ""},
		{"a long list", model.Armed, model.Step{Kind: model.StepSet, Changes: []model.Change{{Flag: "tenants", From: list(15), To: list(3)}}}, model.StepState{},
			[]string{"tenants: 15 → 3", "out: tenant-04"}, ""},
		{"everyone", model.Armed, model.Step{Kind: model.StepSet, Everyone: "everyone (30)", Changes: []model.Change{{Flag: "tenants", From: list(0), To: list(2)}}}, model.StepState{},
			[]string{"tenants: everyone (30) → 2", "everyone (30) → tenant-01,tenant-02"}, ""},
		{"running", model.Running, model.Step{Kind: model.StepRun, Title: "Restart", Timeout: time.Minute}, model.StepState{Tries: 1, Started: paneltest.Now().Add(-5 * time.Second)}, []string{"▶ Restart  5s of 1m"}, "try"},
		{"running again", model.Running, model.Step{Kind: model.StepRun, Title: "Restart", Timeout: time.Minute}, model.StepState{Tries: 3, Started: paneltest.Now()}, []string{"▶ Restart  0s of 1m  try 3"}, ""},
		{"not begun", model.Running, model.Step{Kind: model.StepRun, Title: "Restart", Timeout: time.Minute}, model.StepState{}, []string{"Restart"}, "of 1m"},
		{"done", model.Ended, model.Step{Kind: model.StepRun, Title: "Restart"}, model.StepState{Tries: 1, Started: paneltest.Now().Add(-5 * time.Second), Ended: paneltest.Now(), Outcome: model.StepDone, Detail: "a new pid", Output: "ok"},
			[]string{"Restart  done  5.0s", "    a new pid"}, "│ ok"},
		{"failed", model.Ended, model.Step{Kind: model.StepRun, Title: "Restart"}, model.StepState{Tries: 2, Started: paneltest.Now(), Ended: paneltest.Now(), Outcome: model.StepFailed, Detail: "exit status 1", Output: "1\n2\n3\n4\n5"},
			[]string{"Restart  FAILED", "try 2", "    exit status 1", "│ 3", "│ 4", "│ 5"}, "│ 2"},
		{"skipped", model.Ended, model.Step{Kind: model.StepRun, Title: "Restart"}, model.StepState{Started: paneltest.Now(), Ended: paneltest.Now(), Outcome: model.StepSkipped}, []string{"Restart  skipped"}, "0.0s"},
		{"hostile", model.Ended, model.Step{Kind: model.StepRun, Title: "x\x1b[2J"}, model.StepState{Outcome: model.StepFailed, Detail: "y\x1b[2J", Output: "z\x1b[2J"}, []string{"x␛[2J", "y␛[2J", "z␛[2J"}, "\x1b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Soaking})
			s.State.Plan = &model.PlanState{Plan: model.Plan{Kind: model.PlanEnter, Steps: []model.Step{c.step}}, Status: c.status, Steps: []model.StepState{c.state}}
			says(t, strings.Join(boxed(s, 100, 40, nil).Body, "\n"), c.want, c.not)
		})
	}
}

// TestWhatAPlanFreezesIsNamed: with its value now and the one that it replaces, and once that is
// done, what it was frozen at.
func TestWhatAPlanFreezesIsNamed(t *testing.T) {
	s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Evidence})
	fired := paneltest.Now().Add(-10 * time.Second)
	s.State.Plan = &model.PlanState{Plan: model.Plan{Kind: model.PlanEnter, Freeze: []model.MetricID{"latency", "error", "gone"}}, Status: model.Armed}
	says(t, strings.Join(boxed(s, 120, 40, nil).Body, "\n"), []string{"freeze", "baseline of latency  the mean of its last 30m, now ", ", in place of 2s of 22 Nov 18:22Z", "baseline of error", "baseline of gone"}, "frozen at")
	s.State.Plan.Status, s.State.Plan.FiredAt = model.Running, fired
	says(t, strings.Join(boxed(s, 120, 40, nil).Body, "\n"), []string{", in place of 2s"}, "frozen at")
	b := s.State.Baselines["latency"]
	b.At, b.Value = fired.Add(time.Second), 1.5
	s.State.Baselines["latency"] = b
	says(t, strings.Join(boxed(s, 120, 40, nil).Body, "\n"), []string{"baseline of latency frozen at 1.5s"}, "in place of")
}

// TestTheStepThatRunsIsKeptInView: and none where none runs.
func TestTheStepThatRunsIsKeptInView(t *testing.T) {
	for _, c := range []struct {
		condition paneltest.Condition
		runs      string
	}{{paneltest.Running, "vecsec: waiting for pid 3120 to end"}, {paneltest.SteppedDown, "vecsec: waiting for pid 3120 to end"}, {paneltest.Armed, ""}, {paneltest.Verified, ""}} {
		b := boxed(paneltest.Snapshot(paneltest.Options{Condition: c.condition}), 100, 40, nil)
		if c.runs == "" && b.Keep != -1 || c.runs != "" && (b.Keep < 0 || b.Keep >= len(b.Body) || !strings.Contains(b.Body[b.Keep], c.runs)) {
			t.Errorf("%s: it keeps line %d of\n%s", c.condition, b.Keep, strings.Join(b.Body, "\n"))
		}
	}
}

// TestNoBoxIsWiderThanTheScreen: at any width, in any condition, styled or not.
func TestNoBoxIsWiderThanTheScreen(t *testing.T) {
	conditions := []paneltest.Condition{paneltest.Armed, paneltest.GuardArmed, paneltest.Running, paneltest.SteppedDown, paneltest.Spared, paneltest.Partial, paneltest.OpenStill, paneltest.DrillReal, paneltest.DrillReady, paneltest.GuardVetoed}
	for _, condition := range conditions {
		s := paneltest.Snapshot(paneltest.Options{Condition: condition})
		s.State.Plan.Plan.Title = "漢字" + strings.Repeat("long ", 40)
		for _, th := range []*theme.Theme{nil, theme.New(true, colorprofile.TrueColor)} {
			for w := 1; w < 130; w += 4 {
				b := boxed(s, w, 24, func(p *panel.Props) { p.Theme = th })
				for _, line := range slices.Concat([]string{b.Title}, b.Head, b.Body, b.Foot) {
					if got := ansi.StringWidth(line); got > w || strings.Contains(line, "\n") {
						t.Fatalf("%s, %d cells: %d in %q", condition, w, got, line)
					}
				}
				if b.MinW > w {
					t.Fatalf("%s, %d cells: it wants %d", condition, w, b.MinW)
				}
			}
		}
	}
}

// TestAnOpenIncidentIsNoticed: since when, and how its newest rollback stands; a closed one is not.
func TestAnOpenIncidentIsNoticed(t *testing.T) {
	for _, c := range []struct {
		name      string
		condition paneltest.Condition
		change    func(*model.Snapshot)
		want      string
	}{
		{"a rollback runs", paneltest.SteppedDown, nil, "INCIDENT 04:12 since the breach, not verified · a rollback runs: error FAIL: 6.68% is above 5% (alert)"},
		{"one ended in doubt", paneltest.OpenStill, nil, "INCIDENT 04:12 since the breach, not verified · the last rollback ended UNVERIFIED: v shows it: error FAIL: 6.68% is above 5% (alert)"},
		{"without a breach", paneltest.OpenStill, func(s *model.Snapshot) { s.State.Incident.Breach, s.State.Incident.Why = time.Time{}, "" },
			"INCIDENT 00:12 since it was fired, not verified · the last rollback ended UNVERIFIED: v shows it"},
		{"over", paneltest.Spared, nil, ""},
		{"none", paneltest.Go, nil, ""},
		{"hostile", paneltest.SteppedDown, func(s *model.Snapshot) { s.State.Incident.Why = "x\x1b[2J" }, "INCIDENT 04:12 since the breach, not verified · a rollback runs: x␛[2J"},
	} {
		s := paneltest.Snapshot(paneltest.Options{Condition: c.condition})
		if c.change != nil {
			c.change(s)
		}
		got, ok := panel.IncidentNotice(props(s, nil))
		if got.Text != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %t", c.name, got.Text, ok)
		}
	}
	if _, ok := panel.IncidentNotice(panel.Props{}); ok {
		t.Error("an incident of no snapshot")
	}
}
