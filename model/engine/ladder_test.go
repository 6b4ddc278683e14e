package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonogo/model"
)

func share(percent string) []model.Setting {
	return []model.Setting{{Flag: "tenants", Value: model.Value{Type: model.Share, Text: percent}}}
}

// down is a way down from 10 tenants to 5 to 2.
func down() model.Rollback {
	level := func(percent string) model.Level {
		return model.Level{Set: share(percent), Run: []model.ActionID{"restart"}, Wait: 400 * time.Millisecond, Until: []model.MetricID{"error"}}
	}
	return model.Rollback{ID: "down", Title: "Step down", Budget: 20 * time.Second, Scope: model.ScopeSet, Rehearse: model.RehearseDry,
		Levels: []model.Level{level("50"), level("20")}, Verify: []model.Verify{{Kind: model.VerifyFlag, Flag: "tenants", Within: 2 * time.Second}}}
}

// crowd returns a world with ten tenants on the feature, which fails while more than most are.
func crowd(t *testing.T, most int) (*world, *pilot) {
	t.Helper()
	w := newWorld()
	names := strings.Split("a,b,c,d,e,f,g,h,i,j", ",")
	w.store["real"], w.live["real"] = model.BoolValue(true), model.BoolValue(true)
	w.store["tenants"], w.live["tenants"] = model.ListValue(names...), model.ListValue(names...)
	w.most = most
	o := options(t, w, t.TempDir())
	o.Rollout.Flags[1].Population = names
	o.Rollout.Rollbacks = append(o.Rollout.Rollbacks, down())
	return w, board(t, o)
}

func TestStepDownEndsWhereItIsEnough(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		most    int // tenants that the service bears
		left    int
		outcome model.Outcome
		last    model.Outcome // of the last level's hold
	}{
		{"at the first level", 6, 5, model.Verified, model.StepSpared},
		{"at the second", 3, 2, model.Verified, model.StepEnough},
		{"nowhere", 1, 2, model.Unverified, model.StepUnseen},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, p := crowd(t, c.most)
			got := p.does(model.Intent{Kind: model.ArmRollback, Rollback: "down"})
			if got.Outcome != c.outcome {
				t.Errorf("%s: %s", got.Outcome, got.Summary)
			}
			if hold := got.Steps[len(got.Steps)-1]; hold.Outcome != c.last {
				t.Errorf("the last hold is %s (%s), wanted %s", hold.Outcome, hold.Detail, c.last)
			}
			w.with(func() {
				if n := len(w.live["tenants"].Items); n != c.left {
					t.Errorf("%d tenants left, wanted %d", n, c.left)
				}
			})
			if c.outcome == model.Verified && p.last.State.Incident.Open() {
				t.Error("the incident is open after a verified rollback")
			}
		})
	}
}

func TestEmergencyGoesBeforeAStepDown(t *testing.T) {
	t.Parallel()
	w, p := crowd(t, 1)
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Rollback: "down", Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("a hold", func(s *model.Snapshot) bool {
		for i, st := range s.State.Plan.Steps {
			if s.State.Plan.Plan.Steps[i].Kind == model.StepHold && st.Tries > 0 {
				return true
			}
		}
		return false
	})
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	got := p.until("the emergency's end", func(s *model.Snapshot) bool {
		return s.State.Plan.Plan.Rollback == "quick" && s.State.Plan.Status == model.Ended
	}).State.Plan
	if got.Outcome != model.Verified {
		t.Errorf("%s: %s", got.Outcome, got.Summary)
	}
	w.with(func() {
		if !w.live["real"].Equal(model.BoolValue(false)) {
			t.Error("the feature is on")
		}
	})
}

func TestOneFlagBack(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := board(t, options(t, w, t.TempDir()))
	p.enter("ten")
	got := p.does(model.Intent{Kind: model.ArmRollback, Flag: "real"})
	if got.Outcome != model.Verified || got.Plan.Kind != model.PlanRollback || p.last.State.Phase != "ten" {
		t.Errorf("%s (%s), now in %q", got.Outcome, got.Summary, p.last.State.Phase)
	}
}

func TestDryDrillChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Rollbacks[0].Rehearse = model.RehearseDry
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.restarts, w.writes = 0, 0 })
	got := p.does(model.Intent{Kind: model.ArmDrill, Rollback: "quick"})
	if got.Outcome != model.Ready || !p.last.State.Drills["quick"].Passed() {
		t.Errorf("%s: %s; %+v", got.Outcome, got.Summary, p.last.State.Drills)
	}
	w.with(func() {
		if w.restarts+w.writes != 0 {
			t.Errorf("a dry drill restarted %d times and wrote %d times", w.restarts, w.writes)
		}
		w.down = true
	})
	if p.last.State.Phase != "ten" || p.last.State.Incident.Open() || p.last.State.Flags["real"].Pending {
		t.Errorf("a dry drill changed the state: %+v", p.last.State)
	}
	if got := p.does(model.Intent{Kind: model.ArmDrill, Rollback: "quick"}); got.Outcome != model.Unverified || p.last.State.Drills["quick"].Passed() {
		t.Errorf("with a source that is down: %s", got.Outcome)
	}
}

func TestRealDrillRunsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Rollbacks[0].Rehearse = model.RehearseReal
	o.Rollout.Actions[0].Timeout = 200 * time.Millisecond
	p := board(t, o)
	got := p.does(model.Intent{Kind: model.ArmDrill, Rollback: "quick"}) // everything is off already
	if got.Outcome != model.Verified || !p.last.State.Drills["quick"].Passed() {
		t.Errorf("%s: %s; %+v", got.Outcome, got.Summary, p.last.State.Drills)
	}
	w.with(func() {
		if w.restarts != 1 || w.writes != 1 {
			t.Errorf("a real drill restarted %d times and wrote %d times", w.restarts, w.writes)
		}
		w.lies = true
	})
	if got := p.does(model.Intent{Kind: model.ArmDrill, Rollback: "quick"}); got.Outcome == model.Verified || p.last.State.Drills["quick"].Passed() {
		t.Errorf("with a restart that does nothing: %s", got.Outcome)
	}
}

func TestARollbackGoesBeforeADrill(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.gate = make(chan struct{})
	o := options(t, w, t.TempDir())
	o.Rollout.Rollbacks[0].Rehearse = model.RehearseReal
	p := board(t, o)
	if a := p.ask(model.Intent{Kind: model.ArmDrill, Rollback: "quick", Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	p.until("the restart", func(s *model.Snapshot) bool { return len(s.State.Plan.Steps) > 1 && s.State.Plan.Steps[1].Tries > 0 })
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	close(w.gate)
	got := p.until("the rollback's end", func(s *model.Snapshot) bool {
		return s.State.Plan.Plan.Drill == "" && s.State.Plan.Status == model.Ended
	}).State.Plan
	if got.Outcome != model.Verified || len(got.Joined) != 0 {
		t.Errorf("%s, joined by %v", got.Outcome, got.Joined)
	}
}

// fakeLog is a log in memory: its mark is how many lines it has.
type fakeLog struct {
	mu    sync.Mutex
	lines []string
	fails bool
}

func (l *fakeLog) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *fakeLog) Mark(context.Context) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails {
		return "", errors.New("permission denied")
	}
	return fmt.Sprint(len(l.lines)), nil
}

func (l *fakeLog) Look(_ context.Context, mark string) (bool, string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var n int
	if _, err := fmt.Sscan(mark, &n); err != nil {
		return false, "", err
	}
	i := slices.Index(l.lines[n:], "disabled")
	return i >= 0, fmt.Sprintf("%d new lines", len(l.lines)-n), nil
}

func TestOnlyNewEvidenceCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		says    bool // the service, when it starts
		fails   bool // the log, when it is marked
		outcome model.Outcome
	}{
		{"a new line", true, false, model.Verified},
		{"only old ones", false, false, model.Unverified},
		{"what is old is not known", true, true, model.Unverified},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, log := newWorld(), &fakeLog{lines: []string{"disabled", "disabled"}, fails: c.fails}
			if c.says {
				w.onStart = func() { log.add("disabled") }
			}
			o := options(t, w, t.TempDir())
			o.Rollout.Rollbacks[0].Verify = []model.Verify{{Kind: model.VerifySource, Witness: "w", Title: "log says so", Within: 600 * time.Millisecond}}
			build := o.Build
			o.Build = func() (model.Parts, error) {
				parts, err := build()
				parts.Witnesses = map[string]model.Witness{"w": log}
				return parts, err
			}
			p := board(t, o)
			p.enter("ten")
			if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != c.outcome {
				t.Errorf("%s: %s", got.Outcome, got.Summary)
			}
		})
	}
}

// liveSwitch is a store that the service reads all the time, unlike world's file.
type liveSwitch struct {
	w  *world
	id model.FlagID
}

func (s liveSwitch) Observe(context.Context) (model.Value, error) {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	return s.w.live[s.id], nil
}

func (s liveSwitch) Set(_ context.Context, v model.Value) error {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.w.refuses {
		return errors.New("503")
	}
	s.w.store[s.id], s.w.live[s.id] = v, v
	s.w.watch()
	return nil
}

// split makes the list live at once, while its master waits for a restart.
func split(o *Options, w *world) {
	o.Rollout.Flags[1].Apply = nil
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Switches["tenants"] = liveSwitch{w, "tenants"}
		return parts, err
	}
}

func TestNothingInBetweenIsMoreOpen(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	split(&o, w)
	o.Rollout.Rollbacks[0].Scope = model.ScopeSet
	o.Rollout.Rollbacks[0].Set = []model.Setting{{Flag: "tenants", Value: model.ListValue()}, {Flag: "real", Value: model.BoolValue(false)}}
	p := board(t, o)
	p.enter("ten") // the list, then the master: at no time is everyone on
	p.does(model.Intent{Kind: model.ArmRollback})
	got := p.last.State.Plan
	if got.Outcome != model.Verified {
		t.Errorf("%s: %s", got.Outcome, got.Summary)
	}
	w.with(func() {
		if w.everyone > 0 {
			t.Errorf("everyone was on %d times in between", w.everyone)
		}
		if len(w.live["tenants"].Items) != 0 {
			t.Errorf("the list was not emptied: %s", w.live["tenants"])
		}
	})
}

func TestAMasterThatStaysOnKeepsItsListClosed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	split(&o, w)
	o.Rollout.Rollbacks[0].Scope = model.ScopeSet
	o.Rollout.Rollbacks[0].Budget = 3 * time.Second
	o.Rollout.Rollbacks[0].Set = []model.Setting{{Flag: "tenants", Value: model.ListValue()}, {Flag: "real", Value: model.BoolValue(false)}}
	o.Rollout.Actions[0].Timeout = 500 * time.Millisecond
	o.Rollout.Actions[0].Idempotent = false
	p := board(t, o)
	p.enter("ten")
	w.with(func() { w.lies = true })
	if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Partial {
		t.Errorf("%s: %s", got.Outcome, got.Summary)
	}
	w.with(func() {
		if w.everyone > 0 {
			t.Error("everyone was on")
		}
	})
}

func TestNothingOpensWhileItsListCouldNotBeSet(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	split(&o, w)
	p := board(t, o)
	w.with(func() { w.refuses = true })
	got := p.does(model.Intent{Kind: model.ArmEnter, Phase: "ten", Reason: "test"})
	if got.Outcome == model.Verified {
		t.Errorf("%s", got.Outcome)
	}
	w.with(func() {
		if w.store["real"].Equal(model.BoolValue(true)) {
			t.Error("the master was switched on over a list that is open to everyone")
		}
	})
}

// teller is a notification that may hang.
type teller struct {
	mu   sync.Mutex
	told []string
	hang bool
}

func (*teller) Preview(model.Args) model.Preview { return model.Preview{} }

func (a *teller) Do(ctx context.Context, args model.Args, _ io.Writer) error {
	if a.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = append(a.told, args[model.ArgTitle]+"\n"+args[model.ArgText])
	return nil
}

func TestNotificationsAreSentAndNotWaitedFor(t *testing.T) {
	t.Parallel()
	w, team, hung := newWorld(), &teller{}, &teller{hang: true}
	o := options(t, w, t.TempDir())
	o.Rollout.Actions = append(o.Rollout.Actions, model.ActionSpec{ID: "team", Timeout: time.Second}, model.ActionSpec{ID: "hung", Timeout: 2 * time.Second})
	o.Rollout.Rollbacks[0].Notify = []model.ActionID{"team", "hung"}
	build := o.Build
	o.Build = func() (model.Parts, error) {
		parts, err := build()
		parts.Actions["team"], parts.Actions["hung"] = team, hung
		return parts, err
	}
	p := board(t, o)
	p.enter("ten")
	if got := p.does(model.Intent{Kind: model.ArmRollback}); got.Outcome != model.Verified || len(got.Notified) > 3 {
		t.Errorf("%s, notified %v", got.Outcome, got.Notified)
	}
	all := p.until("all were told, or could not be", func(s *model.Snapshot) bool { return len(s.State.Plan.Notified) == 4 }).State.Plan.Notified
	failed := 0
	for _, n := range all {
		if n.Err != "" {
			failed++
		}
	}
	team.mu.Lock()
	defer team.mu.Unlock()
	if failed != 2 || len(team.told) != 2 || !strings.Contains(team.told[1], "VERIFIED") {
		t.Errorf("%d failed, told %q", failed, team.told)
	}
}

func TestNothingSmallerReplacesAnArmedEmergency(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := options(t, w, t.TempDir())
	o.Rollout.Emergency.Countdown = time.Hour
	p := board(t, o)
	p.enter("ten")
	p.ask(model.Intent{Kind: model.ArmRollback})
	armed := p.until("armed", func(s *model.Snapshot) bool { return s.State.Plan.Status == model.Armed }).State.Plan
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Flag: "real", Yes: true}); !a.Refused {
		t.Errorf("a smaller one was taken: %+v", a)
	}
	if got := p.last.State.Plan; got.Plan.ID != armed.Plan.ID || got.Status != model.Armed {
		t.Errorf("%s is %s", got.Plan.Title, got.Status)
	}
	p.ask(model.Intent{Kind: model.Veto, Plan: armed.Plan.ID})
	if a := p.ask(model.Intent{Kind: model.ArmRollback, Flag: "real", Yes: true}); a.Err != "" {
		t.Fatal(a.Err)
	}
	if got := p.ended(); got.Outcome != model.Verified || got.Plan.Flag != "real" {
		t.Errorf("%s: %s", got.Plan.Title, got.Outcome)
	}
}
