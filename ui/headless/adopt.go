package headless

import (
	"context"
	"errors"
	"fmt"

	"gonogo/model"
)

func (s *session) adopt(ctx context.Context, how consent) error {
	if _, err := s.next(ctx); err != nil {
		return err
	}
	if err := s.submit(ctx, model.Intent{Kind: model.LookConfig}); err != nil {
		return err
	}
	hash, changes := s.last.ConfigChanged, s.last.ConfigChanges
	if hash == "" {
		return Exit{ExitRefused, errors.New("the config did not change")}
	}
	if how.asJSON {
		if err := writeJSON(s.w.Out, map[string]any{"config": hash, "changes": changes, "dry_run": how.dry}); err != nil {
			return err
		}
	} else {
		writeChanges(s, changes)
	}
	if how.dry {
		return nil
	}
	if err := (driver{s}).confirm(ctx, how); err != nil {
		return err
	}
	if err := s.submit(ctx, model.Intent{Kind: model.Adopt, Reason: hash}); err != nil {
		return err
	}
	for s.last.Rollout.ConfigHash != hash { // its engine begins anew with it
		if _, err := s.next(ctx); err != nil {
			return err
		}
	}
	if !how.asJSON {
		_, _ = fmt.Fprintf(s.w.Out, "adopted %s\n", shortHash(hash))
	}
	return nil
}

func writeChanges(s *session, changes []string) {
	_, _ = fmt.Fprintf(s.w.Out, "%s: %s instead of %s changes\n", model.Inert(s.last.Rollout.ConfigPath),
		shortHash(s.last.ConfigChanged), shortHash(s.last.State.ConfigHash))
	if len(changes) == 0 {
		_, _ = fmt.Fprintln(s.w.Out, "  no key (comments, order or spelling only), or the older text is not kept")
	}
	for _, line := range changes {
		_, _ = fmt.Fprintf(s.w.Out, "  %s\n", line)
	}
}
