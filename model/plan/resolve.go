package plan

import (
	"fmt"
	"time"

	"gonogo/model"
)

// verifyWithin is how long a flag may take to be seen in effect.
const verifyWithin = time.Minute

// Resolve turns what a person asks for, an Arm… intent, into a sealed plan:
// this flag from this value to that, these commands, these checks. It looks at
// nothing but its arguments. Its error wraps ErrRefused and says what to do instead.
func Resolve(r *model.Rollout, s *model.State, gate model.Verdict, in model.Intent) (model.Plan, error) {
	var p model.Plan
	var err error
	switch in.Kind {
	case model.ArmEnter:
		p, err = resolveEnter(r, s, gate, in)
	case model.ArmFlip:
		p, err = resolveFlip(r, s, gate, in)
	case model.ArmRollback:
		p, err = resolveRollback(r, s, in)
	case model.ArmDrill:
		p, err = resolveDrill(r, s, in)
	default:
		err = refuse("%s resolves to no plan", in.Kind)
	}
	if err != nil {
		return model.Plan{}, err
	}
	p.ID, p.From, p.Headline, p.Reason = model.PlanID(in.ID), s.Phase, gate.Headline, in.Reason
	p.Guard = in.By.Via == model.ViaGuard
	markBelow(r, s, &p)
	markShort(r, s, &p)
	for i := range p.Steps {
		p.Steps[i].N = i
	}
	return p.Seal(), nil
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %w", model.ErrRefused, fmt.Errorf(format, args...))
}

func resolveEnter(r *model.Rollout, s *model.State, gate model.Verdict, in model.Intent) (model.Plan, error) {
	next := r.Upward(s)
	if in.Phase != "" {
		next = r.Phase(in.Phase)
		if next == nil {
			return model.Plan{}, refuse("there is no phase %q", in.Phase)
		}
	}
	if next == nil {
		return model.Plan{}, refuse("%q is the last phase: there is none to advance to", s.Phase)
	}
	if s.Held {
		return model.Plan{}, refuse("the rollout is held by %s (%s): resume first", s.HeldBy.Name, s.HeldReason)
	}
	to, stands := r.PhaseIndex(next.ID), r.PhaseIndex(s.Phase)
	back, again := to < stands, s.Below != nil && to == stands
	if s.Below != nil {
		stands--
	}
	skips := passesBy(r, stands, to)
	override := false
	switch {
	case back:
	case len(s.PlanUnsigned(r)) > 0:
		override = true
		if in.Reason == "" {
			c := s.PlanUnsigned(r)[0]
			return model.Plan{}, refuse("the plan is not signed off (%s): sign it first (gonogo sign %s); entering %q %w", c.Text, c.ID, next.ID, model.ErrNeedsReason)
		}
	case len(s.Unapproved(r, next)) > 0:
		override = true
		if in.Reason == "" {
			c := s.Unapproved(r, next)[0]
			return model.Plan{}, refuse("it is not approved (%s: gonogo sign %s); entering %q %w", c.Text, c.ID, next.ID, model.ErrNeedsReason)
		}
	case waits(gate):
		override = true
		if in.Reason == "" {
			return model.Plan{}, refuse("%s: entering %q %w", whyWait(gate), next.ID, model.ErrNeedsReason)
		}
	case s.Phase == "" && !skips && !gate.Headline.OfRollback(): // nothing was entered that a gate could have judged
	case again && gate.Headline == model.Hold: // what it waits for begins when it is entered
	case gate.Headline != model.GO || skips:
		override = true
		if in.Reason == "" {
			return model.Plan{}, refuse("%s: entering %q %w", whyNot(gate, skips), next.ID, model.ErrNeedsReason)
		}
	}
	p := model.Plan{Kind: model.PlanEnter, Title: "Enter " + next.Title, Phase: next.ID, Leaves: true, Budget: model.ForwardBudget, Override: override}
	if again {
		p.Title += " again"
	}
	settings := next.Flags
	if !back {
		p.Freeze = next.Freeze
	}
	if back || skips || again || s.Phase == "" {
		settings = model.PhaseSettings(r, s, next.ID)
	}
	if s.Phase == "" && len(next.Flags) == 0 && r.PhaseIndex(next.ID) == 0 {
		settings = nil // a first phase without flags sets nothing: it may be another environment
	}
	climb := hasLevels(s, next, back)
	if climb {
		var err error
		if p.Steps, err = inLevels(r, s, next, settings); err != nil {
			return model.Plan{}, err
		}
		p.Budget = upBudget(r, s, next)
	}
	settings, err := concrete(r, s, settings, back, nil)
	if err != nil {
		return model.Plan{}, err
	}
	if !climb {
		p.Steps = forwardSteps(r, s, settings, back)
	}
	p.Warnings = planWarnings(r, settings)
	return p, nil
}

// waits reports whether the gate waits for a time: one that is closed, or before which the next
// phase may not be entered.
func waits(gate model.Verdict) bool { return whyWait(gate) != "" }

func whyWait(gate model.Verdict) string {
	for i := range gate.Lines {
		if l := &gate.Lines[i]; l.State == model.Held && l.MoreTime > 0 {
			if gate.Closed != "" {
				return "it is closed " + l.Reason
			}
			return l.Reason
		}
	}
	return ""
}

// passesBy reports whether a phase between the two places, that may not be passed by, is.
func passesBy(r *model.Rollout, stands, to int) bool {
	for i := stands + 1; i < to; i++ {
		if !r.Phases[i].Optional {
			return true
		}
	}
	return false
}

func whyNot(gate model.Verdict, skips bool) string {
	if gate.Headline == model.GO && skips {
		return "it skips a phase"
	}
	text := "the gate says " + string(gate.Headline)
	if len(gate.Reasons) > 0 {
		text += " (" + gate.Reasons[0] + ")"
	}
	return text
}

func resolveFlip(r *model.Rollout, s *model.State, gate model.Verdict, in model.Intent) (model.Plan, error) {
	f := r.Flag(in.Flag)
	if f == nil {
		return model.Plan{}, refuse("there is no flag %q", in.Flag)
	}
	if in.Value.Type != f.Type {
		return model.Plan{}, refuse("flag %q is a %s, not a %s", f.ID, f.Type, in.Value.Type)
	}
	if now := s.Flags[f.ID].Current(); s.Held && !in.Value.Equal(f.Safe) && !in.Value.Equal(now) && !isLess(f, now, in.Value, model.PlanFlip) {
		return model.Plan{}, refuse("the rollout is held by %s (%s), and that may let more in: resume first", s.HeldBy.Name, s.HeldReason)
	}
	if now := s.Flags[f.ID].Current(); gate.Closed != "" && in.Reason == "" && !in.Value.Equal(f.Safe) && !in.Value.Equal(now) && !isLess(f, now, in.Value, model.PlanFlip) {
		return model.Plan{}, refuse("it is closed %s: setting %q to what may let more in %w", gate.Closed, f.ID, model.ErrNeedsReason)
	}
	p := model.Plan{Kind: model.PlanFlip, Title: fmt.Sprintf("Set %s to %s", f.ID, in.Value), Flag: f.ID, Budget: model.ForwardBudget}
	settings := []model.Setting{{Flag: f.ID, Value: in.Value}}
	p.Steps = forwardSteps(r, s, settings, false)
	p.Warnings = planWarnings(r, settings)
	for _, need := range f.Needs {
		if m := s.Flags[need].Current(); m.Equal(model.BoolValue(false)) {
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s is inactive: it needs %s = true", f.ID, need))
		}
	}
	return p, nil
}

// planWarnings says what a setting would open to everyone.
func planWarnings(r *model.Rollout, settings []model.Setting) []string {
	var out []string
	for _, set := range settings {
		if f := r.Flag(set.Flag); f != nil && f.Empty == "everyone" && f.Type == model.List && len(set.Value.Items) == 0 {
			out = append(out, fmt.Sprintf("an empty %s means everyone", f.ID))
		}
	}
	return out
}

// forwardSteps sets the flags, runs what their changes need, and sees that
// each is in effect.
func forwardSteps(r *model.Rollout, s *model.State, settings []model.Setting, down bool) []model.Step {
	steps := containSteps(r, s, settings, down)
	steps = append(steps, runSteps(r, settings, nil)...)
	for _, set := range settings {
		steps = append(steps, verifyStep(r, model.Verify{Kind: model.VerifyFlag, Flag: set.Flag, Is: set.Value, Within: verifyWithin}))
	}
	return steps
}
