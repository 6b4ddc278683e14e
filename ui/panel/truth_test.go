package panel_test

import (
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

// TestNeverGoOnOldNews looks at a snapshot that says GO when it should no
// longer be believed.
func TestNeverGoOnOldNews(t *testing.T) {
	tests := []struct {
		name   string
		later  time.Duration
		change func(*model.Snapshot, *panel.Props)
		want   string
	}{
		{"fresh", 0, nil, "GO"},
		{"a little later", 90 * time.Second, nil, "GO"},
		{"much later", 5 * time.Minute, nil, "UNKNOWN"},
		{"frozen on purpose", 5 * time.Minute, func(_ *model.Snapshot, p *panel.Props) { p.Frozen = true }, "FROZEN"},
		{"engine lost", 0, func(s *model.Snapshot, _ *panel.Props) { s.Lost = "taking over" }, "UNKNOWN"},
		{"no verdict", 0, func(s *model.Snapshot, _ *panel.Props) { s.Gate = model.Verdict{} }, "UNKNOWN"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Go})
			p := props(s, nil)
			p.Now = p.Now.Add(tt.later)
			if tt.change != nil {
				tt.change(s, &p)
			}
			p.Size = panel.Size{W: 160, H: 1}
			header := panel.Header(p)
			p.Size = panel.Size{W: 40, H: 6}
			mini := panel.Mini(p)
			p.Size = panel.Size{W: 80, H: 10}
			gate := panel.Gate().Render(p)
			for name, text := range map[string]string{"header": header, "mini": mini} {
				if !strings.Contains(text, tt.want) {
					t.Errorf("the %s does not say %s:\n%s", name, tt.want, text)
				}
				if tt.want == "UNKNOWN" && strings.Contains(text, "✔ GO") {
					t.Errorf("the %s says GO:\n%s", name, text)
				}
			}
			if tt.want == "UNKNOWN" && strings.Contains(gate, "✔ GO") {
				t.Errorf("the gate says GO:\n%s", gate)
			}
			if tt.name == "much later" && !strings.Contains(gate, "STALE") {
				t.Errorf("no line is stale:\n%s", gate)
			}
		})
	}
}

// TestNeverGoWhereItIsNot looks at every part of the screen that says how it
// stands, while something else than the gate's metrics says no.
func TestNeverGoWhereItIsNot(t *testing.T) {
	for c, want := range map[paneltest.Condition]string{
		paneltest.Running: "ROLLING BACK", paneltest.SteppedDown: "ROLLING BACK", paneltest.OpenStill: "NOT SAFE",
		paneltest.Drifted: "NO-GO", paneltest.Below: "HOLD", paneltest.HeldGo: "HOLD",
	} {
		t.Run(string(c), func(t *testing.T) {
			p := props(paneltest.Snapshot(paneltest.Options{Condition: c}), nil)
			p.Size = panel.Size{W: 160, H: 1}
			texts := map[string]string{"header": panel.Header(p)}
			p.Size = panel.Size{W: 40, H: 8}
			texts["mini"] = panel.Mini(p)
			p.Size = panel.Size{W: 100, H: 14}
			texts["gate"] = panel.Gate().Render(p)
			for name, text := range texts {
				if !strings.Contains(text, want) || strings.Contains(text, "✔ GO") {
					t.Errorf("the %s does not say %s:\n%s", name, want, text)
				}
			}
			if s := p.Snap.Gate.Healthy; s && c != paneltest.HeldGo {
				t.Error("the soak runs")
			}
		})
	}
}

// TestStaleIsNotGreen sees that what is stale has no part in the colour of GO.
func TestStaleIsNotGreen(t *testing.T) {
	th := theme.New(true, colorprofile.TrueColor)
	s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Go, Metrics: 4})
	for id, line := range s.Lines {
		line.State = model.Stale
		s.Lines[id] = line
	}
	p := props(s, th)
	p.Size = panel.Size{W: 120, H: 20}
	green := strings.TrimSuffix(strings.TrimPrefix(th.On(theme.Go), "\x1b[0;"), "m")
	if text := panel.Charts().Render(p); strings.Contains(text, green) {
		t.Error("a stale chart is green")
	} else if !strings.Contains(text, "STALE") {
		t.Error("a stale chart does not say so")
	}
}

func TestFlagStatus(t *testing.T) {
	on, off := model.BoolValue(true), model.BoolValue(false)
	tests := []struct {
		name  string
		state model.FlagState
		want  string
	}{
		{"never seen", model.FlagState{}, "? not seen yet"},
		{"in effect", model.FlagState{Stored: on, Effective: on}, "✔ in effect"},
		{"inferred", model.FlagState{Stored: on, Effective: on, Inferred: true}, "≈ inferred"},
		{"stored only", model.FlagState{Stored: on}, "○ stored, running value not checked"},
		{"pending", model.FlagState{Stored: on, Effective: off, Want: on, Pending: true}, "… pending: to true"},
		{"drift", model.FlagState{Stored: on, Effective: on, Want: off}, "≠ drift: file has true, gonogo set false"},
		{"not live", model.FlagState{Stored: on, Effective: off}, "≠ not live: file true, service false"},
		{"file unreadable", model.FlagState{StoredErr: "open .env: no such file"}, "✖ file: open .env: no such file"},
		{"service silent", model.FlagState{Stored: on, EffectErr: "connection refused"}, "✖ service: connection refused"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Go})
			s.State.Flags = map[model.FlagID]model.FlagState{"real": tt.state}
			p := props(s, nil)
			p.Size, p.Filter = panel.Size{W: 100, H: 6}, "retrieval"
			if got := panel.Flags().Render(p); !strings.Contains(got, tt.want) {
				t.Errorf("want %q in\n%s", tt.want, got)
			}
		})
	}
	s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.NotStarted})
	p := props(s, nil)
	p.Size = panel.Size{W: 120, H: 6}
	if got := panel.Flags().Render(p); !strings.Contains(got, "inactive: needs real = true") {
		t.Errorf("the master's state is not said:\n%s", got)
	}
}

func TestPhasesSay(t *testing.T) {
	tests := []struct {
		name      string
		condition paneltest.Condition
		change    func(*model.Snapshot)
		want      []string
	}{
		{"before the first", paneltest.NotStarted, nil, []string{"not started: a enters Staging", "all phases take 11d–16d"}},
		{"soaking", paneltest.Soaking, nil, []string{"1d 19h of 3d–5d", "ETA Mon 30 Nov–Fri 4 Dec"}},
		{"stopped", paneltest.NoGo, nil, []string{"soak stopped 4m"}},
		{"served", paneltest.Go, nil, []string{"✔ (here"}},
		{"overdue", paneltest.Soaking, func(s *model.Snapshot) {
			s.State.Attempts[2].Entered = paneltest.Now().Add(-5*24*time.Hour - 4*time.Hour)
		}, []string{"overdue 4h"}},
		{"held", paneltest.Soaking, func(s *model.Snapshot) {
			s.State.Held, s.State.HeldReason, s.State.HeldBy = true, "deploy", model.Actor{Name: "ana"}
		}, []string{"HELD by ana: deploy"}},
		{"override", paneltest.Soaking, func(s *model.Snapshot) { s.State.Attempts[2].Override = "known flake" }, []string{"OVERRIDE by ops: known flake"}},
		{"rolled back", paneltest.Verified, nil, []string{"↓ 10% of tenants", "rolled back 14:22"}},
		{"watched", paneltest.Soaking, func(s *model.Snapshot) { s.Rollout.Phases[2].Watch = 48 * time.Hour }, []string{"watch 4h more"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: tt.condition})
			if tt.change != nil {
				tt.change(s)
			}
			p := props(s, nil)
			p.Size = panel.Size{W: 160, H: 4}
			got := panel.Phases().Render(p)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("want %q in\n%s", want, got)
				}
			}
		})
	}
}

// TestRowsAgree sees that the row under a place is the one drawn there.
func TestRowsAgree(t *testing.T) {
	p := props(paneltest.Snapshot(paneltest.Options{Condition: paneltest.NoGo}), nil)
	p.Size, p.Focused, p.Cursor = panel.Size{W: 80, H: 6}, true, 5
	lines := strings.Split(ansi.Strip(panel.Gate().Render(p)), "\n")
	for y := range p.Size.H {
		row := panel.RowAt(panel.Gate(), p, 10, y)
		if inside := y > 0; inside != (row >= 0) {
			t.Errorf("line %d is row %d", y, row)
			continue
		}
		if row >= 0 && !strings.Contains(lines[y], panel.GateLines(p)[row].Title) {
			t.Errorf("line %d is not row %d: %s", y, row, lines[y])
		}
		if row == p.Cursor && !strings.Contains(lines[y], "▸") {
			t.Errorf("the cursor is not shown: %s", lines[y])
		}
	}
}
