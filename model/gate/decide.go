package gate

import (
	"time"

	"gonogo/model"
)

// Lookup finds the line of a metric; false for one that was never judged.
type Lookup = func(model.MetricID) (model.Line, bool)

// Decide is the one place where a verdict is made. It joins all that s knows of
// where the rollout stands, what was judged of the metrics (lines), the
// checks, and the soak served in the current attempt into the verdict of the phase that s
// stands in, or of the first phase before any was entered. Its lines are what
// stands against going on (see standing), then the phase's gate in the order of the config, then its checks, then its soak, if it
// has one. The worst line makes the headline, in the order of
// model.MetricState.Severity: GO needs every line to be PASS. A phase that
// asks for nothing is GO. More are lines of what else the next phase waits for. Before is the
// verdict before this one, whose words are used again where they still fit.
func Decide(r *model.Rollout, s *model.State, lines Lookup, soak time.Duration, now time.Time, before model.Verdict, more ...model.Line) model.Verdict {
	phase := r.JudgedPhase(s.Phase)
	switch {
	case phase == nil:
		return unknown(r, s, lines, "the rollout has no phase")
	case s.Phase != "" && phase.ID != s.Phase:
		return unknown(r, s, lines, "the config has no phase "+model.Inert(string(s.Phase))+" any more: put it back, or roll back")
	}
	v := model.Verdict{Phase: phase.ID, Notes: notes(s, now), Healthy: s.Phase != "" && s.Below == nil && !Changing(s), Breach: breach(r, s, lines)}
	v.Lines = make([]model.Line, 0, len(phase.Gate)+len(phase.Checks)+4)
	v.Lines = append(v.Lines, standing(r, s)...)
	if line, closed := closedLine(r, s, now); closed {
		v.Lines, v.Closed = append(v.Lines, line), line.Reason
	} else if line, early := earlyLine(r, s, now); early {
		v.Lines = append(v.Lines, line)
	}
	v.Lines = append(v.Lines, more...)
	for _, id := range phase.Gate {
		v.Lines = append(v.Lines, metricLine(r, id, lines))
	}
	v.Lines = append(v.Lines, blockLines(r, s, phase, lines)...)
	checks := r.JudgedChecks(s)
	for i := range checks {
		c := &checks[i]
		result, known := s.Result(r, c)
		switch c.Kind {
		case model.CheckPlan:
			v.Lines = append(v.Lines, planLine(c, s.SignOff[c.ID], known))
		case model.CheckMetric:
			v.Lines = append(v.Lines, viaMetric(c, metricLine(r, c.Metric, lines)))
		case model.CheckDrill:
			v.Lines = append(v.Lines, viaDrill(c, s, now))
		case model.CheckGates:
			v.Lines = append(v.Lines, viaGates(c, r, s, now))
		default:
			v.Lines = append(v.Lines, entered(s, later(c, s, now, checkLine(c, result, known, now, before, len(v.Lines)))))
		}
	}
	oneOf(checks, v.Lines[len(v.Lines)-len(checks):])
	for i := range v.Lines {
		v.Healthy = v.Healthy && runsSoak(&v.Lines[i])
	}
	if phase.Soak > 0 {
		v.Lines = append(v.Lines, soakLine(phase, s, soak, v.Healthy))
	}
	v.Conclude(before)
	return v
}

// unknown is the verdict of a phase that cannot be judged.
func unknown(r *model.Rollout, s *model.State, lines Lookup, why string) model.Verdict {
	v := model.Verdict{Phase: s.Phase, Lines: rollbackLines(s), Breach: breach(r, s, lines)}
	v.Lines = append(v.Lines, model.Line{Title: "Phase", State: model.NoData, Reason: why})
	v.Conclude(model.Verdict{})
	return v
}

// breach returns the first guarded metric in FAIL, which is all that the guard
// acts on: what is not known never arms it. One that rests on what people read
// comes after all others: the guard only says so. Before the first phase there is none.
func breach(r *model.Rollout, s *model.State, lines Lookup) model.MetricID {
	if r.Guard == nil || s.Phase == "" {
		return ""
	}
	said := model.MetricID("")
	for _, id := range r.Guard.On {
		line, ok := lines(id)
		switch {
		case !ok || line.State != model.Fail:
		case !r.ByPeople(id):
			return id
		case said == "":
			said = id
		}
	}
	return said
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
	case model.Pass, model.Manual, model.Unread, model.Held:
		return true
	case model.Collecting:
		return !line.Thin
	}
	return false
}
