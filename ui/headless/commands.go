package headless

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"gonogo/model"
)

// Commands returns the commands that work on a rollout without a screen. Each
// reads the path of the config from config, which a flag of the root command sets.
func (w *World) Commands(config *string) []*cobra.Command {
	cmds := []*cobra.Command{
		w.cmdStatus(config), w.cmdGate(config), w.cmdFlag(config), w.cmdAdvance(config), w.cmdRollback(config), w.cmdRehearse(config),
		w.cmdSign(config), w.cmdRead(config), w.cmdSilence(config), w.cmdVeto(config), w.cmdAck(config), w.cmdBaseline(config), w.cmdLog(config), w.cmdReport(config),
		w.cmdIntent(config, "hold", "Stop all ways up until resume; rollbacks stay open", true,
			model.Intent{Kind: model.HoldOn}, "held"),
		w.cmdIntent(config, "resume", "Let the rollout go on after a hold", false, model.Intent{Kind: model.Resume}, "resumed"),
		w.cmdAdopt(config),
	}
	return cmds
}

func (w *World) cmdStatus(config *string) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "status", Short: "Say where the rollout stands", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.with(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				snap, err := s.stands(ctx)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(w.Out, NewReport(snap))
				}
				WriteStatus(w.Out, snap)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

func (w *World) cmdGate(config *string) *cobra.Command {
	var asJSON bool
	var wait string
	c := &cobra.Command{
		Use: "gate", Short: "Say whether the phase may go forward, as an exit status", Args: cobra.NoArgs,
		Long: "Judge the current phase's gate, or the first phase's before any was entered, with all else that is known: flags of the\n" +
			"phases entered that drifted or are not in effect, a rollback that runs or is not confirmed, a hold. With --json every line says why:\n" +
			"query, value, threshold, margin, events, age, how long held, and what would change it.\n" +
			"Exit status: 0 GO, 10 NO-GO (also ROLLING BACK and NOT SAFE), 11 HOLD (collecting, soaking, held, below the phase, a person's turn), 12 UNKNOWN (no data, stale, source down).",
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := duration(wait)
			if err != nil {
				return usage("--wait: %w", err)
			}
			return w.with(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				snap, err := s.settled(ctx)
				if err == nil && d > 0 {
					snap, err = s.untilGo(ctx, d)
				}
				if err != nil {
					return err
				}
				if asJSON {
					err = writeJSON(w.Out, NewGateReport(snap))
				} else {
					writeGate(w.Out, snap)
				}
				return errors.Join(err, ofHeadline(snap.VerdictAt(snap.At).Headline))
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().StringVar(&wait, "wait", "", "go on until GO, but no longer than this, such as 10m")
	return c
}

func (w *World) cmdFlag(config *string) *cobra.Command {
	c := &cobra.Command{Use: "flag", Short: "List, get or set the rollout's flags"}
	var listJSON, getJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List the flags with their values as observed", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.with(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				snap, err := s.settled(ctx)
				if err != nil {
					return err
				}
				if listJSON {
					return writeJSON(w.Out, snap.State.Flags)
				}
				for i := range snap.Rollout.Flags {
					_, _ = fmt.Fprintln(w.Out, flagLine(snap, &snap.Rollout.Flags[i]))
				}
				return nil
			})
		},
	}
	list.Flags().BoolVar(&listJSON, "json", false, "print one JSON object")
	get := &cobra.Command{
		Use: "get NAME", Short: "Print a flag's stored value", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.with(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				if s.rollout.Flag(model.FlagID(args[0])) == nil {
					return noFlag(s.rollout, model.FlagID(args[0]))
				}
				snap, err := s.settled(ctx)
				if err != nil {
					return err
				}
				f := s.rollout.Flag(model.FlagID(args[0]))
				st := snap.State.Flags[f.ID]
				trouble := flagTrouble(f, st)
				if getJSON {
					err = writeJSON(w.Out, st)
				} else if trouble == nil {
					_, err = fmt.Fprintln(w.Out, st.Stored)
				}
				if err == nil && trouble != nil {
					err = Exit{ExitUnknown, trouble}
				}
				if st.Stored.Type == model.Unset {
					_, _ = fmt.Fprintf(w.Err, "gonogo: nothing is stored for flag %s%s: is the name right?\n", f.ID, uses(st))
				}
				return err
			})
		},
	}
	get.Flags().BoolVar(&getJSON, "json", false, "print one JSON object")
	c.AddCommand(list, get, w.cmdFlagSet(config))
	return c
}

func (w *World) cmdFlagSet(config *string) *cobra.Command {
	var how consent
	var reason string
	c := &cobra.Command{
		Use: "set NAME VALUE", Short: "Set a flag, restart what must be restarted, and see that it is in effect", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				f := s.rollout.Flag(model.FlagID(args[0]))
				if f == nil {
					return noFlag(s.rollout, model.FlagID(args[0]))
				}
				v, err := model.ParseValue(f.Type, args[1])
				if err != nil {
					return usage("flag %s: %w", f.ID, err)
				}
				return driver{s}.drive(ctx, model.Intent{Kind: model.ArmFlip, Flag: f.ID, Value: v, Reason: reason}, how)
			})
		},
	}
	how.flags(c)
	c.Flags().StringVar(&reason, "reason", "", "why, for the journal")
	return c
}

// flags adds the flags that every command has that changes the world.
func (how *consent) flags(c *cobra.Command) {
	c.Flags().BoolVar(&how.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&how.dry, "dry-run", false, "show what would be done, and do nothing")
	c.Flags().BoolVar(&how.asJSON, "json", false, "print one JSON object")
}

// duration reads a flag's duration; 0 where it is not given.
func duration(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	return model.ParseDuration(text)
}

// CheckLive asks every source once and observes every flag of r through seat,
// whose state directory is thrown away afterwards, then says what try found.
// Nothing is changed. What does not answer ends it with ExitUnknown.
func (w *World) CheckLive(ctx context.Context, r *model.Rollout, seat Seat, try func() []error) error {
	bad, unseen := 0, 0
	once := *w
	once.Open = func(string, Use) (Opened, error) { return Opened{Seat: seat, Rollout: r}, nil }
	err := once.with(ctx, "", func(ctx context.Context, s *session) error {
		if _, err := s.settled(ctx); err != nil {
			return err
		}
		snap, err := s.patient(ctx)
		if err != nil {
			return err
		}
		bad += tellMetrics(w.Out, snap)
		bad += tellFlags(w.Out, snap)
		for _, l := range snap.Lines {
			if l.Missing != "" {
				unseen++
			}
		}
		return nil
	})
	for _, e := range try() {
		bad++
		_, _ = fmt.Fprintf(w.Out, "✖ %s\n", model.Inert(e.Error()))
	}
	switch {
	case err != nil:
		return err
	case bad > 0:
		return Exit{ExitUnknown, fmt.Errorf("%d probes failed: see ✖ above", bad)}
	}
	if unseen > 0 {
		_, err = fmt.Fprintf(w.Out, "everything answers, but %d metrics count something that was never seen: look at the names\n", unseen)
		return err
	}
	_, err = fmt.Fprintln(w.Out, "everything answers")
	return err
}
