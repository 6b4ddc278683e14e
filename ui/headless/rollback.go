package headless

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gonogo/model"
	"gonogo/model/words"
)

func (w *World) cmdRollback(config *string) *cobra.Command {
	var how consent
	var instead downHow
	var flag, remove string
	var glass bool
	c := &cobra.Command{
		Use: "rollback [NAME]", Short: "Take it back: the emergency rollback, the one named, or one flag", Args: cobra.MaximumNArgs(1),
		Long: "Take it back. Without a name it is the emergency rollback. --flag takes that one flag back to its safe value.\n" +
			"A rollback that takes some out of a list needs --remove; without it the items are listed.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.goDown(cmd.Context(), *config, instead.looks(), glass, how, func(ctx context.Context, s *session) error {
				if done, err := instead.instead(ctx, s, how); done {
					return err
				}
				in := model.Intent{Kind: model.ArmRollback, Flag: model.FlagID(flag)}
				if len(args) > 0 {
					in.Rollback = model.RollbackID(args[0])
				}
				if err := s.checkRollback(ctx, &in, remove); err != nil {
					return err
				}
				return driver{s}.drive(ctx, in, how)
			})
		},
	}
	how.flags(c)
	c.Flags().BoolVar(&glass, "break-glass", false, "where the engine is alive and silent for 3s: end it with SIGKILL, then roll back")
	c.Flags().BoolVar(&instead.last, "last", false, "show how the last rollback went, in a text to paste")
	c.Flags().BoolVar(&instead.verify, "verify", false, "look again whether the last rollback is in effect, changing nothing")
	c.Flags().BoolVar(&instead.confirm, "confirm", false, "vouch that the last rollback is in effect; needs --reason")
	c.Flags().StringVar(&instead.reason, "reason", "", "what shows that it is, for the journal")
	c.Flags().StringVar(&flag, "flag", "", "take this one flag back to its safe value")
	c.Flags().StringVar(&remove, "remove", "", "what to take out of the list that the rollback asks about, comma separated")
	return c
}

// checkRollback says what is wrong with the command line before anything is
// asked of the engine, and puts what is picked into in.
func (s *session) checkRollback(ctx context.Context, in *model.Intent, remove string) error {
	switch {
	case in.Flag != "" && (in.Rollback != "" || remove != ""):
		return usage("either --flag, or the name of a rollback")
	case in.Flag != "" && s.rollout.Flag(in.Flag) == nil:
		return noFlag(s.rollout, in.Flag)
	case in.Flag != "":
		return nil
	}
	var picks *model.Setting
	if b := s.rollout.Rollback(in.Rollback); b != nil {
		for i := range b.Set {
			if b.Set[i].Value.Type == model.Remove {
				picks = &b.Set[i]
			}
		}
	}
	switch {
	case picks == nil && remove != "":
		return usage("--remove is for a rollback that takes some out of a list; %q does not", in.Rollback)
	case picks == nil:
		return nil
	}
	return s.checkRemove(ctx, in, picks.Flag, remove)
}

func (s *session) checkRemove(ctx context.Context, in *model.Intent, flag model.FlagID, remove string) error {
	snap, err := s.settled(ctx)
	if err != nil {
		return err
	}
	f := s.rollout.Flag(flag)
	if f == nil {
		return noFlag(s.rollout, flag)
	}
	now, known := f.Members(snap.State.Flags[flag])
	if !known {
		return usage("who is in %s is not known: its store was not read, or it is empty, which means everyone, and its population is not known", flag)
	}
	listed := model.Inert(strings.Join(now, ", "))
	if remove == "" {
		return usage("say which to take out of %s: --remove A,B; in it are: %s", flag, listed)
	}
	for item := range strings.SplitSeq(remove, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		if !slices.Contains(now, item) {
			return usage("%q is not in %s; in it are: %s", item, flag, listed)
		}
		in.Remove = append(in.Remove, item)
	}
	return nil
}

// lastRollback is a rollback with its summary in words.
type lastRollback struct {
	*model.PlanState
	Text string `json:"text"` // see model.Summary
}

func (s last) show(ctx context.Context, how consent) error {
	snap, err := s.next(ctx)
	if err != nil {
		return err
	}
	p := snap.State.LastDown
	switch {
	case p == nil:
		return noRollback(&snap.State)
	case p.Status == model.Running: // it is told to its end
		return driver(s).followPlan(ctx, how, p)
	}
	text := words.Summary(snap.Rollout, &snap.State, p)
	if how.asJSON {
		return errors.Join(writeJSON(s.w.Out, lastRollback{p, text}), ofDown(p))
	}
	_, _ = fmt.Fprint(s.w.Out, text)
	return ofDown(p)
}

// noRollback says that there was none, as far as a journal that can be read tells.
func noRollback(s *model.State) error {
	if s.Damaged != "" {
		return Exit{ExitUnknown, fmt.Errorf("%s, so whether there was a rollback is not known: see gonogo log --verify", model.Inert(s.Damaged))}
	}
	return usage("there was no rollback")
}

func (w *World) cmdRehearse(config *string) *cobra.Command {
	var how consent
	var gates bool
	var asked gatesAsked
	c := &cobra.Command{
		Use: "rehearse [NAME]", Short: "Rehearse a rollback, or the gates on history", Args: cobra.MaximumNArgs(1),
		Long: "Rehearse a rollback as its config says: dry, which looks at everything that the rollback would use and changes\n" +
			"nothing, or real, which runs it. Each step's time is told, and the whole against the budget.\n" +
			"Exit status: 0 READY or VERIFIED within the budget, else 20 or what the outcome says.\n" +
			"Without a name it lists the rollbacks with their last drill.\n\n" +
			"With --gates it judges the gates on what the sources remember: what they would have said, when the guard would\n" +
			"have fired, how soon attempts come to GO, and how soon regressions of 2×, 3× and 5× would be seen. Exit status: 0 where\n" +
			"nothing fired that is not excepted and 95% of the starts reach GO in time, else 10; 12 without history.",
		Example: "  gonogo rehearse quick\n  gonogo rehearse --gates --since 30d --except 2026-01-31T12:00:00Z/2026-01-31T14:00:00Z",
		RunE: func(cmd *cobra.Command, args []string) error {
			if gates && len(args) > 0 {
				return usage("--gates rehearses the gates, and %q names a rollback: expected one of them", model.Inert(args[0]))
			}
			if gates {
				asked.asJSON = how.asJSON
				return w.rehearseGates(cmd.Context(), *config, asked)
			}
			if cmd.Flags().Changed("since") || cmd.Flags().Changed("except") || cmd.Flags().Changed("phase") {
				return usage("--since, --except and --phase go with --gates")
			}
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				if len(args) == 0 {
					return s.listDrills(ctx, how.asJSON)
				}
				id := model.RollbackID(args[0])
				b := s.rollout.Rollback(id)
				if b == nil {
					return usage("there is no rollback %q", id)
				}
				how.yes = how.yes || b.Rehearse != model.RehearseReal // a dry drill changes nothing
				return driver{s}.drive(ctx, model.Intent{Kind: model.ArmDrill, Rollback: id}, how)
			})
		},
	}
	how.flags(c)
	f := c.Flags()
	f.BoolVar(&gates, "gates", false, "rehearse the gates on history, instead of a rollback")
	f.StringVar(&asked.since, "since", "30d", "with --gates: how much `HISTORY`")
	f.StringArrayVar(&asked.except, "except", nil, "with --gates: `FROM/TO` of an incident that was real; may be given again")
	f.StringVar(&asked.phase, "phase", "", "with --gates: of phase `NAME` only")
	return c
}

// drillReport is a rollback and its last rehearsal.
type drillReport struct {
	Rollback model.RollbackID `json:"rollback"`
	Title    string           `json:"title"`
	Rehearse model.Rehearsal  `json:"rehearse"`
	Last     *model.Drill     `json:"last,omitempty"` // nil: never
	Passed   bool             `json:"passed"`
}

func (s *session) listDrills(ctx context.Context, asJSON bool) error {
	snap, err := s.next(ctx)
	if err != nil {
		return err
	}
	var all []drillReport
	for i := range snap.Rollout.Rollbacks {
		b := &snap.Rollout.Rollbacks[i]
		r := drillReport{Rollback: b.ID, Title: b.Title, Rehearse: b.Rehearse}
		if d, ok := snap.State.Drills[b.ID]; ok {
			r.Last, r.Passed = &d, d.Passed()
		}
		all = append(all, r)
	}
	if asJSON {
		return writeJSON(s.w.Out, map[string]any{"rollbacks": all})
	}
	for _, r := range all {
		last, date := model.Drill{}, ""
		if r.Last != nil {
			last, date = *r.Last, r.Last.At.UTC().Format("2006-01-02 15:04Z")+" "
		}
		_, _ = fmt.Fprintf(s.w.Out, "%-16s %s%s\n", model.Inert(string(r.Rollback)), date, words.LastDrill(last, r.Last != nil, snap.At))
	}
	return nil
}

// writeDrill writes how a drill went: the whole of it against the budget.
func (s *session) writeDrill(p *model.PlanState) {
	took := p.EndedAt.Sub(p.FiredAt)
	over := ""
	if took > p.Plan.Budget {
		over = ", OVER its budget"
	}
	_, _ = fmt.Fprintf(s.w.Out, "%s: %s, %s\n  took %s of %s%s\n", words.Drill(&p.Plan), p.Outcome, model.Inert(because(p)),
		words.Took(p.FiredAt, p.EndedAt), model.FormatDuration(p.Plan.Budget), over)
}

func because(p *model.PlanState) string {
	if p.Summary != "" {
		return p.Summary
	}
	return words.Meaning(p.Outcome)
}

// ofDrill returns a drill's exit status: a good one beyond its budget is UNVERIFIED.
func ofDrill(p *model.PlanState) error {
	if p.Plan.Budget > 0 && p.EndedAt.Sub(p.FiredAt) > p.Plan.Budget && ofOutcome(p.Outcome) == nil {
		return Exit{Status: ExitUnverified}
	}
	return ofOutcome(p.Outcome)
}
