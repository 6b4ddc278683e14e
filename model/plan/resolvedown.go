package plan

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gonogo/model"
)

// oneFlagBudget bounds the way back of a single flag.
const oneFlagBudget = 5 * time.Minute

func resolveRollback(r *model.Rollout, s *model.State, in model.Intent) (model.Plan, error) {
	b := r.EmergencyRollback()
	switch {
	case in.Rollback != "":
		b = r.Rollback(in.Rollback)
	case in.Flag != "":
		return resolveFlagBack(r, s, in.Flag)
	}
	if b == nil {
		return model.Plan{}, refuse("there is no rollback %q", in.Rollback)
	}
	p := model.Plan{Kind: model.PlanRollback, Title: b.Title, Rollback: b.ID, Emergency: b.Emergency, Budget: b.Budget, Steady: b.Steady, Phase: s.Phase, Notify: b.Notify}
	if b.Asks() != "" {
		p.Parts = in.Remove
		if len(p.Parts) > 0 {
			p.Title += ": " + some(p.Parts)
		}
	}
	if len(b.Levels) > 0 {
		err := resolveLevels(r, s, b, &p)
		return p, err
	}
	settings, err := rollbackSettings(r, s, b)
	if err == nil {
		settings, err = concrete(r, s, settings, true, in.Remove)
	}
	if err != nil {
		return model.Plan{}, err
	}
	p.Steps = append(containSteps(r, s, settings, true), runSteps(r, settings, b.Run)...)
	for _, v := range b.Verify {
		p.Steps = append(p.Steps, verifySteps(r, s, v, settings)...)
	}
	switch b.Scope {
	case model.ScopeSafe:
		p.Leaves, p.Phase = s.Phase != "", ""
	case model.ScopePhase:
		if phaseInHand(s) == s.Phase { // of one that was not entered yet, back to where it stands
			p.Leaves, p.Phase = true, before(r, s, s.Phase)
		}
	}
	return p, nil
}

// resolveFlagBack takes one flag back to its safe value.
func resolveFlagBack(r *model.Rollout, s *model.State, id model.FlagID) (model.Plan, error) {
	f := r.Flag(id)
	switch {
	case f == nil:
		return model.Plan{}, refuse("there is no flag %q", id)
	case f.SafeKeep:
		return model.Plan{}, refuse("a rollback leaves %s as it is (safe = \"keep\"): set it to a value instead", id)
	}
	if f.Opens(f.Safe) && !masterOff(s, f) {
		return model.Plan{}, refuse("an empty %s means everyone: switch its master off instead", id)
	}
	settings := []model.Setting{{Flag: f.ID, Value: f.Safe}}
	p := model.Plan{Kind: model.PlanRollback, Title: fmt.Sprintf("Take %s back to %s", f.ID, f.Safe), Flag: id, Budget: oneFlagBudget, Phase: s.Phase}
	if b := r.EmergencyRollback(); b != nil {
		p.Steady = b.Steady
	}
	p.Steps = forwardSteps(r, s, settings, true)
	return p, nil
}

// masterOff reports whether a master of f is seen off.
func masterOff(s *model.State, f *model.Flag) bool {
	return slices.ContainsFunc(f.Needs, func(id model.FlagID) bool { return s.Flags[id].Current().Equal(model.BoolValue(false)) })
}

// resolveLevels fills p with the steps of a way down in several steps. Each
// level sets and restarts, sees its flags in effect, then rests; what is verified
// beside that comes at the end.
func resolveLevels(r *model.Rollout, s *model.State, b *model.Rollback, p *model.Plan) error {
	at := *s // the state as each level finds it
	at.Flags = map[model.FlagID]model.FlagState{}
	maps.Copy(at.Flags, s.Flags)
	for i, level := range b.Levels {
		settings, err := concrete(r, &at, level.Set, true, nil)
		if err != nil {
			return err
		}
		steps := append(containSteps(r, &at, settings, true), runSteps(r, settings, level.Run)...)
		for _, set := range settings {
			within := verifyWithin
			for _, v := range b.Verify {
				if v.Kind == model.VerifyFlag && v.Flag == set.Flag {
					within = v.Within
				}
			}
			steps = append(steps, verifyStep(r, model.Verify{Kind: model.VerifyFlag, Flag: set.Flag, Is: set.Value, Within: within}))
			f := at.Flags[set.Flag]
			f.Stored = set.Value
			at.Flags[set.Flag] = f
		}
		if level.Wait > 0 {
			steps = append(steps, holdStep(level))
		}
		for n := range steps {
			steps[n].Level = i + 1
		}
		p.Steps = append(p.Steps, steps...)
	}
	for _, v := range b.Verify {
		if v.Kind != model.VerifyFlag || !v.Is.IsZero() {
			p.Steps = append(p.Steps, verifyStep(r, v))
		}
	}
	return nil
}

func holdStep(l model.Level) model.Step {
	title := "wait " + model.FormatDuration(l.Wait)
	if len(l.Until) > 0 {
		title += "; stop here if on target: " + joined(l.Until)
	}
	return model.Step{Stage: model.StageHold, Kind: model.StepHold, Title: title, Until: l.Until, Timeout: l.Wait}
}

func joined[T ~string](names []T) string {
	out := ""
	for i, name := range names {
		if i > 0 {
			out += ", "
		}
		out += string(name)
	}
	return out
}

// resolveDrill turns a rollback into its rehearsal.
func resolveDrill(r *model.Rollout, s *model.State, in model.Intent) (model.Plan, error) {
	b := r.Rollback(in.Rollback)
	if b == nil {
		return model.Plan{}, refuse("there is no rollback %q", in.Rollback)
	}
	asks := func(set model.Setting) bool { return set.Value.Type == model.Remove }
	if slices.ContainsFunc(b.Set, asks) { // whom to take out is asked when it is meant
		asked := *b
		asked.Set = slices.DeleteFunc(slices.Clone(b.Set), asks)
		for _, set := range b.Set {
			if v := s.Flags[set.Flag].Stored; asks(set) && v.Type == model.List {
				asked.Set = append(asked.Set, model.Setting{Flag: set.Flag, Value: v})
			}
		}
		one := *r
		one.Rollbacks = []model.Rollback{asked}
		r = &one
	}
	p, err := resolveRollback(r, s, model.Intent{Rollback: b.ID})
	if err != nil {
		return model.Plan{}, err
	}
	p.Title, p.Drill, p.Emergency = "Drill: "+p.Title, b.Rehearse, false
	if b.Rehearse != model.RehearseReal {
		p.Kind, p.Drill, p.Leaves, p.Phase, p.Notify = model.PlanDrill, model.RehearseDry, false, s.Phase, nil
	}
	return p, nil
}

// verifySteps returns the steps that v stands for, after settings were set.
func verifySteps(r *model.Rollout, s *model.State, v model.Verify, settings []model.Setting) []model.Step {
	if v.Kind == model.VerifyFlag && v.Flag == "phase" {
		var out []model.Step
		for _, set := range settings {
			one := v
			one.Flag, one.Is, one.Title = set.Flag, set.Value, ""
			out = append(out, verifyStep(r, one))
		}
		return out
	}
	if v.Kind == model.VerifyFlag && v.Is.IsZero() {
		v.Is = model.ValueFor(settings, v.Flag, s.Flags[v.Flag].Stored)
		v.Title = "" // it names the value now
	}
	return []model.Step{verifyStep(r, v)}
}

// phaseInHand returns the phase whose flags are set, or half set: the one that is
// being entered, or was not entered to the end, else the one that the rollout stands in.
func phaseInHand(s *model.State) model.PhaseID {
	if p := s.Plan; p != nil && p.Plan.Kind == model.PlanEnter && !p.FiredAt.IsZero() && p.Outcome != model.Verified {
		return p.Plan.Phase
	}
	return s.Phase
}

// before returns the phase that the rollout stood in before id: the last one in front of
// it that was entered and not rolled back; "" where there is none.
func before(r *model.Rollout, s *model.State, id model.PhaseID) model.PhaseID {
	i := r.PhaseIndex(id)
	switch {
	case id != s.Phase: // on the way to it
		return s.Phase
	case i > 0 && s.LastAttempt(id) == nil: // how it came there is not known
		return r.Phases[i-1].ID
	}
	for i := r.PhaseIndex(id) - 1; i >= 0; i-- {
		if a := s.LastAttempt(r.Phases[i].ID); a != nil && !a.Back {
			return a.Phase
		}
	}
	return ""
}

// rollbackSettings returns what rollback b sets, masters before what needs them.
func rollbackSettings(r *model.Rollout, s *model.State, b *model.Rollback) ([]model.Setting, error) {
	var out []model.Setting
	switch b.Scope {
	case model.ScopeSafe:
		for _, f := range r.Flags {
			if !f.SafeKeep {
				out = append(out, model.Setting{Flag: f.ID, Value: f.Safe})
			}
		}
	case model.ScopePhase:
		p := r.Phase(phaseInHand(s))
		if p == nil {
			return nil, refuse("no phase was entered, so %q has nothing to take back", b.ID)
		}
		out = phaseBack(r, s, p)
		if len(out) == 0 {
			return nil, refuse("phase %q sets no flag, so %q has nothing to take back", p.ID, b.ID)
		}
	default:
		out = slices.Clone(b.Set)
	}
	return out, nil
}

// phaseBack returns the flags of p, and of the phases that were skipped before it, with the
// value that the phases which were entered before give them, or the safe one.
func phaseBack(r *model.Rollout, s *model.State, p *model.Phase) []model.Setting {
	at, end := r.PhaseIndex(before(r, s, p.ID))+1, r.PhaseIndex(p.ID)
	earlier := map[model.FlagID]model.Value{}
	for _, q := range r.Phases[:at] {
		for _, set := range q.Flags {
			earlier[set.Flag] = set.Value
		}
	}
	var out, own []model.Setting
	for _, q := range r.Phases[at : end+1] {
		for _, set := range q.Flags {
			if !slices.ContainsFunc(own, func(o model.Setting) bool { return o.Flag == set.Flag }) {
				own = append(own, set)
			}
		}
	}
	for _, set := range own {
		if v, ok := earlier[set.Flag]; ok {
			out = append(out, model.Setting{Flag: set.Flag, Value: v})
		} else if f := r.Flag(set.Flag); f != nil && !f.SafeKeep {
			out = append(out, model.Setting{Flag: f.ID, Value: f.Safe})
		}
	}
	return out
}
