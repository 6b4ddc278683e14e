package ui

import (
	"slices"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/panel"
)

// The rows of the panels, as the filter leaves them: what the cursor is on.

// here is what the rows depend on, without a place on the screen.
func (b *board) here(p panel.Props) panel.Props { return b.props(p, "", layout.Rect{}) }

// line returns the line under the cursor of the gate, the charts or the
// checklist, whose lines are judged, too.
func (b *board) line(p panel.Props) (model.Line, bool) {
	switch b.focus {
	case panelGate:
		return at(panel.GateLines(b.here(p)), b.cursor(p, panelGate))
	case panelCharts:
		if metric, ok := at(panel.ChartMetrics(b.here(p)), b.cursor(p, panelCharts)); ok {
			l, ok := p.Snap.Lines[metric.ID]
			return l, ok
		}
	case panelChecklist:
		if c := b.check(p); c != nil {
			if i := slices.IndexFunc(p.Snap.Gate.Lines, func(l model.Line) bool { return l.Check == c.ID }); i >= 0 {
				return p.Snap.Gate.Lines[i], true
			}
			return model.Line{Check: c.ID, Title: model.Inert(c.Text), State: model.NoData, Reason: "no verdict yet"}, true
		}
	}
	return model.Line{}, false
}

// flag returns the flag under the cursor of the flags, or nil.
func (b *board) flag(p panel.Props) *model.Flag {
	if f, ok := at(panel.FlagRows(b.here(p)), b.cursor(p, panelFlags)); ok {
		return &f
	}
	return nil
}

// check returns the check under the cursor of the checklist, or nil.
func (b *board) check(p panel.Props) *model.Check {
	if c, ok := at(panel.CheckRows(b.here(p)), b.cursor(p, panelChecklist)); ok {
		return &c
	}
	return nil
}

// record returns the record under the cursor of the log.
func (b *board) record(p panel.Props) (model.Record, bool) {
	return at(panel.LogRows(b.here(p)), b.cursor(p, panelLog))
}

// worst returns the place of the line of the highest severity, the first of several.
func worst(lines []model.Line) int {
	at := 0
	for i, l := range lines {
		if l.State.Severity() > lines[at].State.Severity() {
			at = i
		}
	}
	return at
}

func at[T any](all []T, i int) (T, bool) {
	if i < 0 || i >= len(all) {
		var none T
		return none, false
	}
	return all[i], true
}
