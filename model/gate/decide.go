package gate

import (
	"slices"
	"time"

	"gonogo/model"
)

// Lookup finds the line of a metric; false for one that was never judged.
type Lookup = func(model.MetricID) (model.Line, bool)

// Decide joins what was judged of the metrics (lines), what s knows of the
// checks, and the soak served in the current attempt into the verdict of the phase that s
// stands in, or of the first phase before any was entered. Its lines are the
// phase's gate in the order of the config, then its checks, then its soak, if it
// has one. The worst line makes the headline, in the order of
// model.MetricState.Severity: GO needs every line to be PASS. A phase that
// asks for nothing is GO; a hold changes nothing about it. Before is the
// verdict before this one, whose words are used again where they still fit.
func Decide(r *model.Rollout, s *model.State, lines Lookup, soak time.Duration, now time.Time, before model.Verdict) model.Verdict {
	phase := r.JudgedPhase(s.Phase)
	switch {
	case phase == nil:
		return unknown(s.Phase, "the rollout has no phase")
	case s.Phase != "" && phase.ID != s.Phase:
		return unknown(s.Phase, "the config has no phase "+model.Inert(string(s.Phase))+" any more: put it back, or roll back")
	}
	v := model.Verdict{Phase: phase.ID, Healthy: s.Phase != ""}
	v.Lines = make([]model.Line, 0, len(phase.Gate)+len(phase.Checks)+1)
	for _, id := range phase.Gate {
		v.Lines = append(v.Lines, metricLine(r, id, lines))
	}
	for i := range phase.Checks {
		c := &phase.Checks[i]
		result, known := s.Checks[c.ID]
		switch c.Kind {
		case model.CheckMetric:
			v.Lines = append(v.Lines, viaMetric(c, metricLine(r, c.Metric, lines)))
		case model.CheckDrill:
			v.Lines = append(v.Lines, viaDrill(c, s, now))
		default:
			v.Lines = append(v.Lines, checkLine(c, result, known, now, before, len(v.Lines)))
		}
	}
	for i := range v.Lines {
		v.Healthy = v.Healthy && runsSoak(&v.Lines[i])
	}
	if phase.Soak > 0 {
		v.Lines = append(v.Lines, soakLine(phase, s, soak, v.Healthy))
	}
	conclude(&v, before)
	return v
}

func unknown(id model.PhaseID, why string) model.Verdict {
	return model.Verdict{Phase: id, Headline: model.Unknown, Worst: model.NoData, Reasons: []string{why}}
}

// metricLine returns the line of a metric in the gate; one that was never
// judged has no data.
func metricLine(r *model.Rollout, id model.MetricID, lines Lookup) model.Line {
	if line, ok := lines(id); ok {
		return line
	}
	if m := r.Metric(id); m != nil {
		line, _ := Judge(m, Input{})
		return line
	}
	return model.Line{Metric: id, Title: model.Inert(string(id)), State: model.NoData, Reason: "the config has no such metric"}
}

// runsSoak reports whether the soak clock may run beside this line: for a
// metric, the target holds on enough evidence, though perhaps not for long. A
// check stops it only once it is seen to fail.
func runsSoak(line *model.Line) bool {
	switch line.State {
	case model.Pass, model.Manual:
		return true
	case model.Collecting:
		return !line.Thin
	}
	return false
}

// conclude fills in what follows from the lines.
func conclude(v *model.Verdict, before model.Verdict) {
	v.Worst = model.Pass
	var open []int
	same := len(before.Lines) == len(v.Lines) && before.Reasons != nil
	for i := range v.Lines {
		line := &v.Lines[i]
		if same {
			was := &before.Lines[i]
			same = was.State == line.State && was.Title == line.Title && was.Reason == line.Reason
		}
		if line.State == model.Pass {
			v.Passed++
			continue
		}
		if line.State.Severity() > v.Worst.Severity() {
			v.Worst = line.State
		}
	}
	v.Headline = v.Worst.Headline()
	if same {
		v.Reasons = before.Reasons
		return
	}
	for i := range v.Lines {
		if v.Lines[i].State != model.Pass {
			open = append(open, i)
		}
	}
	slices.SortStableFunc(open, func(a, b int) int { return v.Lines[b].State.Severity() - v.Lines[a].State.Severity() })
	for _, i := range open {
		v.Reasons = append(v.Reasons, v.Lines[i].Title+": "+v.Lines[i].Reason)
	}
}
