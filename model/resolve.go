package model

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ErrRefused is what a resolver wraps when a precondition does not hold.
var ErrRefused = errors.New("refused")

const (
	setTimeout   = 10 * time.Second
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
	default:
		err = refuse("%s resolves to no plan", in.Kind)
	}
	if err != nil {
		return Plan{}, err
	}
	p.ID, p.From, p.Headline, p.Reason = PlanID(in.ID), s.Phase, gate.Headline, in.Reason
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
	next := r.NextPhase(s.Phase)
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
	back := r.PhaseIndex(next.ID) < r.PhaseIndex(s.Phase)
	skips := r.PhaseIndex(next.ID) > r.PhaseIndex(s.Phase)+1
	override := false
	switch {
	case back:
	case s.Phase == "" && !skips: // nothing was entered that a gate could have judged
	case gate.Headline != GO || skips:
		override = true
		if in.Reason == "" {
			return Plan{}, refuse("%s: entering %q needs a reason", whyNot(gate, skips), next.ID)
		}
	}
	p := Plan{Kind: PlanEnter, Title: "Enter " + next.Title, Phase: next.ID, Leaves: true, Budget: ForwardBudget, Override: override}
	settings := next.Flags
	if back || skips || s.Phase == "" {
		settings = PhaseSettings(r, next.ID)
	}
	if s.Phase == "" && len(next.Flags) == 0 && r.PhaseIndex(next.ID) == 0 {
		settings = nil // a first phase without flags sets nothing: it may be another environment
	}
	p.Steps = forwardSteps(r, s, settings)
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
	p.Steps = forwardSteps(r, s, settings)
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
func forwardSteps(r *Rollout, s *State, settings []Setting) []Step {
	steps := containSteps(r, s, settings)
	steps = append(steps, runSteps(r, settings, nil)...)
	for _, set := range settings {
		steps = append(steps, verifyStep(r, Verify{Kind: VerifyFlag, Flag: set.Flag, Is: set.Value, Within: verifyWithin}))
	}
	return steps
}

func resolveRollback(r *Rollout, s *State, in Intent) (Plan, error) {
	b := r.EmergencyRollback()
	if in.Rollback != "" {
		b = r.Rollback(in.Rollback)
	}
	if b == nil {
		return Plan{}, refuse("there is no rollback %q", in.Rollback)
	}
	settings, err := rollbackSettings(r, s, b)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Kind: PlanRollback, Title: b.Title, Rollback: b.ID, Emergency: b.Emergency, Budget: b.Budget, Phase: s.Phase}
	p.Steps = append(containSteps(r, s, settings), runSteps(r, settings, b.Run)...)
	for _, v := range b.Verify {
		if v.Kind == VerifyFlag && v.Flag == "phase" {
			for _, set := range settings {
				one := v
				one.Flag, one.Is, one.Title = set.Flag, set.Value, ""
				p.Steps = append(p.Steps, verifyStep(r, one))
			}
			continue
		}
		if v.Kind == VerifyFlag && v.Is.IsZero() {
			v.Is = valueFor(settings, v.Flag, s.Flags[v.Flag].Stored)
		}
		p.Steps = append(p.Steps, verifyStep(r, v))
	}
	switch b.Scope {
	case ScopeSafe:
		p.Leaves, p.Phase = s.Phase != "", ""
	case ScopePhase:
		p.Leaves, p.Phase = true, before(r, s.Phase)
	}
	return p, nil
}

func before(r *Rollout, id PhaseID) PhaseID {
	if i := r.PhaseIndex(id); i > 0 {
		return r.Phases[i-1].ID
	}
	return ""
}

func valueFor(settings []Setting, id FlagID, otherwise Value) Value {
	for _, set := range settings {
		if set.Flag == id {
			return set.Value
		}
	}
	return otherwise
}

// rollbackSettings returns what rollback b sets, masters before what needs them.
func rollbackSettings(r *Rollout, s *State, b *Rollback) ([]Setting, error) {
	var out []Setting
	switch b.Scope {
	case ScopeSafe:
		for _, f := range r.Flags {
			if !f.SafeKeep {
				out = append(out, Setting{f.ID, f.Safe})
			}
		}
	case ScopePhase:
		p := r.Phase(s.Phase)
		if p == nil {
			return nil, refuse("no phase was entered, so %q has nothing to take back", b.ID)
		}
		out = phaseBack(r, p)
		if len(out) == 0 {
			return nil, refuse("phase %q sets no flag, so %q has nothing to take back", p.ID, b.ID)
		}
	default:
		out = slices.Clone(b.Set)
	}
	return out, nil
}

// phaseBack returns the flags of p with the value that the phases before it
// give them, or the safe one.
func phaseBack(r *Rollout, p *Phase) []Setting {
	earlier := map[FlagID]Value{}
	for _, q := range r.Phases[:r.PhaseIndex(p.ID)] {
		for _, set := range q.Flags {
			earlier[set.Flag] = set.Value
		}
	}
	var out []Setting
	for _, set := range p.Flags {
		if v, ok := earlier[set.Flag]; ok {
			out = append(out, Setting{set.Flag, v})
		} else if f := r.Flag(set.Flag); f != nil && !f.SafeKeep {
			out = append(out, Setting{f.ID, f.Safe})
		}
	}
	return out
}

// containSteps returns one set step a flag, ordered so that nothing in between
// is more open than the start: what narrows goes first, what widens waits for
// its masters to be off. The executor writes those of one file at once.
func containSteps(r *Rollout, s *State, settings []Setting) []Step {
	var narrow, widen []Step
	for _, set := range settings {
		f := r.Flag(set.Flag)
		if f == nil {
			continue
		}
		from := s.Flags[f.ID].Stored
		st := Step{
			Stage: StageContain, Kind: StepSet, Timeout: setTimeout,
			Title:   fmt.Sprintf("%s: %s → %s", f.ID, from, set.Value),
			Changes: []Change{{f.ID, from, set.Value}},
		}
		if widens(f, from, set.Value) {
			st.After = offMasters(f, settings)
			widen = append(widen, st)
		} else {
			narrow = append(narrow, st)
		}
	}
	return append(narrow, widen...)
}

// widens reports whether going from one value to the other may let more
// traffic in: a switch turned on, a list that gains items, or loses its last
// where empty means everyone.
func widens(f *Flag, from, to Value) bool {
	switch f.Type {
	case Bool:
		return to.Equal(BoolValue(true))
	case List:
		if len(to.Items) == 0 {
			return f.Empty == "everyone"
		}
		if len(from.Items) == 0 {
			return f.Empty != "everyone"
		}
		for _, item := range to.Items {
			if !slices.Contains(from.Items, item) {
				return true
			}
		}
		return false
	}
	return true
}

// offMasters returns the masters of f that the same plan turns off.
func offMasters(f *Flag, settings []Setting) []FlagID {
	var out []FlagID
	for _, need := range f.Needs {
		if valueFor(settings, need, Value{}).Equal(BoolValue(false)) {
			out = append(out, need)
		}
	}
	return out
}

// runSteps returns what must run after the settings: what their flags apply
// by, then what the rollback lists, each once.
func runSteps(r *Rollout, settings []Setting, also []ActionID) []Step {
	var ids []ActionID
	add := func(more []ActionID) {
		for _, id := range more {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for _, set := range settings {
		if f := r.Flag(set.Flag); f != nil {
			add(f.Apply)
		}
	}
	add(also)
	var out []Step
	for _, id := range ids {
		if a := r.Action(id); a != nil {
			out = append(out, Step{
				Stage: StageApply, Kind: StepRun, Title: a.Title, Action: id,
				Preview: a.Preview, Idempotent: a.Idempotent, Timeout: a.Timeout,
			})
		}
	}
	return out
}

func verifyStep(r *Rollout, v Verify) Step {
	if v.Title == "" {
		switch v.Kind {
		case VerifyFlag:
			v.Title = fmt.Sprintf("%s is %s", v.Flag, v.Is)
			if f := r.Flag(v.Flag); f != nil && f.Effective {
				v.Title += " in the running service"
			}
		case VerifyMetric:
			v.Title = fmt.Sprintf("%s %s", v.Metric, v.Target.Text)
		}
	}
	return Step{Stage: StageVerify, Kind: StepVerify, Title: v.Title, Verify: &v, Timeout: v.Within}
}
