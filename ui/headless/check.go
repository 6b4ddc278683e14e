package headless

import (
	"context"
	"errors"
	"fmt"

	"gonogo/model"
)

// runCheck has the engine run a check, tells its last line as it comes, and
// ends with ExitNoGo where it does not hold.
func (s *session) runCheck(ctx context.Context, id model.CheckID) error {
	before := s.last.State.Checks[id]
	if err := s.submit(ctx, model.Intent{Kind: model.RunCheck, Check: id}); err != nil {
		return err
	}
	told := ""
	for {
		running := false
		for _, c := range s.last.Checks {
			if c.Check != id {
				continue
			}
			running = true
			if c.Line != "" && c.Line != told {
				told = c.Line
				_, _ = fmt.Fprintf(s.w.Err, "%s\n", told)
			}
		}
		if now, known := s.last.State.Checks[id]; !running && known && (now.Failed != before.Failed || !now.At.Equal(before.At)) {
			return s.checked(id, now)
		}
		if _, err := s.next(ctx); err != nil {
			return err
		}
	}
}

func (s *session) checked(id model.CheckID, c model.CheckState) error {
	if c.Output != "" {
		_, _ = fmt.Fprintln(s.w.Out, c.Output)
	}
	if c.Failed {
		return Exit{ExitNoGo, errors.New(string(id) + " does not hold: " + c.Note)}
	}
	_, err := fmt.Fprintf(s.w.Out, "%s holds: %s, after %s\n", model.Inert(string(id)), c.Note, model.FormatDuration(c.Took))
	return err
}
