package model

import (
	"errors"
	"fmt"
	"time"
)

// ErrRefused is what a resolver wraps when a precondition does not hold.
var ErrRefused = errors.New("refused")

// ErrNeedsReason is what is wrapped beside ErrRefused when an intent lacks nothing but a reason.
var ErrNeedsReason = errors.New("needs a reason")

const (
	// SetTimeout is how long setting a flag may take.
	SetTimeout   = 10 * time.Second
	verifyWithin = time.Minute
	// ForwardBudget bounds plans that have no budget of their own.
	ForwardBudget = 15 * time.Minute
)

// Resolve turns what a person asks for, an Arm… intent, into a sealed plan:
// this flag from this value to that, these commands, these checks. It looks at
// nothing but its arguments. Its error wraps ErrRefused and says what to do instead.
func Resolve(r *Rollout, s *State, gate Verdict, in Intent) (Plan, error) {
	var p Plan
	var err error
	switch in.Kind {
	case ArmEnter:
		p, err = resolveEnter(r, s, gate, in)
	case ArmFlip:
		p, err = resolveFlip(r, s, in)
	case ArmRollback:
		p, err = resolveRollback(r, s, in)
	case ArmDrill:
		p, err = resolveDrill(r, s, in)
	default:
		err = refuse("%s resolves to no plan", in.Kind)
	}
	if err != nil {
		return Plan{}, err
	}
	p.ID, p.From, p.Headline, p.Reason = PlanID(in.ID), s.Phase, gate.Headline, in.Reason
	p.Guard = in.By.Via == ViaGuard
	markBelow(r, s, &p)
	markShort(r, s, &p)
	for i := range p.Steps {
		p.Steps[i].N = i
	}
	return p.Seal(), nil
}

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrRefused, fmt.Errorf(format, args...))
}

// PhaseSettings returns what the flags shall be in phase id: what it and the
// phases before it set, and for the flags that only later phases set, their
// safe value. It is in the order of r.Flags; flags without an opinion are left out.
func PhaseSettings(r *Rollout, id PhaseID) []Setting {
	at := r.PhaseIndex(id)
	want := map[FlagID]Value{}
	later := map[FlagID]bool{}
	for i, p := range r.Phases {
		for _, set := range p.Flags {
			if i <= at {
				want[set.Flag] = set.Value
			} else {
				later[set.Flag] = true
			}
		}
	}
	var out []Setting
	for _, f := range r.Flags {
		if v, ok := want[f.ID]; ok {
			out = append(out, Setting{f.ID, v})
		} else if later[f.ID] && !f.SafeKeep {
			out = append(out, Setting{f.ID, f.Safe})
		}
	}
	return out
}

func resolveEnter(r *Rollout, s *State, gate Verdict, in Intent) (Plan, error) {
	next := r.Upward(s)
	if in.Phase != "" {
		next = r.Phase(in.Phase)
		if next == nil {
			return Plan{}, refuse("there is no phase %q", in.Phase)
		}
	}
	if next == nil {
		return Plan{}, refuse("%q is the last phase: there is none to advance to", s.Phase)
	}
	if s.Held {
		return Plan{}, refuse("the rollout is held by %s (%s): resume first", s.HeldBy.Name, s.HeldReason)
	}
	to, stands := r.PhaseIndex(next.ID), r.PhaseIndex(s.Phase)
	back, again := to < stands, s.Below != nil && to == stands
	if s.Below != nil {
		stands--
	}
	skips := to > stands+1
	override := false
	switch {
	case back:
	case s.Phase == "" && !skips && !gate.Headline.ofRollback(): // nothing was entered that a gate could have judged
	case again && gate.Headline == Hold: // what it waits for begins when it is entered
	case gate.Headline != GO || skips:
		override = true
		if in.Reason == "" {
			return Plan{}, refuse("%s: entering %q %w", whyNot(gate, skips), next.ID, ErrNeedsReason)
		}
	}
	p := Plan{Kind: PlanEnter, Title: "Enter " + next.Title, Phase: next.ID, Leaves: true, Budget: ForwardBudget, Override: override}
	if again {
		p.Title += " again"
	}
	settings := next.Flags
	if !back {
		p.Freeze = next.Freeze
	}
	if back || skips || again || s.Phase == "" {
		settings = PhaseSettings(r, next.ID)
	}
	if s.Phase == "" && len(next.Flags) == 0 && r.PhaseIndex(next.ID) == 0 {
		settings = nil // a first phase without flags sets nothing: it may be another environment
	}
	settings, err := concrete(r, s, settings, back, nil)
	if err != nil {
		return Plan{}, err
	}
	p.Steps = forwardSteps(r, s, settings, back)
	p.Warnings = planWarnings(r, settings)
	return p, nil
}

func whyNot(gate Verdict, skips bool) string {
	if gate.Headline == GO && skips {
		return "it skips a phase"
	}
	text := "the gate says " + string(gate.Headline)
	if len(gate.Reasons) > 0 {
		text += " (" + gate.Reasons[0] + ")"
	}
	return text
}

func resolveFlip(r *Rollout, s *State, in Intent) (Plan, error) {
	f := r.Flag(in.Flag)
	if f == nil {
		return Plan{}, refuse("there is no flag %q", in.Flag)
	}
	if in.Value.Type != f.Type {
		return Plan{}, refuse("flag %q is a %s, not a %s", f.ID, f.Type, in.Value.Type)
	}
	p := Plan{Kind: PlanFlip, Title: fmt.Sprintf("Set %s to %s", f.ID, in.Value), Flag: f.ID, Budget: ForwardBudget}
	settings := []Setting{{f.ID, in.Value}}
	p.Steps = forwardSteps(r, s, settings, false)
	p.Warnings = planWarnings(r, settings)
	for _, need := range f.Needs {
		if m := s.Flags[need].Current(); m.Equal(BoolValue(false)) {
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s means nothing while %s is off", f.ID, need))
		}
	}
	return p, nil
}

// planWarnings says what a setting would open to everyone.
func planWarnings(r *Rollout, settings []Setting) []string {
	var out []string
	for _, set := range settings {
		if f := r.Flag(set.Flag); f != nil && f.Empty == "everyone" && f.Type == List && len(set.Value.Items) == 0 {
			out = append(out, fmt.Sprintf("an empty %s means everyone", f.ID))
		}
	}
	return out
}

// forwardSteps sets the flags, runs what their changes need, and sees that
// each is in effect.
func forwardSteps(r *Rollout, s *State, settings []Setting, down bool) []Step {
	steps := containSteps(r, s, settings, down)
	steps = append(steps, runSteps(r, settings, nil)...)
	for _, set := range settings {
		steps = append(steps, verifyStep(r, Verify{Kind: VerifyFlag, Flag: set.Flag, Is: set.Value, Within: verifyWithin}))
	}
	return steps
}
