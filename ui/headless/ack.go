package headless

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"gonogo/model"
)

// AlarmReport is what calls for people, as `gonogo status --json` prints it.
type AlarmReport struct {
	model.Alarm
	Told           int            `json:"told_level,omitempty"` // the highest level that was told
	Untold         []model.Untold `json:"untold,omitempty"`     // the levels that are being told, or could not be
	NextWho        string         `json:"next_who,omitempty"`
	NextAt         *time.Time     `json:"next_at,omitempty"`
	AcknowledgedBy string         `json:"acknowledged_by,omitempty"`
	Note           string         `json:"note,omitempty"`
}

// alarmReports returns what calls for people in a snapshot.
func alarmReports(s *model.Snapshot) []AlarmReport {
	var out []AlarmReport
	for _, a := range s.State.Alarms(s.Rollout, s.At) {
		is := s.State.EscalatedFor(a)
		r := AlarmReport{Alarm: a, Told: is.Told, Untold: is.Untold, AcknowledgedBy: is.By.Name, Note: is.Note}
		if next, at := s.State.NextLevel(s.Rollout, a); next != nil {
			r.NextWho, r.NextAt = next.Who, &at
		}
		out = append(out, r)
	}
	return out
}

// cmdAck acknowledges what calls for people.
func (w *World) cmdAck(config *string) *cobra.Command {
	var note string
	c := &cobra.Command{
		Use: "ack", Short: "Acknowledge what calls for people: a breach, an overdue phase, a rollback that is not verified", Args: cobra.NoArgs,
		Long: "Say that you have taken it on: nobody else is told of it ([[escalation]]) until it is over and begins anew. It changes\n" +
			"no verdict, and is journaled with who, when and the note.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				if _, err := s.next(ctx); err != nil {
					return err
				}
				if err := s.submit(ctx, model.Intent{Kind: model.Acknowledge, Reason: note}); err != nil {
					return err
				}
				_, err := fmt.Fprintln(w.Out, "acknowledged")
				return err
			})
		},
	}
	c.Flags().StringVar(&note, "note", "", "what you do about it")
	return c
}
