package panel

import (
	"fmt"
	"strings"

	"gonogo/model"
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
		rows = append(rows, row{i, phaseSpans(p, st)})
		for k := range p.Snap.State.Attempts {
			if a := &p.Snap.State.Attempts[k]; a.Phase == st.phase.ID {
				rows = append(rows, row{i, attemptSpans(p, a)})
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

// phaseSpans is a phase as it is planned.
func phaseSpans(p Props, st station) []span {
	style := theme.Normal
	if st.stage == current {
		style = theme.Strong
	}
	out := []span{{style, stageMark(st.stage) + orID(st.phase.Title, string(st.phase.ID))}}
	if st.phase.Soak > 0 || st.phase.Limit > 0 {
		out = append(out, span{theme.Dim, "  planned "}, span{theme.Normal, span2(st.phase.Soak, st.phase.Limit)})
	}
	if st.stage == current {
		t := currentText(p, st)
		out = append(out, span{theme.Dim, "  now "}, t)
	}
	if len(st.phase.Flags) > 0 {
		var flags []string
		for _, set := range st.phase.Flags {
			flags = append(flags, string(set.Flag)+" = "+set.Value.String())
		}
		out = append(out, span{theme.Dim, "  sets "}, span{theme.Normal, strings.Join(flags, ", ")})
	}
	return append(out, span{theme.Dim, fmt.Sprintf("  gate metrics %d, checks %d", len(st.phase.Gate), len(st.phase.Checks))})
}

// attemptSpans is one stay in a phase, as it was.
func attemptSpans(p Props, a *model.Attempt) []span {
	out := []span{{theme.Dim, fmt.Sprintf("    attempt %d  entered %s by %s", a.N, clock(a.Entered, p.Now), a.By.Name)}}
	end := "still there"
	switch {
	case a.Back:
		end = "rolled back " + clock(a.Left, p.Now)
	case !a.Left.IsZero():
		end = "left " + clock(a.Left, p.Now)
	}
	out = append(out, span{theme.Dim, ", " + end + ", "}, span{theme.Normal, model.FormatDuration(left(a, p.Now).Sub(a.Entered))},
		span{theme.Dim, ", soaked "}, span{theme.Normal, model.FormatDuration(a.Soak)})
	if a.Override != "" {
		out = append(out, span{theme.Warn, "  override: " + a.Override})
	}
	return out
}
