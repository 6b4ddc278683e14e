package ui

import (
	"encoding/json"
	"slices"
	"strings"

	"gonogo/model"
	"gonogo/ui/layout"
	"gonogo/ui/panel"
	"gonogo/ui/words"
)

// The rows of the panels, as the filter leaves them: what the cursor is on.

// here is what the rows depend on, without a place on the screen.
func (m *Model) here() panel.Props { return m.props("", layout.Rect{}) }

// lineHere returns the line under the cursor of the gate, the charts or the
// checklist, whose lines are judged, too.
func (m *Model) lineHere() (model.Line, bool) {
	s := m.seen()
	switch m.focus {
	case panelGate:
		return at(panel.GateLines(m.here()), m.cursor(panelGate))
	case panelCharts:
		if metric, ok := at(panel.ChartMetrics(m.here()), m.cursor(panelCharts)); ok {
			l, ok := s.Lines[metric.ID]
			return l, ok
		}
	case panelChecklist:
		if c := m.checkHere(); c != nil {
			if i := slices.IndexFunc(s.Gate.Lines, func(l model.Line) bool { return l.Check == c.ID }); i >= 0 {
				return s.Gate.Lines[i], true
			}
			return model.Line{Check: c.ID, Title: model.Inert(c.Text), State: model.NoData, Reason: "no verdict yet"}, true
		}
	}
	return model.Line{}, false
}

func (m *Model) flagHere() *model.Flag {
	if f, ok := at(panel.FlagRows(m.here()), m.cursor(panelFlags)); ok {
		return &f
	}
	return nil
}

func (m *Model) checkHere() *model.Check {
	if c, ok := at(panel.CheckRows(m.here()), m.cursor(panelChecklist)); ok {
		return &c
	}
	return nil
}

func (m *Model) recordHere() (model.Record, bool) {
	return at(panel.LogRows(m.here()), m.cursor(panelLog))
}

func recordText(r model.Record) string {
	text := r.At.UTC().Format("2006-01-02 15:04:05Z") + " " + r.By.Name + " " + words.Describe(r)
	if b, err := json.Marshal(r.Event); err == nil {
		text += "\n" + string(b)
	}
	return strings.TrimSpace(text)
}

func at[T any](all []T, i int) (T, bool) {
	if i < 0 || i >= len(all) {
		var none T
		return none, false
	}
	return all[i], true
}
