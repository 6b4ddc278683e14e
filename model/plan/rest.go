package plan

import (
	"fmt"

	"gonogo/model"
)

// rest waits after a level of a rollback, to see whether it was enough.
func (w *work) rest(level int) (Do, bool) {
	todo := w.todo(model.StepHold, level)
	switch {
	case len(todo) == 0:
		return Do{}, false
	case w.isBusy(todo[0]):
		return Do{}, true
	case !w.levelSeen(level):
		return Do{End: []End{{todo[0], model.StepSkipped, "the level is not confirmed in effect, so waiting on it shows nothing"}}}, true
	}
	return Do{Begin: []Job{{Kind: JobRest, Level: level, Steps: todo[:1]}}}, true
}

// levelSeen reports whether everything of the level was done and seen.
func (w *work) levelSeen(level int) bool {
	for n, st := range w.p.Plan.Steps {
		unseen := st.Kind == model.StepRun && w.p.Steps[n].Outcome == model.StepUnseen // what it did, a verify tells
		if st.Level == level && st.Kind != model.StepHold && !w.p.Steps[n].Outcome.OK() && !unseen {
			return false
		}
	}
	return true
}

// Rested says what came of hold n, whose time is over: whether the metrics it
// asks for are on target, and what they say. Only the last level must have been enough.
func Rested(p *model.Plan, n int, good bool, what string) End {
	more := false
	for _, st := range p.Steps {
		more = more || st.Level > p.Steps[n].Level
	}
	switch {
	case len(p.Steps[n].Until) == 0:
		return End{n, model.StepDone, "rested"}
	case p.Kind == model.PlanEnter && good:
		return End{n, model.StepDone, "on target: " + what}
	case p.Kind == model.PlanEnter:
		return End{n, model.StepUnseen, "not on target, so it goes no further up: " + what}
	case good:
		return End{n, model.StepEnough, "enough: " + what}
	case more:
		return End{n, model.StepDone, "not enough, going on down: " + what}
	}
	return End{n, model.StepUnseen, "not enough: " + what}
}

// enough reports whether the way down ends with this level.
func (w *work) enough(level int) bool {
	for n, st := range w.p.Plan.Steps {
		if st.Level == level && st.Kind == model.StepHold && w.p.Steps[n].Outcome == model.StepEnough {
			return true
		}
	}
	return false
}

// spare ends the steps of the levels below the one that was enough.
func (w *work) spare(level int) (Do, bool) {
	var do Do
	for n, st := range w.p.Plan.Steps {
		if st.Level > level && w.p.Steps[n].Outcome == "" {
			do.End = append(do.End, End{n, model.StepSpared, fmt.Sprintf("level %d was enough", level)})
		}
	}
	return do, len(do.End) > 0
}
