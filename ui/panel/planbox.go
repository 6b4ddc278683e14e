package panel

import (
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// PlanBox shows the newest plan: armed, what exactly it would do and how it is
// fired; running, its steps as they go; ended, what came of it and what is not
// safe. The step that runs is to be kept in view.
// Without a plan it is empty.
func PlanBox(p Props) Box {
	if !p.known() || p.Snap.State.Plan == nil {
		return Box{}
	}
	plan := p.Snap.State.Plan
	p.Counts = p.Docked && plan.Status == model.Armed && !plan.FireAt.IsZero() && p.Size.W >= 96 && p.Size.H >= 10 && !p.theme().ASCII()
	b := box{title: []span{{theme.Title, plan.Plan.Title}}, keep: -1, minW: min(64, p.boxW())}
	switch {
	case drill(plan) != "":
		b.title = append([]span{{drillStyle(plan) | theme.Reverse, " " + drill(plan) + " "}, {theme.Normal, " "}}, b.title...)
	case plan.Plan.Guard:
		b.title = append([]span{{theme.NoGo | theme.Bold, "GUARD "}}, b.title...)
	case plan.Plan.Emergency:
		b.title = append([]span{{theme.NoGo | theme.Bold, "EMERGENCY "}}, b.title...)
	}
	b.urgent = drill(plan) == "" && (plan.Plan.Guard || plan.Plan.Emergency) && !settled(plan)
	switch plan.Status {
	case model.Armed:
		armedBox(&b, p, plan)
	case model.Running:
		runningBox(&b, p, plan)
	default:
		endedBox(&b, p, plan)
	}
	return b.rows(p)
}

// settled reports whether a plan is over and leaves nothing in doubt.
func settled(plan *model.PlanState) bool {
	return plan.Status == model.Vetoed || plan.Status == model.Ended && len(unsafe(plan)) == 0
}

func armedBox(b *box, p Props, plan *model.PlanState) {
	w := p.boxW()
	low := p.Size.H < 16 // the first thing to see is what it would do
	if !p.Docked || plan.Plan.From != plan.Plan.Phase || plan.Plan.Kind == model.PlanFlip {
		b.head = append(b.head, planWhere(p, plan)) // docked, the header says where it stands
	}
	switch digits := countdown(p, plan); {
	case p.Counts:
		for _, text := range digits {
			b.side = append(b.side, p.line([]span{{theme.NoGo | theme.Bold, text}}))
		}
	case p.Docked && p.Size.H >= 20 && !plan.FireAt.IsZero() && !p.theme().ASCII(): // beside there is no room, above there is
		for _, text := range digits {
			b.head = append(b.head, []span{{theme.NoGo | theme.Bold, strings.TrimRight(text, " ")}})
		}
		b.head = append(b.head, nil)
	}
	b.head = append(b.head, drillMeans(plan, w)...)
	why := breach(plan, w, theme.NoGo|theme.Bold)
	if low {
		why = why[:min(len(why), 1)]
	}
	b.head = append(b.head, why...)
	var warnings [][]span
	for _, warning := range plan.Plan.Warnings {
		warnings = append(warnings, lines(w, theme.Warn|theme.Bold, "! "+warning)...)
	}
	if !low {
		b.head = append(b.head, warnings...)
	}
	if plan.Plan.Override {
		b.head = append(b.head, lines(w, theme.Warn|theme.Bold, fmt.Sprintf("! against the gate, which says %s", plan.Plan.Headline))...)
	}
	if plan.Plan.Reason != "" && !plan.Plan.Guard {
		b.head = append(b.head, field(w, "reason", theme.Normal, plan.Plan.Reason)...)
	}
	planSteps(b, p, plan)
	by := []span{{theme.Dim, fmt.Sprintf("armed by %s · budget %s · plan %s", plan.By.Name, spell(plan.Plan.Budget), words.Short(plan.Plan.Hash))}}
	if low {
		b.body = append(append(b.body[1:], warnings...), by) // without the blank line before the steps
	} else {
		b.foot = append(b.foot, nil, by)
	}
	switch {
	case p.ReadOnly && plan.FireAt.IsZero():
		b.foot = append(b.foot, []span{{theme.Notice, "waits for a person with the right to fire it"}})
	case p.ReadOnly:
		b.foot = append(b.foot, []span{fires(p, plan)})
	case plan.FireAt.IsZero():
		b.foot = append(b.foot, keyLine(Hint{"Enter", confirms(plan)}, Hint{"Esc", "cancels"}))
	case w < 44:
		b.foot = append([][]span{{fires(p, plan)}}, narrowKeys(p, plan)...)
	case p.Early:
		b.foot = append(b.foot, []span{fires(p, plan), {theme.Dim, " · keys count in a moment"}})
	default:
		b.foot = append(b.foot, append([]span{fires(p, plan), {theme.Dim, " · "}},
			keyLine(Hint{"Esc", vetoes(plan)}, Hint{"Enter", "fires now"})...))
	}
	if n := len(plan.Plan.Warnings); low && n > 0 && w >= 36 {
		last := len(b.foot) - 1
		b.foot[last] = append(b.foot[last], span{theme.Warn | theme.Bold, fmt.Sprintf(" · ! %d below ↓", n)})
	}
}

// countdown is how long it is until a plan fires, in three lines of large digits; none where they are too wide.
func countdown(p Props, plan *model.PlanState) []string {
	text := firesIn(plan, p.Now)
	if w := blockWidth(text); w == 0 || w > SideW-3 {
		return nil
	}
	c := newCanvas(Size{SideW, 3}, nil) // who takes it gives it a style
	c.block(1, 0, 0, theme.Normal, text)
	return strings.Split(c.String(), "\n")
}

// fires is the countdown of a plan.
func fires(p Props, plan *model.PlanState) span {
	text := "fires in " + firesIn(plan, p.Now)
	if plan.Plan.Guard {
		text = "guard " + text
	}
	if cells(text) > p.boxW() && p.Size.H >= 8 { // a lower box has no border
		text = "fires in " + firesIn(plan, p.Now)
	}
	if p.Size.W > cells(text)+6 || p.Size.H < 8 && p.Size.W > cells(text)+2 {
		text = " " + text + " "
	}
	return span{theme.NoGo | theme.Bold | theme.Reverse, text}
}

// vetoes is what esc does to a plan that counts down.
func vetoes(plan *model.PlanState) string {
	if plan.Plan.Guard {
		return "vetoes, asks why"
	}
	return "cancels"
}

// confirms is what enter does to a plan that waits for a person.
func confirms(plan *model.PlanState) string {
	switch drill(plan) {
	case "":
		return "confirms"
	case "REAL DRILL":
		return "runs the rollback for real"
	}
	return "rehearses, changing nothing"
}

// narrowKeys are the keys of a plan that counts down, where there is little room.
func narrowKeys(p Props, plan *model.PlanState) [][]span {
	if p.Early {
		return [][]span{{{theme.Dim, "keys count"}}, {{theme.Dim, "in a moment"}}}
	}
	return [][]span{keyLine(Hint{"Esc", vetoes(plan)}), keyLine(Hint{"Enter", "fires now"})}
}

// breach is why the guard armed a plan; nothing for a plan of a person's.
func breach(plan *model.PlanState, w int, style theme.Style) [][]span {
	if !plan.Plan.Guard || plan.Plan.Reason == "" {
		return nil
	}
	return lines(w, style, plan.Plan.Reason)
}

// planWhere is the line that must not be misread: which environment, and from
// which phase to which.
func planWhere(p Props, plan *model.PlanState) []span {
	out := append(environment(p), span{theme.Normal, "  "})
	if plan.Plan.Kind == model.PlanFlip {
		return append(out, span{theme.Strong, "flag " + string(plan.Plan.Flag)})
	}
	if plan.Plan.From == plan.Plan.Phase {
		return append(out, span{theme.Strong, phaseName(p, plan.Plan.Phase)})
	}
	return append(out, span{theme.Strong, phaseName(p, plan.Plan.From) + " → " + phaseName(p, plan.Plan.Phase)})
}

func phaseName(p Props, id model.PhaseID) string {
	if id == "" {
		return "before the first phase"
	}
	if phase := p.rollout().Phase(id); phase != nil {
		return orID(phase.Title, string(id))
	}
	return string(id)
}

func runningBox(b *box, p Props, plan *model.PlanState) {
	elapsed := max(p.Now.Sub(plan.FiredAt), 0).Truncate(time.Second)
	style := theme.Strong
	if elapsed > plan.Plan.Budget {
		style = theme.NoGo | theme.Bold
	}
	b.head = append(b.head, planWhere(p, plan),
		[]span{{theme.Hold | theme.Bold, "▶ RUNNING "}, {style, spell(elapsed)}, {theme.Normal, " of " + spell(plan.Plan.Budget)},
			{theme.Dim, "  " + gauge(elapsed, plan.Plan.Budget, 20)}})
	b.head = append(b.head, drillMeans(plan, p.boxW())...)
	b.head = append(b.head, breach(plan, p.boxW(), theme.Normal)...)
	b.head = append(b.head, planTimes(p, plan)...)
	b.head = append(b.head, notified(plan, p.boxW())...)
	for _, who := range plan.Joined {
		b.head = append(b.head, []span{{theme.Dim, "joined by " + who.Name}})
	}
	planSteps(b, p, plan)
	keys := []Hint{{"Esc", "hides this, the plan goes on"}}
	if !p.ReadOnly {
		keys = append(keys, Hint{"x", "stops it after this step"})
	}
	b.foot = append(b.foot, nil, keyLine(keys...))
}

// gauge draws how much of a whole is used, n cells long.
func gauge(part, whole time.Duration, n int) string {
	full := int(share(float64(part), 0, float64(whole)) * float64(n))
	return strings.Repeat("━", full) + strings.Repeat("┄", n-full)
}

func endedBox(b *box, p Props, plan *model.PlanState) {
	w := p.boxW()
	word := string(plan.Outcome)
	if plan.Status == model.Vetoed {
		word = strings.ToUpper(string(plan.Unfired()))
	}
	if d := drill(plan); d != "" {
		word = d + ": " + word
	}
	glyph, style := p.theme().Outcome(plan.Outcome)
	banner := "   " + glyph + " " + strings.Join(strings.Split(word, ""), " ") + "   "
	blank := strings.Repeat(" ", cells(banner))
	if p.Size.H >= 16 {
		b.head = append(b.head, []span{{style | theme.Reverse, blank}}, []span{{style | theme.Reverse, banner}}, []span{{style | theme.Reverse, blank}})
	} else {
		b.head = append(b.head, []span{{style | theme.Reverse, " " + glyph + " " + word + " "}})
	}
	meaning := words.Meaning(plan.Outcome)
	if plan.Status == model.Vetoed {
		meaning = "nothing was done"
	}
	b.head = append(b.head, lines(w, theme.Normal, meaning)...)
	if !plan.ConfirmedAt.IsZero() {
		b.head = append(b.head, lines(w, theme.Go|theme.Bold, words.ConfirmedSince(plan))...)
	}
	list := unsafe(plan)
	for _, text := range []string{plan.Summary, plan.Note} {
		if text != "" && text != meaning && (len(list) == 0 || text != words.InDoubt(plan)) { // which the list gives in full
			b.head = append(b.head, lines(w, theme.Strong, text)...)
		}
	}
	for _, text := range list {
		b.head = append(b.head, lines(w, theme.NoGo|theme.Bold, "✖ not safe: "+text)...)
	}
	b.head = append(b.head, planWhere(p, plan))
	b.head = append(b.head, breach(plan, w, theme.Normal)...)
	if !plan.FiredAt.IsZero() {
		b.head = append(b.head, planTimes(p, plan)...)
	}
	b.head = append(b.head, notified(plan, w)...)
	planSteps(b, p, plan)
	b.foot = append(b.foot, nil, keyLine(Hint{"Esc", "closes"}, Hint{"y", "copies its summary"}))
}

// unsafe lists what an ended plan leaves in doubt, unless it was confirmed since.
func unsafe(plan *model.PlanState) []string {
	if plan.Status == model.Vetoed || !plan.ConfirmedAt.IsZero() {
		return nil
	}
	return words.Doubts(plan)
}
