package panel_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
	"gonogo/ui/theme"
)

func panels() []panel.Panel {
	return []panel.Panel{panel.Phases(), panel.Charts(), panel.Gate(), panel.Checklist(), panel.Flags(), panel.Log()}
}

func hints() []panel.Hint {
	return []panel.Hint{{Key: "!", Text: "rollback"}, {Key: "a", Text: "advance"}, {Key: "f", Text: "flags"}, {Key: "␣", Text: "check"},
		{Key: "e", Text: "why"}, {Key: "z", Text: "zoom"}, {Key: "/", Text: "find"}, {Key: ":", Text: "command"}, {Key: "?", Text: "keys"}}
}

func props(snap *model.Snapshot, t *theme.Theme) panel.Props {
	return panel.Props{Snap: snap, Now: paneltest.Now(), Range: 15 * time.Minute, Theme: t, Who: "ops@bastion"}
}

// screen puts all panels together as the cockpit does.
func screen(p panel.Props, w, h int, focused string, zoomed bool) string {
	need := layout.Need{}
	if p.Snap != nil && p.Snap.Rollout != nil {
		need = layout.Need{Charts: len(p.Snap.Rollout.Metrics), Gate: panel.Gate().Rows(p), Checks: panel.Checklist().Rows(p),
			Flags: panel.Flags().Rows(p), Log: len(p.Snap.Tail)}
	}
	need.W, need.H, need.Focused, need.Zoomed = w, h, focused, zoomed
	places := layout.Arrange(need)
	if len(places) == 0 {
		p.Size = panel.Size{W: w, H: h}
		return panel.Mini(p)
	}
	parts := make(map[string]string, len(places))
	at := func(name string) panel.Props {
		q := p
		q.Size = panel.Size{W: places[name].W, H: places[name].H}
		q.Focused, q.Zoomed = name == focused, zoomed
		return q
	}
	parts[layout.Header] = panel.Header(at(layout.Header))
	parts[layout.Footer] = panel.Footer(at(layout.Footer), hints())
	for _, pn := range panels() {
		if _, ok := places[pn.Name()]; ok {
			parts[pn.Name()] = pn.Render(at(pn.Name()))
		}
	}
	return layout.Join(w, h, places, parts)
}

func TestScreenGolden(t *testing.T) {
	themes := map[string]*theme.Theme{
		"plain": theme.New(true, colorprofile.Ascii),
		"dark":  theme.New(true, colorprofile.TrueColor),
		"light": theme.New(false, colorprofile.ANSI),
	}
	tests := []struct {
		name      string
		condition paneltest.Condition
		theme     string
		w, h      int
		focused   string
		zoomed    bool
	}{
		{"not-started-80x24-plain", paneltest.NotStarted, "plain", 80, 24, "", false},
		{"soaking-120x40-plain", paneltest.Soaking, "plain", 120, 40, "gate", false},
		{"soaking-80x24-dark", paneltest.Soaking, "dark", 80, 24, "gate", false},
		{"no-go-120x40-plain", paneltest.NoGo, "plain", 120, 40, "charts", false},
		{"no-go-200x50-plain", paneltest.NoGo, "plain", 200, 50, "", false},
		{"no-go-120x40-light", paneltest.NoGo, "light", 120, 40, "", false},
		{"running-120x40-plain", paneltest.Running, "plain", 120, 40, "flags", false},
		{"verified-120x40-plain", paneltest.Verified, "plain", 120, 40, "log", false},
		{"zoom-charts-120x40-plain", paneltest.NoGo, "plain", 120, 40, "charts", true},
		{"zoom-phases-120x40-plain", paneltest.Go, "plain", 120, 40, "phases", true},
		{"guard-armed-120x40-plain", paneltest.GuardArmed, "plain", 120, 40, "gate", false},
		{"guard-armed-80x24-plain", paneltest.GuardArmed, "plain", 80, 24, "gate", false},
		{"guard-armed-18x4-plain", paneltest.GuardArmed, "plain", 18, 4, "", false},
		{"guard-vetoed-120x40-plain", paneltest.GuardVetoed, "plain", 120, 40, "gate", false},
		{"checks-120x40-plain", paneltest.Checked, "plain", 120, 40, "checklist", false},
		{"checks-80x24-plain", paneltest.Checked, "plain", 80, 24, "checklist", false},
		{"zoom-checks-80x24-plain", paneltest.Checked, "plain", 80, 24, "checklist", true},
		{"evidence-200x50-plain", paneltest.Evidence, "plain", 200, 50, "charts", false},
		{"zoom-phases-again-120x40-plain", paneltest.Again, "plain", 120, 40, "phases", true},
		{"zoom-phases-again-80x24-plain", paneltest.Again, "plain", 80, 24, "phases", true},
		{"again-80x24-plain", paneltest.Again, "plain", 80, 24, "", false},
		{"mini-again-20x5-plain", paneltest.Again, "plain", 20, 5, "", false},
		{"incident-120x40-plain", paneltest.OpenStill, "plain", 120, 40, "", false},
		{"incident-80x24-plain", paneltest.SteppedDown, "plain", 80, 24, "", false},
		{"drifted-120x40-plain", paneltest.Drifted, "plain", 120, 40, "", false},
		{"below-120x40-plain", paneltest.Below, "plain", 120, 40, "", false},
		{"held-80x24-plain", paneltest.HeldGo, "plain", 80, 24, "", false},
		{"mini-incident-20x5-plain", paneltest.OpenStill, "plain", 20, 5, "", false},
		{"mini-40x8-plain", paneltest.NoGo, "plain", 40, 8, "", false},
		{"mini-20x5-plain", paneltest.Armed, "plain", 20, 5, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := props(paneltest.Snapshot(paneltest.Options{Condition: tt.condition}), themes[tt.theme])
			got := screen(p, tt.w, tt.h, tt.focused, tt.zoomed)
			requireSize(t, got, tt.w, tt.h)
			golden.RequireEqual(t, got)
		})
	}
}

// whyOf returns what the why of the gate's line of a metric or check says.
func whyOf(id string) func(panel.Props) string {
	return func(p panel.Props) string {
		for _, l := range p.Snap.Gate.Lines {
			if l.Check == model.CheckID(id) || l.Check == "" && l.Metric == model.MetricID(id) {
				return textOf(panel.WhyBox(p, l))
			}
		}
		return "the gate has no line of " + id
	}
}

// textOf returns all lines of a box.
func textOf(b panel.Box) string {
	return strings.Join(slices.Concat([]string{b.Title}, b.Head, b.Body, b.Foot), "\n")
}

// BenchmarkFrame draws the whole screen of a large rollout.
func BenchmarkFrame(b *testing.B) {
	snap := paneltest.Snapshot(paneltest.Options{Condition: paneltest.NoGo, Metrics: 30, Points: 600})
	p := props(snap, theme.New(true, colorprofile.TrueColor))
	p.Range = 3 * time.Hour
	b.ReportAllocs()
	for b.Loop() {
		if s := screen(p, 200, 50, "gate", false); !strings.Contains(s, "NO-GO") {
			b.Fatal("no verdict on the screen")
		}
	}
}

// BenchmarkChart draws one chart of 60 × 8 cells with 600 points.
func BenchmarkChart(b *testing.B) {
	snap := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Go, Points: 600})
	p := props(snap, theme.New(true, colorprofile.TrueColor))
	p.Range, p.Size, p.Zoomed = 3*time.Hour, panel.Size{W: 60, H: 8}, true
	b.ReportAllocs()
	for b.Loop() {
		_ = panel.Charts().Render(p)
	}
}
