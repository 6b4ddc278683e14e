package headless

import (
	"errors"
	"fmt"
	"io"
	"time"

	"gonogo/model"
)

// livePatience is how long a metric without data may take to have some: a
// source that scrapes by itself begins with none, and a rate needs two scrapes.
const livePatience = 15 * time.Second

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
		if s.Rollout.Metrics[i].SLO != nil {
			continue // nothing is asked for it
		}
		l := s.Lines[id]
		switch l.State {
		case model.Unread: // nobody is asked
			how := "people read it"
			if s.Rollout.Metrics[i].Read == nil {
				how = "it is computed of what people read"
			}
			_, _ = fmt.Fprintf(w, "✔ metric %s: %s\n", id, how)
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
