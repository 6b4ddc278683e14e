package headless

import (
	"fmt"
	"io"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/gate/rehearse"
)

// writeGates prints what a rehearsal of the gates found.
func writeGates(w io.Writer, r *rehearse.Report) error {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("Gates rehearsed on history from %s to %s\n", stamp(r.From), stamp(r.To))
	if r.To.Sub(r.From) < r.Asked-r.Asked/100 {
		p("  %s were asked for; there is only %s\n", model.FormatDuration(r.Asked), model.FormatDuration(r.To.Sub(r.From).Truncate(time.Minute)))
	}
	for _, m := range r.Metrics {
		switch {
		case m.Without != "":
			p("  %-20s no history: %s\n", m.ID, m.Without)
		default:
			p("  %-20s %.1f%% of the time%s\n", m.ID, 100*m.Coverage, gaps(m.Gaps))
		}
		if m.Note != "" {
			p("  %-20s %s\n", "", m.Note)
		}
	}
	for i := range r.Phases {
		writePhase(p, &r.Phases[i])
	}
	if r.Passed {
		p("PASSED\n")
	} else {
		p("NOT PASSED\n")
		for _, why := range r.Why {
			p("  %s\n", why)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func gaps(all []rehearse.Span) string {
	if len(all) == 0 {
		return ""
	}
	g := all[0]
	text := fmt.Sprintf(", with a gap of %s from %s", model.FormatDuration(g.To.Sub(g.From).Truncate(time.Minute)), stamp(g.From))
	if more := len(all) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func writePhase(p func(string, ...any), ph *rehearse.Phase) {
	names := make([]string, len(ph.Phases))
	for i, id := range ph.Phases {
		names[i] = string(id)
	}
	p("\nPhase %s: a look every %s, attempts of %s\n", strings.Join(names, ", "), model.FormatDuration(ph.Step), model.FormatDuration(ph.Lasts))
	for _, l := range ph.LeftOut {
		p("  counted as passed: %s\n", l)
	}
	p("  GO %.1f%%  NO-GO %.1f%%  HOLD %.1f%% (soak alone %.1f%%)  UNKNOWN %.1f%%\n", 100*ph.Shares[model.GO], 100*ph.Shares[model.NoGo], 100*ph.Shares[model.Hold], 100*ph.Soaking, 100*ph.Shares[model.Unknown])
	if ph.Guard != "" {
		p("  guard (%s): %d times it would have fired, %d of them not excepted; %d times it would have stood down\n", ph.Guard, len(ph.Fires), ph.False, ph.StoodDown)
	}
	for i, f := range ph.Fires {
		if i == 20 {
			p("    … and %d more\n", len(ph.Fires)-i)
			break
		}
		except := ""
		if f.Excepted {
			except = " (excepted)"
		}
		p("    %s %s%s: %s\n", stamp(f.At), f.Metric, except, f.Saw)
	}
	s := &ph.Starts
	p("  starts every %s: %d of %d reach GO within %s, median %s, 90%% within %s\n", model.FormatDuration(s.Every), s.Reached, s.Counted, model.FormatDuration(s.Lasts),
		model.FormatDuration(s.Median), model.FormatDuration(s.P90))
	for _, g := range ph.Regressions {
		p("  %s at %g× (%s bad): %d of %d missed within %s, else FAIL after %s, 90%% within %s\n", g.Metric, g.Times, model.FormatValue(model.Ratio, g.Share), g.Missed, g.Injected,
			model.FormatDuration(g.Within), model.FormatDuration(g.Median), model.FormatDuration(g.P90))
	}
	for _, m := range ph.NotInjected {
		p("  no regression was injected into %s\n", m)
	}
	for _, m := range ph.MinCounts {
		p("  %s: min_count %g is reached %.1f%% of the time\n", m.Metric, m.Want, 100*m.Reached)
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }
