package words

import "gonogo/model"

// Outcome says how a step ended; a plan's outcome is its own word.
func Outcome(o model.Outcome) string {
	switch o {
	case model.StepDone, model.StepEnough:
		return "done"
	case model.StepAlready:
		return "unchanged"
	case model.StepFailed:
		return "FAILED"
	case model.StepUnsure:
		return "UNKNOWN: it may have happened"
	case model.StepUnseen:
		return "not confirmed"
	case model.StepSkipped:
		return "skipped"
	case model.StepSpared:
		return "not needed"
	case model.StepHuman:
		return "NEEDS-HUMAN: it must not run twice"
	}
	return model.Inert(string(o))
}

// Meaning says in a few words what a plan's outcome means.
func Meaning(o model.Outcome) string {
	switch o {
	case model.Verified:
		return "done and confirmed"
	case model.Inferred:
		return "done, and the service was restarted; a running value was not checked"
	case model.Ready:
		return "everything that the rollback would use was seen; nothing was changed"
	case model.Unverified:
		return "done, but not confirmed"
	case model.Partial:
		return "some of it was not done"
	case model.Failed:
		return "nothing of it could be done"
	case model.Cancelled:
		return "ended by a person, or by a rollback"
	case model.Fenced:
		return "another engine took over meanwhile"
	case model.Refused:
		return "a precondition did not hold"
	case model.NeedsHuman:
		return "gonogo cannot find out by itself: look, then decide"
	}
	return ""
}
