package panel_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
)

// TestCountdownIsAlwaysSeen looks for the guard's countdown at every size.
func TestCountdownIsAlwaysSeen(t *testing.T) {
	s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.GuardArmed})
	s.State.Attempts[2].Override = "a known flake"
	for w := 20; w < 240; w += 3 {
		for _, h := range []int{4, 5, 8, 23, 24, 50} {
			for _, zoomed := range []bool{false, true} {
				p := props(s, nil)
				got := ansi.Strip(screen(p, w, h, "charts", zoomed))
				if !strings.Contains(got, "38s") || !strings.Contains(strings.ToLower(got), "guard") {
					t.Fatalf("%d × %d, zoomed %v: no countdown in\n%s", w, h, zoomed, got)
				}
				if !strings.Contains(got, "OVERRIDE") {
					t.Fatalf("%d × %d, zoomed %v: no override in\n%s", w, h, zoomed, got)
				}
			}
		}
	}
}

func TestGateSaysWhatTheGuardDoes(t *testing.T) {
	tests := []struct {
		name      string
		condition paneltest.Condition
		change    func(*model.Snapshot)
		wide      string // at 120 cells
		narrow    string // at 40
	}{
		{"counts down", paneltest.GuardArmed, nil, "FAIL alert for 4m, guard fires in 38s", "FAIL guard 38s"},
		{"vetoed", paneltest.GuardVetoed, nil, "FAIL alert for 4m, guard vetoed 12m more", "FAIL vetoed 12m"},
		{"only says so", paneltest.GuardVetoed, func(s *model.Snapshot) { s.Rollout.Guard.Mode = model.GuardNotify },
			"FAIL alert for 4m, guard only says so", "FAIL says so"},
		{"only says what people read, also while it counts down for another", paneltest.GuardArmed, func(s *model.Snapshot) { s.Rollout.Metric("error").Read = &model.PeopleRead{} },
			"FAIL alert for 4m, guard only says so", "FAIL says so"},
		{"off", paneltest.GuardVetoed, func(s *model.Snapshot) { s.Rollout.Guard.Mode = model.GuardOff },
			"FAIL alert for 4m, guard is off", "FAIL guard off"},
		{"fired already", paneltest.GuardVetoed, func(s *model.Snapshot) { s.State.Guard.Spent = true },
			"FAIL alert for 4m, guard fired already", "FAIL fired"},
		{"fires now", paneltest.GuardArmed, func(s *model.Snapshot) { s.State.Plan.Status = model.Running },
			"FAIL alert for 4m, guard rolls back", "FAIL rolls back"},
		{"the veto lapsed", paneltest.GuardVetoed, func(s *model.Snapshot) { s.State.Guard.Veto = paneltest.Now() },
			"FAIL alert for 4m", "FAIL al"},
		{"not guarded", paneltest.GuardArmed, func(s *model.Snapshot) { s.Rollout.Guard.On = []model.MetricID{"latency"} },
			"FAIL alert for 4m  ", "FAIL al"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: tt.condition})
			if tt.change != nil {
				tt.change(s)
			}
			for w, want := range map[int]string{120: tt.wide, 40: tt.narrow} {
				p := props(s, nil)
				p.Size = panel.Size{W: w, H: 12}
				if got := panel.Gate().Render(p); !strings.Contains(got, want) {
					t.Errorf("%d cells: want %q in\n%s", w, want, got)
				}
			}
		})
	}
}

func TestGuardNotices(t *testing.T) {
	tests := []struct {
		name   string
		change func(*model.Snapshot)
		want   []string
	}{
		{"none", func(s *model.Snapshot) { s.Rollout.Guard = nil }, nil},
		{"vetoed", nil, []string{"guard vetoed by ana until 14:34Z: a load test, ends 14:30"}},
		{"lapsed", func(s *model.Snapshot) { s.State.Guard.Veto = paneltest.Now() }, nil},
		{"notify", func(s *model.Snapshot) { s.Rollout.Guard.Mode, s.State.Guard.Veto = model.GuardNotify, time.Time{} },
			[]string{"guard only says so: error is in FAIL since 14:21Z: 6.68% is above 5% (alert) for 4m · ! rolls back"}},
		{"spent", func(s *model.Snapshot) { s.State.Guard = model.GuardState{Spent: true} },
			[]string{"guard fired in this attempt and will not again: rolling back is a person's turn"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.GuardVetoed})
			if tt.change != nil {
				tt.change(s)
			}
			var got []string
			for _, n := range panel.GuardNotices(props(s, nil)) {
				got = append(got, n.Text)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestChecklistCounts(t *testing.T) {
	s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Checked})
	p := props(s, nil)
	p.Size = panel.Size{W: 120, H: 14}
	if got, want := panel.Checklist().Title(p), "Checklist  5 of 11"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
	p.Now = p.Now.Add(3 * time.Hour) // the daily run lapses, and the metric grows stale
	if got, want := panel.Checklist().Title(p), "Checklist  3 of 11"; got != want {
		t.Errorf("three hours later the title is %q, want %q", got, want)
	}
	p.ReadOnly = true
	got := panel.Checklist().Render(p)
	for _, want := range []string{"⟳ Daily: end-to-end", "due, last 23 Nov 16:22", "◌ Fast enough", "waits to be run"} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
}
