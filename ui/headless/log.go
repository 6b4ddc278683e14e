package headless

import (
	"bufio"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"gonogo/model"
	"gonogo/model/words"
)

// logLine is one record of `gonogo log --json`.
type logLine struct {
	Seq   uint64         `json:"seq"`
	At    time.Time      `json:"at"`
	By    model.Actor    `json:"by"`
	Cause model.IntentID `json:"cause,omitempty"`
	Type  string         `json:"type"`
	Event model.Event    `json:"event"`
	Text  string         `json:"text"`
}

func (w *World) cmdLog(config *string) *cobra.Command {
	var asJSON, verify bool
	c := &cobra.Command{
		Use: "log", Short: "Print the journal", Args: cobra.NoArgs,
		Long: "Print the journal, a line a record. With --verify say whether its chain of hashes holds, and whether\n" +
			"it is the one that the anchor knows, if the config names one: exit status 30 if not.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := w.Open(*config, Read)
			if err != nil {
				return err
			}
			if o.Trouble != nil {
				_, _ = fmt.Fprintf(w.Err, "gonogo: warning: %v\n  the journal is the one of the last engine of this config\n", o.Trouble)
			}
			out := bufio.NewWriter(w.Out)
			lines := []logLine{}
			each := func(r model.Record) error {
				switch {
				case verify:
				case asJSON:
					lines = append(lines, logLine{r.Seq, r.At, r.By, r.Cause, model.EventName(r.Event), r.Event, words.Describe(r)})
				default:
					_, err := fmt.Fprintf(out, "%6d  %s  %-10s %s\n", r.Seq, r.At.UTC().Format("2006-01-02 15:04:05Z"), model.Inert(r.By.Name), words.Describe(r))
					return err
				}
				return nil
			}
			anchor := ""
			if verify && o.Rollout != nil {
				anchor = o.Rollout.Anchor
			}
			report, err := w.Journal(o.Dir, anchor, each)
			if err != nil {
				return err
			}
			return errors.Join(w.endLog(out, report, lines, asJSON, verify), out.Flush(), damage(report))
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	c.Flags().BoolVar(&verify, "verify", false, "check the chain of hashes, and the anchor, instead")
	return c
}

func (w *World) endLog(out *bufio.Writer, report JournalReport, lines []logLine, asJSON, verify bool) error {
	switch {
	case asJSON && verify:
		return writeJSON(out, report)
	case asJSON:
		return writeJSON(out, map[string]any{"records": lines})
	case verify && report.Problem == "":
		_, err := fmt.Fprintf(out, "%d records, the chain holds; last %d %s\n", report.Records, report.LastSeq, report.LastSum)
		if err == nil && report.Anchor != "" {
			_, err = fmt.Fprintf(out, "the anchor %s agrees: %d lines, up to record %d\n", model.Inert(report.Anchor), report.Anchored, report.AnchoredSeq)
		}
		return err
	}
	return nil
}

func damage(r JournalReport) error {
	if r.Problem == "" {
		return nil
	}
	return Exit{ExitDamaged, errors.New(r.Problem)}
}
