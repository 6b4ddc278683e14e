package panel

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// levelsOf returns how many levels a plan has; 0 for one without.
func levelsOf(plan *model.PlanState) int {
	n := 0
	for i := range plan.Plan.Steps {
		n = max(n, plan.Plan.Steps[i].Level)
	}
	return n
}

// levelHead names a level and what it changes: "level 1 of 2: tenants 15 → 7".
func levelHead(plan *model.PlanState, level int) []span {
	var changes []string
	spared, any := true, false
	for i := range plan.Plan.Steps {
		st := &plan.Plan.Steps[i]
		if st.Level != level {
			continue
		}
		any = true
		spared = spared && i < len(plan.Steps) && plan.Steps[i].Outcome == model.StepSpared
		for _, c := range st.Changes {
			changes = append(changes, string(c.Flag)+" "+st.HowMany(c.From)+" → "+st.HowMany(c.To))
		}
	}
	if len(changes) == 0 {
		changes = runsOf(plan, level)
	}
	text := fmt.Sprintf("level %d of %d", level, levelsOf(plan))
	if i := slices.IndexFunc(plan.Plan.Steps, func(st model.Step) bool { return st.Level == level }); i >= 0 {
		if stage := plan.Plan.Steps[i].Stage; stage == model.StageBefore || stage == model.StageAfter {
			text = string(stage) + " the flags"
		}
	}
	if len(changes) > 0 {
		text += ": " + strings.Join(changes, ", ")
	}
	if any && spared {
		return []span{{theme.Dim, text + "  not needed"}}
	}
	return []span{{theme.Strong | theme.Underline, text}}
}

// runsOf names what a level runs.
func runsOf(plan *model.PlanState, level int) []string {
	var out []string
	for i := range plan.Plan.Steps {
		if st := &plan.Plan.Steps[i]; st.Level == level && st.Kind == model.StepRun {
			out = append(out, st.Title)
		}
	}
	return out
}

// holdLeft is how long a hold that runs still lasts.
func holdLeft(p Props, step *model.Step, state *model.StepState) string {
	left := max(state.Started.Add(step.Timeout).Sub(p.Now), 0)
	return words.Clock((left + time.Second - 1).Truncate(time.Second)) + " left of " + spell(step.Timeout)
}

// until is what a hold waits for, with how it stands at the moment.
func until(p Props, plan *model.PlanState, step *model.Step) string {
	if len(step.Until) == 0 {
		return "then it goes on"
	}
	parts := make([]string, len(step.Until))
	for i, id := range step.Until {
		parts[i] = string(id)
		if line, ok := p.Snap.Lines[id]; ok {
			line = p.seen(line)
			parts[i] += " " + string(line.State)
			if line.HasValue {
				parts[i] += " " + valueText(&line)
			}
		}
	}
	if plan.Plan.Kind == model.PlanEnter {
		return "it goes on up only if these are on target: " + strings.Join(parts, ", ")
	}
	return "it ends here if these are on target: " + strings.Join(parts, ", ")
}
