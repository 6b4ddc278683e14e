package words

import (
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestNextNamesWhatThePlanSays: an unsigned plan, whom to ask, that a phase is optional, and the
// guide of a breach.
func TestNextNamesWhatThePlanSays(t *testing.T) {
	r := &model.Rollout{
		SignOff: []model.Check{{ID: "plan-approved", Text: "Plan approved by the lead"}},
		Metrics: []model.Metric{{ID: "e", Title: "Errors"}},
		Guides:  []model.Guide{{Metric: "e", Title: "Many errors"}},
		Phases:  []model.Phase{{ID: "a", Title: "A"}, {ID: "b", Title: "B", Optional: true, Owner: "ana"}},
	}
	at := func(phase model.PhaseID, lines ...model.Line) *model.Snapshot {
		s := &model.Snapshot{Rollout: r, State: model.State{Phase: phase}}
		s.Gate = model.Verdict{Phase: phase, Lines: lines, Headline: model.GO}
		for _, l := range lines {
			s.Gate.Headline = l.State.Headline()
		}
		return s
	}
	for _, c := range []struct {
		s    *model.Snapshot
		want string
	}{
		{at("", model.Line{Check: "plan-approved", State: model.Manual}), "sign off the plan: Plan approved by the lead (space), then a"},
		{at("a"), "press a to enter B (optional) · ask ana first"},
		{at("a", model.Line{Metric: "e", Title: "Errors", State: model.Fail}), "guide: Many errors · e shows it"},
	} {
		if got := Next(c.s, c.s.At, true).Long; !strings.Contains(got, c.want) {
			t.Errorf("%q, wanted %q", got, c.want)
		}
	}
}

// TestTheTotalDurationIsSaid: at least, and at most where every phase but the last has a limit;
// optional phases do not count.
func TestTheTotalDurationIsSaid(t *testing.T) {
	day := 24 * time.Hour
	phase := func(soak, limit time.Duration, optional bool) model.Phase {
		return model.Phase{Soak: soak, Limit: limit, Optional: optional}
	}
	for want, phases := range map[string][]model.Phase{
		"":                        {phase(0, 0, false)},
		"at least 5d in 2 phases": {phase(3*day, 0, false), phase(2*day, 0, false)},
		"5d to 9d in 2 phases":    {phase(3*day, 5*day, false), phase(2*day, 4*day, false)},
		"3d to 5d in 2 phases":    {phase(3*day, 5*day, false), phase(0, 0, false)},
		"at least 1d in 2 phases": {phase(day, 0, false), phase(9*day, 0, true)},
	} {
		if got := TotalPlanned(&model.Rollout{Phases: phases}); got != want {
			t.Errorf("%q, wanted %q", got, want)
		}
	}
}
