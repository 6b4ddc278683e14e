package gate

import (
	"slices"

	"gonogo/model"
)

// blockLines are the metrics of guards that block the way up, which the phase's own gate does not ask for: those
// in FAIL, and one that was in FAIL until it passes, since silence is no end of a breach.
func blockLines(r *model.Rollout, s *model.State, phase *model.Phase, lines Lookup) []model.Line {
	if s.Phase == "" {
		return nil
	}
	var out []model.Line
	var seen []model.MetricID
	for _, g := range r.Watching() {
		if g.Mode != model.GuardBlock {
			continue
		}
		for _, id := range g.On {
			line, ok := lines(id)
			stands := line.State == model.Fail || s.Watches[g.Name].Metric == id && line.State != model.Pass
			if !ok || !stands || slices.Contains(phase.Gate, id) || slices.Contains(seen, id) {
				continue
			}
			seen = append(seen, id)
			if line.State == model.Fail {
				line.Reason = "guard " + model.Inert(g.Name) + " blocks: " + line.Reason
			} else {
				line.Reason = "guard " + model.Inert(g.Name) + " saw a breach, and nothing shows that it is over: " + line.Reason
			}
			out = append(out, line)
		}
	}
	return out
}
