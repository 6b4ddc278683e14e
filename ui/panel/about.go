package panel

import (
	"fmt"
	"strings"
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// AboutBox tells what the plan says of a phase, which may be nil, and of the rollout as a
// whole: whom to ask, what is wanted and done, what may go wrong, and where more is written.
func AboutBox(p Props, phase *model.Phase) Box {
	w := p.boxW()
	r := p.rollout()
	b := box{
		title: []span{{theme.Title, "About "}, {theme.Title, orID(r.Title, r.ID)}}, keep: -1, minW: min(60, w),
		foot: [][]span{keyLine(Hint{"esc", "closes"}, Hint{"y", "copies"}, Hint{"↑↓", "scroll"})},
	}
	if phase != nil {
		b.body = append(b.body, []span{{theme.Strong | theme.Underline, "Phase " + orID(phase.Title, string(phase.ID))}})
		b.body = append(b.body, aboutPhase(phase, w)...)
		b.body = append(b.body, nil)
	}
	b.body = append(b.body, []span{{theme.Strong | theme.Underline, "The rollout"}})
	b.body = append(b.body, aboutRollout(p, w)...)
	return b.rows(p)
}

func aboutPhase(phase *model.Phase, w int) [][]span {
	out := field(w, "owner", theme.Strong, phase.Owner)
	if phase.Optional {
		out = append(out, field(w, "optional", theme.Normal, "it may be passed by")...)
	}
	if phase.Soak > 0 || phase.Limit > 0 {
		out = append(out, field(w, "planned", theme.Normal, span2(phase.Soak, phase.Limit))...)
	}
	out = append(out, field(w, "planned at", theme.Normal, dated(phase.At))...)
	out = append(out, field(w, "not before", theme.Normal, dated(phase.NotBefore))...)
	out = append(out, points(w, "objectives", phase.Objectives)...)
	out = append(out, points(w, "activities", phase.Activities)...)
	out = append(out, linkFields(w, phase.Links)...)
	if len(out) == 0 {
		out = field(w, "", theme.Dim, "the plan says nothing more of it")
	}
	return out
}

func aboutRollout(p Props, w int) [][]span {
	r := p.rollout()
	out := field(w, "service", theme.Normal, r.Service)
	out = append(out, field(w, "environment", theme.Normal, r.Environment.Name)...)
	out = append(out, field(w, "planned", theme.Normal, words.TotalPlanned(r))...)
	for i := range r.SignOff {
		out = append(out, signOffField(p, &r.SignOff[i], w)...)
	}
	for _, f := range r.Flags {
		out = append(out, field(w, "flag", theme.Normal, because(string(f.ID), scopeText(&f)))...)
	}
	for _, c := range r.Contacts {
		out = append(out, field(w, "contact", theme.Strong, because(strings.TrimSpace(c.Name+" "+inBrackets(c.Role)), c.How))...)
	}
	for _, e := range r.Escalations {
		text := fmt.Sprintf("level %d: %s after %s of %s", e.Level, words.Who(r, e.Who), model.FormatDuration(e.After), words.List(e.On))
		out = append(out, field(w, "told", theme.Normal, text)...)
	}
	for _, risk := range r.Risks {
		out = append(out, field(w, "risk", theme.Warn, risk.Title)...)
		if risk.Mitigation != "" {
			out = append(out, field(w, "", theme.Normal, "kept from it by: "+risk.Mitigation)...)
		}
		if risk.Contingency != "" {
			out = append(out, field(w, "", theme.Normal, "if it happens: "+risk.Contingency)...)
		}
	}
	return append(out, linkFields(w, r.Links)...)
}

// dated writes a time with its date; nothing for none.
func dated(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("Mon 2 Jan 2006 15:04Z")
}

func inBrackets(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

// scopeText is what a flag touches, for people.
func scopeText(f *model.Flag) string {
	if len(f.Scope) == 0 {
		return ""
	}
	return "touches " + strings.Join(f.Scope, ", ")
}

func signOffField(p Props, c *model.Check, w int) [][]span {
	sig, signed := p.Snap.State.PlanSigned(p.rollout(), c.ID)
	if signed {
		return field(w, "sign-off", theme.Normal, because(c.Text+": signed "+clock(sig.At, p.Now)+" by "+sig.By.Name, sig.Note))
	}
	return field(w, "sign-off", theme.Hold, c.Text+": not signed")
}

// points is a list of texts under one name, an entry each.
func points(w int, name string, all []string) [][]span {
	var out [][]span
	for _, text := range all {
		out = append(out, field(w, name, theme.Normal, "· "+text)...)
		name = ""
	}
	return out
}

func linkFields(w int, all []model.Link) [][]span {
	name := "links"
	var out [][]span
	for _, l := range all {
		out = append(out, field(w, name, theme.Normal, l.Name+"  "+l.URL)...)
		name = ""
	}
	return out
}

// guideFields are the plan's guides for a line, as it stands.
func guideFields(p Props, line *model.Line, w int) [][]span {
	var out [][]span
	for _, g := range p.rollout().GuidesFor(line) {
		out = append(out, field(w, "guide", theme.Strong, g.Title)...)
		out = append(out, points(w, "causes", g.Causes)...)
		for i, step := range g.Steps {
			name := ""
			if i == 0 {
				name = "steps"
			}
			out = append(out, field(w, name, theme.Normal, words.Nth(i)+step)...)
		}
	}
	return append(out, linkFields(w, p.rollout().LinksFor(line))...)
}
