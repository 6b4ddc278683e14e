package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gonogo/model"
	"gonogo/model/words"
)

// suite is an action that ends as it is told.
type suite struct {
	runs *atomic.Int32
	bad  *atomic.Bool
	wait chan struct{} // nil: it does not wait
}

func (suite) Preview(model.Args) model.Preview { return model.Preview{Title: "suite"} }

func (s suite) Do(ctx context.Context, _ model.Args, log io.Writer) error {
	s.runs.Add(1)
	_, _ = fmt.Fprintln(log, "first line\nlast line\x1b[2J")
	if s.wait != nil {
		select {
		case <-s.wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if s.bad.Load() {
		return errors.New("exit status 1")
	}
	return nil
}

// checked is a rollout whose phase ten has a check of each kind.
func checked(t *testing.T, w *world, dir string, s suite, answer func() (string, error)) Options {
	t.Helper()
	o := options(t, w, dir)
	o.Rollout.Actions = append(o.Rollout.Actions, model.ActionSpec{ID: "e2e", Title: "e2e", Timeout: 5 * time.Second})
	o.Rollout.Phases[1].Checks = []model.Check{
		{ID: "leak", Text: "No leakage", Every: time.Hour},
		{ID: "suite", Text: "Suite", Kind: model.CheckRun, Action: "e2e", Timeout: 5 * time.Second},
		{ID: "daily", Text: "Daily", Kind: model.CheckRun, Action: "e2e", Every: time.Hour, Timeout: 5 * time.Second},
		{ID: "health", Text: "Healthy", Kind: model.CheckProbe, Probe: "health", Want: "ok", Every: time.Second, Timeout: time.Second},
		{ID: "errors", Text: "Few errors", Kind: model.CheckMetric, Metric: "error"},
	}
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Actions["e2e"] = s
		parts.Probes = map[string]model.Reader{"health": readerFunc(answer)}
		return parts, err
	}
	return o
}

func lineOf(s *model.Snapshot, id model.CheckID) model.Line {
	for _, l := range s.Gate.Lines {
		if l.Check == id {
			return l
		}
	}
	return model.Line{}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	var sick atomic.Bool
	s := suite{runs: new(atomic.Int32), bad: new(atomic.Bool)}
	o := checked(t, w, dir, s, func() (string, error) {
		if sick.Load() {
			return "degraded\x1b[31m", nil
		}
		return "ok", nil
	})
	p := board(t, o)
	p.enter("ten")
	p.until("what runs by itself", func(s *model.Snapshot) bool {
		return lineOf(s, "daily").State == model.Pass && lineOf(s, "health").State == model.Pass && lineOf(s, "errors").State == model.Pass
	})
	if got := p.last.State.Checks["daily"]; !got.Ran || got.Failed || !strings.Contains(got.Output, "last line␛[2J") || got.By.Via != "engine" || got.Note != "e2e ended well" {
		t.Errorf("evidence %+v", got)
	}
	for id, want := range map[model.CheckID]string{"leak": "needs sign-off: space, or gonogo sign leak", "suite": "waits to be run: e2e"} {
		if l := lineOf(p.last, id); l.State != model.Manual || l.Reason != want {
			t.Errorf("%s is %s (%s)", id, l.State, l.Reason)
		}
	}
	if n := s.runs.Load(); n != 1 {
		t.Errorf("%d runs, wanted the daily one only", n)
	}
	for _, in := range []model.Intent{
		{Kind: model.Sign, Check: "suite"}, {Kind: model.Sign, Check: "errors", Reason: "trust me"}, {Kind: model.RunCheck, Check: "leak"},
		{Kind: model.RunCheck, Check: "errors"}, {Kind: model.RunCheck, Check: "none"},
	} {
		if a := p.ask(in); !a.Refused {
			t.Errorf("%s %s: %+v", in.Kind, in.Check, a)
		}
	}

	s.bad.Store(true)
	if a := p.ask(model.Intent{Kind: model.RunCheck, Check: "suite"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("its failure", func(s *model.Snapshot) bool { return lineOf(s, "suite").State == model.Fail })
	if got := p.last.State.Checks["suite"]; got.By.Name != "ana" || got.Note != "exit status 1" || p.last.Gate.Headline != model.NoGo || p.last.Gate.Healthy {
		t.Errorf("evidence %+v, gate %s", got, p.last.Gate.Headline)
	}
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "suite", Reason: "ran it in CI"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the word for it", func(s *model.Snapshot) bool { return lineOf(s, "suite").State == model.Pass })
	if got := lineOf(p.last, "suite").Reason; got != "signed by ana: ran it in CI" {
		t.Errorf("reason %q", got)
	}
	if a := p.ask(model.Intent{Kind: model.Sign, Check: "leak"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("GO", func(s *model.Snapshot) bool { return s.Gate.Headline == model.GO })

	sick.Store(true)
	p.until("a sick service", func(s *model.Snapshot) bool { return lineOf(s, "health").State == model.Fail })
	if got := lineOf(p.last, "health").Reason; got != `failed: it answers "degraded␛[31m", wanted "ok"` {
		t.Errorf("reason %q", got)
	}
	sick.Store(false)
	p.until("a healthy one", func(s *model.Snapshot) bool { return lineOf(s, "health").State == model.Pass })
}

// TestCheckOnlyOnce: a check that runs does not run twice, and one that the
// engine's end cut off has no result.
func TestCheckOnlyOnce(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	s := suite{runs: new(atomic.Int32), bad: new(atomic.Bool), wait: make(chan struct{})}
	o := checked(t, w, dir, s, func() (string, error) { return "ok", nil })
	p := board(t, o)
	p.enter("ten")
	p.until("the daily run", func(s *model.Snapshot) bool {
		return len(s.Checks) > 0 && s.Checks[0].Check == "daily" && s.Checks[0].Line != ""
	})
	if a := p.ask(model.Intent{Kind: model.RunCheck, Check: "daily"}); !a.Refused || !strings.Contains(a.Err, "runs already") {
		t.Errorf("a second run: %+v", a)
	}
	p.stop()
	close(s.wait)
	if names := events(t, dir); !slices.Contains(names, "CheckBegan") || p.last.State.Checks["daily"].Ran {
		t.Errorf("a run that was cut off has a result: %+v; journal %v", p.last.State.Checks["daily"], names)
	}
	q := board(t, o)
	q.until("another run", func(s *model.Snapshot) bool { return lineOf(s, "daily").State == model.Pass })
	if n := s.runs.Load(); n != 2 {
		t.Errorf("%d runs", n)
	}
}

// TestCommandsRunNoSuites: a command's engine asks probes, and runs nothing by itself.
func TestCommandsRunNoSuites(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	s := suite{runs: new(atomic.Int32), bad: new(atomic.Bool)}
	o := checked(t, w, dir, s, func() (string, error) { return "ok", nil })
	o.Transient = true
	p := board(t, o)
	p.enter("ten")
	p.until("the probe", func(s *model.Snapshot) bool { return lineOf(s, "health").State == model.Pass && s.Waiting == 0 })
	if n := s.runs.Load(); n != 0 || lineOf(p.last, "daily").State != model.Collecting {
		t.Errorf("%d runs, daily is %+v", n, lineOf(p.last, "daily"))
	}
}

func TestFreeze(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o := options(t, w, dir)
	m := &o.Rollout.Metrics[0]
	m.Baseline = 400 * time.Millisecond
	m.Target = &model.Target{Op: "<=", Value: 1, Plus: 0.05, Of: model.OfBaseline, Text: "+5pp of baseline"}
	o.Rollout.Phases[1].Freeze = []model.MetricID{"error"}
	p := board(t, o)
	if a := p.ask(model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"none"}}); !a.Refused {
		t.Errorf("a metric that is not there: %+v", a)
	}
	p.until("no baseline", func(s *model.Snapshot) bool {
		return s.Lines["error"].State == model.NoData && strings.Contains(s.Lines["error"].Reason, "gonogo baseline freeze")
	})
	p.until("enough readings", func(s *model.Snapshot) bool { return len(s.Series["error"].Points) > 60 })
	if a := p.ask(model.Intent{Kind: model.Freeze, Reason: "before the rollout"}); a.Err != "" {
		t.Fatal(a.Err)
	}
	s := p.until("PASS against it", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Pass })
	b := s.State.Baselines["error"]
	if float64(b.Value) < 0.0019 || float64(b.Value) > 0.0021 || b.Points < 10 || b.By.Name != "ana" || b.Window > m.Baseline+time.Second {
		t.Errorf("baseline %+v", b)
	}
	p.enter("ten") // freezes it anew, before its flags are set
	if got := p.last.State.Baselines["error"]; !got.At.After(b.At) {
		t.Errorf("baseline %+v, before it was %+v", got, b)
	}
	w.with(func() { w.failing = true })
	p.until("FAIL against the baseline", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Fail })
	p.stop()
	if names := events(t, dir); !inOrder(names, "BaselineFrozen", "PlanArmed", "PlanFired", "BaselineFrozen", "StepIntended", "PhaseEntered") {
		t.Errorf("journal: %v", names)
	}
	q := board(t, o)
	q.until("the baseline after a restart", func(s *model.Snapshot) bool { return s.Lines["error"].State == model.Fail })
}

// TestFreezeOnTooLittle: a baseline of a moment, or from before a change, is refused.
func TestFreezeOnTooLittle(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Metrics[0].Baseline = time.Hour
	o.Rollout.Metrics[0].Settle = time.Minute
	p := board(t, o)
	if a := p.ask(model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"error"}}); !a.Refused || !strings.Contains(a.Err, "of at least 30m") {
		t.Errorf("too early: %+v", a)
	}
	if a := p.ask(model.Intent{Kind: model.Freeze}); !a.Refused || !strings.Contains(a.Err, "name the metrics") {
		t.Errorf("no metric rests on a baseline: %+v", a)
	}
	p.enter("ten")
	if a := p.ask(model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"error"}}); !a.Refused || !strings.Contains(a.Err, "0 readings over 0s") || !strings.Contains(a.Err, "has settled") {
		t.Errorf("within the settle time: %+v", a)
	}
	if l := p.until("settling", func(s *model.Snapshot) bool { return s.Lines["error"].Settling > 0 }).Lines["error"]; l.State != model.Collecting {
		t.Errorf("got %+v", l)
	}
}

// TestABaselineThatCannotBeFrozenYetHoldsTheGate: a GO would be followed by a refusal.
func TestABaselineThatCannotBeFrozenYetHoldsTheGate(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Metrics[0].Baseline = time.Hour
	o.Rollout.Phases[1].Freeze = []model.MetricID{"error"}
	p := board(t, o)
	p.enter("staging")
	s := p.until("a line about the baseline", func(s *model.Snapshot) bool {
		return slices.ContainsFunc(s.Gate.Lines, func(l model.Line) bool { return l.Baseline == "error" })
	})
	if s.Gate.Headline != model.Hold {
		t.Errorf("the gate says %s", s.Gate.Headline)
	}
	if got := words.Next(s, s.At, true).Long; !strings.Contains(got, "a baseline of error needs that long") {
		t.Errorf("NEXT %q", got)
	}
	if a := p.ask(model.Intent{Kind: model.ArmEnter, Phase: "ten", Reason: "now"}); !a.Refused || !strings.Contains(a.Err, "more") {
		t.Errorf("entered without it: %+v", a)
	}
}
