package overlay

import (
	"time"

	"gonogo/model"
)

// until says from when on a box means nothing any more, and why; nil: never.
type until func(Scene) string

// Ended says why the box means nothing any more; empty while it does.
func (u until) Ended(s Scene) string {
	if u == nil || s.Live == nil {
		return ""
	}
	return u(s)
}

// whilePhase holds while the rollout stays in its phase.
func whilePhase(s Scene) until {
	if s.Live == nil {
		return nil
	}
	phase, n := s.Live.State.Phase, len(s.Live.State.Attempts)
	return func(s Scene) string {
		if now := &s.Live.State; now.Phase != phase || len(now.Attempts) != n {
			return "too late: the phase has changed"
		}
		return ""
	}
}

// whileRuns holds while the plan id runs.
func whileRuns(id model.PlanID) until {
	return func(s Scene) string {
		if p := s.Plan(); p == nil || p.Plan.ID != id || p.Status != model.Running {
			return "too late: the plan has ended"
		}
		return ""
	}
}

// whileArmed holds while the plan id waits to be fired.
func whileArmed(id model.PlanID) until {
	return func(s Scene) string {
		if armed(s, id) == nil {
			return countdown(s, id)
		}
		return ""
	}
}

// armed returns the plan id while it is armed, or nil.
func armed(s Scene, id model.PlanID) *model.PlanState {
	if p := s.Plan(); p != nil && p.Plan.ID == id && p.Status == model.Armed {
		return p
	}
	return nil
}

// countdown says how long the plan id still waits, or why it does not.
func countdown(s Scene, id model.PlanID) string {
	if p := armed(s, id); p != nil {
		left := max(0, p.FireAt.Sub(s.Now)) + time.Second - 1
		return "fires in " + model.FormatDuration(left.Truncate(time.Second))
	}
	switch p := s.Plan(); {
	case p == nil || p.Plan.ID != id:
		return "another plan took its place"
	case p.Status == model.Vetoed:
		return "it is vetoed: " + model.Inert(p.Note)
	case p.Status == model.Running:
		return "too late: it runs already, x stops it at a step's boundary"
	}
	return "too late: the rollback has run"
}
