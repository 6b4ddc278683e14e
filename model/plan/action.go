package plan

import (
	"context"
	"errors"

	"gonogo/model"
)

// maxRuns is how often an idempotent action is run, at most.
const maxRuns = 2

// CutOff says how action n of p ends that a process before this one began and
// did not end, where nothing shows that it happened; false: it is run again.
func CutOff(p *model.PlanState, n int) (End, bool) {
	if st := p.Plan.Steps[n]; st.Idempotent && p.Steps[n].Tries < maxRuns {
		return End{}, false
	}
	return End{n, model.StepHuman, "gonogo ended while it ran: find out whether it happened, and run it by hand if not"}, true
}

// RunAgain reports whether an action that ended with o at its try, counted
// from 1, is run once more.
func RunAgain(st *model.Step, o model.Outcome, try int) bool {
	return !o.OK() && o != model.StepUnseen && st.Idempotent && try < maxRuns
}

// Unshown says how action n ended, with err, that nothing would show the effect of.
func Unshown(n int, err error) End {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return End{n, model.StepUnsure, err.Error()}
	case err != nil:
		return End{n, model.StepFailed, err.Error()}
	}
	return End{n, model.StepUnseen, "it ended well; nothing shows that it had an effect"}
}

// NotSeen says how action n ended, with err, whose effect was not seen in its
// time: what shows it still says still.
func NotSeen(n int, err error, still string) End {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return End{n, model.StepUnsure, err.Error() + ", and no effect was seen"}
	case err != nil:
		return End{n, model.StepFailed, err.Error()}
	}
	return End{n, model.StepFailed, "it ended well, but nothing was seen to happen: still " + still}
}
