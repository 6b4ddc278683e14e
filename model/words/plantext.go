package words

import (
	"fmt"
	"time"

	"gonogo/model"
)

// TotalPlanned says how long the phases of r are planned to take together: at least, and at
// most where each has a limit. Empty: no phase has a time.
func TotalPlanned(r *model.Rollout) string {
	var least, most time.Duration
	limited := true
	for i := range r.Phases {
		p := &r.Phases[i]
		if p.Optional {
			continue
		}
		least += p.Soak
		most += max(p.Limit, p.Soak)
		limited = limited && (p.Limit > 0 || i == len(r.Phases)-1) // the last has no end
	}
	switch {
	case least <= 0:
		return ""
	case limited && most > least:
		return fmt.Sprintf("%s to %s in %s", model.FormatDuration(least), model.FormatDuration(most), count(len(r.Phases), "phase"))
	}
	return fmt.Sprintf("at least %s in %s", model.FormatDuration(least), count(len(r.Phases), "phase"))
}

// Nth numbers the entry i, from 0 on, of a list: "1. ".
func Nth(i int) string { return fmt.Sprintf("%d. ", i+1) }

// GuideText is a guide as plain lines: its title, causes, numbered steps and link, inert.
func GuideText(g *model.Guide) []string {
	out := []string{model.Inert("Guide: " + g.Title)}
	for _, c := range g.Causes {
		out = append(out, model.Inert("  may be: "+c))
	}
	for i, s := range g.Steps {
		out = append(out, model.Inert("  "+Nth(i)+s))
	}
	if g.Link != "" {
		out = append(out, model.Inert("  "+g.Link))
	}
	return out
}
