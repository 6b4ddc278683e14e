package overlay

import (
	"strings"

	"gonogo/model"
	"gonogo/model/words"
)

// Acknowledge asks for a note of who takes on what calls for people; none does: it says so.
func Acknowledge(s Scene) (Overlay, Want) {
	r, snap := s.Rollout()
	if r == nil {
		return nil, Fail(NoEngine)
	}
	var open []string
	for _, a := range snap.State.Alarms(r, s.Now) {
		if snap.State.EscalatedFor(a).At.IsZero() {
			open = append(open, string(a.On))
		}
	}
	if len(open) == 0 {
		return nil, Say("nothing calls for anybody that is not acknowledged")
	}
	return &prompt{
		title: "Acknowledge: " + words.List(open), hint: "you have taken it on, and nobody else is told; a note, if you like", input: newInput("› ", ""), arms: true,
		done: func(_ Scene, text string) (Want, string) {
			return Submit(model.Intent{Kind: model.Acknowledge, Reason: strings.TrimSpace(text)}), ""
		},
	}, Want{}
}
