package report

import (
	"encoding/csv"
	"io"
)

// TimelineMarkdown writes the phases alone, as a table of the plan.
func (r *Report) TimelineMarkdown(w io.Writer) error {
	m := &markdown{w: w}
	m.table(phaseHead, r.phaseRows())
	m.trouble(r.Trouble)
	return m.err
}

// TimelineCSV writes the phases alone, with a line of names. A cell that a spreadsheet would
// take for a formula gets an apostrophe in front.
func (r *Report) TimelineCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	_ = out.Write(phaseHead) // Error has it
	for _, row := range r.phaseRows() {
		for i, c := range row {
			if c != "" && (c[0] == '=' || c[0] == '+' || c[0] == '-' || c[0] == '@') {
				row[i] = "'" + c
			}
		}
		_ = out.Write(row)
	}
	out.Flush()
	return out.Error()
}
