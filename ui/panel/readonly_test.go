package panel_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
)

// TestAViewThatOnlyLooksIsOfferedNoKeyThatChanges: nowhere on the screen, while one that may is
// offered it in the same place.
func TestAViewThatOnlyLooksIsOfferedNoKeyThatChanges(t *testing.T) {
	phases := func(p panel.Props) string { p.Size.H = 4; return panel.Phases().Render(p) }
	notices := func(p panel.Props) string {
		var out []string
		for _, n := range panel.GuardNotices(p) {
			out = append(out, n.Text)
		}
		return strings.Join(out, "\n")
	}
	drill := func(s *model.Snapshot) {
		s.Rollout.Phases[2].Checks = []model.Check{{ID: "drill", Text: "Rehearsed", Kind: model.CheckDrill, Drill: "quick", Within: time.Hour}}
		s.Gate.Lines = []model.Line{{Check: "drill", Title: "Rehearsed", State: model.Manual}}
		s.State.Drills = nil
	}
	for _, c := range []struct {
		name      string
		condition paneltest.Condition
		change    func(*model.Snapshot)
		draw      func(panel.Props) string
		key       string // what is offered to who may
		says      string // what is said to both
	}{
		{"before the first phase", paneltest.NotStarted, nil, phases, "a enters", "not started"},
		{"after a rollback out of the first phase", paneltest.NotStarted, func(s *model.Snapshot) {
			s.State.Attempts = []model.Attempt{{Phase: "staging", N: 1, Entered: paneltest.Now().Add(-time.Hour), Left: paneltest.Now().Add(-time.Minute), Back: true}}
		}, phases, "a enters", "rolled back 14:21"},
		{"after a rollback", paneltest.NotStarted, func(s *model.Snapshot) {
			s.State.LastDown = &model.PlanState{Status: model.Ended, Outcome: model.Partial, EndedAt: paneltest.Now().Add(-time.Minute)}
		}, phases, "a enters", "rolled back 14:21 PARTIAL"},
		{"below a phase", paneltest.Below, nil, phases, "a enters", "tenants 15 → 3"},
		{"a drill that never was", paneltest.Soaking, drill, func(p panel.Props) string { p.Size.H = 5; return panel.Checklist().Render(p) }, "enter offers it", "never rehearsed"},
		{"why of a drill", paneltest.Soaking, drill, func(p panel.Props) string {
			return strings.Join(strings.Fields(whyOf("drill")(p)), " ")
		}, "enter in the checklist offers one", "a drill of the rollback quick"},
		{"a baseline that is not frozen", paneltest.Evidence, func(s *model.Snapshot) { s.State.Baselines = nil }, whyOf("latency"), "B freezes it", "none is frozen"},
		{"a guard that only says so", paneltest.GuardVetoed, func(s *model.Snapshot) {
			s.Rollout.Guard.Mode, s.State.Guard.Veto = model.GuardNotify, time.Time{}
		}, notices, "! rolls back", "guard only says so: error is in FAIL"},
		{"a small screen", paneltest.Soaking, nil, func(p panel.Props) string { p.Size = panel.Size{W: 40, H: 8}; return panel.Mini(p) }, "! rollback", "? keys"},
		{"a plan that runs", paneltest.Running, nil, func(p panel.Props) string { return textOf(panel.PlanBox(p)) }, "x stops it", "RUNNING"},
		{"a check that gonogo runs when it is told to", paneltest.Checked, nil, func(p panel.Props) string { p.Size.H = 20; return panel.Checklist().Render(p) }, "space runs it", "Restore drill"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: c.condition})
			s.Gate.Lines = slices.Clone(s.Gate.Lines)
			if c.change != nil {
				c.change(s)
			}
			p := props(s, nil)
			p.Size = panel.Size{W: 160, H: 40}
			says(t, c.draw(p), []string{c.key, c.says})
			p.ReadOnly = true
			says(t, c.draw(p), []string{c.says}, c.key)
		})
	}
}
