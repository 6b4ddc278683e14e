package panel

import (
	"strconv"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// planSteps adds the plan's steps to the box, stage by stage, and keeps the
// one that runs in view.
func planSteps(b *box, p Props, plan *model.PlanState) {
	w := p.boxW()
	b.body = append(b.body, nil)
	b.body = append(b.body, freezes(p, plan)...)
	stage, level := model.Stage(""), 0
	for i := range plan.Plan.Steps {
		step := &plan.Plan.Steps[i]
		switch {
		case step.Level > 0:
			if step.Level != level {
				b.body = append(b.body, levelHead(plan, step.Level))
			}
			level, stage = step.Level, ""
		case step.Stage != stage:
			stage = step.Stage
			b.body = append(b.body, []span{{theme.Strong | theme.Underline, words.Stage(&plan.Plan, stage)}})
		}
		var state model.StepState
		if i < len(plan.Steps) {
			state = plan.Steps[i]
		}
		running := plan.Status == model.Running && state.Tries > 0 && state.Outcome == ""
		b.body = append(b.body, stepLine(p, plan, step, &state, running))
		b.body = append(b.body, stepDetails(p, plan, step, &state, running, w)...)
		if running {
			b.keep = len(b.body) - 1
		}
	}
	if len(plan.Plan.Steps) == 0 {
		b.body = append(b.body, []span{{theme.Dim, "no steps: nothing is set or run"}})
	}
}

// stepLine is a step with how it stands and how long it took.
func stepLine(p Props, plan *model.PlanState, step *model.Step, state *model.StepState, running bool) []span {
	glyph, style := p.theme().Outcome(state.Outcome)
	if running {
		glyph, style = "▶", theme.Hold|theme.Bold
	}
	title := span{theme.Normal, stepTitle(step)}
	switch {
	case running:
		title.style = theme.Strong
	case state.Outcome == model.StepSpared:
		title.style = theme.Dim
	}
	out := []span{{style, glyph + " "}, title}
	switch {
	case plan.Status == model.Armed:
		what := "  at most "
		switch step.Kind {
		case model.StepVerify:
			what = "  within "
		case model.StepHold:
			what = "  for "
		}
		out = append(out, span{theme.Dim, what + spell(step.Timeout)})
	case running && step.Kind == model.StepHold:
		out = append(out, span{theme.Strong, "  " + holdLeft(p, step, state)})
	case running:
		out = append(out, span{theme.Strong, "  " + spell(max(p.Now.Sub(state.Started), 0).Truncate(time.Second))},
			span{theme.Dim, " of " + spell(step.Timeout)})
	case state.Outcome != "":
		out = append(out, span{style, "  " + words.Outcome(state.Outcome)})
		if !state.Ended.IsZero() && state.Outcome != model.StepSkipped && state.Outcome != model.StepSpared {
			out = append(out, span{theme.Dim, "  " + words.Took(state.Started, state.Ended)})
		}
	}
	if state.Tries > 1 {
		out = append(out, span{theme.Warn, "  try " + strconv.Itoa(state.Tries)})
	}
	return out
}

// stepTitle is a set step's change, from what to what, or the step's own title.
func stepTitle(step *model.Step) string {
	if len(step.Changes) == 0 {
		return step.Title
	}
	var parts []string
	for _, c := range step.Changes {
		if isLong(c) || step.Everyone != "" {
			parts = append(parts, string(c.Flag)+": "+step.HowMany(c.From)+" → "+step.HowMany(c.To))
			continue
		}
		parts = append(parts, c.String())
	}
	return strings.Join(parts, ", ")
}

// isLong reports whether a change of a list has its items in a line of its own.
func isLong(c model.Change) bool {
	const most = 48
	return c.From.Type == model.List && c.To.Type == model.List && cells(c.String()) > most
}

// stepDetails are the lines below a step: before it runs what exactly it does,
// while it runs what it says, afterwards what was noted.
func stepDetails(p Props, plan *model.PlanState, step *model.Step, state *model.StepState, running bool, w int) [][]span {
	const indent = "    "
	var out [][]span
	add := func(style theme.Style, text string) {
		for _, line := range wrap(text, max(w-len(indent), 8)) {
			out = append(out, []span{{theme.Normal, indent}, {style, line}})
		}
	}
	for _, c := range step.Changes {
		switch {
		case state.Outcome != "":
		case step.Everyone != "":
			add(theme.Dim, step.Change(c))
		case isLong(c):
			add(theme.Dim, c.String())
		}
	}
	if step.Kind == model.StepHold && state.Outcome == "" {
		add(theme.Dim, until(p, plan, step))
	}
	if running {
		for _, live := range p.Snap.Live {
			if live.Step == step.N && live.Line != "" {
				out = append(out, []span{{theme.Dim, indent + "› "}, {theme.Normal, live.Line}})
			}
		}
		return out
	}
	if plan.Status == model.Armed {
		if step.Preview != "" {
			add(theme.Dim, step.Preview)
		}
		if len(step.After) > 0 {
			names := make([]string, len(step.After))
			for i, f := range step.After {
				names[i] = string(f)
			}
			add(theme.Dim, "only after "+strings.Join(names, ", ")+" was seen off")
		}
		return out
	}
	if state.Outcome != "" && state.Detail != "" {
		style := theme.Dim
		if !state.Outcome.OK() {
			style = theme.Normal
		}
		add(style, state.Detail)
	}
	if state.Outcome != "" && !state.Outcome.OK() && state.Output != "" {
		tail := wrap(state.Output, max(w-len(indent), 8))
		for _, line := range tail[max(len(tail)-3, 0):] {
			out = append(out, []span{{theme.Dim, indent + "│ "}, {theme.Dim, line}})
		}
	}
	return out
}
