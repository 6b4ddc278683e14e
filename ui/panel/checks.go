package panel

import (
	"time"

	"gonogo/model"
	"gonogo/model/words"
	"gonogo/ui/theme"
)

// standing is how a check stands at the moment.
type standing struct {
	result model.CheckState // its last result
	known  bool             // there is one
	counts bool             // and it still counts
	live   *model.LiveCheck // it runs
	spared string           // what holds in its place; empty: nothing does
	line   *model.Line      // of one that follows a metric, as it must be shown now
	drill  *model.Drill     // of one that a drill shows: the last one
}

// standing returns how check c stands.
func (p Props) standing(c *model.Check) standing {
	var s standing
	if !p.known() {
		return s
	}
	s.result, s.known = p.Snap.State.Result(p.rollout(), c)
	s.counts = s.known && s.result.Counts(c, p.Now)
	if c.Kind == model.CheckDrill {
		p.drilled(c, &s)
	}
	for i := range p.Snap.Checks {
		if p.Snap.Checks[i].Check == c.ID {
			s.live = &p.Snap.Checks[i]
		}
	}
	if c.Kind == model.CheckGates {
		p.gatesRehearsed(c, &s)
	}
	for i := range p.Snap.Gate.Lines {
		if l := &p.Snap.Gate.Lines[i]; c.OneOf != "" && l.Check == c.ID {
			s.spared = l.Spared
		}
	}
	if c.Kind == model.CheckMetric {
		line, ok := p.Snap.Lines[c.Metric]
		if !ok {
			line = model.Line{Metric: c.Metric, State: model.NoData}
		}
		line = p.seen(line)
		s.line = &line
	}
	return s
}

// drilled puts how the rollback of check c was last rehearsed in place of a result,
// where nobody vouched for it since.
func (p Props) drilled(c *model.Check, s *standing) {
	d, known := p.Snap.State.Drills[c.Drill]
	if !known || s.known && !s.result.Ran && s.result.At.After(d.At) {
		return
	}
	s.drill, s.known = &d, true
	s.result = model.CheckState{By: d.By, At: d.At, Ran: true, Failed: !d.Passed(), Took: d.Took}
	s.counts = p.Now.Sub(d.At) < c.Within && (!c.Real || d.How == model.RehearseReal)
}

// gatesRehearsed puts the last rehearsal of the gates that counts for check c in place
// of a result, where nobody vouched for it since.
func (p Props) gatesRehearsed(c *model.Check, s *standing) {
	last := p.Snap.State.LastRehearsal(c.History, model.GatesHash(p.Snap.Rollout))
	if last == nil || s.known && !s.result.Ran && s.result.At.After(last.At) {
		return
	}
	s.known, s.counts = true, p.Now.Sub(last.At) < c.Within
	s.result = model.CheckState{By: last.By, At: last.At, Ran: true, Failed: !last.Passed, Note: last.Summary}
}

// holds reports whether the check holds, on a result that counts.
func (s *standing) holds() bool {
	if s.spared != "" {
		return true
	}
	if s.line != nil {
		return s.line.State == model.Pass
	}
	return s.counts && !s.result.Failed
}

// dueAt returns when check c is due, if that is still to come or not known yet.
func (p Props) dueAt(c *model.Check) (at time.Time, later bool) {
	if c.After <= 0 || !p.known() {
		return at, false
	}
	at = c.DueAt(p.attempt())
	return at, at.IsZero() || p.Now.Before(at)
}

// look returns the check's glyph and its style.
func (s *standing) look(p Props, c *model.Check) (glyph string, style theme.Style) {
	t := p.theme()
	_, later := p.dueAt(c)
	switch {
	case s.live != nil:
		return "▶", theme.Hold | theme.Bold
	case s.spared != "":
		return "–", theme.Dim
	case s.line != nil:
		return t.State(s.line.State)
	case s.counts && s.result.Failed:
		return t.State(model.Fail)
	case s.counts:
		return t.State(model.Pass)
	case later:
		return "·", theme.Dim
	case c.Automatic():
		return "⟳", theme.Hold
	}
	return t.State(model.Manual)
}

// says tells how the check stands, in many words and in few.
func (s *standing) says(p Props, c *model.Check) (long, short string) {
	r, now := &s.result, p.Now
	when := clock(r.At, now)
	switch {
	case s.live != nil:
		short = words.Age(now.Sub(s.live.Since))
		long = "running " + short
		if s.live.Line != "" {
			long, short = long+": "+s.live.Line, short+": "+s.live.Line
		}
		return long, short
	case s.spared != "":
		return "not needed: " + s.spared, "not needed"
	case s.line != nil:
		text := string(s.line.State)
		if s.line.HasValue {
			text += " " + valueText(s.line)
		}
		return string(c.Metric) + " " + text, text
	case c.Kind == model.CheckDrill && (s.drill != nil || !s.known):
		return drillSays(p, c, s)
	case s.counts && r.Failed:
		return because("FAILED "+when, r.Note), because("FAILED", r.Note)
	case s.counts:
		how := "signed "
		if r.Ran {
			how = "passed "
		}
		short = when + " " + r.By.Name
		long = how + short
		if c.Every > 0 {
			short = "due in " + atMost(r.At.Add(c.Every).Sub(now))
			long += ", " + short
		}
		return long, short
	}
	if at, later := p.dueAt(c); later {
		return dueLater(c, at, now)
	}
	switch {
	case s.known && c.Automatic():
		return "due, last " + when, "due"
	case s.known:
		return "due again, last " + when + " " + r.By.Name, "due again"
	case c.Automatic():
		return "due", "due"
	case c.Kind == model.CheckRun && p.ReadOnly:
		return "waits to be run", "to be run"
	case c.Kind == model.CheckRun:
		return "space runs it", "␣ runs it"
	}
	return "", ""
}

// dueLater tells of a check that is not due yet; at is zero before its phase is entered.
func dueLater(c *model.Check, at, now time.Time) (long, short string) {
	if at.IsZero() {
		return "due " + model.FormatDuration(c.After) + " after it is entered", "later"
	}
	short = "due in " + atMost(at.Sub(now))
	return short + ", " + clock(at, now), short
}

// whyCheck is who or what finds a check out, and what came of it last.
func whyCheck(p Props, c *model.Check, w int) [][]span {
	s := p.standing(c)
	out := field(w, "by", theme.Normal, checkBy(p, c))
	if s.live != nil {
		out = append(out, field(w, "running", theme.Hold|theme.Bold, because("for "+words.Age(p.Now.Sub(s.live.Since)), s.live.Line))...)
	}
	if !s.known || c.Kind == model.CheckMetric {
		return out
	}
	if c.Kind == model.CheckDrill && s.drill != nil {
		return append(out, whyDrill(p, c, &s, w)...)
	}
	r := &s.result
	how := "signed"
	switch {
	case r.Failed:
		how = "FAILED"
	case r.Ran:
		how = "passed"
	}
	how += ", by " + r.By.Name + ", " + clock(r.At, p.Now) + "Z, " + words.Age(p.Now.Sub(r.At)) + " ago"
	out = append(out, field(w, "last", theme.Strong, how)...)
	out = append(out, field(w, "note", theme.Normal, r.Note)...)
	for i, proven := range r.Proofs {
		name := ""
		if i == 0 {
			name = "proved"
		}
		out = append(out, field(w, name, theme.Normal, string(proven.Metric)+" "+proven.Says)...)
	}
	if r.Took > 0 {
		out = append(out, field(w, "took", theme.Normal, model.FormatDuration(r.Took))...)
	}
	switch {
	case c.Every <= 0:
		out = append(out, field(w, "counts", theme.Normal, "as long as this phase lasts")...)
	case s.counts:
		out = append(out, field(w, "counts", theme.Normal, "for "+atMost(r.At.Add(c.Every).Sub(p.Now))+" more, due every "+model.FormatDuration(c.Every))...)
	default:
		out = append(out, field(w, "counts", theme.Warn, "no more: it is due every "+model.FormatDuration(c.Every))...)
	}
	if r.Output != "" {
		out = append(out, []span{{theme.Dim, "output"}})
		for _, line := range wrap(r.Output, max(w-2, 8)) {
			out = append(out, []span{{theme.Dim, "│ "}, {theme.Normal, line}})
		}
	}
	return out
}

// checkBy says who or what finds a check out.
func checkBy(p Props, c *model.Check) string {
	text := "a person signs it"
	switch c.Kind {
	case model.CheckGates:
		return "gonogo rehearse --gates --since " + model.FormatDuration(c.History) + ", not longer ago than " + model.FormatDuration(c.Within)
	case model.CheckMetric:
		return "the metric " + string(c.Metric) + ": the check holds while that passes"
	case model.CheckDrill:
		text = "a drill of the rollback " + string(c.Drill)
		if c.Real {
			text = "a REAL drill of the rollback " + string(c.Drill)
		}
		text += ", not longer ago than " + model.FormatDuration(c.Within)
		if !p.ReadOnly {
			text += ": enter in the checklist offers one"
		}
		return text
	case model.CheckProbe:
		text = "gonogo asks " + orID(c.Asks, c.Probe)
		if c.Match != "" {
			text += ", wants a line that matches " + c.Match
		}
		if c.Want != "" {
			text += ", wants " + c.Want
		}
	case model.CheckRun:
		text = "gonogo runs " + string(c.Action)
		if a := p.rollout().Action(c.Action); a != nil && a.Preview != "" {
			text += ": " + a.Preview
		}
		if c.Match != "" {
			text += ", and a line of what it prints matches " + c.Match
		}
	}
	if c.Every > 0 {
		text += ", every " + model.FormatDuration(c.Every)
	}
	if c.Timeout > 0 {
		text += ", within " + model.FormatDuration(c.Timeout)
	}
	return text
}
