package panel

import (
	"fmt"
	"strings"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// table shows every phase with what is planned, and below it every stay in it
// with what happened.
func (phasesPanel) table(c *canvas, p Props, in rect, all []station) {
	type row struct {
		index int // of the phase
		parts []span
	}
	var rows []row
	cursor := 0
	for i, st := range all {
		if i == p.cursor(len(all)) {
			cursor = len(rows)
		}
		for _, line := range flow(phaseSpans(p, st), in.w-1, "      ") {
			rows = append(rows, row{i, line})
		}
		for k := range p.Snap.State.Attempts {
			if a := &p.Snap.State.Attempts[k]; a.Phase == st.phase.ID {
				for _, line := range flow(attemptSpans(p, a, st.phase), in.w-1, "               ") {
					rows = append(rows, row{i, line})
				}
			}
		}
	}
	view := p
	view.Cursor, view.Offset = cursor, p.Offset
	from, to := view.window(len(rows), in.h)
	for i := from; i < to; i++ {
		y := in.y + i - from
		c.spans(in.x+1, y, in.w-1, rows[i].parts...)
		if p.Focused && i == cursor {
			c.selectRow(rect{in.x, in.y, in.w, in.h}, y)
		}
	}
}

// flow puts groups one after the other into lines of at most w cells, the
// first of them in a line if need be too long. What follows the first line is indented.
func flow(groups [][]span, w int, indent string) [][]span {
	var out [][]span
	for _, g := range groups {
		last := len(out) - 1
		switch {
		case last < 0:
			out = append(out, g)
		case width(out[last])+2+width(g) <= w:
			out[last] = append(append(out[last], span{theme.Normal, "  "}), g...)
		default:
			out = append(out, append([]span{{theme.Normal, indent}}, g...))
		}
	}
	return out
}

// phaseSpans is a phase as it is planned.
func phaseSpans(p Props, st station) [][]span {
	style := theme.Normal
	if st.stage == current {
		style = theme.Strong
	}
	out := [][]span{{{style, markOf(p, st) + orID(st.phase.Title, string(st.phase.ID))}}}
	if st.phase.Optional {
		out[0] = append(out[0], span{theme.Dim, " (optional)"})
	}
	if st.phase.Owner != "" {
		out = append(out, []span{{theme.Dim, "owner "}, {theme.Normal, st.phase.Owner}})
	}
	if st.phase.Soak > 0 || st.phase.Limit > 0 {
		out = append(out, []span{{theme.Dim, "planned "}, {theme.Normal, span2(st.phase.Soak, st.phase.Limit)}})
	}
	if !st.phase.At.IsZero() {
		style := theme.Normal
		if st.stage != current && p.Now.After(st.phase.At) && p.Snap.State.LastAttempt(st.phase.ID) == nil {
			style = theme.Warn
		}
		out = append(out, []span{{theme.Dim, "at "}, {style, clock(st.phase.At, p.Now) + "Z"}})
	}
	if st.stage == current {
		out = append(out, []span{{theme.Dim, "now "}, currentText(p, st)})
	}
	if len(st.phase.Flags) > 0 {
		var flags []string
		for _, set := range st.phase.Flags {
			flags = append(flags, string(set.Flag)+" = "+set.Value.String())
		}
		out = append(out, []span{{theme.Dim, "sets "}, {theme.Normal, strings.Join(flags, ", ")}})
	}
	if len(st.phase.Freeze) > 0 {
		out = append(out, []span{{theme.Dim, "freezes "}, {theme.Normal, words.List(st.phase.Freeze)}})
	}
	return append(out, []span{{theme.Dim, fmt.Sprintf("gate metrics %d, checks %d", len(st.phase.Gate), len(st.phase.Checks))}})
}

// attemptSpans is one stay in a phase, as it was against what is planned.
func attemptSpans(p Props, a *model.Attempt, phase *model.Phase) [][]span {
	end := "still there"
	switch {
	case a.Back:
		end = "rolled back " + clock(a.Left, p.Now)
	case !a.Left.IsZero():
		end = "left " + clock(a.Left, p.Now)
	}
	served, spent := a.Soak, left(a, p.Now).Sub(a.Entered)
	if a.Left.IsZero() {
		served = soaked(p)
	}
	soak, style := model.FormatDuration(served), theme.Normal
	if phase.Soak > 0 && served >= phase.Soak {
		soak = model.FormatDuration(phase.Soak) + " ✔"
	} else if phase.Soak > 0 {
		soak += " of " + model.FormatDuration(phase.Soak)
	}
	if served < phase.Soak && !a.Left.IsZero() {
		style = theme.Warn // it was left early
	}
	out := [][]span{
		{{theme.Dim, fmt.Sprintf("    attempt %d  entered %s by %s, %s", a.N, clock(a.Entered, p.Now), a.By.Name, end)}},
		{{theme.Dim, "for "}, {theme.Normal, model.FormatDuration(spent)}},
		{{theme.Dim, "soaked "}, {style, soak}},
	}
	if phase.Limit > 0 && spent > phase.Limit {
		out = append(out, []span{{theme.Warn, "overdue " + model.FormatDuration(spent-phase.Limit)}})
	}
	if a.Override != "" {
		out = append(out, []span{{theme.Warn, "override: " + a.Override}})
	}
	return out
}
