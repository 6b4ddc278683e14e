package overlay

import (
	"strings"

	"gonogo/model"
	"gonogo/model/words"
)

// Find filters the rows of all panels while its text is typed; esc goes back to before.
func Find(before string) Overlay {
	filter := func(text string) Want { return Want{Filter: &text} }
	return &prompt{
		title: "Find", hint: "rows without this text are left out; empty shows all", input: newInput("› ", before),
		change: filter, left: filter(before),
		done: func(_ Scene, text string) (Want, string) { return filter(text), "" },
	}
}

// Hold asks why nobody shall advance.
func Hold() Overlay {
	return &prompt{
		until: func(s Scene) string {
			if s.Live.State.Held {
				return "too late: the rollout is held already"
			}
			return ""
		},
		title: "Hold the rollout: nobody can advance until it is resumed", hint: "why", input: newInput("› ", ""), arms: true,
		done: needs("write why, or esc to leave it", model.Intent{Kind: model.HoldOn}),
	}
}

// needs submits in with the text as its reason, which must not be empty.
func needs(empty string, in model.Intent) func(Scene, string) (Want, string) {
	return func(_ Scene, text string) (Want, string) {
		if in.Reason = strings.TrimSpace(text); in.Reason == "" {
			return Want{}, empty
		}
		return Submit(in), ""
	}
}

// Sign signs c with a note. Vouching for one that gonogo finds out needs one.
func Sign(s Scene, c *model.Check) Overlay {
	needed, hint := false, "a note, such as what you saw and where"
	switch c.Kind {
	case model.CheckDrill:
		needed, hint = true, "a drill shows this: write why you vouch for it instead · space offers to rehearse"
	case model.CheckGates:
		needed, hint = true, "gonogo rehearse --gates shows this: write why you vouch for it instead"
	case model.CheckRun, model.CheckProbe:
		needed, hint = true, "gonogo finds this out: write why you vouch for it instead · space runs it"
	}
	id := c.ID
	return &prompt{
		until: whilePhase(s), title: "Sign: " + model.Inert(c.Text), hint: hint, input: newInput("› ", ""), arms: true,
		done: func(_ Scene, text string) (Want, string) {
			if text = strings.TrimSpace(text); text == "" && needed {
				return Want{}, "write why you vouch for it, or esc to leave it"
			}
			return Submit(model.Intent{Kind: model.Sign, Check: id, Reason: text}), ""
		},
	}
}

// signStep asks for a note for the first step of the plan that a person does and nobody signed.
func signStep(s Scene) (Overlay, Want) {
	p := s.Plan()
	open := p.ManualOpen()
	switch {
	case s.ReadOnly:
		return nil, Fail(ReadOnly)
	case len(open) == 0:
		return nil, Say("no step of the plan is for a person to do")
	}
	step, id := &p.Plan.Steps[open[0]], p.Plan.ID
	return &prompt{
		until: func(s Scene) string {
			if now := s.Plan(); now == nil || now.Plan.ID != id || now.ManualStep(step.Verify.ID) < 0 {
				return "too late: it was signed, or its plan is over"
			}
			return ""
		},
		title: "Sign: " + model.Inert(step.Title), hint: "that you have done it; a note, if you like", input: newInput("› ", ""), arms: true,
		done: func(_ Scene, text string) (Want, string) {
			return Submit(model.Intent{Kind: model.Sign, Check: step.Verify.ID, Reason: strings.TrimSpace(text)}), ""
		},
	}, Want{}
}

// Reason asks for the reason that in needs, and submits it again with it.
func Reason(s Scene, in model.Intent, why string) Overlay {
	var stays until
	if in.Kind == model.ArmEnter {
		stays = whilePhase(s)
	}
	in.Seen = 0
	return &prompt{
		until: stays, title: "Reason for: " + words.Intent(in), hint: why, input: newInput("› ", ""), arms: true,
		done: needs("write why, or esc to leave it", in),
	}
}

// Veto asks why the guard's plan id shall not fire, which goes on counting
// down meanwhile, and vetoes it with that.
func Veto(s Scene, id model.PlanID) Overlay {
	hint := "esc leaves it armed"
	if r := s.Live.Rollout; r != nil && r.Guard != nil {
		hint = "a veto counts for " + model.FormatDuration(r.Guard.Veto) + " · " + hint
	}
	return &prompt{
		until: whileArmed(id), title: "Veto the guard: why?", hint: hint, input: newInput("› ", ""), arms: true,
		note: func(s Scene) string { return countdown(s, id) },
		done: func(s Scene, text string) (Want, string) {
			switch text = strings.TrimSpace(text); {
			case armed(s, id) == nil:
				return Fail("too late for a veto: %s", countdown(s, id)), ""
			case text == "":
				return Want{}, "write why, or esc leaves it armed"
			}
			return Submit(model.Intent{Kind: model.Veto, Plan: id, Reason: text}), ""
		},
	}
}
