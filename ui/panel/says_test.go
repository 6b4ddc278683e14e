package panel_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
	"gonogo/ui/theme"
)

// TestACheckSaysWhoFindsItOut: and what came of it last, how long that counts and what it printed.
func TestACheckSaysWhoFindsItOut(t *testing.T) {
	for _, c := range []struct {
		name, check string
		change      func(*model.Snapshot)
		want        []string
		not         string
	}{
		{"run, passed", "e2e", nil, []string{"gonogo runs suite: run ./e2e.sh, within 10m", "passed, by ci, 13:10Z, 72m ago", "took        1m 34s", "as long as this phase lasts", "│ PASS 39 cases"}, "every"},
		{"run daily", "daily", nil, []string{"every 1d, within 10m", "for 2h more, due every 1d"}, "no more"},
		{"running", "load", nil, []string{"running     for 12s: 4 of 9 suites passed"}, "last"},
		{"asked, failed", "ready", nil, []string{"gonogo asks GET /ready, wants ok, every 1m, within 5s", "FAILED, by gonogo, 14:21Z", `it answers "draining", wanted "ok"`, "│ draining"}, "passed"},
		{"of a metric", "fast", nil, []string{"the metric latency: the check holds while that passes"}, "last "},
		{"signed, due again", "support", nil, []string{"a person signs it, every 1d", "signed, by ana, 23 Nov 08:22Z", "no more: it is due every 1d"}, "for "},
		{"a drill", "drill", nil, []string{"a drill of the rollback quick, not longer ago than 7d: enter in the checklist", "READY", "by ana", "counts"}, "REAL"},
		{"a drill that must be real", "drill", func(s *model.Snapshot) { s.Rollout.Phases[2].Checks[9].Real = true }, []string{"a REAL drill of the rollback quick", "no: this check wants a real drill"}, "more"},
		{"a drill that is old", "drill", func(s *model.Snapshot) { s.Rollout.Phases[2].Checks[9].Within = time.Hour }, []string{"no more: it may be 1h old"}, ""},
		{"of an action that is gone", "e2e", func(s *model.Snapshot) { s.Rollout.Actions = nil }, []string{"gonogo runs suite, within 10m"}, "./e2e.sh"},
		{"hostile", "e2e", func(s *model.Snapshot) {
			st := s.State.Checks["e2e"]
			st.Note, st.Output, st.By.Name = "n\x1b[2J", "o\x1b[2J", "b\x1b[2J"
			s.State.Checks["e2e"] = st
		}, []string{"n␛[2J", "o␛[2J", "b␛[2J"}, "\x1b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Checked})
			s.Rollout.Phases[2].Checks = slices.Clone(s.Rollout.Phases[2].Checks)
			if c.change != nil {
				c.change(s)
			}
			p := props(s, nil)
			p.Size = panel.Size{W: 110, H: 60}
			says(t, textOf(panel.WhyBox(p, model.Line{Check: model.CheckID(c.check), Title: c.check})), c.want, c.not)
		})
	}
}

// TestTheChecklistSaysOfADrillWhetherItCounts: never rehearsed, failed, too slow, only dry, too
// old, or good, and for how long still.
func TestTheChecklistSaysOfADrillWhetherItCounts(t *testing.T) {
	now := paneltest.Now()
	good := model.Drill{At: now.Add(-2 * time.Hour), How: model.RehearseDry, Outcome: model.Ready, Took: time.Second, Budget: time.Minute}
	with := func(change func(*model.Drill)) *model.Drill {
		d := good
		change(&d)
		return &d
	}
	for _, c := range []struct {
		name  string
		drill *model.Drill
		real  bool
		wide  string
		count string
	}{
		{"never", nil, false, "never rehearsed", "0 of 1"},
		{"good", &good, false, "READY 2h ago, due in ", "1 of 1"},
		{"failed", with(func(d *model.Drill) { d.Outcome = model.Failed }), false, "FAILED 2h ago: rehearse again", "0 of 1"},
		{"over its budget", with(func(d *model.Drill) { d.Took = time.Hour }), false, "OVER BUDGET 2h ago: ", "0 of 1"},
		{"dry, where a real one is wanted", &good, true, "dry 2h ago, a real drill is asked for", "0 of 1"},
		{"real", with(func(d *model.Drill) { d.How, d.Outcome = model.RehearseReal, model.Verified }), true, "VERIFIED 2h ago, due in ", "1 of 1"},
		{"too old", with(func(d *model.Drill) { d.At = now.Add(-48 * time.Hour) }), false, "due, last rehearsed 2d ago", "0 of 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Soaking})
			s.Rollout.Phases[2].Checks = []model.Check{{ID: "drill", Text: "Rehearsed", Kind: model.CheckDrill, Drill: "quick", Within: 24 * time.Hour, Real: c.real}}
			s.State.Checks, s.State.Drills = nil, nil
			if c.drill != nil {
				s.State.Drills = map[model.RollbackID]model.Drill{"quick": *c.drill}
			}
			p := props(s, nil)
			p.Size = panel.Size{W: 120, H: 6}
			says(t, panel.Checklist().Render(p), []string{c.wide, c.count})
		})
	}
}

// TestAPersonsWordForADrillCountsUntilTheNext: signed after it, and not before.
func TestAPersonsWordForADrillCountsUntilTheNext(t *testing.T) {
	now := paneltest.Now()
	for _, c := range []struct {
		name   string
		signed time.Time
		want   string
	}{{"after it", now.Add(-time.Minute), "1 of 1"}, {"before it", now.Add(-time.Hour), "0 of 1"}} {
		s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Soaking})
		s.Rollout.Phases[2].Checks = []model.Check{{ID: "drill", Text: "Rehearsed", Kind: model.CheckDrill, Drill: "quick", Within: 24 * time.Hour}}
		s.State.Drills = map[model.RollbackID]model.Drill{"quick": {At: now.Add(-10 * time.Minute), Outcome: model.Failed}}
		s.State.Checks = map[model.CheckID]model.CheckState{"drill": {By: model.Actor{Name: "ana"}, At: c.signed}}
		if got := panel.Checklist().Title(props(s, nil)); !strings.Contains(got, c.want) {
			t.Errorf("signed %s: %q", c.name, got)
		}
	}
}

// TestWhyNamesTheGuardAndTheSource: what a FAIL of the metric arms, what the guard does about it
// now, who vetoed it, and whether the source answers.
func TestWhyNamesTheGuardAndTheSource(t *testing.T) {
	mode := func(m model.GuardMode) func(*model.Snapshot) {
		return func(s *model.Snapshot) { s.Rollout.Guard.Mode = m }
	}
	for _, c := range []struct {
		name   string
		of     string
		change func(*model.Snapshot)
		want   []string
		not    string
	}{
		{"vetoed", "error", nil, []string{"guard       a FAIL arms quick, with 1m for a veto", "guard vetoed 12m more", "vetoed by ana until 14:34Z: a load test, ends 14:30"}, ""},
		{"only says so", "error", mode(model.GuardNotify), []string{"only says so: a FAIL of this metric arms nothing"}, "a FAIL arms"},
		{"off", "error", mode(model.GuardOff), []string{"off: a FAIL of this metric arms nothing", "guard is off"}, "a FAIL arms"},
		{"not guarded", "latency", nil, []string{"p95"}, "guard "},
		{"no guard", "error", func(s *model.Snapshot) { s.Rollout.Guard = nil }, []string{"Error rate"}, "guard "},
		{"a source that answers", "error", nil, []string{"prom (prometheus), answers"}, ""},
		{"a source that does not", "error", func(s *model.Snapshot) {
			s.Sources = []model.SourceHealth{{ID: "other", OK: true}, {ID: "prom", Kind: "prometheus", Err: "connection refused", LastOK: paneltest.Now().Add(-time.Hour)}}
		}, []string{"prom (prometheus): connection refused, last answer 13:22"}, "answers"},
		{"a source that never did", "error", func(s *model.Snapshot) { s.Sources = []model.SourceHealth{{ID: "prom", Kind: "prometheus"}} }, []string{"prom (prometheus)\n"}, "last answer"},
		{"a source that nothing is known of", "error", func(s *model.Snapshot) { s.Sources = nil }, []string{"source      prom\n"}, "prometheus"},
		{"how it is judged", "error", func(s *model.Snapshot) {
			m := s.Rollout.Metric("error")
			m.AlertFor, m.Settle = 2*time.Minute, 5*time.Minute
		}, []string{"the target must hold for 10m", "the alert must hold for 2m", "at least    100 events", "5m after a flip or restart it decides nothing", "every 15s, stale after 2m"}, ""},
		{"a target that is not resolved", "error", func(s *model.Snapshot) {
			for i := range s.Gate.Lines {
				s.Gate.Lines[i].HasTarget = false
			}
		}, []string{"< 1%   not resolved: what it depends on has no value"}, "at 1%"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.GuardVetoed})
			s.Gate.Lines = slices.Clone(s.Gate.Lines)
			if c.change != nil {
				c.change(s)
			}
			p := props(s, nil)
			p.Size = panel.Size{W: 110, H: 60}
			says(t, whyOf(c.of)(p), c.want, c.not)
		})
	}
}

// TestTheLogGivesWeightToWhatSomeoneWouldLookFor: and tells facts that no journal has.
func TestTheLogGivesWeightToWhatSomeoneWouldLookFor(t *testing.T) {
	th := theme.New(true, colorprofile.TrueColor)
	styled := func(e model.Event) string {
		s := &model.Snapshot{Rollout: &model.Rollout{}, Tail: []model.Record{{Seq: 1, At: paneltest.Now(), Event: e}}}
		p := props(s, th)
		p.Size = panel.Size{W: 100, H: 3}
		return panel.Log().Render(p)
	}
	for _, c := range []struct {
		name   string
		event  model.Event
		weight bool
	}{
		{"a phase entered", model.PhaseEntered{Phase: "p10"}, true},
		{"a phase left", model.PhaseLeft{From: "p10"}, true},
		{"a plan fired", model.PlanFired{Plan: "x"}, true},
		{"a plan verified", model.PlanEnded{Plan: "x", Outcome: model.Verified}, true},
		{"a plan failed", model.PlanEnded{Plan: "x", Outcome: model.Failed}, true},
		{"a gate that says NO-GO", model.GateChanged{To: model.NoGo}, true},
		{"a hold", model.HoldChanged{Held: true, Reason: "x"}, false},
		{"a gate that says HOLD", model.GateChanged{To: model.Hold}, false},
		{"a step done", model.StepEnded{Plan: "x", Outcome: model.StepDone}, false},
		{"a step failed", model.StepEnded{Plan: "x", Outcome: model.StepFailed}, true},
		{"a breach", model.GuardTripped{Metric: "error"}, true},
		{"a check that holds", model.CheckEnded{Check: "x", OK: true}, false},
		{"a check that does not", model.CheckEnded{Check: "x"}, true},
		{"facts without a journal", model.Unaudited{Count: 2}, true},
	} {
		if got := strings.Contains(styled(c.event), "14:22:07\x1b[m \x1b["); got != c.weight { // a style of its own
			t.Errorf("%s: weight %t\n%q", c.name, got, styled(c.event))
		}
	}
	s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Soaking})
	s.State.Unaudited = 2
	p := props(s, nil)
	p.Size = panel.Size{W: 60, H: 5}
	says(t, panel.Log().Render(p), []string{"UNAUDITED"})
}

// TestTheLogLeavesOutTimeServed: and what the filter does not hold; what is left is counted.
func TestTheLogLeavesOutTimeServed(t *testing.T) {
	s := &model.Snapshot{Rollout: &model.Rollout{}, Tail: []model.Record{
		{Seq: 1, Event: model.HoldChanged{Held: true, Reason: "a freeze"}, By: model.Actor{Name: "ana"}},
		{Seq: 2, Event: model.Progress{Phase: "p10"}},
		{Seq: 3, Event: model.HoldChanged{}, By: model.Actor{Name: "bob"}},
		{Seq: 4},
	}}
	for filter, want := range map[string][]uint64{"": {1, 3}, "FREEZE": {1}, "bob": {3}, "nothing holds this": nil} {
		p := props(s, nil)
		p.Filter = filter
		var got []uint64
		for _, r := range panel.LogRows(p) {
			got = append(got, r.Seq)
		}
		if !slices.Equal(got, want) || panel.Log().Rows(p) != len(want) {
			t.Errorf("%q: %v, %d rows, wanted %v", filter, got, panel.Log().Rows(p), want)
		}
	}
}
