package panel_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"gonogo/model"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
	"gonogo/ui/theme"
)

// testingT is what testing.T and rapid.T have in common.
type testingT interface {
	Helper()
	Fatalf(format string, args ...any)
}

// requireSize fails unless text is exactly h lines of w cells.
func requireSize(t testingT, text string, w, h int) {
	t.Helper()
	lines := strings.Split(text, "\n")
	if len(lines) != h {
		t.Fatalf("%d lines, want %d", len(lines), h)
	}
	for y, line := range lines {
		if got := ansi.StringWidth(line); got != w {
			t.Fatalf("line %d has %d cells, want %d: %q", y, got, w, line)
		}
		if bad := strings.IndexFunc(ansi.Strip(line), func(r rune) bool { return r < 0x20 || r == 0x7f }); bad >= 0 {
			t.Fatalf("line %d has a control character: %q", y, line)
		}
	}
}

// hostile returns texts that try to leave their place.
func hostile() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "plain", "漢字かな交じり", "👩‍👩‍👧‍👦 family", "🇩🇪🇫🇷", "e\u0301\u0302\u0303 combining", "\x1b[31mred\x1b[2J", "\x1b]0;title\a",
			"line\nbreak\r\ttab", "\u202eright to left", "zero\u200bwidth", "ก็นี่", "\xff\xfe", strings.Repeat("long ", 60), strings.Repeat("界", 80), "👍🏽", "☁️", "\u0301"}),
		rapid.String(),
	)
}

// randomSnapshot is a fixture with hostile texts, numbers and holes in it.
func randomSnapshot(t *rapid.T) *model.Snapshot {
	conditions := []paneltest.Condition{paneltest.NotStarted, paneltest.Soaking, paneltest.Go, paneltest.NoGo, paneltest.Armed, paneltest.Running, paneltest.Verified, paneltest.Partial,
		paneltest.GuardArmed, paneltest.GuardVetoed, paneltest.Checked, paneltest.Evidence, paneltest.Again,
		paneltest.SteppedDown, paneltest.Spared, paneltest.OpenStill, paneltest.DrillArmed, paneltest.DrillReal, paneltest.DrillReady,
		paneltest.Drifted, paneltest.Below, paneltest.HeldGo}
	s := paneltest.Snapshot(paneltest.Options{
		Condition: rapid.SampledFrom(conditions).Draw(t, "condition"),
		Metrics:   rapid.IntRange(4, 30).Draw(t, "metrics"),
		Points:    rapid.IntRange(1, 200).Draw(t, "points"),
	})
	text := hostile()
	s.Rollout.Title, s.Rollout.Environment.Name = text.Draw(t, "title"), text.Draw(t, "env")
	s.Identity, s.Lost = text.Draw(t, "identity"), rapid.SampledFrom([]string{"", "taking over"}).Draw(t, "lost")
	for i := range s.Rollout.Phases {
		s.Rollout.Phases[i].Title = text.Draw(t, "phase")
	}
	for i := range s.Rollout.Metrics {
		m := &s.Rollout.Metrics[i]
		m.Title, m.Query = text.Draw(t, "metric"), text.Draw(t, "query")
		line := s.Lines[m.ID]
		line.Title, line.Reason, line.Target = m.Title, text.Draw(t, "reason"), text.Draw(t, "target")
		line.Value = model.Float(rapid.Float64().Draw(t, "value"))
		line.Threshold = model.Float(rapid.Float64().Draw(t, "threshold"))
		s.Lines[m.ID] = line
		for k := range s.Series[m.ID].Points {
			if k%7 == 0 {
				s.Series[m.ID].Points[k].V = rapid.Float64().Draw(t, "v")
			}
		}
	}
	for i := range s.Gate.Lines {
		s.Gate.Lines[i].Title, s.Gate.Lines[i].Reason = text.Draw(t, "line"), text.Draw(t, "reason")
	}
	for i := range s.Rollout.Flags {
		f := &s.Rollout.Flags[i]
		v := model.Value{Type: model.Text, Text: text.Draw(t, "flag")}
		s.State.Flags[f.ID] = model.FlagState{Stored: v, Effective: v, StoredErr: rapid.SampledFrom([]string{"", "no such file"}).Draw(t, "err")}
	}
	for i := range s.Checks {
		s.Checks[i].Line = text.Draw(t, "live")
	}
	for id, c := range s.State.Checks {
		c.Note, c.Output, c.By.Name = text.Draw(t, "note"), text.Draw(t, "output"), text.Draw(t, "by")
		s.State.Checks[id] = c
	}
	s.State.Guard.VetoNote, s.State.Guard.Reason = text.Draw(t, "veto"), text.Draw(t, "breach")
	if a := s.State.Attempt(); a != nil && rapid.Bool().Draw(t, "overridden") {
		a.Override = text.Draw(t, "override")
	}
	if plan := s.State.Plan; plan != nil {
		plan.Plan.Freeze = rapid.SampledFrom([][]model.MetricID{nil, {"latency", "error"}}).Draw(t, "freeze")
		plan.Plan.Reason = text.Draw(t, "why")
		for i := range plan.Plan.Steps {
			plan.Plan.Steps[i].Title, plan.Plan.Steps[i].Preview = text.Draw(t, "step"), text.Draw(t, "preview")
			plan.Steps[i].Detail, plan.Steps[i].Output = text.Draw(t, "detail"), text.Draw(t, "output")
		}
	}
	switch rapid.IntRange(0, 9).Draw(t, "hole") {
	case 0:
		return nil
	case 1:
		s.Rollout = nil
	case 2:
		s.Lines, s.Series, s.Gate = nil, nil, model.Verdict{}
	case 3:
		s.Rollout = &model.Rollout{}
	}
	return s
}

// TestNothingOverflows draws everything at every kind of size from things that
// try to be larger.
func TestNothingOverflows(t *testing.T) {
	themes := []*theme.Theme{nil, theme.New(true, colorprofile.TrueColor), theme.New(false, colorprofile.ANSI), theme.New(true, colorprofile.Ascii)}
	rapid.Check(t, func(t *rapid.T) {
		p := props(randomSnapshot(t), rapid.SampledFrom(themes).Draw(t, "theme"))
		w := rapid.OneOf(rapid.IntRange(1, 30), rapid.IntRange(1, 400)).Draw(t, "w")
		h := rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(1, 120)).Draw(t, "h")
		p.Size = panel.Size{W: w, H: h}
		p.Focused, p.Zoomed, p.Frozen = rapid.Bool().Draw(t, "focused"), rapid.Bool().Draw(t, "zoomed"), rapid.Bool().Draw(t, "frozen")
		p.Early, p.ReadOnly = rapid.Bool().Draw(t, "early"), rapid.Bool().Draw(t, "read only")
		p.Cursor, p.Offset = rapid.IntRange(-5, 300).Draw(t, "cursor"), rapid.IntRange(-5, 300).Draw(t, "offset")
		p.Filter = rapid.SampledFrom([]string{"", "", "", "e", "nothing holds this"}).Draw(t, "filter")
		for _, pn := range panels() {
			requireSize(t, pn.Render(p), w, h)
			if strings.Contains(pn.Title(p), "\x1b") {
				t.Fatalf("the title of %s has an escape sequence", pn.Name())
			}
			row := panel.RowAt(pn, p, rapid.IntRange(0, w-1).Draw(t, "x"), rapid.IntRange(0, h-1).Draw(t, "y"))
			if row < -1 || row >= max(pn.Rows(p), 0) {
				t.Fatalf("%s: row %d of %d", pn.Name(), row, pn.Rows(p))
			}
		}
		requireSize(t, panel.Mini(p), w, h)
		requireSize(t, screen(p, w, h, "gate", p.Zoomed), w, h)
		line := p.Size
		p.Size.H = 1
		requireSize(t, panel.Header(p), w, 1)
		requireSize(t, panel.Footer(p, hints()), w, 1)
		p.Size = line
	})
}
