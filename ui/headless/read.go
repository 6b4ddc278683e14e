package headless

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"gonogo/model"
	"gonogo/model/words"
)

// ReadReport is a metric that people read, as `gonogo read --json` prints it.
type ReadReport struct {
	Metric     model.MetricID       `json:"metric"`
	Title      string               `json:"title"`
	From       string               `json:"from,omitempty"`
	Link       string               `json:"link,omitempty"`
	Every      float64              `json:"every_seconds"` // a reading counts for so long
	State      model.MetricState    `json:"state"`
	Reason     string               `json:"reason"`
	Reading    *model.PersonReading `json:"reading,omitempty"` // the last; nil: nobody has read it
	AgeSeconds *float64             `json:"age_seconds,omitempty"`
}

// judgedWithin is how long a command waits for the verdict on what it read.
const judgedWithin = 5 * time.Second

// cmdRead tells gonogo what a person read of a metric, or lists those that people read.
func (w *World) cmdRead(config *string) *cobra.Command {
	var note string
	var asJSON bool
	c := &cobra.Command{
		Use: "read [METRIC VALUE]", Short: "Say what you read of a metric that people read, or list those",
		Long: "Say what you read of a metric that no source has: gonogo read crash 0.3%. The value is written as targets are:\n" +
			"0.3%, 250ms, 12. It is journaled with who, when and the note, and counts for the metric's read.every, or until\n" +
			"the next flip or restart. Without arguments it lists these metrics: what was read last, by whom, how long ago.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return errors.New("expected gonogo read METRIC VALUE, or nothing to list the metrics that people read")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 2:
				return w.change(cmd.Context(), *config, func(ctx context.Context, s *session) error {
					return s.read(ctx, model.MetricID(args[0]), args[1], note, asJSON)
				})
			case note != "":
				return usage("--note goes with a metric and a value")
			}
			return w.with(cmd.Context(), *config, func(ctx context.Context, s *session) error {
				snap, err := s.settled(ctx)
				if err != nil {
					return err
				}
				return w.writeReadings(snap, asJSON)
			})
		},
	}
	c.Flags().StringVar(&note, "note", "", "what was seen, and where")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return c
}

// read submits a reading, and says what it was taken as and what the gate makes of it.
func (s *session) read(ctx context.Context, id model.MetricID, value, note string, asJSON bool) error {
	if _, err := s.next(ctx); err != nil {
		return err
	}
	if m := s.rollout.Metric(id); m != nil && m.Read != nil { // of any other the engine says what is wrong
		if _, err := model.ParseAmount(value, m.Unit); err != nil {
			return usage("%s: %w", id, err)
		}
	}
	in := model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{id}, Value: model.Value{Type: model.Text, Text: value}, Reason: note}
	if err := s.submit(ctx, in); err != nil {
		return err
	}
	timed, done := context.WithTimeout(ctx, judgedWithin)
	defer done()
	for !s.judgedReading(id) {
		if _, err := s.next(timed); err != nil {
			return fmt.Errorf("it was taken, but not judged in time: %w", err)
		}
	}
	m := s.rollout.Metric(id)
	if m == nil {
		return nil // another config was adopted at that moment
	}
	report := newReadReport(s.last, m)
	if asJSON {
		return writeJSON(s.w.Out, report)
	}
	_, err := fmt.Fprintf(s.w.Out, "%s read as %s: %s, %s\n", id, model.FormatValue(report.Reading.Unit, float64(report.Reading.Value)), report.State, report.Reason)
	return err
}

// judgedReading reports whether the line of metric id rests on the last reading.
func (s *session) judgedReading(id model.MetricID) bool {
	got, ok := s.last.State.Readings[id]
	return ok && s.last.Lines[id].SampleAt.Equal(got.At)
}

func newReadReport(s *model.Snapshot, m *model.Metric) ReadReport {
	line := s.LineAt(s.Lines[m.ID], s.At)
	out := ReadReport{Metric: m.ID, Title: m.Title, From: m.Read.From, Link: m.Read.Link, Every: m.Read.Every.Seconds(), State: line.State, Reason: line.Reason}
	if got, ok := s.State.Readings[m.ID]; ok {
		age := math.Round(max(s.At.Sub(got.At), 0).Seconds())
		out.Reading, out.AgeSeconds = &got, &age
	}
	return out
}

// writeReadings lists the metrics that people read.
func (w *World) writeReadings(s *model.Snapshot, asJSON bool) error {
	all := []ReadReport{}
	for i := range s.Rollout.Metrics {
		if m := &s.Rollout.Metrics[i]; m.Read != nil {
			all = append(all, newReadReport(s, m))
		}
	}
	switch {
	case asJSON:
		return writeJSON(w.Out, map[string][]ReadReport{"metrics": all})
	case len(all) == 0:
		_, err := fmt.Fprintln(w.Out, "no metric of this config is read by people")
		return err
	}
	for _, r := range all {
		value, age := "–", "never"
		if r.Reading != nil {
			value, age = model.FormatValue(r.Reading.Unit, float64(r.Reading.Value)), words.Age(s.At.Sub(r.Reading.At))
		}
		if _, err := fmt.Fprintf(w.Out, "%-16s %-8s %8s %8s  %s\n", r.Metric, r.State, value, age, r.Reason); err != nil {
			return err
		}
	}
	return nil
}
