package headless

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gonogo/model"
)

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

// livePatience is how long a metric without data may take to have some: a
// source that scrapes by itself begins with none, and a rate needs two scrapes.
const livePatience = 15 * time.Second

// patient waits until no metric lacks data, at most livePatience.
func (s *session) patient(ctx context.Context) (*model.Snapshot, error) {
	timed, done := context.WithTimeout(ctx, livePatience)
	defer done()
	for lacksData(s.last) {
		if _, err := s.next(timed); err != nil {
			if timed.Err() != nil && ctx.Err() == nil {
				break
			}
			return nil, err
		}
	}
	return s.last, nil
}

func lacksData(s *model.Snapshot) bool {
	for _, l := range s.Lines {
		if l.State == model.NoData || l.State == model.NoSeries || l.State == "" {
			return true
		}
	}
	return false
}

func tellMetrics(w io.Writer, s *model.Snapshot) (bad int) {
	for i := range s.Rollout.Metrics {
		id := s.Rollout.Metrics[i].ID
		l := s.Lines[id]
		switch l.State {
		case model.NoTraffic:
			_, _ = fmt.Fprintf(w, "✔ metric %s: it answers, without traffic so far\n", l.Metric)
		case model.Collecting:
			if l.HasValue {
				_, _ = fmt.Fprintf(w, "✔ metric %s: %s\n", l.Metric, model.FormatValue(l.Unit, float64(l.Value)))
			} else {
				_, _ = fmt.Fprintf(w, "✔ metric %s: it answers, %s\n", l.Metric, l.Reason)
			}
		case model.Pass, model.Warn, model.Fail:
			_, _ = fmt.Fprintf(w, "✔ metric %s: %s%s\n", l.Metric, model.FormatValue(l.Unit, float64(l.Value)), missing(l))
		default: // whatever else there is, or will be, is no value
			bad++
			_, _ = fmt.Fprintf(w, "✖ metric %s: %s, %s\n", id, l.State, l.Reason)
		}
	}
	return bad
}

// missing names what the query provides for and matched nothing: failures
// before the first one, or a name that was mistyped.
func missing(l model.Line) string {
	if l.Missing == "" {
		return ""
	}
	return ", where nothing is counted as " + model.Inert(l.Missing) + ": right before the first one, else the name is mistyped"
}

func tellFlags(w io.Writer, s *model.Snapshot) (bad int) {
	for i := range s.Rollout.Flags {
		f := &s.Rollout.Flags[i]
		st := s.State.Flags[f.ID]
		if err := liveFlagTrouble(f, st); err != nil {
			bad++
			_, _ = fmt.Fprintf(w, "✖ flag %s: %v\n", f.ID, err)
			continue
		}
		_, _ = fmt.Fprintf(w, "✔ flag %s\n", flagLine(s, f))
	}
	return bad
}

func asError(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}
