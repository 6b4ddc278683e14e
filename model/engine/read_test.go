package engine

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

// withCrash is a rollout with a metric crash that people read, in every gate but the first.
func withCrash(t testing.TB, w *world, dir string) Options {
	o := options(t, w, dir)
	o.Rollout.Metrics = append(o.Rollout.Metrics, model.Metric{
		ID: "crash", Unit: model.Ratio, Target: target("< 1%", "<", .01), Alert: target("> 5%", ">", .05),
		Read: &model.PeopleRead{From: "Crashlytics", Every: time.Hour}, StaleAfter: time.Hour, Every: time.Hour, Timeout: time.Second,
	})
	for i := range o.Rollout.Phases[1:] {
		o.Rollout.Phases[i+1].Gate = []model.MetricID{"error", "crash"}
	}
	return o
}

func reads(text, note string) model.Intent {
	return model.Intent{Kind: model.ReadMetric, Metrics: []model.MetricID{"crash"}, Value: model.Value{Type: model.Text, Text: text}, Reason: note}
}

// isCrash waits for a state of the metric crash.
func (p *pilot) isCrash(state model.MetricState) model.Line {
	p.t.Helper()
	return p.until("crash "+string(state), func(s *model.Snapshot) bool { return s.Lines["crash"].State == state }).Lines["crash"]
}

// TestAFlightOnWhatPeopleRead: UNREAD until somebody reads it, kept over restarts, and UNREAD again after a flip.
func TestAFlightOnWhatPeopleRead(t *testing.T) {
	t.Parallel()
	w, dir := newWorld(), t.TempDir()
	o := withCrash(t, w, dir)
	p := board(t, o) // nobody waits for people: it answers at once
	p.enter("ten")
	line := p.isCrash(model.Unread)
	if line.HasValue || !strings.Contains(line.Reason, "nobody has read it: R, or gonogo read crash 0.3%, from Crashlytics") {
		t.Errorf("unread: %+v", line)
	}
	sign := model.Intent{Kind: model.Sign, Check: "leak"}
	if a := p.ask(sign); a.Err != "" {
		t.Fatal(a.Err)
	}
	s := p.until("HOLD", func(s *model.Snapshot) bool { return s.Gate.Headline == model.Hold && s.State.Headline == model.Hold })
	if s.Gate.Worst != model.Unread || !s.Gate.Healthy {
		t.Errorf("worst %s, healthy %v", s.Gate.Worst, s.Gate.Healthy)
	}
	if a := p.ask(reads("0.2%", "")); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.isCrash(model.Pass)
	vp := reads(" 0.3 % ", "both\x1b[2J stores")
	vp.By = model.Actor{Name: "vp", Via: "command"}
	if a := p.ask(vp); a.Err != "" {
		t.Fatal(a.Err)
	}
	s = p.until("GO", func(s *model.Snapshot) bool {
		return s.Gate.Headline == model.GO && strings.HasSuffix(s.Lines["crash"].Reason, ", read by vp just now: both␛[2J stores")
	})
	got := s.State.Readings["crash"]
	if got.Value != .003 || got.By.Name != "vp" || got.Note != "both␛[2J stores" || len(got.Earlier) != 1 {
		t.Errorf("kept %+v", got)
	}
	p.stop()

	p = board(t, o)
	line = p.isCrash(model.Pass)
	if !line.SampleAt.Equal(got.At) || line.Value != .003 {
		t.Errorf("after a restart: %+v", line)
	}
	points := p.until("the chart", func(s *model.Snapshot) bool { return len(s.Series["crash"].Points) > 1 }).Series["crash"].Points
	if len(points) != 2 || points[0].V != .002 || points[1].V != .003 {
		t.Errorf("charted after a restart: %+v", points)
	}
	p.enter("all") // which sets a flag
	line = p.isCrash(model.Unread)
	if !strings.HasPrefix(line.Reason, "0.3% was read by vp just now, before ") || !strings.Contains(line.Reason, ": read it again, R, or gonogo read crash") || !line.HasValue {
		t.Errorf("after a flip: %+v", line)
	}
	if a := p.ask(reads("2%", "")); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.isCrash(model.Warn)
	p.until("NO-GO", func(s *model.Snapshot) bool { return s.Gate.Headline == model.NoGo })
	p.stop()
	if n := len(slices.DeleteFunc(events(t, dir), func(e string) bool { return e != "MetricRead" })); n != 3 {
		t.Errorf("%d readings journaled, want 3", n)
	}
}

// TestAReadingGetsOld: STALE once it is older than it may be, and before the first phase it counts, too.
func TestAReadingGetsOld(t *testing.T) {
	t.Parallel()
	o := withCrash(t, newWorld(), t.TempDir())
	o.Rollout.Phases[0].Gate = []model.MetricID{"crash"}
	o.Rollout.Metrics[1].StaleAfter = 1500 * time.Millisecond
	p := board(t, o)
	if a := p.ask(reads("0.1%", "")); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("GO", func(s *model.Snapshot) bool { return s.Gate.Headline == model.GO })
	if line := p.isCrash(model.Stale); !strings.HasPrefix(line.Reason, "read by ana just now, and counts for 1s") {
		t.Errorf("%+v", line)
	}
	p.until("UNKNOWN", func(s *model.Snapshot) bool { return s.Gate.Headline == model.Unknown })
}

// TestReadingsThatAreRefused: each with what is wrong, and nothing is journaled of them.
func TestReadingsThatAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := withCrash(t, newWorld(), dir)
	o.Rollout.Metrics = append(o.Rollout.Metrics, model.Metric{ID: "twice", Expr: "2 * crash", Inputs: []model.MetricID{"crash"}, Unit: model.Ratio, StaleAfter: time.Hour, Every: time.Second, Timeout: time.Second})
	p := board(t, o)
	as := func(change func(in *model.Intent)) model.Intent {
		in := reads("0.3%", "")
		change(&in)
		return in
	}
	of := func(id model.MetricID) model.Intent {
		return as(func(in *model.Intent) { in.Metrics = []model.MetricID{id} })
	}
	for _, c := range []struct {
		in   model.Intent
		says string
	}{
		{of("crush\x1b[2J"), `there is no metric "crush\x1b[2J"; people read crash`},
		{of("error"), `"error" comes from source "fake", so gonogo reads it by itself; people read crash`},
		{of("twice"), `"twice" is computed of other metrics, so nobody reads it; people read crash`},
		{reads("NaN", ""), `crash: "NaN" is no value: expected something like "1%"`},
		{reads("+Inf", ""), `crash: "+Inf" is no value: expected something like "1%"`},
		{reads("1e999", ""), "crash: 1e999 is no number that can be held"},
		{reads("101%", ""), "crash: a ratio is 0% to 100%, so it is never 101%"},
		{reads("-1%", ""), "crash: a ratio is 0% to 100%, so it is never -1%"},
		{reads("3", ""), "crash: a ratio is 0 to 1: did you mean 3%?"},
		{reads("3s", ""), `crash: 3s does not fit unit = "ratio": expected a plain number or one with % (or set unit = "seconds")`},
		{reads("", ""), `crash: "" is no value: expected something like "1%"`},
		{as(func(in *model.Intent) { in.Metrics = nil }), "a reading is of one metric"},
		{as(func(in *model.Intent) { in.Metrics = append(in.Metrics, "error") }), "a reading is of one metric"},
		{as(func(in *model.Intent) { in.Value = model.Value{Type: model.Number, Text: "0.003"} }), "a reading is of one metric, and is a value as a person writes it"},
		{as(func(in *model.Intent) { in.May = model.AccessReadOnly }), "this seat is read-only"},
		{as(func(in *model.Intent) { in.May = model.AccessMember }), "the group's members look, roll back, veto and hold"},
		{model.Intent{Kind: model.Freeze, Metrics: []model.MetricID{"crash"}}, "crash is read by people: a baseline is the mean of many readings"},
	} {
		if a := p.ask(c.in); !a.Refused || !strings.Contains(a.Err, c.says) || a.Err != model.Inert(a.Err) {
			t.Errorf("%+v: got %q, want %q", c.in, a.Err, c.says)
		}
	}
	p.stop()
	if slices.Contains(events(t, dir), "MetricRead") {
		t.Error("one was journaled")
	}
	o.Rollout.Metrics = o.Rollout.Metrics[:1]
	if _, err := metricRead(o.Rollout, of("x")); err == nil || !strings.Contains(err.Error(), "this config has none that people read") {
		t.Error(err)
	}
}

// told notes what it was told.
type told struct {
	mu   sync.Mutex
	said []string
}

func (*told) Preview(model.Args) model.Preview { return model.Preview{} }

func (n *told) Do(_ context.Context, args model.Args, _ io.Writer) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, args[model.ArgTitle]+" | "+args[model.ArgText])
	return nil
}

// with returns how often what was told holds text.
func (n *told) with(text string) (times int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.said {
		if strings.Contains(s, text) {
			times++
		}
	}
	return times
}

// TestTheGuardOnlySaysWhatPeopleRead: it tells once, arms nothing, and arms still on what is measured.
func TestTheGuardOnlySaysWhatPeopleRead(t *testing.T) {
	t.Parallel()
	w, dir, team := newWorld(), t.TempDir(), &told{}
	o := withCrash(t, w, dir)
	o.Rollout.Metrics = append(o.Rollout.Metrics, model.Metric{ID: "twice", Expr: "2 * crash", Inputs: []model.MetricID{"crash"}, Unit: model.Ratio, Alert: target("> 5%", ">", .05), StaleAfter: time.Hour, Every: time.Second, Timeout: time.Second})
	o.Rollout.Actions = append(o.Rollout.Actions, model.ActionSpec{ID: "team", Timeout: time.Second})
	o.Rollout.Guard = &model.Guard{Rollback: "quick", On: []model.MetricID{"crash", "twice", "error"}, Countdown: time.Hour, Veto: time.Hour, Mode: model.GuardArmed, Notify: []model.ActionID{"team"}}
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Actions["team"] = team
		return parts, err
	}
	p := board(t, o)
	p.enter("ten")
	plan := p.last.State.Plan.Plan.ID
	if a := p.ask(reads("20%", "")); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the breach", func(s *model.Snapshot) bool {
		return s.State.Guard.Metric == "crash" && team.with("crash is in breach") == 1
	})
	if a := p.ask(reads("21%", "")); a.Err != "" {
		t.Fatal(a.Err)
	}
	looked := len(p.last.Series["error"].Points)
	p.until("some judgements", func(s *model.Snapshot) bool { return len(s.Series["error"].Points) > looked+250 })
	if p.last.State.Plan.Plan.ID != plan || team.with("crash is in breach") != 1 || team.with("guard: notify") != 1 {
		t.Errorf("plan %+v, told %q", p.last.State.Plan, team.said)
	}

	w.with(func() { w.failing = true })
	s := p.until("the guard's plan", isArmedByGuard)
	if !strings.HasPrefix(s.State.Plan.Plan.Reason, "error FAIL") || s.State.Guard.Metric != "error" || team.with("error is in breach") != 1 {
		t.Errorf("%q, %+v, told %q", s.State.Plan.Plan.Reason, s.State.Guard, team.said)
	}
	w.with(func() { w.failing = false })
	s = p.until("the end of the countdown", func(s *model.Snapshot) bool {
		return s.State.Plan.Status == model.Vetoed && s.State.Guard.Metric == "crash"
	})
	if s.State.Plan.Note != "error is PASS, not FAIL any more" || team.with("crash is in breach") != 1 {
		t.Errorf("note %q, told %q", s.State.Plan.Note, team.said)
	}
	if a := p.ask(reads("0.1%", "")); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the end of the breach", func(s *model.Snapshot) bool {
		return s.State.Guard.Metric == "" && team.with("crash is no longer in breach") == 1
	})
	p.stop()
	if n := len(slices.DeleteFunc(events(t, dir), func(e string) bool { return e != "GuardTripped" })); n != 3 {
		t.Errorf("it tripped %d times: crash, error, and crash again", n)
	}
}
