package headless

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// TestTheMarginIsAboveZeroWhereTheTargetHolds: whatever it compares with; below 0 where it
// does not, and none where there is nothing to compare.
func TestTheMarginIsAboveZeroWhereTheTargetHolds(t *testing.T) {
	line := func(v, limit float64) model.Line {
		return model.Line{Value: model.Float(v), HasValue: true, Threshold: model.Float(limit), HasTarget: true}
	}
	noValue, noTarget := line(1, 2), line(1, 2)
	noValue.HasValue, noTarget.HasTarget = false, false
	for _, c := range []struct {
		name string
		op   string
		line model.Line
		want string // as JSON
	}{
		{"below, as it shall be", "<", line(1, 3), "2"},
		{"not below", "<", line(4, 3), "-1"},
		{"at most", "<=", line(3, 3), "0"},
		{"above, as it shall be", ">", line(5, 3), "2"},
		{"not above", ">", line(1, 3), "-2"},
		{"at least", ">=", line(3, 3), "0"},
		{"the same", "==", line(3, 3), "0"},
		{"too much to be the same", "==", line(5, 3), "-2"},
		{"too little to be the same", "==", line(1, 3), "-2"},
		{"another, and more", "!=", line(5, 3), "2"},
		{"another, and less", "!=", line(1, 3), "2"},
		{"not another", "!=", line(3, 3), "0"},
		{"no value", "<", noValue, "null"},
		{"no target", "<", noTarget, "null"},
		{"not a number", "<", line(math.NaN(), 3), "null"},
		{"without bounds", ">", line(math.Inf(1), 3), "null"},
	} {
		got, err := json.Marshal(margin(&model.Metric{Target: &model.Target{Op: c.op}}, &c.line))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, wanted %s (%v)", c.name, got, c.want, err)
		}
	}
	if l := line(1, 3); margin(&model.Metric{}, &l) != nil {
		t.Error("a metric without a target has a margin")
	}
}

// TestTheGateSaysWhyLineByLine: as JSON, each line with all that it rests on: of a metric what
// was asked and how old the answer is, of a check who or what found out; and what would change it.
func TestTheGateSaysWhyLineByLine(t *testing.T) {
	d := newDesk()
	r := d.s.Rollout
	r.Metrics = []model.Metric{{
		ID: "error", Title: "Errors", Source: "prom", Query: "sum(rate(errors[5m]))", Unit: model.Ratio, StaleAfter: time.Hour,
		Target: &model.Target{Op: "<", Value: 0.01, Text: "< 1%"}, Bad: "errors_total", Total: "requests_total",
	}}
	r.Phases[0].Checks = append(r.Phases[0].Checks, model.Check{ID: "smoke", Text: "It answers", Kind: model.CheckRun, Action: "curl"})
	d.record(model.PhaseEntered{Phase: "half", Attempt: 1},
		model.BaselineFrozen{Metric: "error", Value: 0.002, Window: time.Minute, Points: 4},
		model.CheckEnded{Phase: "half", Attempt: 1, Check: "smoke", Detail: "exit status 7", Output: "refused"})
	d.s.Gate = model.Verdict{Headline: model.NoGo, Phase: "half", Lines: []model.Line{
		{Metric: "error", Title: "Errors", State: model.Fail, Value: 0.03, HasValue: true, Threshold: 0.01, HasTarget: true, Unit: model.Ratio, SampleAt: d.s.At.Add(-90 * time.Second), Held: 12*time.Second + 700*time.Millisecond},
		{Check: "logs", Title: "Logs look right", State: model.Manual},
		{Check: "smoke", Title: "It answers", State: model.Fail},
		{Check: "gone", Title: "Of no phase", State: model.Manual},
		{Title: "soak", State: model.Soaking, MoreTime: 90 * time.Second},
	}}
	out, errs, status := d.says(t, "", "gate", "--json")
	var got struct {
		Headline model.Headline `json:"headline"`
		Lines    []struct {
			Title  string  `json:"title"`
			Query  string  `json:"query"`
			Source string  `json:"source"`
			Bad    string  `json:"bad_counter"`
			Total  string  `json:"total_counter"`
			Margin float64 `json:"margin"`
			Age    float64 `json:"age_seconds"`
			Held   float64 `json:"held_seconds"`
			Base   *struct {
				Points int `json:"points"`
			} `json:"baseline"`
			Result *struct {
				Failed bool   `json:"failed"`
				Output string `json:"output"`
			} `json:"result"`
			Change string `json:"would_change"`
		} `json:"lines"`
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || status != ExitNoGo || len(got.Lines) != 5 || got.Headline != model.NoGo {
		t.Fatalf("status %d, %v: %s%s", status, err, out, errs)
	}
	l := got.Lines[0]
	if l.Query != "sum(rate(errors[5m]))" || l.Source != "prom" || l.Bad != "errors_total" || l.Total != "requests_total" || math.Abs(l.Margin+0.02) > 1e-9 {
		t.Errorf("the metric: %+v", l)
	}
	if l.Age < 90 || l.Age > 95 || l.Held != 12 || l.Base == nil || l.Base.Points != 4 || l.Change == "" {
		t.Errorf("the metric: %+v", l)
	}
	for i, want := range map[int]string{1: "a person signs it", 2: "a person runs curl, and it ends well", 3: "a person signs it", 4: "time: 1m 30s more, healthy and observed"} {
		if l := got.Lines[i]; l.Change != want || l.Query != "" || l.Base != nil || (l.Result != nil) != (i == 2) {
			t.Errorf("%s: %+v", l.Title, l)
		}
	}
	if r := got.Lines[2].Result; r != nil && (!r.Failed || r.Output != "refused") {
		t.Errorf("what the check found: %+v", r)
	}
}

// TestASampleFromTheFutureIsNotOldBelowZero: clocks differ, and an age does not go below none.
func TestASampleFromTheFutureIsNotOldBelowZero(t *testing.T) {
	s := &model.Snapshot{At: time.Unix(1000, 0), Rollout: &model.Rollout{Metrics: []model.Metric{{ID: "error"}}}}
	for _, c := range []struct {
		at   time.Time
		want float64
	}{{time.Unix(1005, 0), 0}, {time.Unix(1000, 0), 0}, {time.Unix(997, 340e6), 2.7}} {
		got := newLineReport(s, nil, model.Line{Metric: "error", SampleAt: c.at})
		if got.AgeSeconds == nil || *got.AgeSeconds != c.want {
			t.Errorf("%v: %v, wanted %v", c.at, got.AgeSeconds, c.want)
		}
	}
	if got := newLineReport(s, nil, model.Line{Metric: "error"}); got.AgeSeconds != nil {
		t.Errorf("without a sample it is %v old", *got.AgeSeconds)
	}
	b, err := json.Marshal(newLineReport(s, nil, model.Line{Metric: "error"}))
	if err != nil || strings.Contains(string(b), "age_seconds") {
		t.Errorf("%v: %s", err, b)
	}
}
