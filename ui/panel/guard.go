package panel

import (
	"slices"

	"gonogo/model"
	"gonogo/ui/theme"
)

// guardPlan returns the plan that the guard armed or that runs because of it, or nil.
func (p Props) guardPlan() *model.PlanState {
	if !p.known() {
		return nil
	}
	if plan := p.Snap.State.ActivePlan(); plan != nil && plan.Plan.Guard {
		return plan
	}
	return nil
}

// guardCounts returns the guard's plan while it counts down, or nil.
func (p Props) guardCounts() *model.PlanState {
	if plan := p.guardPlan(); plan != nil && plan.Status == model.Armed && !plan.FireAt.IsZero() {
		return plan
	}
	return nil
}

// guards reports whether the guard looks at metric id.
func (p Props) guards(id model.MetricID) bool {
	g := p.rollout().Guard
	return g != nil && id != "" && slices.Contains(g.On, id)
}

// guardMode is what the guard does about metric id: of what rests on what people read it only tells.
func (p Props) guardMode(id model.MetricID) model.GuardMode {
	mode := p.rollout().Guard.Mode
	if mode == model.GuardArmed && p.rollout().ByPeople(id) {
		return model.GuardNotify
	}
	return mode
}

// guardSays is what the guard does about the line of a metric that it looks
// at and that is in FAIL, in many words and in few; empty for any other.
func guardSays(p Props, line *model.Line) (long, short string, style theme.Style) {
	if line.State != model.Fail || !p.guards(line.Metric) {
		return "", "", theme.Normal
	}
	s := &p.Snap.State
	plan := p.guardPlan()
	switch mode := p.guardMode(line.Metric); {
	case mode == model.GuardNotify:
		return "guard only says so", "says so", theme.Warn
	case mode == model.GuardBlock:
		return "guard blocks the way up", "blocks", theme.NoGo | theme.Bold
	case plan != nil && plan.Status == model.Running:
		return "guard rolls back", "rolls back", theme.NoGo | theme.Bold
	case plan != nil:
		in := firesIn(plan, p.Now)
		return "guard fires in " + in, "guard " + in, theme.NoGo | theme.Bold
	case mode != model.GuardArmed:
		return "guard is off", "guard off", theme.Dim
	case s.Guard.Spent:
		return "guard fired already", "fired", theme.Warn
	case s.Guard.Vetoed(p.Now):
		left := atMost(s.Guard.Veto.Sub(p.Now))
		return "guard vetoed " + left + " more", "vetoed " + left, theme.Warn
	}
	return "", "", theme.Normal
}

// guardHeader is the guard's countdown for the header, in many words and in few.
func guardHeader(p Props) (long, short string) {
	plan := p.guardCounts()
	if plan == nil {
		return "", ""
	}
	in := firesIn(plan, p.Now)
	return " guard: " + cutText(string(plan.Plan.Rollback), 20) + " in " + in + " ", " guard " + in + " "
}

// guardFields are the guard's view of a metric, for the why of its line.
func guardFields(p Props, line *model.Line, w int) [][]span {
	if !p.guards(line.Metric) {
		return nil
	}
	g := p.rollout().Guard
	var text string
	switch mode := p.guardMode(line.Metric); {
	case mode == model.GuardNotify && mode != g.Mode:
		text = "only says so, since people read it: a FAIL of this metric arms nothing"
	case mode == model.GuardOff:
		text = "off: a FAIL of this metric arms nothing"
	case mode == model.GuardBlock:
		text = "blocks: while this metric is in FAIL the gate is NO-GO in every phase"
	case mode == model.GuardNotify:
		text = "only says so: a FAIL of this metric arms nothing"
	default:
		text = "a FAIL arms " + string(g.Rollback) + ", with " + model.FormatDuration(g.Countdown) + " for a veto"
	}
	out := field(w, "guard", theme.Normal, text)
	if now, _, style := guardSays(p, line); now != "" {
		out = append(out, field(w, "", style, now)...)
	}
	if s := &p.Snap.State.Guard; s.Vetoed(p.Now) {
		out = append(out, field(w, "", theme.Normal, because("vetoed by "+s.VetoBy.Name+" until "+clock(s.Veto, p.Now)+"Z", s.VetoNote))...)
	}
	return out
}

// Notice is one line that must not be overlooked.
type Notice struct {
	Text  string
	Style theme.Style
}

// GuardNotices tell what the guard does or does not at the moment, beside the
// countdown of a plan: that it is vetoed, has fired, or only says so.
func GuardNotices(p Props) []Notice {
	if !p.known() {
		return nil
	}
	out := watchNotices(p)
	if p.rollout().Guard == nil {
		return out
	}
	s := &p.Snap.State.Guard
	if s.Metric != "" && p.guardMode(s.Metric) == model.GuardNotify {
		text := because("guard only says so: "+string(s.Metric)+" is in FAIL since "+clock(s.Since, p.Now)+"Z", s.Reason)
		if !p.ReadOnly {
			text += " · ! rolls back"
		}
		out = append(out, Notice{text, theme.NoGo | theme.Bold})
	}
	if s.Spent && p.guardPlan() == nil {
		out = append(out, Notice{"guard fired in this attempt and will not again: rolling back is a person's turn", theme.Warn | theme.Bold})
	}
	if s.Vetoed(p.Now) {
		out = append(out, Notice{because("guard vetoed by "+s.VetoBy.Name+" until "+clock(s.Veto, p.Now)+"Z", s.VetoNote), theme.Warn | theme.Bold})
	}
	for i := range out {
		out[i].Text = model.Inert(out[i].Text)
	}
	return out
}

// freezes names the baselines that a plan freezes before its first step, each
// with its value now and the one that it replaces.
func freezes(p Props, plan *model.PlanState) [][]span {
	if len(plan.Plan.Freeze) == 0 {
		return nil
	}
	out := [][]span{{{theme.Strong | theme.Underline, "freeze"}}}
	for _, id := range plan.Plan.Freeze {
		glyph, style := p.theme().Outcome("")
		line := []span{{theme.Normal, "baseline of " + string(id)}}
		m, b := p.rollout().Metric(id), p.Snap.State.Baselines[id]
		switch {
		case m == nil:
		case !plan.FiredAt.IsZero() && !b.At.Before(plan.FiredAt):
			glyph, style = p.theme().Outcome(model.StepDone)
			line = append(line, span{theme.Normal, " frozen at " + model.FormatValue(m.Unit, float64(b.Value))})
		default:
			if m.Baseline > 0 {
				line = append(line, span{theme.Dim, "  the mean of its last " + spell(m.Baseline)})
			}
			if now, ok := p.Snap.Lines[id]; ok && now.HasValue {
				line = append(line, span{theme.Dim, ", now " + valueText(&now)})
			}
			if b.Points > 0 {
				line = append(line, span{theme.Dim, ", in place of " + model.FormatValue(m.Unit, float64(b.Value)) + " of " + clock(b.At, p.Now) + "Z"})
			}
		}
		out = append(out, append([]span{{style, glyph + " "}}, line...))
	}
	return out
}

// watchNotices tell what the guards that arm nothing see.
func watchNotices(p Props) []Notice {
	var out []Notice
	for _, g := range p.rollout().Watches {
		if is := p.Snap.State.Watches[g.Name]; is.Metric != "" {
			what := " only says so: "
			if g.Mode == model.GuardBlock {
				what = " blocks the way up: "
			}
			out = append(out, Notice{model.Inert(because("guard "+g.Name+what+string(is.Metric)+" is in FAIL", is.Reason)), theme.NoGo | theme.Bold})
		}
	}
	return out
}
