package panel

import (
	"time"

	"gonogo/model"
	"gonogo/ui/theme"
)

// Mini is the whole screen where it is too small for panels: the verdict, the
// countdown of a plan, the phase, the environment, why, and the emergency key,
// as much of it as fits.
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
	plan := planLine(p, c.w)
	lines := [][]span{{plan}, miniIncident(p, c.w), miniPhase(p, c.w), environment(p)}
	if plan.text == "" {
		lines = append(lines, []span{{theme.Normal, reason}})
	}
	if a := p.attempt(); a != nil && a.Override != "" {
		lines = append(lines, []span{{theme.Warn | theme.Bold, "OVERRIDE by " + a.By.Name + ": " + a.Override}})
	}
	lines = append(lines, []span{{theme.Strong, p.rollout().Title}}, []span{{theme.Dim, soakText(p)}}, role(p))
	// The emergency key is the last line; what there is no room for above it is
	// left out from the end.
	y := 1
	for _, parts := range lines {
		if y >= c.h-1 {
			break
		}
		if width(parts) > 0 {
			c.spans(0, y, c.w, parts...)
			y++
		}
	}
	switch {
	case c.h <= 1:
	case p.ReadOnly:
		c.spans(0, c.h-1, c.w, span{theme.Dim, "? keys"})
	default:
		c.spans(0, c.h-1, c.w, span{theme.NoGo | theme.Bold, "!"}, span{theme.Normal, " rollback"}, span{theme.Dim, "  ? keys"})
	}
	return c.String()
}

// miniIncident is the clock of an open incident, in w cells.
func miniIncident(p Props, w int) []span {
	long, short := incidentClock(p)
	if cells(long) > w {
		long = short
	}
	return []span{{theme.NoGo | theme.Bold | theme.Reverse, long}}
}

// miniPhase is the phase, and that it was entered against the gate.
func miniPhase(p Props, w int) []span {
	title := phaseTitle(p)
	if over := override(p); over != nil {
		return append([]span{{theme.Strong, cutText(title, max(w-width(over)-1, 6))}, {theme.Normal, " "}}, over...)
	}
	return []span{{theme.Strong, title}}
}

// planLine tells of a plan that is armed or runs, in w cells.
func planLine(p Props, w int) span {
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
	text := "FIRES in " + firesIn(plan, p.Now)
	if plan.Plan.Guard {
		text = "GUARD fires in " + firesIn(plan, p.Now)
		if cells(text) > w {
			text = "GUARD in " + firesIn(plan, p.Now)
		}
	}
	if more := text + ", v shows it"; cells(more) <= w {
		text = more
	}
	return span{theme.NoGo | theme.Bold, text}
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
	if soaked(p) >= phase.Soak {
		return "soaked " + spell(phase.Soak) + " ✔"
	}
	return "soak " + spell(soaked(p)) + " of " + spell(phase.Soak)
}
