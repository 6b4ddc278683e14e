package ui

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"gonogo/model"
	"gonogo/ui/keyboard"
)

func TestVetoOfTheGuardAsksWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, guarded(someSnapshot(), "g1", time.Minute))
		d.sees("GUARD Everything off")
		d.sees("errors FAIL: 7% is above 5% (alert)")
		d.wait(keyboard.Dead)
		d.press("esc")
		d.none()
		d.sees("Veto the guard: why?")
		d.sees("a veto counts for 15m")
		d.wait(10 * time.Second)
		d.sees("fires in 50s") // it goes on
		d.press("enter")
		d.none()
		d.sees("write why")
		d.press("f", "l", "a", "k", "e", "enter")
		got := d.one()
		if got.Kind != model.Veto || got.Plan != "g1" || got.Reason != "flake" {
			t.Fatalf("submitted %+v", got)
		}
		d.snap(next(d.m.eyes.live, func(s *model.Snapshot) {
			s.State.Plan.Status, s.State.Plan.Outcome, s.State.Plan.Note = model.Vetoed, model.Cancelled, "flake"
			s.State.Guard.Veto, s.State.Guard.VetoBy, s.State.Guard.VetoNote = time.Now().Add(15*time.Minute), got.By, "flake"
		}))
		d.sees("the guard is held back until")
		d.sees("guard vetoed by ana until")
	})
}

func TestEscLeavesTheGuardArmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, guarded(someSnapshot(), "g1", time.Minute))
		d.wait(keyboard.Dead)
		d.press("esc", "n", "o", "esc")
		d.none()
		if !d.m.planVisible() || d.m.over != nil {
			t.Fatal("the guard's plan is not shown again")
		}
		d.sees("keys count in a moment")
		d.send(keyPress("enter")) // typed for the field that closed
		d.none()
		d.wait(keyboard.Dead)
		d.sees("Enter fires now")
		d.press("enter")
		if got := d.one(); got.Kind != model.Fire || got.Plan != "g1" {
			t.Fatalf("submitted %+v", got)
		}
	})
}

// A veto that comes too late says so, and does nothing.
func TestLateVeto(t *testing.T) {
	for _, c := range []struct {
		name, says string
		change     func(*model.PlanState)
	}{
		{"it fired", "it runs already", func(p *model.PlanState) { p.Status, p.FiredAt = model.Running, time.Now() }},
		{"the breach ended", "it is vetoed: errors is PASS", func(p *model.PlanState) { p.Status, p.Note = model.Vetoed, "errors is PASS" }},
		{"another plan", "another plan took its place", func(p *model.PlanState) { p.Plan.ID = "g2" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, guarded(someSnapshot(), "g1", time.Minute))
				d.wait(keyboard.Dead)
				d.press("esc", "w")
				d.snap(next(d.m.eyes.live, func(s *model.Snapshot) { c.change(s.State.Plan) }))
				d.sees(c.says)
				d.press("h", "y", "enter")
				d.none()
				d.sees("too late")
			})
		})
	}
}

// A veto that the engine refused for want of a reason, as one from another
// cockpit's key would be, asks for it.
func TestRefusedVetoAsksWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, guarded(someSnapshot(), "g1", time.Minute))
		in := model.Intent{ID: "x", Kind: model.Veto, Plan: "g1"}
		d.m.post.waiting["x"] = waiting{in: in, since: time.Now()}
		d.snap(answer(d.m.eyes.live, "x", "refused: a veto of the guard needs a reason; it counts for 15m"))
		d.press("o", "k", "enter")
		if got := d.one(); got.Kind != model.Veto || got.Plan != "g1" || got.Reason != "ok" {
			t.Fatalf("submitted %+v", got)
		}
	})
}

func TestEmergencyKeyShowsTheGuardsPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, guarded(someSnapshot(), "g1", time.Minute))
		d.m.plan.Hide()
		d.sees("ARMED: guard: Everything off fires in")
		d.press("!")
		d.none()
		if !d.m.planVisible() {
			t.Fatal("! does not show what the guard armed")
		}
		d.send(keyPress("enter"))
		d.none() // its box has only just been drawn
	})
}

func TestGuardOnTheSmallScreen(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 18, Height: 4}, {Width: 20, Height: 5}, {Width: 40, Height: 10}, {Width: 80, Height: 24}} {
		for name, show := range map[string]func(*desk){
			"box":    func(d *desk) { d.wait(keyboard.Dead) },
			"hidden": func(d *desk) { d.m.plan.Hide() },
			"frozen": func(d *desk) { d.m.plan.Hide(); d.m.eyes.freeze() },
			"prompt": func(d *desk) { d.wait(keyboard.Dead); d.press("esc") },
		} {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, guarded(someSnapshot(), "g1", time.Minute))
				d.send(size)
				show(d)
				got := d.screen()
				if !strings.Contains(got, " in 60s") && !strings.Contains(got, " in 59s") && !strings.Contains(got, " in 1m") {
					t.Errorf("%v, %s: no countdown in\n%s", size, name, got)
				}
				if problem := overflows(got, size.Width, size.Height); problem != "" {
					t.Errorf("%v, %s: %s", size, name, problem)
				}
			})
		}
	}
}

// Whatever is typed, and whenever the guard arms: nothing is fired before its
// box was on screen for the dead time, nor offered; and no veto is sent without a reason.
func TestNothingFiresTheGuardEarly(t *testing.T) {
	keys := []string{"enter", "enter", "esc", "!", "v", "a", "space", "b", "?", "e", ":", "H", "x", "q", "tab", "z", "p", "down"}
	fired, vetoed := 0, 0
	for seed := range uint64(120) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			d := newDesk(t, someSnapshot())
			armedAt := map[model.PlanID]time.Time{}
			for i := range 25 {
				switch r.IntN(6) {
				case 0:
					id := model.PlanID("g" + strconv.Itoa(i))
					armedAt[id] = time.Now()
					d.snap(guarded(d.m.eyes.live, id, time.Minute))
				case 1:
					d.wait(time.Duration(r.IntN(1000)) * time.Millisecond)
				default:
					time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
					d.send(keyPress(keys[r.IntN(len(keys))]))
				}
				for _, in := range d.feed.intents() {
					since := time.Since(armedAt[in.Plan])
					switch in.Kind {
					case model.Fire:
						fired++
						if since < keyboard.Dead {
							t.Fatalf("seed %d: fired %v after it was armed", seed, since)
						}
					case model.Veto:
						vetoed++
						if in.Reason == "" {
							t.Fatalf("seed %d: vetoed without a reason", seed)
						}
					}
				}
				if p := d.m.scene().Plan(); p != nil && time.Since(armedAt[p.Plan.ID]) < keyboard.Dead {
					if got := d.screen(); strings.Contains(got, "fires now") || strings.Contains(got, "fire now") {
						t.Fatalf("seed %d: offers to fire %v after it was armed:\n%s", seed, time.Since(armedAt[p.Plan.ID]), got)
					}
				}
			}
		})
	}
	if fired == 0 || vetoed == 0 {
		t.Errorf("fired %d and vetoed %d times: the test tries nothing", fired, vetoed)
	}
}
