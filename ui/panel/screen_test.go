package panel_test

import (
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
	charts := 0
	if p.Snap != nil && p.Snap.Rollout != nil {
		charts = len(p.Snap.Rollout.Metrics)
	}
	places := layout.Arrange(w, h, charts, focused, zoomed)
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

// entering is a plan that freezes baselines before it enters a phase.
func entering() *model.PlanState {
	plan := model.Plan{
		ID: "up", Kind: model.PlanEnter, Title: "Enter 50%", From: "p10", Phase: "p50", Leaves: true, Budget: 15 * time.Minute,
		Headline: model.GO, Freeze: []model.MetricID{"latency", "error"},
		Steps: []model.Step{{Stage: model.StageApply, Kind: model.StepRun, Title: "Restart vecsec", Action: "restart", Timeout: 90 * time.Second}},
	}.Seal()
	return &model.PlanState{Plan: plan, Status: model.Armed, By: model.Actor{Name: "ana"}, ArmedAt: paneltest.Now(), Steps: make([]model.StepState, 1)}
}

// whyOf draws the why of the gate's line of a metric or check.
func whyOf(id string) func(panel.Props) string {
	return func(p panel.Props) string {
		for _, l := range p.Snap.Gate.Lines {
			if l.Check == model.CheckID(id) || l.Check == "" && l.Metric == model.MetricID(id) {
				return panel.WhyBox(p, l)
			}
		}
		return "the gate has no line of " + id
	}
}

func TestBoxGolden(t *testing.T) {
	plain := theme.New(true, colorprofile.Ascii)
	tests := []struct {
		name      string
		condition paneltest.Condition
		w, h      int
		draw      func(panel.Props) string
	}{
		{"plan-armed", paneltest.Armed, 120, 40, panel.PlanBox},
		{"plan-armed-20x5", paneltest.Armed, 20, 5, panel.PlanBox},
		{"plan-running", paneltest.Running, 120, 40, panel.PlanBox},
		{"plan-running-80x12", paneltest.Running, 80, 12, panel.PlanBox},
		{"plan-verified", paneltest.Verified, 120, 40, panel.PlanBox},
		{"plan-partial", paneltest.Partial, 120, 40, panel.PlanBox},
		{"plan-guard", paneltest.GuardArmed, 120, 40, panel.PlanBox},
		{"plan-guard-18x4", paneltest.GuardArmed, 18, 4, panel.PlanBox},
		{"plan-stepped-down", paneltest.SteppedDown, 120, 40, panel.PlanBox},
		{"plan-stepped-down-40x20", paneltest.SteppedDown, 40, 20, panel.PlanBox},
		{"plan-spared", paneltest.Spared, 120, 40, panel.PlanBox},
		{"plan-open-still", paneltest.OpenStill, 120, 40, panel.PlanBox},
		{"plan-drill-armed", paneltest.DrillArmed, 120, 40, panel.PlanBox},
		{"plan-drill-real", paneltest.DrillReal, 120, 40, panel.PlanBox},
		{"plan-drill-ready", paneltest.DrillReady, 120, 40, panel.PlanBox},
		{"plan-freezes", paneltest.Evidence, 100, 40, func(p panel.Props) string {
			p.Snap.State.Plan = entering()
			return panel.PlanBox(p)
		}},
		{"why-fail", paneltest.NoGo, 100, 40, whyOf("error")},
		{"why-sequential", paneltest.Evidence, 100, 40, whyOf("error")},
		{"why-baseline", paneltest.Evidence, 100, 40, whyOf("latency")},
		{"why-guarded", paneltest.GuardArmed, 100, 40, whyOf("error")},
		{"why-guard-vetoed", paneltest.GuardVetoed, 100, 40, whyOf("error")},
		{"why-check-run", paneltest.Checked, 80, 24, whyOf("e2e")},
		{"why-check-probe", paneltest.Checked, 80, 24, whyOf("ready")},
		{"why-check-running", paneltest.Checked, 80, 24, whyOf("load")},
		{"why-check-drill", paneltest.Checked, 80, 24, whyOf("drill")},
		{"help", paneltest.Go, 100, 40, func(p panel.Props) string {
			return panel.HelpBox(p, []panel.HelpGroup{{Title: "Act", Keys: hints()[:4]}, {Title: "Look", Keys: hints()[4:]}})
		}},
		{"menu", paneltest.Go, 100, 40, func(p panel.Props) string {
			p.Cursor = 1
			return panel.MenuBox(p, "Roll back", []panel.Hint{{Key: "!", Text: "Real retrieval off"}, {Text: "This phase's flags"}})
		}},
		{"ladder", paneltest.Go, 120, 40, drawLadder},
		{"ladder-60x20", paneltest.Go, 60, 20, drawLadder},
		{"ladder-30x10", paneltest.Go, 30, 10, drawLadder},
		{"pick", paneltest.Go, 100, 40, drawPick},
		{"pick-40x9", paneltest.Go, 40, 9, drawPick},
		{"prompt", paneltest.Go, 100, 40, func(p panel.Props) string {
			return panel.PromptBox(p, "Why hold?", "a deploy of the mail service", 3, "it is journaled and shown to everyone")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := props(paneltest.Snapshot(paneltest.Options{Condition: tt.condition}), plain)
			p.Size = panel.Size{W: tt.w, H: tt.h}
			got := tt.draw(p)
			requireWithin(t, got, tt.w, tt.h)
			golden.RequireEqual(t, got)
		})
	}
}

func drawLadder(p panel.Props) string {
	p.Cursor = 2
	return panel.LadderBox(p, "Roll back: enter arms it and shows what it will do, d rehearses it", []panel.Rung{
		{Title: "One flag…", Off: "every flag that has a safe value is at it"},
		{Title: "Some tenants out…", Touches: "tenants, 15 now: those that you pick go out"},
		{Title: "Fewer tenants", Touches: "tenants 15 → 25%, holds 5m, then tenants → 10%"},
		{Title: "This phase's flags", Touches: "this phase's flags back: real and tenants", Mark: "this phase's own"},
		{Key: "!", Title: "Real retrieval off", Touches: "every flag to its safe value: real and cache, runs restart"},
	})
}

func drawPick(p panel.Props) string {
	p.Cursor = 9
	k := panel.Pick{Title: "Take out of tenants", Count: "14 of 14 out, 0 stay", Filter: "ten", Cursor: 3,
		Warning: "an empty tenants means everyone: leave at least one in, or take a larger way down"}
	for _, item := range paneltest.Tenants(14).Items {
		k.Rows = append(k.Rows, panel.PickRow{Text: item, Out: true})
	}
	return panel.PickBox(p, k)
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
