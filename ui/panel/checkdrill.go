package panel

import (
	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// drillSays tells when the rollback of a check was last rehearsed, in many
// words and in few.
func drillSays(p Props, c *model.Check, s *standing) (long, short string) {
	d := s.drill
	switch {
	case d == nil && p.ReadOnly:
		return "never rehearsed", "to rehearse"
	case d == nil:
		return "never rehearsed: enter offers it", "to rehearse"
	}
	age := words.Age(p.Now.Sub(d.At)) + " ago"
	switch {
	case !d.Passed() && d.Took > d.Budget:
		return "OVER BUDGET " + age + ": " + words.LastDrill(*d, true, p.Now), "over budget " + age
	case !d.Passed():
		return string(d.Outcome) + " " + age + ": rehearse again", string(d.Outcome) + " " + age
	case c.Real && d.How != model.RehearseReal:
		return "dry " + age + ", a real drill is asked for", "dry only"
	case !s.counts:
		return "due, last rehearsed " + age, "due, " + age
	}
	left := atMost(d.At.Add(c.Within).Sub(p.Now))
	return string(d.Outcome) + " " + age + ", due in " + left, age
}

// whyDrill is the last drill of a check's rollback.
func whyDrill(p Props, c *model.Check, s *standing, w int) [][]span {
	style := theme.Strong
	if !s.drill.Passed() {
		style = theme.Warn | theme.Bold
	}
	out := field(w, "last", style, words.LastDrill(*s.drill, true, p.Now)+", by "+s.drill.By.Name)
	switch {
	case c.Real && s.drill.How != model.RehearseReal:
		return append(out, field(w, "counts", theme.Warn, "no: this check wants a real drill")...)
	case !s.counts:
		return append(out, field(w, "counts", theme.Warn, "no more: it may be "+model.FormatDuration(c.Within)+" old")...)
	}
	return append(out, field(w, "counts", theme.Normal, "for "+atMost(s.drill.At.Add(c.Within).Sub(p.Now))+" more")...)
}
