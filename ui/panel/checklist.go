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
	return list(p, len(rows), k.title(p), "nothing to check in this phase", func(c *canvas, x, y, width, row int) {
		check := &rows[row]
		s := p.standing(check)
		glyph, style := s.look(check, c.theme)
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
