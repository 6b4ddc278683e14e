package overlay

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
	"gonogo/ui/theme"
)

func props(s *model.Snapshot, t *theme.Theme) panel.Props {
	return panel.Props{Snap: s, Now: paneltest.Now(), Range: 15 * time.Minute, Theme: t, Who: "ops@bastion"}
}

func sceneOf(p panel.Props) Scene {
	return Scene{Seen: p.Snap, Live: p.Snap, Now: p.Now, ReadOnly: p.ReadOnly}
}

// planBox draws the box of a plan whose keys count.
func planBox(p panel.Props) string {
	b := &Plan{open: true}
	b.Drawn(p.Now.Add(-time.Hour))
	return b.View(sceneOf(p), p)
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
				return Why(l).View(sceneOf(p), p)
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
		{"plan-armed", paneltest.Armed, 120, 40, planBox},
		{"plan-armed-20x5", paneltest.Armed, 20, 5, planBox},
		{"plan-running", paneltest.Running, 120, 40, planBox},
		{"plan-running-80x12", paneltest.Running, 80, 12, planBox},
		{"plan-verified", paneltest.Verified, 120, 40, planBox},
		{"plan-partial", paneltest.Partial, 120, 40, planBox},
		{"plan-guard", paneltest.GuardArmed, 120, 40, planBox},
		{"plan-guard-18x4", paneltest.GuardArmed, 18, 4, planBox},
		{"plan-stepped-down", paneltest.SteppedDown, 120, 40, planBox},
		{"plan-stepped-down-40x20", paneltest.SteppedDown, 40, 20, planBox},
		{"plan-spared", paneltest.Spared, 120, 40, planBox},
		{"plan-open-still", paneltest.OpenStill, 120, 40, planBox},
		{"plan-drill-armed", paneltest.DrillArmed, 120, 40, planBox},
		{"plan-drill-real", paneltest.DrillReal, 120, 40, planBox},
		{"plan-drill-ready", paneltest.DrillReady, 120, 40, planBox},
		{"plan-freezes", paneltest.Evidence, 100, 40, func(p panel.Props) string {
			p.Snap.State.Plan = entering()
			return planBox(p)
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
		{"help", paneltest.Go, 100, 40, func(p panel.Props) string { return Help(Groups()[:3]).View(sceneOf(p), p) }},
		{"menu", paneltest.Go, 100, 40, func(p panel.Props) string {
			o := &menu{title: "Roll back", at: 1, items: []item{{"!", "Real retrieval off", nothing}, {"", "This phase's flags", nothing}}}
			return o.View(sceneOf(p), p)
		}},
		{"ladder", paneltest.Go, 120, 40, drawLadder},
		{"ladder-60x20", paneltest.Go, 60, 20, drawLadder},
		{"ladder-30x10", paneltest.Go, 30, 10, drawLadder},
		{"pick", paneltest.Go, 100, 40, drawPick},
		{"pick-40x9", paneltest.Go, 40, 9, drawPick},
		{"prompt", paneltest.Go, 100, 40, func(p panel.Props) string {
			o := &prompt{title: "Why hold?", hint: "it is journaled and shown to everyone", input: newInput("› ", "a deploy of the mail service")}
			o.input.field.SetCursor(3)
			return o.View(sceneOf(p), p)
		}},
		{"prompt-30x9", paneltest.Go, 30, 9, func(p panel.Props) string {
			return (&prompt{title: "Why hold?", hint: "it is journaled", input: newInput("› ", "a deploy of the mail service, and more of it")}).View(sceneOf(p), p)
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
	o := &ladder{title: "Roll back: enter arms it and shows what it will do, d rehearses it", at: 2}
	for _, r := range []panel.Rung{
		{Title: "One flag…", Off: "every flag that has a safe value is at it"},
		{Title: "Some tenants out…", Touches: "tenants, 15 now: those that you pick go out"},
		{Title: "Fewer tenants", Touches: "tenants 15 → 25%, waits 5m, then tenants → 10%"},
		{Title: "This phase's flags", Touches: "this phase's flags back: real and tenants", Mark: "this phase's own"},
		{Key: "!", Title: "Real retrieval off", Touches: "every flag to its safe value: real and cache, runs restart"},
	} {
		o.rungs = append(o.rungs, rung{Rung: r, do: nothing})
	}
	return o.View(sceneOf(p), p)
}

func drawPick(p panel.Props) string {
	s := p.Snap
	o := Pick(sceneOf(p), "some", "tenants").(*picker)
	s.Rollout.Flag("tenants").Empty = "everyone"
	s.State.Flags["tenants"] = model.FlagState{Stored: paneltest.Tenants(14)}
	for _, it := range paneltest.Tenants(14).Items {
		o.out[it] = true
	}
	o.input.insert("ten")
	o.at = 9
	return o.View(sceneOf(p), p)
}

// TestPlanBoxKeepsItsKeys sees that the way out is on screen at any size.
func TestPlanBoxKeepsItsKeys(t *testing.T) {
	for _, size := range []panel.Size{{W: 20, H: 5}, {W: 40, H: 8}, {W: 80, H: 24}, {W: 200, H: 50}} {
		p := props(paneltest.Snapshot(paneltest.Options{Condition: paneltest.Armed}), nil)
		p.Size = size
		for _, want := range []string{"fires in 3s", "Esc cancels", "Enter fires now"} {
			if got := planBox(p); !strings.Contains(got, want) {
				t.Errorf("%v: want %q in\n%s", size, want, got)
			}
		}
	}
}

// TestEarlyOffersNothing sees that the keys of a countdown are not offered before they count.
func TestEarlyOffersNothing(t *testing.T) {
	for _, size := range []panel.Size{{W: 18, H: 4}, {W: 20, H: 5}, {W: 80, H: 24}} {
		p := props(paneltest.Snapshot(paneltest.Options{Condition: paneltest.GuardArmed}), nil)
		p.Size = size
		b := &Plan{open: true}
		early := b.View(sceneOf(p), p)
		b.Drawn(p.Now.Add(-time.Hour))
		late := b.View(sceneOf(p), p)
		if strings.Contains(early, "fires now") || !strings.Contains(early, "guard fires in 38s") {
			t.Errorf("%v: offers to fire early:\n%s", size, early)
		}
		if strings.Count(early, "\n") != strings.Count(late, "\n") || !strings.Contains(late, "Enter fires now") {
			t.Errorf("%v: jumps from\n%s\nto\n%s", size, early, late)
		}
	}
}

// testingT is what testing.T and rapid.T have in common.
type testingT interface {
	Helper()
	Fatalf(format string, args ...any)
}

// requireWithin fails unless text has at most h lines of w cells, all of one width.
func requireWithin(t testingT, text string, w, h int) {
	t.Helper()
	lines := strings.Split(text, "\n")
	boxW := ansi.StringWidth(lines[0])
	if boxW > w || len(lines) > h {
		t.Fatalf("%d × %d cells, at most %d × %d fit", boxW, len(lines), w, h)
	}
	for y, line := range lines {
		if got := ansi.StringWidth(line); got != boxW {
			t.Fatalf("line %d has %d cells, want %d: %q", y, got, boxW, line)
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

// boxes returns one of every kind, with texts that try to leave their place.
func boxes(t *rapid.T, s *model.Snapshot) []Overlay {
	text := hostile().Draw(t, "text")
	title, other := hostile().Draw(t, "title"), hostile().Draw(t, "other")
	cursor := rapid.IntRange(0, 50).Draw(t, "cursor")
	why := model.Line{Metric: "error", Check: model.CheckID(rapid.SampledFrom([]string{"", "e2e", "ready", "load"}).Draw(t, "check")),
		Title: text, Reason: text, State: model.MetricState(text), Target: other}
	typed := newInput("› ", text)
	typed.field.SetCursor(cursor)
	m := &menu{title: title, at: cursor}
	l := &ladder{title: title, at: cursor}
	for range rapid.IntRange(0, 60).Draw(t, "items") {
		m.items = append(m.items, item{text: other, do: nothing})
		l.rungs = append(l.rungs, rung{Rung: panel.Rung{Title: text, Touches: other, Mark: rapid.SampledFrom([]string{"", "this phase's own"}).Draw(t, "mark"),
			Off: rapid.SampledFrom([]string{"", "no phase was entered"}).Draw(t, "off")}})
	}
	p := &picker{flag: "tenants", out: map[string]bool{text: true}, input: typed, finding: rapid.Bool().Draw(t, "finding"), at: cursor}
	for id, st := range s.State.Flags {
		st.Stored = model.ListValue(text, other, "a")
		s.State.Flags[id] = st
	}
	offset := rapid.IntRange(0, 300).Draw(t, "offset")
	return []Overlay{m, l, p, &prompt{title: title, hint: other, input: typed}, &palette{all: []Command{{Name: "a", Does: other}}, input: typed},
		&helpBox{groups: Groups(), scrolled: scrolled{offset: offset}}, &whyBox{line: why, scrolled: scrolled{offset: offset}}, &stale{why: text}}
}

// TestNoBoxOverflows draws every box at every kind of size from things that try
// to be larger.
func TestNoBoxOverflows(t *testing.T) {
	themes := []*theme.Theme{nil, theme.New(true, colorprofile.TrueColor), theme.New(false, colorprofile.ANSI), theme.New(true, colorprofile.Ascii)}
	rapid.Check(t, func(t *rapid.T) {
		condition := rapid.SampledFrom([]paneltest.Condition{paneltest.Armed, paneltest.Running, paneltest.Partial, paneltest.GuardArmed, paneltest.DrillArmed}).Draw(t, "condition")
		s := paneltest.Snapshot(paneltest.Options{Condition: condition})
		plan := s.State.Plan
		plan.Plan.Title, plan.Plan.Reason = hostile().Draw(t, "plan"), hostile().Draw(t, "why")
		for i := range plan.Plan.Steps {
			plan.Plan.Steps[i].Title, plan.Steps[i].Output = hostile().Draw(t, "step"), hostile().Draw(t, "output")
		}
		p := props(s, rapid.SampledFrom(themes).Draw(t, "theme"))
		w := rapid.OneOf(rapid.IntRange(1, 30), rapid.IntRange(1, 400)).Draw(t, "w")
		h := rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(1, 120)).Draw(t, "h")
		p.Size = panel.Size{W: w, H: h}
		p.ReadOnly = rapid.Bool().Draw(t, "read only")
		under := strings.TrimSuffix(strings.Repeat(strings.Repeat("x", w)+"\n", h), "\n")
		drawn := []string{planBox(p), (&Plan{open: true}).View(sceneOf(p), p)}
		for _, o := range boxes(t, s) {
			drawn = append(drawn, o.View(sceneOf(p), p))
		}
		for i, box := range drawn {
			requireWithin(t, box, w, h)
			if lines := strings.Split(layout.Overlay(under, box, w, h), "\n"); len(lines) != h {
				t.Fatalf("box %d: %d lines of %d", i, len(lines), h)
			}
		}
	})
}
