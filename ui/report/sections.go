package report

import (
	"strings"

	"gonogo/model"
)

// section is a part of a report: a table, or lines.
type section struct {
	title string
	head  []string
	rows  [][]string
	lines []string
}

// sections are the parts of the report in their order, for all that write it.
func (r *Report) sections() []section {
	return []section{
		{title: "Phases", head: phaseHead, rows: r.phaseRows()},
		{title: "Decisions", head: []string{"when", "who", "what", "gate", "ended", "why", "on which evidence"}, rows: r.decisionRows()},
		{title: "Incidents", head: []string{"T0 breach", "T1 fired", "T2 contained", "T3 verified", "T1 to T3", "by", "what", "ended", "why"}, rows: r.incidentRows()},
		{title: "SLOs", head: []string{"SLO", "value", "target", "state", "why"}, rows: r.sloRows()},
		{title: "Signatures and checks", head: []string{"when", "who", "phase", "check", "result", "note", "proved then"}, rows: r.signatureRows()},
		{title: "Drills", head: []string{"when", "who", "rollback", "how", "ended", "took", "budget"}, rows: r.drillRows()},
		{title: "Read by people", head: []string{"when", "who", "metric", "value", "note"}, rows: r.readingRows()},
		{title: "Risks", head: []string{"risk", "kept from it by", "if it happens"}, rows: r.riskRows()},
		{title: "Still to be done", lines: r.Open},
	}
}

var phaseHead = []string{"phase", "owner", "state", "planned", "entered", "left", "active", "waiting", "by", "notes"}

func (r *Report) phaseRows() [][]string {
	var out [][]string
	for i := range r.Phases {
		p := &r.Phases[i]
		if len(p.Attempts) == 0 {
			out = append(out, []string{p.Title, p.Owner, p.State, p.planned(), "–", "–", "–", "–", "–", ""})
		}
		for n, a := range p.Attempts {
			state, notes := p.State, a.Override
			if n < len(p.Attempts)-1 {
				state = "done"
			}
			if a.Back {
				state = "rolled back"
			}
			if notes != "" {
				notes = "entered against the gate: " + notes
			}
			out = append(out, []string{p.Title, p.Owner, state, p.planned(), when(a.Entered), when(a.Left), lasts(a.Active), lasts(a.Waiting), a.By, notes})
		}
	}
	return out
}

// planned is how long a phase was to take: "3d to 5d".
func (p *Phase) planned() string {
	if !p.At.IsZero() {
		return when(p.At) + ", " + p.lasting()
	}
	return p.lasting()
}

// lasting is how long a phase was to last.
func (p *Phase) lasting() string {
	switch {
	case p.Soak == 0 && p.Limit == 0:
		return "ongoing"
	case p.Limit == 0:
		return "at least " + model.FormatDuration(p.Soak)
	case p.Soak == 0:
		return "at most " + model.FormatDuration(p.Limit)
	}
	return model.FormatDuration(p.Soak) + " to " + model.FormatDuration(p.Limit)
}

func (r *Report) decisionRows() [][]string {
	var out [][]string
	for _, d := range r.Decisions {
		gate := string(d.Gate)
		if d.Against {
			gate += ", against it"
		}
		out = append(out, []string{when(d.At), d.By, d.What, gate, string(d.Outcome), d.Reason, strings.Join(d.Evidence, "; ")})
	}
	return out
}

func (r *Report) incidentRows() [][]string {
	var out [][]string
	for _, in := range r.Incidents {
		took := ""
		if !in.Verified.IsZero() {
			took = lasts(in.Verified.Sub(in.Fired))
		}
		out = append(out, []string{when(in.Breach), when(in.Fired), when(in.Contained), when(in.Verified), took, in.By, in.How, string(in.Outcome), in.Why})
	}
	return out
}

func (r *Report) sloRows() [][]string {
	var out [][]string
	for _, s := range r.SLOs {
		out = append(out, []string{s.Title, s.Value, s.Target, s.State, s.Why})
	}
	return out
}

func (r *Report) signatureRows() [][]string {
	var out [][]string
	for _, s := range r.Signatures {
		result := "signed"
		switch {
		case s.Ran && s.OK:
			result = "passed"
		case s.Ran:
			result = "FAILED"
		}
		out = append(out, []string{when(s.At), s.By, string(s.Phase), s.Check, result, s.Note, strings.Join(s.Evidence, "; ")})
	}
	return out
}

func (r *Report) drillRows() [][]string {
	var out [][]string
	for _, d := range r.Drills {
		out = append(out, []string{when(d.At), d.By, d.Rollback, string(d.How), string(d.Outcome), lasts(d.Took), lasts(d.Budget)})
	}
	return out
}

func (r *Report) readingRows() [][]string {
	var out [][]string
	for _, d := range r.Readings {
		out = append(out, []string{when(d.At), d.By, d.Metric, d.Value, d.Note})
	}
	return out
}

func (r *Report) riskRows() [][]string {
	var out [][]string
	for _, risk := range r.Risks {
		out = append(out, []string{risk.Title, risk.Mitigation, risk.Contingency})
	}
	return out
}
