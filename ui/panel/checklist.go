package panel

import (
	"strconv"

	"gonogo/model"
	"gonogo/ui/theme"
)

type checklistPanel struct{}

// Checklist is what must hold before the phase may be left, beside its metrics:
// what people sign, and what gonogo runs, asks, or reads off a metric.
func Checklist() Panel { return checklistPanel{} }

func (checklistPanel) Name() string { return "checklist" }
func (checklistPanel) Min() Size    { return Size{24, 3} }

func (k checklistPanel) Title(p Props) string { return plain(k.title(p)) }

func (checklistPanel) title(p Props) []span {
	all := p.checks()
	if len(all) == 0 {
		return []span{{theme.Title, "Checklist"}}
	}
	n := 0
	for i := range all {
		if s := p.standing(&all[i]); s.holds() {
			n++
		}
	}
	return []span{{theme.Title, "Checklist"}, {theme.Normal, "  " + strconv.Itoa(n) + " of " + strconv.Itoa(len(all))}}
}

// CheckRows returns the checks that the checklist's rows show.
func CheckRows(p Props) []model.Check {
	all := p.checks()
	out := make([]model.Check, 0, len(all))
	for _, check := range all {
		if p.matches(check.Text, string(check.ID)) {
			out = append(out, check)
		}
	}
	return out
}

func (checklistPanel) Rows(p Props) int { return len(CheckRows(p)) }

func (checklistPanel) rowAt(p Props, x, y int) int { return rowInList(p, len(CheckRows(p)), x, y) }

func (k checklistPanel) Render(p Props) string {
	rows := CheckRows(p)
	return listOver(p, len(rows), k.title(p), "nothing to check in this phase", p.phaseTexts, func(c *canvas, x, y, width, row int) {
		check := &rows[row]
		s := p.standing(check)
		glyph, style := s.look(p, check)
		c.text(x, y, min(width, 1), style, glyph)
		text, short := s.says(p, check)
		if cells(text) > width-3-cells(check.Text) {
			text = short
		}
		room := width - 3 - min(cells(check.Text), max(width*2/5, 8)) // beside a readable name
		n := 0
		if text != "" {
			n = c.right(x+width, y, min(cells(text), room), saysStyle(&s), text) + 1
		}
		if check.Group != "" && (row == 0 || rows[row-1].Group != check.Group) {
			g := c.text(x+2, y, min(width/3, width-n-2), theme.Dim|theme.Underline, check.Group) + 1
			x, width = x+g, width-g
		}
		c.text(x+2, y, width-n-2, theme.Normal, check.Text)
	})
}

// saysStyle gives weight to what a person should look at.
func saysStyle(s *standing) theme.Style {
	switch {
	case s.live != nil:
		return theme.Normal
	case s.line != nil && s.line.State.Headline() == model.NoGo, s.line == nil && s.counts && s.result.Failed:
		return theme.Strong
	case s.known && !s.counts:
		return theme.Hold
	}
	return theme.Dim
}

// mostTexts is for how many rows of texts the checklist asks.
const mostTexts = 9

// TextRows returns how many rows below its checks the checklist has a use for, on a screen of a width.
func TextRows(p Props, screen int) int { return min(len(p.phaseTexts(screen*3/8)), mostTexts) }

// phaseTexts are what the phase that is judged is for, and what is done in it, for width cells.
func (p Props) phaseTexts(width int) [][]span {
	if !p.known() || p.Filter != "" {
		return nil
	}
	phase := p.rollout().JudgedPhase(p.Snap.State.Phase)
	if phase == nil {
		return nil
	}
	var out [][]span
	for _, part := range []struct {
		name string
		all  []string
	}{{"Objectives", phase.Objectives}, {"Activities", phase.Activities}} {
		if len(part.all) == 0 {
			continue
		}
		out = append(out, []span{{theme.Dim | theme.Underline, part.name}})
		for _, text := range part.all {
			for i, line := range wrap(text, max(width-2, 8)) {
				mark := "  "
				if i == 0 {
					mark = "· "
				}
				out = append(out, []span{{theme.Dim, mark}, {theme.Normal, line}})
			}
		}
	}
	return out
}
