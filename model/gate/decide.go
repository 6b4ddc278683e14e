package gate

import (
	"slices"
	"time"

	"gonogo/model"
)

// Decide joins what Judge said of the metrics (lines), the signatures in s and
// the soak served in the current attempt into the verdict of the phase that s
// stands in, or of the first phase before any was entered. Its lines are the
// phase's gate in the order of the config, then its checks, then its soak, if it
// has one. The worst line makes the headline, in the order of
// model.MetricState.Severity: GO needs every line to be PASS. A phase that
// asks for nothing is GO; a hold changes nothing about it.
func Decide(r *model.Rollout, s *model.State, lines map[model.MetricID]model.Line, soak time.Duration) model.Verdict {
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
		line := metricLine(r, id, lines)
		v.Lines = append(v.Lines, line)
		if !runsSoak(r, line) {
			v.Healthy = false
		}
	}
	for _, c := range phase.Checks {
		v.Lines = append(v.Lines, checkLine(c, s.Checks))
	}
	if phase.Soak > 0 {
		v.Lines = append(v.Lines, soakLine(phase, s, soak, v.Healthy))
	}
	conclude(&v)
	return v
}

func unknown(id model.PhaseID, why string) model.Verdict {
	return model.Verdict{Phase: id, Headline: model.Unknown, Worst: model.NoData, Reasons: []string{why}}
}

// metricLine returns the line of a metric in the gate; one that was never
// judged has no data.
func metricLine(r *model.Rollout, id model.MetricID, lines map[model.MetricID]model.Line) model.Line {
	if line, ok := lines[id]; ok {
		return line
	}
	if m := r.Metric(id); m != nil {
		line := newLine(m, nil)
		line.State, line.Reason = model.NoData, "no answer yet"
		return line
	}
	return model.Line{Metric: id, Title: model.Inert(string(id)), State: model.NoData, Reason: "the config has no such metric"}
}

// runsSoak reports whether the soak clock may run beside this line: the target
// holds on enough evidence, though perhaps not for long.
func runsSoak(r *model.Rollout, line model.Line) bool {
	switch line.State {
	case model.Pass:
		return true
	case model.Collecting:
		m := r.Metric(line.Metric)
		return m != nil && !tooFew(m, line.Count, line.HasCount)
	}
	return false
}

func checkLine(c model.Check, signed map[model.CheckID]model.CheckState) model.Line {
	line := model.Line{Check: c.ID, Title: model.Inert(c.Text)}
	sig, ok := signed[c.ID]
	if !ok {
		line.State, line.Reason = model.Manual, "waits for a signature: sign "+model.Inert(string(c.ID))
		return line
	}
	line.State, line.SampleAt = model.Pass, sig.At
	line.Reason = "signed by " + model.Inert(sig.By.Name)
	if sig.Note != "" {
		line.Reason += ": " + model.Inert(sig.Note)
	}
	return line
}

func soakLine(p *model.Phase, s *model.State, served time.Duration, healthy bool) model.Line {
	if s.Phase == "" {
		served = 0 // the phase is judged before it is entered
	}
	line := model.Line{Title: "Soak", State: model.Pass, Held: served}
	line.Reason = model.FormatDuration(served) + " of " + model.FormatDuration(p.Soak)
	if served >= p.Soak {
		return line
	}
	line.State = model.Soaking
	switch {
	case s.Phase == "":
		line.Reason += ", starts when the phase is entered"
	case !healthy:
		line.Reason += ", stands still until every metric is on target"
	}
	return line
}

// conclude fills in what follows from the lines.
func conclude(v *model.Verdict) {
	v.Worst = model.Pass
	open := make([]*model.Line, 0, len(v.Lines))
	for i := range v.Lines {
		line := &v.Lines[i]
		if line.State == model.Pass {
			v.Passed++
			continue
		}
		open = append(open, line)
		if line.State.Severity() > v.Worst.Severity() {
			v.Worst = line.State
		}
	}
	v.Headline = v.Worst.Headline()
	slices.SortStableFunc(open, func(a, b *model.Line) int { return b.State.Severity() - a.State.Severity() })
	for _, line := range open {
		v.Reasons = append(v.Reasons, line.Title+": "+line.Reason)
	}
}
