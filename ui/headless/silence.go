package headless

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"gonogo/model"
	"gonogo/model/words"
)

// SilenceReport is a silence, as `gonogo silence --json` prints it.
type SilenceReport struct {
	Silence       model.SilenceID     `json:"silence"`
	Title         string              `json:"title"`
	What          string              `json:"what"`            // which alerts
	AtMostSeconds float64             `json:"at_most_seconds"` // it may be opened for so long
	Stands        bool                `json:"stands"`
	Last          *model.SilenceState `json:"last,omitempty"` // the last one; nil: none was asked for
}

// silencedWithin is how long a command waits for what becomes of a silence.
const silencedWithin = 15 * time.Second

// cmdSilence opens and ends silences, or lists them.
func (w *World) cmdSilence(path *string) *cobra.Command {
	var reason string
	var end, asJSON bool
	c := &cobra.Command{
		Use: "silence [NAME DURATION --reason TEXT | NAME --end]", Short: "Silence alerts for a while, end that, or list the silences",
		Long: "Open a silence that the config allows ([silence.NAME]) for a time: gonogo silence pager 30m --reason \"deploy\". It is\n" +
			"journaled with who and why, and shown on every screen until it ends, by itself or by gonogo silence pager --end. It\n" +
			"changes no verdict: an alert that is silenced still fires. Without arguments it lists the silences.",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && !end, len(args) == 1 && end, len(args) == 2 && !end:
				return nil
			}
			return errors.New("expected gonogo silence NAME DURATION --reason TEXT, gonogo silence NAME --end, or nothing to list the silences")
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				if reason != "" {
					return usage("--reason goes with a name and a duration")
				}
				return w.with(cmd.Context(), *path, func(ctx context.Context, s *session) error {
					snap, err := s.next(ctx)
					if err != nil {
						return err
					}
					return w.writeSilences(snap, asJSON)
				})
			}
			in := model.Intent{Kind: model.EndSilence, Silence: model.SilenceID(args[0]), Reason: reason}
			if !end {
				d, err := model.ParseDuration(args[1])
				if err != nil {
					return usage("%w", err)
				}
				in.Kind, in.For = model.OpenSilence, d
			}
			return w.change(cmd.Context(), *path, func(ctx context.Context, s *session) error { return s.silence(ctx, in, asJSON) })
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the journal and for who wonders about a silent pager")
	c.Flags().BoolVar(&end, "end", false, "end it now")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// silence submits in, and waits for what becomes of it.
func (s *session) silence(ctx context.Context, in model.Intent, asJSON bool) error {
	if _, err := s.next(ctx); err != nil {
		return err
	}
	if err := s.submit(ctx, in); err != nil {
		return err
	}
	timed, done := context.WithTimeout(ctx, silencedWithin)
	defer done()
	is := s.last.State.Silences[in.Silence]
	for ; is.Unsettled(); is = s.last.State.Silences[in.Silence] {
		if _, err := s.next(timed); err != nil {
			return fmt.Errorf("it is journaled, and not known to be done yet: whatever gonogo runs for this rollout goes on asking, until its time is over (%s)", model.Inert(detailOr(is.Detail, err)))
		}
	}
	spec := s.rollout.Silence(in.Silence)
	switch {
	case spec == nil:
		return nil // another config was adopted at that moment
	case is.Status == model.SilenceFailed:
		return fmt.Errorf("%s is not silenced: %s", spec.Title, model.Inert(is.Detail))
	case asJSON:
		return writeJSON(s.w.Out, newSilenceReport(s.last, spec))
	case is.Status == model.SilenceEnded:
		_, err := fmt.Fprintf(s.w.Out, "%s is silenced no more\n", spec.Title)
		return err
	}
	_, err := fmt.Fprintf(s.w.Out, "%s is silenced until %s: %s\n", spec.Title, is.Until.UTC().Format("15:04:05Z"), spec.What)
	return err
}

func detailOr(detail string, err error) string {
	if detail != "" {
		return detail
	}
	return err.Error()
}

func newSilenceReport(s *model.Snapshot, spec *model.SilenceSpec) SilenceReport {
	out := SilenceReport{Silence: spec.ID, Title: spec.Title, What: spec.What, AtMostSeconds: spec.AtMost.Seconds()}
	if is, ok := s.State.Silences[spec.ID]; ok {
		out.Last, out.Stands = &is, is.Stands(s.At)
	}
	return out
}

// writeSilences lists the silences.
func (w *World) writeSilences(s *model.Snapshot, asJSON bool) error {
	all := []SilenceReport{}
	for i := range s.Rollout.Silences {
		all = append(all, newSilenceReport(s, &s.Rollout.Silences[i]))
	}
	switch {
	case asJSON:
		return writeJSON(w.Out, map[string][]SilenceReport{"silences": all})
	case len(all) == 0:
		_, err := fmt.Fprintln(w.Out, "this config has no silences: add [silence.NAME] with a source of kind alertmanager")
		return err
	}
	for _, r := range all {
		text := "not silenced"
		if r.Last != nil {
			if told := words.Silenced(s.Rollout.Silence(r.Silence), *r.Last, s.At); told != "" {
				text = told
			}
		}
		if _, err := fmt.Fprintf(w.Out, "%-16s %s (%s, for %s at most)\n", r.Silence, text, r.What, model.FormatDuration(s.Rollout.Silence(r.Silence).AtMost)); err != nil {
			return err
		}
	}
	return nil
}
