package headless

import (
	"context"
	"fmt"
	"strings"

	"gonogo/model"
	"gonogo/model/words"
)

// downHow is what a rollback command does instead of rolling back.
type downHow struct {
	last, verify, confirm bool
	reason                string
}

// looks reports whether nothing is changed in the world.
func (h downHow) looks() bool { return h.last || h.verify }

// instead does what the flags ask for instead of a rollback, and reports whether they do.
func (h downHow) instead(ctx context.Context, s *session, how consent) (bool, error) {
	switch {
	case count(h.last, h.verify, h.confirm) > 1:
		return true, usage("one of --last, --verify and --confirm")
	case h.reason != "" && !h.confirm:
		return true, usage("--reason goes with --confirm")
	case h.last:
		return true, last{s}.show(ctx, how)
	case h.verify:
		return true, last{s}.verify(ctx, how)
	case h.confirm && strings.TrimSpace(h.reason) == "":
		return true, usage("--confirm needs --reason: what shows that the rollback is in effect?")
	case h.confirm:
		if _, err := s.settled(ctx); err != nil { // the flags are read first: a word does not count against them
			return true, err
		}
		if err := s.submit(ctx, model.Intent{Kind: model.ConfirmLast, Reason: h.reason}); err != nil {
			return true, err
		}
		return true, last{s}.tell(how, nil)
	}
	return false, nil
}

func count(all ...bool) int {
	n := 0
	for _, b := range all {
		if b {
			n++
		}
	}
	return n
}

// last tells of the last rollback, and has it looked at again, in a session.
type last struct{ *session }

// verify has the last rollback looked at again, and waits for what that shows.
func (s last) verify(ctx context.Context, how consent) error {
	snap, err := s.settled(ctx)
	if err != nil {
		return err
	}
	was := snap.State.LastDown
	if was == nil {
		return noRollback(&snap.State)
	}
	again := snap.State.RollbackOpen() == nil
	if err := s.submit(ctx, model.Intent{Kind: model.VerifyLast}); err != nil {
		return err
	}
	for {
		p := s.last.State.LastDown
		switch {
		case p.Plan.ID != was.Plan.ID || p.Status == model.Running:
			return Exit{ExitCancelled, fmt.Errorf("%q took its place", p.Plan.Title)}
		case !again && !p.ConfirmedAt.IsZero(), p.LookedAt.After(was.LookedAt) && p.LookedNote == "":
			return s.tell(how, nil)
		case p.LookedAt.After(was.LookedAt):
			return s.tell(how, Exit{Status: ExitUnverified})
		}
		if _, err := s.next(ctx); err != nil {
			return err
		}
	}
}

// tell tells how the last rollback stands now, and returns status.
func (s last) tell(how consent, status error) error {
	p := s.last.State.LastDown
	switch {
	case how.asJSON:
		if err := writeJSON(s.w.Out, lastRollback{p, words.Summary(s.rollout, &s.last.State, p)}); err != nil {
			return err
		}
	case status != nil:
		_, _ = fmt.Fprintf(s.w.Out, "not confirmed: %s: %s\n", model.Inert(p.Plan.Title), p.LookedNote)
	case p.ConfirmedAt.IsZero():
		_, _ = fmt.Fprintf(s.w.Out, "still in effect: %s, which had ended %s\n", model.Inert(p.Plan.Title), p.Outcome)
	default:
		_, _ = fmt.Fprintf(s.w.Out, "confirmed: %s, which had ended %s\n", model.Inert(p.Plan.Title), p.Outcome)
	}
	return status
}

// ofDown returns the exit status of the last rollback: 0 once it is confirmed.
func ofDown(p *model.PlanState) error {
	if !p.ConfirmedAt.IsZero() {
		return nil
	}
	return ofOutcome(p.Outcome)
}
