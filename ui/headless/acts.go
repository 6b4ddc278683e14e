package headless

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"gonogo/model"
	"gonogo/model/words"
)

func (w *World) cmdAdvance(config *string) *cobra.Command {
	var how consent
	var reason, to string
	c := &cobra.Command{
		Use: "advance", Short: "Enter the next phase, if the gate says GO", Args: cobra.NoArgs,
		Long: "Enter the next phase: set its flags, restart what must be restarted, and see that they are in effect.\n" +
			"Against a gate that is not GO, or past a phase, it needs --reason.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				return driver{s}.drive(ctx, model.Intent{Kind: model.ArmEnter, Phase: model.PhaseID(to), Reason: reason}, how)
			})
		},
	}
	how.flags(c)
	c.Flags().StringVar(&reason, "reason", "", "why to go on against the gate; stays on screen")
	c.Flags().StringVar(&to, "to", "", "the phase to enter, if not the next")
	return c
}

func (w *World) cmdSign(config *string) *cobra.Command {
	var note string
	var undo, run bool
	c := &cobra.Command{
		Use: "sign CHECK", Short: "Vouch for a check of the current phase, or have gonogo find out", Args: cobra.ExactArgs(1),
		Long: "Vouch for a check of the current phase. With --run gonogo runs the check's action, or asks its URL, and the\n" +
			"exit status says how it went: 0 it holds, 10 it does not.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				if _, err := s.next(ctx); err != nil {
					return err
				}
				in := model.Intent{Kind: model.Sign, Check: model.CheckID(args[0]), Reason: note}
				switch {
				case undo && run:
					return usage("either --undo or --run")
				case undo:
					in.Kind = model.Unsign
				case run:
					return s.runCheck(ctx, in.Check)
				}
				return s.submit(ctx, in)
			})
		},
	}
	c.Flags().StringVar(&note, "note", "", "what was seen")
	c.Flags().BoolVar(&undo, "undo", false, "take the signature back")
	c.Flags().BoolVar(&run, "run", false, "have gonogo find out, and wait for it")
	return c
}

// cmdIntent is a command that submits one intent and says done.
func (w *World) cmdIntent(config *string, name, short string, needsReason bool, in model.Intent, done string) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: name, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if needsReason && reason == "" {
				return usage("%s needs --reason", name)
			}
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				if _, err := s.next(ctx); err != nil {
					return err
				}
				in, done := in, done
				in.Reason = reason
				if err := s.submit(ctx, in); err != nil {
					return err
				}
				if on := words.GoesOn(&s.last.State); in.Kind == model.HoldOn && on != "" {
					done += ": " + on
				}
				_, err := fmt.Fprintln(w.Out, done)
				return err
			})
		},
	}
	if needsReason {
		c.Flags().StringVar(&reason, "reason", "", "why; shown until it is over")
	}
	return c
}

// cmdVeto vetoes the plan that is armed, whoever armed it.
func (w *World) cmdVeto(config *string) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "veto", Short: "Veto the plan that is armed, the guard's with a reason", Args: cobra.NoArgs,
		Long: "Keep the plan that is armed from running. A veto of the guard needs --reason and lasts for guard.veto,\n" +
			"after which the guard arms again if what it saw still fails.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				snap, err := s.next(ctx)
				if err != nil {
					return err
				}
				p := snap.State.ActivePlan()
				if p == nil || p.Status != model.Armed {
					return Exit{ExitRefused, fmt.Errorf("no plan is armed")}
				}
				if err := s.submit(ctx, model.Intent{Kind: model.Veto, Plan: p.Plan.ID, Reason: reason}); err != nil {
					return err
				}
				_, err = fmt.Fprintf(w.Out, "vetoed: %s\n", model.Inert(p.Plan.Title))
				return err
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why; shown until the veto lapses")
	return c
}

// cmdBaseline freezes baselines and shows them.
func (w *World) cmdBaseline(config *string) *cobra.Command {
	c := &cobra.Command{Use: "baseline", Short: "Freeze the values that targets compare with, or show them"}
	var reason string
	freeze := &cobra.Command{
		Use: "freeze [METRIC...]", Short: "Freeze the baselines of the metrics named, or of all whose target rests on one",
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				in := model.Intent{Kind: model.Freeze, Reason: reason}
				for _, name := range args {
					if s.rollout.Metric(model.MetricID(name)) == nil {
						return usage("there is no metric %q", name)
					}
					in.Metrics = append(in.Metrics, model.MetricID(name))
				}
				if _, err := s.settled(ctx); err != nil {
					return err
				}
				if err := s.submit(ctx, in); err != nil {
					return err
				}
				writeBaselines(w, s.last)
				return nil
			})
		},
	}
	freeze.Flags().StringVar(&reason, "reason", "", "why, for the journal")
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "Show the baselines that are frozen", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.with(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				snap, err := s.next(ctx)
				switch {
				case err != nil:
					return err
				case asJSON:
					return writeJSON(w.Out, snap.State.Baselines)
				}
				writeBaselines(w, snap)
				return nil
			})
		},
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.AddCommand(freeze, list)
	return c
}

// cmdAdopt shows what the config on disk changes, and has the engine take it.
func (w *World) cmdAdopt(config *string) *cobra.Command {
	var how consent
	c := &cobra.Command{
		Use: "adopt", Short: "Take the config as it is now, after it was changed", Args: cobra.NoArgs,
		Long: "Show what the changed config would change, ask, and have the engine go on with it: without a restart, and\n" +
			"whoever's engine it is. One that does not load is refused, and so are changes of rollout.id,\n" +
			"rollout.state_dir and journal.anchor, and any change while a plan is armed or runs.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error { return s.adopt(ctx, how) })
		},
	}
	how.flags(c)
	return c
}
