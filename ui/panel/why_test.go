package panel_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/evidence"
	"gonogo/ui/panel"
	"gonogo/ui/panel/paneltest"
)

func TestWhySays(t *testing.T) {
	tests := []struct {
		name   string
		of     string
		change func(*model.Snapshot)
		want   []string
	}{
		{"the test so far", "error", nil, []string{"below 5%: 3 bad of 120 events", "0.10 of 3.00", "above 1%", "0.90 of 4.61", "in the last 15m", "2× after about 480 (3m 12s)", "at 2.5/s", "(α 0.01)", "5% (β)"}},
		{"what is proved, and how it ends", "error", func(s *model.Snapshot) {
			test := *s.Gate.Lines[1].Test
			test.Fail.Proved, test.Over, test.Doubt = true, &model.Proof{Share: .05, Log: 1, Bound: 3}, true
			s.Gate.Lines[1].Test = &test
		}, []string{"confirmed above 5%: 3 bad of 120 events", "1.00 of 3.00", "which speaks against the target"}},
		{"its parts", "error", func(s *model.Snapshot) {
			test := *s.Gate.Lines[1].Test
			test.By, test.PartsAll, test.Parts = "tenant", 40, []model.PartProof{
				{Part: "t7", State: model.Fail, Last: evidence.Counts{Bad: 5, Total: 9}, Fail: model.Proof{Log: 9, Bound: 8}},
				{Part: "t8", State: model.Pass, Last: evidence.Counts{Total: 20}, Fail: model.Proof{Log: -3, Bound: 8}}}
			s.Gate.Lines[1].Test = &test
		}, []string{"40 by tenant, each judged on its own", "t7  FAIL  5 bad of 9 events, 55.6%, evidence 9.00 of 8.00", "t8  PASS  0 bad of 20 events, 0%, evidence 0.00 of 8.00"}},
		{"how fast events come", "error", nil, []string{"1234, 2.5 a second"}},
		{"the counters", "error", nil, []string{`vecsec_error_total{tier="real"}`, `vecsec_requests_total{tier="real"}`}},
		{"what changes it", "error", nil, []string{"passes after about 73 good events, about 30 s"}},
		{"settling", "error", func(s *model.Snapshot) {
			s.Gate.Lines[1].Settling, s.State.Changed.What = 4*time.Minute, "set real"
		}, []string{"4m more, until its window holds nothing from", "before the last change: set real", "it has settled in 4m"}},
		{"the baseline", "latency", nil, []string{"2s, frozen 22 Nov 18:22Z by ana", "the mean of 120 readings over 30m"}},
		{"no baseline", "latency", func(s *model.Snapshot) { s.State.Baselines = nil }, []string{"none is frozen: B freezes it"}},
		{"a baseline of another query", "latency", func(s *model.Snapshot) { s.Rollout.Metric("latency").Query = "p99" }, []string{"of another query than now"}},
		{"an expression", "latency", func(s *model.Snapshot) {
			m := s.Rollout.Metric("latency")
			m.Query, m.Expr, m.Inputs = "", "success + nobody", []model.MetricID{"success", "nobody"}
		}, []string{"success + nobody", "success 99.5%, PASS", "nobody, never judged"}},
		{"what people read", "latency", func(s *model.Snapshot) {
			s.Rollout.Metric("latency").Read = &model.PeopleRead{From: "the \x1b[2Jmailbox", Link: "https://m.example", Every: 24 * time.Hour}
			s.State.Readings = map[model.MetricID]model.PersonReading{"latency": {Value: 2, Unit: model.Seconds, By: model.Actor{Name: "vp\u202e", Host: "desk"}, At: paneltest.Now().Add(-time.Hour), Note: "of the \x1b[2Jweek"}}
			s.Rollout.Guard = &model.Guard{On: []model.MetricID{"latency"}, Mode: model.GuardArmed}
		}, []string{"read it; a reading counts for 1d, or until the next change", "the ␛[2Jmailbox", "https://m.example", "2s by vp⍰@desk, 2", "of the ␛[2Jweek", "only says so, since people read it: a FAIL of this metric arms nothing"}},
		{"no series", "latency", func(s *model.Snapshot) {
			s.Gate.Lines[2].State, s.Gate.Lines[2].HasValue = model.NoSeries, false
		}, []string{"∅ NO-SERIES", "is a name or label mistyped"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Evidence})
			s.Gate.Lines = slices.Clone(s.Gate.Lines)
			if tt.change != nil {
				tt.change(s)
			}
			p := props(s, nil)
			p.Size = panel.Size{W: 100, H: 60}
			got := whyOf(tt.of)(p)
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("want %q in\n%s", want, got)
				}
			}
		})
	}
}

func TestBaselineOnTheChart(t *testing.T) {
	for _, c := range []struct {
		name  string
		w     int
		value float64 // 0: none is frozen
		want  string
		dots  bool
	}{
		{"with a word", 60, 1, "base 1s", true},
		{"with its dots", 30, 1, "·1s", true},
		{"none", 60, 0, "5s", false},
		{"on the target's line", 60, 3, "3s", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Soaking})
			if c.value > 0 {
				s.State.Baselines = map[model.MetricID]model.Baseline{"latency": {Value: model.Float(c.value), Points: 9}}
			}
			p := props(s, nil)
			p.Size, p.Zoomed, p.Focused, p.Cursor = panel.Size{W: c.w, H: 14}, true, true, 2
			got := panel.Charts().Render(p)
			if !strings.Contains(got, c.want) || strings.Contains(got, "· · ·") != c.dots {
				t.Errorf("want %q, and dots %v in\n%s", c.want, c.dots, got)
			}
		})
	}
}

// TestDataIsAsOldAsItsSamples: what people read makes no data old.
func TestDataIsAsOldAsItsSamples(t *testing.T) {
	s := paneltest.Snapshot(paneltest.Options{Condition: paneltest.Soaking})
	s.Gate.Lines = slices.Clone(s.Gate.Lines)
	for i := range s.Gate.Lines {
		if l := &s.Gate.Lines[i]; l.Metric == "latency" {
			l.SampleAt = paneltest.Now().Add(-5 * time.Hour)
		}
	}
	m := s.Rollout.Metric("latency")
	m.StaleAfter = 24 * time.Hour
	p := props(s, nil)
	p.Size = panel.Size{W: 160, H: 1}
	if got := panel.Header(p); !strings.Contains(got, "data 5h") {
		t.Errorf("a sample of 5h ago: %s", got)
	}
	m.Read = &model.PeopleRead{Every: 24 * time.Hour}
	if got := panel.Header(p); strings.Contains(got, "data 5h") || !strings.Contains(got, "data ") {
		t.Errorf("a reading of 5h ago: %s", got)
	}
}
