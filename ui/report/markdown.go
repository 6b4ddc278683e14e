package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"gonogo/model"
)

// Markdown writes the report as Markdown with tables; its charts are left out.
func (r *Report) Markdown(w io.Writer) error {
	m := &markdown{w: w}
	m.line("%s", marker)
	m.line("# %s", escape(r.heading()))
	m.line("")
	m.line("%s", escape(r.about()))
	m.trouble(r.Trouble)
	for _, s := range r.sections() {
		if len(s.rows) == 0 && len(s.lines) == 0 {
			continue
		}
		m.line("")
		m.line("## %s", s.title)
		m.line("")
		m.table(s.head, s.rows)
		for _, l := range s.lines {
			m.line("- %s", escape(l))
		}
	}
	return m.err
}

// heading is what the report is about, in a line.
func (r *Report) heading() string {
	what := map[Kind]string{Daily: "the last day", Weekly: "the last week", OfPhase: "one phase", Incident: "the last incident", Final: "how it went"}[r.Kind]
	return r.Title + ": " + what
}

// about says of where and when it is, and how things stand.
func (r *Report) about() string {
	text := r.Environment
	if r.Service != "" {
		text = r.Service + ", " + text
	}
	text += ", " + when(r.From) + " to " + when(r.To) + ". It stands: " + r.Stands
	if r.Gate != "" {
		text += ", the gate says " + string(r.Gate)
	}
	text += fmt.Sprintf(". Made of %d records of the journal", r.Records)
	if r.Config != "" {
		text += "; config " + short(r.Config)
	}
	return text + "."
}

func short(hash string) string {
	if len(hash) > 12 {
		return hash[:12]
	}
	return hash
}

// when writes a time, in UTC.
func when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// lasts writes a duration, – for none.
func lasts(d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	return model.FormatDuration(d.Round(time.Second))
}

// markdown writes lines, and keeps the first error.
type markdown struct {
	w   io.Writer
	err error
}

func (m *markdown) line(format string, args ...any) {
	if m.err == nil {
		_, m.err = fmt.Fprintf(m.w, format+"\n", args...)
	}
}

// trouble says why a report may be incomplete; empty: it is not.
func (m *markdown) trouble(why string) {
	if why != "" {
		m.line("")
		m.line("**It may be incomplete:** %s.", escape(why))
	}
}

func (m *markdown) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	m.line("| %s |", strings.Join(head, " | "))
	m.line("|%s", strings.Repeat(" --- |", len(head)))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = escape(c)
		}
		m.line("| %s |", strings.Join(cells, " | "))
	}
}

var special = strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "#", "\\#", "~", "\\~", "!", "\\!", "&", "&amp;", "\n", " ", "\r", " ")

// escape writes a text so that Markdown shows it as it is.
func escape(text string) string { return special.Replace(text) }
