package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonogo/model"
)

// How much of a summary is written out: it is read in a chat.
const (
	summaryLines = 8  // of each part
	summaryCells = 96 // of what was noted about a step
)

// Summary returns plan p in plain text, to paste into a chat or a ticket: what
// was done, what was seen, what is still not safe, who, when and how long. It
// tells of a plan that runs as it stands. r and s are the rollout and its state
// at the time; nil ones are left out, and nil p gives "". The text is inert but
// for its line feeds, without colour, and ends in one.
func Summary(r *model.Rollout, s *model.State, p *model.PlanState) string {
	if p == nil {
		return ""
	}
	if r == nil {
		r = &model.Rollout{}
	}
	if s == nil {
		s = &model.State{}
	}
	t := &summary{r: r, s: s, p: p}
	t.doubts = t.inDoubt()
	t.headline()
	t.done()
	t.observed()
	t.notSafe()
	t.told()
	t.times()
	t.people()
	return t.b.String()
}

// summary is one that is being written.
type summary struct {
	r *model.Rollout
	s *model.State
	p *model.PlanState
	b strings.Builder
	// doubts is everything that cannot be relied upon: the first line and the part
	// NOT SAFE are both made from it, so that they never say two things.
	doubts []string
}

// line writes one line, inert.
func (t *summary) line(format string, args ...any) {
	t.b.WriteString(strings.TrimRight(model.Inert(fmt.Sprintf(format, args...)), " "))
	t.b.WriteByte('\n')
}

// part writes the lines of a part under its name, not too many of them.
func (t *summary) part(name string, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.line("%s", name)
	for i, l := range lines {
		if i == summaryLines && len(lines) > summaryLines+1 {
			t.line("  … and %d more", len(lines)-i)
			return
		}
		t.line("  %s", l)
	}
}

// headline says which plan, how it ended, where, and why there was one.
func (t *summary) headline() {
	pl := &t.p.Plan
	word, meaning := string(t.p.Outcome), Meaning(t.p.Outcome)
	switch t.p.Status {
	case model.Armed:
		word, meaning = "ARMED", "nothing was done yet"
	case model.Running:
		word, meaning = "RUNNING", "it has not ended yet"
	case model.Vetoed:
		word, meaning = strings.ToUpper(string(t.p.Unfired())), "nothing was done"
	}
	what := string(pl.Kind)
	switch {
	case pl.Drill == model.RehearseReal:
		what = "REAL DRILL of rollback"
	case pl.Drill == model.RehearseDry || pl.Kind == model.PlanDrill:
		what = "DRY DRILL of rollback"
	case pl.Guard:
		what = "rollback by the guard"
	case pl.Emergency:
		what = "emergency rollback"
	}
	t.line("%s %q: %s, %s%s", what, pl.Title, word, meaning, t.after())
	if t.p.Summary != "" && t.p.Summary != meaning && t.p.Summary != InDoubt(t.p) { // which NOT SAFE gives in full
		t.line("%s", cutLine(t.p.Summary))
	}
	name := t.r.Title
	if name == "" {
		name = t.r.ID
	}
	if pl.From == pl.Phase {
		t.line("%s, %s, %s", name, t.environment(), t.phase(pl.Phase))
	} else {
		t.line("%s, %s, %s → %s", name, t.environment(), t.phase(pl.From), t.phase(pl.Phase))
	}
	for _, why := range []string{pl.Reason, t.p.Note} {
		if why != "" {
			t.line("why: %s", cutLine(why))
		}
	}
}

func (t *summary) environment() string {
	if t.r.Environment.Critical {
		return strings.ToUpper(t.r.Environment.Name)
	}
	return t.r.Environment.Name
}

func (t *summary) phase(id model.PhaseID) string {
	if id == "" {
		return "before the first phase"
	}
	if p := t.r.Phase(id); p != nil && p.Title != "" {
		return p.Title
	}
	return string(id)
}

// step returns how step i stands.
func (t *summary) step(i int) model.StepState {
	if i < len(t.p.Steps) {
		return t.p.Steps[i]
	}
	return model.StepState{}
}

// dry reports whether the plan changes nothing.
func (t *summary) dry() bool { return t.p.Plan.Kind == model.PlanDrill }

// done is each change and each action, with how it ended.
func (t *summary) done() {
	var out []string
	for i := range t.p.Plan.Steps {
		st := &t.p.Plan.Steps[i]
		if st.Kind == model.StepVerify {
			continue
		}
		how := t.ended(i)
		if t.dry() { // what was looked at is told below
			how = ""
		}
		level := ""
		if st.Level > 0 {
			level = "level " + strconv.Itoa(st.Level) + ": "
		}
		if len(st.Changes) == 0 {
			out = append(out, level+st.Title+how)
		}
		for _, c := range st.Changes {
			text := c.String()
			if st.Everyone != "" {
				text = model.Inert(string(c.Flag) + ": " + st.Change(c))
			}
			out = append(out, level+text+how)
		}
	}
	switch {
	case len(out) == 0:
		out = []string{"nothing to set and nothing to run"}
	case t.dry():
		t.part("would do, NOTHING WAS CHANGED:", out)
		return
	case t.p.FiredAt.IsZero():
		t.part("would do:", out)
		return
	}
	t.part("done:", out)
}

// ended says how step i ended, and how long it took.
func (t *summary) ended(i int) string {
	st := t.step(i)
	if st.Outcome == "" {
		switch {
		case t.p.FiredAt.IsZero():
			return ""
		case t.p.Status == model.Running && st.Tries > 0:
			return " — runs"
		case t.p.Status == model.Running:
			return " — not yet"
		}
		return " — NOT DONE"
	}
	text := " — " + Outcome(st.Outcome)
	if d := st.Ended.Sub(st.Started); d > 0 && st.Outcome != model.StepSkipped && st.Outcome != model.StepSpared {
		text += " in " + Took(st.Started, st.Ended)
	}
	return text
}

// observed is what was seen: the verify steps, of a dry drill every step.
func (t *summary) observed() {
	var out []string
	for i := range t.p.Plan.Steps {
		st, state := &t.p.Plan.Steps[i], t.step(i)
		if st.Kind != model.StepVerify && !t.dry() || !state.Outcome.OK() || state.Outcome == model.StepSpared {
			continue
		}
		text := st.Title
		if state.Detail != "" {
			text += ": " + state.Detail
		}
		out = append(out, cutLine(text))
	}
	if len(out) == 0 && !t.p.FiredAt.IsZero() {
		out = []string{"nothing"}
	}
	t.part("confirmed:", out)
}

// inDoubt returns everything that cannot be relied upon.
func (t *summary) inDoubt() []string {
	var out []string
	running := t.p.Status == model.Running
	if t.p.ConfirmedAt.IsZero() {
		for _, text := range Doubts(t.p) {
			out = append(out, cutLine(text))
		}
	}
	for _, f := range t.r.Flags {
		switch st := t.s.Flags[f.ID]; {
		case st.Drift():
			out = append(out, fmt.Sprintf("%s has drifted: gonogo set %s, stored is %s", f.ID, st.Want.Brief(), st.Stored.Brief()))
		case st.Unapplied() && !running:
			out = append(out, fmt.Sprintf("%s is stored as %s, the service uses %s", f.ID, st.Stored.Brief(), st.Effective.Brief()))
		}
	}
	if t.s.Unaudited > 0 {
		out = append(out, fmt.Sprintf("UNAUDITED: %d facts are missing in the journal", t.s.Unaudited))
	}
	if t.s.Incident.Open() && !running && t.p.Plan.Kind == model.PlanRollback {
		out = append(out, "the incident is open: no rollback of it was verified")
	} else if p := t.s.RollbackOpen(); p != nil && !running && p.Plan.ID == t.p.Plan.ID {
		out = append(out, "it waits to be confirmed: gonogo rollback --verify, or --confirm --reason TEXT")
	}
	return out
}

// after says what came after the plan's end, where its outcome is not the whole of it any more.
func (t *summary) after() string {
	switch {
	case t.p.Outcome == model.Verified && len(t.doubts) > 0:
		return " at its end; see NOT SAFE"
	case !t.p.ConfirmedAt.IsZero() && t.p.Confirmed == model.ByPerson:
		return "; confirmed by " + place(t.p.ConfirmedBy) + ": " + cutLine(t.p.ConfirmNote)
	case !t.p.ConfirmedAt.IsZero():
		return "; confirmed later"
	}
	return ""
}

// notSafe writes what is in doubt.
func (t *summary) notSafe() {
	switch {
	case len(t.doubts) > 0:
		t.part("NOT SAFE:", t.doubts)
	case t.p.Status == model.Ended:
		t.line("not safe: nothing that gonogo knows of")
	}
}

// told is who was told, or could not be.
func (t *summary) told() {
	var told, not []string
	for _, n := range t.p.Notified {
		name := n.Title
		if name == "" {
			name = string(n.Action)
		}
		switch {
		case n.Err != "":
			if text := name + ": " + n.Err; !slices.Contains(not, text) {
				not = append(not, text)
			}
		case !slices.Contains(told, name):
			told = append(told, name)
		}
	}
	if len(told) > 0 {
		t.line("told: %s", strings.Join(told, ", "))
	}
	for _, text := range not {
		t.line("could not tell %s", cutLine(text))
	}
}

// times are T0 to T3, each with what it took since the one before it counts from.
func (t *summary) times() {
	p := t.p
	if p.FiredAt.IsZero() {
		return
	}
	if p.Plan.Kind != model.PlanRollback {
		t.line("fired %s%s", stamp(p.FiredAt), t.endedAfter())
		return
	}
	fired := p.FiredAt
	inc := t.s.Incident
	if inc != nil && inc.Plan != p.Plan.ID {
		inc = nil
	}
	if inc != nil && !inc.Fired.IsZero() {
		fired = inc.Fired
	}
	switch {
	case inc == nil || inc.Breach.IsZero():
		t.line("T0 breach     none seen")
	case inc.Why == "":
		t.line("T0 breach     %s", stamp(inc.Breach))
	default:
		t.line("T0 breach     %s  %s", stamp(inc.Breach), cutLine(inc.Why))
	}
	t.line("T1 fired      %s%s", stamp(fired), t.since(inc, fired, fired))
	verified := p.VerifiedAt
	if verified.IsZero() {
		verified = p.ConfirmedAt
	}
	open := "not yet: the clock runs"
	if p.Status != model.Running && !t.s.Incident.Open() {
		open = "not yet"
	}
	for _, at := range []struct {
		name string
		at   time.Time
		open string
	}{{"T2 contained", p.ContainedAt, "not yet"}, {"T3 verified ", verified, open}} {
		open := at.open
		if p.Status != model.Running && at.name == "T2 contained" {
			open = "no: not everything is known to be in effect"
		} else if p.Plan.Drill != "" {
			open = "no"
		}
		if at.at.IsZero() {
			t.line("%s  %s", at.name, open)
			continue
		}
		t.line("%s  %s%s", at.name, stamp(at.at), t.since(inc, fired, at.at))
	}
}

// since says how long after T0 and T1 at was.
func (t *summary) since(inc *model.Incident, fired, at time.Time) string {
	var out []string
	if inc != nil && !inc.Breach.IsZero() {
		out = append(out, Took(inc.Breach, at)+" after the breach")
	}
	if at.After(fired) {
		out = append(out, Took(fired, at)+" after it was fired")
	}
	if len(out) == 0 {
		return ""
	}
	return "  " + strings.Join(out, ", ")
}

func (t *summary) endedAfter() string {
	if t.p.EndedAt.IsZero() {
		return ""
	}
	took := t.p.EndedAt.Sub(t.p.FiredAt)
	text := ", ended after " + Took(t.p.FiredAt, t.p.EndedAt)
	if b := t.p.Plan.Budget; b > 0 {
		text += " of " + model.FormatDuration(b)
		if took > b {
			text += ", OVER its budget"
		}
	}
	return text
}

// people are who had a hand in it, and what pins down what it was.
func (t *summary) people() {
	p := t.p
	out := []string{"armed by " + place(p.By)}
	if p.FiredBy.Name != "" {
		out = append(out, "fired by "+place(p.FiredBy))
	}
	for _, who := range p.Joined {
		out = append(out, "joined by "+place(who))
	}
	t.line("%s", strings.Join(out, ", "))
	out = []string{t.environment(), "plan " + p.Plan.Hash[:min(12, len(p.Plan.Hash))]}
	if t.s.Seq > 0 {
		out = append(out, "journal record "+strconv.FormatUint(t.s.Seq, 10))
	}
	t.line("%s", strings.Join(out, " · "))
}
