package model

import "time"

// ManualSigned: a person has done a step of a rollback that people do.
type ManualSigned struct {
	Plan PlanID `json:"plan"`
	Step int    `json:"step"`
	Note string `json:"note,omitempty"`
}

func (ManualSigned) event() {}

// ManualStep returns the step of p, which may be nil, that people do under the name id, or -1. It
// is there while the plan runs and the step has not ended.
func (p *PlanState) ManualStep(id CheckID) int {
	for _, n := range p.ManualOpen() {
		if p.Plan.Steps[n].Verify.ID == id {
			return n
		}
	}
	return -1
}

// ManualOpen returns the steps of p, which may be nil, that people do and nobody has signed.
func (p *PlanState) ManualOpen() []int {
	if p == nil || p.Status != Running {
		return nil
	}
	var out []int
	for n, st := range p.Plan.Steps {
		if n < len(p.Steps) && st.Kind == StepVerify && st.Verify != nil && st.Verify.Kind == VerifyManual && p.Steps[n].Outcome == "" && p.Steps[n].SignedAt.IsZero() {
			out = append(out, n)
		}
	}
	return out
}

// SignedText says who signed a step that people do; empty: nobody.
func (s *StepState) SignedText() string {
	if s.SignedAt.IsZero() {
		return ""
	}
	text := "signed by " + s.SignedBy.Name + " at " + s.SignedAt.UTC().Format(time.TimeOnly+"Z")
	if s.SignedNote != "" {
		text += ": " + s.SignedNote
	}
	return Inert(text)
}

func applyManual(s State, r Record, e ManualSigned) State {
	return onStep(s, e.Plan, e.Step, func(t *StepState) { t.SignedBy, t.SignedAt, t.SignedNote = r.By, r.At, e.Note })
}
