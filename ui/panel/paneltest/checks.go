package paneltest

import (
	"strings"
	"time"

	"gonogo/model"
	counted "gonogo/model/evidence"
)

// everyCheck is one check of each kind, and of each way to stand.
func everyCheck() []model.Check {
	return []model.Check{
		{ID: "e2e", Text: "End-to-end suite", Kind: model.CheckRun, Action: "suite", Timeout: 10 * time.Minute},
		{ID: "leak", Text: "No leakage"},
		{ID: "complaints", Text: "No complaints"},
		{ID: "daily", Text: "Daily: end-to-end", Kind: model.CheckRun, Action: "suite", Every: 24 * time.Hour, Timeout: 10 * time.Minute},
		{ID: "load", Text: "Load test", Kind: model.CheckRun, Action: "suite", Timeout: 10 * time.Minute},
		{ID: "ready", Text: "Ready", Kind: model.CheckProbe, Probe: "ready", Want: "ok", Asks: "GET /ready", Every: time.Minute, Timeout: 5 * time.Second},
		{ID: "fast", Text: "Fast enough", Kind: model.CheckMetric, Metric: "latency"},
		{ID: "support", Text: "Support is on call", Every: 24 * time.Hour},
		{ID: "export", Text: "Export", Kind: model.CheckRun, Action: "suite", Every: 6 * time.Hour, Timeout: 10 * time.Minute},
		{ID: "drill", Text: "Rollback rehearsed", Kind: model.CheckDrill, Drill: "quick", Within: 7 * 24 * time.Hour},
		{ID: "manual", Text: "Restore drill", Kind: model.CheckRun, Action: "suite", Timeout: 10 * time.Minute},
	}
}

func checkStates() map[model.CheckID]model.CheckState {
	now := Now()
	ci := person("ci")
	return map[model.CheckID]model.CheckState{
		"e2e":     {By: ci, At: now.Add(-72 * time.Minute), Ran: true, Note: "suite ended well", Took: 94 * time.Second, Output: suiteOutput()},
		"leak":    {By: person("ana"), At: now.Add(-20 * time.Minute), Note: "checked the logs"},
		"daily":   {By: ci, At: now.Add(-22 * time.Hour), Ran: true, Note: "suite ended well", Took: 90 * time.Second},
		"ready":   {By: model.Actor{Name: "gonogo", Via: "engine"}, At: now.Add(-30 * time.Second), Ran: true, Failed: true, Note: `it answers "draining", wanted "ok"`, Output: "draining"},
		"support": {By: person("ana"), At: now.Add(-30 * time.Hour)},
		"export":  {By: ci, At: now.Add(-7 * time.Hour), Ran: true, Note: "suite ended well"},
	}
}

func suiteOutput() string {
	lines := make([]string, 40)
	for i := range lines {
		lines[i] = "ok  case " + strings.Repeat("·", i%7) + " of the suite"
	}
	lines[39] = "PASS 39 cases"
	return strings.Join(lines, "\n")
}

// automatic returns the line of a check that gonogo finds out, or whose result
// does not count any more; false for one that a person signs.
func automatic(c *model.Check, s *model.Snapshot) (model.Line, bool) {
	result, known := s.State.Checks[c.ID]
	counts := known && result.Counts(c, Now())
	line := model.Line{Check: c.ID, Title: c.Text}
	switch {
	case c.Kind == model.CheckMetric:
		line = s.Lines[c.Metric]
		line.Check, line.Title = c.ID, c.Text
	case c.Kind == model.CheckDrill:
		line.State, line.Reason, line.SampleAt = model.Pass, "rehearsed 2d ago, READY", s.State.Drills[c.Drill].At
	case counts && result.Failed:
		line.State, line.Reason, line.SampleAt = model.Fail, "failed: "+result.Note, result.At
	case counts && result.Ran:
		line.State, line.Reason, line.SampleAt = model.Pass, "passed: "+result.Note, result.At
	case known && !counts && c.Automatic():
		line.State, line.Reason = model.Collecting, "due: the last result is "+model.FormatDuration(Now().Sub(result.At))+" old"
	case known && !counts:
		line.State, line.Reason = model.Manual, "due again, every "+model.FormatDuration(c.Every)+": last signed by "+result.By.Name
	case c.Automatic():
		line.State, line.Reason = model.Collecting, "not found out yet"
	case c.Kind == model.CheckRun:
		line.State, line.Reason = model.Manual, "waits to be run: "+string(c.Action)
	default:
		return line, false
	}
	return line, true
}

// evidence makes errors a metric that counts events, and p95 one with a baseline.
func evidence(r *model.Rollout, s *model.Snapshot) {
	m := r.Metric("error")
	m.Counted, m.Bad, m.Total = true, `vecsec_error_total{tier="real"}`, `vecsec_requests_total{tier="real"}`
	m.Recent, m.CountOver, m.Settle = 15*time.Minute, 5*time.Minute, 5*time.Minute
	line := s.Lines["error"]
	line.State, line.Held, line.Thin, line.Rate = model.Collecting, 0, true, 2.5
	counts := counted.Counts{Bad: 3, Total: 120}
	line.Test = &model.Sequential{
		Fail:   model.Proof{Share: .05, Counts: counts, Log: -1.2, Bound: 4.6052},
		Warn:   &model.Proof{Share: .01, Counts: counts, Log: .9, Bound: 4.6052},
		Go:     model.Proof{Share: .05, Counts: counts, Log: .1, Bound: 2.9957},
		Recent: model.Recent{Counts: counts, Over: 15 * time.Minute}, Promise: .01, Alpha: .01, Beta: .05,
		Sees: []model.Sight{{Ratio: 1.5, Events: 1650, After: 11 * time.Minute}, {Ratio: 2, Events: 480, After: 192 * time.Second}, {Ratio: 3, Events: 150, After: time.Minute}},
	}
	line.More, line.MoreOf, line.MoreTime = 73, model.CleanEvents, 29*time.Second
	line.Reason = "3 of 120 events bad prove nothing yet"
	s.Lines["error"] = line

	m = r.Metric("latency")
	m.Target = &model.Target{Op: "<=", Value: 1.1, Of: model.OfBaseline, Text: "<= 110% of baseline"}
	m.Baseline = 30 * time.Minute
	s.State.Baselines = map[model.MetricID]model.Baseline{
		"latency": {Value: 2, At: Now().Add(-44 * time.Hour), Window: 30 * time.Minute, Points: 120, Query: m.Query, By: person("ana")},
	}
	line = s.Lines["latency"]
	line.Target, line.Threshold = m.Target.Text, 2.2
	s.Lines["latency"] = line
}
