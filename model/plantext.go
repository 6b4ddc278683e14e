package model

import (
	"slices"
	"time"
)

// Link is an address worth having at hand; http or https, inert.
type Link struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// Guide is what to do about a breach: shown beside it.
type Guide struct {
	Metric MetricID    `json:"metric"`
	State  MetricState `json:"state,omitempty"` // empty: FAIL and WARN
	Title  string      `json:"title"`
	Causes []string    `json:"causes,omitempty"`
	Steps  []string    `json:"steps,omitempty"`
	Link   string      `json:"link,omitempty"`
}

// Risk is what may go wrong, as the plan has it.
type Risk struct {
	Title       string `json:"title"`
	Mitigation  string `json:"mitigation,omitempty"`
	Contingency string `json:"contingency,omitempty"`
}

// GuidesFor returns the guides that fit a line as it stands, in the order written.
func (r *Rollout) GuidesFor(l *Line) []Guide {
	if r == nil || l.Metric == "" {
		return nil
	}
	var out []Guide
	for _, g := range r.Guides {
		if g.Metric == l.Metric && (g.State == l.State || g.State == "" && (l.State == Fail || l.State == Warn)) {
			out = append(out, g)
		}
	}
	return out
}

// LinksFor returns the links that fit a line: its check's, its metric's, and those of the
// guides that fit it; each address once.
func (r *Rollout) LinksFor(l *Line) []Link {
	if r == nil {
		return nil
	}
	var out []Link
	add := func(name, url string) {
		if url != "" && !slices.ContainsFunc(out, func(o Link) bool { return o.URL == url }) {
			out = append(out, Link{Name: name, URL: url})
		}
	}
	for i := range r.Phases {
		for _, c := range r.Phases[i].Checks {
			if l.Check != "" && c.ID == l.Check {
				add(c.Text, c.Link)
			}
		}
	}
	if m := r.Metric(l.Metric); m != nil {
		add(m.Title, m.Link)
		if m.Read != nil {
			add(m.Title+": "+m.Read.From, m.Read.Link)
		}
	}
	for _, g := range r.GuidesFor(l) {
		add("Guide: "+g.Title, g.Link)
	}
	return out
}

// LinksOf returns the links of a phase, which may be nil, and of the whole rollout.
func (r *Rollout) LinksOf(p *Phase) []Link {
	if r == nil {
		return nil
	}
	var out []Link
	if p != nil {
		for _, l := range p.Links {
			out = append(out, Link{Name: p.Title + ": " + l.Name, URL: l.URL})
		}
	}
	return append(out, r.Links...)
}

// DueAt returns when check c of attempt a is due; zero: from the start.
func (c *Check) DueAt(a *Attempt) time.Time {
	if a == nil || c.After <= 0 {
		return time.Time{}
	}
	return a.Entered.Add(c.After)
}
