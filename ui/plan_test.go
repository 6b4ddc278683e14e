package ui

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
)

func TestDeadTime(t *testing.T) {
	for _, key := range []struct {
		name string
		want model.IntentKind
	}{{"enter", model.Fire}, {"esc", model.Veto}} {
		for _, c := range []struct {
			after time.Duration
			acts  bool
		}{{0, false}, {399 * time.Millisecond, false}, {400 * time.Millisecond, true}, {2 * time.Second, true}} {
			t.Run(key.name+" after "+c.after.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := newDesk(t, armed(someSnapshot(), "p1", 3*time.Second))
					time.Sleep(c.after)
					d.send(keyPress(key.name))
					got := d.feed.intents()
					if !c.acts {
						if len(got) != 0 {
							t.Fatalf("submitted %+v within the dead time", got)
						}
						return
					}
					if len(got) != 1 || got[0].Kind != key.want || got[0].Plan != "p1" {
						t.Fatalf("submitted %+v, want %s of p1", got, key.want)
					}
				})
			})
		}
	}
}

// The dead time of one plan says nothing about the next one, and begins anew
// when another box had the keyboard meanwhile.
func TestDeadTimeBeginsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, armed(someSnapshot(), "p1", 0))
		time.Sleep(time.Second)
		d.snap(armed(d.m.eyes.live, "p2", 0))
		d.send(keyPress("enter"))
		d.none()
		d.press("?", "esc") // 200 ms each: help was over the plan
		d.send(keyPress("enter"))
		d.none()
		time.Sleep(keyboard.Dead)
		d.send(keyPress("enter"))
		if got := d.one(); got.Kind != model.Fire || got.Plan != "p2" {
			t.Fatalf("submitted %+v", got)
		}
	})
}

func TestPlanFlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("!")
		in := d.one()
		d.snap(armed(answer(d.m.eyes.live, in.ID, ""), "p1", 3*time.Second))
		d.sees("Everything off")
		if !d.m.clock.fast {
			t.Error("the countdown is not drawn ten times a second")
		}
		d.snap(running(d.m.eyes.live))
		d.press("esc")
		if d.m.planVisible() {
			t.Fatal("esc does not hide the box of a running plan")
		}
		d.none()
		d.sees("runs: Everything off")
		d.press("!")
		d.none()
		if !d.m.planVisible() {
			t.Fatal("! does not show the rollback that runs")
		}
		d.press("x", "down", "enter")
		if got := d.one(); got.Kind != model.Cancel || got.Plan != "p1" {
			t.Fatalf("submitted %+v", got)
		}
		d.snap(over(d.m.eyes.live, model.Partial))
		if !d.m.planVisible() || d.m.clock.fast {
			t.Error("the outcome is not shown, or the clock still runs fast")
		}
		d.sees("PARTIAL")
		d.press("enter")
		if d.m.planVisible() {
			t.Error("enter does not close the box of a plan that ended")
		}
		d.none()
	})
}

func TestHiddenPlanEnds(t *testing.T) {
	for _, c := range []struct {
		outcome model.Outcome
		opens   bool
	}{{model.Verified, false}, {model.Unverified, true}, {model.NeedsHuman, true}} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t, running(armed(someSnapshot(), "p1", 0)))
			d.press("esc")
			d.snap(over(d.m.eyes.live, c.outcome))
			if d.m.planVisible() != c.opens {
				t.Errorf("%s: box open %v, want %v", c.outcome, !c.opens, c.opens)
			}
			d.sees(string(c.outcome))
		})
	}
}

func TestOldPlanStaysClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, over(armed(someSnapshot(), "p1", 0), model.Failed))
		if d.m.planVisible() {
			t.Error("a plan that had ended before is shown")
		}
		d.press("v")
		if !d.m.planVisible() {
			t.Error("v does not show it")
		}
	})
}

func TestVetoSaysHowToArmAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, armed(someSnapshot(), "p1", 3*time.Second))
		d.snap(vetoed(d.m.eyes.live))
		d.sees("! arms it again")
		if d.m.planVisible() {
			t.Error("the box is still open")
		}
	})
}

// Someone who types a reason must not fire what somebody else armed meanwhile.
func TestTextKeepsTheKeyboard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("H", "w")
		d.snap(armed(d.m.eyes.live, "p1", 3*time.Second))
		d.sees("Everything off")
		d.press("h", "y", "enter")
		if got := d.one(); got.Kind != model.HoldOn || got.Reason != "why" {
			t.Fatalf("submitted %+v, want the hold", got)
		}
		d.send(keyPress("enter")) // a second one at once: still the plan's dead time
		d.none()
	})
}

func TestMenuGivesWayToPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("b")
		d.snap(armed(d.m.eyes.live, "p1", 0))
		if d.m.over != nil {
			t.Error("the menu is still over the plan")
		}
		d.wait(keyboard.Dead + keyboard.Alone)
		d.press("enter") // was meant for the menu
		d.none()
		d.wait(2 * time.Second)
		d.press("enter")
		if in := d.one(); in.Kind != model.Fire {
			t.Errorf("submitted %+v", in)
		}
	})
}

func TestRefusedAsksForReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.press("a")
		in := d.one()
		d.snap(answer(d.m.eyes.live, in.ID, `refused: the gate says NO-GO (errors): entering "all" needs a reason`))
		d.sees("needs a reason")
		d.press("enter")
		d.none()
		d.press("o", "k", "enter")
		got := d.one()
		if got.Kind != model.ArmEnter || got.Phase != "all" || got.Reason != "ok" || got.ID == in.ID || got.Seen != d.m.eyes.live.Seq {
			t.Fatalf("submitted %+v", got)
		}
		d.snap(answer(d.m.eyes.live, got.ID, "refused: the rollout is held by bob: resume first"))
		d.sees("resume first")
		if d.m.over != nil {
			t.Error("asks for a reason again")
		}
	})
}

func TestSubmitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.feed.err = errors.New("no room")
		d.press("r")
		d.sees("nothing was done")
		d.feed.err = nil
		d.press("r")
		d.one()
		d.wait(answerWithin + time.Second)
		d.sees("no answer yet")
	})
}

// Intents are handed over one after the other, in the order of the keys.
func TestIntentsKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, someSnapshot())
		d.m.Update(keyPress("r"))
		d.m.Update(keyPress("r"))
		got := d.feed.intents()
		if len(got) != 2 || got[0].Kind != model.Refresh || got[1].Kind != model.Refresh || got[0].ID != "in-1" {
			t.Errorf("submitted %+v", got)
		}
	})
}

// harmless is a rollout in an environment that is not critical.
func harmless() *model.Snapshot {
	return next(someSnapshot(), func(s *model.Snapshot) {
		r := *s.Rollout
		r.Environment.Critical = false
		s.Rollout = &r
	})
}

func TestQuit(t *testing.T) {
	moving := armed(someSnapshot(), "p1", 0)
	for _, c := range []struct {
		name string
		snap *model.Snapshot
		keys []string
		quit bool
	}{
		{"q asks on the engine's screen", someSnapshot(), []string{"q"}, false},
		{"q, y is not enough where it is critical", someSnapshot(), []string{"q", "x", "y", "enter", "q"}, false},
		{"q, quit chosen", someSnapshot(), []string{"q", "down", "k", "j", "enter"}, true},
		{"q, y where it is not critical", harmless(), []string{"q", "x", "x", "y"}, true},
		{"q, enter where it is not critical", harmless(), []string{"q", "x", "x", "enter"}, true},
		{"q, enter too soon", harmless(), []string{"q", "enter"}, false},
		{"q, esc", harmless(), []string{"q", "x", "x", "esc"}, false},
		{"q quits a viewer", next(someSnapshot(), func(s *model.Snapshot) { s.Attached = true }), []string{"q"}, true},
		{"q asks while a plan is under way", moving, []string{"q"}, false},
		{"q, no", moving, []string{"q", "enter"}, false},
		{"q, yes", moving, []string{"q", "down", "k", "j", "enter"}, true},
		{"q quits an attached cockpit", next(moving, func(s *model.Snapshot) { s.Attached = true }), []string{"q"}, true},
		{"ctrl+c asks", someSnapshot(), []string{"ctrl+c"}, false},
		{"ctrl+c twice quits", harmless(), []string{"ctrl+c", "ctrl+c"}, true},
		{"ctrl+c twice is not enough where it is critical", someSnapshot(), []string{"ctrl+c", "ctrl+c"}, false},
		{"ctrl+c from a text field asks", someSnapshot(), []string{"H", "ctrl+c"}, false},
		{"before the first snapshot", nil, []string{"q"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, c.snap)
				d.press(c.keys...)
				if d.m.quitting != c.quit {
					t.Errorf("quits: %v, want %v", d.m.quitting, c.quit)
				}
				d.none()
			})
		})
	}
}

func TestSuspendRefusedWhilePlanRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, running(armed(someSnapshot(), "p1", 0)))
		_, cmd := d.m.Update(keyPress("ctrl+z"))
		for _, msg := range results(cmd) {
			if _, ok := msg.(tea.SuspendMsg); ok {
				t.Error("suspends while a plan runs")
			}
		}
		d.sees("not suspended")
	})
}

func TestNotices(t *testing.T) {
	for _, c := range []struct {
		name, says string
		change     func(*model.Snapshot)
	}{
		{"lost engine", "ENGINE LOST: taking over", func(s *model.Snapshot) { s.Lost = "taking over" }},
		{"journal", "journal: disk full", func(s *model.Snapshot) { s.Journal = "disk full" }},
		{"config", "A adopts it (abc)", func(s *model.Snapshot) { s.ConfigChanged = "abc" }},
		{"hostile", "␛]0;x", func(s *model.Snapshot) { s.Journal = "\x1b]0;x" }},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t, next(someSnapshot(), c.change))
			d.sees(c.says)
			if strings.Contains(d.m.View().WindowTitle, "\x1b") {
				t.Error("the title is not inert")
			}
		})
	}
}
