package plan

import (
	"context"
	"errors"
	"strings"
	"time"

	"gonogo/model"
)

const (
	// retryMost is the longest wait between two tries to set a flag: 1, 2, 4, 4 … s.
	retryMost = 4 * time.Second
	// leastTries is how often a flag is tried even if each try takes the whole time.
	leastTries = 2
)

// ErrHangs means that a write did not end when its time was over: it may still happen.
var ErrHangs = errors.New("it did not end when its time was over")

// Attempt is how far the setting of one flag is, in the process that sets it.
type Attempt struct {
	Value   model.Value // by the last look
	Unread  error       // the last look failed
	Written bool        // the store took a write
}

// Attempts is how far the setting of a batch of flags is: look, set, look again.
type Attempts struct {
	Try   int           // writes that were tried, in this process
	Took  time.Duration // since the first look began
	Err   error         // of the last write
	Steps map[int]*Attempt
}

// Settled says whether step n of p has ended by what the last look saw: its flag
// has the value. A real drill writes also what is there already.
func Settled(p *model.PlanState, n int, a *Attempt, try int) (End, bool) {
	first := try == 0 && p.Steps[n].Tries == 0
	switch {
	case a.Unread != nil || !a.Value.Equal(p.Plan.Steps[n].Changes[0].To), p.Plan.Drill != "" && first:
		return End{}, false
	case first:
		return End{n, model.StepAlready, ""}, true
	}
	return End{n, model.StepDone, "seen in its store"}, true
}

// Again says what comes after a look at which some flags were not as they are to
// be: whether to try again, and after which pause. The first try waits for nothing.
func (a *Attempts) Again(timeout time.Duration) (pause time.Duration, again bool) {
	if a.Took >= timeout && a.Try >= leastTries || errors.Is(a.Err, ErrHangs) {
		return 0, false
	}
	if a.Try == 0 {
		return 0, true
	}
	return min(time.Second<<min(a.Try-1, 8), retryMost), true
}

// Writable returns the steps of batch that may be written now: those that were
// read and, of a rollback, those that were not and cannot widen.
func (a *Attempts) Writable(r *model.Rollout, p *model.Plan, batch []int) []int {
	var out []int
	for _, n := range batch {
		st := &p.Steps[n]
		if a.Steps[n].Unread == nil || p.Kind != model.PlanRollback || !mayWiden(flagOf(r, st.Changes[0].Flag), st) {
			out = append(out, n)
		}
	}
	return out
}

// mayWiden reports whether step may let more traffic in when what its flag holds
// is not known. One whose masters were observed off cannot.
func mayWiden(f *model.Flag, step *model.Step) bool {
	return step.Wave > 0 && len(step.After) == 0 && (f.Type == model.Bool || f.Type == model.List)
}

// Why says why the flag of step n is tried again.
func (a *Attempts) Why(n int) string {
	err := a.Err
	if err == nil {
		err = a.Steps[n].Unread
	}
	if err == nil {
		return "its store does not have the value yet"
	}
	return strings.TrimSuffix(err.Error(), ": "+context.DeadlineExceeded.Error())
}

// GaveUp says how step n ended, whose flag was not seen to have its value.
func (a *Attempts) GaveUp(n int) End {
	st, err := a.Steps[n], a.Err
	switch {
	case st.Written && st.Unread != nil:
		return End{n, model.StepUnseen, "its store took the value, and could not be read after that: " + st.Unread.Error()}
	case err != nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrHangs)):
		return End{n, model.StepUnsure, err.Error()}
	case err != nil:
		return End{n, model.StepFailed, err.Error()}
	case st.Unread != nil:
		return End{n, model.StepFailed, "its store could not be read, and was not written unread, since that could open it to more: " + st.Unread.Error()}
	}
	return End{n, model.StepFailed, "the store does not have the value after it was set"}
}
