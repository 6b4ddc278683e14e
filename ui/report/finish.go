package report

import (
	"math"
	"slices"
	"time"

	"gonogo/model"
)

// State is the fold of the records so far.
func (b *Builder) State() *model.State { return &b.state }

// Begun returns when the first phase was entered, or the phase that the report is of; zero: never.
func (b *Builder) Begun() time.Time {
	for _, a := range b.state.Attempts {
		if b.span.Phase == "" || a.Phase == b.span.Phase {
			return a.Entered
		}
	}
	return time.Time{}
}

// Finish returns the report. trouble says why it may be incomplete; empty: it is not.
func (b *Builder) Finish(trouble string) *Report {
	r, s := b.rollout, &b.state
	out := &b.out
	out.Title, out.Service, out.Environment = model.Inert(r.Title), model.Inert(r.Service), model.Inert(r.Environment.Name)
	out.Kind, out.From, out.To, out.Rollout, out.Config = b.span.Kind, b.span.From, b.span.To, model.Inert(r.ID), s.ConfigHash
	out.Trouble, out.Gate = model.Inert(trouble), s.Headline
	if out.From.IsZero() {
		out.From = b.Begun()
	}
	out.Stands = "not started"
	if s.Phase != "" {
		out.Stands = b.phase(s.Phase)
	}
	if s.Below != nil {
		out.Stands = "below " + b.phase(s.Phase) + " (" + model.Inert(s.Below.Text) + ")"
	}
	for i := range r.Phases {
		out.Phases = append(out.Phases, b.planned(&r.Phases[i]))
	}
	out.Incidents = slices.DeleteFunc(out.Incidents, func(in IncidentTimes) bool { return !b.within(in.Fired) })
	b.endings()
	if k := b.span.Kind; k == Final || k == OfPhase || k == Incident {
		out.Risks = r.Risks
	}
	b.open()
	return out
}

// planned returns what was planned of a phase, and what was.
func (b *Builder) planned(p *model.Phase) Phase {
	s := &b.state
	out := Phase{ID: p.ID, Title: model.Inert(p.Title), Owner: model.Inert(p.Owner), At: p.At, Soak: p.Soak, Limit: p.Limit, State: "ahead"}
	for i, a := range s.Attempts {
		if a.Phase != p.ID {
			continue
		}
		end := a.Left
		if end.IsZero() {
			end = b.span.To
		}
		soak := a.Soak
		out.Attempts = append(out.Attempts, Attempt{Entered: a.Entered, Left: a.Left, Active: soak, Waiting: max(end.Sub(a.Entered)-soak, 0).Truncate(time.Second),
			By: name(a.By), Back: a.Back, Override: model.Inert(a.Override)})
		out.State = "done"
		if a.Back {
			out.State = "rolled back"
		}
		if i == len(s.Attempts)-1 && a.Left.IsZero() && s.Phase == p.ID {
			out.State = "here"
		}
	}
	switch at := b.rollout.PhaseIndex(p.ID); {
	case s.Below != nil && s.Phase == p.ID:
		out.State = "below"
	case len(out.Attempts) == 0 && at < b.rollout.PhaseIndex(s.Phase):
		out.State = "skipped"
		if p.Optional {
			out.State = "passed by (optional)"
		}
	}
	return out
}

// endings gives each incident the outcome of its rollback.
func (b *Builder) endings() {
	for i := range b.out.Incidents {
		in := &b.out.Incidents[i]
		for id, f := range b.fires {
			if f.at.Equal(in.Fired) && b.armed[id].Kind == model.PlanRollback {
				in.Outcome = f.outcome
			}
		}
	}
	if last := b.state.LastDown; last != nil && last.Confirmed != "" && len(b.out.Incidents) > 0 {
		b.out.Incidents[len(b.out.Incidents)-1].How += ", confirmed later (" + string(last.Confirmed) + ")"
	}
}

// open says what is still to be done.
func (b *Builder) open() {
	s := &b.state
	add := func(text string) { b.out.Open = append(b.out.Open, text) }
	if p := s.RollbackOpen(); p != nil && p.Outcome != "" {
		add("confirm the rollback " + model.Inert(p.Plan.Title) + ": it ended " + string(p.Outcome))
	}
	if s.Below != nil {
		add("enter " + b.phase(s.Phase) + " again, or roll back: " + model.Inert(s.Below.Text))
	}
	if s.Held {
		add("resume: held by " + name(s.HeldBy) + " (" + model.Inert(s.HeldReason) + ")")
	}
	for _, c := range s.PlanUnsigned(b.rollout) {
		add("sign: " + model.Inert(c.Text))
	}
	if p := b.rollout.Phase(s.Phase); p != nil {
		for i := range p.Checks {
			c := &p.Checks[i]
			if result, known := s.Checks[c.ID]; c.Kind == model.CheckSign && (!known || !result.Counts(c, b.span.To)) {
				text := "sign: " + model.Inert(c.Text)
				if due := c.DueAt(s.Attempt()); due.After(b.span.To) {
					text += " (due " + when(due) + ")"
				}
				add(text)
			}
		}
	}
	if next := b.rollout.Upward(s); next != nil && s.Below == nil {
		add("enter " + model.Inert(next.Title))
	}
}

// AddChart adds the chart of a metric, which history kept. One without a point is left out.
func (b *Builder) AddChart(m *model.Metric, points []model.Point) {
	if !slices.ContainsFunc(points, func(p model.Point) bool { return !math.IsNaN(p.V) }) {
		return
	}
	c := Chart{Metric: m.ID, Title: model.Inert(m.Title), Unit: m.Unit, TargetAt: math.NaN(), AlertAt: math.NaN(), Points: points}
	if m.Target != nil {
		c.Target, c.TargetAt = model.Inert(m.Target.Text), fixed(m.Target)
	}
	if m.Alert != nil {
		c.Alert, c.AlertAt = model.Inert(m.Alert.Text), fixed(m.Alert)
	}
	for _, mark := range b.marks {
		if b.within(mark.At) {
			c.Marks = append(c.Marks, mark)
		}
	}
	b.out.Charts = append(b.out.Charts, c)
}

func fixed(t *model.Target) float64 {
	if t.Of != "" {
		return math.NaN()
	}
	return t.Value
}

// AddSLO adds an SLO as history knows it last.
func (b *Builder) AddSLO(m *model.Metric, points []model.Point) {
	out := SLO{Title: model.Inert(m.Title), Value: "not known", State: "UNKNOWN", Why: "too little of " + model.FormatDuration(m.SLO.Over) + " was kept"}
	if m.Target != nil {
		out.Target = model.Inert(m.Target.Text)
	}
	for _, p := range slices.Backward(points) {
		if math.IsNaN(p.V) {
			continue
		}
		out.Value, out.Why, out.State = model.FormatValue(m.Unit, p.V), "as of "+when(p.At), "held"
		if m.Target != nil && !holds(p.V, m.Target) {
			out.State = "missed"
		}
		break
	}
	b.out.SLOs = append(b.out.SLOs, out)
}

// holds reports whether v keeps to a target that is a number.
func holds(v float64, t *model.Target) bool {
	switch t.Op {
	case "<":
		return v < t.Value
	case "<=":
		return v <= t.Value
	case ">":
		return v > t.Value
	case ">=":
		return v >= t.Value
	case "==":
		return v == t.Value
	}
	return v != t.Value
}
