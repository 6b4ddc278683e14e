package headless

import (
	"errors"
	"fmt"

	"gonogo/model"
)

// The exit statuses, see docs/commands.md.
const (
	ExitOK         = 0
	ExitInternal   = 1
	ExitUsage      = 2
	ExitNoGo       = 10
	ExitHold       = 11
	ExitUnknown    = 12
	ExitUnverified = 20
	ExitPartial    = 21
	ExitFailed     = 22
	ExitCancelled  = 23
	ExitFenced     = 24
	ExitRefused    = 25
	ExitNeedsHuman = 26
	ExitDamaged    = 30
)

// Exit is an error that ends the program with a status of its own. Err may be
// nil: then everything was said already.
type Exit struct {
	Status int
	Err    error
}

func (e Exit) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit status %d", e.Status)
	}
	return e.Err.Error()
}

// Unwrap returns the reason.
func (e Exit) Unwrap() error { return e.Err }

// Status returns the exit status that err stands for.
func Status(err error) int {
	var exit Exit
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &exit):
		return exit.Status
	case errors.Is(err, model.ErrRefused):
		return ExitRefused
	}
	return ExitInternal
}

func usage(format string, args ...any) error {
	return Exit{ExitUsage, fmt.Errorf(format, args...)}
}

// ofHeadline returns a gate's exit status.
func ofHeadline(h model.Headline) error {
	switch h {
	case model.GO:
		return nil
	case model.NoGo, model.GateRollingBack, model.GateNotSafe:
		return Exit{Status: ExitNoGo}
	case model.Hold:
		return Exit{Status: ExitHold}
	}
	return Exit{Status: ExitUnknown}
}

// ofOutcome returns a plan's exit status. A rollback that is only inferred is not confirmed.
func ofOutcome(o model.Outcome) error {
	status, ok := map[model.Outcome]int{
		model.Unverified: ExitUnverified, model.Inferred: ExitUnverified, model.Partial: ExitPartial, model.Failed: ExitFailed,
		model.Cancelled: ExitCancelled, model.Fenced: ExitFenced, model.Refused: ExitRefused, model.NeedsHuman: ExitNeedsHuman,
	}[o]
	switch {
	case o == model.Verified, o == model.Ready:
		return nil
	case !ok:
		status = ExitInternal
	}
	return Exit{Status: status}
}
