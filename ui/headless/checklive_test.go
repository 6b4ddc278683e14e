package headless

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"gonogo/model"
)

// quiet is a seat that shows the same again and again.
type quiet struct{ s model.Snapshot }

func (q quiet) Run(ctx context.Context) error              { <-ctx.Done(); return nil }
func (q quiet) Submit(context.Context, model.Intent) error { return nil }
func (q quiet) Subscribe() (<-chan *model.Snapshot, func()) {
	box := make(chan *model.Snapshot, 8)
	for i := range cap(box) {
		s := q.s
		s.At = time.Unix(int64(1000+i), 0)
		box <- &s
	}
	return box, func() {}
}

func (q quiet) Silent() (model.Silence, bool) { return model.Silence{}, false }

// command runs a command over a snapshot and returns what it says, and its status.
func command(t *testing.T, s model.Snapshot, args ...string) (string, int) {
	t.Helper()
	var out, errs bytes.Buffer
	w := &World{Out: &out, Err: &errs, NewID: func() model.IntentID { return "1" },
		Open: func(string, Use) (Opened, error) { return Opened{Seat: quiet{s}, Rollout: s.Rollout}, nil }}
	config := ""
	for _, c := range w.Commands(&config) {
		if c.Name() == args[0] {
			c.SetArgs(args[1:])
			c.SilenceErrors, c.SilenceUsage = true, true
			err := c.ExecuteContext(t.Context())
			if err != nil {
				errs.WriteString(err.Error())
			}
			return out.String() + errs.String(), Status(err)
		}
	}
	t.Fatalf("no command %s", args[0])
	return "", 0
}

func flagSnapshot(st model.FlagState) model.Snapshot {
	r := &model.Rollout{Flags: []model.Flag{{ID: "m", Type: model.Bool, Effective: true}}}
	return model.Snapshot{Rollout: r, State: model.State{Flags: map[model.FlagID]model.FlagState{"m": st}}}
}

// TestFlagThatWasNotReadIsUnknown: `flag get` never prints what it does not
// know, as text or JSON, and says what to do.
func TestFlagThatWasNotReadIsUnknown(t *testing.T) {
	on, unset := model.Value{Type: model.Bool, Text: "true"}, model.Value{Type: model.Unset}
	for name, test := range map[string]struct {
		st     model.FlagState
		status int
		says   string
	}{
		"read":         {model.FlagState{Stored: on}, 0, "true\n"},
		"not yet":      {model.FlagState{}, ExitUnknown, "gonogo check --live"},
		"not readable": {model.FlagState{StoredErr: "connection refused"}, ExitUnknown, "connection refused"},
		"unset":        {model.FlagState{Stored: unset, Effective: on}, 0, "nothing is stored for flag m, the service uses true: is the name right?"},
	} {
		t.Run(name, func(t *testing.T) {
			said, status := command(t, flagSnapshot(test.st), "flag", "get", "m")
			if status != test.status || !strings.Contains(said, test.says) || strings.HasPrefix(said, "?") {
				t.Errorf("status %d, %q", status, said)
			}
			if _, status := command(t, flagSnapshot(test.st), "flag", "get", "m", "--json"); status != test.status {
				t.Errorf("with --json status %d", status)
			}
		})
	}
}

// TestCheckLiveTakesNothingForAnAnswer: a flag under a name that its store does
// not have, or that the service says nothing of, and a metric without a value
// do not answer, whatever their state is called.
func TestCheckLiveTakesNothingForAnAnswer(t *testing.T) {
	on, off, unset := model.Value{Type: model.Bool, Text: "true"}, model.Value{Type: model.Bool, Text: "false"}, model.Value{Type: model.Unset}
	for name, test := range map[string]struct {
		st  model.FlagState
		bad bool
	}{
		"in effect":      {model.FlagState{Stored: on, Effective: on}, false},
		"unset":          {model.FlagState{Stored: unset, Effective: unset}, true},
		"a mistyped key": {model.FlagState{Stored: unset, Effective: on}, true},
		"not read":       {model.FlagState{Effective: on}, true},
		"not said":       {model.FlagState{Stored: on}, true},
		"says otherwise": {model.FlagState{Stored: on, Effective: off}, true},
	} {
		var out bytes.Buffer
		s := flagSnapshot(test.st)
		if bad := tellFlags(&out, &s); (bad > 0) != test.bad || strings.Contains(out.String(), "✔") == test.bad {
			t.Errorf("%s: %s", name, out.String())
		}
		if test.bad && strings.Contains(flagLine(&s, &s.Rollout.Flags[0]), "✔") {
			t.Errorf("%s: %s", name, flagLine(&s, &s.Rollout.Flags[0]))
		}
	}
	for state, answers := range map[model.MetricState]bool{
		model.Pass: true, model.Warn: true, model.Fail: true, model.NoTraffic: true, model.Collecting: true, model.Unread: true,
		model.NoSeries: false, model.NoData: false, model.Stale: false, model.Down: false, model.Ambiguous: false, "": false, "LUCKY": false,
	} {
		var out bytes.Buffer
		s := model.Snapshot{Rollout: &model.Rollout{Metrics: []model.Metric{{ID: "m"}}}, Lines: map[model.MetricID]model.Line{"m": {Metric: "m", State: state}}}
		if bad := tellMetrics(&out, &s); (bad == 0) != answers {
			t.Errorf("%q: %s", state, out.String())
		}
	}
	var out bytes.Buffer
	s := model.Snapshot{Rollout: &model.Rollout{Metrics: []model.Metric{{ID: "m"}}}, Lines: map[model.MetricID]model.Line{"m": {State: model.Pass, Missing: "failurse_total"}}}
	if tellMetrics(&out, &s); !strings.Contains(out.String(), "failurse_total") {
		t.Errorf("what is missing is not said: %s", out.String())
	}
}
