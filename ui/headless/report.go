package headless

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"gonogo/model"
	"gonogo/ui/report"
)

// Past is what history kept of a time.
type Past interface {
	// Points returns the values of a metric, the last of each step, oldest first; NaN is a gap.
	Points(ctx context.Context, id model.MetricID, step time.Duration) ([]model.Point, error)
	Close()
}

// reporting is what `gonogo report` was asked.
type reporting struct {
	daily, weekly, final, incident bool
	phase, timeline, out           string
	html, audit                    bool
}

func (w *World) cmdReport(config *string) *cobra.Command {
	var o reporting
	c := &cobra.Command{
		Use: "report", Short: "Write how the rollout went", Args: cobra.NoArgs,
		Long: "Write a report, as Markdown or as one HTML file with charts: phases planned against actual, decisions with\n" +
			"the evidence at hand, overrides, signatures, incidents with T0 to T3, drills, and what is still to be done.\n" +
			"It is made of the journal and of kept history, also beside a living engine, and changes nothing. Of a damaged journal\n" +
			"it is made as far as that can be read, and the status is 30.",
		Example: "  gonogo report > report.md\n  gonogo report --weekly --html -o week.html\n  gonogo report --timeline csv",
		RunE: func(cmd *cobra.Command, _ []string) error {
			opened, err := w.Open(*config, Read)
			if err != nil {
				return err
			}
			return w.report(cmd.Context(), opened, o)
		},
	}
	f := c.Flags()
	f.BoolVar(&o.daily, "daily", false, "of the last 24 hours")
	f.BoolVar(&o.weekly, "weekly", false, "of the last seven days")
	f.BoolVar(&o.final, "final", false, "of all of it, the default")
	f.BoolVar(&o.incident, "incident", false, "of the last rollback, from an hour before it")
	f.StringVar(&o.phase, "phase", "", "of the time in phase `NAME`")
	f.BoolVar(&o.html, "html", false, "as one HTML file with charts, instead of Markdown")
	f.StringVar(&o.timeline, "timeline", "", "the phases alone, as `FORMAT` csv or md")
	f.StringVarP(&o.out, "output", "o", "", "write it to `FILE`, which only you may read, instead of printing it")
	f.BoolVar(&o.audit, "audit", false, "refuse unless the journal's chain holds, and its anchor agrees")
	c.MarkFlagsMutuallyExclusive("daily", "weekly", "final", "incident", "phase")
	c.MarkFlagsMutuallyExclusive("html", "timeline")
	return c
}

// report writes the report of what was opened.
func (w *World) report(ctx context.Context, opened Opened, o reporting) error {
	if o.timeline != "" && o.timeline != "csv" && o.timeline != "md" {
		return usage("--timeline is csv or md; found %q", model.Inert(o.timeline))
	}
	r := opened.Rollout
	if r == nil {
		r = &model.Rollout{Title: "rollout"}
	}
	if o.phase != "" && r.Phase(model.PhaseID(o.phase)) == nil {
		return usage("there is no phase %q", model.Inert(o.phase))
	}
	var records []model.Record
	anchor := ""
	if o.audit {
		anchor = r.Anchor
	}
	read, err := w.Journal(opened.Dir, anchor, func(rec model.Record) error {
		records = append(records, rec)
		return nil
	})
	switch {
	case err != nil:
		return err
	case o.audit && read.Problem != "":
		return damage(read)
	case o.audit && read.Records == 0:
		return Exit{ExitDamaged, fmt.Errorf("there is nothing to audit: no record is in the journal in %s", opened.Dir)}
	}
	trouble := read.Problem
	if trouble == "" && opened.Trouble != nil {
		trouble = "the config on disk is not the one that ran: " + opened.Trouble.Error()
	}
	span := o.span(records, r, w.Now())
	if err := o.nothing(span); err != nil {
		return err
	}
	if err := w.write(w.made(ctx, opened.Dir, r, records, trouble, span, o), opened.Dir, o); err != nil {
		return err
	}
	return damage(read) // what was written may be incomplete, and scripts must hear of it
}

// nothing refuses a report of what never was: one would look as if all had gone well.
func (o *reporting) nothing(span report.Span) error {
	switch {
	case !span.From.IsZero():
		return nil
	case o.incident:
		return fmt.Errorf("%w: no rollback was fired for a breach or by hand, so there is no incident to report", model.ErrRefused)
	case o.phase != "":
		return fmt.Errorf("%w: phase %s was never entered, so there is nothing to report of it", model.ErrRefused, model.Inert(o.phase))
	}
	return nil
}

// MakeReport makes a report of a kind, of a phase where it is of one, as Markdown, and keeps it at
// path. It is what an engine sends by itself.
func (w *World) MakeReport(dir string, r *model.Rollout, kind model.ReportKind, phase model.PhaseID, path string) (string, error) {
	o := reporting{daily: kind == model.ReportDaily, weekly: kind == model.ReportWeekly, incident: kind == model.ReportIncident}
	if kind == model.ReportPhase {
		o.phase = string(phase)
	}
	var records []model.Record
	read, err := w.Journal(dir, "", func(rec model.Record) error {
		records = append(records, rec)
		return nil
	})
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := w.made(context.Background(), dir, r, records, read.Problem, o.span(records, r, w.Now()), o).Markdown(&b); err != nil {
		return "", err
	}
	return b.String(), w.WriteFile(path, b.Bytes())
}

// made makes the report of records as it was asked for.
func (w *World) made(ctx context.Context, dir string, r *model.Rollout, records []model.Record, trouble string, span report.Span, o reporting) *report.Report {
	b := report.NewBuilder(r, span)
	for _, rec := range records {
		b.Add(rec)
	}
	if slos := slices.ContainsFunc(r.Metrics, func(m model.Metric) bool { return m.SLO != nil }); o.timeline == "" && (o.html || slos) {
		if why := w.charts(ctx, dir, r, b, span, w.Now()); why != "" && trouble == "" {
			trouble = why
		}
	}
	return b.Finish(trouble)
}

// span is the time that was asked for.
func (o *reporting) span(records []model.Record, r *model.Rollout, now time.Time) report.Span {
	s := report.Span{Kind: report.Final, To: now}
	switch {
	case o.daily:
		s.Kind, s.From = report.Daily, now.Add(-24*time.Hour)
	case o.weekly:
		s.Kind, s.From = report.Weekly, now.Add(-7*24*time.Hour)
	case o.phase != "":
		s.Kind, s.Phase = report.OfPhase, model.PhaseID(o.phase)
	case o.incident:
		s.Kind = report.Incident
	default:
		return s
	}
	fold := report.NewBuilder(r, s)
	for _, rec := range records {
		fold.Add(rec)
	}
	state := fold.State()
	switch s.Kind {
	case report.OfPhase:
		s.From = fold.Begun()
		if n := len(state.Attempts); n > 0 {
			for _, a := range state.Attempts {
				if a.Phase == s.Phase && !a.Left.IsZero() {
					s.To = a.Left
				}
			}
			if last := state.Attempts[n-1]; last.Phase == s.Phase && last.Left.IsZero() {
				s.To = now
			}
		}
	case report.Incident:
		if in := state.Incident; in != nil {
			s.From = in.Fired.Add(-time.Hour)
			if !in.Breach.IsZero() {
				s.From = in.Breach.Add(-time.Hour)
			}
			if !in.Verified.IsZero() {
				s.To = in.Verified.Add(time.Hour)
			}
			if s.To.After(now) {
				s.To = now
			}
		}
	}
	return s
}

// pointsAChart is how many points a chart has at most.
const pointsAChart = 1000

// charts adds what history kept of the metrics. It returns why there are none, if there are none.
func (w *World) charts(ctx context.Context, dir string, r *model.Rollout, b *report.Builder, span report.Span, now time.Time) string {
	from := span.From
	if from.IsZero() {
		from = b.Begun()
	}
	if from.IsZero() {
		from = now.Add(-24 * time.Hour)
	}
	past, err := w.Past(dir, r, from, span.To)
	if err != nil {
		return "no history was kept, so there are no charts: " + err.Error()
	}
	defer past.Close()
	for i := range r.Metrics {
		m := &r.Metrics[i]
		points, err := past.Points(ctx, m.ID, max(span.To.Sub(from)/pointsAChart, m.Every, time.Second))
		if err != nil {
			return "some history cannot be read: " + err.Error()
		}
		b.AddChart(m, points)
		if m.SLO != nil {
			b.AddSLO(m, points)
		}
	}
	return ""
}

// write writes the report as it was asked for.
func (w *World) write(r *report.Report, dir string, o reporting) error {
	how := r.Markdown
	switch {
	case o.timeline == "csv":
		how = r.TimelineCSV
	case o.timeline == "md":
		how = r.TimelineMarkdown
	case o.html:
		how = r.HTML
	}
	if o.out == "" {
		return how(w.Out)
	}
	if err := mayWrite(o.out, dir); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := how(io.Writer(&b)); err != nil {
		return err
	}
	if err := w.WriteFile(o.out, b.Bytes()); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	_, err := fmt.Fprintf(w.Out, "written to %s\n", model.Inert(o.out))
	return err
}
