package model

import (
	"slices"
	"time"
)

// VerdictAt returns the verdict as it must be shown and acted on at now, which
// may be long after the snapshot was made: a line whose sample has grown too old
// is STALE, whether or not the engine still says so, and without an engine
// nothing is known. Screens and commands take their words from here and compose none of their own.
func (s *Snapshot) VerdictAt(now time.Time) Verdict {
	if s.Lost != "" {
		v := s.Gate
		v.Headline, v.Reasons, v.Healthy, v.Breach = Unknown, []string{"engine lost"}, false, ""
		return v
	}
	v := s.Gate
	if v.Headline == "" {
		v.Headline, v.Reasons = Unknown, []string{"no verdict yet"}
		return v
	}
	old := false
	for i := range v.Lines {
		if line := s.LineAt(v.Lines[i], now); line.State != v.Lines[i].State {
			if !old {
				v.Lines, old = slices.Clone(v.Lines), true
			}
			v.Lines[i] = line
		}
	}
	if old {
		v.Healthy = false
		v.Conclude(Verdict{})
	}
	return v
}

// LineAt returns a line of the snapshot as it must be shown at now.
func (s *Snapshot) LineAt(line Line, now time.Time) Line {
	if s.Rollout == nil || line.Metric == "" || line.SampleAt.IsZero() || line.State.Severity() >= Stale.Severity() {
		return line
	}
	m := s.Rollout.Metric(line.Metric)
	switch {
	case m == nil || m.StaleAfter <= 0 || now.Sub(line.SampleAt) <= m.StaleAfter:
		return line
	case m.Read != nil:
		line.State, line.Reason = Stale, "nobody has read it since"
		return line
	case now.Sub(line.SampleAt) <= m.StaleAfter+m.Every:
		return line
	}
	line.State, line.Reason = Stale, "no newer sample came"
	return line
}
