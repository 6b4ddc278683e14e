package panel

import (
	"fmt"

	"gonogo/model"
	"gonogo/ui/theme"
)

type checklistPanel struct{}

// Checklist is what people sign before the phase may be left.
func Checklist() Panel { return checklistPanel{} }

func (checklistPanel) Name() string { return "checklist" }
func (checklistPanel) Min() Size    { return Size{24, 3} }

func (k checklistPanel) Title(p Props) string { return plain(k.title(p)) }

func (checklistPanel) title(p Props) []span {
	all := p.checks()
	if len(all) == 0 {
		return []span{{theme.Title, "Checklist"}}
	}
	signed := 0
	for _, check := range all {
		if _, ok := p.Snap.State.Checks[check.ID]; ok {
			signed++
		}
	}
	return []span{{theme.Title, "Checklist"}, {theme.Normal, fmt.Sprintf("  %d of %d", signed, len(all))}}
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
	return list(p, len(rows), k.title(p), "nothing to sign in this phase", func(c *canvas, x, y, width, row int) {
		check := &rows[row]
		signature, ok := p.Snap.State.Checks[check.ID]
		if !ok {
			glyph, style := c.theme.State(model.Manual)
			c.text(x, y, min(width, 1), style, glyph)
			c.text(x+2, y, width-2, theme.Normal, check.Text)
			return
		}
		glyph, style := c.theme.State(model.Pass)
		c.text(x, y, min(width, 1), style, glyph)
		who := clock(signature.At, p.Now) + " " + signature.By.Name
		if signature.Note != "" && p.Size.W >= 70 {
			who += ": " + signature.Note
		}
		if width >= 40 {
			who = "signed " + who
		}
		n := c.right(x+width, y, width/2, theme.Dim, who)
		c.text(x+2, y, width-n-3, theme.Normal, check.Text)
	})
}
