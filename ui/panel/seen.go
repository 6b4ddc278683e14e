package panel

import (
	"time"

	"gonogo/model"
)

// seen returns line as it must be shown now: a line that passed when the
// snapshot was made is stale once its sample has grown too old, whether
// or not the engine still says so. A view that was frozen on purpose stays as it was.
func (p Props) seen(line model.Line) model.Line {
	if p.Frozen || line.Metric == "" || line.SampleAt.IsZero() || line.State == model.Stale {
		return line
	}
	m := p.rollout().Metric(line.Metric)
	if m == nil || m.StaleAfter <= 0 || p.Now.Sub(line.SampleAt) <= m.StaleAfter+m.Every {
		return line
	}
	if line.State.Severity() < model.Stale.Severity() {
		line.State, line.Reason = model.Stale, "no newer sample came"
	}
	return line
}

// headline returns the gate's answer as it must be shown now, and the worst
// reason. Without an engine, or where what it rests on has grown stale, it is never GO.
func (p Props) headline() (model.Headline, string) {
	if !p.known() {
		return model.Unknown, "waiting for the engine"
	}
	if p.Snap.Lost != "" {
		return model.Unknown, "engine lost"
	}
	v := &p.Snap.Gate
	worst, reason := v.Worst, ""
	if len(v.Reasons) > 0 {
		reason = v.Reasons[0]
	}
	for i := range v.Lines {
		if line := p.seen(v.Lines[i]); line.State != v.Lines[i].State && line.State.Severity() > worst.Severity() {
			worst, reason = line.State, line.Title+": "+line.Reason
		}
	}
	switch {
	case v.Headline == "":
		return model.Unknown, "no verdict yet"
	case worst != v.Worst:
		return worst.Headline(), reason
	}
	return v.Headline, reason
}

// oldest returns the age of the oldest sample that the gate rests on.
func (p Props) oldest() (time.Duration, bool) {
	var at time.Time
	if p.known() {
		for i := range p.Snap.Gate.Lines {
			line := &p.Snap.Gate.Lines[i]
			if line.Metric != "" && !line.SampleAt.IsZero() && (at.IsZero() || line.SampleAt.Before(at)) {
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
	if phase := p.rollout().JudgedPhase(p.Snap.State.Phase); phase != nil {
		return phase.Checks
	}
	return nil
}

// attempt returns the current attempt, or nil.
func (p Props) attempt() *model.Attempt {
	if !p.known() {
		return nil
	}
	return p.Snap.State.Attempt()
}
