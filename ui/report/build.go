package report

import (
	"fmt"
	"strings"
	"time"

	"gonogo/model"
)

// Builder folds records into a Report. It is for one goroutine.
type Builder struct {
	rollout *model.Rollout // as it is now; phases that it has no more go by their id
	span    Span
	state   model.State
	out     Report
	fires   map[model.PlanID]*fire
	armed   map[model.PlanID]model.Plan
	marks   []Mark
}

// fire is a plan that fired.
type fire struct {
	at       time.Time
	outcome  model.Outcome
	decision int // its place among the decisions; -1: it is not of the time
}

// NewBuilder returns a Builder of a report on a span. To must be set.
func NewBuilder(r *model.Rollout, span Span) *Builder {
	return &Builder{rollout: r, span: span, fires: map[model.PlanID]*fire{}, armed: map[model.PlanID]model.Plan{}}
}

// Add takes the next record of the journal.
func (b *Builder) Add(r model.Record) {
	before := b.state
	b.state = model.Apply(b.state, r)
	b.out.Records++
	switch e := r.Event.(type) {
	case model.PlanArmed:
		b.armed[e.Plan.ID] = e.Plan
	case model.PlanFired:
		b.fired(r, e, &before)
	case model.PlanEnded:
		if f := b.fires[e.Plan]; f != nil {
			f.outcome = e.Outcome
			if f.decision >= 0 {
				b.out.Decisions[f.decision].Outcome = e.Outcome
			}
		}
		b.drilled(r, e)
		b.timed(e.Plan)
	case model.Recovered:
		b.recovered(e)
	case model.CheckSigned:
		if b.within(r.At) {
			b.out.Signatures = append(b.out.Signatures, Signature{At: r.At, By: name(r.By), Phase: e.Phase, Check: b.check(e.Phase, e.Check), Note: model.Inert(e.Note), OK: true, Evidence: proofs(e.Proofs)})
		}
	case model.CheckEnded:
		if b.within(r.At) {
			b.out.Signatures = append(b.out.Signatures, Signature{At: r.At, By: name(r.By), Phase: e.Phase, Check: b.check(e.Phase, e.Check), Note: model.Inert(e.Detail), Ran: true, OK: e.OK})
		}
	case model.MetricRead:
		if b.within(r.At) {
			b.out.Readings = append(b.out.Readings, Reading{At: r.At, By: name(r.By), Metric: b.metric(e.Metric), Note: model.Inert(e.Note), Value: model.FormatValue(e.Unit, float64(e.Value))})
		}
	case model.HoldChanged:
		b.held(r, e)
	case model.PlanVetoed:
		b.vetoed(r, e)
	case model.GateChanged:
		if e.To == model.GO && b.within(r.At) {
			b.decide(Decision{At: r.At, By: name(r.By), What: "the gate came to GO in " + b.phase(e.Phase), Gate: e.To, Evidence: proofs(e.Proofs)})
		}
	case model.PhaseEntered:
		if f := b.fires[e.Plan]; f != nil && f.decision >= 0 {
			b.out.Decisions[f.decision].What = "entered " + b.phase(e.Phase)
		}
		b.mark(r.At, b.phase(e.Phase))
	case model.PhaseLeft:
		b.mark(r.At, "back to "+b.phase(e.To))
	}
}

// decide keeps a decision.
func (b *Builder) decide(d Decision) { b.out.Decisions = append(b.out.Decisions, d) }

func (b *Builder) fired(r model.Record, e model.PlanFired, before *model.State) {
	p, known := b.armed[e.Plan]
	if !known || p.Drill != "" {
		return
	}
	d := Decision{At: r.At, By: name(r.By), Gate: p.Headline, Reason: model.Inert(p.Reason), Against: p.Override, What: model.Inert(p.Title)}
	switch p.Kind {
	case model.PlanEnter:
		d.What = "tried to enter " + b.phase(p.Phase)
		d.Evidence = b.evidence(before)
	case model.PlanRollback:
		d.What = "rollback: " + model.Inert(p.Title)
		if e.Why != "" {
			d.Reason = model.Inert(e.Why)
		}
		b.mark(r.At, "rollback")
		b.out.Incidents = append(b.out.Incidents, IncidentTimes{Why: model.Inert(e.Why), How: model.Inert(p.Title), By: name(r.By), Breach: e.Breach, Fired: r.At})
	}
	f := &fire{at: r.At, decision: -1}
	if b.fires[e.Plan] = f; b.within(r.At) {
		f.decision = len(b.out.Decisions)
		b.decide(d)
	}
}

// timed gives a rollback that has ended its T2 and T3: one without a breach is no incident, of which Recovered would tell.
func (b *Builder) timed(id model.PlanID) {
	p, f := b.state.PlanOf(id), b.fires[id]
	if p == nil || f == nil || p.Plan.Kind != model.PlanRollback {
		return
	}
	for i := range b.out.Incidents {
		if in := &b.out.Incidents[i]; in.Fired.Equal(f.at) {
			in.Contained, in.Verified = p.ContainedAt, p.VerifiedAt
		}
	}
}

// evidence is what was proved in the gate that is left: of its last GO.
func (b *Builder) evidence(before *model.State) []string {
	if before.Headline != model.GO {
		return nil
	}
	for i := len(b.out.Decisions) - 1; i >= 0; i-- {
		if d := &b.out.Decisions[i]; d.Gate == model.GO && strings.HasPrefix(d.What, "the gate") {
			return d.Evidence
		}
	}
	return nil
}

func (b *Builder) drilled(r model.Record, e model.PlanEnded) {
	p := b.armed[e.Plan]
	if p.Drill == "" || !b.within(r.At) {
		return
	}
	if d, ok := b.state.Drills[p.Rollback]; ok && d.Plan == e.Plan {
		b.out.Drills = append(b.out.Drills, Drill{At: d.At, By: name(d.By), Rollback: model.Inert(string(p.Rollback)), How: d.How, Outcome: d.Outcome, Took: d.Took, Budget: d.Budget})
	}
}

func (b *Builder) recovered(e model.Recovered) {
	for i := range b.out.Incidents {
		in := &b.out.Incidents[i]
		if in.Fired.Equal(e.Fired) || i == len(b.out.Incidents)-1 {
			in.Breach, in.Contained, in.Verified = e.Breach, e.Contained, e.Verified
		}
	}
}

func (b *Builder) held(r model.Record, e model.HoldChanged) {
	what := "resumed"
	if e.Held {
		what = "held all ways up"
	}
	if b.within(r.At) {
		b.decide(Decision{At: r.At, By: name(r.By), What: what, Reason: model.Inert(e.Reason)})
	}
}

func (b *Builder) vetoed(r model.Record, e model.PlanVetoed) {
	if !e.Until.IsZero() && b.within(r.At) {
		b.decide(Decision{At: r.At, By: name(r.By), What: "vetoed the guard for " + model.FormatDuration(e.Until.Sub(r.At).Round(time.Second)), Reason: model.Inert(e.Reason)})
	}
}

func (b *Builder) mark(at time.Time, text string) {
	b.marks = append(b.marks, Mark{at, text})
}

// within reports whether something at a time is what the report is about.
func (b *Builder) within(at time.Time) bool {
	return !at.Before(b.span.From) && !at.After(b.span.To)
}

// name is who did it, for people.
func name(a model.Actor) string {
	if a.Host == "" || a.Via == model.ViaGuard || a.Via == model.ViaEngine {
		return model.Inert(a.Name)
	}
	return model.Inert(a.Name + "@" + a.Host)
}

func (b *Builder) phase(id model.PhaseID) string {
	switch p := b.rollout.Phase(id); {
	case p != nil:
		return model.Inert(p.Title)
	case id == "":
		return "before the first phase"
	}
	return model.Inert(string(id))
}

func (b *Builder) metric(id model.MetricID) string {
	if m := b.rollout.Metric(id); m != nil {
		return model.Inert(m.Title)
	}
	return model.Inert(string(id))
}

func (b *Builder) check(phase model.PhaseID, id model.CheckID) string {
	if p := b.rollout.Phase(phase); p != nil {
		for i := range p.Checks {
			if p.Checks[i].ID == id {
				return model.Inert(p.Checks[i].Text)
			}
		}
	}
	if c := b.rollout.PlanCheck(id); c != nil {
		return model.Inert(c.Text)
	}
	return model.Inert(string(id))
}

func proofs(all []model.Proven) []string {
	var out []string
	for _, p := range all {
		out = append(out, model.Inert(fmt.Sprintf("%s %s", p.Metric, p.Says)))
	}
	return out
}
