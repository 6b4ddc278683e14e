package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/words"
)

// freezeBaseline asks whose baseline to freeze: that of the metric under the
// cursor, of all that rest on one, or of one of these.
func (m *Model) freezeBaseline() tea.Cmd {
	r, s := m.ready()
	if r == nil {
		return nil
	}
	o := &menu{title: "Freeze a baseline: the mean of what was read lately, which later values are compared with"}
	offer := func(text string, ids ...model.MetricID) {
		o.items = append(o.items, menuItem{text: model.Inert(text), run: func(m *Model) tea.Cmd {
			return m.arm(model.Intent{Kind: model.Freeze, Metrics: ids})
		}})
	}
	here := model.MetricID("")
	if l, ok := m.lineHere(); ok && r.Metric(l.Metric) != nil {
		here = l.Metric
		offer(baselineText(s, r.Metric(here)), here)
	}
	var rest []model.MetricID
	for i := range r.Metrics {
		if r.Metrics[i].OnBaseline() {
			rest = append(rest, r.Metrics[i].ID)
		}
	}
	if len(rest) > 1 {
		offer("all that rest on one: "+words.List(rest), rest...)
	}
	for _, id := range rest {
		if id != here {
			offer(baselineText(s, r.Metric(id)), id)
		}
	}
	if len(o.items) == 0 {
		m.say("no target or alert rests on a baseline, and there is no metric under the cursor")
		return nil
	}
	m.open(o)
	return nil
}

// baselineText is a metric with what it reads now, and the baseline that this would replace.
func baselineText(s *model.Snapshot, m *model.Metric) string {
	text := string(m.ID)
	if l, ok := s.Lines[m.ID]; ok && l.HasValue {
		text += ", now " + model.FormatValue(m.Unit, float64(l.Value))
	}
	if m.Baseline > 0 {
		text += ", the mean of its last " + model.FormatDuration(m.Baseline)
	}
	if b, ok := s.State.Baselines[m.ID]; ok {
		return text + " · in place of " + model.FormatValue(m.Unit, float64(b.Value)) + " of " + b.At.UTC().Format("2 Jan 15:04Z")
	}
	return text + " · none is frozen yet"
}

// frozenText says what came of freezing.
func (m *Model) frozenText(in model.Intent) string {
	text := "frozen:"
	for i, id := range in.Metrics {
		b, ok := m.live.State.Baselines[id]
		metric := m.live.Rollout.Metric(id)
		if !ok || metric == nil {
			continue
		}
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %s at %s, the mean of %d readings", id, model.FormatValue(metric.Unit, float64(b.Value)), b.Points)
	}
	return text
}
