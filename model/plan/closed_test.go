package plan

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestAClosedTimeStopsTheWayUpOnly: a phase or a flag that may let more in needs a reason, the
// first phase as well; what takes back does not.
func TestAClosedTimeStopsTheWayUpOnly(t *testing.T) {
	closed := model.Verdict{Headline: model.Hold, Closed: "until Mon 08:00Z: weekend", Lines: []model.Line{{Title: "Closed", State: model.Held, MoreTime: time.Hour, Reason: "until Mon 08:00Z: weekend"}}}
	flip := func(on bool) model.Intent {
		return model.Intent{ID: "1", Kind: model.ArmFlip, Flag: "real", Value: model.BoolValue(on)}
	}
	for name, c := range map[string]struct {
		s     model.State
		in    model.Intent
		stops bool
	}{
		"the first phase": {model.State{}, model.Intent{ID: "1", Kind: model.ArmEnter}, true},
		"the next phase":  {at("a"), model.Intent{ID: "1", Kind: model.ArmEnter}, true},
		"a phase before":  {at("a"), model.Intent{ID: "1", Kind: model.ArmEnter, Phase: "staging"}, false},
		"a flag on":       {model.State{Phase: "staging", Flags: map[model.FlagID]model.FlagState{"real": {Stored: model.BoolValue(false)}}}, flip(true), true},
		"a flag off":      {at("a"), flip(false), false},
		"a rollback":      {at("a"), model.Intent{ID: "1", Kind: model.ArmRollback}, false},
	} {
		_, err := Resolve(testRollout(), &c.s, closed, c.in)
		if c.stops && (!errors.Is(err, model.ErrNeedsReason) || !strings.Contains(err.Error(), "it is closed until Mon 08:00Z: weekend")) || !c.stops && errors.Is(err, model.ErrNeedsReason) {
			t.Errorf("%s: %v", name, err)
		}
		c.in.Reason = "the fix cannot wait"
		if p, err := Resolve(testRollout(), &c.s, closed, c.in); err != nil || c.stops && p.Kind == model.PlanEnter && !p.Override {
			t.Errorf("%s with a reason: %v, override %v", name, err, p.Override)
		}
	}
}
