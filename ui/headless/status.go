package headless

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// Report is what `gonogo status --json` prints.
type Report struct {
	Rollout     string                                 `json:"rollout"`
	Title       string                                 `json:"title"`
	Environment string                                 `json:"environment"`
	At          time.Time                              `json:"at"`
	Phase       model.PhaseID                          `json:"phase"` // "" before the first
	Attempt     *model.Attempt                         `json:"attempt,omitempty"`
	Below       *model.BelowPhase                      `json:"below,omitempty"` // a partial way down: it stands below Phase
	Held        bool                                   `json:"held"`
	HeldReason  string                                 `json:"held_reason,omitempty"`
	Gate        model.Verdict                          `json:"gate"`
	Metrics     map[model.MetricID]model.Line          `json:"metrics"`
	Flags       map[model.FlagID]model.FlagState       `json:"flags"`
	Checks      map[model.CheckID]model.CheckState     `json:"checks"`
	Plan        *model.PlanState                       `json:"plan,omitempty"`
	LastDown    *model.PlanState                       `json:"last_rollback,omitempty"`
	Guard       model.GuardState                       `json:"guard,omitzero"`
	Baselines   map[model.MetricID]model.Baseline      `json:"baselines,omitempty"`
	Readings    map[model.MetricID]model.PersonReading `json:"readings,omitempty"` // by people
	Silences    map[model.SilenceID]model.SilenceState `json:"silences,omitempty"` // the last of each
	Alarms      []AlarmReport                          `json:"alarms,omitempty"`   // what calls for people
	Contacts    []model.Contact                        `json:"contacts,omitempty"`
	Sources     []model.SourceHealth                   `json:"sources"`
	Engine      model.EngineInfo                       `json:"engine"`
	Journal     string                                 `json:"journal_trouble,omitempty"`
	History     string                                 `json:"history_trouble,omitempty"`
	Unaudited   int                                    `json:"unaudited,omitempty"` // facts that no journal has
	Seq         uint64                                 `json:"seq"`
}

// NewReport returns the report of a snapshot.
func NewReport(s *model.Snapshot) Report {
	return Report{
		Rollout: s.Rollout.ID, Title: s.Rollout.Title, Environment: s.Rollout.Environment.Name, At: s.At,
		Phase: s.State.Phase, Attempt: s.State.Attempt(), Held: s.State.Held, HeldReason: s.State.HeldReason,
		Gate: s.VerdictAt(s.At), Below: s.State.Below, Metrics: s.Lines, Flags: s.State.Flags, Checks: s.State.Checks, Plan: s.State.Plan,
		LastDown: s.State.LastDown, Guard: s.State.Guard, Baselines: s.State.Baselines, Readings: s.State.Readings, Silences: s.State.Silences, Alarms: alarmReports(s), Contacts: s.Rollout.Contacts, Sources: s.Sources, Engine: s.Engine, Journal: s.Journal, History: s.History, Unaudited: s.State.Unaudited, Seq: s.Seq,
	}
}

// WriteStatus writes where the rollout stands, for a person.
func WriteStatus(w io.Writer, s *model.Snapshot) {
	out := bufio.NewWriter(w)
	defer func() { _ = out.Flush() }()
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }
	p("%s · %s · %s\n", model.Inert(s.Rollout.Title), environment(s.Rollout), s.At.UTC().Format("2006-01-02 15:04:05Z"))
	for i := range s.Rollout.Phases {
		p("%s\n", phaseLine(s, &s.Rollout.Phases[i]))
	}
	if s.State.Held {
		p("HELD by %s: %s\n", model.Inert(s.State.HeldBy.Name), s.State.HeldReason)
	}
	if a := s.State.Attempt(); a != nil && a.Override != "" {
		p("OVERRIDE by %s: %s\n", model.Inert(a.By.Name), a.Override)
	}
	writeGate(out, s)
	writeGuard(out, s)
	if len(s.Rollout.Flags) > 0 {
		p("Flags\n")
		for i := range s.Rollout.Flags {
			p("  %s\n", flagLine(s, &s.Rollout.Flags[i]))
		}
	}
	for _, h := range s.Sources {
		if !h.OK {
			p("source %s is DOWN: %s\n", model.Inert(h.ID), h.Err)
		}
	}
	if plan := s.State.Plan; plan != nil {
		since := ""
		if !plan.ConfirmedAt.IsZero() {
			since = ", " + words.ConfirmedSince(plan)
		}
		p("Last plan: %s, %s%s\n", model.Inert(plan.Plan.Title), stands(plan), since)
	}
	for _, text := range words.Silences(s, s.At) {
		p("%s\n", text)
	}
	for _, text := range words.Escalations(s, s.At, false) {
		p("! %s\n", text)
	}
	if s.Journal != "" {
		p("! %s\n", s.Journal)
	}
	if s.History != "" {
		p("! %s\n", s.History)
	}
}

// stands says how far a plan is. One that never ran says why.
func stands(p *model.PlanState) string {
	switch p.Status {
	case model.Vetoed:
		return unfired(p)
	case model.Ended:
		return string(p.Status) + " " + string(p.Outcome)
	}
	return string(p.Status)
}

// unfired says why a plan that was armed never ran, and who kept it from that, if anybody did.
func unfired(p *model.PlanState) string {
	text := string(p.Unfired())
	if p.Unfired() != model.UnfiredItself && p.StoppedBy.Name != "" {
		text += " by " + model.Inert(p.StoppedBy.Name)
	}
	if p.Note != "" {
		text += ": " + model.Inert(p.Note)
	}
	return text
}

func phaseLine(s *model.Snapshot, ph *model.Phase) string {
	glyph, rest := " ", ""
	a := s.State.LastAttempt(ph.ID)
	switch {
	case ph.ID == s.State.Phase && s.State.Below != nil:
		glyph = "↓"
	case ph.ID == s.State.Phase:
		glyph = "▶"
	case a != nil && a.Back:
		glyph = "↓"
	case a != nil && s.Rollout.PhaseIndex(ph.ID) < s.Rollout.PhaseIndex(s.State.Phase):
		glyph = "✔"
	}
	if a != nil {
		served := model.FormatDuration(a.Soak)
		switch {
		case ph.Soak <= 0:
			rest = " healthy for " + served
		case a.Soak >= ph.Soak:
			if rest = " soaked " + model.FormatDuration(ph.Soak) + ", all of it"; a.Soak > ph.Soak {
				rest += " (healthy for " + served + ")"
			}
		default:
			rest = " soaked " + served + " of " + model.FormatDuration(ph.Soak)
		}
		if a.N > 1 {
			rest += fmt.Sprintf(", attempt %d", a.N)
		}
		if a.Override != "" {
			rest += ", entered against the gate: " + a.Override
		}
	}
	if b := s.State.Below; b != nil && ph.ID == b.Phase {
		rest += "  BELOW IT since " + b.At.UTC().Format("2006-01-02 15:04:05Z") + ": " + model.Inert(b.Text)
	}
	return fmt.Sprintf("%s %-12s %s%s", glyph, ph.ID, model.Inert(ph.Title), rest)
}

// writeGate writes the verdict and its lines.
func writeGate(w io.Writer, s *model.Snapshot) {
	of := "of " + string(s.Gate.Phase)
	if s.State.Phase == "" {
		of += " (not entered yet)"
	}
	v := s.VerdictAt(s.At)
	_, _ = fmt.Fprintf(w, "Gate %s: %s, %d of %d\n", of, v.Headline, v.Passed, len(v.Lines))
	for _, note := range v.Notes {
		_, _ = fmt.Fprintf(w, "  ! %s\n", note)
	}
	for _, l := range v.Lines {
		value := ""
		if l.HasValue {
			value = model.FormatValue(l.Unit, float64(l.Value))
		}
		line := fmt.Sprintf("  %-12s %-28s %8s  %-10s %s", l.State, model.Inert(l.Title), value, l.Target, l.Reason)
		_, _ = fmt.Fprintln(w, trimRight(line))
		for _, g := range s.Rollout.GuidesFor(&l) {
			for _, text := range words.GuideText(&g) {
				_, _ = fmt.Fprintf(w, "      %s\n", text)
			}
		}
	}
}

// writeGuard writes what the guard sees and does, where there is something to say.
func writeGuard(w io.Writer, s *model.Snapshot) {
	g := s.State.Guard
	for _, other := range s.Rollout.Watches {
		if is := s.State.Watches[other.Name]; is.Metric != "" {
			_, _ = fmt.Fprintf(w, "Guard %s (%s) sees a breach: %s, %s\n", other.Name, other.Mode, is.Metric, is.Reason)
		}
	}
	if p := s.State.ActivePlan(); p != nil && p.Plan.Guard && p.Status == model.Armed {
		_, _ = fmt.Fprintf(w, "GUARD armed %s: fires at %s unless vetoed (gonogo veto --reason T)\n",
			model.Inert(p.Plan.Title), p.FireAt.UTC().Format("15:04:05Z"))
	}
	if g.Metric != "" {
		_, _ = fmt.Fprintf(w, "Guard sees a breach since %s: %s, %s\n", g.Since.UTC().Format("15:04:05Z"), g.Metric, g.Reason)
	}
	if g.Vetoed(s.At) {
		_, _ = fmt.Fprintf(w, "Guard vetoed by %s until %s: %s\n", model.Inert(g.VetoBy.Name), g.Veto.UTC().Format("15:04:05Z"), g.VetoNote)
	}
	if g.Spent {
		_, _ = fmt.Fprintln(w, "Guard fired in this attempt, and does so once")
	}
}

func trimRight(s string) string {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}
