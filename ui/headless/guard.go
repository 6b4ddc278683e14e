package headless

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"gonogo/model"
)

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

func writeBaselines(w *World, s *model.Snapshot) {
	for i := range s.Rollout.Metrics {
		m := &s.Rollout.Metrics[i]
		b, ok := s.State.Baselines[m.ID]
		if !ok {
			continue
		}
		_, _ = fmt.Fprintf(w.Out, "%-16s %s  the mean of %d readings over %s, frozen %s by %s\n", m.ID, model.FormatValue(m.Unit, float64(b.Value)),
			b.Points, model.FormatDuration(b.Window), b.At.UTC().Format("2006-01-02 15:04:05Z"), model.Inert(b.By.Name))
	}
}
