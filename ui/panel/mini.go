package panel

import (
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

// Mini is the whole screen where it is too small for panels: the verdict, the
// environment, the phase, why, and the emergency key, as much of it as fits.
func Mini(p Props) string {
	c := newCanvas(p.Size, p.Theme)
	if c.w == 0 || c.h == 0 {
		return c.String()
	}
	h, reason := p.headline()
	glyph, style := c.theme.Headline(h)
	n := c.spans(0, 0, c.w, span{style, glyph + " " + string(h)})
	if now := nowSpans(p); n+2+width(now) <= c.w {
		c.spans(c.w-width(now), 0, width(now), now...)
	}
	lines := [][]span{
		{{theme.NoGo | theme.Bold, "!"}, {theme.Normal, " rollback"}, {theme.Dim, "  ? keys"}},
		{{theme.Strong, phaseTitle(p)}},
		environment(p),
		{{theme.Normal, reason}},
		{{theme.Strong, p.rollout().Title}},
		{{theme.Dim, soakText(p)}},
	}
	if plan := planLine(p); plan.text != "" {
		lines[3] = []span{plan}
	}
	// The emergency key is the last line; what there is no room for above it is
	// left out from the end.
	y := 1
	for _, parts := range lines[1:] {
		if y >= c.h-1 {
			break
		}
		if width(parts) > 0 {
			c.spans(0, y, c.w, parts...)
			y++
		}
	}
	if c.h > 1 {
		c.spans(0, c.h-1, c.w, lines[0]...)
	}
	return c.String()
}

// planLine tells of a plan that is armed or runs.
func planLine(p Props) span {
	if !p.known() {
		return span{}
	}
	plan := p.Snap.State.ActivePlan()
	switch {
	case plan == nil:
		return span{}
	case plan.Status == model.Running:
		return span{theme.Warn | theme.Bold, "RUNS " + plan.Plan.Title}
	case plan.FireAt.IsZero():
		return span{theme.Warn | theme.Bold, "ARMED: enter fires " + plan.Plan.Title}
	}
	return span{theme.NoGo | theme.Bold, "FIRES in " + firesIn(plan, p.Now) + ", esc vetoes"}
}

// firesIn returns the rest of the countdown, in whole seconds rounded up.
func firesIn(plan *model.PlanState, now time.Time) string {
	left := max(plan.FireAt.Sub(now), 0)
	return model.FormatDuration((left + time.Second - 1).Truncate(time.Second))
}

// soakText is how much of its minimum the current phase has served.
func soakText(p Props) string {
	if !p.known() {
		return ""
	}
	phase := p.rollout().Phase(p.Snap.State.Phase)
	if phase == nil || phase.Soak <= 0 {
		return ""
	}
	return "soak " + spell(soaked(p)) + " of " + spell(phase.Soak)
}
