package headless

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gonogo/model"
)

// at runs f with the desk's lock after a while, and shows what came of it.
func (d *desk) at(after time.Duration, f func()) {
	time.AfterFunc(after, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		f()
		d.publish()
	})
}

// open is an input that somebody types text into, and which then stays open until the test ends.
func open(t *testing.T, text string) io.Reader {
	in, out := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.WriteString(out, text)
	}()
	t.Cleanup(func() { _ = out.Close(); <-done })
	return in
}

// emergency makes what is armed an emergency that fires after countdown; 0: waits for a person.
func (d *desk) emergency(countdown time.Duration) {
	d.shape = func(a *model.PlanArmed) {
		a.Plan.Emergency = true
		if countdown > 0 {
			a.FireAt = d.s.At.Add(countdown)
			d.at(countdown, func() {
				if p := d.s.State.Plan; p.Status == model.Armed && p.Plan.Hash == a.Plan.Hash {
					d.run(p.Plan.ID)
				}
			})
		}
	}
}

// TestAnEmergencyOutlivesItsTerminal: who is gone has armed it all the same; it is said what
// becomes of it, and the command stays until its end.
func TestAnEmergencyOutlivesItsTerminal(t *testing.T) {
	for _, c := range []struct {
		name      string
		countdown time.Duration
		says      string
	}{
		{"counting down", 10 * time.Second, "gonogo: \"Off\" stays armed and fires at 00:16:53Z; gonogo veto, or a second signal, stops it\n"},
		{"waiting", 0, "gonogo: \"Off\" stays armed until somebody fires or cancels it\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.emergency(c.countdown)
				if c.countdown == 0 { // bob fires it
					d.at(time.Minute, func() { d.run("intent-1") })
				}
				var out, errs bytes.Buffer
				err := d.world(t, &out, &errs, strings.NewReader("")).run(t.Context(), t, "rollback")
				if err != nil || !strings.Contains(errs.String(), c.says) || !strings.Contains(out.String(), "VERIFIED Off: as it was\n") {
					t.Errorf("%v\n%s%s", err, out.String(), errs.String())
				}
				if got := d.kinds(); !slices.Equal(got, []model.IntentKind{model.ArmRollback}) {
					t.Errorf("asked %v", got)
				}
			})
		})
	}
}

// TestACountdownIsToldAndMayBeShortenedOrStopped: what was mistyped does neither.
func TestACountdownIsToldAndMayBeShortenedOrStopped(t *testing.T) {
	for _, c := range []struct {
		name, typed string
		took        time.Duration
		status      int
		asks        []model.IntentKind
	}{
		{"the word", "yes\n", 0, ExitOK, []model.IntentKind{model.ArmRollback, model.Fire}},
		{"mistyped, then the word", "yse\nyes\n", 0, ExitOK, []model.IntentKind{model.ArmRollback, model.Fire}},
		{"no", "no\n", 0, ExitCancelled, []model.IntentKind{model.ArmRollback, model.Veto}},
		{"nothing", "", 10 * time.Second, ExitOK, []model.IntentKind{model.ArmRollback}},
		{"mistyped, and nothing more", "yse\n", 10 * time.Second, ExitOK, []model.IntentKind{model.ArmRollback}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.emergency(10 * time.Second)
				var out, errs bytes.Buffer
				began := time.Now()
				err := d.world(t, &out, &errs, open(t, c.typed)).run(t.Context(), t, "rollback")
				if took := time.Since(began); Status(err) != c.status || took != c.took || !slices.Equal(d.kinds(), c.asks) {
					t.Errorf("%v after %v, asked %v\n%s%s", err, took, d.kinds(), out.String(), errs.String())
				}
				if want := "It fires by itself at 00:16:53Z, in 8s. Type \"yes\" to fire it now, \"no\" to cancel it: "; !strings.HasPrefix(errs.String(), want) {
					t.Errorf("%q does not begin with %q", errs.String(), want)
				}
			})
		})
	}
}

// TestOnlyWhatWasShownIsFired: a plan that was resolved anew while a person was asked is shown
// with its hash before the next word counts, whether that is seen before or only when it is fired.
func TestOnlyWhatWasShownIsFired(t *testing.T) {
	const second = "fedcba9876543210"
	anew := func(d *desk, hash string) {
		again := *d.s.State.Plan
		again.Plan.Hash = hash
		d.record(model.PlanArmed{Plan: again.Plan, FireAt: again.FireAt})
	}
	for _, c := range []struct {
		name  string
		typed []string // a line a minute
		set   func(*desk)
		fires []string
	}{
		{"seen before", []string{"", "yes\n"}, func(d *desk) { d.at(30*time.Second, func() { anew(d, second) }) }, []string{second}},
		{"seen when it is fired", []string{"yes\n", "yes\n"}, func(d *desk) {
			d.then = map[model.IntentKind]func(model.Intent){model.Fire: func(in model.Intent) {
				if in.Hash != second {
					anew(d, second)
					d.s.Answers = append(d.s.Answers, model.Answer{Intent: in.ID, Err: "it would do something else by now", Refused: true})
					d.bare = true
					return
				}
				d.bare = false
			}}
		}, []string{"0123456789abcdef", second}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				c.set(d)
				in, keys := io.Pipe()
				done := make(chan struct{})
				go func() {
					defer close(done)
					for _, line := range c.typed {
						<-time.After(time.Minute) // of the bubble's clock
						_, _ = io.WriteString(keys, line)
					}
				}()
				var out, errs bytes.Buffer
				err := d.world(t, &out, &errs, in).run(t.Context(), t, "rollback")
				_ = keys.Close()
				<-done
				var fired []string
				for _, i := range d.asked {
					if i.Kind == model.Fire {
						fired = append(fired, i.Hash)
					}
				}
				if err != nil || !slices.Equal(fired, c.fires) {
					t.Errorf("%v, fired %v\n%s%s", err, fired, out.String(), errs.String())
				}
				if first, last := strings.Index(out.String(), "hash 0123456789ab"), strings.Index(out.String(), "hash fedcba987654"); first < 0 || last < first {
					t.Errorf("it does not show both, one after the other:\n%s", out.String())
				}
				if len(c.fires) > 1 && !strings.Contains(errs.String(), "it would do something else by now") {
					t.Errorf("it does not say why:\n%s", errs.String())
				}
			})
		})
	}
}

// TestWhatAnotherDecidesIsFollowed: a plan that somebody else fired, or cancelled, is not asked
// about any more.
func TestWhatAnotherDecidesIsFollowed(t *testing.T) {
	for _, c := range []struct {
		name   string
		does   func(*desk)
		status int
		says   string
	}{
		{"fired", func(d *desk) { d.run("intent-1") }, ExitOK, "VERIFIED Off: as it was"},
		{"cancelled", func(d *desk) { d.record(model.PlanVetoed{Plan: "intent-1", Reason: "not now"}) }, ExitCancelled, "CANCELLED Off: cancelled by ana: not now"},
		{"another armed", func(d *desk) { d.arm(model.Intent{ID: "by-bob", Kind: model.ArmRollback}) }, ExitCancelled, `"Off" took its place`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.at(time.Minute, func() { c.does(d) })
				var out, errs bytes.Buffer
				err := d.world(t, &out, &errs, open(t, "")).run(t.Context(), t, "rollback")
				if Status(err) != c.status || !strings.Contains(out.String()+errs.String(), c.says) {
					t.Errorf("%v\n%s%s", err, out.String(), errs.String())
				}
				if got := d.kinds(); len(got) != 1 {
					t.Errorf("asked %v", got)
				}
			})
		})
	}
}

// TestASignalGivesUpNoPlanThatRuns: the first says that it goes on, the second asks it to end at
// its next step.
func TestASignalGivesUpNoPlanThatRuns(t *testing.T) {
	for _, second := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk()
			d.then = map[model.IntentKind]func(model.Intent){
				model.Fire: func(in model.Intent) {
					d.record(model.PlanFired{Plan: in.Plan, How: "enter"}, model.StepIntended{Plan: in.Plan, Try: 1})
					d.bare = true
				},
				model.Cancel: func(in model.Intent) {
					d.record(model.StepEnded{Plan: in.Plan, Outcome: model.StepSkipped}, model.PlanEnded{Plan: in.Plan, Outcome: model.Cancelled, Summary: "at its next step"})
				},
			}
			ctx, first := context.WithCancel(t.Context())
			again, other := context.WithCancel(t.Context())
			defer other()
			time.AfterFunc(time.Minute, first)
			if second {
				time.AfterFunc(2*time.Minute, other)
			}
			d.at(3*time.Minute, func() {
				if d.s.State.Plan.Status == model.Running {
					d.record(model.StepEnded{Plan: "intent-1", Outcome: model.StepDone}, model.PlanEnded{Plan: "intent-1", Outcome: model.Verified, Summary: "all of it"})
				}
			})
			var out, errs bytes.Buffer
			w := d.world(t, &out, &errs, open(t, "yes\n"))
			w.Again = again
			err := w.run(ctx, t, "rollback")
			want, asks := ExitOK, []model.IntentKind{model.ArmRollback, model.Fire}
			if second {
				want, asks = ExitCancelled, append(asks, model.Cancel)
			}
			if Status(err) != want || !slices.Equal(d.kinds(), asks) || !strings.Contains(errs.String(), "the plan goes on; a second signal ends it at its next step") {
				t.Errorf("second %t: %v, asked %v\n%s%s", second, err, d.kinds(), out.String(), errs.String())
			}
		})
	}
}

// TestACommandWhoseOwnEngineRunsAPlanStays: until the plan's end, which is told beside what the
// command is about; its status says how it itself went.
func TestACommandWhoseOwnEngineRunsAPlanStays(t *testing.T) {
	for _, c := range []struct {
		name   string
		engine model.EngineInfo
		stays  bool
	}{
		{"its own", model.EngineInfo{PID: os.Getpid(), Transient: true}, true},
		{"another's", model.EngineInfo{PID: os.Getpid() + 1, Transient: true}, false},
		{"a cockpit's", model.EngineInfo{PID: os.Getpid()}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk()
				d.s.Engine = c.engine
				d.arm(model.Intent{ID: "before", Kind: model.ArmRollback})
				d.record(model.PlanFired{Plan: "before", How: "enter"}, model.StepIntended{Plan: "before", Try: 1})
				d.at(time.Minute, func() {
					d.record(model.StepEnded{Plan: "before", Outcome: model.StepFailed}, model.PlanEnded{Plan: "before", Outcome: model.Failed, Summary: "nothing of it"})
				})
				out, errs, status := d.says(t, "", "flag", "get", "real")
				if status != ExitOK || out != "true\n" {
					t.Errorf("status %d, %q", status, out)
				}
				for _, text := range []string{"\"Off\" was under way when the engine before ended: this command goes on with it", "gonogo: \"Off\" goes on:\n", "FAILED Off: nothing of it\n"} {
					if strings.Contains(errs, text) != c.stays {
						t.Errorf("stays %t: %q", c.stays, errs)
					}
				}
				d.mu.Lock()
				if p := d.s.State.Plan; !c.stays && p.Status != model.Running {
					t.Error("it stayed")
				}
				d.mu.Unlock()
				<-time.After(time.Minute) // of the bubble's clock: its timer ends
			})
		})
	}
}

// TestTroubleWithTheConfigIsSaidFirst: as the engine says it, else as it was found here, with
// which config runs.
func TestTroubleWithTheConfigIsSaidFirst(t *testing.T) {
	for _, c := range []struct {
		name    string
		trouble error
		engine  string
		want    string
	}{
		{"none", nil, "", ""},
		{"found here", errors.New("shop.toml:3: unknown key"), "", "gonogo: warning: shop.toml:3: unknown key\n  the engine (pid 77) goes on with the config that it has, 0123456789ab, and so does this command\n"},
		{"that the engine knows", errors.New("x"), "shop.toml:3: unknown key; 0123456789ab runs", "gonogo: warning: config: shop.toml:3: unknown key; 0123456789ab runs\n"},
	} {
		d := newDesk()
		d.s.Rollout.ConfigHash, d.s.Engine.PID, d.s.ConfigTrouble, d.trouble = oldConfig, 77, c.engine, c.trouble
		if out, errs, status := d.says(t, "", "flag", "get", "real"); status != ExitOK || errs != c.want || out != "true\n" {
			t.Errorf("%s: status %d, %q, %q", c.name, status, out, errs)
		}
	}
}

// TestFactsWithoutAJournalAreSaid: at the end of a plan, beside its outcome, which stands.
func TestFactsWithoutAJournalAreSaid(t *testing.T) {
	d := newDesk()
	d.s.Journal, d.s.State.Unaudited = "the disk is full", 3
	_, errs, status := d.says(t, "", "rollback", "--yes")
	if status != ExitOK || !strings.Contains(errs, "gonogo: UNAUDITED: 3 facts are in no journal: the disk is full\n") {
		t.Errorf("status %d, %q", status, errs)
	}
}

// TestAnEngineThatIsToldToEndSaysWhatItWaitsFor: once, with when that fires.
func TestAnEngineThatIsToldToEndSaysWhatItWaitsFor(t *testing.T) {
	d := newDesk()
	d.emergency(time.Minute)
	d.arm(model.Intent{ID: "x", Kind: model.ArmRollback})
	var out, errs bytes.Buffer
	teller := teller{w: &World{Out: &out, Err: &errs}}
	teller.tellWait(&d.s)
	teller.tellWait(&d.s)
	if want := "gonogo: told to end, and waits: \"Off\" is armed and fires at " + d.s.State.Plan.FireAt.Format("15:04:05Z") +
		"; gonogo veto stops it; a second signal ends it at its next step\n"; errs.String() != want {
		t.Errorf("says %q, want %q", errs.String(), want)
	}
}
