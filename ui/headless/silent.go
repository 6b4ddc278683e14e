package headless

import (
	"fmt"

	"gonogo/model"
)

// Silent is the error of a command whose engine is alive and says nothing.
type Silent struct {
	model.Silence
	asked bool // an intent was sent before it fell silent
}

// NewSilent returns the error of a command for an engine that is silent, with what to do.
func NewSilent(is model.Silence, use Use) error { return (&Silent{Silence: is}).exit(use) }

// Error says who is silent, and when it was asked: since when it is is known to nobody.
func (s *Silent) Error() string {
	since := s.Since.UTC().Format("15:04:05Z")
	switch {
	case s.Foreign != "":
		return fmt.Sprintf("process %d (%s) holds the lock of %s and is no engine", s.PID, s.Foreign, s.Dir)
	case s.Deaf && !s.Own:
		return fmt.Sprintf("the engine, pid %d, answers and takes nothing since %s: does the disk of %s hang?", s.PID, since, s.Dir)
	case s.Own:
		return fmt.Sprintf("nothing gets done since %s: does the disk of %s hang?", since, s.Dir)
	case s.PID == 0:
		return fmt.Sprintf("%s is held by an engine that was asked at %s and does not answer", s.Dir, since)
	}
	if s.User != "" {
		return fmt.Sprintf("%s's engine, pid %d, was asked at %s and does not answer", s.User, s.PID, since)
	}
	return fmt.Sprintf("the engine, pid %d, holds %s, was asked at %s and does not answer", s.PID, s.Dir, since)
}

// exit returns the error with what to do, and the exit status: of a command that
// only looks UNKNOWN, of any other NEEDS-HUMAN.
func (s *Silent) exit(use Use) error {
	status, did := ExitNeedsHuman, "nothing was asked of it, nothing was changed"
	if s.asked {
		did = "it was asked before it fell silent, and may still do it when it wakes: look before you ask again"
	}
	if use == Look || use == LookDown {
		status, did = ExitUnknown, "nothing is known"
	}
	todo := "see whether that disk answers; end this gonogo if it does not"
	switch {
	case s.Foreign != "":
		todo = fmt.Sprintf("see what it is, end it with `kill %d`, and ask again", s.PID)
	case s.Deaf && !s.Own:
		todo = "see whether that disk answers; `gonogo rollback` goes on without it, and where that is not taken either, `gonogo rollback --break-glass`"
	case !s.Own:
		wake := "wake it"
		if s.PID != 0 {
			wake = fmt.Sprintf("wake it with `kill -CONT %d`", s.PID)
		}
		todo = wake + ", or end it and roll back with `gonogo rollback --break-glass`"
		if s.User != "" {
			todo += fmt.Sprintf(", each as %s or root", s.User)
		}
	}
	return Exit{status, fmt.Errorf("%w; %s\n  %s", s, did, todo)}
}
