package ui

import (
	"fmt"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/overlay"
	"gonogo/ui/panel"
	"gonogo/ui/theme"
)

// notice is one line above the footer.
type notice struct {
	text  string
	style theme.Style
}

// notices are what must not be overlooked, the most important last.
func (c *cockpit) notices() []notice {
	var out []notice
	s := c.eyes.live
	if c.board.filter != "" {
		out = append(out, notice{"find: " + model.Inert(c.board.filter) + " · esc shows all rows", theme.Notice})
	}
	if c.eyes.frozen {
		out = append(out, notice{"view frozen at " + c.eyes.shownAt() + " · the engine goes on · p goes on", theme.Notice | theme.Bold})
	}
	if s != nil {
		if s.ConfigChanged != "" && !c.readOnly {
			out = append(out, notice{"config changed: A adopts it (" + overlay.Short(s.ConfigChanged) + ")", theme.Notice | theme.Bold})
		}
		if s.ConfigTrouble != "" {
			out = append(out, notice{"config: " + model.Inert(s.ConfigTrouble), theme.Warn | theme.Bold})
		}
		for _, text := range words.Silences(s, c.now) {
			out = append(out, notice{text + " · S", theme.Notice | theme.Bold})
		}
		for _, text := range words.Escalations(s, c.now, !c.readOnly) {
			out = append(out, notice{text, theme.Warn | theme.Bold})
		}
		for _, n := range panel.GuardNotices(panel.Props{Snap: s, Now: c.now}) {
			out = append(out, notice{n.Text, n.Style})
		}
		if n, open := panel.IncidentNotice(panel.Props{Snap: s, Now: c.now}); open && !c.planVisible() { // its box has the clock
			out = append(out, notice{n.Text, n.Style})
		}
		small := len(c.board.places(c.props())) == 0 && !c.eyes.frozen // the small view says it itself
		if p := s.State.ActivePlan(); p != nil && !c.planVisible() && !small {
			out = append(out, notice{planNotice(p, c.now), theme.Warn | theme.Bold})
		}
		if s.Journal != "" {
			out = append(out, notice{"journal: " + model.Inert(s.Journal), theme.NoGo | theme.Bold | theme.Reverse})
		}
		if s.History != "" {
			out = append(out, notice{model.Inert(s.History), theme.Warn | theme.Bold})
		}
		if s.Lost != "" {
			out = append(out, notice{"ENGINE LOST: " + model.Inert(s.Lost), theme.NoGo | theme.Bold | theme.Reverse})
		}
	}
	if c.eyes.ended && s != nil {
		out = append(out, notice{"ENGINE GONE: nothing here is new any more · q quits, then start gonogo again", theme.NoGo | theme.Bold | theme.Reverse})
	}
	if c.status.text != "" {
		style := theme.Strong
		if c.status.bad {
			style = theme.Warn | theme.Bold
		}
		out = append(out, notice{c.status.text, style})
	}
	return out
}

// planNotice tells of a plan whose box is hidden.
func planNotice(p *model.PlanState, now time.Time) string {
	title := model.Inert(p.Plan.Title)
	if p.Status == model.Armed {
		if p.Plan.Guard {
			title = "guard: " + title
		}
		if !p.FireAt.IsZero() {
			return "ARMED: " + title + " fires in " + model.FormatDuration(max(0, p.FireAt.Sub(now).Round(time.Second))) + " · v shows it"
		}
		return "armed: " + title + " · v shows it"
	}
	done := 0
	for _, st := range p.Steps {
		if st.Outcome != "" {
			done++
		}
	}
	return "runs: " + title + ", " + fmt.Sprintf("%d of %d steps", done, len(p.Steps)) + ", " +
		model.FormatDuration(max(0, now.Sub(p.FiredAt)).Truncate(time.Second)) + " · v shows it"
}
