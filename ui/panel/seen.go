package panel

import (
	"time"

	"gonogo/model"
)

// at returns the time for which the screen is drawn: a view that was frozen on
// purpose stays as it was.
func (p Props) at() time.Time {
	if p.Frozen && p.Snap != nil {
		return p.Snap.At
	}
	return p.Now
}

// seen returns line as it must be shown now.
func (p Props) seen(line model.Line) model.Line {
	if !p.known() {
		return line
	}
	return p.Snap.LineAt(line, p.at())
}

// headline returns the gate's answer as it must be shown now, and the worst reason.
func (p Props) headline() (model.Headline, string) {
	if !p.known() {
		return model.Unknown, "waiting for the engine"
	}
	v := p.Snap.VerdictAt(p.at())
	if len(v.Reasons) > 0 {
		return v.Headline, v.Reasons[0]
	}
	return v.Headline, ""
}

// oldest returns the age of the oldest sample that the gate rests on; what people
// read is no sample, and as old as it may be.
func (p Props) oldest() (time.Duration, bool) {
	var at time.Time
	if p.known() {
		for i := range p.Snap.Gate.Lines {
			line := &p.Snap.Gate.Lines[i]
			if line.Metric != "" && !line.SampleAt.IsZero() && !p.rollout().ValueByPeople(line.Metric) && (at.IsZero() || line.SampleAt.Before(at)) {
				at = line.SampleAt
			}
		}
	}
	return p.Now.Sub(at), !at.IsZero()
}

// checks returns the checks of the phase whose gate counts.
func (p Props) checks() []model.Check {
	if !p.known() {
		return nil
	}
	return p.rollout().JudgedChecks(&p.Snap.State)
}

// attempt returns the current attempt, or nil.
func (p Props) attempt() *model.Attempt {
	if !p.known() {
		return nil
	}
	return p.Snap.State.Attempt()
}

// check returns the check id of the phase whose gate counts, or nil.
func (p Props) check(id model.CheckID) *model.Check {
	all := p.checks()
	for i := range all {
		if id != "" && all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}
