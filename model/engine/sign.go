package engine

import (
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// attemptOf returns the phase and the attempt that a signature or a result
// would count for. What it says of another attempt than the one that goes on
// would be lost, so that it is refused instead, with what to do.
func attemptOf(r *model.Rollout, s *model.State, in model.Intent) (*model.Phase, *model.Attempt, error) {
	a := s.Attempt()
	switch {
	case len(r.Phases) == 0:
		return nil, nil, refuse("the rollout has no phase, so there is nothing to sign")
	case s.Phase == "":
		return nil, nil, refuse("no phase is entered, and a signature counts for the phase that is: enter %q first (gonogo advance), then sign", r.Phases[0].ID)
	case s.Below != nil:
		return nil, nil, refuse("the rollout stands below %q (%s), and a signature would count for no attempt: enter it again first (gonogo advance), then sign", s.Phase, s.Below.Text)
	}
	phase := r.Phase(s.Phase)
	switch {
	case phase == nil || a == nil:
		return nil, nil, refuse("the config has no phase %q any more: put it back, or roll back", s.Phase)
	case in.Phase != "" && in.Phase != s.Phase, in.Seen != 0 && in.Seen < a.Seq:
		return nil, nil, refuse("phase %q was entered after you looked: look again, then sign what holds there", s.Phase)
	}
	return phase, a, nil
}

func checkOf(phase *model.Phase, id model.CheckID) *model.Check {
	for i := range phase.Checks {
		if phase.Checks[i].ID == id {
			return &phase.Checks[i]
		}
	}
	return nil
}

// noCheck refuses a check that the phase does not have, and names those that
// it has; where another phase has it, also when its turn is.
func noCheck(r *model.Rollout, phase *model.Phase, id model.CheckID) error {
	for i := range r.Phases {
		if other := &r.Phases[i]; other.ID != phase.ID && checkOf(other, id) != nil {
			return refuse("%q is a check of phase %q, and the rollout stands in %q: sign it once that phase is entered", id, other.ID, phase.ID)
		}
	}
	ids := make([]model.CheckID, len(phase.Checks))
	for i, c := range phase.Checks {
		ids[i] = c.ID
	}
	return refuse("phase %q has no check %q; it has %v", phase.ID, id, ids)
}

// signed returns the fact that a signature, or taking one back, leads to; v is the gate's
// verdict meanwhile.
func signed(r *model.Rollout, state *model.State, v *model.Verdict, now time.Time, in model.Intent) (model.Event, error) {
	if p := state.ActivePlan(); p.ManualStep(in.Check) >= 0 && in.Kind == model.Sign {
		return model.ManualSigned{Plan: p.Plan.ID, Step: p.ManualStep(in.Check), Note: in.Reason}, nil
	}
	if p := state.ActivePlan(); len(p.ManualOpen()) > 0 && in.Kind == model.Sign && state.Phase == "" {
		return nil, refuse("%q waits for nobody: what a person does in %q is %s", in.Check, p.Plan.Title, p.Plan.Steps[p.ManualOpen()[0]].Verify.ID)
	}
	if c := r.PlanCheck(in.Check); c != nil {
		return planSigned(r, state, c, in)
	}
	phase, a, err := attemptOf(r, state, in)
	if err != nil {
		return nil, err
	}
	c := checkOf(phase, in.Check)
	if c == nil {
		return nil, noCheck(r, phase, in.Check)
	}
	result, is := state.Checks[c.ID]
	switch {
	case in.Kind == model.Sign && c.Kind == model.CheckMetric:
		return nil, refuse("%q holds while %s passes: there is nothing to sign", c.Text, c.Metric)
	case in.Kind == model.Sign && c.Kind != model.CheckSign && in.Reason == "":
		return nil, refuse("gonogo finds out about %q; vouching for it instead %w", c.Text, model.ErrNeedsReason)
	case in.Kind == model.Unsign && !is:
		return nil, refuse("%q is not signed", c.Text)
	case in.Kind == model.Unsign:
		return model.CheckUnsigned{Phase: phase.ID, Attempt: a.N, Check: c.ID}, nil
	case is && result.Counts(c, now) && !result.Ran:
		return nil, refuse("%q is signed already, by %s", c.Text, result.By.Name)
	}
	return model.CheckSigned{Phase: phase.ID, Attempt: a.N, Check: c.ID, Note: in.Reason, Proofs: v.Proofs()}, nil
}

// planSigned returns the fact that a signature of the plan, or taking one back, leads to.
func planSigned(r *model.Rollout, state *model.State, c *model.Check, in model.Intent) (model.Event, error) {
	sig, is := state.PlanSigned(r, c.ID)
	switch {
	case c.Title != "" && !hasTitle(r, in.By.Name, c.Title):
		return nil, refuse("%q is for people with the title %s, and %s has not: %s may sign it", c.Text, c.Title, in.By.Name, whoHas(r, c.Title))
	case state.Phase != "" && c.Title == "":
		return nil, refuse("%q is signed before the first phase, and %q is entered: it stands as it is", c.Text, state.Phase)
	case in.Kind == model.Unsign && !is:
		return nil, refuse("%q is not signed", c.Text)
	case in.Kind == model.Unsign:
		return model.CheckUnsigned{Check: c.ID}, nil
	case is:
		return nil, refuse("%q is signed already, by %s", c.Text, sig.By.Name)
	}
	return model.CheckSigned{Check: c.ID, Note: in.Reason, Config: r.ConfigHash}, nil
}

// hasTitle reports whether the unix user has a title.
func hasTitle(r *model.Rollout, user, title string) bool {
	for _, p := range r.Access.With(title) {
		if p.Unix == user {
			return true
		}
	}
	return false
}

// whoHas names the people with a title.
func whoHas(r *model.Rollout, title string) string {
	var names []string
	for _, p := range r.Access.With(title) {
		names = append(names, p.Name)
	}
	return words.List(names)
}
