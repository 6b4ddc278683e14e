package overlay

import "gonogo/model"

// Quit asks whether to quit. In the engine of a critical environment "quit"
// must be chosen, and then Enter pressed.
func Quit(s Scene, engine bool) Overlay {
	leave := func(Scene) (Overlay, Want) { return nil, Want{Quit: true} }
	o := question(quitTitle(s, engine), "quit", "stay", leave)
	o.quits = true
	if critical(s, engine) {
		o.asks = false
		o.items = []item{{"esc", "stay", nothing}, {"", "quit", leave}}
	}
	return o
}

// QuitAgain is wanted where somebody asks to quit while o is open; nothing
// where o is another box. Who asks twice means it, but not in the engine of a critical environment.
func QuitAgain(o Overlay, s Scene, engine bool) (Want, bool) {
	switch m, ok := o.(*menu); {
	case !ok || !m.quits:
		return Want{}, false
	case critical(s, engine):
		return Fail("choose quit, then press enter · esc stays"), true
	}
	return Want{Quit: true}, true
}

// AsksQuit reports whether o asks whether to quit.
func AsksQuit(o Overlay) bool {
	m, ok := o.(*menu)
	return ok && m.quits
}

func critical(s Scene, engine bool) bool {
	return engine && s.Live.Rollout != nil && s.Live.Rollout.Environment.Critical
}

func quitTitle(s Scene, engine bool) string {
	if !engine {
		return "Quit gonogo?"
	}
	if s.Live.State.ActivePlan() != nil {
		return "Quit? This is the engine, and a plan is under way: it goes on to its end, then nothing is watched"
	}
	title := "Quit? This is the engine: nothing is watched after"
	if r := s.Live.Rollout; r != nil && r.Guard != nil && r.Guard.Mode == model.GuardArmed {
		title += "; the guard is armed now, and will not be"
	}
	return title
}
