package headless

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// live runs `check --live` at a desk.
func (d *desk) live(t *testing.T, try ...error) (string, string, int) {
	t.Helper()
	var out bytes.Buffer
	w := &World{Out: Inert(&out), Err: Inert(&out), Again: t.Context(), NewID: func() model.IntentID { return "1" }}
	err := w.CheckLive(t.Context(), d.s.Rollout, d, func() []error { return try })
	text := ""
	if err != nil {
		text = err.Error()
	}
	return out.String(), text, Status(err)
}

// TestCheckLiveSaysWhatAnswers: each metric, each flag and each probe in a line; whatever does
// not answer is counted and is the status, and nothing is asked of the engine.
func TestCheckLiveSaysWhatAnswers(t *testing.T) {
	pass := model.Line{Metric: "error", State: model.Pass, Value: 0.002, HasValue: true, Unit: model.Ratio}
	misnamed := pass
	misnamed.Missing = "failurse_total"
	hostileLine := model.Line{Metric: "error", State: model.Down, Reason: "x\x1b[2J"}
	for _, c := range []struct {
		name   string
		line   model.Line
		flag   model.FlagState
		try    []error
		status int
		says   []string
		err    string
	}{
		{"all", pass, model.FlagState{Stored: model.BoolValue(true), Effective: model.BoolValue(true)}, nil, ExitOK,
			[]string{"✔ metric error: 0.2%\n", "✔ flag real           true  ✔ in effect\n", "everything answers\n"}, ""},
		{"what is never seen", misnamed, model.FlagState{Stored: model.BoolValue(true), Effective: model.BoolValue(true)}, nil, ExitOK,
			[]string{"where nothing is counted as failurse_total", "everything answers, but 1 metrics count something that was never seen: look at the names\n"}, ""},
		{"collecting, with a value", model.Line{Metric: "error", State: model.Collecting, Value: 0.002, HasValue: true, Unit: model.Ratio},
			model.FlagState{Stored: model.BoolValue(true), Effective: model.BoolValue(true)}, nil, ExitOK, []string{"✔ metric error: 0.2%\n"}, ""},
		{"collecting, without one", model.Line{Metric: "error", State: model.Collecting, Reason: "2 of 5 events"},
			model.FlagState{Stored: model.BoolValue(true), Effective: model.BoolValue(true)}, nil, ExitOK, []string{"✔ metric error: it answers, 2 of 5 events\n"}, ""},
		{"a metric", model.Line{Metric: "error", State: model.Down, Reason: "connection refused"},
			model.FlagState{Stored: model.BoolValue(true), Effective: model.BoolValue(true)}, nil, ExitUnknown,
			[]string{"✖ metric error: DOWN, connection refused\n"}, "1 probes failed: see ✖ above"},
		{"a flag and a metric", model.Line{Metric: "error", State: model.Stale, Reason: "an hour old"}, model.FlagState{StoredErr: "no such file"}, nil, ExitUnknown,
			[]string{"✖ flag real: no such file\n", "✖ metric error: STALE, an hour old\n"}, "2 probes failed: see ✖ above"},
		{"an action", pass, model.FlagState{Stored: model.BoolValue(true), Effective: model.BoolValue(true)}, []error{errors.New("action restart: no such unit"), errors.New("x\x1b[2J")}, ExitUnknown,
			[]string{"✖ action restart: no such unit\n", "✖ x␛[2J\n"}, "2 probes failed: see ✖ above"},
		{"what is hostile", hostileLine, model.FlagState{StoredErr: "y\x1b[2J"}, nil, ExitUnknown, []string{"x␛[2J", "y␛[2J"}, "2 probes failed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk()
			d.s.Rollout.Metrics = []model.Metric{{ID: "error"}}
			d.s.Lines = map[model.MetricID]model.Line{"error": c.line}
			d.s.State.Flags["real"] = c.flag
			out, errs, status := d.live(t, c.try...)
			if status != c.status || !strings.Contains(errs, c.err) || len(d.asked) > 0 || bare(out) {
				t.Errorf("status %d, wanted %d, %q, asked %v", status, c.status, errs, d.kinds())
			}
			for _, text := range c.says {
				if !strings.Contains(out, text) {
					t.Errorf("it does not say %q:\n%s", text, out)
				}
			}
			if c.status != ExitOK && strings.Contains(out, "everything answers") {
				t.Errorf("everything answers:\n%s", out)
			}
		})
	}
}

// TestAMetricMayTakeAWhileToHaveData: a rate needs two scrapes; one that has none in the end has none.
func TestAMetricMayTakeAWhileToHaveData(t *testing.T) {
	for _, c := range []struct {
		after  time.Duration // 0: never
		status int
		took   time.Duration
	}{{5 * time.Second, ExitOK, 5 * time.Second}, {0, ExitUnknown, livePatience}, {time.Minute, ExitUnknown, livePatience}} {
		t.Run(fmt.Sprint(c.after), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.s.Rollout.Metrics = []model.Metric{{ID: "error"}}
				d.s.Lines = map[model.MetricID]model.Line{"error": {Metric: "error", State: model.NoData, Reason: "no series yet"}}
				if c.after > 0 {
					timer := time.AfterFunc(c.after, func() {
						d.mu.Lock()
						defer d.mu.Unlock()
						d.s.Lines = map[model.MetricID]model.Line{"error": {Metric: "error", State: model.Pass, HasValue: true}}
						d.publish()
					})
					defer timer.Stop()
				}
				began := time.Now()
				out, errs, status := d.live(t)
				if took := time.Since(began); status != c.status || took != c.took {
					t.Errorf("status %d after %v, wanted %d after %v\n%s%s", status, took, c.status, c.took, out, errs)
				}
			})
		})
	}
}
