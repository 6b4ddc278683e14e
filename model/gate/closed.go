package gate

import (
	"time"

	"gonogo/model"
)

// closedLine says that nothing goes up at this time.
func closedLine(r *model.Rollout, s *model.State, now time.Time) (model.Line, bool) {
	until, why, closed := r.ClosedAt(now)
	if !closed || r.Upward(s) == nil {
		return model.Line{}, false
	}
	return model.Line{Title: "Closed", State: model.Held, MoreTime: left(until, now), Reason: "until " + until.UTC().Format("Mon 2 Jan 15:04Z") + ": " + why}, true
}

// earlyLine says that it is too early for the next phase.
func earlyLine(r *model.Rollout, s *model.State, now time.Time) (model.Line, bool) {
	until, why, wait := s.NotYet(r, now)
	if !wait {
		return model.Line{}, false
	}
	return model.Line{Title: "Not before", State: model.Held, MoreTime: left(until, now), Reason: model.Inert(why) + " " + until.UTC().Format("Mon 2 Jan 15:04Z")}, true
}

// left is cut to minutes, so that it changes seldom.
func left(until, now time.Time) time.Duration {
	return (until.Sub(now) + time.Minute - 1).Truncate(time.Minute)
}
